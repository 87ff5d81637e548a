"""Measures memory while a run streams distinct people, of whom 1 % fail.

    python -m tests.bench memory --people 5000000

The run is a process of its own, without a state path, so that everything it remembers is in memory.
A server in another process refuses one object of a hundred. What counts is how far the process
grew above what it had once all was imported and the client was made.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from braze_engage import BrazeClient, Delivery, EngageRules, EngageSync
from braze_engage.limits import TRACK_OBJECTS
from tests.bench.calls import trait
from tests.bench.rows import Row
from tests.bench.server import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.calls import Call

PEOPLE: Final = 500_000
_FAILURES: Final = 0.01
_LATENCY: Final = 0.02
_MOST_MB: Final = 128
_MEGABYTE: Final = 1 << 20
_PAGE: Final = resource.getpagesize()


def held() -> int:
    """Bytes of memory that the process has at the moment."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def _most_held() -> int:
    # not ru_maxrss, which a new process takes over from the one that started it
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024


def _stream(people: int, marks: list[tuple[int, int]]) -> Iterator[Call]:
    """Calls of distinct people; notes the memory ten times on the way."""
    for number in range(people):
        if number % max(1, people // 10) == 0:
            marks.append((number, held()))
        yield trait(number)


def run(url: str, people: int) -> dict[str, object]:
    """Stream people in this process and tell what it took.

    Args:
        url: Where the server is.
        people: How many.
    """
    marks: list[tuple[int, int]] = []
    with (
        BrazeClient("bench", data_center=url) as braze,
        EngageSync(rest=braze, rules=EngageRules(traits=Delivery.IDENTIFY)) as sync,
    ):
        idle = held()
        began = time.perf_counter()
        report = sync.run(_stream(people, marks))
        seconds = time.perf_counter() - began
        peak = _most_held()
    return {
        "idle": idle,
        "peak": peak,
        "marks": marks,
        "seconds": seconds,
        "rejected": report.outcomes["rejected"],
    }


def measure(people: int = PEOPLE, *, latency: float = _LATENCY) -> Iterator[Row]:
    """Measure a run, and the same with one arena of glibc for all threads instead of many.

    Args:
        people: How many people it streams.
        latency: Seconds that the server takes.
    """
    ways = {"": dict[str, str](), ", MALLOC_ARENA_MAX=1": {"MALLOC_ARENA_MAX": "1"}}
    for name, setting in ways.items():
        with server(latency, reject=_FAILURES * TRACK_OBJECTS) as url:
            output = subprocess.check_output(
                [sys.executable, "-m", "tests.bench.memory", url, str(people)],
                env={**os.environ, **setting},
                text=True,
            )
        told = json.loads(output)
        grown = [(number, (now - told["idle"]) / _MEGABYTE) for number, now in told["marks"]]
        half = next(now for number, now in grown if number >= people // 2)
        top = (told["peak"] - told["idle"]) / _MEGABYTE
        what = f"memory above idle, {people:,} distinct people{name}"
        yield Row(what, top, "MB", at_most=_MOST_MB)
        yield Row("  after the first half", half, "MB")
        yield Row("  of them rejected", 100 * told["rejected"] / people, "%")
        yield Row("  the run, with that", people / told["seconds"], "calls/s")


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], int(sys.argv[2]))))
