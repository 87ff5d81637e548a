"""Shapes and limits of request bodies, typed in from Braze's pages.

Fields Braze does not document are refused with 400. Braze itself lets most of them pass; a fake
that did would hide typing errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from braze_engage.testing.identity import PRIORITIES
from braze_engage.testing.messages import Refused
from braze_engage.testing.state import CohortChange
from braze_engage.testing.track import alias_of
from braze_engage.testing.values import (
    Alias,
    Json,
    JsonObject,
    as_object,
    byte_length,
    objects,
    parse_time,
    strings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

IDENTIFIERS = 50
ALIAS_BYTES = 236
COHORT_IDS = 1_000

ALIAS_FIELDS = frozenset({"alias_name", "alias_label"})


def refuse(message: str) -> NoReturn:
    """Answer 400."""
    raise Refused(400, message)


def known_fields(value: JsonObject, allowed: Iterable[str], where: str = "") -> None:
    """Refuse fields that are not documented.

    Args:
        value: The object.
        allowed: Documented fields.
        where: Its place in the body, for the message.
    """
    unknown = sorted(set(value) - set(allowed))
    if unknown:
        listed = ", ".join(f"'{name}'" for name in unknown)
        refuse(f"Unknown field {listed}" + (f" in {where}" if where else ""))


def object_list(body: JsonObject, name: str, *, most: int | None = IDENTIFIERS) -> list[JsonObject]:
    """Read a list of objects; an absent one is empty.

    Args:
        body: The request.
        name: Field of the list.
        most: Entries allowed.
    """
    found = objects(body.get(name, []))
    if found is None:
        refuse(f"'{name}' must be an array of objects")
    if most is not None and len(found) > most:
        refuse("The max number of external_ids and aliases per request was exceeded")
    return found


def string_list(body: JsonObject, name: str) -> list[str]:
    """Read a list of texts; an absent one is empty."""
    found = strings(body.get(name, []))
    if found is None:
        refuse(f"'{name}' must be an array of strings")
    return found


def text(body: JsonObject, name: str) -> str:
    """Read a text that must not be empty."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        refuse(f"'{name}' must be a non-empty string")
    return value


def alias(value: Json, where: str) -> Alias:
    """Read an alias: both parts, neither empty nor over 236 bytes."""
    known_fields(as_object(value), ALIAS_FIELDS, where)
    found = alias_of(value)
    if found is None or not fits_alias(found):
        refuse(f"'{where}' must be an object with 'alias_name' and 'alias_label'")
    return found


def fits_alias(pair: Alias) -> bool:
    """Tell whether both parts are within 236 bytes."""
    return all(byte_length(part) <= ALIAS_BYTES for part in pair)


def prioritization(entry: JsonObject) -> None:
    """Refuse an e-mail or phone entry whose priorities are absent or not Braze's words."""
    words = strings(entry.get("prioritization"))
    if not words or not set(words) <= PRIORITIES or {"identified", "unidentified"} <= set(words):
        refuse("'prioritization' must be a list of documented priorities")


def cohort_time(body: JsonObject) -> datetime:
    """Read ``created_at``."""
    moment = parse_time(body.get("created_at"))
    if moment is None:
        refuse("'created_at' must be a valid time as an ISO-8601 string")
    return moment


def cohort_text(body: JsonObject, name: str) -> str:
    """Read ``cohort_id`` or ``name``, each with its own words of refusal."""
    value = body.get(name)
    if isinstance(value, str) and value.strip():
        return value
    kind = "a valid string" if name == "cohort_id" else "a non-empty string"
    refuse(f"'{name}' must be {kind}")


_CHANGES = (
    "'cohort_changes' must be an array of objects, each with 'user_ids' or 'device_ids' as an "
    "array of strings, or 'aliases'"
)
_CHANGE_LISTS = ("user_ids", "device_ids", "aliases")


def cohort_changes(body: JsonObject) -> list[CohortChange]:
    """Read the entries of a membership request.

    https://www.braze.com/docs/cohort_import
    """
    entries = objects(body.get("cohort_changes"))
    if entries is None:
        refuse(_CHANGES)
    changes = [_cohort_change(entry) for entry in entries]
    ids = sum(len(one.user_ids) + len(one.device_ids) + len(one.aliases) for one in changes)
    if ids > COHORT_IDS:
        refuse("Only 1,000 'user_ids', 'device_ids', and 'aliases' are allowed per request")
    return changes


def _cohort_change(entry: JsonObject) -> CohortChange:
    known_fields(entry, (*_CHANGE_LISTS, "should_remove"), "cohort_changes")
    user_ids = strings(entry.get("user_ids", []))
    device_ids = strings(entry.get("device_ids", []))
    pairs = objects(entry.get("aliases", []))
    remove = entry.get("should_remove", False)
    named = any(name in entry for name in _CHANGE_LISTS)
    if user_ids is None or device_ids is None or pairs is None or not named:
        refuse(_CHANGES)
    if not isinstance(remove, bool):
        refuse(_CHANGES)
    return CohortChange(user_ids, device_ids, [_cohort_alias(pair) for pair in pairs], remove)


def _cohort_alias(pair: JsonObject) -> Alias:
    found = alias_of(pair)
    if found is None or pair.keys() != ALIAS_FIELDS:
        refuse(_CHANGES)
    return found
