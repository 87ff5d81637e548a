"""Comparisons of custom attributes, by the type that an attribute has in Braze.

https://www.braze.com/docs/api/objects_filters/connected_audience
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from braze_engage.objects.models import model
from braze_engage.rest.filter_comparisons import COMPARISONS, comparison_of
from braze_engage.rest.filter_values import (
    ConnectedAudienceFilter,
    CustomAttributeFilter,
    check_attribute_name,
)

if TYPE_CHECKING:
    from datetime import datetime

    from braze_engage.rest.filter_comparisons import DataType, Value

__all__ = [
    "ArrayAttribute",
    "Attribute",
    "BooleanAttribute",
    "NumberAttribute",
    "TextAttribute",
    "TimeAttribute",
]

_EVERY_COMPARISON: Final = frozenset(name for rows in COMPARISONS.values() for name in rows)


@model()
class _TypedAttribute:
    name: str
    data_type: ClassVar[DataType]

    def _compare(self, comparison: str, value: Value | None = None) -> ConnectedAudienceFilter:
        return ConnectedAudienceFilter(
            custom_attribute=CustomAttributeFilter(
                custom_attribute_name=self.name,
                comparison=comparison,
                value=value,
                data_type=self.data_type,
            )
        )

    def exists(self) -> ConnectedAudienceFilter:
        """Find people who have the attribute."""
        return self._compare("exists")

    def does_not_exist(self) -> ConnectedAudienceFilter:
        """Find people who do not have the attribute."""
        return self._compare("does_not_exist")

    if not TYPE_CHECKING:  # checkers know which comparisons there are

        def __getattr__(self, name: str) -> object:
            if name in _EVERY_COMPARISON:
                comparison_of(self.name, self.data_type, name)
            raise AttributeError(f"{type(self).__name__} has no {name!r}")


class TextAttribute(_TypedAttribute):
    """Comparisons of text, which has at most 255 characters in Braze."""

    __slots__ = ()
    data_type = "text"

    def equals(self, value: str) -> ConnectedAudienceFilter:
        """Find exactly this text, its case included."""
        return self._compare("equals", value)

    def not_equal(self, value: str) -> ConnectedAudienceFilter:
        """Find every other text."""
        return self._compare("not_equal", value)

    def matches_regex(self, regex: str) -> ConnectedAudienceFilter:
        """Find texts in which some part matches.

        Args:
            regex: Perl-compatible, at most 32,764 characters; Braze ignores case.

        https://www.braze.com/docs/user_guide/engagement_tools/segments/regex
        """
        return self._compare("matches_regex", regex)

    def does_not_match_regex(self, regex: str) -> ConnectedAudienceFilter:
        """Find texts in which no part matches; people without the attribute are not found.

        Args:
            regex: Perl-compatible, at most 32,764 characters; Braze ignores case.
        """
        return self._compare("does_not_match_regex", regex)


class NumberAttribute(_TypedAttribute):
    """Comparisons of numbers: finite, and a boolean is none.

    In the dashboard "exactly 0" and "less than" also find people without the attribute.
    """

    __slots__ = ()
    data_type = "number"

    def equals(self, value: float) -> ConnectedAudienceFilter:
        """Find this number."""
        return self._compare("equals", value)

    def not_equal(self, value: float) -> ConnectedAudienceFilter:
        """Find every other number."""
        return self._compare("not_equal", value)

    def greater_than(self, value: float) -> ConnectedAudienceFilter:
        """Find larger numbers."""
        return self._compare("greater_than", value)

    def greater_than_or_equal_to(self, value: float) -> ConnectedAudienceFilter:
        """Find this number and larger ones."""
        return self._compare("greater_than_or_equal_to", value)

    def less_than(self, value: float) -> ConnectedAudienceFilter:
        """Find smaller numbers."""
        return self._compare("less_than", value)

    def less_than_or_equal_to(self, value: float) -> ConnectedAudienceFilter:
        """Find this number and smaller ones."""
        return self._compare("less_than_or_equal_to", value)


class BooleanAttribute(_TypedAttribute):
    """Comparisons of booleans. Who left an audience is False: compare, do not ask for existence."""

    __slots__ = ()
    data_type = "boolean"

    def equals(self, value: bool) -> ConnectedAudienceFilter:  # noqa: FBT001 - it is the value
        """Find this boolean."""
        return self._compare("equals", value)

    def not_equal(self, value: bool) -> ConnectedAudienceFilter:  # noqa: FBT001 - it is the value
        """Find the other boolean; Braze does not say whether also people without the attribute."""
        return self._compare("not_equal", value)


class ArrayAttribute(_TypedAttribute):
    """Comparisons of arrays, whose items are text of at most 255 characters and numbers."""

    __slots__ = ()
    data_type = "array"

    def includes_value(self, value: str | float) -> ConnectedAudienceFilter:
        """Find arrays with this item."""
        return self._compare("includes_value", value)

    def does_not_include_value(self, value: str | float) -> ConnectedAudienceFilter:
        """Find arrays without this item."""
        return self._compare("does_not_include_value", value)


class TimeAttribute(_TypedAttribute):
    """Comparisons of times. Days are whole; a moment without zone counts as UTC."""

    __slots__ = ()
    data_type = "time"

    def less_than_x_days_ago(self, days: int) -> ConnectedAudienceFilter:
        """Find times of the last days, 1 or more."""
        return self._compare("less_than_x_days_ago", days)

    def greater_than_x_days_ago(self, days: int) -> ConnectedAudienceFilter:
        """Find times before the last days, 0 or more."""
        return self._compare("greater_than_x_days_ago", days)

    def less_than_x_days_in_the_future(self, days: int) -> ConnectedAudienceFilter:
        """Find times of the next days, 1 or more."""
        return self._compare("less_than_x_days_in_the_future", days)

    def greater_than_x_days_in_the_future(self, days: int) -> ConnectedAudienceFilter:
        """Find times after the next days, 0 or more."""
        return self._compare("greater_than_x_days_in_the_future", days)

    def after(self, moment: datetime) -> ConnectedAudienceFilter:
        """Find later times."""
        return self._compare("after", moment)

    def before(self, moment: datetime) -> ConnectedAudienceFilter:
        """Find earlier times."""
        return self._compare("before", moment)


@model()
class Attribute:
    """A custom attribute whose type is still to be named, as Braze knows it."""

    name: str

    def __attrs_post_init__(self) -> None:
        check_attribute_name(self.name)

    @property
    def text(self) -> TextAttribute:
        """It holds text."""
        return TextAttribute(self.name)

    @property
    def number(self) -> NumberAttribute:
        """It holds a number."""
        return NumberAttribute(self.name)

    @property
    def boolean(self) -> BooleanAttribute:
        """It holds true or false."""
        return BooleanAttribute(self.name)

    @property
    def array(self) -> ArrayAttribute:
        """It holds a list of text and numbers."""
        return ArrayAttribute(self.name)

    @property
    def time(self) -> TimeAttribute:
        """It holds a time."""
        return TimeAttribute(self.name)
