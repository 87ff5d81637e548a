"""A clock on which waits are short, and what clients saw of all that went wrong."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from braze_engage._http.call import SUCCESS
from braze_engage.errors import NotSent

if TYPE_CHECKING:
    from braze_engage._http.call import Answer, Call
    from braze_engage._http.transport import Transport

SPEED: Final = 150.0
"""How many of its seconds pass in one of ours, so that waits are short and still in proportion."""
START: Final = 1_795_000_000.0
AMBIGUOUS: Final = frozenset({408, 504, *range(520, 528)})


class HurriedClock:
    """A clock on which everybody lives faster."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> float:
        return START + (time.monotonic() - self._began) * SPEED

    def monotonic(self) -> float:
        return self.now()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / SPEED)


class Watched:
    """Counts answers, and notes the events of every request of which nobody knows what it did."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.doubtful: set[int] = set()
        self.answers: Counter[str] = Counter()

    def over(self, inner: Transport) -> Transport:
        """Watch a transport."""
        return _WatchedTransport(self, inner)

    def note(self, call: Call, words: str, *, doubtful: bool = False) -> None:
        events: list[Any] = []
        if doubtful and call.body is not None:
            events = json.loads(call.body.reveal()).get("events", [])
        with self._lock:
            self.answers[f"{call.path} {words}"] += 1
            self.doubtful.update(event["properties"]["number"] for event in events)


class _WatchedTransport:
    def __init__(self, watched: Watched, inner: Transport) -> None:
        self._watched = watched
        self._inner = inner

    def send(self, call: Call, *, connect: float, read: float) -> Answer:
        try:
            answer = self._inner.send(call, connect=connect, read=read)
        except NotSent:
            self._watched.note(call, "no connection")
            raise
        except Exception as error:
            self._watched.note(call, type(error).__name__, doubtful=True)
            raise
        doubtful = answer.status in AMBIGUOUS or (
            answer.status in SUCCESS and _is_doubtful(answer.body)
        )
        words = f"{answer.status} in doubt" if doubtful else str(answer.status)
        if not doubtful and answer.status in SUCCESS and b'"errors"' in answer.body:
            words += " with errors"
        self._watched.note(call, words, doubtful=doubtful)
        return answer

    def close(self) -> None:
        self._inner.close()


def _is_doubtful(body: bytes) -> bool:
    """Whether a success cannot be read, or names something refused without its place."""
    try:
        found = json.loads(body)
    except ValueError:
        return True
    errors = found.get("errors", ())
    return any("index" not in error for error in errors)
