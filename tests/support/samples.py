"""Sample requests made from what Braze documents, and the typed requests they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import attrs

from braze_engage.objects import Upload, UserAttributes
from braze_engage.operation import Operation, Unset
from braze_engage.testing.catalogue import Described, Parameter, endpoints, shapes
from braze_engage.testing.shapes import inner, split

Row: TypeAlias = Operation[Any, Any]  # rows of every kind side by side
Sample: TypeAlias = dict[str, Any]  # JSON by name on the wire, as documented

_TEXTS = {
    "uuid": "1d3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b",
    "url": "https://example.com/a.png",
    "email": "ana@example.com",
    "e.164": "+14155550123",
    "iso 4217": "EUR",
    "pem": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
}
_VALUES: Sample = {
    "any": "text",
    "array": [1, "two"],
    "binary": Upload(file_name="a.png", content=b"png"),
    "boolean": True,
    "date": "2026-11-02",
    "datetime": "2026-11-02T09:15:00.000Z",
    "datetime-iso8601": "2026-11-02T09:15:00.000Z",
    "integer": 7,
    "null": None,
    "number": 1.5,
    "object": {"key": "value"},
}
_DEEPEST = 3


def described(row: Row) -> Described:
    """What Braze documents of a row's endpoint."""
    (found,) = (one for one in endpoints() if (one.method, one.path) == (row.method, row.path))
    return found


def minimal(endpoint: Described) -> Sample:
    """Only what must be given."""
    return _sample(endpoint, everything=False)


def full(endpoint: Described) -> Sample:
    """Everything documented that may stand together."""
    return _sample(endpoint, everything=True)


def _sample(endpoint: Described, *, everything: bool) -> Sample:
    names = {param.name for param in endpoint.params if everything or param.required}
    names -= set(endpoint.exactly_one_of)
    names |= {*endpoint.exactly_one_of[:1], *endpoint.at_least_one_of[:1]}
    for limit in endpoint.together:
        if limit.most == 1:
            names -= set(limit.names[1:])
    return {
        param.name: value_of(param, everything=everything)
        for param in endpoint.params
        if param.name in names
    }


def value_of(param: Parameter, *, everything: bool, depth: int = 0) -> Any:
    """A value of the documented type within the documented limits."""
    kind = split(param.type)[0]
    if kind in ("integer", "number") and param.max is not None:
        return min(_VALUES[kind], type(_VALUES[kind])(param.max))
    if kind in _VALUES:
        return _VALUES[kind]
    if kind.startswith(("array<", "object<")):
        item = attrs.evolve(param, type=inner(kind), min_items=None, max_items=None)
        value = value_of(item, everything=everything, depth=depth + 1)
        return [value] if kind.startswith("array<") else {"0": value}
    if kind.startswith("object:"):
        return _object(kind.partition(":")[2], everything=everything, depth=depth)
    if kind.startswith("string:"):
        return shapes()[kind.partition(":")[2]].fields[0].name
    return _text(param)


def _object(name: str, *, everything: bool, depth: int) -> Sample:
    shape = shapes()[name]
    chosen = _ALTERNATIVES.get(name)
    excluded = _EXCLUDED.get(name, ())
    values = {
        field.name: value_of(field, everything=everything, depth=depth + 1)
        for field in shape.fields
        if field.required
        or (chosen is not None and field.name in chosen)
        or (everything and chosen is None and depth < _DEEPEST and field.name not in excluded)
    }
    return values or ({"key": "value"} if shape.open else values)


_ALTERNATIVES: dict[str, tuple[str, ...]] = {
    "ConnectedAudienceFilter": ("push_subscription_status",),
    "Event": ("external_id", "app_id", "properties"),
    "Purchase": ("external_id", "app_id", "quantity", "properties"),
    "SubscriptionGroupUpdate": ("external_ids", "use_double_opt_in_logic"),
    "SubscriptionIdentifier": ("email",),
    "Recipient": ("external_user_id", "send_to_existing_only"),
    "TransactionalRecipient": ("external_user_id",),
    "UserAttributes": ("external_id", "first_name", "country", "gender", "push_tokens"),
    "UserIdentifierRef": ("external_id",),
}
"""Object -> fields to give, where not all of them may stand together."""
_EXCLUDED: dict[str, tuple[str, ...]] = {
    "AndroidPush": ("send_to_sync",),
    "ContentCard": ("expire_at",),
    "Schedule": ("in_local_time", "at_optimal_time"),
}
"""Object -> fields that exclude the others, or say something else about their values."""


def _text(param: Parameter) -> str:
    if param.enum:
        return param.enum[0]
    if param.format:
        return _TEXTS[param.format]
    name = param.name.rpartition(".")[2]
    if "email" in name:
        return _TEXTS["email"]
    if "phone" in name:
        return _TEXTS["e.164"]
    return "abcdefgh"


# ---- from JSON to the classes of the library ----


def build(request: Any, sample: Sample) -> Any:
    """Make the typed request that a sample stands for.

    Raises:
        TypeError: The class does not take what is documented.
    """
    return _instance(request, sample)


def hints_of(kind: Any) -> dict[str, Any]:
    """Annotations of a class as they are meant."""
    # What the recursive alias of JSON names is not known in every module that uses it.
    known = {"JsonValue": Any, "CustomValue": Any, "date": date}
    known |= {"Sequence": Sequence, "Mapping": Mapping}
    return get_type_hints(kind, localns=known, include_extras=True)


def wire_names(kind: Any) -> dict[str, attrs.Attribute[Any]]:
    """Name on the wire -> field, for what goes over it."""
    hints = hints_of(kind)
    names: dict[str, attrs.Attribute[Any]] = {}
    for field in attrs.fields(kind):
        notes = getattr(hints[field.name], "__metadata__", ())
        if any(getattr(note, "omit", False) for note in notes):
            continue
        renames = (getattr(note, "rename", None) for note in notes)
        names[next(filter(None, renames), field.name)] = field
    return names


def _instance(kind: Any, values: Sample) -> Any:
    hints = hints_of(kind)
    names = wire_names(kind)
    custom = {key: value for key, value in values.items() if key not in names}
    given = {
        str(names[key].alias): _typed(hints[names[key].name], value)
        for key, value in values.items()
        if key in names
    }
    if custom and kind is UserAttributes:
        given["custom"] = custom
    elif custom:
        raise TypeError(f"{kind.__name__} does not take {', '.join(custom)}")
    return kind(**given)


def _typed(annotation: Any, value: Any) -> Any:
    origin, arms = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _typed(arms[0], value)
    if origin in (Union, UnionType):
        return _first(arms, value)
    if origin in _GENERIC:
        return _GENERIC[origin](arms, value)
    if annotation in (datetime, date) and isinstance(value, str):
        return annotation.fromisoformat(value.replace("Z", "+00:00"))
    if attrs.has(annotation) and isinstance(value, dict):
        return _instance(annotation, value)
    return _plain(annotation, value)


def _plain(annotation: Any, value: Any) -> Any:
    kinds = {float: (int, float), Unset: (type(None),)}.get(annotation, (annotation,))
    # JSON is the text of an alias where Python 3.10 meets it within a type.
    free = annotation is Any or isinstance(annotation, str)
    if not free and type(value) not in kinds:
        raise TypeError(f"{annotation} takes no {type(value).__name__}")
    return value


def _one_of(words: Sequence[Any], value: Any) -> Any:
    if value not in words:
        raise TypeError(f"{value!r} is none of {words}")
    return value


def _each(arms: Sequence[Any], value: Any) -> Any:
    return tuple(_typed(arms[0], item) for item in _plain(list, value))


def _mapping(arms: Sequence[Any], value: Any) -> Any:
    return {key: _typed(arms[1], item) for key, item in _plain(dict, value).items()}


_GENERIC = {Literal: _one_of, Sequence: _each, tuple: _each, Mapping: _mapping}


def _first(arms: Sequence[Any], value: Any) -> Any:
    problems = []
    for arm in arms:
        try:
            return _typed(arm, value)
        except (TypeError, ValueError) as problem:  # noqa: PERF203 - the next arm may fit
            problems.append(str(problem))
    raise TypeError("; ".join(problems))
