"""Measures a state file: bytes a value, and what it costs: ``python tests/bench/state.py``.

Nothing is sent: whatever is handed in counts as accepted, so that the state is all there is beside
reading, mapping and folding.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braze_engage import BrazeClient, EngageSync, SqliteState
from braze_engage.engage.calls import OrderKey
from braze_engage.engage.identity import Identity
from braze_engage.sync import assembly
from braze_engage.sync.known import Known, attribute_subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from braze_engage.sync.entries import TrackEntry
    from braze_engage.sync.tally import Tally

PEOPLE = 40_000
KEYS = 5
NOW_MS = 1_793_604_330_277
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Accepting:
    """Stands in for Braze and accepts everything at once."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __call__(
        self, entries: Sequence[TrackEntry], tally: Tally, _: Callable[[float], bool]
    ) -> None:
        """Accept entries.

        Args:
            entries: What would be sent.
            tally: Told of each.
        """
        tally.requested("users_track")
        tally.accepted(entries)


def message_id() -> str:
    """An id in the form that Engage gives."""
    return "personas_3LX" + "".join(random.choices(LETTERS, k=24))


def bytes_a_value(path: Path, *, exact: bool) -> float:
    """Bytes of one value that came in a call of its own, people and keys in any order.

    Args:
        path: Where to make the file.
        exact: Whether the calls are stamped to the nanosecond.
    """
    state = SqliteState(path)
    slots = [(person, key) for person in range(PEOPLE) for key in range(KEYS)]
    random.shuffle(slots)
    for number, (person, key) in enumerate(slots):
        at = (NOW_MS + number) * 1_000_000 + exact * random.randrange(1, 1_000_000)
        order = OrderKey(at, (NOW_MS + number + 14_063) * 1_000_000, message_id(), "")
        who = Identity("external_id", f"user-{person}")
        known = Known(order, str(number))
        state.accepted(attribute_subject(f"trait_{key}"), who, known, sure=True)
        if not number % 75:
            state.commit()
    state.close()
    return path.stat().st_size / len(slots)


def calls(round_: int, changed: float) -> Iterator[dict[str, Any]]:
    """One call of every person and key.

    Args:
        round_: Which round; later ones happened later.
        changed: The share of values that differ from those of the first round.
    """
    chance = random.Random(round_)
    for person in range(PEOPLE):
        for key in range(KEYS):
            number = person * KEYS + key
            yield {
                "type": "identify",
                "messageId": f"personas_3LX{round_:02}{number:022}",
                "userId": f"user-{person}",
                "timestamp": f"2026-11-{round_ + 1:02}T09:15:00.066Z",
                "receivedAt": f"2026-11-{round_ + 1:02}T09:15:11.402Z",
                "traits": {f"trait_{key}": -number if chance.random() < changed else number},
                "context": {
                    "personas": {
                        "computation_class": "trait",
                        "computation_id": f"cmp_{key}",
                        "computation_key": f"trait_{key}",
                        "space_id": "spa_bench",
                    }
                },
            }


def rates(path: Path | None) -> list[float]:
    """Calls a second of three rounds: all new, the same again, and 1 % changed.

    Args:
        path: The state file, None for memory.
    """
    found: list[float] = []
    rest = BrazeClient("bench", data_center="US-01")
    with EngageSync(rest=rest, state=path, settle=0.0) as sync:
        for round_, changed in enumerate((0.0, 0.0, 0.01)):
            began = time.perf_counter()
            sync.run(calls(round_, changed), checkpoint="bench" if path else None)
            found.append(PEOPLE * KEYS / (time.perf_counter() - began))
    return found


def main() -> None:
    """Print every figure."""
    assembly.TrackDelivery = Accepting  # type: ignore[attr-defined,assignment]  # nothing is sent
    with tempfile.TemporaryDirectory() as directory:
        whole = bytes_a_value(Path(directory, "ms.db"), exact=False)
        exact = bytes_a_value(Path(directory, "ns.db"), exact=True)
        print(f"bytes a value, stamped to the millisecond  {whole:6.1f}")
        print(f"bytes a value, stamped to the nanosecond   {exact:6.1f}")
        memory = rates(None)
        file = rates(Path(directory, "engage.db"))
        for name, mine, other in zip(("new", "the same", "1 % changed"), file, memory, strict=True):
            print(f"calls/s, {name:<12} {mine:8,.0f}, {mine / other:4.2f} x those in memory")
        began = time.perf_counter()
        SqliteState(Path(directory, "engage.db")).close()
        print(f"opens in {1_000 * (time.perf_counter() - began):.1f} ms")


if __name__ == "__main__":
    main()
