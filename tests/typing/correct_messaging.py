"""Correct use of the groups that send; it is read, never run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from typing_extensions import assert_type

from braze_engage.objects import (
    Accepted,
    ApplePushAlert,
    CampaignMessage,
    Email,
    LiveActivityNotification,
    Messages,
    Recipient,
    RecipientAttributes,
    Schedule,
    TransactionalRecipient,
)
from braze_engage.operation import Reply
from braze_engage.rest.campaign_parts import LinkAliases
from braze_engage.rest.campaigns_export import Campaign, CampaignPage
from braze_engage.rest.canvas_export import ListedCanvas
from braze_engage.rest.canvas_statistics import CanvasDataSeries
from braze_engage.rest.canvas_trigger import CanvasEntryResult
from braze_engage.rest.device_messaging import Banner, BannerEvent, BannerEventsProcessed
from braze_engage.rest.filters import attribute
from braze_engage.rest.messages_schedule import ScheduledBroadcasts
from braze_engage.rest.send_parts import ScheduleResult, SendResult
from braze_engage.rest.transactional import TransactionalPostback, TransactionalSend

if TYPE_CHECKING:
    from datetime import datetime

    from braze_engage.rest.client import BrazeClient


def campaigns(braze: BrazeClient, noon: datetime) -> None:
    rows = braze.campaigns
    assert_type(rows.list(last_edit_after=noon), CampaignPage)
    assert_type(rows.list.items(include_archived=True), Iterator[Campaign])
    assert_type(rows.get(campaign_id="c").messages, Mapping[str, CampaignMessage])
    assert_type(rows.data_series(campaign_id="c", length=7).data[0].revenue, float)
    found = rows.link_alias_details(campaign_id="c", message_variation_id="v")
    assert_type(found, LinkAliases)
    person = Recipient(
        external_user_id="u",
        trigger_properties={"coupon": "A", "until": noon},
        attributes=RecipientAttributes(first_name="Ana", custom={"vip": True}),
    )
    vips = attribute("vip").boolean.equals(True) & attribute("ltv").number.greater_than(5)
    assert_type(rows.trigger_send(campaign_id="c", recipients=[person], audience=vips), SendResult)
    later = Schedule(time=noon)
    made = rows.trigger_schedule_create(campaign_id="c", broadcast=True, schedule=later)
    assert_type(made, ScheduleResult)
    moved = rows.trigger_schedule_update(
        campaign_id="c", schedule_id=made.schedule_id, schedule=Schedule(time="2026-11-23")
    )
    assert_type(moved, Accepted)


def canvas(braze: BrazeClient, noon: datetime) -> None:
    rows = braze.canvas
    assert_type(next(rows.list.items()), ListedCanvas)
    assert_type(rows.data_series(canvas_id="c", ending_at=noon, length=7), CanvasDataSeries)
    entry = rows.trigger_send.reply(canvas_id="c", broadcast=True, context={"plan": "gold"})
    assert_type(entry, Reply[CanvasEntryResult])
    assert_type(entry.value.notice, str | None)


def messages(braze: BrazeClient, noon: datetime) -> None:
    rows = braze.messages
    hello = Messages(email=Email(app_id="a", from_="a@b.c", body="Hi"))
    assert_type(rows.send(external_user_ids=["u"], messages=hello), SendResult)
    assert_type(rows.list_scheduled_broadcasts(end_time=noon), ScheduledBroadcasts)


def others(braze: BrazeClient, noon: datetime) -> None:
    sent = braze.transactional.send(
        campaign_id="c", recipient=TransactionalRecipient(external_user_id="u")
    )
    assert_type(sent, TransactionalSend)
    assert_type(TransactionalPostback.read(b""), TransactionalPostback)
    shown = LiveActivityNotification(alert=ApplePushAlert(title="Hi"))
    started = braze.live_activities.start(
        app_id="a",
        activity_id="m",
        activity_attributes_type="M",
        activity_attributes={"home": "Rome"},
        content_state={"score": [0, 0]},
        notification=shown,
        segment_id="s",
    )
    assert_type(started, Accepted)
    banners = braze.device_messaging.sync_banners(
        external_user_id="u", app_id="a", app_version="1", placements=["home"]
    )
    assert_type(banners.banners, Mapping[str, Banner | None])
    clicked = BannerEvent(id="b", event_type="click", timestamp=noon)
    done = braze.device_messaging.track_banner_events(
        external_user_id="u", app_id="a", app_version="1", events=[clicked]
    )
    assert_type(done, BannerEventsProcessed)
