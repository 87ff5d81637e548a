"""A clock that stands still until it is told to sleep, and a transport that plays a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from braze_engage._http.call import Answer, Call, Payload
from braze_engage._http.throttle import Throttle
from braze_engage.credentials import DataImportKey, RestApiKey
from braze_engage.operation import Replay

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage._http.quota import Quota
    from braze_engage._http.rate_pool import RatePool
    from braze_engage._http.retry import Clock
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


class Pools:
    """The rate pools of one host and key, by bucket; what is let through is answered at once."""

    def __init__(self, clock: Clock | None = None, quota: Quota | None = None) -> None:
        self.throttle = Throttle(clock, quota=quota, bucket="partner_cohorts")

    def pool(self, bucket: str) -> RatePool:
        return self.throttle.pool(make_call(bucket=bucket))

    def wait_for(self, bucket: str) -> float:
        return self.pool(bucket).wait_for(self.throttle.share())

    def take(self, bucket: str) -> float:
        wait = self.pool(bucket).take(self.throttle.share())
        if not wait:
            self.pool(bucket).done()
        return wait

    def note(self, bucket: str, status: int, headers: Mapping[str, str]) -> float | None:
        return self.pool(bucket).note(status, headers)
