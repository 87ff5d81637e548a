"""What people did: custom events and purchases."""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.limits import (
    EVENT_NAME_CHARACTERS,
    EVENT_PROPERTIES_BYTES,
    PRODUCT_ID_CHARACTERS,
    PURCHASE_PROPERTIES_BYTES,
    PURCHASE_QUANTITY,
)
from braze_engage.objects.aliases import UserAlias, check_person
from braze_engage.objects.checks import check_flag, check_text, is_number, refused
from braze_engage.objects.fields import wire_name
from braze_engage.objects.models import model
from braze_engage.objects.properties import clean_properties
from braze_engage.objects.times import time_text
from braze_engage.objects.values import CustomValue, JsonValue

__all__ = ["Event", "Purchase", "TrackLimits"]

_CURRENCY_CHARACTERS = 3


class TrackLimits(Enum):
    """How many objects one ``/users/track`` request may hold; the contract with Braze decides."""

    COMBINED_75 = "combined 75"
    """75 attributes, events and purchases together: holds for everyone."""
    PER_ARRAY_75 = "75 per array"
    """75 of each: only for contracts with Braze's legacy rate limits."""


def _event_properties(values: Mapping[str, CustomValue]) -> Mapping[str, JsonValue]:
    return clean_properties(
        "Event.properties",
        values,
        reserved=("time", "event_name"),
        most_bytes=EVENT_PROPERTIES_BYTES,
        flat_too=False,
    )


def _purchase_properties(values: Mapping[str, CustomValue]) -> Mapping[str, JsonValue]:
    return clean_properties(
        "Purchase.properties",
        values,
        reserved=("time", "product_id", "quantity", "event_name", "price", "currency"),
        most_bytes=PURCHASE_PROPERTIES_BYTES,
        flat_too=True,
    )


@model(kw_only=True)
class _Activity:
    external_id: str | None = None
    user_alias: UserAlias | None = None
    braze_id: str | None = None
    email: str | None = None
    phone: str | None = None
    app_id: str | None = None
    update_existing_only: Annotated[bool | None, wire_name("_update_existing_only")] = None

    def __attrs_post_init__(self) -> None:
        check_person(
            self,
            primary=(self.external_id, self.user_alias, self.braze_id),
            email=self.email,
            phone=self.phone,
        )
        name = type(self).__name__
        if self.app_id is not None:
            check_text(f"{name}.app_id", self.app_id)
        if self.update_existing_only is not None:
            check_flag(f"{name}.update_existing_only", self.update_existing_only)


@model(kw_only=True)
class Event(_Activity):
    """A custom event. Braze counts every one it is sent, so a repeat is a second event.

    Args:
        name: At most 255 characters, not beginning with ``$``; case counts.
        time: When it happened, a datetime (without zone: UTC) or text in ISO 8601; Braze takes
            a future time for now. Held as the text that is sent.
        properties: At most 256, each name at most 255 characters and not beginning with ``$``,
            ``time`` and ``event_name`` excluded; text at most 255 characters; 100 KiB in all
            where lists or objects are among them.
        external_id: At most 987 bytes. At most one of external_id, user_alias and braze_id.
        user_alias: Names the person by alias.
        braze_id: Names the person by Braze's own id.
        email: Names the person where none of the three above is given.
        phone: Names the person where nothing above is given.
        app_id: The app it happened in.
        update_existing_only: Whether unknown people are left alone; absent means no, but yes with
            user_alias.

    Raises:
        ConfigurationError: Braze would refuse the event, or drop part of it without a word.

    https://www.braze.com/docs/api/objects_filters/event_object
    """

    name: str
    time: str = attrs.field(converter=time_text)
    properties: Mapping[str, JsonValue] = attrs.field(
        factory=dict[str, JsonValue], converter=_event_properties
    )

    def __attrs_post_init__(self) -> None:
        _Activity.__attrs_post_init__(self)
        check_text("Event.name", self.name, EVENT_NAME_CHARACTERS)
        if self.name.startswith("$"):
            raise ConfigurationError("Event.name: begin it with something other than $")


@model(kw_only=True)
class Purchase(_Activity):
    """A purchase. Braze counts every one it is sent, so a repeat is a second purchase.

    Args:
        product_id: At most 255 characters; a product or category rather than an order.
        currency: ISO 4217, three capital letters.
        price: Of one piece, in main units; negative for a refund.
        quantity: 1 to 100; stored as that many purchases.
        time: When it happened, a datetime (without zone: UTC) or text in ISO 8601; Braze takes
            a future time for now. Held as the text that is sent.
        properties: As those of an event, without ``product_id``, ``quantity``, ``price`` and
            ``currency``; 50 KiB in all.
        external_id: At most 987 bytes. At most one of external_id, user_alias and braze_id.
        user_alias: Names the person by alias.
        braze_id: Names the person by Braze's own id.
        email: Names the person where none of the three above is given.
        phone: Names the person where nothing above is given.
        app_id: The app it happened in.
        update_existing_only: Whether unknown people are left alone; absent means no, but yes with
            user_alias.

    Raises:
        ConfigurationError: Braze would refuse the purchase, or drop part of it without a word.

    https://www.braze.com/docs/api/objects_filters/purchase_object
    """

    product_id: str
    currency: str
    price: float
    quantity: int = 1
    time: str = attrs.field(converter=time_text)
    properties: Mapping[str, JsonValue] = attrs.field(
        factory=dict[str, JsonValue], converter=_purchase_properties
    )

    def __attrs_post_init__(self) -> None:
        _Activity.__attrs_post_init__(self)
        check_text("Purchase.product_id", self.product_id, PRODUCT_ID_CHARACTERS)
        _check_currency(self.currency)
        _check_price(self.price)
        _check_quantity(self.quantity)


def _check_currency(value: object) -> None:
    if not (
        isinstance(value, str)
        and len(value) == _CURRENCY_CHARACTERS
        and value.isascii()
        and value.isalpha()
        and value.isupper()
    ):
        raise refused("Purchase.currency", value, "give an ISO 4217 code such as EUR")


def _check_price(value: object) -> None:
    if not is_number(value):
        raise refused("Purchase.price", value, "give a finite number")


def _check_quantity(value: object) -> None:
    if not (is_number(value) and isinstance(value, int) and 1 <= value <= PURCHASE_QUANTITY):
        raise refused("Purchase.quantity", value, f"give a whole number, 1 to {PURCHASE_QUANTITY}")
