"""Every row of the campaigns group against the fake, over a real socket."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import BadRequest, BrazeClient, UserAlias
from braze_engage.errors import ConfigurationError
from braze_engage.objects import (
    CampaignMessage,
    EmailAttachment,
    Recipient,
    RecipientAttributes,
    Schedule,
    Sender,
)
from braze_engage.operation import Replay
from braze_engage.rest.campaigns import Campaigns
from braze_engage.rest.campaigns_trigger import CreateCampaignSchedule, TriggerCampaign
from braze_engage.rest.filters import attribute

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing import FakeBraze

NOON = datetime(2026, 11, 2, 12, tzinfo=timezone.utc)
LATER = datetime(2030, 1, 1, 9, tzinfo=timezone.utc)
ANA = Recipient(external_user_id="ana")
VIPS = attribute("vip").boolean.equals(True)


def _list(braze: BrazeClient, fake: FakeBraze) -> None:
    made = [fake.campaigns.add(f"Campaign {number}", tags=["a"]) for number in range(102)]
    made[0].archived = True
    made[-1].is_api_campaign = True
    listed = [campaign.id for campaign in braze.campaigns.list.items()]
    assert listed == [one.id for one in made[1:]]
    everything = braze.campaigns.list.items(include_archived=True, sort_direction="desc")
    newest, *_, oldest = everything
    assert (newest.id, newest.tags, newest.is_api_campaign) == (made[-1].id, ("a",), True)
    assert (oldest.name, oldest.is_api_campaign) == ("Campaign 0", False)
    made[5].updated_at = LATER
    edited = braze.campaigns.list(last_edit_after=LATER - timedelta(seconds=1))
    assert [campaign.name for campaign in edited.campaigns] == ["Campaign 5"]
    assert fake.requests[-1].query == "last_edit.time%5Bgt%5D=2030-01-01T08%3A59%3A59"


def _get(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.campaigns.add("Sale", tags=["shop"])
    made.messages["v1"] = {"channel": "email", "from": "a@b.c", "extras": ["x"], "subject": "Hi"}
    made.messages["v2"] = {"channel": "sms", "from": ["1", "2"], "extras": {"a": 1}}
    made.conversion_behaviors.append({"type": "Starts Session", "window": 60, "app_ids": None})
    found = braze.campaigns.get(campaign_id=made.id, include_has_translatable_content=True)
    assert (found.name, found.channels, found.enabled) == ("Sale", ("email", "sms"), True)
    assert found.conversion_behaviors[0].window == 60
    email, sms = found.messages["v1"], found.messages["v2"]
    assert isinstance(email, CampaignMessage)
    assert (email.subject, email.from_, email.has_translatable_content) == (
        "Hi",
        Sender(texts=("a@b.c",)),
        False,
    )
    assert email.extras is not None
    assert email.extras.values == {"0": "x"}
    assert sms.extras is not None
    assert sms.extras.values == {"a": 1}
    assert sms.from_ == Sender(texts=("1", "2"))
    assert found.first_sent is None
    braze.campaigns.trigger_send(campaign_id=made.id, recipients=[ANA])
    after = braze.campaigns.get(campaign_id=made.id)
    assert after.first_sent == after.last_sent
    assert after.first_sent is not None
    assert after.messages["v1"].has_translatable_content is None
    with pytest.raises(BadRequest, match="campaign_id must be a string"):
        braze.campaigns.get(campaign_id="unknown")


def _data_series(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.campaigns.add("Sale")
    made.messages["v1"] = {"channel": "email"}
    braze.campaigns.trigger_send(campaign_id=made.id, recipients=[ANA])
    found = braze.campaigns.data_series(campaign_id=made.id, length=2)
    yesterday, today = found.data
    assert (yesterday.unique_recipients, today.unique_recipients) == (0, 1)
    (counts,) = today.messages["email"]
    assert (counts.variation_api_id, counts.sent, counts.clicks) == ("v1", 1, None)
    assert (today.conversions3_by_send_time, today.revenue) == (0, 0.0)


def _link_alias_details(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.campaigns.add("Sale")
    made.messages["v1"] = {"channel": "email", "name": "Variant 1"}
    made.links["v1"] = [{"link_URL": "https://a.example", "link_id": "l1", "link_alias": "shop"}]
    found = braze.campaigns.link_alias_details(campaign_id=made.id, message_variation_id="v1")
    assert (found.channel, found.name) == ("email", "Variant 1")
    (link,) = found.link_data
    assert (link.link_url, link.link_id, link.link_alias) == ("https://a.example", None, "shop")
    told = braze.campaigns.link_alias_details(
        campaign_id=made.id, message_variation_id="v1", includes_link_id=True
    )
    assert told.link_data[0].link_id == "l1"
    with pytest.raises(BadRequest, match="Missing or Invalid Message Variant ID"):
        braze.campaigns.link_alias_details(campaign_id=made.id, message_variation_id="v2")
    with pytest.raises(BadRequest, match="Missing or Invalid Campaign ID"):
        braze.campaigns.link_alias_details(campaign_id="c", message_variation_id="v1")


def _trigger_send(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.campaigns.add("Sale")
    fake.add_user("ana")
    alias = UserAlias(alias_name="a", alias_label="crm")
    vip = RecipientAttributes(first_name="Ana", custom={"vip": True})
    result = braze.campaigns.trigger_send(
        campaign_id=made.id,
        trigger_properties={"coupon": "SPRING", "until": NOON},
        audience=VIPS,
        recipients=[
            Recipient(external_user_id="ana", trigger_properties={"coupon": "OLD"}),
            Recipient(user_alias=alias),
            Recipient(external_user_id="ben", attributes=vip),
            Recipient(external_user_id="cy", attributes=vip, send_to_existing_only=False),
            Recipient(external_user_id="ana", attributes=vip),
        ],
        attachments=[EmailAttachment(file_name="bill", url="https://a.example/bill.pdf")],
    )
    (send,) = made.sends
    assert (result.dispatch_id, result.send_id, result.errors) == (send.dispatch_id, None, ())
    named = [one.get("external_user_id") for one in send.recipients]
    assert named == ["ana", None, "ben", "cy"]
    assert "trigger_properties" not in send.recipients[0]
    assert send.request["trigger_properties"] == {
        "coupon": "SPRING",
        "until": "2026-11-02T12:00:00.000Z",
    }
    assert send.request["audience"] == VIPS.to_json()
    assert fake.users["ana"].custom_attributes == {"vip": True}
    assert fake.users["cy"].first_name == "Ana"
    assert "ben" not in fake.users
    everyone = braze.campaigns.trigger_send(campaign_id=made.id, broadcast=True)
    assert made.sends[1].broadcast
    assert everyone.send_id == made.sends[1].send_id is not None
    own = braze.campaigns.trigger_send(campaign_id=made.id, recipients=[ANA], send_id="autumn")
    assert own.send_id == "autumn"
    with pytest.raises(BadRequest, match="Invalid Campaign ID"):
        braze.campaigns.trigger_send(campaign_id="unknown", broadcast=True)


def _trigger_schedule_create(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.campaigns.add("Sale")
    at = Schedule(time=LATER)
    result = braze.campaigns.trigger_schedule_create(
        campaign_id=made.id, recipients=[ANA, ANA], schedule=at
    )
    waiting = made.schedules[result.schedule_id]
    assert waiting.schedule == {"time": "2030-01-01T09:00:00.000Z"}
    assert (waiting.dispatch_id, waiting.recipients) == (
        result.dispatch_id,
        [{"external_user_id": "ana"}],
    )
    past = Schedule(time="2020-01-01T00:00:00", in_local_time=True)
    with pytest.raises(BadRequest, match="Bad Request"):
        braze.campaigns.trigger_schedule_create(campaign_id=made.id, broadcast=True, schedule=past)


def _scheduled(braze: BrazeClient, fake: FakeBraze) -> tuple[Any, str]:
    made = fake.campaigns.add("Sale")
    result = braze.campaigns.trigger_schedule_create(
        campaign_id=made.id, broadcast=True, schedule=Schedule(time=LATER)
    )
    return made, result.schedule_id


def _trigger_schedule_update(braze: BrazeClient, fake: FakeBraze) -> None:
    made, schedule_id = _scheduled(braze, fake)
    noon = Schedule(time=datetime(2030, 1, 2, 12), in_local_time=True)  # noqa: DTZ001 - as meant
    answer = braze.campaigns.trigger_schedule_update(
        campaign_id=made.id, schedule_id=schedule_id, schedule=noon
    )
    assert answer.message == "success"
    assert made.schedules[schedule_id].schedule == {
        "time": "2030-01-02T12:00:00.000",
        "in_local_time": True,
    }


def _trigger_schedule_delete(braze: BrazeClient, fake: FakeBraze) -> None:
    made, schedule_id = _scheduled(braze, fake)
    delete = braze.campaigns.trigger_schedule_delete
    assert delete(campaign_id=made.id, schedule_id=schedule_id).message == "success"
    with pytest.raises(BadRequest, match="Invalid Schedule ID"):
        delete(campaign_id=made.id, schedule_id=schedule_id)
    assert made.schedules == {}


def _duplicate(braze: BrazeClient, fake: FakeBraze) -> None:
    made = fake.campaigns.add("Sale", tags=["shop"])
    made.description = "Of spring"
    braze.campaigns.trigger_send(campaign_id=made.id, broadcast=True)
    assert braze.campaigns.duplicate(campaign_id=made.id, name="Copy").message == "success"
    braze.campaigns.duplicate(
        campaign_id=made.id, name="Other", description="Of autumn", tag_names=["new"]
    )
    _, copy, other = fake.campaigns.values()
    assert (copy.name, copy.tags, copy.description, copy.sends) == (
        "Copy",
        ["shop"],
        "Of spring",
        [],
    )
    assert (other.name, other.tags, other.description) == ("Other", ["new"], "Of autumn")


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "list": _list,
    "get": _get,
    "data_series": _data_series,
    "link_alias_details": _link_alias_details,
    "trigger_send": _trigger_send,
    "trigger_schedule_create": _trigger_schedule_create,
    "trigger_schedule_update": _trigger_schedule_update,
    "trigger_schedule_delete": _trigger_schedule_delete,
    "duplicate": _duplicate,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    assert {row.name for row in Campaigns.operations()} == set(SCENES)


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    send = braze.campaigns.trigger_send
    file = EmailAttachment(file_name="bill", url="https://a.example/bill.pdf")
    huge = {"a": "x" * 52_000}
    for words, wrong in (
        ("names nobody", lambda: send(campaign_id="c")),
        ("names nobody", lambda: send(campaign_id="c", audience=VIPS)),
        ("broadcast and recip", lambda: send(campaign_id="c", broadcast=True, recipients=[ANA])),
        ("broadcast and attach", lambda: send(campaign_id="c", broadcast=True, attachments=[file])),
        ("51 recipients", lambda: send(campaign_id="c", recipients=[ANA] * 51)),
        (
            "at most 51,200 bytes",
            lambda: send(campaign_id="c", recipients=[ANA], trigger_properties=huge),
        ),
        ("campaign_id is a text of 0", lambda: send(campaign_id="", recipients=[ANA])),
        ("send_id", lambda: send(campaign_id="c", recipients=[ANA], send_id="")),
        (
            r"recipients\[0\].context",
            lambda: send(
                campaign_id="c", recipients=[Recipient(external_user_id="u", context={"a": 1})]
            ),
        ),
        ("length", lambda: braze.campaigns.data_series(campaign_id="c", length=101)),
        ("ListCampaigns.page", lambda: braze.campaigns.list(page=-1)),
        ("name", lambda: braze.campaigns.duplicate(campaign_id="c", name="")),
    ):
        with pytest.raises(ConfigurationError, match=words):
            wrong()
    assert fake_braze.requests == []


def test_a_bad_kind_of_value_is_named(braze: BrazeClient) -> None:
    rows: Any = braze.campaigns  # a caller without type checker
    everyone = {"campaign_id": "c", "broadcast": True, "audience": {}}
    moved = {"campaign_id": "c", "schedule_id": "s", "schedule": None}
    for words, row, wrong in (
        ("sort_direction", rows.list, {"sort_direction": "up"}),
        ("include_archived", rows.list, {"include_archived": "yes"}),
        ("last_edit_after", rows.list, {"last_edit_after": "soon"}),
        ("a connected audience", rows.trigger_send, everyone),
        ("schedule is None", rows.trigger_schedule_update, moved),
    ):
        with pytest.raises(ConfigurationError, match=words):
            row(**wrong)


def test_sends_to_named_people_count_against_the_common_pool() -> None:
    named = TriggerCampaign(campaign_id="c", recipients=[ANA])
    everyone = CreateCampaignSchedule(
        campaign_id="c", broadcast=True, schedule=Schedule(time=LATER)
    )
    row = Campaigns.trigger_send
    assert (row.bucket_of(named), row.bucket_of(everyone)) == ("default", "broadcast_sends")
    assert row.replay_of(named) is Replay.IF_UNSENT


def test_attributes_that_braze_refuses_cost_only_their_recipient(fake_braze: FakeBraze) -> None:
    """The client checks them itself, so they are sent bare."""
    made = fake_braze.campaigns.add("Sale")
    bad = {"external_user_id": "u1", "attributes": {"email": "none"}}
    body: Any = {"campaign_id": made.id, "recipients": [bad, {"external_user_id": "u2"}]}
    answer: Any = fake_braze.session().post(
        "https://rest.iad-06.braze.com/campaigns/trigger/send",
        json=body,
        headers={"Authorization": f"Bearer {fake_braze.rest_api_key}"},
    )
    assert answer.json()["errors"] == [
        "The value provided for the 'email' field is not a valid email."
    ]
    assert made.sends[0].recipients == [{"external_user_id": "u2"}]


def test_an_address_means_the_profile_that_priorities_leave(
    braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    made = fake_braze.campaigns.add("Sale")
    for external_id in ("u1", "u2"):
        profile = fake_braze.add_user(external_id)
        fake_braze.users.set_email(profile, "ana@example.com")
    vip = RecipientAttributes(custom={"vip": True})
    for choice in ("most_recently_updated", "identified"):  # of the second two are left
        recipient = Recipient(email="ana@example.com", prioritization=[choice], attributes=vip)
        braze.campaigns.trigger_send(campaign_id=made.id, recipients=[recipient])
    assert [one.custom_attributes for one in fake_braze.users.everyone] == [{}, {"vip": True}]
