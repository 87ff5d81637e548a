"""What the rows that send have in common: broadcasts or people, rate pools, answers."""

from braze_engage.errors import ConfigurationError
from braze_engage.objects.checks import check_flag
from braze_engage.objects.models import model

__all__ = ["ScheduleResult", "SendResult", "bucket_of", "check_broadcast"]


def check_broadcast(request: object, *named: str) -> None:
    """Refuse a request that names people and broadcasts too, or does neither.

    Args:
        request: The request; it has ``broadcast``.
        *named: Its lists of people.

    Raises:
        ConfigurationError: Braze would refuse it, or reach nobody.
    """
    name, broadcast = type(request).__name__, getattr(request, "broadcast", False)
    check_flag(f"{name}.broadcast", broadcast)
    given = [one for one in named if getattr(request, one)]
    if broadcast and given:
        raise ConfigurationError(
            f"{name} holds broadcast and {' and '.join(given)}: "
            "leave one out, broadcast reaches the whole audience"
        )
    if not broadcast and not given:
        raise ConfigurationError(
            f"{name} names nobody: give {' or '.join(named)}, "
            "or broadcast=True to reach the whole audience"
        )


def bucket_of(request: object, *named: str) -> str:
    """Name the rate pool: sends to people named one by one use the common one.

    Args:
        request: The request.
        *named: Its lists of people.
    """
    one_by_one = any(getattr(request, name) for name in named)
    return "default" if one_by_one else "broadcast_sends"


@model(kw_only=True)
class SendResult:
    """Braze took the send; it goes out as the people can be reached.

    Args:
        message: ``success``.
        dispatch_id: Names this transmission, for all its recipients.
        send_id: Present where the send is tracked.
        errors: What concerns single recipients; the others are served.
    """

    message: str
    dispatch_id: str
    send_id: str | None = None
    errors: tuple[str, ...] = ()


@model(kw_only=True)
class ScheduleResult:
    """Braze took the schedule.

    Args:
        message: ``success``.
        schedule_id: Needed to change or cancel it.
        dispatch_id: Names the transmission.
    """

    message: str
    schedule_id: str
    dispatch_id: str | None = None
