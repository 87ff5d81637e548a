"""Filters in the words of the dashboard, for those who make segments there.

https://www.braze.com/docs/user_guide/audience/segments/segmentation_filters
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeAlias

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.limits import COUNT_DAYS, COUNT_IN_DAYS, EVENT_NAME_CHARACTERS
from braze_engage.objects.checks import check_choice, check_flag, check_text, refused
from braze_engage.objects.models import model
from braze_engage.rest.filter_comparisons import (
    ZONE_NOTE,
    check_count,
    comparison_of,
    counted,
    shown,
)
from braze_engage.rest.filter_values import (
    ConnectedAudience,
    ConnectedAudienceFilter,
    DashboardOnly,
    connected_audience,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.rest.filter_comparisons import Comparison
    from braze_engage.rest.filter_values import (
        Audience,
        CustomAttributeFilter,
        SubscriptionStatusFilter,
    )

__all__ = ["CohortFilter", "EventCountFilter", "describe"]

Described: TypeAlias = "Audience | CohortFilter | EventCountFilter"

_EARLY_ACCESS: Final = "The filter is there once Braze has enabled cohort import for Segment."
_NEVER_TOO: Final = '"less than" and "exactly 0" also find people who never did it.'
_CALENDAR: Final = "Days are calendar days in UTC: 1 day looks back 24 to 48 hours."
_SHARED_EVENTS: Final = {
    "Audience Entered": ("audience", "audience_key"),
    "Audience Exited": ("audience", "audience_key"),
    "Trait Computed": ("trait", "trait_key"),
}


@model()
class CohortFilter(DashboardOnly):
    """Membership in a cohort, as a segment in the dashboard filters by it.

    Args:
        name: What the cohort is called in the dashboard.
        includes: False finds those who are not in it.

    Raises:
        ConfigurationError: The name is empty, or includes is no boolean.

    https://www.braze.com/docs/cohort_import
    """

    remedy: ClassVar[str] = (
        "write the audience as a boolean custom attribute too and filter with for_audience(key)"
    )

    name: str
    includes: bool = attrs.field(default=True, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_text("CohortFilter.name", self.name)
        check_flag("CohortFilter.includes", self.includes)


@model()
class EventCountFilter(DashboardOnly):
    """How often somebody did a custom event, as a segment in the dashboard filters by it.

    Args:
        event: Name of the event, at most 255 characters; case counts.
        comparison: ``more_than``, ``less_than`` or ``exactly``.
        count: Times, 0 or more; at most 50 where days are given.
        days: How many calendar days to look back: 1, 3, 7, 14, 21 or 30; None: all time.

    Raises:
        ConfigurationError: The dashboard has no such filter, or it would find nobody.

    https://www.braze.com/docs/user_guide/data/activation/events/custom_events
    """

    remedy: ClassVar[str] = (
        "keep what counts in a custom attribute too and filter with attribute(name)"
    )

    event: str
    comparison: Literal["more_than", "less_than", "exactly"]
    count: int
    days: int | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_text("EventCountFilter.event", self.event, EVENT_NAME_CHARACTERS)
        if self.event.startswith("$"):
            raise ConfigurationError("EventCountFilter.event: no event begins with $")
        comparisons = ("more_than", "less_than", "exactly")
        check_choice("EventCountFilter.comparison", self.comparison, comparisons)
        least = 1 if self.comparison == "less_than" else 0
        most = None if self.days is None else COUNT_IN_DAYS
        check_count("EventCountFilter.count", self.count, least, most)
        if self.days is not None:
            _check_days(self.days)


def _check_days(days: object) -> None:
    if not isinstance(days, int) or isinstance(days, bool) or days not in COUNT_DAYS:
        given = ", ".join(map(str, COUNT_DAYS))
        raise refused("EventCountFilter.days", days, f"give one of {given}, or None for all time")


def describe(item: Described) -> str:
    """Say in words which filters of the dashboard find the same people.

    Args:
        item: A filter, a tree of them, or one of those that only the dashboard has.

    Returns:
        Filters one to a line, trees as nested lists, and below them notes on what to mind.

    Raises:
        ConfigurationError: It is nothing of the kind.
    """
    if not isinstance(item, DashboardOnly):
        connected_audience(item)
    notes = dict.fromkeys(f"Note: {note}" for note in _notes(item))
    return "\n".join([*_lines(item), *notes])


def _lines(item: Described, bullet: str = "") -> Iterator[str]:
    if not isinstance(item, ConnectedAudience):
        yield f"{bullet}{_words(item)}"
        return
    yield f"{bullet}{'All' if item.all_of else 'Any'} of these:"
    inner = f"{' ' * len(bullet)}- "
    for member in item.all_of or item.any_of:
        yield from _lines(member, inner)


def _words(item: ConnectedAudienceFilter | CohortFilter | EventCountFilter) -> str:
    if isinstance(item, CohortFilter):
        verb = "includes" if item.includes else "does not include"
        return f"Segment Cohorts {verb} {shown(item.name)}"
    if isinstance(item, EventCountFilter):
        return _event_words(item)
    return _filter_words(item)


def _event_words(item: EventCountFilter) -> str:
    often = f"{item.comparison.replace('_', ' ')} {counted(item.count, 'time')}"
    if item.days is None:
        return f"Custom Event {shown(item.event)} {often}"
    span = counted(item.days, "calendar day")
    return f"X Custom Event In Y Days {shown(item.event)} {often} in the last {span}"


def _filter_words(item: ConnectedAudienceFilter) -> str:
    if item.custom_attribute is not None:
        leaf = item.custom_attribute
        words = _comparison(leaf).worded(leaf.value)
        return f"Custom Attributes {shown(leaf.custom_attribute_name)} {words}"
    if item.push_subscription_status is not None:
        return f"Push Subscription Status {_status(item.push_subscription_status)}"
    if item.email_subscription_status is not None:
        return f"Email Subscription Status {_status(item.email_subscription_status)}"
    used = item.last_used_app
    assert used is not None  # exactly one of the four is given
    return f"Last Used App {used.comparison} {shown(used.value)}"


def _comparison(leaf: CustomAttributeFilter) -> Comparison:
    return comparison_of(leaf.custom_attribute_name, leaf.data_type, leaf.comparison)


def _status(leaf: SubscriptionStatusFilter) -> str:
    return f"{leaf.comparison} {leaf.value}".replace("_", " ")


def _notes(item: Described) -> Iterator[str]:
    if isinstance(item, ConnectedAudience):
        for member in item.all_of or item.any_of:
            yield from _notes(member)
    elif isinstance(item, CohortFilter):
        yield _EARLY_ACCESS
    elif isinstance(item, EventCountFilter):
        yield from _event_notes(item)
    elif item.custom_attribute is not None:
        yield from _comparison(item.custom_attribute).notes(item.custom_attribute.value)
    elif item.last_used_app is not None:
        yield ZONE_NOTE


def _event_notes(item: EventCountFilter) -> Iterator[str]:
    if item.comparison == "less_than" or (item.comparison == "exactly" and item.count == 0):
        yield _NEVER_TOO
    if item.days is not None:
        yield _CALENDAR
    if item.event in _SHARED_EVENTS:
        kind, key = _SHARED_EVENTS[item.event]
        yield (
            f'Every {kind} sends "{item.event}" and all of them are counted; to count one, use '
            f"X Custom Event Property In Y Days on {key}, once segmenting by it is enabled."
        )
