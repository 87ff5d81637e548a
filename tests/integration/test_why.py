"""What is known of one person and one computation, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import (
    AliasRule,
    ConfigurationError,
    Delivery,
    EngageRules,
    IdentityRules,
    Outcome,
    Reason,
    RunStopped,
)
from braze_engage.engage.identity import Identity
from braze_engage.sync.why import Ending
from tests.support.changes import AUDIENCE, call
from tests.support.lasting import TRACK, Shop, close, event, trait

if TYPE_CHECKING:
    from braze_engage import EngageSync


def test_nothing_was_ever_received(sync: EngageSync) -> None:
    why = sync.why("u1", "vip")
    assert (why.outcome, why.reason, why.at) == (None, None, None)
    assert why.ending is Ending.NEVER_RECEIVED
    assert "Nothing of it was received" in str(why)


def test_a_rule_ignores_it(shop: Shop) -> None:
    rules = EngageRules(overrides={"vip": Delivery.NONE})
    sync = shop.sync(rules=rules)
    assert 'overrides["vip"] ignores it' in str(sync.why("u1", "vip"))
    sync.run([call("u1", 1)])
    why = sync.why("u1", "vip")
    assert (why.outcome, why.reason) == (Outcome.FILTERED, Reason.IGNORED)
    assert why.ending is Ending.FILTERED
    assert 'Left out just now by the rule overrides["vip"]' in why.text
    close(sync)


def test_an_attribute_was_sent(shop: Shop, sync: EngageSync) -> None:
    sync.run([trait("u1", 1, ltv=5)])
    shop.clock.move(seconds=180)
    why = sync.why("u1", "ltv")
    assert (why.outcome, why.text) == (Outcome.SENT, "Sent 3 minutes ago; Braze accepted it.")
    assert why.at is not None
    shop.clock.move(days=2)
    assert "2 days ago" in sync.why("u1", "ltv").text
    assert sync.why("u2", "ltv").outcome is None


def test_a_profile_field_is_found_by_the_key_of_the_trait(sync: EngageSync) -> None:
    sync.run([trait("u1", 1, firstName="Ana")])
    assert sync.why("u1", "firstName").outcome is Outcome.SENT


def test_an_event_was_sent(shop: Shop, sync: EngageSync) -> None:
    sync.run([event("u1", 1)])
    shop.clock.move(seconds=7_300)
    assert sync.why("u1", "ltv").text == "Sent as an event 2 hours ago; Braze accepted it."


@pytest.mark.parametrize(("member", "words"), [(True, "as in the"), (False, "as not in the")])
def test_a_membership_was_sent_and_cannot_be_read_back(
    shop: Shop, sync: EngageSync, member: bool, words: str
) -> None:
    shop.fake.add_users(["u1"])
    sync.run([call("u1", 1, member=member)])
    for key in ("vip", AUDIENCE):
        why = sync.why("u1", key)
        assert why.outcome is Outcome.SENT
        assert words in why.text
        assert why.ending is Ending.NOT_READABLE
        assert "shows no members of cohorts" in why.text
        assert ("Braze knows the person" in why.text) is member


def test_a_membership_that_is_sent_again_when_it_comes_again(sync: EngageSync) -> None:
    sync.run([call("u1", 1)])
    sync.run([trait("u1", 2, ltv=1)])
    assert "before the profile came to be" in sync.why("u1", "vip").text


class TestAsking:
    """Whether Braze knows the person at all."""

    def test_a_membership_of_somebody_whom_braze_does_not_know(
        self, shop: Shop, sync: EngageSync
    ) -> None:
        sync.run([call("u1", 1)])
        why = sync.why("u1", "vip")
        assert why.ending is Ending.PROFILE_ABSENT
        assert why.outcome is Outcome.SENT
        assert "Braze does not know the person" in why.text
        (request,) = [one for one in shop.fake.requests if one.path == "/users/export/ids"]
        assert isinstance(request.json, dict)
        assert request.json["external_ids"] == ["u1"]

    def test_nobody_is_asked_unless_wanted(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([call("u1", 1)])
        before = shop.requests
        why = sync.why("u1", "vip", ask=False)
        assert why.ending is Ending.NOT_READABLE
        assert "ignores people whom it does not know" in why.text
        assert shop.requests == before

    def test_nobody_is_asked_where_the_library_made_the_profile(
        self, shop: Shop, sync: EngageSync
    ) -> None:
        sync.run([trait("u1", 1, ltv=5)])
        before = shop.requests
        assert sync.why("u1", "ltv").ending is Ending.SENT
        assert shop.requests == before

    def test_an_attribute_that_must_create_nobody(self, shop: Shop) -> None:
        sync = shop.sync(rule={"update_existing_only": True})
        sync.run([trait("u1", 1, ltv=5)])
        assert sync.why("u1", "ltv").ending is Ending.PROFILE_ABSENT
        shop.fake.add_users(["u1"])
        why = sync.why("u1", "ltv")
        assert (why.ending, "Braze knows the person" in why.text) == (Ending.SENT, True)
        close(sync)

    def test_a_key_that_may_not_ask_changes_nothing(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([call("u1", 1)])
        shop.fake.fail("/users/export/ids", status=403)
        assert sync.why("u1", "vip").ending is Ending.NOT_READABLE

    def test_without_a_client_nobody_can_be_asked(self, shop: Shop) -> None:
        sync = shop.sync(rest=None, rules=EngageRules())
        sync.run([call("u1", 1)])
        assert sync.why("u1", "vip").ending is Ending.NOT_READABLE
        close(sync)


def test_what_is_retired_is_said(sync: EngageSync) -> None:
    sync.run([trait("u1", 1, ltv=5)])
    sync.retire("ltv")
    for person in ("u1", "u2"):
        assert "was retired on 2026-11-02" in str(sync.why(person, "ltv"))


def test_an_older_call_came_too_late(shop: Shop, sync: EngageSync) -> None:
    sync.run([trait("u1", 5, ltv=5)])
    shop.clock.move(seconds=120)
    sync.run([trait("u1", 4, ltv=4)])
    why = sync.why("u1", "ltv")
    assert (why.outcome, why.reason) == (Outcome.SUPERSEDED, Reason.NEWER_KNOWN)
    assert why.ending is Ending.SUPERSEDED
    assert why.also == ("Sent 2 minutes ago; Braze accepted it.",)
    assert "also: Sent" in str(why)


def test_it_is_held_back(shop: Shop, sync: EngageSync) -> None:
    sync.pause("ltv")
    sync.run([trait("u1", 1, ltv=5)])
    shop.clock.move(seconds=60)
    why = sync.why("u1", "ltv")
    assert (why.outcome, why.reason) == (Outcome.HELD, Reason.PAUSED)
    assert why.ending is Ending.HELD
    assert "Held back 1 minute ago" in why.text
    assert "release('paused')" in why.text


def test_braze_refused_it(shop: Shop, sync: EngageSync) -> None:
    shop.fake.poison("u1", item=True)
    sync.run([trait("u1", 1, ltv=5)])
    why = sync.why("u1", "ltv")
    assert why.outcome is Outcome.REJECTED
    assert why.ending is Ending.REJECTED
    assert "refused it just now" in why.text


def test_it_was_not_delivered(shop: Shop) -> None:
    shop.fake.refuse_connection(TRACK)
    with pytest.raises(RunStopped):
        shop.run([trait("u1", 1, ltv=5)], outage_patience=timedelta(0))
    sync = shop.sync()
    why = sync.why("u1", "ltv")
    assert why.outcome is Outcome.FAILED
    assert why.ending is Ending.NOT_DELIVERED
    assert "Not sent" in why.text
    close(sync)


def test_what_was_accepted_after_a_failure_of_the_same_minute_is_last(sync: EngageSync) -> None:
    sync.run([trait("u1", 1, ltv="x" * 300)])
    assert sync.why("u1", "ltv").ending is Ending.NOT_DELIVERED
    sync.run([trait("u1", 2, ltv=6)])
    why = sync.why("u1", "ltv")
    assert why.ending is Ending.SENT
    assert "Not sent" in why.also[0]


def test_the_answer_was_lost(shop: Shop) -> None:
    shop.run([trait("u1", 1, ltv=5)])
    shop.fake.drop(TRACK, when="after")
    with pytest.raises(RunStopped):
        shop.run([trait("u1", 2, ltv=6)], outage_patience=timedelta(0), checkpoint="nightly")
    shop.fake.drop(TRACK, when="after")
    shop.run([event("u2", 2)])
    sync = shop.sync()
    assert "the next call is sent whatever it says" in sync.why("u1", "ltv").text
    assert "nobody knows whether Braze has it" in sync.why("u2", "ltv").text
    assert {sync.why(one, "ltv").ending for one in ("u1", "u2")} == {Ending.ANSWER_LOST}
    close(sync)


def test_the_person_was_deleted(shop: Shop, sync: EngageSync) -> None:
    assert sync._lasting is not None
    sync._lasting.state.bury(Identity("external_id", "u1"), 1)
    why = sync.why("u1", "ltv")
    assert "The person was deleted" in why.text
    assert why.ending is Ending.DELETED


def test_a_person_is_found_by_any_identifier(shop: Shop) -> None:
    alias = AliasRule(alias_name="$.traits.email", alias_label="email")
    for name, identity, person in (
        ("mail", IdentityRules(external_id=None, email="$.traits.email"), "ana@example.test"),
        (
            "alias",
            IdentityRules(external_id=None, user_alias=alias),
            Identity("user_alias", "ana@example.test", "email"),
        ),
    ):
        values: dict[str, Any] = {name: 5, "email": "ana@example.test"}
        raw = trait("x", 1, **values)
        sync = shop.sync(rule={"identity": identity})
        sync.run([raw])
        assert sync.why(person, name).outcome is Outcome.SENT
        close(sync)


@pytest.mark.parametrize(
    ("person", "key", "words"),
    [
        (5, "ltv", "^person: got int; give an identifier"),
        ("", "ltv", "^person: got an empty text; give an identifier"),
        (None, "ltv", "^person: got NoneType; give an identifier"),
        (["u1"], "ltv", "^person: got list; give an identifier"),
        (("u1",), "ltv", "^person: got tuple; give an identifier"),
        ("u1", "", "^key: got an empty text; give the key of a computation"),
        ("u1", 5, "^key: got int; give the key of a computation"),
        ("u1", None, "^key: got NoneType; give the key of a computation"),
    ],
)
def test_it_wants_a_person_and_a_key(sync: EngageSync, person: Any, key: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        sync.why(person, key)


def test_notes_are_kept_for_a_week(shop: Shop, sync: EngageSync) -> None:
    sync.run([event("u1", 1)])
    shop.clock.move(days=7)
    sync.run([])
    assert sync.why("u1", "ltv").outcome is Outcome.SENT
    shop.clock.move(days=2)
    for _ in range(3):
        shop.clock.move(seconds=1)
        sync.run([])
    assert sync.why("u1", "ltv").outcome is None
