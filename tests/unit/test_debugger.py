"""Sending one call for a test, and probing keys."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import (
    AliasRule,
    ConfigurationError,
    DataPointBudget,
    Delivery,
    EngageSync,
    IdentityRules,
    Reason,
)
from braze_engage.testing import FakeBraze, ManualClock
from tests.support.changes import call
from tests.support.syncs import cohort_client, rest_client, sync_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.sync.debugger import SentTest

EVERYTHING = Delivery.IDENTIFY | Delivery.TRACK | Delivery.COHORT | Delivery.BOOLEAN


@pytest.fixture
def fake() -> Iterator[FakeBraze]:
    fake = FakeBraze(clock=ManualClock())
    yield fake
    fake.check()


def syncing(fake: FakeBraze, delivery: Delivery = EVERYTHING, **options: Any) -> EngageSync:
    return sync_of(fake, rules={"audiences": delivery, **options.pop("rules", {})}, **options)


def no_secret(fake: FakeBraze, found: SentTest) -> None:
    for shown in (str(found), repr(found), found._repr_html_()):
        for secret in (fake.rest_api_key, fake.data_import_key, fake.partner_key):
            assert secret not in shown


class TestSent:
    def test_an_identified_person_is_written_and_the_exchange_shown(self, fake: FakeBraze) -> None:
        found = syncing(fake).send_test(call("u1", 1, message_id="m1"))
        assert fake.users["u1"].custom_attributes == {"vip": True}
        assert (found.sent, found.accepted, found.status) == (True, True, 201)
        assert found.why_not == ""
        assert found.request == {"attributes": [{"external_id": "u1", "vip": True}]}
        assert found.answer is not None
        assert found.answer["attributes_processed"] == 1
        assert [one.path for one in fake.requests] == ["/users/track"]
        text = str(found)
        for part in ("POST /users/track", "201", "accepted     yes", "external_id"):
            assert part in text
        assert found._repr_html_().count("<table>") == 2
        no_secret(fake, found)

    def test_attributes_and_events_go_together(self, fake: FakeBraze) -> None:
        raw = {**call("u1", 1), "type": "track", "event": "Audience Entered"}
        raw["properties"] = raw.pop("traits")
        found = syncing(fake).send_test(raw)
        assert found.request is not None
        assert sorted(found.request) == ["attributes", "events"]
        assert len(fake.requests) == 1
        assert fake.cohorts == {}

    def test_an_accepted_test_counts_as_sent(self, fake: FakeBraze) -> None:
        sync = syncing(fake, Delivery.IDENTIFY)
        sync.send_test(call("u1", 5, message_id="m1"))
        report = sync.run([call("u1", 5, message_id="m1"), call("u1", 4, message_id="m0")])
        assert report.reasons == {Reason.SAME_MESSAGE: 1, Reason.NEWER_KNOWN: 1}
        assert len(fake.requests) == 1

    def test_what_was_sent_before_is_sent_again(self, fake: FakeBraze) -> None:
        sync = syncing(fake, Delivery.IDENTIFY)
        for _ in range(2):
            assert sync.send_test(call("u1", 5, message_id="m1")).accepted
        assert len(fake.requests) == 2

    def test_it_counts_to_the_budget_which_does_not_keep_it_back(self, fake: FakeBraze) -> None:
        rules = {"data_point_budget": DataPointBudget(per_day=2)}
        sync = syncing(fake, Delivery.IDENTIFY, rules=rules)
        fake.fail("/users/track", status=400)
        assert not sync.send_test(call("u1", 1)).accepted  # which costs nothing
        assert sync.send_test(call("u1", 1)).accepted
        report = sync.run([call(f"u{number}", 1) for number in range(2, 5)])
        assert report.reasons == {Reason.ACCEPTED: 1, Reason.BUDGET: 2}
        assert sync.send_test(call("u9", 1)).accepted

    def test_a_lost_answer_may_have_cost_something(self, fake: FakeBraze) -> None:
        rules = {"data_point_budget": DataPointBudget(per_day=1)}
        sync = syncing(fake, Delivery.IDENTIFY, rules=rules)
        fake.drop("/users/track", when="after")
        assert not sync.send_test(call("u1", 1)).accepted
        assert sync.run([call("u2", 1)]).reasons == {Reason.BUDGET: 1}

    def test_a_cohort_is_left_to_the_run(self, fake: FakeBraze) -> None:
        sync = syncing(fake)
        sync.send_test(call("u1", 5, message_id="m1"))
        assert sync.run([call("u1", 5, message_id="m1")]).outcomes["sent"] == 1
        assert fake.cohorts["aud_1"].members == {"u1"}


class TestNotTaken:
    def test_what_braze_says_of_an_object_is_shown(self, fake: FakeBraze) -> None:
        fake.refuse_items(lambda one: True, text="this is why")
        sync = syncing(fake)
        found = sync.send_test(call("u1", 1, message_id="m1"))
        assert (found.sent, found.accepted, found.status) == (True, False, 400)
        assert "this is why" in str(found)
        assert "accepted     no" in str(found)
        assert sync.explain(call("u1", 1, message_id="m1")).outcome == "sent"
        no_secret(fake, found)

    def test_one_object_of_two_may_be_refused(self, fake: FakeBraze) -> None:
        fake.refuse_items(lambda one: "name" in one, text="no such event")
        raw = {**call("u1", 1, message_id="m1"), "type": "track", "event": "Audience Entered"}
        raw["properties"] = raw.pop("traits")
        sync = syncing(fake)
        found = sync.send_test(raw)
        assert (found.sent, found.accepted, found.status) == (True, False, 201)
        assert "no such event" in str(found)
        assert sync.explain(raw).outcome == "sent"

    @pytest.mark.parametrize(
        ("wrong", "status", "words"),
        [
            ({"host": "rest.iad-01.braze.com"}, 401, "data center"),
            ({"permissions": set()}, 403, "users.track"),
        ],
    )
    def test_a_refused_key_is_shown_with_what_to_do(
        self, fake: FakeBraze, wrong: dict[str, Any], status: int, words: str
    ) -> None:
        for name, value in wrong.items():
            setattr(fake, name, value)
        found = syncing(fake).send_test(call("u1", 1))
        assert (found.sent, found.accepted, found.status) == (True, False, status)
        assert words in str(found)
        no_secret(fake, found)

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_without_an_answer_it_says_so_and_sends_nothing_twice(
        self, fake: FakeBraze, when: Any
    ) -> None:
        fake.drop("/users/track", when=when)
        found = syncing(fake).send_test(call("u1", 1))
        assert (found.sent, found.accepted, found.status) == (True, False, None)
        assert "no answer" in str(found)
        assert len(fake.requests) == 1
        no_secret(fake, found)


class TestNotSent:
    @pytest.mark.parametrize(
        ("raw", "rules", "words"),
        [
            (call(None, 1), {}, "IdentityRules"),
            (
                {**call(None, 1), "cookie": "c1"},
                {
                    "identity": IdentityRules(
                        user_alias=AliasRule(alias_name="$.cookie", alias_label="web")
                    )
                },
                "identified people only",
            ),
            (
                {**call(None, 1), "email": "a@x.test"},
                {"identity": IdentityRules(email="$.email")},
                "userId",
            ),
            (call("u1", 1), {"audiences": Delivery.COHORT}, "Delivery.IDENTIFY"),
            (call("u1", 1, member="maybe"), {}, "true or false"),
            ("{", {}, "JSON"),
            ({"type": "delete", "userId": "u1"}, {}, "nothing of the call"),
        ],
    )
    def test_it_says_why_and_what_to_change(
        self, fake: FakeBraze, raw: object, rules: dict[str, Any], words: str
    ) -> None:
        found = syncing(fake, rules=rules).send_test(raw)
        assert not found.sent
        assert words in found.why_not
        assert f"not sent     {found.why_not}" in str(found)
        assert (found.request, found.status, found.answer) == (None, None, None)
        assert fake.requests == []
        no_secret(fake, found)

    def test_without_a_client_for_it(self, fake: FakeBraze) -> None:
        sync = EngageSync(cohorts=cohort_client(fake))
        assert "BrazeClient" in sync.send_test(call("u1", 1)).why_not

    def test_who_was_deleted_afterwards_is_not_written_again(self, fake: FakeBraze) -> None:
        sync = syncing(fake)
        gone = {"type": "delete", "userId": "u1", "timestamp": "2026-11-02T10:00:00Z"}
        assert sync.run([gone]).outcomes["sent"] == 1
        found = sync.send_test(call("u1", 1))
        assert "deleted" in found.why_not
        assert sync.send_test(call("u1", 40_000)).accepted

    def test_one_call_at_a_time(self, fake: FakeBraze) -> None:
        with pytest.raises(TypeError, match="2 calls"):
            syncing(fake).send_test([call("u1"), call("u2")])

    def test_within_a_run_it_is_refused_and_does_not_hang(self, fake: FakeBraze) -> None:
        sync = syncing(fake, Delivery.IDENTIFY)
        refused: list[ConfigurationError] = []

        def source() -> Iterator[object]:
            try:
                sync.send_test(call("u1"))
            except ConfigurationError as error:
                refused.append(error)
            yield call("u2")

        assert sync.run(source()).outcomes["sent"] == 1
        assert len(refused) == 1


class TestCheck:
    def test_every_client_is_probed_and_nothing_changes(self, fake: FakeBraze) -> None:
        check = syncing(fake).check()
        assert check.ok
        assert not check.refused
        assert len(check.verifications) == 3
        assert "for deletions" in str(check)
        assert "<table>" in check._repr_html_()
        check.raise_for_refused()
        assert (dict(fake.users), dict(fake.cohorts)) == ({}, {})

    def test_only_the_clients_there_are(self, fake: FakeBraze) -> None:
        assert len(EngageSync(rest=rest_client(fake)).check().verifications) == 1
        assert len(EngageSync(cohorts=cohort_client(fake)).check().verifications) == 1

    @pytest.mark.parametrize(
        ("permission", "named"), [("users.track", "REST"), ("users.delete", "for deletions")]
    )
    def test_a_key_without_its_permission_is_refused(
        self, fake: FakeBraze, permission: str, named: str
    ) -> None:
        fake.permissions -= {permission}
        check = syncing(fake).check()
        assert (check.ok, check.refused) == (False, True)
        with pytest.raises(ConfigurationError, match=permission) as caught:
            check.raise_for_refused()
        assert named in str(caught.value)
        shown = "".join(
            traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
        )
        for secret in (fake.rest_api_key, fake.data_import_key, fake.partner_key):
            assert secret not in shown

    def test_a_wrong_data_center_looks_like_a_wrong_key(self, fake: FakeBraze) -> None:
        fake.host = "rest.iad-01.braze.com"
        check = syncing(fake).check()
        assert check.refused
        assert "data center" in str(check)

    def test_where_cohorts_are_not_open_the_fallback_is_named(self, fake: FakeBraze) -> None:
        fake.cohorts_enabled = False
        check = syncing(fake).check()
        assert check.refused
        assert "Delivery.BOOLEAN" in str(check)

    def test_an_outage_is_neither(self, fake: FakeBraze) -> None:
        for path in ("/users/track", "/users/delete", "/partners/segment/cohorts/users"):
            fake.fail(path, status=503, times=200)
        check = syncing(fake).check()
        assert (check.ok, check.refused) == (False, False)
        check.raise_for_refused()
