"""A clock that stands still until it is told to sleep, and a transport that plays a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from braze_engage._http.call import Answer, Call, Payload
from braze_engage.credentials import DataImportKey, RestApiKey
from braze_engage.operation import Replay

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.errors import TransportError

KEY = RestApiKey("rest-api-key-0001")
OTHER_KEY = DataImportKey("data-import-key-0002")
NOON = 1_800_003_600.0
"""A full clock hour."""


class FakeClock:
    def __init__(self, now: float = NOON) -> None:
        self.start = now
        self.elapsed = 0.0
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self.start + self.elapsed

    def monotonic(self) -> float:
        return 1_000.0 + self.elapsed

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.sleeps.append(seconds)
        self.elapsed += seconds


@attrs.define
class Sent:
    call: Call
    connect: float
    read: float


class FakeTransport:
    """Plays one step per request; an error is raised, a number of seconds passes first."""

    def __init__(self, clock: FakeClock, *steps: Answer | TransportError, takes: float = 0) -> None:
        self.clock = clock
        self.steps = list(steps)
        self.takes = takes
        self.sent: list[Sent] = []
        self.closed = False

    def send(self, call: Call, *, connect: float, read: float) -> Answer:
        self.sent.append(Sent(call, connect, read))
        self.clock.elapsed += self.takes
        step = self.steps.pop(0)
        if isinstance(step, Answer):
            return step
        raise step

    def close(self) -> None:
        self.closed = True


def answer(status: int = 201, body: bytes = b'{"message":"success"}', **headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, names, body)


def make_call(replay: Replay = Replay.ALWAYS, **changes: object) -> Call:
    call = Call(
        method="POST",
        url="https://rest.iad-06.braze.com/users/track?email=ana%40example.org",
        path="/users/track",
        bucket="users_track",
        replay=replay,
        body=Payload(b'{"private":"ana"}'),
        authorization=KEY,
        permission="users.track",
        secrets=(OTHER_KEY,),
    )
    evolve: Callable[..., Call] = attrs.evolve
    return evolve(call, **changes)
