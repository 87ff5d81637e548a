"""When messages go."""

from datetime import datetime

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.objects.checks import check_flag
from braze_engage.objects.models import model
from braze_engage.objects.times import time_text

__all__ = ["Schedule"]


def _schedule_time(moment: datetime | str) -> str:
    if isinstance(moment, datetime) and moment.tzinfo is None:
        return moment.isoformat(timespec="milliseconds")
    return time_text(moment)


@model(kw_only=True)
class Schedule:
    """When to send.

    Args:
        time: A datetime, or text in ISO 8601; without zone it counts as UTC, or as everybody's own
            time where one of the others is True. Then it must be without zone.
        in_local_time: Whether each person gets it at that time of their own zone; Braze refuses a
            time that has passed everywhere.
        at_optimal_time: Whether each person gets it when they usually react; only the date counts.

    Raises:
        ConfigurationError: The time is none, or has a zone where it is everybody's own.

    https://www.braze.com/docs/api/objects_filters/schedule_object
    """

    time: str = attrs.field(converter=_schedule_time)
    in_local_time: bool = False
    at_optimal_time: bool = False

    def __attrs_post_init__(self) -> None:
        check_flag("Schedule.in_local_time", self.in_local_time)
        check_flag("Schedule.at_optimal_time", self.at_optimal_time)
        zoned = (
            self.time.endswith(("Z", "UTC")) or "+" in self.time or self.time.count("-") > len("--")
        )
        if zoned and (self.in_local_time or self.at_optimal_time):
            raise ConfigurationError(
                "Schedule.time has a zone: leave it out, in_local_time and at_optimal_time mean "
                "the zone of each person"
            )
