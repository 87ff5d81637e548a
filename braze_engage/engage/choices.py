"""What rules choose from."""

from __future__ import annotations

from enum import Enum

__all__ = ["Enrichment", "Nulls", "OtherCalls"]


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
