"""What Braze documents of every endpoint: parameters, limits, answers.

Read from files that were made from Braze's pages and from nothing of this library, one line for
each endpoint and object. A type is written as in ``array<object:UserAlias>``: ``|`` parts
alternatives, ``object:Name`` is a shape, ``object<string,T>`` a mapping.

https://www.braze.com/docs/api/endpoints
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage.testing.values import Json, JsonObject

ROOT = "(root)"
"""Name of a parameter that is the whole body."""

MIB = 1024 * 1024

_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class Parameter:
    """One parameter of an endpoint, or one field of an object.

    Args:
        name: As on the wire.
        type: In the words of the module.
        place: "body", "query" or "path"; empty for a field.
        required: Whether it must be given.
        enum: The only texts it may be, or may hold.
        pattern: What a text must match.
        format: What a text is: uuid, url, email, e.164, iso 4217, pem; for information only.
        min: Least number.
        max: Greatest number.
        min_items: Fewest items.
        max_items: Most items.
        max_chars: Most characters of a text, or of each text in a list.
        min_bytes: Fewest bytes of a text.
        max_bytes: Most bytes, of a text or of a value as JSON.
    """

    name: str
    type: str
    place: str = ""
    required: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    format: str = ""
    min: float | None = None
    max: float | None = None
    min_items: int | None = None
    max_items: int | None = None
    max_chars: int | None = None
    min_bytes: int | None = None
    max_bytes: int | None = None


@attrs.frozen(kw_only=True)
class Shape:
    """An object with known fields.

    Args:
        name: Braze's name for it.
        fields: What it may hold.
        open: Whether it may hold other keys too.
        exactly_one_of: Of these one is given.
    """

    name: str
    fields: tuple[Parameter, ...]
    open: bool = False
    exactly_one_of: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Together:
    """Lists that are counted together."""

    names: tuple[str, ...]
    most: int


@attrs.frozen(kw_only=True)
class Described:
    """One endpoint.

    Args:
        method: Verb.
        path: Template; a segment in braces is a placeholder.
        credential: The kind of key it takes.
        permission: What a key needs; None where none is documented.
        bucket: Rate pool.
        params: What it takes.
        exactly_one_of: Of these one is given.
        at_least_one_of: Of these one or more are given.
        together: Lists that share a limit.
        form: Whether it takes multipart forms too.
        most: Bytes a body may have.
        status: Of a success.
        answer: Fields of a success, nested ones under dotted names.
        links: Items of a page, where a ``Link`` header leads to the next one.
    """

    method: str
    path: str
    credential: str
    permission: str | None
    bucket: str
    params: tuple[Parameter, ...]
    exactly_one_of: tuple[str, ...] = ()
    at_least_one_of: tuple[str, ...] = ()
    together: tuple[Together, ...] = ()
    form: bool = False
    most: int = 4 * MIB
    status: int
    answer: tuple[Parameter, ...]
    links: int | None = None

    def named(self, place: str) -> frozenset[str]:
        """Names of the parameters in a place."""
        return frozenset(param.name for param in self.params if param.place == place)


@cache
def endpoints() -> tuple[Described, ...]:
    """Every endpoint Braze documents."""
    return tuple(map(_endpoint, _lines("routes.jsonl")))


@cache
def shapes() -> Mapping[str, Shape]:
    """Every object that requests or answers hold, by name."""
    made = (_built(Shape, line, fields=_parameters) for line in _lines("objects.jsonl"))
    return {shape.name: shape for shape in made}


def _lines(name: str) -> list[JsonObject]:
    text = files("braze_engage.testing").joinpath("data").joinpath(name).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _endpoint(line: JsonObject) -> Described:
    return _built(Described, line, params=_parameters, answer=_parameters, together=_together)


def _parameters(rows: Json) -> tuple[Parameter, ...]:
    found: list[JsonObject] = cast("list[JsonObject]", rows)
    return tuple(
        _built(Parameter, {("place" if key == "in" else key): row[key] for key in row})
        for row in found
    )


def _together(rows: Json) -> tuple[Together, ...]:
    return tuple(_built(Together, row) for row in cast("list[JsonObject]", rows))


def _built(kind: Callable[..., _T], line: JsonObject, **readers: Callable[[Json], object]) -> _T:
    values: dict[str, Any] = {}  # Any: the files are made to fit the classes
    for key, value in line.items():
        read = readers.get(key)
        values[key] = read(value) if read else tuple(value) if isinstance(value, list) else value
    return kind(**values)
