"""Every row of the events, custom attributes, purchases and figures against the fake."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, cast

import pytest

from braze_engage import BadRequest, BrazeClient, Event, Purchase
from braze_engage.errors import ConfigurationError
from braze_engage.operation import Replay
from braze_engage.rest.custom_attributes import CustomAttributes
from braze_engage.rest.events import Events
from braze_engage.rest.kpi import Kpi
from braze_engage.rest.news_feed import NewsFeed
from braze_engage.rest.purchases import Purchases
from braze_engage.rest.sends import CreateSendId, Sends
from braze_engage.rest.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing import FakeBraze

NOON = datetime(2026, 11, 2, 12, 30, tzinfo=timezone.utc)
FAMILIES = (CustomAttributes, Events, Kpi, NewsFeed, Purchases, Sends, Sessions)


def last_query(fake: FakeBraze) -> str:
    return fake.requests[-1].query


def _event_names(braze: BrazeClient, fake: FakeBraze) -> None:
    names = [f"Event {number}" for number in range(260)]
    for name in names:
        fake.custom_events.add(name)
    assert list(braze.events.list_names.items()) == names
    assert fake.requests_total == 2
    assert braze.events.list_names(page=1).events == tuple(names[250:])


def _events(braze: BrazeClient, fake: FakeBraze) -> None:
    for number in range(120):
        fake.custom_events.add(f"Event {number}", description="typed", tags=["a"])
    braze.users.track(events=[Event(name="Seen", external_id="u1", time=NOON)])
    before = fake.requests_total
    found = list(braze.events.list.items())
    assert [event.name for event in found] == [*(f"Event {n}" for n in range(120)), "Seen"]
    assert (found[0].description, found[0].tag_names, found[0].status) == (
        "typed",
        ("a",),
        "Active",
    )
    assert fake.requests_total - before == 3


def _event_series(braze: BrazeClient, fake: FakeBraze) -> None:
    hours = (0, 1, 25)
    braze.users.track(
        events=[
            Event(
                name="Opened",
                external_id=f"u{back}",
                time=NOON - timedelta(hours=back),
                app_id="app" if back else None,
            )
            for back in hours
        ]
    )
    series = braze.events.data_series
    days = series(event="Opened", length=3, ending_at=NOON).data
    assert [(day.time, day.count) for day in days] == [
        ("2026-10-31", 0),
        ("2026-11-01", 1),
        ("2026-11-02", 2),
    ]
    by_hour = series(event="Opened", length=2, ending_at=NOON, unit="hour", app_id="app").data
    assert [(hour.time, hour.count) for hour in by_hour] == [
        ("2026-11-02T11:00:00.000Z", 1),
        ("2026-11-02T12:00:00.000Z", 0),
    ]
    segment = fake.segments.add("Some")
    segment.members = {"u25"}
    inside = series(event="Opened", length=2, ending_at=NOON, segment_id=segment.id).data
    assert [day.count for day in inside] == [1, 0]
    with pytest.raises(BadRequest, match="Invalid Segment ID"):
        series(event="Opened", length=2, segment_id="unknown")


def _attributes(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.add_user("u1", custom_attributes={"vip": True, "sizes": [38, 39]})
    fake.custom_attributes.add("vip", description="Very important")
    for number in range(60):
        fake.custom_attributes.add(f"planned_{number}")
    found = {one.name: one for one in braze.custom_attributes.list.items()}
    assert len(found) == 62
    assert found["vip"].description == "Very important"
    assert (found["vip"].data_type, found["vip"].array_length) == (
        "boolean (automatically detected)",
        None,
    )
    assert found["sizes"].array_length == 500
    assert fake.requests_total == 2


def _bought(braze: BrazeClient) -> None:
    braze.users.track(
        purchases=[
            Purchase(
                external_id="u1",
                product_id=product,
                currency="USD",
                price=price,
                quantity=quantity,
                time=NOON,
            )
            for product, price, quantity in (("shoes", 10.5, 2), ("hat", 4, 1))
        ]
    )


def _products(braze: BrazeClient, fake: FakeBraze) -> None:
    _bought(braze)
    before = fake.requests_total
    assert list(braze.purchases.list_products.items()) == ["shoes", "hat"]
    assert fake.requests_total - before == 2  # no page size is documented, so an empty page ends


def _revenue(braze: BrazeClient, fake: FakeBraze) -> None:
    _bought(braze)
    days = braze.purchases.revenue_series(length=2, ending_at=NOON).data
    assert [(day.time, day.revenue) for day in days] == [("2026-11-01", 0), ("2026-11-02", 25)]
    (day,) = braze.purchases.revenue_series(length=1, ending_at=NOON, product="hat").data
    assert day.revenue == 4
    assert "product=hat" in last_query(fake)


def _quantity(braze: BrazeClient, fake: FakeBraze) -> None:
    _bought(braze)
    (hour,) = braze.purchases.quantity_series(length=1, ending_at=NOON, unit="hour").data
    assert (hour.time, hour.purchase_quantity) == ("2026-11-02T12:00:00.000Z", 3)
    assert "unit=hour" in last_query(fake)


def _sessions(braze: BrazeClient, fake: FakeBraze) -> None:
    (entry,) = braze.sessions.data_series(length=7, unit="hour", app_id="a", segment_id="s").data
    assert (type(entry.time), entry.sessions) == (str, 1)
    assert last_query(fake) == "length=7&unit=hour&app_id=a&segment_id=s"


def _new_users(braze: BrazeClient, fake: FakeBraze) -> None:
    assert braze.kpi.new_users(length=7, ending_at=NOON).data[0].new_users == 1
    assert last_query(fake) == "length=7&ending_at=2026-11-02T12%3A30%3A00.000Z"


def _daily(braze: BrazeClient, fake: FakeBraze) -> None:
    assert braze.kpi.daily_active_users(length=7, app_id="a").data[0].dau == 1
    assert last_query(fake) == "length=7&app_id=a"


def _monthly(braze: BrazeClient, fake: FakeBraze) -> None:
    assert braze.kpi.monthly_active_users(length=100).data[0].mau == 1
    assert fake.requests[-1].path == "/kpi/mau/data_series"


def _uninstalls(braze: BrazeClient, fake: FakeBraze) -> None:
    assert braze.kpi.uninstalls(length=1).data[0].uninstalls == 1
    assert fake.requests[-1].path == "/kpi/uninstalls/data_series"


def _send_series(braze: BrazeClient, fake: FakeBraze) -> None:
    (day,) = braze.sends.data_series(campaign_id="c", send_id="s", length=14).data
    assert (day.conversions, day.conversions3, day.revenue) == (1, 1, 1.5)
    assert isinstance(day.messages, dict)
    assert last_query(fake) == "length=14&campaign_id=c&send_id=s"


def _send_id(braze: BrazeClient, fake: FakeBraze) -> None:
    made = braze.sends.create_id.reply(campaign_id="c", send_id="launch")
    assert (made.value.send_id, made.status) == ("launch", 201)
    assert braze.sends.create_id(campaign_id="c").send_id
    assert fake.requests[-1].json == {"campaign_id": "c"}


def _cards(braze: BrazeClient, fake: FakeBraze) -> None:
    (card,) = braze.news_feed.list.items(include_archived=True, sort_direction="desc")
    assert card.id
    assert last_query(fake) == "include_archived=true&sort_direction=desc"


def _card(braze: BrazeClient, fake: FakeBraze) -> None:
    card = braze.news_feed.get(card_id="card")
    assert (card.title, card.extras, card.archived) == ("title", {}, False)
    assert last_query(fake) == "card_id=card"


def _card_series(braze: BrazeClient, fake: FakeBraze) -> None:
    (entry,) = braze.news_feed.data_series(card_id="card", length=1).data
    assert (entry.clicks, entry.unique_impressions) == (1, 1)
    assert last_query(fake) == "length=1&card_id=card"


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "custom_attributes.list": _attributes,
    "events.list_names": _event_names,
    "events.list": _events,
    "events.data_series": _event_series,
    "kpi.new_users": _new_users,
    "kpi.daily_active_users": _daily,
    "kpi.monthly_active_users": _monthly,
    "kpi.uninstalls": _uninstalls,
    "news_feed.list": _cards,
    "news_feed.get": _card,
    "news_feed.data_series": _card_series,
    "purchases.list_products": _products,
    "purchases.revenue_series": _revenue,
    "purchases.quantity_series": _quantity,
    "sends.data_series": _send_series,
    "sends.create_id": _send_id,
    "sessions.data_series": _sessions,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


def test_every_row_has_a_scene() -> None:
    rows = {f"{row.group}.{row.name}" for kind in FAMILIES for row in kind.operations()}
    assert rows == set(SCENES)


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    events, purchases, sends, cards = braze.events, braze.purchases, braze.sends, braze.news_feed
    day = cast("datetime", date(2026, 11, 2))
    for wrong in (
        lambda: events.list_names(page=-1),
        lambda: events.list(cursor=""),
        lambda: events.data_series(event="", length=1),
        lambda: events.data_series(event="e", length=0),
        lambda: events.data_series(event="e", length=101),
        lambda: events.data_series(event="e", length=1, unit="week"),  # type: ignore[arg-type]  # on purpose
        lambda: events.data_series(event="e", length=1, app_id=""),
        lambda: events.data_series(event="e", length=1, segment_id=""),
        lambda: events.data_series(event="e", length=1, ending_at=day),
        lambda: braze.custom_attributes.list(cursor=""),
        lambda: purchases.list_products(page=-1),
        lambda: purchases.revenue_series(length=101),
        lambda: purchases.quantity_series(length=1, product=""),
        lambda: braze.sessions.data_series(length=1, segment_id=""),
        lambda: braze.kpi.new_users(length=101),
        lambda: braze.kpi.uninstalls(length=1, app_id=""),
        lambda: sends.data_series(campaign_id="", send_id="s", length=1),
        lambda: sends.data_series(campaign_id="c", send_id="", length=1),
        lambda: sends.create_id(campaign_id=""),
        lambda: sends.create_id(campaign_id="c", send_id="s" * 65),
        lambda: sends.create_id(campaign_id="c", send_id="é"),
        lambda: cards.list(page=-1),
        lambda: cards.list(include_archived=1),  # type: ignore[arg-type]  # on purpose
        lambda: cards.list(sort_direction="up"),  # type: ignore[arg-type]  # on purpose
        lambda: cards.get(card_id=""),
        lambda: cards.data_series(card_id="", length=1),
    ):
        with pytest.raises(ConfigurationError):
            wrong()
    assert fake_braze.requests == []


def test_definitions_are_a_mapping(fake_braze: FakeBraze) -> None:
    made = fake_braze.custom_events.add("Bought")
    assert dict(fake_braze.custom_events) == {"Bought": made}
    assert len(fake_braze.custom_events) == 1


def test_a_send_identifier_of_ones_own_may_be_created_again() -> None:
    row = Sends.create_id
    assert row.replay_of(CreateSendId(campaign_id="c")) is Replay.IF_UNSENT
    assert row.replay_of(CreateSendId(campaign_id="c", send_id="s")) is Replay.ALWAYS
