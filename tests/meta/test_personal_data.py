"""Nobody's identifier and no value shows where people look: reprs, messages, details."""

from __future__ import annotations

import importlib
import logging
import pickle
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import Delivery, Reason, RunStopped
from braze_engage.engage import read_call
from braze_engage.engage.folding import fold_attributes
from braze_engage.objects import TrackLimits
from braze_engage.operation import Replay
from braze_engage.sync.cutting import TrackCut
from braze_engage.sync.decider import Part
from braze_engage.sync.entries import draft
from braze_engage.sync.holding import Holding
from braze_engage.sync.ledger import Ledger
from braze_engage.sync.settling import Settling
from braze_engage.sync.state import MemoryState
from braze_engage.sync.ticket import Ticket
from braze_engage.sync.track_delivery import EncodedTrack
from braze_engage.sync.track_size import TrackSize
from braze_engage.testing import FakeBraze, ManualClock
from tests.meta.trees import modules
from tests.support.changes import call, change
from tests.support.syncs import sync_of
from tests.support.writes import attributes, deletion, event, tracked, waiting, who

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from braze_engage.sync.plan import PlannedRequest

MARK = "zx81mark"
"""Part of every identifier and value made here, so that any trace of one is found."""

PERSON = f"person-{MARK}"


def entries() -> Any:
    waiting_here = tracked(
        attributes(PERSON, 1, a=MARK), attributes(PERSON, 2, a=2), event(PERSON, 1, name="x")
    )
    return draft(waiting_here, MemoryState(), suppress_repeats=False)


def sync_with(fake: FakeBraze) -> Any:
    delivery = Delivery.IDENTIFY | Delivery.TRACK | Delivery.COHORT | Delivery.BOOLEAN
    return sync_of(fake, rules={"audiences": delivery, "journeys": delivery})


def marked_call() -> dict[str, Any]:
    raw = call(PERSON, 1, message_id="m1")
    raw["traits"] |= {"first_name": MARK, "email": f"{MARK}@example.test", "list": [MARK, None]}
    return raw


def explained() -> object:
    return sync_with(FakeBraze(clock=ManualClock())).explain(marked_call())


def receipt() -> object:
    ledger = Ledger()
    ledger.deleted(Ticket(0, None, None), who(PERSON))
    return ledger.report(forgotten=0, seconds=0)


def planned() -> list[PlannedRequest]:
    sync = sync_with(FakeBraze(clock=ManualClock()))
    deleted = {"type": "delete", "userId": PERSON, "timestamp": "2026-11-02T10:00:00Z"}
    return list(sync.plan([marked_call(), deleted]).requests())


def settling() -> Settling:
    found = Settling(5.0)
    found.begin(who(PERSON), 1.0)
    return found


def held() -> object:
    holding = Holding()
    holding.keep(waiting(attributes(PERSON, 1, a=MARK)), Reason.BUDGET)
    return holding.listed(), holding


def filled() -> TrackCut:
    cut = TrackCut(TrackSize(TrackLimits.COMBINED_75))
    cut.add(entries().attributes)
    return cut


HOLDERS: dict[str, Callable[[], object]] = {
    "AttributeChange": lambda: attributes(PERSON, 1, a=MARK),
    "AttributeWrite": lambda: list(fold_attributes([attributes(PERSON, 1, a=MARK)]).values()),
    "Deletion": lambda: deletion(PERSON, 1),
    "DeletionReceipt": receipt,
    "EncodedTrack": lambda: EncodedTrack(entries().attributes, Replay.ALWAYS),
    "EngageCall": lambda: read_call(marked_call(), now_ns=0),
    "EventChange": lambda: event(PERSON, 1, properties={"p": MARK}),
    "Explanation": explained,
    "Held": held,
    "PlannedRequest": planned,
    "SentTest": lambda: sync_with(FakeBraze(clock=ManualClock())).send_test(marked_call()),
    "Settling": settling,
    "TrackCut": filled,
    "TrackEntry": lambda: [*entries().attributes, *entries().events],
    "Waiting": lambda: waiting(attributes(PERSON, 1, a=MARK)),
    "Waiting of a membership": lambda: waiting(change(PERSON, 1)),
    "Draft": entries,
    "Part": lambda: Part(Delivery.IDENTIFY, attributes(PERSON, 1, a=MARK)),
}


@pytest.mark.parametrize("name", HOLDERS)
def test_no_repr_shows_a_person_or_a_value(name: str) -> None:
    holder = HOLDERS[name]()
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "%r", (holder,), None)
    forms = [repr(holder), f"{[holder]!r}", record.getMessage()]
    assert [form for form in forms if MARK in form] == []


def classes_that_hold_a_person() -> Iterator[str]:
    """Every class of the sync whose constructor speaks of an identity or an entry."""
    for module in modules():
        if module.room != "sync":
            continue
        loaded = importlib.import_module(f"braze_engage.{module.name}")
        for name, value in vars(loaded).items():
            if isinstance(value, type) and value.__module__ == loaded.__name__:
                told = str(getattr(value, "__annotations__", ""))
                if "Identity" in told or "TrackEntry" in told:
                    yield name


def test_every_class_that_holds_a_person_is_tried_here() -> None:
    found = set(classes_that_hold_a_person())
    assert {"TrackEntry", "EncodedTrack", "DeletionReceipt"} <= found
    inside = {"ExplainedDelivery", "_Refusals"}  # parts of what is tried, and of a function
    assert found - inside <= set(HOLDERS)


def troubled() -> FakeBraze:
    """A fake that refuses all sorts of things in words that name the person."""
    fake = FakeBraze(clock=ManualClock())
    fake.refuse_items(lambda one: "email" in one, text=f"{MARK}@example.test, {PERSON}: no")
    fake.refuse_items(lambda one: "vip" in one, text=f'"{PERSON}" is blocked', located=False)
    fake.poison(f"{PERSON}-poison", text=f"{PERSON}-poison is not allowed")
    return fake


def calls() -> list[dict[str, Any]]:
    poisoned = [call(f"{PERSON}-poison", at) for at in range(2)]
    track = {**call(PERSON, 3), "type": "track", "event": "Audience Entered"}
    track["properties"] = {"vip": True, "note": MARK}
    bad = {**call(PERSON, 4, member=MARK), "timestamp": MARK}
    return [
        *(call(PERSON, at) for at in range(3)),
        track,
        bad,
        *poisoned,
        call(PERSON, 5, member=MARK),
        {"type": "delete", "userId": f"{PERSON}-poison", "timestamp": "2026-11-02T10:00:00Z"},
    ]


def test_no_report_shows_a_person(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    report = sync_with(troubled()).run(calls())
    assert {one.outcome for one in report.failures} >= {"malformed", "rejected", "unknown"}
    shown = [
        str(report),
        repr(report),
        report.to_html(),
        *(failure.detail for failure in report.failures),
        *(record.getMessage() for record in caplog.records),
    ]
    assert [text for text in shown if MARK in text] == []


def test_no_plan_shows_a_person() -> None:
    plan = sync_with(troubled()).plan(calls())
    assert [text for text in (str(plan), repr(plan), plan._repr_html_()) if MARK in text] == []


@pytest.mark.parametrize("status", [401, 403, 302])
def test_no_stopped_run_shows_a_person(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fake = FakeBraze(clock=ManualClock())
    fake.fail("/users/track", status=status, times=9)
    with pytest.raises(RunStopped) as caught:
        sync_with(fake).run(calls()[:-1])  # a receipt of a deletion says who it is for
    stopped = caught.value
    shown = [
        repr(stopped),
        str(stopped.report),
        repr(stopped.report),
        *(failure.detail for failure in stopped.report.failures),
        *(record.getMessage() for record in caplog.records),
    ]
    assert [text for text in shown if MARK in text] == []
    assert MARK.encode() not in pickle.dumps(stopped)


def test_a_failure_of_the_library_shows_no_person() -> None:
    fake = FakeBraze(clock=ManualClock())
    sync = sync_with(fake)

    def broken(*_: object) -> None:
        raise RuntimeError(MARK)

    assert sync._clients.rest is not None
    sync._clients.rest.perform = broken
    with pytest.raises(RunStopped, match="unexpected RuntimeError") as caught:
        sync.run([call(PERSON, 1)])
    text = "".join(traceback.format_exception_only(type(caught.value), caught.value))
    assert MARK not in text
    assert PERSON not in str(caught.value.report)
