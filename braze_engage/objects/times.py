"""Times as Braze reads them.

https://www.braze.com/docs/api/basics
"""

import re
from datetime import date, datetime, timezone
from typing import TypeGuard

from braze_engage.errors import ConfigurationError
from braze_engage.objects.checks import refused
from braze_engage.operation import Unset

__all__ = [
    "braze_time",
    "check_period",
    "date_text",
    "is_time_text",
    "profile_time",
    "time_text",
]

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:[.:,]\d{1,9})?)?"
    r"(?: ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?))?)?",
    re.ASCII,
)
_OTHER_FORMS = (
    re.compile(r"(?:0\d|1[0-2])/[0-3]\d/\d{4}", re.ASCII),
    re.compile(r"[A-Z][a-z]{2} \d\d \d\d \d\d:\d\d:\d\d\.\S{1,8} \d{4}", re.ASCII),
)
_REMEDY = "give a datetime, or text such as 2026-11-23T10:15:00Z"


def braze_time(moment: datetime) -> str:
    """Write a moment in UTC with milliseconds, such as ``2026-11-23T10:15:00.000Z``.

    Args:
        moment: Any datetime; one without zone counts as UTC, as Braze reads it.

    Raises:
        ConfigurationError: The moment lies outside the years 1 to 9999 in UTC.
    """
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        except OverflowError:
            raise refused("time", moment, "give a year from 1 to 9999 in UTC") from None
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def check_period(request: object, first: str, last: str) -> None:
    """Refuse a period that ends before it begins.

    Args:
        request: The request.
        first: Its field for the beginning, a datetime or None.
        last: Its field for the end.

    Raises:
        ConfigurationError: The end is earlier.
    """
    begins, ends = getattr(request, first), getattr(request, last)
    if isinstance(begins, datetime) and isinstance(ends, datetime):
        name = type(request).__name__
        if braze_time(begins) > braze_time(ends):
            raise ConfigurationError(
                f"{name}.{first} lies after {last}: give the earlier one first"
            )


def is_time_text(value: object) -> TypeGuard[str]:
    """Tell whether a value is text that Braze reads as a time, by its form and the calendar.

    Args:
        value: Anything.
    """
    found = _ISO.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True


def time_text(moment: datetime | str) -> str:
    """Write the time of an event or purchase.

    Args:
        moment: A datetime (one without zone counts as UTC) or text in ISO 8601.

    Raises:
        ConfigurationError: It is neither.
    """
    if isinstance(moment, datetime):
        return braze_time(moment)
    if is_time_text(moment):
        return moment
    raise refused("time", moment, _REMEDY)


def profile_time(moment: datetime | str | Unset | None) -> str | Unset | None:
    """Write a time of a profile, for which Braze reads some further forms.

    Args:
        moment: A datetime, text in one of the documented forms, None to clear, or UNSET.

    Raises:
        ConfigurationError: It is none of these.
    """
    if moment is None or isinstance(moment, Unset):
        return moment
    if isinstance(moment, str) and any(form.fullmatch(moment) for form in _OTHER_FORMS):
        return moment
    return time_text(moment)


def date_text(day: date | str | Unset | None) -> str | Unset | None:
    """Write a day as ``YYYY-MM-DD``.

    Args:
        day: A date, text of that form, None to clear, or UNSET.

    Raises:
        ConfigurationError: It is none of these; a datetime is none, its day depends on the zone.
    """
    if day is None or isinstance(day, Unset):
        return day
    if isinstance(day, date) and not isinstance(day, datetime):
        return day.isoformat()
    if isinstance(day, str) and len(day) == len("YYYY-MM-DD") and is_time_text(day):
        return day
    raise ConfigurationError("dob: give a date, or text of the form YYYY-MM-DD")
