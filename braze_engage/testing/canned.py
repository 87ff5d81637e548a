"""Answers in the documented shape, for endpoints without behaviour here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from braze_engage.testing.catalogue import shapes
from braze_engage.testing.shapes import inner, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.testing.catalogue import Described, Parameter
    from braze_engage.testing.values import Json, JsonObject

_ID = "f0cc6f53-8a29-4b6c-9f3e-5d1e02a4b7c8"
_TIME = "2026-11-02T09:15:00+00:00"
_STEP = re.compile(r"\[\]|\.\*|\.")
_PLAIN: Mapping[str, Json] = {
    "any": "text",
    "array": [],
    "boolean": False,
    "integer": 1,
    "null": None,
    "number": 1.5,
    "object": {},
}
_DEEPEST = 10


def example(described: Described, *, errors: bool = True) -> JsonObject:
    """Compose a success with every documented field.

    Args:
        described: The endpoint.
        errors: False leaves lists of errors empty, as where all went well.
    """
    tops = [field for field in described.answer if not _STEP.search(field.name)]
    parents = {_STEP.split(field.name)[0] for field in described.answer}
    answer: JsonObject = {name: {} for name in parents - {field.name for field in tops}}
    for field in tops:
        answer[field.name] = _sample(field, errors=errors)
    for field in described.answer:
        if field not in tops and (errors or "errors[]" not in field.name):
            _put(answer, re.findall(r"[^.\[\]]+|\[\]", field.name), _sample(field, errors=errors))
    return answer


def canned(described: Described, given: Mapping[str, Json]) -> JsonObject:
    """Compose a success in which all went well and nothing follows.

    Args:
        described: The endpoint.
        given: What the request said; a field of the same name and kind answers it.
    """
    answer = example(described, errors=False)
    for name, value in answer.items():
        if name in given and type(given[name]) is type(value):
            answer[name] = given[name]
    if "next_offset" in answer:
        answer["next_offset"] = None
    return answer


def _put(node: Json, steps: list[str], value: Json) -> None:
    """Place a value where its dotted name says, making what is between."""
    step, *rest = steps
    if step == "[]" and isinstance(node, list):
        if not node:
            node.append({})
        node[:] = [item if isinstance(item, dict) else {} for item in node]
        _put(node[0], rest, value)
    elif isinstance(node, dict):
        key = next(iter(node), "key") if step == "*" else step
        if not rest:
            node[key] = value
            return
        made: Json = [] if rest[0] == "[]" else {}
        if type(node.get(key)) is not type(made):
            node[key] = made
        _put(node[key], rest, value)


def _sample(field: Parameter, *, errors: bool) -> Json:
    name = field.name.rpartition(".")[2]
    if name.endswith("errors") and not errors and field.type.startswith("array"):
        return []
    return sample(field.type, name)


def sample(kind: str, name: str, depth: int = 0) -> Json:
    """Make a plausible value of a type.

    Args:
        kind: The type.
        name: Of the field it is for.
        depth: How deep it lies.
    """
    first = split(kind)[0]
    if first in _PLAIN:
        plain = _PLAIN[first]
        return plain.copy() if isinstance(plain, dict | list) else plain
    if depth > _DEEPEST:
        return {}
    if first.startswith("array<"):
        return [sample(inner(first), name.removesuffix("s"), depth + 1)]
    if first.startswith("object<"):
        return {"key": sample(inner(first), name, depth + 1)}
    if first.startswith("object:"):
        fields = shapes()[first.partition(":")[2]].fields
        return {field.name: sample(field.type, field.name, depth + 1) for field in fields}
    return _text(first, name)


def _text(kind: str, name: str) -> str:
    if kind == "date":
        return _TIME[:10]
    if kind.startswith("datetime") or re.search(r"(_at|time|At|_run|last_edited)$", name):
        return _TIME
    if name == "message":
        return "success"
    if name == "id" or name.endswith("_id"):
        return _ID
    if name.endswith("url"):
        return "https://example.com/file"
    return "ana@example.com" if "email" in name else name
