"""Calls that did not end well are kept, and can be sent again; so is what is held back."""

from __future__ import annotations

import json
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import pytest

from braze_engage import (
    ConfigurationError,
    DataPointBudget,
    Delivery,
    EngageRules,
    IdentityRules,
    Outcome,
    Reason,
    RunStopped,
)
from braze_engage.engage.identity import Identity
from tests.support.changes import AUDIENCE, call
from tests.support.lasting import TRACK, Shop, close, event, trait
from tests.support.stores import raw_bytes, rows_of

if TYPE_CHECKING:
    from braze_engage import BrazeClient, EngageSync

EVENTS = EngageRules(traits=Delivery.TRACK)


def outage(shop: Shop, calls: list[dict[str, Any]]) -> None:
    """A run that ends because Braze is out of reach."""
    shop.fake.refuse_connection(TRACK)
    with pytest.raises(RunStopped):
        shop.run(calls, outage_patience=timedelta(0))


def unidentified(at: int = 0, **values: object) -> dict[str, Any]:
    raw = trait("u1", at, message_id=f"none{at}", **values)
    raw["traits"]["email"] = "ana@example.test"
    del raw["userId"]
    return raw


class TestListing:
    def test_each_says_what_failed_and_why(self, shop: Shop, sync: EngageSync) -> None:
        shop.fake.poison("u2", item=True)
        sync.run(
            [
                trait("u1", 1, ltv=1),
                [trait("u2", 2, message_id="m2", ltv=2)],
                "{",
                b"\xff",
                unidentified(3, ltv=3),
            ]
        )
        letters = sync.dead_letters()
        assert len(letters) == 4
        rejected = next(one for one in letters if one.outcome is Outcome.REJECTED)
        assert (rejected.reason, rejected.rule, rejected.key) == (
            Reason.REFUSED_BY_BRAZE,
            "traits",
            "ltv",
        )
        assert (rejected.position, rejected.index, rejected.message_id) == (1, 0, "m2")
        assert rejected.delivery is Delivery.IDENTIFY
        assert rejected.call == trait("u2", 2, message_id="m2", ltv=2)
        assert "[id]" in rejected.detail or "Braze" in rejected.detail
        assert {one.call for one in letters if one.reason is Reason.NOT_JSON} == {"{", "\\xff"}
        assert "u2" not in repr(list(letters))
        assert "u2" not in str(letters)
        assert "rejected" in str(letters)
        assert "<table>" in letters._repr_html_()
        assert repr(letters) == "DeadLetters(4)"

    def test_they_are_chosen_by_reason_and_key(self, sync: EngageSync) -> None:
        sync.run([unidentified(1, ltv=3), unidentified(2, age=3), "{"])
        assert len(sync.dead_letters(reason="not_json")) == 1
        assert len(sync.dead_letters(reason=Reason.NO_IDENTIFIER)) == 2
        assert len(sync.dead_letters(key="age")) == 1
        assert len(sync.dead_letters(key="age", reason="not_json")) == 0
        with pytest.raises(ConfigurationError, match="no such reason"):
            sync.dead_letters(reason="wrong")

    def test_a_call_that_fails_every_night_is_one_letter(self, sync: EngageSync) -> None:
        for _ in range(3):
            sync.run([unidentified(1, ltv=3), "{"])
        assert len(sync.dead_letters()) == 2

    def test_a_call_that_ends_well_later_is_none_any_more(self, shop: Shop) -> None:
        calls = [trait("u1", 1, message_id="m1", ltv=1), event("u2", 1, message_id="m2")]
        outage(shop, calls)
        sync = shop.sync()
        assert len(sync.dead_letters()) == 2
        sync.run(calls[:1])
        assert [one.message_id for one in sync.dead_letters()] == ["m2"]
        close(sync)

    def test_a_call_that_is_sent_by_new_rules_is_none_any_more(self, shop: Shop) -> None:
        """It did not need a replay: the same source was handed in again."""
        late = trait("u2", 1, message_id="late", ltv=1)
        shop.run([unidentified(1, ltv=3), {**late, "timestamp": "yesterday"}])
        sync = shop.sync(rule={"identity": IdentityRules(email="$.traits.email")})
        assert len(sync.dead_letters()) == 2
        assert sync.run([unidentified(1, ltv=3), late]).outcomes["sent"] == 2
        assert len(sync.dead_letters()) == 0
        close(sync)

    def test_nothing_raises_because_a_call_cannot_be_written_down(self, shop: Shop) -> None:
        deep: list[object] = []
        for _ in range(5_000):
            deep = [deep]
        values: list[Any] = [deep, {(1, 2): 3}, 10**5000, {1, 2}]
        values.append({})
        values[-1]["self"] = values[-1]
        calls = [trait("u1", at, message_id=f"m{at}", ltv=one) for at, one in enumerate(values)]
        assert shop.run(calls).outcomes["malformed"] == len(calls)
        sync = shop.sync()
        assert len(sync.dead_letters()) == len(calls)
        assert sync.dead_letters().replay().outcomes["malformed"] == len(calls)
        close(sync)

    def test_a_call_that_came_as_another_mapping_is_sent_again(self, shop: Shop) -> None:
        outage(
            shop, [cast("Any", MappingProxyType(trait("u1", 1, ltv=MappingProxyType({"a": 1}))))]
        )
        sync = shop.sync()
        assert sync.dead_letters().replay().outcomes["sent"] == 1
        assert shop.fake.users["u1"].custom_attributes["ltv"] == {"a": 1}
        close(sync)

    def test_a_key_that_is_none_is_refused(self, sync: EngageSync) -> None:
        wrong: Any = 5
        for key in (wrong, ""):
            with pytest.raises(ConfigurationError, match=r"key: got .*such as 'vip'"):
                sync.dead_letters(key=key)

    def test_they_are_kept_for_thirty_days(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([unidentified(1, ltv=3)])
        shop.clock.move(days=29)
        sync.run([unidentified(2, ltv=3)])
        assert len(sync.dead_letters()) == 2
        shop.clock.move(days=2)
        for _ in range(3):
            shop.clock.move(seconds=1)
            sync.run([])
        assert len(sync.dead_letters()) == 1

    def test_a_failure_beyond_what_a_report_keeps_is_among_them(
        self, sync: EngageSync, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("braze_engage.sync.ledger._FAILURES_KEPT", 5)
        report = sync.run([unidentified(number, ltv=3) for number in range(20)])
        assert (len(report.failures), len(sync.dead_letters())) == (5, 20)


class TestReplay:
    def test_after_an_outage_everything_is_sent(self, shop: Shop) -> None:
        calls = [
            *(trait(f"u{number}", 1, message_id=f"t{number}", ltv=number) for number in range(5)),
            *(event(f"u{number}", 2, message_id=f"e{number}") for number in range(5)),
        ]
        outage(shop, calls)
        sync = shop.sync()
        report = sync.dead_letters().replay()
        assert report.outcomes["sent"] == 10
        assert len(sync.dead_letters()) == 0
        assert sync.run(calls).outcomes["duplicate"] == 10
        close(sync)

    def test_what_is_newest_of_a_person_and_key_counts(self, shop: Shop) -> None:
        for at, value in ((1, 11), (3, 33), (2, 22)):
            outage(shop, [trait("u1", at, ltv=value)])
        sync = shop.sync()
        report = sync.dead_letters().replay()
        assert (report.outcomes["sent"], report.outcomes["superseded"]) == (1, 2)
        assert shop.fake.users["u1"].custom_attributes == {"ltv": 33}
        assert len(sync.dead_letters()) == 0
        close(sync)

    def test_what_braze_accepted_since_is_not_undone(self, shop: Shop) -> None:
        outage(shop, [trait("u1", 1, ltv=1)])
        shop.run([trait("u1", 2, ltv=2)])
        sync = shop.sync()
        assert sync.dead_letters().replay().reasons == {Reason.NEWER_KNOWN: 1}
        assert shop.fake.users["u1"].custom_attributes == {"ltv": 2}
        assert len(sync.dead_letters()) == 0
        close(sync)

    def test_it_never_passes_a_tombstone(self, shop: Shop) -> None:
        outage(shop, [trait("u1", 1, ltv=1), event("u1", 2), trait("u2", 1, ltv=1)])
        deletion = {
            "type": "delete",
            "userId": "u1",
            "timestamp": "2026-11-02T01:00:00Z",
            "messageId": "d1",
        }
        erase: BrazeClient = shop.sync()._clients.rest  # type: ignore[assignment]  # it has one
        assert shop.run([deletion], erase=erase).outcomes["sent"] == 1
        sync = shop.sync()
        assert [one.key for one in sync.dead_letters()] == ["ltv"]
        assert sync.dead_letters().replay().outcomes["sent"] == 1
        assert "u1" not in shop.fake.users
        close(sync)

    def test_a_deletion_takes_along_calls_that_cannot_be_read(self, shop: Shop) -> None:
        """They are kept whole, and name the person all the same."""
        undated = {**trait("u1", 1, ltv=1), "timestamp": "yesterday"}
        broken = [
            undated,
            json.dumps(undated),
            [{"json": undated}],
            {**trait("u1", 2, ltv=1), "context": []},
            {**trait("u1", 3), "traits": 7},
            {"userId": "u1"},
        ]
        others = [{**undated, "userId": "u2"}, "{", 7]
        shop.run([*broken, *others])
        deletion = {"type": "delete", "userId": "u1", "timestamp": "2026-11-02T01:00:00Z"}
        erase: BrazeClient = shop.sync()._clients.rest  # type: ignore[assignment]  # it has one
        assert shop.run([deletion], erase=erase).outcomes["sent"] == 1
        sync = shop.sync()
        assert len(sync.dead_letters()) == len(others)
        close(sync)
        assert b'"u1' not in raw_bytes(shop.path)

    def test_new_rules_decide(self, shop: Shop) -> None:
        shop.run([unidentified(1, ltv=3)])
        sync = shop.sync(rule={"identity": IdentityRules(email="$.traits.email")})
        assert sync.dead_letters().replay().outcomes["sent"] == 1
        close(sync)

    def test_what_fails_again_stays_one_letter(self, shop: Shop, sync: EngageSync) -> None:
        shop.fake.poison("u2", item=True)
        sync.run([trait("u2", 1, message_id="m1", ltv=2)])
        for _ in range(2):
            report = sync.dead_letters().replay()
            assert report.outcomes["rejected"] == 1
            (letter,) = sync.dead_letters()
            assert (letter.message_id, letter.position) == ("m1", 0)

    def test_only_the_delivery_that_failed_goes_again(self, shop: Shop) -> None:
        rules = EngageRules(audiences=Delivery.COHORT | Delivery.IDENTIFY)
        shop.fake.add_users(["u1"])
        shop.fake.poison("u1", item=True)
        shop.run([call("u1", 1, message_id="m1")], rules=rules)
        before = [request.path for request in shop.fake.requests]
        sync = shop.sync(rules=rules)
        (letter,) = sync.dead_letters()
        assert letter.delivery is Delivery.IDENTIFY
        sync.dead_letters().replay()
        paths = [request.path for request in shop.fake.requests][len(before) :]
        assert set(paths) == {TRACK}
        close(sync)

    def test_events_that_may_have_counted_go_again_only_if_told_so(self, shop: Shop) -> None:
        outage_of_answers(shop, [event("u1", 1, message_id="m1")])
        sync = shop.sync()
        (letter,) = sync.dead_letters()
        assert letter.outcome is Outcome.UNKNOWN
        assert sync.dead_letters().replay().calls == 0
        assert len(shop.fake.users["u1"].custom_events) == 1
        report = sync.dead_letters().replay(repeat_unknown=True)
        assert report.outcomes["sent"] == 1
        assert len(shop.fake.users["u1"].custom_events) == 2
        assert len(sync.dead_letters()) == 0
        close(sync)

    def test_paused_computations_stay_where_they_are(self, shop: Shop) -> None:
        outage(shop, [trait("u1", 1, ltv=1), trait("u1", 1, age=1)])
        sync = shop.sync()
        sync.pause("ltv")
        assert sync.dead_letters().replay().outcomes["sent"] == 1
        assert [one.key for one in sync.dead_letters()] == ["ltv"]
        close(sync)

    def test_a_replay_that_is_stopped_keeps_the_rest(self, shop: Shop) -> None:
        outage(shop, [trait(f"u{number}", 1, ltv=number) for number in range(5)])
        sync = shop.sync(outage_patience=timedelta(0))
        shop.fake.drop(TRACK)
        with pytest.raises(RunStopped):
            sync.dead_letters().replay()
        assert len(sync.dead_letters()) == 5
        assert sync.dead_letters().replay().outcomes["sent"] == 5
        close(sync)


def outage_of_answers(shop: Shop, calls: list[dict[str, Any]]) -> None:
    shop.fake.drop(TRACK, when="after")
    shop.run(calls, rules=EVENTS)


class TestDiscard:
    def test_they_are_forgotten_and_nothing_is_sent(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([unidentified(1, ltv=3), unidentified(2, age=3)])
        before = shop.requests
        assert sync.dead_letters(key="age").discard() == 1
        assert len(sync.dead_letters()) == 1
        assert sync.dead_letters().discard() == 1
        assert len(sync.dead_letters()) == 0
        assert shop.requests == before


class TestHeld:
    RULES = EngageRules(
        traits=Delivery.IDENTIFY | Delivery.TRACK, data_point_budget=DataPointBudget(per_day=1)
    )

    def test_what_is_held_outlives_the_process(self, shop: Shop) -> None:
        calls = [
            trait("u1", 1, message_id="m1", ltv=1),
            trait("u2", 1, message_id="m2", ltv=2),
            event("u3", 1, message_id="m3"),
        ]
        report = shop.run(calls, rules=self.RULES, concurrency=1)
        assert (report.outcomes["sent"], report.outcomes["held"]) == (1, 2)
        sync = shop.sync(rules=self.RULES)
        held = sync.held()
        assert [(one.message_id, one.reason, one.data_points) for one in held] == [
            ("m2", Reason.BUDGET, 1),
            ("m3", Reason.BUDGET, 1),
        ]
        assert sync.release("budget").outcomes["sent"] == 2
        assert sync.held() == ()
        assert sync.run(calls).outcomes["duplicate"] == 3
        close(sync)
        assert shop.fake.users["u2"].custom_attributes == {"ltv": 2}

    def test_more_than_fits_into_memory_is_held(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("braze_engage.sync.holding._CAPACITY", 2)
        sync = shop.sync()
        sync.pause("ltv")
        assert sync.run([event(f"u{n}", n) for n in range(9)]).outcomes["held"] == 9
        assert sync.release("paused").outcomes["sent"] == 9
        close(sync)

    def test_a_release_that_is_stopped_keeps_what_was_not_sent(self, shop: Shop) -> None:
        sync = shop.sync(outage_patience=timedelta(0))
        sync.pause("ltv")
        sync.run([trait(f"u{n}", n, ltv=n) for n in range(5)])
        shop.fake.drop(TRACK)
        with pytest.raises(RunStopped):
            sync.release("paused")
        # what was not delivered is a dead letter by now
        assert len(sync.held()) + len(sync.dead_letters()) == 5
        assert sync.dead_letters().replay().outcomes["sent"] == 5
        close(sync)

    def test_a_deletion_takes_along_what_is_held(self, shop: Shop) -> None:
        sync = shop.sync()
        sync.pause("ltv")
        sync.run([trait("u1", 1, ltv=1), trait("u2", 1, ltv=1)])
        assert sync._lasting is not None
        sync._lasting.state.bury(Identity("external_id", "u1"), 2**62)
        assert [one.key for one in sync.held()] == ["ltv"]
        close(sync)
        assert b'"u1"' not in raw_bytes(shop.path)

    def test_nulls_that_were_held_are_released_past_the_guard(self, shop: Shop) -> None:
        rules = EngageRules(null_guard=0.1)
        calls = [trait(f"u{n}", n, message_id=f"m{n}", ltv=None) for n in range(5)]
        assert shop.run(calls, rules=rules).outcomes["held"] == 5
        sync = shop.sync(rules=rules)
        assert sync.release(Reason.NULL_GUARD).outcomes["sent"] == 5
        close(sync)


def test_a_deletion_whose_answer_was_lost_keeps_older_calls_back_and_can_be_replayed(
    shop: Shop,
) -> None:
    """By e-mail it is not repeated by itself, since it might hit the next person."""
    address = "ana@example.test"
    shop.fake.add_user(email=address)
    by_mail = EngageRules(identity=IdentityRules(email="$.email"))
    other = shop.sync()
    sync = shop.sync(rules=by_mail, erase=other._clients.rest)
    gone = {
        "type": "delete",
        "email": address,
        "messageId": "gone",
        "timestamp": "2026-11-02T00:00:05.123456789Z",
    }
    shop.fake.drop("/users/delete", when="before")
    assert sync.run([gone]).outcomes["unknown"] == 1
    older = {**trait("", 4, ltv=1), "email": address}
    del older["userId"]
    assert sync.run([older]).reasons == {Reason.PERSON_DELETED: 1}
    assert shop.fake.find(email=address) is not None
    assert len(sync.dead_letters()) == 1
    report = sync.dead_letters().replay(repeat_unknown=True)
    assert len(report.receipts) == 1
    assert shop.fake.find(email=address) is None
    assert len(sync.dead_letters()) == 0
    close(sync)
    close(other)


def test_kept_calls_are_the_only_ones_in_plain_text(shop: Shop) -> None:
    shop.fake.add_users(["u-good", "u-held"])
    sync = shop.sync()
    sync.pause("age")
    sync.run([trait("u-good", 1, ltv=1), call("u-good", 1), trait("u-held", 1, age=1), "u-bad"])
    close(sync)
    held = raw_bytes(shop.path)
    assert b"u-good" not in held
    assert b"u-held" in held
    assert b"u-bad" in held
    assert rows_of(shop.path, "SELECT count(*) FROM journal") == [(0,)]
    assert shop.fake.cohorts[AUDIENCE].members == {"u-good"}
