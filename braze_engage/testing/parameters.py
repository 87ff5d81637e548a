"""Reads and checks what a request carries: placeholders, query, body or form."""

from __future__ import annotations

import re
from email import message_from_bytes
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from braze_engage.testing.catalogue import ROOT
from braze_engage.testing.checks import known_fields, refuse
from braze_engage.testing.messages import Refused
from braze_engage.testing.shapes import check
from braze_engage.testing.values import Json, JsonObject, parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.testing.catalogue import Described
    from braze_engage.testing.messages import Request

_INTEGER = re.compile(r"-?\d+")
_FORM = "multipart/form-data"
_BODILESS = ("GET", "DELETE")


def read_query(described: Described, text: str) -> JsonObject:
    """Read a query into values of the documented types; what does not fit stays text.

    Args:
        described: The endpoint.
        text: What follows the question mark.
    """
    if not text:
        return {}
    types = {param.name: param.type for param in described.params if param.place == "query"}
    values: JsonObject = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        name = key.removesuffix("[]")
        if name == key:
            values[name] = _typed(types.get(name, "string"), value)
        else:
            listed = values.setdefault(name, [])
            if isinstance(listed, list):
                listed.append(value)
    return values


def _typed(kind: str, text: str) -> Json:
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def read_body(
    described: Described, takes: frozenset[str], request: Request
) -> JsonObject | Refused:
    """Read the body as an object; a body that is no object by right stands under ``(root)``.

    Args:
        described: The endpoint.
        takes: Names of what it takes in a body.
        request: As it came in.

    Returns:
        The object, or why there is none, since rate limits count such requests too.
    """
    if not request.body and (not takes or request.method in _BODILESS):
        return {}
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if described.form and media_type == _FORM:
        return _form(request)
    if media_type != "application/json":
        return Refused(415, "Unsupported Media Type")
    try:
        body = parse_json(request.body)
    except ValueError:
        return Refused(400, "Bad Request: the body is not JSON")
    if ROOT in takes:
        return {ROOT: body}
    return body if isinstance(body, dict) else Refused(400, "the body must be a JSON object")


def _form(request: Request) -> JsonObject:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    values: JsonObject = {}
    for part in message_from_bytes(head + request.body).walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            file_name = part.get_filename()
            values[name] = content.decode() if file_name is None else f"file {file_name}"
    return values


def check_parameters(
    described: Described, path: Mapping[str, str], query: JsonObject, body: JsonObject
) -> None:
    """Refuse parameters that are unknown, missing, of a wrong type or beyond a limit.

    Args:
        described: The endpoint.
        path: Values of the placeholders.
        query: Values of the query.
        body: The body.
    """
    known_fields(query, described.named("query"))
    known_fields(body, described.named("body"))
    places: dict[str, Mapping[str, Json]] = {"path": path, "query": query, "body": body}
    for param in described.params:
        values = places[param.place]
        if param.name in values:
            check(param, values[param.name], param.name)
        elif param.required:
            refuse(f"'{param.name}' is required")
    _check_choices(described, {**query, **body})


def _check_choices(described: Described, values: Mapping[str, Json]) -> None:
    given = {name for name, value in values.items() if value not in ([], "")}
    exactly, some = described.exactly_one_of, described.at_least_one_of
    if exactly and len(given.intersection(exactly)) != 1:
        refuse(f"exactly one of {', '.join(exactly)} is required")
    if some and not given.intersection(some):
        refuse(f"at least one of {', '.join(some)} is required")
    for limit in described.together:
        count = sum(len(_items(values.get(name, []))) for name in limit.names)
        if count > limit.most:
            refuse(f"'{' and '.join(limit.names)}' must be at most {limit.most} items together")


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
