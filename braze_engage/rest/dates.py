"""Which days and which part of a list of addresses to read, for the groups that have one."""

from datetime import date
from typing import cast

from braze_engage.errors import ConfigurationError
from braze_engage.objects.checks import check_range, refused

__all__ = ["check_dates", "check_part"]


def check_dates(request: object) -> None:
    """Refuse days that are none, a start without an end, and a start that is not before the end.

    Args:
        request: Has ``start_date`` and ``end_date``.

    Raises:
        ConfigurationError: Braze would refuse them.
    """
    owner = type(request).__name__
    days: list[date | None] = [getattr(request, name) for name in ("start_date", "end_date")]
    for name, day in zip(("start_date", "end_date"), days, strict=True):
        if type(cast("object", day)) not in (date, type(None)):  # a datetime is a date to Python
            raise refused(f"{owner}.{name}", day, "give a datetime.date without a time")
    start, end = days
    if start is not None and (end is None or start >= end):
        raise ConfigurationError(
            f"{owner}.start_date has no later end_date: give an end_date after it"
        )


def check_part(request: object, most: int) -> None:
    """Refuse a limit or an offset that is none.

    Args:
        request: Has ``limit`` and ``offset``.
        most: The largest limit.

    Raises:
        ConfigurationError: One is out of range.
    """
    owner = type(request).__name__
    check_range(f"{owner}.limit", getattr(request, "limit", None), least=1, most=most)
    check_range(f"{owner}.offset", getattr(request, "offset", None), least=0)
