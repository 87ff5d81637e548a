"""Requests as they go over the wire."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import quote

import attrs

from braze_engage._wire.converter import unstructure
from braze_engage._wire.multipart import encode_form
from braze_engage.errors import ConfigurationError
from braze_engage.limits import REQUEST_BYTES
from braze_engage.objects.fields import ROOT
from braze_engage.objects.uploads import Upload
from braze_engage.objects.values import JsonValue, dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage.operation import Operation

__all__ = ["Prepared", "decode", "encode", "prepare"]

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_FOLDED: Final = frozenset({"", ".", ".."})
_JSON: Final = "application/json"


def encode(value: JsonValue | bytes, *, limit: int = REQUEST_BYTES) -> bytes:
    """Write a body: compact JSON in UTF-8, unless it is encoded already.

    Args:
        value: What to write.
        limit: The most bytes Braze takes.

    Raises:
        ConfigurationError: It is no JSON (NaN, lone surrogates, foreign types), or too large.
    """
    try:
        body = value if isinstance(value, bytes) else dumps(value).encode()
    except (TypeError, ValueError, RecursionError) as error:
        problem = f"the request is no JSON ({type(error).__name__}): give finite numbers, text "
        problem += "without lone surrogates, booleans, None, lists and mappings"
    else:
        if len(body) <= limit:
            return body
        problem = f"the request takes {len(body):,} bytes and Braze {limit:,}: send it in parts"
        del body
    finally:
        # Bodies may hold keys; no frame of the error shows one.
        del value
    raise ConfigurationError(problem)


def decode(body: bytes) -> JsonValue:
    """Read the body of an answer; an empty one is None.

    Args:
        body: Readable JSON, or nothing.
    """
    return cast("JsonValue", json.loads(body)) if body.strip() else None


@attrs.frozen(kw_only=True)
class Prepared:
    """A request as it goes over the wire; it does not show itself, its values may be personal.

    Args:
        path: With placeholders filled in and percent-encoded.
        query: Pairs in order; a list becomes ``name[]`` several times.
        body: JSON, a form that is encoded already, or None.
        limit: The most bytes the body may have.
        content_type: What the body is.
    """

    path: str = attrs.field(repr=False)
    query: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)
    body: JsonValue | bytes = attrs.field(default=None, repr=False)
    limit: int = REQUEST_BYTES
    content_type: str = _JSON


def prepare(operation: Operation[..., object], request: object) -> Prepared:
    """Lay a request out: which fields go into the path, the query and the body.

    A field marked `WHOLE_BODY` is the body itself; with an `Upload` the body is a form.

    Args:
        operation: The row.
        request: An instance of its request class; ``body_bytes`` of the class is its own limit. One
            with a method ``encoded_body`` is nothing but this body, of whatever size.

    Raises:
        ConfigurationError: A value cannot stand in a path.
    """
    encoded_body: Callable[[], bytes] | None = getattr(request, "encoded_body", None)
    if encoded_body is not None:
        body = encoded_body()
        return Prepared(path=operation.path, body=body, limit=max(len(body), REQUEST_BYTES))
    fields = dict(cast("Mapping[str, JsonValue]", unstructure(request)))
    path = _PLACEHOLDER.sub(
        lambda found: _segment(found[1], fields.pop(found[1], None)), operation.path
    )
    if operation.method == "GET":
        return Prepared(path=path, query=tuple(_pairs(fields)))
    limit: int = getattr(request, "body_bytes", REQUEST_BYTES)
    if any(isinstance(value, Upload) for value in fields.values()):
        form, content_type = encode_form(fields)
        return Prepared(path=path, body=form, limit=limit, content_type=content_type)
    if ROOT in fields:
        return Prepared(path=path, body=fields[ROOT], limit=limit)
    bare = operation.method == "DELETE" or _is_path(operation, request)
    return Prepared(path=path, body=None if bare and not fields else fields, limit=limit)


def _is_path(operation: Operation[..., object], request: object) -> bool:
    """Tell whether the path takes all that the request may ever hold."""
    kind = cast("type[attrs.AttrsInstance]", type(request))
    return {field.name for field in attrs.fields(kind)} <= {*_PLACEHOLDER.findall(operation.path)}


def _segment(name: str, value: JsonValue) -> str:
    text = "" if value is None else str(value)
    if text in _FOLDED:
        raise ConfigurationError(f"{name} becomes part of the address: give text other than dots")
    return quote(text, safe="")


def _pairs(fields: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in fields.items():
        if isinstance(value, list):
            pairs += [(f"{name}[]", _query_text(item)) for item in value]
        else:
            pairs.append((name, _query_text(value)))
    return pairs


def _query_text(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
