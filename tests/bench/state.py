"""Measures a state file: bytes a value, opening, and a run that changes 1 % of what it reads.

    python -m tests.bench state --people 1000000

Values of people and 5 keys, in any order, each by a call of its own, as Braze accepted them; then a
run reads calls of people at random, of whose values 1 % is new. The server is another process that
takes everything at once.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from braze_engage import BrazeClient, Delivery, EngageRules, EngageSync, SqliteState
from braze_engage.engage.calls import OrderKey
from braze_engage.engage.identity import Identity
from braze_engage.sync.known import Known, attribute_subject
from tests.bench.calls import time_text
from tests.bench.rows import Row
from tests.bench.server import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.calls import Call

PEOPLE: Final = 40_000
KEYS: Final = 5
READ: Final = 100_000
CHANGED: Final = 0.01
GOAL_VALUES: Final = 100_000_000
_GIGABYTE: Final = 1e9
LATER_MS: Final = 86_400_000
_NOW_MS: Final = 1_793_604_330_277
_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RULES: Final = EngageRules(traits=Delivery.IDENTIFY)


def _message_id(chance: random.Random) -> str:
    """Make an id in the form that Engage gives."""
    return "personas_3LX" + "".join(chance.choices(_LETTERS, k=24))


def filled(path: Path, people: int, *, exact: bool) -> float:
    """Write a value of every person and key, in any order.

    Args:
        path: Where to make the file.
        people: How many.
        exact: Whether the calls are stamped to the nanosecond.

    Returns:
        Bytes of one value.
    """
    chance = random.Random(1)
    slots = list(range(people * KEYS))
    chance.shuffle(slots)
    subjects = [attribute_subject(f"trait_{key}") for key in range(KEYS)]
    state = SqliteState(path)
    for number, slot in enumerate(slots):
        at = (_NOW_MS + number) * 1_000_000 + exact * chance.randrange(1, 1_000_000)
        order = OrderKey(at, (_NOW_MS + number + 14_063) * 1_000_000, _message_id(chance), "")
        who = Identity("external_id", f"user-{slot // KEYS}")
        state.accepted(subjects[slot % KEYS], who, Known(order, str(slot)), sure=True)
        if not number % 75:
            state.commit()
    state.close()
    return path.stat().st_size / len(slots)


def calls(people: int, count: int) -> Iterator[Call]:
    """Calls of people at random, of whose values 1 % differs from what `filled` wrote.

    Args:
        people: How many there are.
        count: How many calls.
    """
    chance = random.Random(2)
    for number, slot in enumerate(chance.sample(range(people * KEYS), count)):
        key = f"trait_{slot % KEYS}"
        yield {
            "type": "identify",
            "messageId": f"personas_4LX{number:024}",
            "userId": f"user-{slot // KEYS}",
            "timestamp": time_text(LATER_MS + number),
            "receivedAt": time_text(LATER_MS + number + 11_402),
            "traits": {key: -number if chance.random() < CHANGED else slot},
            "context": {
                "personas": {
                    "computation_class": "trait",
                    "computation_id": f"cmp_{slot % KEYS}",
                    "computation_key": key,
                    "space_id": "spa_bench",
                }
            },
        }


def reading(path: Path, people: int, count: int, url: str) -> tuple[float, float, float]:
    """Run over calls of which 1 % is changed.

    Args:
        path: The state file.
        people: How many it knows.
        count: How many calls.
        url: Where the server is.

    Returns:
        Calls a second, the share of them that changed nothing, and seconds of the processor that
        each of them took.
    """
    made = list(calls(people, count))
    with (
        BrazeClient("bench", data_center=url) as braze,
        EngageSync(rest=braze, rules=_RULES, state=path, settle=0.0) as sync,
    ):
        began, busy = time.perf_counter(), time.process_time()
        report = sync.run(made, checkpoint="bench")
        seconds, used = time.perf_counter() - began, time.process_time() - busy
    return count / seconds, report.outcomes["unchanged"] / count, used / count


def measure(people: int = PEOPLE, read: int = READ) -> Iterator[Row]:
    """Measure a file of its own.

    Args:
        people: How many it knows, each by 5 values.
        read: How many calls the run reads.
    """
    with tempfile.TemporaryDirectory() as directory, server(0.0) as url:
        path = Path(directory, "engage.db")
        began = time.perf_counter()
        size = filled(path, people, exact=False)
        seconds = time.perf_counter() - began
        exact = filled(Path(directory, "ns.db"), min(people, PEOPLE), exact=True)
        values = people * KEYS
        yield Row(f"a value of {values:,}, calls stamped to the millisecond", size, "bytes")
        yield Row("  stamped to the nanosecond", exact, "bytes")
        yield Row(
            "  20 million people with 5 keys each, at this size",
            size * GOAL_VALUES / _GIGABYTE,
            "GB",
            at_most=5,
        )
        yield Row("  written by", values / seconds, "values/s")
        began = time.perf_counter()
        SqliteState(path).close()
        yield Row(f"opening it, {values:,} values", time.perf_counter() - began, "s", at_most=1)
        rate, unchanged, used = reading(path, people, read, url)
        yield Row(
            "a run that changes 1 % of what it reads, with a checkpoint",
            rate,
            "calls/s",
            at_least=20_000,
        )
        yield Row("  of its calls unchanged", 100 * unchanged, "%")
        yield Row("  each of its calls", 1e6 * used, "µs of the processor")
