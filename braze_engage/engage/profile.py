"""Profile fields: where each comes from, and how its value is written.

https://www.braze.com/docs/api/objects_filters/user_attributes_object
https://segment.com/docs/connections/spec/identify
"""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from braze_engage import limits
from braze_engage.engage.fitting import (
    MISSING,
    MOST_BITS,
    Dropped,
    moment,
    moment_text,
    plain,
    refuse,
)
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.times import parse_time
from braze_engage.engage.values import NOTHING, is_email, is_list, is_object, kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from braze_engage.engage.paths import PathRule

__all__ = [
    "SEGMENT_PROFILE_FIELDS",
    "WRITABLE_FIELDS",
    "attribute_names",
    "field_writer",
    "profile_value",
]

SEGMENT_PROFILE_FIELDS: Final[Mapping[str, PathRule]] = MappingProxyType(
    {
        "country": ("$.traits.country", "$.context.location.country", "$.traits.address.country"),
        "current_location": ("$.traits.current_location", "$.context.location"),
        "date_of_first_session": "$.traits.date_of_first_session",
        "date_of_last_session": "$.traits.date_of_last_session",
        "dob": ("$.traits.dob", "$.traits.birthday"),
        "email": "$.traits.email",
        "email_click_tracking_disabled": "$.traits.email_click_tracking_disabled",
        "email_open_tracking_disabled": "$.traits.email_open_tracking_disabled",
        "email_subscribe": "$.traits.email_subscribe",
        "first_name": ("$.traits.firstName", "$.traits.first_name"),
        "gender": "$.traits.gender",
        "home_city": ("$.traits.home_city", "$.traits.address.city"),
        "image_url": ("$.traits.avatar", "$.traits.image_url"),
        "language": "$.traits.language",
        "last_name": ("$.traits.lastName", "$.traits.last_name"),
        "marked_email_as_spam_at": "$.traits.marked_email_as_spam_at",
        "phone": "$.traits.phone",
        "push_subscribe": "$.traits.push_subscribe",
        "subscription_groups": "$.traits.subscription_groups",
        "time_zone": ("$.traits.time_zone", "$.traits.timezone"),
    }
)
"""Where the profile fields come from: Segment's standard traits, and traits named like the field.

Any mapping of Braze's field names to paths replaces it; of a tuple the first present one wins::

    {**SEGMENT_PROFILE_FIELDS, "language": ("$.traits.language", "$.context.locale")}

A trait that is the whole source of a field is written there alone; one of which only a part goes to
a field, such as ``address``, is a custom attribute as well.
"""

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# RFC 5646: the language comes first, region and script follow
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_TIME_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_STATES: Final = ("opted_in", "subscribed", "unsubscribed")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_NO_GROUP: Final = (
    "it must have a subscription_group_id, which is a UUID, and a subscription_state, which is "
    "subscribed or unsubscribed"
)
_GROUP_STATES: Final = ("subscribed", "unsubscribed")
_DEGREES: Final = {"latitude": 90, "longitude": 180}

# the words of Segment's own destination
_GENDERS: Final = {
    **dict.fromkeys(("m", "male", "man"), "M"),
    **dict.fromkeys(("f", "female", "w", "woman"), "F"),
    **dict.fromkeys(("o", "other"), "O"),
    **dict.fromkeys(("n", "not applicable"), "N"),
    **dict.fromkeys(("p", "prefer not to say"), "P"),
}


def profile_value(field: str, value: object, cuts: list[Dropped]) -> object:
    """Write a value as Braze wants it in a profile field.

    Args:
        field: The field.
        value: What stands in the call; null clears the field.
        cuts: Takes a word about every part that is left out.

    Raises:
        Unreadable: Braze would refuse it, or drop it without a word.
    """
    if field == "subscription_groups":
        return _groups(value, cuts)
    return None if value is None else _WRITERS[field](value)


def field_writer(field: str) -> Callable[[object], object] | None:
    """Tell what writes a value that is not null, or nothing where it takes more than the value.

    Args:
        field: The field.
    """
    return _WRITERS.get(field)


def _text(value: object, most: int = limits.STRING_CHARACTERS) -> str:
    if not isinstance(value, str):
        refuse(Reason.BAD_ATTRIBUTE, f"it is {kind(value)}; send text")
    if value.isascii() and len(value) <= limits.STRING_CHARACTERS and value and not value.isspace():
        return value
    if not value or value.isspace():
        refuse(Reason.NOTHING_TO_WRITE, "it is empty; send null to clear the field")
    if len(value) > most:
        refuse(Reason.TOO_LONG, f"it has {len(value):,} characters and Braze takes {most:,}")
    if most == limits.STRING_CHARACTERS:
        plain(value)
    return value


def _url(value: object) -> str:
    text = _text(value, limits.IMAGE_URL_CHARACTERS)
    if not text.isprintable() or " " in text:  # no other blank is printable
        refuse(Reason.BAD_ATTRIBUTE, "it is no URL; send one without blanks")
    return text


def _email(value: object) -> str:
    if not is_email(value) or not isinstance(value, str):
        refuse(
            Reason.BAD_ATTRIBUTE,
            "it is no e-mail address, and Braze would refuse everything beside it; mend it",
        )
    return value if value.isascii() and len(value) <= limits.STRING_CHARACTERS else _text(value)


def _phone(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= MOST_BITS:
        return _text(str(value))
    return _text(value)


def _gender(value: object) -> str:
    letter = _GENDERS.get(_text(value).lower()) or _GENDERS.get(_text(value).strip().lower())
    if letter is None:
        refuse(
            Reason.BAD_ATTRIBUTE,
            "it is no word for a gender that Braze knows; send M, F, O, N or P",
        )
    return letter


def _birthday(value: object) -> str:
    if isinstance(value, date):
        value = value.isoformat()
    # the day as it is written: in another zone a birthday would be another day
    if (
        not isinstance(value, str)
        or parse_time(value) is None
        or not _DAY.fullmatch(day := value[: len("YYYY-MM-DD")])
    ):
        refuse(Reason.BAD_ATTRIBUTE, f"it is {kind(value)} that is no date; send YYYY-MM-DD")
    return day


def _language(value: object) -> str:
    match = _LANGUAGE.fullmatch(_text(value))
    if match is None:
        refuse(Reason.BAD_ATTRIBUTE, "it is no code of a language; send one such as fr")
    return match[1].lower()


def _time_zone(value: object) -> str:
    text = _text(value)
    if not _TIME_ZONE.fullmatch(text):
        refuse(Reason.BAD_ATTRIBUTE, "it is no IANA time zone; send one such as Europe/Paris")
    return text


def _location(value: object) -> object:
    if not is_object(value):
        refuse(Reason.BAD_ATTRIBUTE, f"it is {kind(value)}; send latitude and longitude")
    found = {name: value.get(name) for name in _DEGREES}
    if all(degrees is None for degrees in found.values()):
        return MISSING
    for name, degrees in found.items():
        if (
            isinstance(degrees, bool)
            or not isinstance(degrees, (int, float))
            or not -_DEGREES[name] <= degrees <= _DEGREES[name]
        ):
            refuse(
                Reason.BAD_ATTRIBUTE,
                f"{name} is no number of degrees, and Braze needs latitude and longitude; "
                "send both",
            )
    return found


def _state(value: object) -> str:
    state = _text(value).strip().lower()
    if state not in _STATES:
        refuse(Reason.BAD_ATTRIBUTE, f"it is no subscription state; send {', '.join(_STATES)}")
    return state


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        refuse(Reason.BAD_ATTRIBUTE, f"it is {kind(value)}; send true or false")
    return value


def _time(value: object) -> str:
    time_ns = moment(value)
    text = None if time_ns is None else moment_text(time_ns)
    if text is None:
        refuse(Reason.BAD_ATTRIBUTE, "it is no time; send ISO 8601 such as 2026-11-02T09:15:00Z")
    return text


def _groups(value: object, cuts: list[Dropped]) -> list[dict[str, object]]:
    listed = value if is_list(value) else (value,)
    groups: list[dict[str, object]] = []
    for index, value_of_one in enumerate(listed):
        group = _group(value_of_one)
        if group is None:
            cuts.append(Dropped(f"subscription_groups[{index}]", _NO_GROUP))
        else:
            groups.append(group)
    if not groups:
        refuse(Reason.BAD_ATTRIBUTE, "it names no subscription group with its state")
    return groups


def _group(value: object) -> dict[str, object] | None:
    group = value if is_object(value) else NOTHING
    group_id = group.get("subscription_group_id")
    state = group.get("subscription_state")
    opt_in = group.get("use_double_opt_in_logic", False)
    if (
        not (isinstance(group_id, str) and _UUID.fullmatch(group_id))
        or state not in _GROUP_STATES
        or not isinstance(opt_in, bool)
    ):
        return None
    members: dict[str, object] = {
        "subscription_group_id": group_id,
        "subscription_state": state,
    }
    return {**members, "use_double_opt_in_logic": True} if opt_in else members


_WRITERS: Final[Mapping[str, Callable[[object], object]]] = {
    "country": _text,
    "current_location": _location,
    "date_of_first_session": _time,
    "date_of_last_session": _time,
    "dob": _birthday,
    "email": _email,
    "email_click_tracking_disabled": _flag,
    "email_open_tracking_disabled": _flag,
    "email_subscribe": _state,
    "first_name": _text,
    "gender": _gender,
    "home_city": _text,
    "image_url": _url,
    "language": _language,
    "last_name": _text,
    "marked_email_as_spam_at": _time,
    "phone": _phone,
    "push_subscribe": _state,
    "time_zone": _time_zone,
}

WRITABLE_FIELDS: Final = frozenset({*_WRITERS, "subscription_groups"})
"""The fields that may come from a call."""


def attribute_names(fields: Mapping[str, PathRule], key: str) -> Iterator[str]:
    """List the attributes and profile fields that a computation may be written to.

    Args:
        fields: The rules of profile fields.
        key: The computation key.
    """
    yield key
    for field, paths in fields.items():
        alternatives = (paths,) if isinstance(paths, str) else paths
        if field != key and any(str(path).endswith(f".{key}") for path in alternatives):
            yield field
