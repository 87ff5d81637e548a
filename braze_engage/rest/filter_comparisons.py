"""Which comparison Braze knows for which type of attribute, and what the dashboard calls it.

https://www.braze.com/docs/api/objects_filters/connected_audience
https://www.braze.com/docs/user_guide/data/activation/custom_data/data_types
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.limits import REGEX_CHARACTERS, STRING_CHARACTERS
from braze_engage.objects.checks import check_flag, check_text, quoted, refused, wrong_text
from braze_engage.objects.models import model
from braze_engage.objects.times import braze_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "COMPARISONS",
    "ZONE_NOTE",
    "Comparison",
    "DataType",
    "Value",
    "check_count",
    "check_moment",
    "comparison_of",
    "counted",
    "shown",
]

DataType: TypeAlias = Literal["text", "number", "boolean", "array", "time"]
Value: TypeAlias = str | int | float | bool | datetime

# https://www.braze.com/docs/user_guide/data/activation/custom_data/data_types
_MOST_WHOLE: Final = 2**53 - 1  # every reader of JSON keeps these exact


@model()
class Comparison:
    """One comparison of one type of attribute.

    Args:
        words: How the dashboard says it, with ``{value}``, ``{days}`` or ``{opposite}``.
        check: Refuses a value that does not fit; None where there is no value.
        note: What a marketer should know.
        noted_at: The one value the note is about; None: about every value.
    """

    words: str
    check: Callable[[str, object], None] | None = None
    note: str = ""
    noted_at: int | None = attrs.field(default=None, kw_only=True)

    def worded(self, value: Value | None) -> str:
        """Say it as the dashboard does.

        Args:
            value: The value compared with, if any.
        """
        if value is None:
            return self.words
        days = counted(value, "day") if isinstance(value, int) else ""
        return self.words.format(value=shown(value), days=days, opposite=shown(not value))

    def notes(self, value: Value | None) -> list[str]:
        """List what to keep in mind.

        Args:
            value: The value compared with, if any.
        """
        return [self.note] if self.note and self.noted_at in (None, value) else []


def shown(value: Value) -> str:
    """Write a value for people.

    Args:
        value: A checked value.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{braze_time(value)[:19].replace('T', ' ')} UTC"
    if isinstance(value, str):
        return f'"{str.__str__(value)}"'
    whole = int(value)
    # Decimal, because people do not read exponents.
    return str(whole) if whole == value else format(Decimal(float.__repr__(float(value))), "f")


def counted(number: int, thing: str) -> str:
    """Write a number of things.

    Args:
        number: How many.
        thing: What, in the singular.
    """
    return f"{shown(number)} {thing}{'' if number == 1 else 's'}"


def _check_string(field: str, value: object) -> None:
    if not isinstance(value, str):
        raise refused(field, value, "give a text, or name the type that the attribute has")
    if len(value) > STRING_CHARACTERS:
        raise refused(field, value, f"Braze stores at most {STRING_CHARACTERS}, give no more")
    if wrong_text(value):
        raise refused(field, value, "give text without lone surrogates")


def _check_regex(field: str, value: object) -> None:
    check_text(field, value, REGEX_CHARACTERS)


def _check_number(field: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _finite(value):
        raise refused(field, value, "give a finite int or float; a boolean is no number")


def _finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:  # an int beyond every double
        return False


def _check_item(field: str, value: object) -> None:
    if isinstance(value, str):
        _check_string(field, value)
    elif isinstance(value, bool):
        raise refused(field, value, "arrays hold text and numbers, give one of these")
    else:
        _check_number(field, value)


def check_moment(field: str, value: object) -> None:
    """Refuse what is no moment.

    Args:
        field: Class and field.
        value: What stands there.

    Raises:
        ConfigurationError: It is no datetime, or lies outside the years 1 to 9999 in UTC.
    """
    if not isinstance(value, datetime):
        raise refused(field, value, "give a datetime; one without zone counts as UTC")
    braze_time(value)


def check_count(field: str, value: object, least: int, most: int | None = None) -> None:
    """Refuse what is no whole number in a range.

    Args:
        field: Class and field.
        value: What stands there.
        least: The smallest that makes sense.
        most: The largest, where Braze documents one.

    Raises:
        ConfigurationError: It is something else.
    """
    whole = value if isinstance(value, int) and not isinstance(value, bool) else -1
    if not least <= whole <= (_MOST_WHOLE if most is None else most):
        span = f"{least} or more" if most is None else f"from {least} to {most}"
        raise refused(field, value, f"give a whole number, {span}")


def _check_days(field: str, value: object) -> None:
    check_count(field, value, 0)


def _check_some_days(field: str, value: object) -> None:
    check_count(field, value, 1)  # less than 0 days is nobody


_RENAMED: Final = 'Older dashboards say "{}" instead of "{}".'
_EXACT: Final = " The whole text counts, and so does its case."
_PART: Final = '"matches regex" finds parts of a text and ignores case.'
_NEEDS_VALUE: Final = (
    '"does not match regex" finds only people who have the attribute; '
    'add "is blank" with OR to find the others too.'
)
_BLANK_TOO: Final = (
    '"less than" and "exactly 0" also find people who do not have the attribute; '
    'add "is not blank" to leave them out.'
)
_NOT_SET: Final = (
    "Braze does not say whether people without the attribute count as not equal; "
    'choose the value without "or not set" to leave them out.'
)
_LEFT: Final = (
    "People who left an audience have false and are not blank: filter by true for its members."
)
_HOURS: Final = "A day is 24 hours here."
ZONE_NOTE: Final = "The dashboard asks for dates in the time zone of the company."

COMPARISONS: Final[Mapping[DataType, Mapping[str, Comparison]]] = {
    "text": {
        "equals": Comparison(
            "is any of {value}", _check_string, _RENAMED.format("equals", "is any of") + _EXACT
        ),
        "not_equal": Comparison(
            "is none of {value}",
            _check_string,
            _RENAMED.format("does not equal", "is none of") + _EXACT,
        ),
        "matches_regex": Comparison("matches regex {value}", _check_regex, _PART),
        "does_not_match_regex": Comparison(
            "does not match regex {value}", _check_regex, _NEEDS_VALUE
        ),
        "exists": Comparison("is not blank", note="An empty text counts as blank."),
        "does_not_exist": Comparison("is blank"),
    },
    "number": {
        "equals": Comparison("exactly {value}", _check_number, _BLANK_TOO, noted_at=0),
        "not_equal": Comparison("does not equal {value}", _check_number),
        "greater_than": Comparison("more than {value}", _check_number),
        "greater_than_or_equal_to": Comparison(
            "more than {value}, OR exactly {value}", _check_number, _BLANK_TOO, noted_at=0
        ),
        "less_than": Comparison("less than {value}", _check_number, _BLANK_TOO),
        "less_than_or_equal_to": Comparison(
            "less than {value}, OR exactly {value}", _check_number, _BLANK_TOO
        ),
        "exists": Comparison("is not blank"),
        "does_not_exist": Comparison("is blank"),
    },
    "boolean": {
        "equals": Comparison("is {value}", check_flag, _RENAMED.format("equals", "is")),
        "not_equal": Comparison("is {opposite} or not set", check_flag, _NOT_SET),
        "exists": Comparison("is not blank", note=_LEFT),
        "does_not_exist": Comparison("is blank", note=_LEFT),
    },
    "array": {
        "includes_value": Comparison(
            "includes any of {value}",
            _check_item,
            _RENAMED.format("includes value", "includes any of"),
        ),
        "does_not_include_value": Comparison(
            "includes none of {value}",
            _check_item,
            _RENAMED.format("does not include value", "includes none of"),
        ),
        "exists": Comparison("has a value"),
        "does_not_exist": Comparison("is empty"),
    },
    "time": {
        "less_than_x_days_ago": Comparison("less than {days} ago", _check_some_days, _HOURS),
        "greater_than_x_days_ago": Comparison("more than {days} ago", _check_days, _HOURS),
        "less_than_x_days_in_the_future": Comparison(
            "in less than {days} in the future", _check_some_days, _HOURS
        ),
        "greater_than_x_days_in_the_future": Comparison(
            "in more than {days} in the future", _check_days, _HOURS
        ),
        "after": Comparison("after {value}", check_moment, ZONE_NOTE),
        "before": Comparison("before {value}", check_moment, ZONE_NOTE),
        "exists": Comparison("is not blank"),
        "does_not_exist": Comparison("is blank"),
    },
}
"""Type of attribute -> comparison as Braze's API spells it -> what is known of it."""


def comparison_of(name: str, data_type: object, comparison: object) -> Comparison:
    """Find a comparison, or say what to use instead.

    Args:
        name: Name of the attribute.
        data_type: Its type.
        comparison: As Braze's API spells it.

    Raises:
        ConfigurationError: There is no such type, or the comparison does not fit it.
    """
    rows = next((rows for known, rows in COMPARISONS.items() if known == data_type), None)
    if rows is None:
        raise ConfigurationError(
            f"{quoted(data_type)} is no type of attributes: give one of {', '.join(COMPARISONS)}"
        )
    found = rows.get(comparison) if isinstance(comparison, str) else None
    if found is None:
        raise ConfigurationError(
            f"{quoted(comparison)} does not fit {quoted(name)} as {data_type}: "
            f"give one of {', '.join(rows)}, or the type that the attribute has"
        )
    return found
