"""Scripted faults: a queue per route, consumed in order, and identifiers that are refused."""

from __future__ import annotations

import threading
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

import attrs

from braze_engage.testing.messages import Reply, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing.track_checks import Problem
    from braze_engage.testing.values import Json, JsonObject


@attrs.frozen
class Fault:
    """What goes wrong with one request.

    Args:
        label: Words for the list of unused faults.
        applied: The request is handled as usual; only its answer suffers.
        reply: Answered instead of Braze's own answer.
        wire: What becomes of the answer.
        delay: Seconds before the request is handled.
        late: Seconds after it was handled and before it is answered.
        content_type: What the answer claims to be, where it lies.
    """

    label: str
    applied: bool = False
    reply: Reply | None = None
    wire: Wire = Wire.WHOLE
    delay: float = 0.0
    late: float = 0.0
    content_type: str | None = None

    def spoil(self, reply: Reply) -> Reply:
        """Turn Braze's answer into what the client gets; a refusal is not turned into success."""
        given = self.reply or reply
        if given.status < HTTPStatus.BAD_REQUEST <= reply.status:
            given = reply
        if self.content_type is not None:
            headers = {**given.headers, "content-type": self.content_type}
            given = attrs.evolve(given, headers=headers)
        return attrs.evolve(given, wire=self.wire)


class Refusal(NamedTuple):
    """Why one object of a request is refused, and whether the answer says which."""

    problem: Problem
    located: bool


class Faults:
    """Everything a test scripted."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Fault]] = {}
        self._poisons: dict[str, str] = {}
        self._refusals: list[tuple[Callable[[JsonObject], bool], Refusal]] = []
        self._lock = threading.Lock()

    def add(self, route: str, fault: Fault, times: int = 1) -> None:
        """Queue a fault for the next requests of a route."""
        with self._lock:
            self._queues.setdefault(route, deque()).extend([fault] * times)

    def take(self, route: str) -> Fault | None:
        """Take the next fault of a route."""
        if not self._queues:
            return None
        with self._lock:
            queue = self._queues.get(route)
            return queue.popleft() if queue else None

    def forget(self) -> None:
        """Drop the faults nobody has met."""
        with self._lock:
            self._queues.clear()

    def unused(self) -> list[str]:
        """Describe the faults nobody met."""
        with self._lock:
            return [
                f"{len(queue)} unused fault(s) for {route}, next: {queue[0].label}"
                for route, queue in self._queues.items()
                if queue
            ]

    def poison(self, identifier: str, text: str) -> None:
        """Refuse every request that names an identifier."""
        self._poisons[identifier] = text

    def poisoned(self, body: Json) -> str | None:
        """Tell why a request is refused for an identifier it names."""
        found = _first_named(body, self._poisons) if self._poisons else None
        return None if found is None else self._poisons[found]

    def refuse(self, predicate: Callable[[JsonObject], bool], refusal: Refusal) -> None:
        """Refuse the objects of which a predicate holds."""
        self._refusals.append((predicate, refusal))

    def refusal(self, item: JsonObject) -> Refusal | None:
        """Tell why one object is refused."""
        for predicate, refusal in self._refusals:
            if predicate(item):
                return refusal
        return None


def names(body: Json, identifier: str) -> bool:
    """Tell whether a text stands anywhere in a body."""
    return _first_named(body, {identifier: ""}) is not None


def _first_named(body: Json, identifiers: dict[str, str]) -> str | None:
    if isinstance(body, str):
        return body if body in identifiers else None
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    for value in inner:
        found = _first_named(value, identifiers)
        if found is not None:
            return found
    return None
