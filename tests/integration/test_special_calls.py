"""Calls and sources that are odd; each ends as the laws say, with a state file and without.

A source that raises in the middle, one with other rows in front and one of another workspace are in
`test_checkpoints`, too, as far as they are about resuming.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import ConfigurationError, Delivery, EngageRules, Reason, RunStopped
from braze_engage.sync.state import MemoryState
from tests.support.changes import AUDIENCE, call
from tests.support.lasting import Shop, event, trait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from braze_engage import Report

Raw = dict[str, Any]  # Any: a call is JSON

BOTH_ORDERS = [(0, 1), (1, 0)]

EVERYTHING = EngageRules(
    audiences=Delivery.COHORT | Delivery.IDENTIFY, traits=Delivery.IDENTIFY | Delivery.TRACK
)


class Runs:
    """Runs of one process after another, or of one process that remembers in memory."""

    def __init__(self, shop: Shop, *, on_file: bool) -> None:
        self.shop = shop
        self.memory = None if on_file else shop.sync(state=MemoryState(), rules=EVERYTHING)

    def run(self, calls: object) -> Report:
        if self.memory is not None:
            return self.memory.run(calls)
        return self.shop.run(calls, rules=EVERYTHING)

    def held(self, name: str = "ltv") -> object:
        return self.shop.fake.users["u1"].custom_attributes.get(name)

    @property
    def members(self) -> set[object]:
        return set(self.shop.fake.cohorts[AUDIENCE].members)


@pytest.fixture(params=[False, True], ids=["memory", "file"])
def runs(request: pytest.FixtureRequest, tmp_path: Path) -> Runs:
    found = Runs(Shop(tmp_path), on_file=request.param)
    found.shop.fake.add_user("u1")
    return found


def received(raw: Raw, at: str, **more: object) -> Raw:
    return {**raw, "receivedAt": at, **more}


class TestAStampOf2036:
    """A clock that is wrong by ten years must not win for ten years."""

    AHEAD = "2036-02-29T12:00:00.000Z"
    RECEIVED = "2026-11-02T00:00:30.000Z"

    def calls(self) -> list[Raw]:
        ahead = received(trait("u1", message_id="ahead", ltv=1), self.RECEIVED)
        later = trait("u1", 31, message_id="later", ltv=2)
        return [{**ahead, "timestamp": self.AHEAD}, received(later, "2026-11-02T00:00:31.500Z")]

    @pytest.mark.parametrize("order", BOTH_ORDERS)
    @pytest.mark.parametrize("together", [False, True])
    def test_it_counts_as_of_when_it_was_received(
        self, runs: Runs, order: tuple[int, int], *, together: bool
    ) -> None:
        calls = [self.calls()[number] for number in order]
        reports = [runs.run(calls)] if together else [runs.run([one]) for one in calls]
        assert runs.held() == 2
        assert any("receivedAt" in words for report in reports for words in report.warnings)
        reasons = [reason for report in reports for reason in report.reasons]
        if order == (1, 0) and not together:
            assert reasons == [Reason.ACCEPTED, Reason.NEWER_KNOWN]

    def test_a_membership_too(self, runs: Runs) -> None:
        entered = received(call("u1", message_id="ahead"), self.RECEIVED, timestamp=self.AHEAD)
        left = call("u1", 45, member=False, message_id="later")
        runs.run([entered])
        assert runs.members == {"u1"}
        runs.run([received(left, "2026-11-02T00:00:45.500Z")])
        assert runs.members == set()

    def test_a_deletion_too(self, runs: Runs) -> None:
        """It deletes what was before it, and does not forbid the person for ten years."""
        rest = runs.shop.sync(state=MemoryState())._clients.rest
        sync = runs.shop.sync(state=MemoryState(), rules=EVERYTHING, erase=rest)
        gone = {"type": "delete", "userId": "u1", "messageId": "gone", "timestamp": self.AHEAD}
        report = sync.run([trait("u1", 1, ltv=1), received(gone, self.RECEIVED)])
        assert report.reasons == {Reason.PERSON_DELETED: 1, Reason.ACCEPTED: 1}
        assert "u1" not in runs.shop.fake.users
        assert sync.run([trait("u1", 29, ltv=1)]).reasons == {Reason.PERSON_DELETED: 1}
        assert sync.run([trait("u1", 31, ltv=2)]).outcomes["sent"] == 1
        assert runs.held() == 2


class TestEqualStamps:
    def pair(self, kind: str) -> list[Raw]:
        """Two calls of the same moment, of which the second is the newer one by the law."""
        if kind == "received":
            return [
                received(trait("u1", 5, message_id="b", ltv=1), "2026-11-02T00:00:06.000Z"),
                received(trait("u1", 5, message_id="a", ltv=2), "2026-11-02T00:00:07.000Z"),
            ]
        if kind == "message id":
            return [trait("u1", 5, message_id="a", ltv=1), trait("u1", 5, message_id="b", ltv=2)]
        return [trait("u1", 5, ltv=1), trait("u1", 5, ltv=2)]

    @pytest.mark.parametrize("kind", ["received", "message id", "value"])
    @pytest.mark.parametrize("order", BOTH_ORDERS)
    @pytest.mark.parametrize("together", [False, True])
    def test_both_orders_of_arrival_end_alike(
        self, runs: Runs, kind: str, order: tuple[int, int], *, together: bool
    ) -> None:
        calls = [self.pair(kind)[number] for number in order]
        for part in [calls] if together else [[one] for one in calls]:
            report = runs.run(part)
            assert report.calls == len(part)
            assert report.failures_total == 0
        assert runs.held() == 2

    @pytest.mark.parametrize("order", BOTH_ORDERS)
    @pytest.mark.parametrize("together", [False, True])
    def test_of_membership_too(self, runs: Runs, order: tuple[int, int], *, together: bool) -> None:
        both = [
            call("u1", 5, member=False, message_id="a"),
            call("u1", 5, member=True, message_id="b"),
        ]
        calls = [both[number] for number in order]
        for part in [calls] if together else [[one] for one in calls]:
            runs.run(part)
        assert runs.members == {"u1"}
        assert runs.held("vip") is True

    def test_events_of_one_moment_are_two(self, runs: Runs) -> None:
        runs.run([event("u1", 5, message_id="a"), event("u1", 5, message_id="b")])
        assert len(runs.shop.fake.users["u1"].custom_events) == 2


class TestSources:
    def test_one_that_raises_in_the_middle_delivers_what_it_gave(self, runs: Runs) -> None:
        calls = [trait("u1", at, message_id=f"m{at}", ltv=at) for at in range(6)]

        def source() -> Iterator[Raw]:
            yield from calls[:3]
            raise ValueError("row 4 cannot be read")

        with pytest.raises(RunStopped, match="raised ValueError") as caught:
            runs.run(source())
        assert (caught.value.position, caught.value.report.calls) == (3, 3)
        assert runs.held() == 2
        report = runs.run(calls)
        assert report.outcomes["duplicate"] == 3
        assert runs.held() == 5

    @pytest.mark.parametrize("source", [[], (), [[]]])
    def test_an_empty_one_sends_nothing_and_removes_nobody(
        self, runs: Runs, source: object
    ) -> None:
        runs.run([call("u1", 1, message_id="m1"), trait("u1", 1, message_id="m2", ltv=1)])
        before = runs.shop.requests
        report = runs.run(source)
        assert (report.calls, report.failures_total) == (0, 0)
        assert sum(report.outcomes.values()) == 0
        assert runs.shop.requests == before
        assert runs.members == {"u1"}
        assert runs.held() == 1


def test_an_empty_source_comes_to_its_end_where_a_checkpoint_is_behind_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    assert shop.run([], checkpoint="nightly").calls == 0

    def source() -> Iterator[Raw]:
        yield trait("u1", 1, ltv=1)
        raise OSError("gone")

    with pytest.raises(RunStopped):
        shop.run(source(), checkpoint="nightly")
    before = shop.requests
    with pytest.raises(ConfigurationError, match="first 1 items"):
        shop.run([], checkpoint="nightly")
    assert shop.requests == before


def test_a_state_of_another_workspace_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.run([trait("u1", 1, ltv=1)], workspace="shop-eu")
    before = shop.requests
    for workspace in ("shop-us", None):
        with pytest.raises(ConfigurationError, match="workspace='shop-eu'"):
            shop.run([trait("u1", 2, ltv=2)], workspace=workspace)
    assert shop.requests == before
    assert shop.run([trait("u1", 3, ltv=3)], workspace="shop-eu").outcomes["sent"] == 1


def test_what_braze_accepted_of_a_refused_call_is_known(tmp_path: Path) -> None:
    """Of a call two entries are made, one is refused: what is older does not undo the other."""
    for on_file in (False, True):
        shop = Shop(tmp_path / str(on_file))
        shop.path.parent.mkdir()
        shop.fake.refuse_items(lambda one: "address" in one)
        rules = EngageRules(traits=Delivery.IDENTIFY, merge_objects={"address"})
        sync = shop.sync(rules=rules, **({} if on_file else {"state": MemoryState()}))
        newer = trait("u1", 5, ltv=2, address={"city": "Rome"})
        assert sync.run([newer]).outcomes["rejected"] == 1
        assert sync.run([trait("u1", 1, ltv=1)]).reasons == {Reason.NEWER_KNOWN: 1}
        assert shop.fake.users["u1"].custom_attributes == {"ltv": 2}
        again = sync.run([trait("u1", 6, ltv=2)])
        assert again.reasons == {Reason.SAME_STATE if on_file else Reason.ACCEPTED: 1}
