"""What became of a call, and why: two closed lists that everything else refers to."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["REASONS", "Outcome", "Reason", "Unreadable"]


class _Word(str, Enum):
    # Python versions differ in how they print an enumeration of texts
    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, format_spec: str) -> str:
        return format(str(self.value), format_spec)


class Outcome(_Word):
    """What became of a call or of one of its deliveries, in rising order of urgency.

    A call has the highest outcome of its deliveries. ``rank`` is the place in this order; what
    ranks above ``SENT`` needs attention.
    """

    rank: int

    def __new__(cls, value: str) -> Self:  # noqa: D102 - called by no one but Enum
        member = str.__new__(cls, value)
        member._value_ = value
        member.rank = len(cls.__members__)
        return member

    FILTERED = "filtered"
    """No rule wants it."""
    DUPLICATE = "duplicate"
    """The same message was handled before."""
    SUPERSEDED = "superseded"
    """A newer value of the same person and key is known."""
    UNCHANGED = "unchanged"
    """Braze has it already."""
    SENT = "sent"
    """Accepted by Braze; for cohorts accepted, not confirmed."""
    HELD = "held"
    """Kept back, released later."""
    UNIDENTIFIED = "unidentified"
    """No identifier the endpoint accepts."""
    MALFORMED = "malformed"
    """The call cannot be used as it is."""
    REJECTED = "rejected"
    """Braze refused this item."""
    FAILED = "failed"
    """Not delivered; may be handed in again."""
    UNKNOWN = "unknown"
    """Sent, the answer was lost, and a repetition might count twice."""


class Reason(_Word):
    """Why a call ended as it did.

    Every reason belongs to exactly one ``outcome``; ``text`` says it in plain words.
    """

    outcome: Outcome
    text: str

    def __new__(cls, value: str, outcome: Outcome, text: str) -> Self:  # noqa: D102 - as above
        member = str.__new__(cls, value)
        member._value_ = value
        member.outcome = outcome
        member.text = text
        return member

    NOT_ENGAGE = ("not_engage", Outcome.FILTERED, "it does not come from Engage")
    NO_RULE = ("no_rule", Outcome.FILTERED, "no delivery is set for this computation")
    IGNORED = ("ignored", Outcome.FILTERED, "a rule says to ignore this computation")
    NOT_A_USER = ("not_a_user", Outcome.FILTERED, "it is about an account, not about a person")
    OTHER_SPACE = ("other_space", Outcome.FILTERED, "it comes from a space that is not listed")
    ENTITY_EVENT = (
        "entity_event",
        Outcome.FILTERED,
        "it is about entities of a linked audience, which is an event and no membership",
    )
    JOURNEY_EVENT = (
        "journey_event",
        Outcome.FILTERED,
        "it is a journey step without a membership, which is an event",
    )
    TOO_OLD = ("too_old", Outcome.FILTERED, "it is older than the rules allow")
    NOT_IDENTIFY = (
        "not_identify",
        Outcome.FILTERED,
        "it is no identify call, and only those become attributes by this delivery",
    )
    NOT_TRACK = (
        "not_track",
        Outcome.FILTERED,
        "it is no track call, and only those become events by this delivery",
    )
    NULL_IGNORED = ("null_ignored", Outcome.FILTERED, "a rule says to ignore nulls")
    NOTHING_TO_WRITE = (
        "nothing_to_write",
        Outcome.FILTERED,
        "it carries nothing that could be written beside the identifier",
    )

    SAME_MESSAGE = ("same_message", Outcome.DUPLICATE, "the same message was handled before")

    NEWER_KNOWN = (
        "newer_known",
        Outcome.SUPERSEDED,
        "a newer value of the same person and key is known",
    )
    PERSON_DELETED = (
        "person_deleted",
        Outcome.SUPERSEDED,
        "the person was deleted after it happened",
    )

    SAME_STATE = ("same_state", Outcome.UNCHANGED, "Braze has this value already")

    ACCEPTED = ("accepted", Outcome.SENT, "Braze accepted it")

    BUDGET = ("budget", Outcome.HELD, "the budget of data points is used up")
    NULL_GUARD = (
        "null_guard",
        Outcome.HELD,
        "more of the values of this computation are null than the rules allow",
    )
    PAUSED = ("paused", Outcome.HELD, "deliveries are paused")

    NO_IDENTIFIER = (
        "no_identifier",
        Outcome.UNIDENTIFIED,
        "it carries no identifier that this delivery accepts",
    )

    NOT_JSON = ("not_json", Outcome.MALFORMED, "the text is not valid JSON")
    NOT_AN_OBJECT = ("not_an_object", Outcome.MALFORMED, "a call must be an object")
    NO_TYPE = ("no_type", Outcome.MALFORMED, "the call has no type")
    UNKNOWN_TYPE = ("unknown_type", Outcome.MALFORMED, "Segment has no such type of call")
    BAD_CONTEXT = ("bad_context", Outcome.MALFORMED, "context or personas has the wrong shape")
    BAD_VALUES = ("bad_values", Outcome.MALFORMED, "traits or properties is not an object")
    BAD_TIME = ("bad_time", Outcome.MALFORMED, "the time cannot be read")
    NO_COMPUTATION_KEY = (
        "no_computation_key",
        Outcome.MALFORMED,
        "nothing tells which audience or trait the call is about",
    )
    NO_COMPUTATION_ID = (
        "no_computation_id",
        Outcome.MALFORMED,
        "the id of the computation, which names the cohort, is missing",
    )
    NO_MEMBERSHIP = (
        "no_membership",
        Outcome.MALFORMED,
        "the value under the computation key is missing, which is never read as a removal",
    )
    BAD_MEMBERSHIP = (
        "bad_membership",
        Outcome.MALFORMED,
        "the value under the computation key is neither true nor false",
    )
    BAD_IDENTIFIER = ("bad_identifier", Outcome.MALFORMED, "Braze would not take the identifier")
    SECOND_SPACE = (
        "second_space",
        Outcome.MALFORMED,
        "another space uses the same key; list the spaces to accept in the rules",
    )

    NO_ATTRIBUTES = (
        "no_attributes",
        Outcome.MALFORMED,
        "traits is missing or empty, so there is no computed value",
    )
    BAD_ATTRIBUTE = (
        "bad_attribute",
        Outcome.MALFORMED,
        "Braze would drop the value or read it as something else",
    )
    CONTROL_FIELD = (
        "control_field",
        Outcome.MALFORMED,
        "Braze would read the name as an instruction or an identifier and not as an attribute",
    )
    TOO_LONG = ("too_long", Outcome.MALFORMED, "a name or value is longer than Braze takes")
    BAD_EVENT_NAME = ("bad_event_name", Outcome.MALFORMED, "Braze would not take the event name")

    REFUSED_BY_BRAZE = ("refused_by_braze", Outcome.REJECTED, "Braze refused it")

    NOT_DELIVERED = ("not_delivered", Outcome.FAILED, "it could not be delivered")
    NO_ROOM = (
        "no_room",
        Outcome.FAILED,
        "it was to be held back, and no more calls can be kept",
    )
    STOPPED = ("stopped", Outcome.FAILED, "the run stopped before it was delivered")
    NO_ERASE_CLIENT = (
        "no_erase_client",
        Outcome.FAILED,
        "it is a deletion and there is no client that may carry it out",
    )

    ANSWER_LOST = ("answer_lost", Outcome.UNKNOWN, "it was sent and the answer was lost")


REASONS: Final = {reason.value: reason for reason in Reason}
"""Every reason by its word."""


class Unreadable(Exception):
    """Ends the reading of one call.

    Args:
        reason: The closed reason.
        detail: Field, kind and remedy, without any value of the call.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
