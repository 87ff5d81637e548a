"""Every row of subscription groups, e-mail addresses and phone numbers against the fake."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from braze_engage import BadRequest, BrazeClient
from braze_engage.errors import ConfigurationError
from braze_engage.objects import SubscriptionGroupUpdate, SubscriptionIdentifier
from braze_engage.rest.email import Email
from braze_engage.rest.sms import Sms
from braze_engage.rest.subscription_groups import SubscriptionGroups
from braze_engage.rest.users_subscriptions import UsersSubscriptions
from braze_engage.testing import ManualClock
from braze_engage.testing.subscriptions import InvalidNumber
from tests.support.fake_calls import Caller

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from braze_engage.testing import FakeBraze

MIDNIGHT = datetime(2026, 11, 2, tzinfo=timezone.utc)
NOBODY = "00000000-0000-4000-8000-000000000000"
FAMILIES = (Email, Sms, SubscriptionGroups, UsersSubscriptions)


def _set_status(braze: BrazeClient, fake: FakeBraze) -> None:
    news = fake.subscription_groups.add("News")
    for person in ("u1", "u2"):
        fake.add_user(person, email="ana@example.test")
    groups = braze.subscription_groups
    assert (
        groups.set_status(
            subscription_group_id=news.id,
            subscription_state="subscribed",
            email="Ana@example.test",
        ).message
        == "success"
    )
    groups.set_status(
        subscription_group_id=news.id,
        subscription_state="unsubscribed",
        external_id=["u2", "stranger"],
    )
    assert fake.users["u1"].subscription_groups == {news.id: "subscribed"}
    assert fake.users["u2"].subscription_groups == {news.id: "unsubscribed"}
    with pytest.raises(BadRequest, match="Invalid subscription group ID"):
        groups.set_status(
            subscription_group_id=NOBODY, subscription_state="subscribed", external_id=["u1"]
        )


def _set_status_v2(braze: BrazeClient, fake: FakeBraze) -> None:
    news = fake.subscription_groups.add("News")
    texts = fake.subscription_groups.add("Texts", channel="sms")
    fake.add_user("u1", email="ana@example.test", phone="+14155550123")
    braze.subscription_groups.set_status_v2(
        subscription_groups=[
            SubscriptionGroupUpdate(
                subscription_group_id=group.id,
                subscription_state="subscribed",
                external_ids=["u1"],
            )
            for group in (news, texts)
        ]
    )
    assert fake.users["u1"].subscription_groups == {news.id: "subscribed", texts.id: "subscribed"}


def _get_status(braze: BrazeClient, fake: FakeBraze) -> None:
    news = fake.subscription_groups.add("News")
    fake.add_user("u1").subscription_groups[news.id] = "unsubscribed"
    groups = braze.subscription_groups
    found = groups.get_status(subscription_group_id=news.id, external_id=["u1", "stranger"])
    assert found.status == {"u1": "Unsubscribed", "stranger": "Unknown"}
    assert "u1" not in repr(found)
    groups.set_status(
        subscription_group_id=news.id, subscription_state="subscribed", email="new@example.test"
    )
    kept = groups.get_status(subscription_group_id=news.id, email="new@example.test")
    assert kept.status == {"new@example.test": "Subscribed"}


def _list_for_users(braze: BrazeClient, fake: FakeBraze) -> None:
    news = fake.subscription_groups.add("News")
    fake.subscription_groups.add("Untouched")
    fake.add_user("u1", email="ana@example.test").subscription_groups[news.id] = "subscribed"
    fake.add_user("u2")
    page = braze.subscription_groups.list_for_users(external_id=["u1", "u2"])
    assert page.total_count == 2
    ana, other = page.users
    (group,) = ana.subscription_groups
    assert (ana.email, group.name, group.channel, group.status) == (
        "ana@example.test",
        "News",
        "email",
        "Subscribed",
    )
    assert (other.external_id, other.subscription_groups) == ("u2", ())
    each = braze.subscription_groups.list_for_users.items(external_id=["u1", "u2"], limit=1)
    assert [person.external_id for person in each] == ["u1", "u2"]


def _hard_bounces(braze: BrazeClient, fake: FakeBraze) -> None:
    for hour in range(120):
        fake.addresses.hard_bounces[f"a{hour}@example.test"] = MIDNIGHT + timedelta(hours=hour)
    bounces = braze.email.list_hard_bounces
    start, end = date(2026, 11, 2), date(2026, 11, 4)
    found = list(bounces.items(start_date=start, end_date=end, limit=20))
    assert [one.email for one in found] == [f"a{hour}@example.test" for hour in range(47, -1, -1)]
    assert found[-1].hard_bounced_at == "2026-11-02T00:00:00.000Z"
    one = bounces(end_date=end, email="a99@example.test")
    assert len(one.emails) == 1


def _unsubscribes(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.addresses.unsubscribes |= {
        "a@example.test": MIDNIGHT,
        "b@example.test": MIDNIGHT + timedelta(hours=1),
    }
    found = braze.email.list_unsubscribes(
        start_date=date(2026, 11, 2), end_date=date(2026, 11, 3), sort_direction="asc"
    )
    assert [one.email for one in found.emails] == ["a@example.test", "b@example.test"]
    one = braze.email.list_unsubscribes(email="b@example.test")
    assert one.emails[0].unsubscribed_at == "2026-11-02T01:00:00.000Z"


def _email_status(braze: BrazeClient, fake: FakeBraze) -> None:
    for person in ("u1", "u2"):
        fake.add_user(person, email="ana@example.test")
    braze.email.set_subscription_status(email="ana@example.test", subscription_state="unsubscribed")
    assert {one.email_subscribe for one in fake.users.values()} == {"unsubscribed"}
    assert set(fake.addresses.unsubscribes) == {"ana@example.test"}
    braze.email.set_subscription_status(email=["ana@example.test"], subscription_state="opted_in")
    assert fake.addresses.unsubscribes == {}


def _remove_bounces(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.addresses.hard_bounces |= {"a@example.test": MIDNIGHT, "b@example.test": MIDNIGHT}
    assert braze.email.remove_hard_bounces(email=["a@example.test"]).message == "success"
    assert set(fake.addresses.hard_bounces) == {"b@example.test"}


def _remove_spam(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.addresses.spam["a@example.test"] = MIDNIGHT
    braze.email.remove_spam(email="a@example.test")
    assert fake.addresses.spam == {}


def _blocklist(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.add_user("u1", email="ana@example.test")
    braze.email.add_to_blocklist(email="ana@example.test")
    assert fake.users["u1"].email_subscribe == "unsubscribed"
    assert set(fake.addresses.hard_bounces) == {"ana@example.test"}


def _blacklist(braze: BrazeClient, fake: FakeBraze) -> None:
    braze.email.add_to_blacklist(email=["a@example.test", "b@example.test"])
    assert set(fake.addresses.hard_bounces) == {"a@example.test", "b@example.test"}


def _invalid_numbers(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.addresses.invalid_phone_numbers |= {
        "+14155550100": InvalidNumber(MIDNIGHT, "deactivated"),
        "+14155550101": InvalidNumber(MIDNIGHT + timedelta(hours=1), "provider_error"),
    }
    numbers = braze.sms.list_invalid_phone_numbers
    start, end = date(2026, 11, 2), date(2026, 11, 3)
    listed = list(numbers.items(start_date=start, end_date=end))
    assert [one.phone for one in listed] == ["+14155550101", "+14155550100"]
    (gone,) = numbers(start_date=start, end_date=end, reason="deactivated").sms
    assert (gone.phone, gone.reason) == ("+14155550100", "deactivated")
    (named,) = numbers(phone_numbers=["+14155550101"]).sms
    assert named.invalid_detected_at == "2026-11-02T01:00:00.000Z"


def _remove_numbers(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.addresses.invalid_phone_numbers["+14155550100"] = InvalidNumber(MIDNIGHT, "deactivated")
    braze.sms.remove_invalid_phone_numbers(phone_numbers=["+14155550100"])
    assert fake.addresses.invalid_phone_numbers == {}


def _look_up(braze: BrazeClient, fake: FakeBraze) -> None:
    found = braze.users.get_subscription_by_identifier(
        email=["ana@example.test"], phone="+14155550123"
    )
    assert fake.requests[-1].query == "email%5B%5D=ana%40example.test&phone=%2B14155550123"
    assert found.emails[0].email_subscribe is not None
    assert found.emails[0].subscription_group[0].subscription_group_id
    assert found.phone[0].phone == "phone"


def _forget(braze: BrazeClient, fake: FakeBraze) -> None:
    done = braze.users.delete_subscription_by_identifier(
        identifiers=[
            SubscriptionIdentifier(email="ana@example.test"),
            SubscriptionIdentifier(phone="+14155550123"),
        ]
    )
    assert done.status == "status"
    assert fake.requests[-1].json == [{"email": "ana@example.test"}, {"phone": "+14155550123"}]


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "email.list_hard_bounces": _hard_bounces,
    "email.list_unsubscribes": _unsubscribes,
    "email.set_subscription_status": _email_status,
    "email.remove_hard_bounces": _remove_bounces,
    "email.remove_spam": _remove_spam,
    "email.add_to_blocklist": _blocklist,
    "email.add_to_blacklist": _blacklist,
    "sms.list_invalid_phone_numbers": _invalid_numbers,
    "sms.remove_invalid_phone_numbers": _remove_numbers,
    "subscription_groups.get_status": _get_status,
    "subscription_groups.list_for_users": _list_for_users,
    "subscription_groups.set_status": _set_status,
    "subscription_groups.set_status_v2": _set_status_v2,
    "users.get_subscription_by_identifier": _look_up,
    "users.delete_subscription_by_identifier": _forget,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    rows = {f"{row.group}.{row.name}" for kind in FAMILIES for row in kind.operations()}
    assert rows == set(SCENES)


def test_a_state_of_nobody_is_inherited_for_30_days(
    braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    fake_braze.clock = clock = ManualClock()
    news = fake_braze.subscription_groups.add("News")
    braze.subscription_groups.set_status(
        subscription_group_id=news.id, subscription_state="subscribed", email="ana@example.test"
    )
    fake_braze.add_user("u1", email="ana@example.test")

    def state() -> str:
        groups = braze.subscription_groups
        found = groups.get_status(subscription_group_id=news.id, external_id="u1")
        return found.status["u1"]

    assert state() == "Subscribed"
    clock.sleep(31 * 86_400)
    assert state() == "Unknown"


def update(
    external_ids: Sequence[str] = (), emails: Sequence[str] = (), phones: Sequence[str] = ()
) -> SubscriptionGroupUpdate:
    return SubscriptionGroupUpdate(
        subscription_group_id=NOBODY,
        subscription_state="subscribed",
        external_ids=external_ids,
        emails=emails,
        phones=phones,
    )


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    groups, email, sms, users = braze.subscription_groups, braze.email, braze.sms, braze.users
    many = [f"a{number}@example.test" for number in range(51)]
    noon = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
    first, last = date(2026, 11, 2), date(2026, 11, 3)
    for wrong in (
        lambda: groups.get_status(subscription_group_id="no uuid", external_id="u1"),
        lambda: groups.get_status(subscription_group_id=NOBODY),
        lambda: groups.get_status(subscription_group_id=NOBODY, external_id=["u"] * 51),
        lambda: groups.get_status(subscription_group_id=NOBODY, email="no address"),
        lambda: groups.get_status(subscription_group_id=NOBODY, email="a@b", phone="+1"),
        lambda: groups.list_for_users(external_id=[]),
        lambda: groups.list_for_users(external_id=""),
        lambda: groups.list_for_users(external_id="u", email=many),
        lambda: groups.list_for_users(external_id="u", limit=0),
        lambda: groups.list_for_users(external_id="u", limit=101),
        lambda: groups.list_for_users(external_id="u", offset=-1),
        lambda: groups.set_status(
            subscription_group_id=NOBODY,
            subscription_state="opted_in",  # type: ignore[arg-type]  # on purpose
            external_id=["u"],
        ),
        lambda: groups.set_status(
            subscription_group_id=NOBODY, subscription_state="subscribed", email="a@b", phone="+1"
        ),
        lambda: groups.set_status_v2(subscription_groups=[]),
        lambda: groups.set_status_v2(
            subscription_groups=[update(emails=["a@b"]), update(phones=["+1"])]
        ),
        update,
        lambda: update(emails=["a@b"], phones=["+1"]),
        lambda: update(external_ids=["u"] * 51),
        lambda: update(external_ids=["u" * 988]),
        lambda: email.list_hard_bounces(end_date=last),
        lambda: email.list_hard_bounces(end_date=first, start_date=first),
        lambda: email.list_hard_bounces(end_date=noon, start_date=first),
        lambda: email.list_hard_bounces(end_date=last, start_date=first, limit=501),
        lambda: email.list_hard_bounces(end_date=last, email="no address"),
        lambda: email.list_hard_bounces(end_date=last, email="a@b", offset=1),
        email.list_unsubscribes,
        lambda: email.list_unsubscribes(start_date=first),
        lambda: email.list_unsubscribes(email="a@b", sort_direction="up"),  # type: ignore[arg-type]  # on purpose
        lambda: email.set_subscription_status(email=many, subscription_state="subscribed"),
        lambda: email.set_subscription_status(email="a@b", subscription_state="gone"),  # type: ignore[arg-type]  # on purpose
        lambda: email.remove_spam(email=[]),
        lambda: email.remove_hard_bounces(email=["no address"]),
        lambda: email.add_to_blocklist(email=many),
        sms.list_invalid_phone_numbers,
        lambda: sms.list_invalid_phone_numbers(start_date=first),
        lambda: sms.list_invalid_phone_numbers(phone_numbers=["+1"], limit=0),
        lambda: sms.list_invalid_phone_numbers(phone_numbers=["+1"], reason="bored"),  # type: ignore[arg-type]  # on purpose
        lambda: sms.remove_invalid_phone_numbers(phone_numbers=[]),
        lambda: sms.remove_invalid_phone_numbers(phone_numbers=["+1"] * 51),
        users.get_subscription_by_identifier,
        lambda: users.get_subscription_by_identifier(email=many),
        users.delete_subscription_by_identifier,
        lambda: SubscriptionIdentifier(email="a@b", phone="+1"),
        lambda: SubscriptionIdentifier(email="no address"),
        lambda: SubscriptionIdentifier(phone=""),
    ):
        with pytest.raises(ConfigurationError) as caught:
            wrong()
        assert "example.test" not in str(caught.value)
    assert fake_braze.requests == []


def test_the_fake_refuses_what_excludes_each_other(fake_braze: FakeBraze) -> None:
    news = fake_braze.subscription_groups.add("News")
    caller = Caller(fake_braze, host=fake_braze.url)
    entry = {"subscription_group_id": news.id, "subscription_state": "subscribed"}
    both = {"emails": ["a@example.test"], "phones": ["+14155550123"]}
    for path, body, words in (
        ("/subscription/status/set", {**entry, "email": "a@b", "phone": "+1"}, "but not both"),
        ("/v2/subscription/status/set", {"subscription_groups": [{**entry, **both}]}, "not both"),
        ("/v2/subscription/status/set", {"subscription_groups": [entry]}, "is required"),
        ("/email/spam/remove", {"email": []}, "must not be empty"),
    ):
        answer = caller.post(path, body)
        assert (answer.status, words in answer.body["message"]) == (400, True)
    days = "start_date=2026-11-03&end_date=2026-11-03"
    answer = caller.send(f"/email/hard_bounces?{days}", b"", method="GET")
    assert "before 'end_date'" in answer.body["message"]
    assert len(fake_braze.subscription_groups) == 1
