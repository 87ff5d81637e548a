"""What is wrong with one object of ``/users/track``, in Braze's words.

The schemas of the ``ecommerce.*`` events are not checked.

https://www.braze.com/docs/api/endpoints/user_data/post_user_track
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from braze_engage.testing.checks import ALIAS_FIELDS, fits_alias, known_fields
from braze_engage.testing.track import alias_of
from braze_engage.testing.values import (
    Json,
    JsonObject,
    as_object,
    byte_length,
    encoded_size,
    is_number,
    objects,
    parse_time,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


class Problem(NamedTuple):
    """Why an object is refused: the code of the docs, and the text seen in traffic.

    Where only one of the two is known it stands for both.
    """

    code: str
    text: str = ""

    def spelled(self, *, code: bool) -> str:
        """Choose between the two."""
        return self.code if code or not self.text else self.text


BLOCKED = Problem(
    "BLACKLISTED_EXTERNAL_USER_ID", "provided external_id is blacklisted and disallowed"
)
BAD_EMAIL = Problem(
    "EMAIL_BAD_FORMAT", "The value provided for the 'email' field is not a valid email."
)
LONG_ID = Problem("EXTERNAL_USER_ID_TOO_LARGE", "'external_id' must be fewer than 988 bytes")
NO_IDENTIFIER = Problem("'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required")
TWO_IDENTIFIERS = Problem("only one of 'external_id', 'braze_id' or 'user_alias' is allowed")
BAD_ALIAS = Problem("'user_alias' is not valid")
BAD_NAME = Problem("'name' is not valid")
BAD_TIME = Problem("'time' is not valid")
BAD_PROPERTIES = Problem("Invalid 'properties' field")
BAD_PRODUCT = Problem("'product_id' is not valid")
BAD_CURRENCY = Problem("'currency' must be an ISO 4217 currency")
BAD_PRICE = Problem("'price' is not valid")
BAD_QUANTITY = Problem("'quantity' is not valid")

_IDENTIFIERS = ("external_id", "user_alias", "braze_id", "email", "phone")
_EVENT_FIELDS = frozenset(
    {*_IDENTIFIERS, "app_id", "name", "time", "properties", "_update_existing_only"}
)
_PURCHASE_FIELDS = (_EVENT_FIELDS - {"name"}) | {"product_id", "currency", "price", "quantity"}
_TOKEN_FIELDS = frozenset({"app_id", "token", "device_id"})
_GROUP_FIELDS = frozenset(
    {"subscription_group_id", "subscription_state", "use_double_opt_in_logic"}
)

_EXTERNAL_ID_BYTES = 987
_NAME_CHARACTERS = 255
_EVENT_PROPERTIES_BYTES = 100 * 1024
_PURCHASE_PROPERTIES_BYTES = 50 * 1024
_MOST = 100
_EVENT_RESERVED = frozenset({"time", "event_name"})
_PURCHASE_RESERVED = _EVENT_RESERVED | {"product_id", "quantity", "price", "currency"}

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[\d ().-]{7,25}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_STATES = (None, "opted_in", "subscribed", "unsubscribed")

# https://www.iso.org/iso-4217-currency-codes.html
_CURRENCY = re.compile(
    "AED|AFN|ALL|AMD|AOA|ARS|AUD|AWG|AZN|BAM|BBD|BDT|BGN|BHD|BIF|BMD|BND|BOB|BRL|BSD|BTN|BWP|"
    "BYN|BZD|CAD|CDF|CHF|CLP|CNY|COP|CRC|CUP|CVE|CZK|DJF|DKK|DOP|DZD|EGP|ERN|ETB|EUR|FJD|FKP|"
    "GBP|GEL|GHS|GIP|GMD|GNF|GTQ|GYD|HKD|HNL|HTG|HUF|IDR|ILS|INR|IQD|IRR|ISK|JMD|JOD|JPY|KES|"
    "KGS|KHR|KMF|KPW|KRW|KWD|KYD|KZT|LAK|LBP|LKR|LRD|LSL|LYD|MAD|MDL|MGA|MKD|MMK|MNT|MOP|MRU|"
    "MUR|MVR|MWK|MXN|MYR|MZN|NAD|NGN|NIO|NOK|NPR|NZD|OMR|PAB|PEN|PGK|PHP|PKR|PLN|PYG|QAR|RON|"
    "RSD|RUB|RWF|SAR|SBD|SCR|SDG|SEK|SGD|SHP|SLE|SOS|SRD|SSP|STN|SVC|SYP|SZL|THB|TJS|TMT|TND|"
    "TOP|TRY|TTD|TWD|TZS|UAH|UGX|USD|UYU|UZS|VES|VND|VUV|WST|XAF|XCD|XOF|XPF|YER|ZAR|ZMW|ZWG"
)


def attributes_problem(item: JsonObject) -> Problem | None:
    """Check one attributes object; keys that are no profile field are custom attributes."""
    if item.get("push_token_import") is True:
        return _import_problem(item) or _fields_problem(item)
    return identifier_problem(item) or _fields_problem(item)


def event_problem(item: JsonObject) -> Problem | None:
    """Check one event."""
    known_fields(item, _EVENT_FIELDS, "events")
    name = item.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= _NAME_CHARACTERS:
        return BAD_NAME
    limit = _EVENT_PROPERTIES_BYTES
    return identifier_problem(item) or _stamped_problem(item, _EVENT_RESERVED, limit)


def purchase_problem(item: JsonObject) -> Problem | None:
    """Check one purchase."""
    known_fields(item, _PURCHASE_FIELDS, "purchases")
    product, quantity = item.get("product_id"), item.get("quantity", 1)
    if not isinstance(product, str) or not 0 < len(product) <= _NAME_CHARACTERS:
        return BAD_PRODUCT
    currency = item.get("currency")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return BAD_CURRENCY
    if not is_number(item.get("price")):
        return BAD_PRICE
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 < quantity <= _MOST:
        return BAD_QUANTITY
    limit = _PURCHASE_PROPERTIES_BYTES
    return identifier_problem(item) or _stamped_problem(item, _PURCHASE_RESERVED, limit)


CHECKS = {
    "attributes": attributes_problem,
    "events": event_problem,
    "purchases": purchase_problem,
}
"""By array, in the order Braze works through them."""


def identifier_problem(item: JsonObject) -> Problem | None:
    """Check that an object names one person."""
    primary = [name for name in _IDENTIFIERS[:3] if item.get(name) is not None]
    if len(primary) > 1:
        return TWO_IDENTIFIERS
    if primary:
        return _primary_problem(primary[0], item[primary[0]])
    email, phone = item.get("email"), item.get("phone")
    if email is not None:
        return None if _is_email(email) else BAD_EMAIL
    return None if isinstance(phone, str) and _PHONE.fullmatch(phone) else NO_IDENTIFIER


def _primary_problem(name: str, value: Json) -> Problem | None:
    if name == "user_alias":
        known_fields(as_object(value), ALIAS_FIELDS, "user_alias")
        pair = alias_of(value)
        return BAD_ALIAS if pair is None or not fits_alias(pair) else None
    if not isinstance(value, str) or not value:
        return NO_IDENTIFIER
    too_long = name == "external_id" and byte_length(value) > _EXTERNAL_ID_BYTES
    return LONG_ID if too_long else None


def _is_email(value: Json) -> bool:
    return isinstance(value, str) and _EMAIL.fullmatch(value) is not None


def _stamped_problem(item: JsonObject, reserved: Iterable[str], most: int) -> Problem | None:
    if parse_time(item.get("time")) is None:
        return BAD_TIME
    properties = item.get("properties", {})
    if not isinstance(properties, dict) or set(properties) & set(reserved):
        return BAD_PROPERTIES
    bad_key = any(not 0 < len(key) <= _NAME_CHARACTERS or key.startswith("$") for key in properties)
    return BAD_PROPERTIES if bad_key or encoded_size(properties) > most else None


def _fields_problem(item: JsonObject) -> Problem | None:
    if "email_subscription_info" in item:
        return Problem("INVALID_ATTRIBUTE_EMAIL_SUBSCRIPTION_INFO")
    if item.get("email") is not None and not _is_email(item["email"]):
        return BAD_EMAIL
    if item.get("email_subscribe") not in _STATES:
        return Problem("BAD_EMAIL_SUBSCRIPTION_STATE")
    if item.get("push_subscribe") not in _STATES:
        return Problem("BAD_PUSH_SUBSCRIPTION_STATE")
    if not _is_location(item.get("current_location")):
        return Problem("BAD_LOCATION_UPDATE")
    return _tokens_problem(item.get("push_tokens")) or _groups_problem(
        item.get("subscription_groups")
    )


def _is_location(value: Json) -> bool:
    if value is None:
        return True
    pair = as_object(value)
    return set(pair) == {"longitude", "latitude"} and all(map(is_number, pair.values()))


def _import_problem(item: JsonObject) -> Problem | None:
    named = "external_id" in item or "braze_id" in item
    return Problem("BAD_PUSH_TOKEN_IMPORT") if named or not item.get("push_tokens") else None


def _tokens_problem(value: Json) -> Problem | None:
    tokens = objects([] if value is None else value)
    if tokens is None:
        return Problem("BAD_PUSH_TOKEN_VALUE")
    for token in tokens:
        known_fields(token, _TOKEN_FIELDS, "push_tokens")
        device_id = token.get("device_id", "x" * 8)
        if not isinstance(token.get("app_id"), str):
            return Problem("BAD_PUSH_TOKEN_APP_ID")
        if not isinstance(token.get("token"), str):
            return Problem("BAD_PUSH_TOKEN_STRING")
        if not isinstance(device_id, str) or not 8 <= byte_length(device_id) <= 255:  # noqa: PLR2004 - bytes Braze allows
            return Problem("BAD_DEVICE_ID")
    return None


def _groups_problem(value: Json) -> Problem | None:
    groups = objects([] if value is None else value)
    if groups is None:
        return Problem("BAD_SUBSCRIPTION_GROUP_ARRAY")
    for group in groups:
        known_fields(group, _GROUP_FIELDS, "subscription_groups")
        group_id, state = group.get("subscription_group_id"), group.get("subscription_state")
        if group_id is None or state is None:
            return Problem("BAD_SUBSCRIPTION_GROUP_HASH")
        if not isinstance(group_id, str) or _UUID.fullmatch(group_id) is None:
            return Problem("BAD_SUBSCRIPTION_GROUP_ID")
        if state not in ("subscribed", "unsubscribed"):
            return Problem("BAD_SUBSCRIPTION_GROUP_STATE")
    return None
