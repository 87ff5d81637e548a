"""Measures sending from dicts to acknowledged requests.

    python -m tests.bench sending [--python310 PYTHON] [--profile]

A server in another process takes every request after 100 ms. A run, dicts in, stands beside a
bare loop that posts ready-made bodies with urllib3 on as many threads, beside the same loop through
the exchange of a client, and beside ``braze-client`` of PyPI where a Python is named that can
import it. What is compared takes turns, and the fastest round of each counts.
"""

from __future__ import annotations

import cProfile
import pstats
import random
import tempfile
import threading
import time
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs
import requests
import urllib3

from braze_engage import BrazeClient, Delivery, EngageRules, EngageSync, Event, Replay, RestApiKey
from braze_engage._http.call import Call, Payload
from braze_engage._http.exchange import Exchange
from braze_engage._http.transport import transport_for
from braze_engage.limits import TRACK_OBJECTS
from braze_engage.objects.values import dumps
from tests.bench.braze_client import braze_client
from tests.bench.calls import trait
from tests.bench.rows import Row
from tests.bench.server import (
    HEADERS,
    KEY,
    LATENCY,
    bare_seconds,
    posting_seconds,
    server,
    set_aside,
    trusting,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

REQUESTS: Final = 2_000
ROUNDS: Final = 3
THREADS: Final = 128
SINGLE: Final = 2_000
_PROFILED: Final = 400
_DEAREST: Final = 25
_REPEATED: Final = 0.1
_REFUSED: Final = 0.05
_RULES: Final = EngageRules(traits=Delivery.IDENTIFY)


def body(number: int) -> bytes:
    """What 75 calls become."""
    people = range(number * TRACK_OBJECTS, (number + 1) * TRACK_OBJECTS)
    return dumps(
        {
            "attributes": [
                {
                    "external_id": f"u-{one}",
                    "ltv_90d": one / 4,
                    "email": f"user{one}@example.test",
                }
                for one in people
            ]
        }
    ).encode()


def exchange_seconds(url: str, bodies: Sequence[bytes]) -> float:
    """Post ready-made bodies through rate pool, exchange and transport, as a client does."""
    exchange = Exchange(transport_for(None, user_agent=KEY))
    call = Call(
        method="POST",
        url=f"{url}/users/track",
        path="/users/track",
        bucket="users_track",
        replay=Replay.ALWAYS,
        authorization=RestApiKey(KEY),
    )

    def post(one: bytes) -> int:
        return exchange.perform(attrs.evolve(call, body=Payload(one))).status

    try:
        return posting_seconds(bodies, post, threads=THREADS)
    finally:
        exchange.close()


def our_seconds(
    url: str, calls: Sequence[dict[str, object]], *, state: Path | None = None
) -> float:
    """Send dicts with the library.

    Args:
        url: Where the server is.
        calls: The calls.
        state: A state file, which a checkpoint then goes with; None for none of both.
    """
    with (
        BrazeClient(KEY, data_center=url) as braze,
        EngageSync(rest=braze, rules=_RULES, concurrency=THREADS, state=state) as sync,
    ):
        began = time.perf_counter()
        report = sync.run(calls, checkpoint=None if state is None else "bench")
        seconds = time.perf_counter() - began
    done = report.outcomes["sent"] + report.outcomes["superseded"]
    assert done == len(calls), report
    return seconds


def repeating(count: int) -> list[dict[str, object]]:
    """Calls of which one in ten is about a person who was there before, later and of new value.

    Args:
        count: How many.
    """
    chance = random.Random(1)
    calls: list[dict[str, object]] = []
    for number in range(count):
        call = trait(number)
        if number and chance.random() < _REPEATED:
            call["userId"] = f"u-{chance.randrange(number)}"
        calls.append(call)
    return calls


def cpu(action: Callable[[], object], times: int) -> float:
    """Microseconds of the processor that one request takes, the least of a few rounds."""

    def once() -> float:
        began = time.process_time()
        for _ in repeat(None, times):
            action()
        return (time.process_time() - began) / times * 1e6

    action()
    return min(once() for _ in range(ROUNDS))


def one_call(times: int = SINGLE) -> Iterator[Row]:
    """Measure what one request costs, bare and through a client of either transport.

    Args:
        times: How many requests make a round.
    """
    manager = urllib3.PoolManager()
    event = Event(name="Trait Computed", external_id="u1", time="2026-11-02T07:25:30Z")
    ready = dumps({"events": [{"name": event.name, "external_id": "u1"}]}).encode()
    with (
        server(0.0) as url,
        BrazeClient(KEY, data_center=url) as own,
        requests.Session() as session,
    ):
        given = BrazeClient(KEY, data_center=url, session=session)
        bare = cpu(
            lambda: manager.request("POST", f"{url}/users/track", body=ready, headers=HEADERS),
            times,
        )
        ours = cpu(lambda: own.users.track(events=[event]), times)
        through = cpu(lambda: given.users.track(events=[event]), times)
    yield Row("one request, bare urllib3", bare, "µs of the processor")
    yield Row("  one call of BrazeClient", ours / bare, "times bare urllib3")
    yield Row("  the same with session=", through / bare, "times bare urllib3")


def measure(
    requests: int = REQUESTS,
    rounds: int = ROUNDS,
    python310: str | None = None,
    *,
    latency: float = LATENCY,
) -> Iterator[Row]:
    """Measure sending over http and TLS.

    Args:
        requests: How many make a round.
        rounds: How often.
        python310: A Python that can import ``braze-client``, None to leave that out.
        latency: Seconds that the server takes.
    """
    calls = [trait(number) for number in range(requests * TRACK_OBJECTS)]
    again = repeating(len(calls))
    bodies = [body(number) for number in range(requests)]
    for tls in (False, True):
        name = "TLS" if tls else "http"
        with (
            set_aside(),
            trusting(),
            server(latency, tls=tls) as url,
            server(latency, tls=tls, refuse=_REFUSED) as refusing,
            braze_client(python310, url, requests, threads=THREADS) as theirs,
        ):
            found: dict[str, list[float]] = {}
            for _ in range(rounds):
                seconds = {
                    "bare": bare_seconds(url, bodies, threads=THREADS),
                    "exchange": exchange_seconds(url, bodies),
                    "run": our_seconds(url, calls),
                    "state": _with_state(refusing, again),
                }
                if theirs is not None:
                    seconds["braze-client"] = theirs()
                for what, one in seconds.items():
                    found.setdefault(what, []).append(one)
        best = {what: min(several) for what, several in found.items()}
        yield from _rows(name, requests, best)


def _rows(name: str, requests: int, best: dict[str, float]) -> Iterator[Row]:
    bare = best["bare"]
    of_it = "times its requests/s"
    yield Row(f"bare loop over {name}", requests / bare, "requests/s")
    yield Row("  the same bodies through a client's exchange", bare / best["exchange"], of_it)
    yield Row("  a run, dicts in", bare / best["run"], of_it, at_least=0.6)
    objects = requests * TRACK_OBJECTS
    yield Row("  the same in objects", objects / best["run"], "objects/s", at_least=75_000)
    yield Row(
        "  with state, checkpoint, 10 % repeated people, 5 % 429",
        bare / best["state"],
        of_it,
        at_least=0.4,
    )
    if "braze-client" in best:
        yield Row("  braze-client of PyPI, dicts in", bare / best["braze-client"], of_it)
        yield Row(
            "  a run beside braze-client", best["braze-client"] / best["run"], "times its objects/s"
        )


def _with_state(url: str, calls: Sequence[dict[str, object]]) -> float:
    with tempfile.TemporaryDirectory() as directory:
        return our_seconds(url, calls, state=Path(directory, "engage.db"))


def profile() -> None:
    """Print where the processor time of a run goes, all threads together."""
    profiles: list[cProfile.Profile] = []

    def begin(*_: object) -> None:
        one = cProfile.Profile(time.thread_time)
        profiles.append(one)
        one.enable()

    calls = [trait(number) for number in range(_PROFILED * TRACK_OBJECTS)]
    with server() as url:
        threading.setprofile(begin)
        begin()
        our_seconds(url, calls)
        threading.setprofile(None)
    for one in profiles:
        one.disable()
    stats = pstats.Stats(*profiles).strip_dirs()
    for order in ("tottime", "cumulative"):
        stats.sort_stats(order).print_stats(_DEAREST)
