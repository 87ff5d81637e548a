"""Applying the objects of ``/users/track`` to profiles.

https://www.braze.com/docs/api/endpoints/user_data/post_user_track
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from braze_engage.testing.attributes import write_attribute
from braze_engage.testing.profiles import CustomEvent, Profile, PurchaseRecord
from braze_engage.testing.users import best
from braze_engage.testing.values import Alias, Json, JsonObject, as_object, objects, parse_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from braze_engage.testing.state import Workspace

CONTROL_KEYS = frozenset(
    {
        "external_id",
        "user_alias",
        "braze_id",
        "_update_existing_only",
        "_merge_objects",
        "push_token_import",
    }
)
_PROPERTIES = 256
_TEXT_CHARACTERS = 255
_URL_CHARACTERS = 1024


def alias_of(value: Json) -> Alias | None:
    """Read an alias object; None unless both parts are non-empty texts."""
    name, label = (as_object(value).get(part) for part in ("alias_name", "alias_label"))
    if isinstance(name, str) and isinstance(label, str) and name and label:
        return Alias(name, label)
    return None


def apply_track(workspace: Workspace, body: JsonObject) -> None:
    """Apply one request: attributes, then events, then purchases.

    Args:
        workspace: Whose lock is held.
        body: Arrays of objects that passed the checks.
    """
    for item in objects(body.get("attributes", [])) or []:
        _apply_attributes(workspace, item)
    for item in objects(body.get("events", [])) or []:
        profile = addressed(workspace, item)
        if profile is not None:
            profile.custom_events.append(_event(workspace, item))
            workspace.users.touch(profile)
    for item in objects(body.get("purchases", [])) or []:
        profile = addressed(workspace, item)
        if profile is not None:
            profile.purchases.append(_purchase(workspace, item))
            workspace.users.touch(profile)


def addressed(workspace: Workspace, item: JsonObject, *, create: bool = True) -> Profile | None:
    """Find the person an object names, or make the profile where Braze would.

    Args:
        workspace: Whose lock is held.
        item: Object with one primary identifier, else an e-mail address, else a phone number.
        create: False only looks.
    """
    users = workspace.users
    update_only = item.get("_update_existing_only")
    may_create = create and update_only is not True
    external_id, braze_id = item.get("external_id"), item.get("braze_id")
    if isinstance(external_id, str):
        found = users.get(external_id)
        return found or (users.create(workspace.now(), external_id) if may_create else None)
    alias = alias_of(item.get("user_alias"))
    if alias is not None:
        # Aliases update only, unless told otherwise in so many words.
        found = users.by_alias(alias)
        return found or (_alias_only(workspace, alias) if create and update_only is False else None)
    if isinstance(braze_id, str):
        return users.by_braze_id(braze_id)
    return _by_address(workspace, item, may_create=may_create)


def _alias_only(workspace: Workspace, alias: Alias) -> Profile:
    profile = workspace.users.create(workspace.now())
    workspace.users.add_alias(profile, alias)
    return profile


def _by_address(workspace: Workspace, item: JsonObject, *, may_create: bool) -> Profile | None:
    users = workspace.users
    email, phone = _text(item.get("email")), _text(item.get("phone"))
    search, write = (
        (users.with_phone, users.set_phone)
        if email is None
        else (users.with_email, users.set_email)
    )
    address = email or phone or ""
    found = best(search(address))
    if found is None and may_create:
        found = users.create(workspace.now())
        write(found, address)
    return found


def _event(workspace: Workspace, item: JsonObject) -> CustomEvent:
    return CustomEvent(
        name=str(item["name"]),
        time=_moment(workspace, item),
        properties=_properties(item),
        app_id=_text(item.get("app_id")),
    )


def _purchase(workspace: Workspace, item: JsonObject) -> PurchaseRecord:
    price, quantity = item["price"], item.get("quantity", 1)
    return PurchaseRecord(
        product_id=str(item["product_id"]),
        currency=str(item["currency"]),
        price=price if isinstance(price, int | float) else 0.0,
        time=_moment(workspace, item),
        quantity=quantity if isinstance(quantity, int) else 1,
        properties=_properties(item),
        app_id=_text(item.get("app_id")),
    )


def _moment(workspace: Workspace, item: JsonObject) -> datetime:
    """Read the time of an event; the future becomes now."""
    now = workspace.now()
    return min(parse_time(item.get("time")) or now, now)


def _properties(item: JsonObject) -> JsonObject:
    return dict([*as_object(item.get("properties")).items()][:_PROPERTIES])


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _apply_attributes(workspace: Workspace, item: JsonObject) -> None:
    if item.get("push_token_import") is True:
        _import_tokens(workspace, item)
        return
    profile = addressed(workspace, item)
    if profile is None:
        return
    merge = item.get("_merge_objects") is True
    for key, value in item.items():
        if key in FIELDS:
            FIELDS[key](workspace, profile, value)
        elif key not in CONTROL_KEYS:
            attributes = profile.custom_attributes
            write_attribute(attributes, workspace.kinds, key, value, merge=merge)
    workspace.users.touch(profile)


def _import_tokens(workspace: Workspace, item: JsonObject) -> None:
    """Make an anonymous profile for each token nobody has."""
    known = [token["token"] for one in workspace.users.everyone for token in one.push_tokens]
    for token in objects(item.get("push_tokens", [])) or []:
        if token["token"] not in known:
            _set_tokens(workspace, workspace.users.create(workspace.now()), [token])


def _set_tokens(workspace: Workspace, profile: Profile, value: Json) -> None:
    profile.push_tokens = objects(value) or []
    for token in profile.push_tokens:
        device_id = token.get("device_id")
        if isinstance(device_id, str):
            workspace.give_device(profile, device_id)


def _set_email(workspace: Workspace, profile: Profile, value: Json) -> None:
    workspace.users.set_email(profile, _text(value))


def _set_phone(workspace: Workspace, profile: Profile, value: Json) -> None:
    workspace.users.set_phone(profile, _text(value))


def _set_email_subscribe(workspace: Workspace, profile: Profile, value: Json) -> None:
    """Set the state of the address, which everyone who has that address shares."""
    shared = workspace.users.with_email(profile.email) if profile.email else []
    for one in (profile, *shared):
        one.email_subscribe = _text(value)


def _set_groups(_: Workspace, profile: Profile, value: Json) -> None:
    for group in objects(value) or []:
        group_id, state = group.get("subscription_group_id"), group.get("subscription_state")
        profile.subscription_groups[str(group_id)] = str(state)


def _set_country(_: Workspace, profile: Profile, value: Json) -> None:
    """Store the code; what maps to none becomes null."""
    text = (_text(value) or "").upper()
    profile.country = text if re.fullmatch("[A-Z]{2}", text) else None


def _plain(name: str, accept: Callable[[Json], bool]) -> Callable[[Workspace, Profile, Json], None]:
    """Write a field as it is; a value Braze does not take is dropped without a word."""

    def write(_: Workspace, profile: Profile, value: Json) -> None:
        if value is None or accept(value):
            setattr(profile, name, value)

    return write


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and len(value) <= _TEXT_CHARACTERS


def _is_url(value: Json) -> bool:
    return isinstance(value, str) and len(value) <= _URL_CHARACTERS


def _is_object(value: Json) -> bool:
    return isinstance(value, dict)


def _is_flag(value: Json) -> bool:
    return isinstance(value, bool)


def _is_time(value: Json) -> bool:
    return parse_time(value) is not None


def _like(pattern: str) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


FIELDS: dict[str, Callable[[Workspace, Profile, Json], None]] = {
    "email": _set_email,
    "phone": _set_phone,
    "country": _set_country,
    "email_subscribe": _set_email_subscribe,
    "subscription_groups": _set_groups,
    "push_tokens": _set_tokens,
    "first_name": _plain("first_name", _is_text),
    "last_name": _plain("last_name", _is_text),
    "home_city": _plain("home_city", _is_text),
    "time_zone": _plain("time_zone", _is_text),
    "image_url": _plain("image_url", _is_url),
    "language": _plain("language", _like("[A-Za-z]{2}")),
    "gender": _plain("gender", _like("[MFONP]")),
    "dob": _plain("dob", _like(r"\d{4}-\d\d-\d\d")),
    "push_subscribe": _plain("push_subscribe", _is_text),
    "email_open_tracking_disabled": _plain("email_open_tracking_disabled", _is_flag),
    "email_click_tracking_disabled": _plain("email_click_tracking_disabled", _is_flag),
    "date_of_first_session": _plain("date_of_first_session", _is_time),
    "date_of_last_session": _plain("date_of_last_session", _is_time),
    "marked_email_as_spam_at": _plain("marked_email_as_spam_at", _is_time),
    "current_location": _plain("current_location", _is_object),
    "facebook": _plain("facebook", _is_object),
    "twitter": _plain("twitter", _is_object),
}
"""Profile fields, each with how it is written; any other key is a custom attribute."""
