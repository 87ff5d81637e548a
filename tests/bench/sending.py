"""Measures sending, as ratios in one run: ``python tests/bench/sending.py [--profile]``.

A server in another process takes every request after 100 ms. Our own run, dicts in, stands beside
a bare loop that posts ready-made bodies with urllib3 on as many threads, and beside the same loop
through our exchange; and one request of each transport beside a bare one. ``--profile`` lists where
the time of a run goes instead.
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from itertools import repeat
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

import attrs
import requests
import urllib3

from braze_engage import BrazeClient, EngageRules, EngageSync, Event, Replay, RestApiKey
from braze_engage._http.call import Call, Payload
from braze_engage._http.exchange import Exchange
from braze_engage._http.transport import transport_for
from braze_engage.engage.deliveries import Delivery
from braze_engage.limits import TRACK_OBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE: Final = Path(__file__).parent
CERTIFICATE: Final = HERE.parent / "data" / "loopback.pem"
KEY: Final = "bench"
ACCEPTED: Final = 201
LATENCY: Final = 0.1
REQUESTS: Final = 2_000
THREADS: Final = 128
PROFILED: Final = 400
SINGLE: Final = 2_000
ROUNDS: Final = 3
DEAREST: Final = 10


@contextmanager
def server(seconds: float, *, tls: bool = False) -> Iterator[str]:
    """Run the server and give its address."""
    command = [sys.executable, str(HERE / "slow_server.py"), str(seconds)]
    if tls:
        command.append(str(CERTIFICATE))
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield f"{'https' if tls else 'http'}://127.0.0.1:{process.stdout.readline().strip()}"


def identify(number: int) -> dict[str, object]:
    """One computed trait of a person of their own."""
    return {
        "type": "identify",
        "messageId": f"m-{number}",
        "userId": f"u-{number}",
        "timestamp": "2026-11-02T07:25:30.277Z",
        "receivedAt": "2026-11-02T07:25:44.340Z",
        "context": {
            "personas": {
                "computation_class": "trait",
                "computation_id": "com_ltv",
                "computation_key": "ltv_90d",
                "space_id": "spa_bench",
            }
        },
        "traits": {"ltv_90d": number + 0.5},
    }


def body(number: int) -> bytes:
    """What 75 such calls become."""
    people = range(number * TRACK_OBJECTS, (number + 1) * TRACK_OBJECTS)
    attributes = [{"external_id": f"u-{one}", "ltv_90d": one + 0.5} for one in people]
    return json.dumps({"attributes": attributes}).encode()


def posting_seconds(bodies: list[bytes], post: Callable[[bytes], int]) -> float:
    """Post ready-made bodies on as many threads as a run has."""
    todo: SimpleQueue[bytes] = SimpleQueue()
    for one in bodies:
        todo.put(one)

    def work() -> None:
        try:
            while True:
                assert post(todo.get_nowait()) == ACCEPTED
        except Empty:
            pass

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def bare_seconds(url: str, bodies: list[bytes]) -> float:
    """Post them with urllib3 alone."""
    manager = urllib3.PoolManager(maxsize=THREADS, ca_certs=str(CERTIFICATE))
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}

    def post(one: bytes) -> int:
        return manager.request("POST", f"{url}/users/track", body=one, headers=headers).status

    return posting_seconds(bodies, post)


def exchange_seconds(url: str, bodies: list[bytes]) -> float:
    """Post them through rate pool, exchange and transport, as a client does."""
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

    with closing(exchange):
        return posting_seconds(bodies, post)


def our_seconds(url: str, calls: list[dict[str, object]]) -> float:
    """Send dicts with the library."""
    with BrazeClient(KEY, data_center=url) as braze:
        sync = EngageSync(
            rest=braze, rules=EngageRules(traits=Delivery.IDENTIFY), concurrency=THREADS
        )
        began = time.perf_counter()
        report = sync.run(calls)
        seconds = time.perf_counter() - began
    assert report.outcomes["sent"] == len(calls), report
    return seconds


def cpu(action: Callable[[], object]) -> float:
    """Microseconds of the processor that one request takes, the least of a few rounds."""

    def once() -> float:
        began = time.process_time()
        for _ in repeat(None, SINGLE):
            action()
        return (time.process_time() - began) / SINGLE * 1e6

    action()
    return min(once() for _ in range(ROUNDS))


def compare_transports(url: str) -> None:
    """Print what one request costs, bare and through a client of either transport."""
    manager = urllib3.PoolManager()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    event = Event(name="Trait Computed", external_id="u1", time="2026-11-02T07:25:30Z")
    ready = json.dumps({"events": [{"name": event.name, "external_id": "u1"}]}).encode()
    bare = cpu(lambda: manager.request("POST", f"{url}/users/track", body=ready, headers=headers))
    with BrazeClient(KEY, data_center=url) as own, requests.Session() as session:
        given = BrazeClient(KEY, data_center=url, session=session)
        ours = cpu(lambda: own.users.track(events=[event]))
        through = cpu(lambda: given.users.track(events=[event]))
    print(f"one call, bare urllib3           {bare:6.0f} us of the processor")
    print(f"one call of a client             {ours / bare:6.2f} x bare urllib3")
    print(f"the same through a session       {through / bare:6.2f} x bare urllib3")


def compare_runs(url: str, name: str) -> None:
    """Print requests a second of a run and of the bare loop, best of a few rounds each."""
    calls = [identify(number) for number in range(REQUESTS * TRACK_OBJECTS)]
    bodies = [body(number) for number in range(REQUESTS)]
    rounds = [
        (bare_seconds(url, bodies), exchange_seconds(url, bodies), our_seconds(url, calls))
        for _ in range(ROUNDS)
    ]
    bare, exchange, ours = (min(one) for one in zip(*rounds, strict=True))
    print(f"bare loop over {name:17} {REQUESTS / bare:6.0f} requests/s")
    print(f"the same through our exchange    {bare / exchange:6.2f} x its requests/s")
    print(f"a run, dicts in, over {name:10} {bare / ours:6.2f} x its requests/s")
    print(f"                                 {len(calls) / ours:6,.0f} objects/s")


def profile(url: str) -> None:
    """Print where the processor time of a run goes, all threads together."""
    profiles: list[cProfile.Profile] = []

    def begin(*_: object) -> None:
        one = cProfile.Profile(time.thread_time)
        profiles.append(one)
        one.enable()

    calls = [identify(number) for number in range(PROFILED * TRACK_OBJECTS)]
    threading.setprofile(begin)
    begin()
    our_seconds(url, calls)
    threading.setprofile(None)
    for one in profiles:
        one.disable()
    stats = pstats.Stats(*profiles).strip_dirs()
    for order in ("tottime", "cumulative"):
        stats.sort_stats(order).print_stats(DEAREST)


def main() -> None:
    """Print every figure."""
    os.environ["REQUESTS_CA_BUNDLE"] = str(CERTIFICATE)
    if "--profile" in sys.argv:
        with server(LATENCY) as url:
            profile(url)
        return
    with server(0.0) as url:
        compare_transports(url)
    for tls in (False, True):
        with server(LATENCY, tls=tls) as url:
            compare_runs(url, "TLS" if tls else "http")


if __name__ == "__main__":
    main()
