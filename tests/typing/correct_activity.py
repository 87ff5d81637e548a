"""Correct use of series, lists of addresses, exports and erasures; it is read, never run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from typing_extensions import assert_type

from braze_engage.objects import Accepted, SubscriptionGroupUpdate, SubscriptionIdentifier
from braze_engage.rest.custom_attributes import CustomAttribute
from braze_engage.rest.email import HardBounce, UnsubscribePage
from braze_engage.rest.erasure import Erasure
from braze_engage.rest.events import CustomEvent, EventDataSeries
from braze_engage.rest.exported_user import ExportedUser
from braze_engage.rest.exports import UserExport
from braze_engage.rest.kpi import DailyActiveUsersSeries
from braze_engage.rest.news_feed import Card
from braze_engage.rest.purchases import PurchaseRevenueSeries
from braze_engage.rest.sends import SendId
from braze_engage.rest.sessions import SessionDataSeries
from braze_engage.rest.sms import InvalidPhoneNumber
from braze_engage.rest.subscription_groups import UserSubscriptionGroups
from braze_engage.rest.users_export import ExportStarted
from braze_engage.rest.users_subscriptions import AddressSubscriptions, SubscriptionsDeleted

if TYPE_CHECKING:
    from datetime import date, datetime

    from braze_engage.rest.client import BrazeClient


def series(braze: BrazeClient, noon: datetime) -> None:
    assert_type(braze.events.list_names.items(page=1), Iterator[str])
    assert_type(braze.events.list.items(), Iterator[CustomEvent])
    found = braze.events.data_series(event="e", length=7, unit="hour", ending_at=noon, app_id="a")
    assert_type(found, EventDataSeries)
    assert_type(found.data[0].count, int)
    assert_type(braze.custom_attributes.list.items(), Iterator[CustomAttribute])
    assert_type(braze.purchases.list_products.items(), Iterator[str])
    assert_type(braze.purchases.revenue_series(length=7, product="shoes"), PurchaseRevenueSeries)
    assert_type(braze.purchases.quantity_series(length=7).data[0].purchase_quantity, int)
    assert_type(braze.sessions.data_series(length=7, segment_id="s"), SessionDataSeries)
    assert_type(braze.kpi.daily_active_users(length=7, app_id="a"), DailyActiveUsersSeries)
    assert_type(braze.kpi.uninstalls(length=7).data[0].uninstalls, int)
    assert_type(braze.news_feed.list.items(include_archived=True), Iterator[Card])
    assert_type(braze.sends.create_id(campaign_id="c", send_id="s"), SendId)
    assert_type(
        braze.sends.data_series(campaign_id="c", send_id="s", length=1).data[0].revenue, float
    )


def addresses(braze: BrazeClient, first: date, last: date) -> None:
    bounces = braze.email.list_hard_bounces
    assert_type(bounces.items(start_date=first, end_date=last), Iterator[HardBounce])
    assert_type(braze.email.list_unsubscribes(email="a@example.test"), UnsubscribePage)
    status = braze.email.set_subscription_status
    assert_type(status(email="a@example.test", subscription_state="opted_in"), Accepted)
    assert_type(status(email=["a@example.test"], subscription_state="subscribed"), Accepted)
    numbers = braze.sms.list_invalid_phone_numbers
    assert_type(
        numbers.items(phone_numbers=["+1"], reason="deactivated"), Iterator[InvalidPhoneNumber]
    )
    groups = braze.subscription_groups
    found = groups.get_status(subscription_group_id="g", external_id="u1", email=["a@example.test"])
    assert_type(found.status, Mapping[str, str])
    assert_type(groups.list_for_users.items(external_id="u1"), Iterator[UserSubscriptionGroups])
    update = SubscriptionGroupUpdate(
        subscription_group_id="g", subscription_state="subscribed", external_ids=["u1"]
    )
    assert_type(groups.set_status_v2(subscription_groups=[update]), Accepted)
    looked_up = braze.users.get_subscription_by_identifier(email="a@example.test", phone=["+1"])
    assert_type(looked_up, AddressSubscriptions)
    forgotten = [SubscriptionIdentifier(email="a@example.test")]
    done = braze.users.delete_subscription_by_identifier(identifiers=forgotten)
    assert_type(done, SubscriptionsDeleted)


def jobs(braze: BrazeClient) -> None:
    started = braze.users.export_by_segment(segment_id="s", fields_to_export=["email", "phone"])
    assert_type(started, ExportStarted)
    job = braze.users.segment_export(segment_id="s", fields_to_export=["email"])
    assert_type(job, UserExport)
    assert_type(job.url, str | None)
    for user in job.wait(timeout=60, progress=print):
        assert_type(user, ExportedUser)
    assert_type(braze.users.control_group_export(fields_to_export=["email"]).wait(), UserExport)
    assert_type(
        braze.users.export_at("https://example.test/x").users(timeout=5), Iterator[ExportedUser]
    )
    assert_type(braze.users.erase(email="a@example.test"), Erasure)
    assert_type(braze.users.erase(external_ids=(name for name in "ab")).left, tuple[str, ...])
