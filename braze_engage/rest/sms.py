"""The group "sms" of the REST API."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from braze_engage.limits import IDENTIFIERS_PER_REQUEST, LISTED_ADDRESSES
from braze_engage.objects import Accepted
from braze_engage.objects.checks import at_least_one_of, check_choice, one_to
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.operation import Family, Offsets, Operation, PagedOperation, Replay
from braze_engage.rest.dates import check_dates, check_part

__all__ = [
    "InvalidPhoneNumber",
    "InvalidPhoneNumberPage",
    "ListInvalidPhoneNumbers",
    "RemoveInvalidPhoneNumbers",
    "Sms",
]


@model(kw_only=True, field_transformer=own_sequences)
class ListInvalidPhoneNumbers:
    """Which days or which numbers, and which part of the list.

    Args:
        start_date: The first day, before end_date; both or phone_numbers are needed.
        end_date: The last day.
        limit: Numbers in one answer, 1 to 500.
        offset: How many to skip.
        phone_numbers: In E.164, whatever the days.
        reason: Why they are invalid; for any reason unless told otherwise.
    """

    start_date: date | None = None
    end_date: date | None = None
    limit: int = 100
    offset: int = 0
    phone_numbers: Sequence[str] = ()
    reason: Literal["provider_error", "deactivated"] | None = None

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "start_date", "phone_numbers")
        check_dates(self)
        check_part(self, LISTED_ADDRESSES)
        if self.reason is not None:
            reasons = ("provider_error", "deactivated")
            check_choice("ListInvalidPhoneNumbers.reason", self.reason, reasons)


@model(kw_only=True)
class InvalidPhoneNumber:
    """A number found invalid.

    Args:
        phone: The number in E.164.
        invalid_detected_at: When, in ISO 8601.
        reason: ``provider_error`` or ``deactivated``.
    """

    phone: str
    invalid_detected_at: str | None = None
    reason: str | None = None


@model(kw_only=True)
class InvalidPhoneNumberPage:
    """Numbers found invalid, newest first.

    Args:
        message: ``success``.
        sms: Those asked for.
    """

    message: str
    sms: tuple[InvalidPhoneNumber, ...] = ()


@model(kw_only=True, field_transformer=own_sequences)
class RemoveInvalidPhoneNumbers:
    """Numbers to take off the list.

    Args:
        phone_numbers: 1 to 50 in E.164.
    """

    phone_numbers: Sequence[str]

    def __attrs_post_init__(self) -> None:
        one_to(self, IDENTIFIERS_PER_REQUEST, "phone_numbers")


class Sms(Family):
    """Phone numbers found invalid."""

    group = "sms"

    list_invalid_phone_numbers = PagedOperation(
        "GET",
        "/sms/invalid_phone_numbers",
        ListInvalidPhoneNumbers,
        InvalidPhoneNumberPage,
        items=lambda page: page.sms,
        paging=Offsets(100),
        bucket="default",
        replay=Replay.ALWAYS,
        permission="sms.invalid_phone_numbers",
        docs="https://www.braze.com/docs/api/endpoints/sms/get_query_invalid_numbers",
    )
    """List numbers found invalid."""

    remove_invalid_phone_numbers = Operation(
        "POST",
        "/sms/invalid_phone_numbers/remove",
        RemoveInvalidPhoneNumbers,
        Accepted,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="sms.invalid_phone_numbers.remove",
        docs="https://www.braze.com/docs/api/endpoints/sms/post_remove_invalid_numbers",
    )
    """Take numbers off the list of invalid ones. Unconfirmed: Braze prints no answer."""
