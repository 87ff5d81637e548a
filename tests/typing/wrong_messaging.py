"""Wrong use of the groups that send: every marked line, and no other, is an error; never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.objects import (
    ApplePush,
    ContentCard,
    Email,
    Messages,
    Recipient,
    Schedule,
    UserAttributes,
    Webhook,
    WhatsApp,
)

if TYPE_CHECKING:
    from datetime import datetime

    from braze_engage.rest.client import BrazeClient


def objects(plain: UserAttributes, hook: Webhook) -> None:
    Recipient(external_id="u")  # type: ignore[call-arg]  # Braze says external_user_id here
    Recipient(email="a@b.c", prioritization=["newest"])  # type: ignore[list-item]  # no such priority
    Recipient(external_user_id="u", attributes=plain)  # type: ignore[arg-type]  # it may name somebody
    Recipient(external_user_id="u", context=5)  # type: ignore[arg-type]  # no mapping
    Schedule()  # type: ignore[call-arg]  # no time
    Schedule(time=5)  # type: ignore[arg-type]  # no time either
    ApplePush(alert=5)  # type: ignore[arg-type]  # no text
    ApplePush(alert="Hi", content_avail=True)  # type: ignore[call-arg]  # unknown argument
    ContentCard(type="LARGE")  # type: ignore[arg-type]  # no such form
    Email(app_id="a", body="Hi")  # type: ignore[call-arg]  # no sender
    Messages(email=hook)  # type: ignore[arg-type]  # another channel
    WhatsApp(app_id="a", subscription_group_id="g", message_type="song", message=hook)  # type: ignore[arg-type]  # no such kind


def rows(braze: BrazeClient, noon: datetime, ana: Recipient) -> None:
    braze.campaigns.trigger_send(recipients=[ana])  # type: ignore[call-arg]  # no campaign
    braze.campaigns.trigger_send(campaign_id="c", recipients=ana)  # type: ignore[arg-type]  # no list
    braze.campaigns.trigger_send(campaign_id="c", audience={})  # type: ignore[arg-type]  # no filters
    braze.campaigns.trigger_send(campaign_id="c", segment_id="s")  # type: ignore[call-arg]  # not here
    braze.campaigns.trigger_schedule_create(campaign_id="c", broadcast=True)  # type: ignore[call-arg]  # no schedule
    braze.campaigns.list(last_edit_after=5)  # type: ignore[arg-type]  # no time
    braze.campaigns.get.items()  # type: ignore[attr-defined]  # only paged rows have items
    braze.canvas.trigger_send(canvas_id="c", trigger_properties={})  # type: ignore[call-arg]  # context here
    braze.canvas.data_series(canvas_id="c", length=7)  # type: ignore[call-arg]  # no end
    braze.messages.send(external_user_ids=["u"], messages={})  # type: ignore[arg-type]  # no messages
    braze.messages.list_scheduled_broadcasts(end_time="now")  # type: ignore[arg-type]  # no time
    braze.transactional.send(campaign_id="c", recipient=ana)  # type: ignore[arg-type]  # another class
    braze.live_activities.update(app_id="a", activity_id="m")  # type: ignore[call-arg]  # no state
    braze.device_messaging.sync_banners(external_user_id="u", app_id="a", placements=["home"])  # type: ignore[call-arg]  # no version
    _ = braze.canvas.trigger_send(canvas_id="c").send_id  # type: ignore[attr-defined]  # not of Canvases
