"""Values brought into the limits of Braze, with a word about everything that was left out.

Braze drops what is over a limit without an error, and for one bad part of an object the whole of
it, so nothing of that kind is sent.
https://www.braze.com/docs/user_guide/data/activation/attributes/managing_custom_data
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn, cast

from braze_engage import limits
from braze_engage.engage.outcomes import Reason, Unreadable
from braze_engage.engage.times import SECOND_NS, parse_time
from braze_engage.engage.values import kind
from braze_engage.errors import ConfigurationError
from braze_engage.objects.checks import wrong_text
from braze_engage.objects.times import braze_time, is_time_text
from braze_engage.objects.values import dumps, encoded_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.objects.values import JsonValue

__all__ = [
    "MISSING",
    "MOST_BITS",
    "MOST_ENCODED",
    "NOT_PLAIN",
    "Dropped",
    "are_filled",
    "check_name",
    "fit_text",
    "is_filled",
    "is_short",
    "moment",
    "moment_text",
    "plain",
    "refuse",
    "shown",
    "size",
]

MISSING: Final = object()
"""Stands for a value that is not there, where null has a meaning of its own."""
NOT_PLAIN: Final = object()
"""Stands for a list, an object, or what JSON does not know."""
MOST_BITS: Final = 1023
"""Of a whole number; a larger one has no place in JSON of other languages."""
MOST_ENCODED: Final = 6 * (limits.KEY_CHARACTERS + limits.STRING_CHARACTERS) + len('"":"",')
"""Bytes of a name and a short value as JSON; no character takes more than six, a control one."""

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - all arithmetic is in UTC
_NS_PER_MS: Final = 1_000_000
_FEWEST_SECONDS: Final = 100_000_000
_FEWEST_MILLISECONDS: Final = 100_000_000_000
_MOST_MILLISECONDS: Final = 100_000_000_000_000
_SHOWN: Final = 64
_WHOLE: Final = 1e16
"""Below it a float without fraction is printed like the whole number it is."""


class Dropped(NamedTuple):
    """What was left out of an attributes object or event.

    Args:
        name: The trait or property, with the way to the part of it that is meant.
        why: The reason and a remedy, without any value of the call.
    """

    name: str
    why: str


def refuse(reason: Reason, detail: str) -> NoReturn:
    """Raise what keeps a value from being sent.

    Args:
        reason: The closed reason.
        detail: What is wrong with it and what to do.

    Raises:
        Unreadable: Always.
    """
    raise Unreadable(reason, detail)


def shown(name: object) -> str:
    """Write a name for a message, shortened and with everything that text can carry.

    Args:
        name: Of a trait or property.
    """
    text = name if isinstance(name, str) else kind(name)
    if len(text) > _SHOWN:
        text = f"{text[:_SHOWN]}..."
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def check_name(name: object) -> str:
    """Take a name of an attribute or property.

    Args:
        name: The name.

    Raises:
        Unreadable: It is no text, empty, longer than 255 characters or cannot be encoded.
    """
    if not isinstance(name, str) or not name or name.isspace():
        refuse(Reason.BAD_ATTRIBUTE, "its name is empty; give it one")
    if len(name) > limits.KEY_CHARACTERS:
        refuse(
            Reason.TOO_LONG,
            f"its name has {len(name):,} characters and Braze takes {limits.KEY_CHARACTERS}; "
            "shorten it",
        )
    if wrong_text(name):
        refuse(Reason.BAD_ATTRIBUTE, "its name holds half of a surrogate pair; send valid Unicode")
    return name


def is_short(value: object) -> bool:
    """Tell at a glance whether a value needs nothing done to it.

    Null, booleans, ordinary numbers and short texts in ASCII are such values.

    Args:
        value: Any value; false says nothing about it.
    """
    return value is None or is_filled(value)


def is_filled(value: object) -> bool:
    """Tell at a glance whether a value needs nothing done to it and is not null.

    Args:
        value: Any value; false says nothing about it.
    """
    if isinstance(value, str):
        return len(value) <= limits.STRING_CHARACTERS and value.isascii()
    if isinstance(value, int):
        return value.bit_length() <= MOST_BITS
    return isinstance(value, float) and isfinite(value)


def are_filled(values: Sequence[object]) -> bool:
    """Tell at a glance whether nothing needs to be done to the items of a list.

    Args:
        values: The items; false says nothing about them.
    """
    if values and isinstance(values[0], str):
        try:
            text = "".join(cast("Sequence[str]", values))
        except TypeError:  # one of them is no text after all
            return False
        if len(text) <= limits.STRING_CHARACTERS:
            return text.isascii()
    return all(map(is_filled, values))


def plain(value: object) -> object:
    """Check a value that is neither a list nor an object.

    Args:
        value: Any value.

    Returns:
        The value, a time as text, or ``NOT_PLAIN``.

    Raises:
        Unreadable: Braze would not store it.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _short(value)
    if isinstance(value, int):
        if value.bit_length() > MOST_BITS:
            refuse(Reason.BAD_ATTRIBUTE, "the number is too large; send it as text")
        return value
    if isinstance(value, float):
        if not isfinite(value):
            refuse(Reason.BAD_ATTRIBUTE, "the number is not finite; send null or leave it out")
        return value
    if isinstance(value, date):
        return _date_text(value)
    return NOT_PLAIN


def _short(text: str) -> str:
    if len(text) > limits.STRING_CHARACTERS:
        refuse(
            Reason.TOO_LONG,
            f"the text has {len(text):,} characters and Braze takes {limits.STRING_CHARACTERS}; "
            "shorten it",
        )
    if wrong_text(text):
        refuse(Reason.BAD_ATTRIBUTE, "the text holds half of a surrogate pair; send valid Unicode")
    return text


def _date_text(value: date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    try:
        text = braze_time(value)
    except (ConfigurationError, TypeError, ValueError):
        text = ""
    if not is_time_text(text):  # the "not a time" of data frames is a datetime as well
        refuse(Reason.BAD_ATTRIBUTE, "the time lies outside the years 1 to 9999, or is none")
    return text


def moment(value: object) -> int | None:
    """Read a time from where an app may have put anything.

    Args:
        value: ISO 8601, or a number of seconds or milliseconds since 1970; from 1973 to 5138 the
            two cannot be confused, and other numbers are not guessed at.

    Returns:
        Nanoseconds since 1970 UTC, None where it cannot be read.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return parse_time(value)
    if _FEWEST_SECONDS <= value < _FEWEST_MILLISECONDS:
        return int(value * SECOND_NS)
    if _FEWEST_MILLISECONDS <= value < _MOST_MILLISECONDS:
        return int(value * _NS_PER_MS)
    return None


def moment_text(time_ns: int) -> str | None:
    """Write a moment as Braze reads it, such as ``2026-11-02T09:15:00.066Z``.

    Args:
        time_ns: Nanoseconds since 1970 UTC; the milliseconds of it are written.

    Returns:
        The text, None outside the years 1 to 9999.
    """
    seconds, fraction = divmod(time_ns, SECOND_NS)
    try:
        return f"{_second_text(seconds)}.{fraction // _NS_PER_MS:03}Z"
    except OverflowError:
        return None


@lru_cache(maxsize=1024)
def _second_text(seconds: int) -> str:
    # Engage computes for many people at once, so of the same second come thousands of calls
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()


def fit_text(value: object) -> str | None:
    """Write a value as text, as JSON has it; text stays and null remains null.

    Args:
        value: A value that fits already.

    Raises:
        Unreadable: The text is too long.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        value = int(value)
    return _short(dumps(value))


def size(value: object) -> int:
    """Count the bytes of a value as JSON.

    Args:
        value: A value that fits.
    """
    return encoded_size(cast("JsonValue", value))
