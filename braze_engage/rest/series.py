"""Which days or hours of a data series to read, for the groups that have one."""

from datetime import datetime
from typing import Literal, cast

from braze_engage.limits import SERIES_LENGTH
from braze_engage.objects.checks import check_choice, check_range, check_text, refused
from braze_engage.objects.models import model

__all__ = ["DailySeries", "HourlySeries", "check_given"]


def check_given(request: object, *names: str) -> None:
    """Refuse fields that are neither left out nor text.

    Args:
        request: The request.
        *names: The fields.

    Raises:
        ConfigurationError: One is something else.
    """
    for name in names:
        if (value := getattr(request, name)) is not None:
            check_text(f"{type(request).__name__}.{name}", value)


@model(kw_only=True)
class DailySeries:
    """Which days.

    Args:
        length: How many, 1 to 100.
        ending_at: The last one; now unless told otherwise.
    """

    length: int
    ending_at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        name = type(self).__name__
        check_range(f"{name}.length", self.length, least=1, most=SERIES_LENGTH)
        if not isinstance(cast("object", self.ending_at), datetime | None):
            raise refused(f"{name}.ending_at", self.ending_at, "give a datetime")


@model(kw_only=True)
class HourlySeries(DailySeries):
    """Which days or hours.

    Args:
        length: How many, 1 to 100.
        ending_at: The last one; now unless told otherwise.
        unit: Days unless told otherwise.
    """

    unit: Literal["day", "hour"] = "day"

    def __attrs_post_init__(self) -> None:
        DailySeries.__attrs_post_init__(self)
        check_choice(f"{type(self).__name__}.unit", self.unit, ("day", "hour"))
