"""Requests and answers, the same for the socket and for the in-process session."""

from __future__ import annotations

import enum
import json
from typing import TYPE_CHECKING, TypeAlias

import attrs

from braze_engage.testing.values import Json, JsonObject, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage.testing.state import Workspace


NO_CONTENT = 204


class Wire(enum.Enum):
    """What becomes of an answer on its way."""

    WHOLE = "whole"
    TRUNCATED = "half the body, then the connection closes"
    DROPPED = "the connection closes without an answer"
    RESET = "the connection is reset without an answer"
    REFUSED = "no connection is made"
    LATE = "the answer comes after the client stopped waiting"


UNANSWERED = frozenset({Wire.DROPPED, Wire.RESET, Wire.REFUSED})


@attrs.frozen
class Request:
    """One HTTP request.

    Args:
        method: Verb in upper case.
        path: Without host and query.
        query: What follows the question mark.
        host: Host the client meant, with its port where it named one.
        headers: By lower-case name.
        body: As sent.
    """

    method: str
    path: str
    query: str
    host: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)


@attrs.frozen
class Reply:
    """One HTTP answer.

    Args:
        status: HTTP status.
        body: As it goes out.
        headers: By lower-case name.
        wire: What becomes of it.
    """

    status: int
    body: bytes
    headers: Mapping[str, str]
    wire: Wire = Wire.WHOLE


@attrs.frozen
class Call:
    """A request that was admitted, as its handler sees it.

    Args:
        path: Values of the placeholders in the path.
        body: The JSON object sent.
        query: Values of the query, of the documented types.
        url: Address up to the path, as the client wrote it.
    """

    path: Mapping[str, str]
    body: JsonObject
    query: JsonObject = attrs.field(factory=dict[str, Json])
    url: str = ""


@attrs.frozen
class Answer:
    """What a handler answers."""

    status: int
    body: JsonObject
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])


Handler: TypeAlias = "Callable[[Workspace, Call], Answer]"
Handlers: TypeAlias = "Mapping[tuple[str, str], Handler]"
"""Verb and path template -> what the route does."""


class Refused(Exception):
    """A request is answered with an error and changes nothing.

    Args:
        status: HTTP status.
        message: Braze's text.
        errors: Entries of ``errors``, where the answer has any.
    """

    def __init__(self, status: int, message: str, errors: list[Json] | None = None) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.errors = errors

    @property
    def body(self) -> JsonObject:
        """The body of the answer."""
        body: JsonObject = {"message": self.message}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


def json_reply(status: int, body: Json, headers: Mapping[str, str]) -> Reply:
    """Build a JSON answer; one without content has no body."""
    if status == NO_CONTENT:
        return Reply(status, b"", headers)
    encoded = json.dumps(body, separators=(",", ":")).encode()
    return Reply(status, encoded, {"content-type": "application/json; charset=utf-8", **headers})


@attrs.define
class RecordedRequest:
    """One request the fake received; keys and bodies stay out of its ``repr``.

    Args:
        method: Verb in upper case.
        path: Without host and query.
        query: What followed the question mark.
        host: Host the client meant.
        headers: By lower-case name.
        time: When it arrived, by the fake's clock, in seconds since the epoch.
        body: As sent; empty where bodies are not kept.
        status: Of the answer; None while there is none, and where the connection was closed
            before one.
        finished: When the answer went out.
    """

    method: str
    path: str
    query: str
    host: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    time: float
    body: bytes = attrs.field(repr=False)
    status: int | None = None
    finished: float | None = None

    @property
    def json(self) -> Json:
        """The body as JSON; None where there is none."""
        try:
            return parse_json(self.body) if self.body else None
        except ValueError:
            return None
