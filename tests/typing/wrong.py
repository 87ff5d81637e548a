"""Wrong use: every marked line, and no other, is an error for both checkers; never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.objects import (
    EmailToDelete,
    Event,
    NewUserAlias,
    Purchase,
    SubscriptionGroup,
    UserAlias,
    UserAttributes,
)
from braze_engage.rest.client import BrazeClient
from braze_engage.rest.users import Users

if TYPE_CHECKING:
    from braze_engage.credentials import PartnerKey


def clients(key: PartnerKey) -> None:
    BrazeClient("key")  # type: ignore[call-arg]  # no data center
    BrazeClient("key", "US-06")  # type: ignore[call-arg]  # only the key goes by position
    BrazeClient(key, data_center="US-06")  # type: ignore[arg-type]  # another kind of key
    BrazeClient(lambda: 5, data_center="US-06")  # type: ignore[arg-type, return-value]  # no text
    BrazeClient("key", data_center="US-06", timeout=5)  # type: ignore[call-arg]  # no such option
    BrazeClient.from_env().with_options(retries=5)  # type: ignore[call-arg]  # no such option
    BrazeClient.from_env().users.trak()  # type: ignore[attr-defined]  # no such row


def rows(braze: BrazeClient) -> None:
    users = braze.users
    users.track(atributes=[])  # type: ignore[call-arg]  # unknown argument
    users.track([])  # type: ignore[call-arg]  # no positional arguments
    users.track(attributes=[Event(name="n", external_id="u", time="")])  # type: ignore[list-item]  # no attributes
    users.track(attributes={"external_id": "u"})  # type: ignore[arg-type]  # no list
    users.track(events=[{"name": "n"}])  # type: ignore[list-item]  # no typed event
    users.track(track_limits=75)  # type: ignore[arg-type]  # no TrackLimits
    users.track.reply(event=[])  # type: ignore[call-arg]  # unknown argument
    users.create_aliases()  # type: ignore[call-arg]  # missing argument
    users.create_aliases(user_aliases=[UserAlias(alias_name="a", alias_label="l")])  # type: ignore[list-item]  # no NewUserAlias
    users.delete(external_ids=[1])  # type: ignore[list-item]  # no text
    users.export_by_ids(fields_to_export=["shoe_size"])  # type: ignore[list-item]  # no such field
    _ = users.track().attributes  # type: ignore[attr-defined]  # the result has counters
    Users.track(attributes=[])  # type: ignore[operator]  # a row without client is not callable
    _ = Users.track.replays  # type: ignore[attr-defined]  # no such column


def objects() -> None:
    UserAttributes("u1")  # type: ignore[call-arg]  # no positional arguments
    UserAttributes(external_id=1)  # type: ignore[arg-type]  # no text
    UserAttributes(externalId="u1")  # type: ignore[call-arg]  # not its name
    UserAttributes(external_id="u", gender="X")  # type: ignore[arg-type]  # no such gender
    UserAttributes(external_id="u", dob=1990)  # type: ignore[arg-type]  # no date
    UserAttributes(external_id="u", custom={"a": object()})  # type: ignore[dict-item]  # no JSON
    UserAttributes(external_id="u", custom={"a": {1: 2}})  # type: ignore[dict-item]  # a key is text
    Event(name="n", external_id="u")  # type: ignore[call-arg]  # no time
    Event(name="n", external_id="u", time=0)  # type: ignore[arg-type]  # no time either
    Event(name="n", external_id="u", time="", email=None, phone=5)  # type: ignore[arg-type]  # no text
    Purchase(external_id="u", product_id="p", currency="EUR", price="9", time="")  # type: ignore[arg-type]  # no number
    NewUserAlias(alias_name="a")  # type: ignore[call-arg]  # half an alias
    EmailToDelete(email="a@b.c", prioritization=["least_recently_updated"])  # type: ignore[list-item]  # not for deletions
    SubscriptionGroup(subscription_group_id="g", subscription_state="opted_in")  # type: ignore[arg-type]  # not for groups


def frozen(attributes: UserAttributes) -> None:
    attributes.email = "a@b.c"  # type: ignore[misc]  # values do not change
    attributes.custom["a"] = 1  # type: ignore[index]  # nor what they hold
