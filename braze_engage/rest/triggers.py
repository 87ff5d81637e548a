"""What the rows that send to people have in common: whom they reach, when, and what is answered."""

from collections.abc import Sequence
from typing import ClassVar

from braze_engage.errors import ConfigurationError
from braze_engage.limits import RECIPIENTS
from braze_engage.objects import Recipient
from braze_engage.objects.checks import at_most, check_flag
from braze_engage.objects.json_objects import own_values
from braze_engage.objects.models import model
from braze_engage.rest.filter_values import Audience, connected_audience

__all__ = [
    "ScheduleResult",
    "SendResult",
    "Triggering",
    "bucket_of",
    "check_broadcast",
]


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


@model(kw_only=True, field_transformer=own_values)
class Triggering:
    """Whom to reach: recipients, or everybody.

    Args:
        broadcast: True reaches the whole target audience; needed without recipients, and not
            allowed together with them.
        audience: Filters, as `braze_engage.rest.filters` makes them, applied when Braze sends.
        recipients: At most 50.
    """

    foreign: ClassVar[str] = ""
    """What recipients of the other kind of send carry."""

    broadcast: bool = False
    audience: Audience | None = None
    recipients: Sequence[Recipient] = ()

    def __attrs_post_init__(self) -> None:
        check_broadcast(self, "recipients")
        at_most(self, RECIPIENTS, "recipients")
        if self.audience is not None:
            connected_audience(self.audience)
        for index, recipient in enumerate(self.recipients):
            if self.foreign and getattr(recipient, self.foreign) is not None:
                raise ConfigurationError(
                    f"{type(self).__name__}.recipients[{index}].{self.foreign}: Braze reads it "
                    f"for {_READERS[self.foreign]} only, give {_INSTEAD[self.foreign]}"
                )

    def narrowed_bucket(self) -> str:
        """Count sends to recipients against the common pool."""
        return bucket_of(self, "recipients")


_READERS = {"context": "Canvases", "trigger_properties": "campaigns"}
_INSTEAD = {"context": "trigger_properties", "trigger_properties": "context"}


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
