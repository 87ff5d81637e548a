"""Measures mapping alone: dicts in, encoded request bodies out, no HTTP.

    python -m tests.bench mapping --oracle DIRECTORY

Segment's published package does the same in Node beside it, HTTP answered in memory, where a
directory is named whose ``lib.js`` runs it. Both map batches of 75 of the same calls; both are
warm; their rounds take turns, and the fastest of each counts. Rounds are short and many, so that on
a machine with other work some of them are not disturbed.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.engage import (
    AttributeChange,
    Delivery,
    EngageCall,
    EngageRules,
    EventChange,
    MembershipChange,
    attribute_change,
    cut,
    event_change,
    fold_attributes,
    membership_change,
    net_membership,
    read_item,
)
from braze_engage.objects.values import dumps
from tests.bench import calls as engage
from tests.bench.rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.calls import Call

BATCH: Final = 75
CALLS: Final = 3_000
ROUNDS: Final = 40
HERE: Final = Path(__file__).parent
_NOW_NS: Final = time.time_ns()
_RULES: Final = EngageRules(
    audiences=Delivery.IDENTIFY | Delivery.TRACK | Delivery.COHORT, traits=Delivery.IDENTIFY
)


def read(batch: Sequence[Call]) -> Iterator[EngageCall]:
    """Read a batch of calls.

    Args:
        batch: The calls.
    """
    for raw in batch:
        for _, call in read_item(raw, now_ns=_NOW_NS):
            assert isinstance(call, EngageCall)
            yield call


def attribute_bodies(batch: Sequence[Call]) -> list[bytes]:
    """Map identify calls to requests of attributes."""
    changes: list[AttributeChange] = []
    for call in read(batch):
        change = attribute_change(call, _RULES)
        assert isinstance(change, AttributeChange)
        changes.append(change)
    writes = [write.to_json() for found in fold_attributes(changes).values() for write in found]
    return [dumps({"attributes": writes}).encode()]


def event_bodies(batch: Sequence[Call]) -> list[bytes]:
    """Map track calls to requests of events."""
    events: list[dict[str, object]] = []
    for call in read(batch):
        change = event_change(call, _RULES)
        assert isinstance(change, EventChange)
        events.append(change.to_json())
    return [dumps({"events": events}).encode()]


def cohort_bodies(batch: Sequence[Call]) -> list[bytes]:
    """Map calls of audiences to requests of cohort changes."""
    changes: list[MembershipChange] = []
    for call in read(batch):
        change = membership_change(call, _RULES)
        assert isinstance(change, MembershipChange)
        changes.append(change)
    return [
        _cohort_body(cohort_id, part)
        for cohort_id, people in net_membership(changes).items()
        for part in cut(people.values())
    ]


def _cohort_body(cohort_id: str, changes: Sequence[MembershipChange]) -> bytes:
    entered = [change.identity.value for change in changes if change.member]
    left = [change.identity.value for change in changes if not change.member]
    listed: list[dict[str, object]] = []
    if entered:
        listed.append({"user_ids": entered})
    if left:
        listed.append({"user_ids": left, "should_remove": True})
    body = {"client_secret": "k", "partner_api_key": "k", "cohort_id": cohort_id}
    return dumps({**body, "cohort_changes": listed}).encode()


class Case(NamedTuple):
    """One kind of call.

    Args:
        name: What becomes of what.
        make: Makes a call.
        bodies: Maps a batch.
        goal: The goal, times the events a second of Segment's package.
        action: What does it there: destination, action, mapping beside the defaults.
    """

    name: str
    make: Callable[[int], Call]
    bodies: Callable[[Sequence[Call]], list[bytes]]
    goal: float
    action: tuple[str, str, dict[str, str]]


def _of_one_cohort(number: int) -> Call:
    return engage.membership(number)


_PROFILE: Final = ("braze", "updateUserProfile", dict[str, str]())
_EVENT: Final = ("braze", "trackEvent", dict[str, str]())
_COHORT: Final = ("braze-cohorts", "syncAudiences", {"personas_audience_key": "audience_0"})
CASES: Final = (
    Case("identify → attributes, one trait", engage.trait, attribute_bodies, 4, _PROFILE),
    Case("identify → attributes, ten traits", engage.enriched, attribute_bodies, 4, _PROFILE),
    Case("track → events", engage.event, event_bodies, 1.5, _EVENT),
    Case("audiences → cohort", _of_one_cohort, cohort_bodies, 1.5, _COHORT),
)


@contextmanager
def peer(
    case: Case, batches: Sequence[Sequence[Call]], oracle: Path
) -> Iterator[Callable[[], float]]:
    """Run Segment's package and give what runs one round and tells its seconds.

    Args:
        case: What it is to do.
        batches: The calls.
        oracle: The directory that runs it.
    """
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "calls.jsonl")
        file.write_text("\n".join(map(json.dumps, batches)))
        destination, action, mapping = case.action
        script = str(HERE / "mapping_peer.js")
        command = ["node", "--expose-gc", script, str(oracle.resolve()), destination, action]
        with subprocess.Popen(
            [*command, json.dumps(mapping), str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            body = json.loads(process.stdout.readline())
            _check_alike(json.loads(case.bodies(batches[-1])[-1]), body)

            def once() -> float:
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write("\n")
                process.stdin.flush()
                return float(process.stdout.readline())

            yield once
            process.stdin.close()


def _check_alike(ours: dict[str, object], theirs: dict[str, object]) -> None:
    """Refuse to compare with something that does not do the same."""
    for name in ("attributes", "events", "cohort_changes"):
        mine, other = ours.get(name), theirs.get(name)
        assert (mine is None) == (other is None), (mine, other)
        if isinstance(mine, list) and isinstance(other, list):
            assert len(mine) == len(other), (mine, other)


def _seconds(case: Case, batches: Sequence[Sequence[Call]]) -> float:
    began = time.perf_counter()
    for batch in batches:
        case.bodies(batch)
    return time.perf_counter() - began


def measure(calls: int = CALLS, rounds: int = ROUNDS, oracle: Path | None = None) -> Iterator[Row]:
    """Measure every kind of call.

    Args:
        calls: How many of each.
        rounds: How often.
        oracle: The directory that runs Segment's package, None to leave it out.
    """
    for case in CASES:
        made = [case.make(number) for number in range(calls - calls % -BATCH)]
        batches = [made[start : start + BATCH] for start in range(0, len(made), BATCH)]
        _seconds(case, batches)
        if oracle is None:
            ours = min(_seconds(case, batches) for _ in range(rounds))
            yield Row(case.name, len(made) / ours, "calls/s")
            continue
        with peer(case, batches, oracle) as theirs:
            for _ in range(rounds // 2):
                theirs()  # until what runs often is compiled
            pairs = [(_seconds(case, batches), theirs()) for _ in range(rounds)]
        ours, other = (min(seconds) for seconds in zip(*pairs, strict=True))
        yield Row(case.name, len(made) / ours, "calls/s")
        yield Row("  Segment's package", len(made) / other, "calls/s")
        yield Row("  ratio", other / ours, "times its events/s", at_least=case.goal)
