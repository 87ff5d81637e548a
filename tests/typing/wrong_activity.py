"""Wrong use of series, addresses and jobs: every marked line, and no other, is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from braze_engage.rest.client import BrazeClient


def series(braze: BrazeClient) -> None:
    braze.events.data_series(event="e")  # type: ignore[call-arg]  # no length
    braze.events.data_series(event="e", length=1, unit="week")  # type: ignore[arg-type]  # no unit
    braze.events.list.items(page=1)  # type: ignore[call-arg]  # it goes by cursor
    braze.events.data_series.items()  # type: ignore[attr-defined]  # not paged
    braze.kpi.daily_active_users(length="7")  # type: ignore[arg-type]  # no number
    braze.kpi.new_users(length=7, unit="day")  # type: ignore[call-arg]  # days only
    _ = braze.kpi.new_users(length=7).data[0].dau  # type: ignore[attr-defined]  # of another row
    braze.sends.create_id(send_id="s")  # type: ignore[call-arg]  # no campaign


def addresses(braze: BrazeClient) -> None:
    braze.email.list_hard_bounces(start_date="2026-11-02", end_date="2026-11-03")  # type: ignore[arg-type]  # no dates
    braze.email.set_subscription_status(email="a@b", subscription_state="gone")  # type: ignore[arg-type]  # no state
    braze.email.remove_spam(email=5)  # type: ignore[arg-type]  # no text
    braze.sms.remove_invalid_phone_numbers()  # type: ignore[call-arg]  # no numbers
    braze.subscription_groups.get_status(external_id="u1")  # type: ignore[call-arg]  # no group
    braze.subscription_groups.set_status_v2(subscription_groups=["g"])  # type: ignore[list-item]  # no update


def jobs(braze: BrazeClient) -> None:
    users = braze.users
    users.export_by_segment(segment_id="s", fields_to_export=["shoe_size"])  # type: ignore[list-item]  # no field
    users.segment_export(segment_id="s")  # type: ignore[call-arg]  # no fields
    users.segment_export("s", fields_to_export=["email"])  # type: ignore[call-arg]  # by name only
    users.export_at(5)  # type: ignore[arg-type]  # no text
    users.erase(phone="+1")  # type: ignore[call-arg]  # by address or external ids only
    users.erase(email=5)  # type: ignore[arg-type]  # no text
    started = users.export_by_segment(segment_id="s", fields_to_export=["email"])
    started.wait()  # type: ignore[attr-defined]  # the row waits for nothing
