"""Handler of the profile export.

https://www.braze.com/docs/api/endpoints/export/user_data/post_users_identifier
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from braze_engage.testing import checks
from braze_engage.testing.checks import IDENTIFIERS, object_list, refuse, string_list, text
from braze_engage.testing.messages import Answer
from braze_engage.testing.track_routes import summary
from braze_engage.testing.values import Json, JsonObject, export_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.profiles import CustomEvent, History, Profile, PurchaseRecord
    from braze_engage.testing.state import Workspace

_PLAIN = (
    "push_subscribe",
    "email_subscribe",
    "country",
    "dob",
    "email",
    "external_id",
    "first_name",
    "gender",
    "home_city",
    "language",
    "last_name",
    "phone",
    "time_zone",
)
FIELDS = frozenset(
    {
        *_PLAIN,
        "apps",
        "attributed_campaign",
        "attributed_source",
        "attributed_adgroup",
        "attributed_ad",
        "braze_id",
        "created_at",
        "created_from",
        "custom_attributes",
        "custom_events",
        "devices",
        "last_coordinates",
        "purchases",
        "push_tokens",
        "random_bucket",
        "total_revenue",
        "uninstalled_at",
        "user_aliases",
        "campaigns_received",
        "canvases_received",
        "cards_clicked",
    }
)
_SLOW_FIELDS = frozenset({"campaigns_received", "canvases_received"})
_SINGLE = ("device_id", "braze_id", "email_address", "phone")
_KEPT = timedelta(days=90)
_BUCKETS = 10_000


def bucket(body: JsonObject) -> str:
    """Choose the quicker limit for exports that leave out what is slow to read."""
    fields = body.get("fields_to_export")
    named = isinstance(fields, list) and fields and not any(slow in fields for slow in _SLOW_FIELDS)
    return "users_export_ids_fields" if named else "users_export_ids"


def export_ids(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/export/ids``."""
    body = call.body
    fields = string_list(body, "fields_to_export") if "fields_to_export" in body else sorted(FIELDS)
    unknown = sorted(set(fields) - FIELDS)
    if unknown:
        refuse(f"Unknown field in 'fields_to_export': {', '.join(unknown)}")
    found: dict[int, Profile] = {}
    missing: list[Json] = []
    for name, profiles in _looked_up(workspace, body):
        found.update((profile.number, profile) for profile in profiles)
        if not profiles:
            missing.append(name)
    now = workspace.now()
    users: list[Json] = [exported(profile, set(fields), now) for profile in found.values()]
    answer: JsonObject = {"message": "success", "users": users}
    if missing:
        answer["invalid_user_ids"] = missing
    return Answer(201, answer)


def _looked_up(workspace: Workspace, body: JsonObject) -> list[tuple[str, list[Profile]]]:
    users = workspace.users
    external_ids = string_list(body, "external_ids")
    pairs = object_list(body, "user_aliases", most=None)
    aliases = [checks.alias(pair, "user_aliases") for pair in pairs]
    single = [name for name in _SINGLE if name in body]
    if len(external_ids) + len(aliases) > IDENTIFIERS:
        refuse("The max number of external_ids and aliases per request was exceeded")
    if len(single) > 1 or not (external_ids or aliases or single):
        refuse(f"'external_ids', 'user_aliases' or one of {', '.join(_SINGLE)} is required")
    found = [(name, _one(users.get(name))) for name in external_ids]
    found += [(alias.alias_name, _one(users.by_alias(alias))) for alias in aliases]
    for name in single:
        found.append((text(body, name), _by_single(workspace, name, text(body, name))))
    return found


def _by_single(workspace: Workspace, name: str, value: str) -> list[Profile]:
    users = workspace.users
    search: dict[str, Callable[[str], list[Profile]]] = {
        "device_id": lambda device_id: _one(users.by_device(device_id)),
        "braze_id": lambda braze_id: _one(users.by_braze_id(braze_id)),
        "email_address": users.with_email,
        "phone": users.with_phone,
    }
    return search[name](value)


def _one(profile: Profile | None) -> list[Profile]:
    return [] if profile is None else [profile]


def exported(profile: Profile, fields: set[str], now: datetime) -> JsonObject:
    """Show the fields asked for; what is null or empty is left out.

    Args:
        profile: The person.
        fields: Names, as in ``fields_to_export``.
        now: Tells what happened in the last 90 days.
    """
    location = profile.current_location
    purchases = profile.purchases
    values: JsonObject = {name: getattr(profile, name) for name in _PLAIN}
    values |= {
        "braze_id": profile.braze_id,
        "created_at": export_time(profile.created_at),
        "custom_attributes": profile.custom_attributes,
        "custom_events": _recent(profile.custom_events, now),
        "purchases": _recent(purchases, now),
        "devices": [{"device_id": device_id} for device_id in profile.devices],
        "push_tokens": [*profile.push_tokens],
        "user_aliases": [dict(alias._asdict()) for alias in profile.aliases],
        "last_coordinates": [location["longitude"], location["latitude"]] if location else None,
        "random_bucket": profile.number % _BUCKETS,
        "total_revenue": sum(one.price * one.quantity for one in purchases) if purchases else None,
    }
    return {key: value for key, value in values.items() if key in fields and not _empty(value)}


def _empty(value: Json) -> bool:
    return value is None or value in ([], {})


def _recent(history: History[CustomEvent] | History[PurchaseRecord], now: datetime) -> list[Json]:
    return [summary(history, one.name) for one in history.summaries() if one.last >= now - _KEPT]


HANDLERS: Final[Handlers] = {
    ("POST", "/users/export/ids"): export_ids,
}
