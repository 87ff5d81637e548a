"""What stands between reading and sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Reason
from braze_engage.sync.decider import Part
from braze_engage.sync.gate import Gate
from braze_engage.sync.ticket import Ticket
from tests.support.changes import change
from tests.support.writes import attributes, deletion, event

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Gated:
    """A gate, and what came through it or was held back."""

    def __init__(self, *, paused: Collection[str] = (), null_guard: float | None = None) -> None:
        self.through: list[Any] = []
        self.ended: list[tuple[Any, Reason]] = []
        self.offers = 0
        self.gate = Gate(self._offer, self._end, paused=paused, null_guard=null_guard)

    def put(self, *changes: Any, is_membership: bool = False) -> None:
        parts = [Part(Delivery.IDENTIFY, one, is_membership) for one in changes]
        self.gate(parts, Ticket(0, None, None, len(parts)))

    def _offer(self, parts: Sequence[Part], ticket: Ticket) -> None:
        assert parts
        assert ticket.position == 0
        self.offers += 1
        self.through += [part.change for part in parts]

    def _end(self, part: Part, ticket: Ticket, reason: Reason) -> None:
        assert ticket.position == 0
        self.ended.append((part.change, reason))

    @property
    def reasons(self) -> list[Reason]:
        return [reason for _, reason in self.ended]


def value(at: int, one: object, key: str = "ltv") -> Any:
    return attributes(f"u{at}", at, key=key)._replace(attributes={key: one})


def test_without_pause_and_guard_everything_goes_through_together() -> None:
    gated = Gated()
    gated.put(value(1, None), event("u1", 1), change("u1", 1))
    assert (gated.offers, len(gated.through)) == (1, 3)
    gated.gate.settle()
    gated.gate.leave()
    assert gated.ended == []


class TestPause:
    def test_deliveries_of_a_paused_key_are_held_of_whatever_kind(self) -> None:
        gated = Gated(paused={"vip"})
        gated.put(value(1, 1, "vip"), change("u1", 1, name="vip"), event("u1", 1, key="vip"))
        assert gated.reasons == [Reason.PAUSED] * 3
        assert gated.offers == 0

    def test_others_go_through(self) -> None:
        gated = Gated(paused={"vip"})
        gated.put(value(1, 1), value(1, 1, "vip"))
        gated.put(attributes("u1", 1, key=None, a=1))
        gated.put(deletion("u1", 1))
        assert len(gated.through) == 3
        assert gated.reasons == [Reason.PAUSED]


class TestNullGuard:
    def test_nulls_wait_until_1000_values_are_known_and_then_go(self) -> None:
        gated = Gated(null_guard=0.5)
        for at in range(999):
            gated.put(value(at, None if at % 2 else at))
        assert len(gated.through) == 500
        gated.put(value(999, None))
        assert len(gated.through) == 1_000
        assert gated.ended == []
        gated.put(value(1_000, None))
        assert gated.reasons == [Reason.NULL_GUARD]

    def test_a_flood_of_nulls_is_held(self) -> None:
        gated = Gated(null_guard=0.2)
        for at in range(1_000):
            gated.put(value(at, None if at % 2 else at))
        assert gated.reasons == [Reason.NULL_GUARD] * 500
        for at in range(1_000, 1_003):
            gated.put(value(at, None))
            gated.put(value(at, at))
        assert gated.reasons == [Reason.NULL_GUARD] * 503
        assert len(gated.through) == 503

    @pytest.mark.parametrize(("guard", "held"), [(0.0, 3), (0.29, 3), (0.3, 0), (1.0, 0)])
    def test_of_few_values_is_decided_at_the_end(self, guard: float, held: int) -> None:
        gated = Gated(null_guard=guard)
        for at in range(10):
            gated.put(value(at, None if at < 3 else at))
        assert len(gated.through) == 7
        gated.gate.settle()
        assert gated.reasons == [Reason.NULL_GUARD] * held
        assert len(gated.through) == 10 - held
        gated.gate.settle()
        assert len(gated.ended) == held

    def test_keys_are_told_apart(self) -> None:
        gated = Gated(null_guard=0.5)
        for at in range(4):
            gated.put(value(at, None, "flood"))
            gated.put(value(at, None if at == 0 else at, "calm"))
        gated.gate.settle()
        assert [one.key for one, _ in gated.ended] == ["flood"] * 4

    def test_a_row_of_sql_traits_is_null_when_all_its_columns_are(self) -> None:
        gated = Gated(null_guard=0.0)
        gated.put(attributes("u1", 1, key="export", a=None, b=None))
        gated.put(attributes("u2", 1, key="export", a=None, b=1))
        assert len(gated.through) == 1
        gated.gate.settle()
        assert gated.reasons == [Reason.NULL_GUARD]

    def test_memberships_events_and_other_calls_are_no_values(self) -> None:
        gated = Gated(null_guard=0.0)
        gated.put(value(1, None, "vip"), is_membership=True)
        gated.put(event("u1", 1), change("u1", 1))
        gated.put(attributes("u1", 1, key=None, a=None))
        gated.gate.settle()
        assert len(gated.through) == 4
        assert gated.ended == []

    def test_the_event_of_a_call_does_not_wait_for_its_null(self) -> None:
        gated = Gated(null_guard=0.0)
        gated.put(value(1, None), event("u1", 1))
        assert [one.__class__.__name__ for one in gated.through] == ["EventChange"]

    def test_what_waits_when_the_run_stops_is_accounted_for(self) -> None:
        gated = Gated(null_guard=0.5)
        gated.put(value(1, None))
        gated.gate.leave()
        assert gated.reasons == [Reason.STOPPED]
        gated.gate.settle()
        assert len(gated.ended) == 1
