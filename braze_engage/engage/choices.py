"""What rules choose from."""

from __future__ import annotations

from enum import Enum

import attrs

from braze_engage.errors import ConfigurationError

__all__ = ["DataPointBudget", "Enrichment", "Nulls", "OtherCalls"]


class Enrichment(Enum):
    """Which traits of an identify call of Engage are written."""

    ALL = "all"
    """The computed ones, and those that Trait Enrichment and ID Sync put beside them."""
    COMPUTED_ONLY = "computed_only"
    """The one under the computation key; where no trait has that name, as in SQL traits, all but
    the identifiers."""


class Nulls(Enum):
    """What becomes of a trait that is null."""

    FORWARD = "forward"
    """Null is sent, which removes the attribute in Braze and clears the profile field."""
    IGNORE = "ignore"
    """It is left out, so Braze keeps the last value."""


class OtherCalls(Enum):
    """What becomes of identify and track calls that are not Engage's."""

    FILTER = "filter"
    """They are filtered."""
    FORWARD = "forward"
    """They become attributes and events like those of Engage."""


@attrs.frozen(kw_only=True)
class DataPointBudget:
    """How many data points may be spent; what is over it is held.

    Days and months are those of UTC. None is no limit.

    Args:
        per_run: In one run.
        per_day: In one day.
        per_month: In one month.

    Raises:
        ConfigurationError: A number is negative, or none is given.
    """

    per_run: int | None = None
    per_day: int | None = None
    per_month: int | None = None

    def __attrs_post_init__(self) -> None:
        given = attrs.asdict(self)
        if all(points is None for points in given.values()):
            raise ConfigurationError(
                "DataPointBudget sets no limit; give per_run, per_day or per_month"
            )
        for name, points in given.items():
            if points is None:
                continue
            if not isinstance(points, int) or isinstance(points, bool) or points < 0:
                raise ConfigurationError(
                    f"DataPointBudget.{name} must be a whole number of at least 0, not "
                    f"{type(points).__name__}" + (f" {points}" if isinstance(points, int) else "")
                )
