"""What a report counts beside outcomes: what was written, how late calls came, who was deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from datetime import datetime

    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.identity import Identity
    from braze_engage.engage.outcomes import Outcome, Reason

__all__ = ["CohortCounts", "DeletionReceipt", "Failure", "KeyCounts", "Lag"]


@attrs.frozen(kw_only=True)
class Failure:
    """A call that did not end well, or not yet.

    Args:
        position: Number of the item in the source, from 0.
        index: Place in the item where that is an array of calls, else None.
        message_id: Segment's id of the call, where it has one.
        delivery: The delivery that failed, or None where the call could not be read.
        outcome: What became of it.
        reason: Why.
        retryable: Whether handing the call in again can help and can do no harm.
        detail: What is wrong and what to do, without personal data.
    """

    position: int
    index: int | None
    message_id: str | None
    delivery: Delivery | None
    outcome: Outcome
    reason: Reason
    retryable: bool
    detail: str


@attrs.frozen(kw_only=True)
class CohortCounts:
    """What was written to one cohort.

    Args:
        cohort_id: The cohort's id, which is the computation's id in Engage.
        name: The name it was given in Braze.
        added: Memberships added.
        removed: Memberships removed.
        requests: Membership requests accepted.
    """

    cohort_id: str
    name: str
    added: int
    removed: int
    requests: int


@attrs.frozen(kw_only=True)
class KeyCounts:
    """What was written to profiles for one computation by one delivery.

    Args:
        key: The computation key; empty for calls that are not Engage's.
        delivery: ``IDENTIFY``, ``BOOLEAN`` or ``TRACK``; ``IDENTIFY`` also stands for what
            ``BOOLEAN`` would have written alike.
        objects: Entries of ``/users/track`` that carry something of it; one entry may carry
            several computations.
        data_points: What Braze bills for it.
    """

    key: str
    delivery: Delivery
    objects: int
    data_points: int


@attrs.frozen(kw_only=True)
class Lag:
    """How late the calls of one computation came, in seconds.

    Args:
        key: The computation key.
        calls: How many came.
        received_mean: From the time of a call until Segment received it, on average; None where
            no call says when it was received.
        received_max: The same, at most.
        sent_mean: From the time of a call until Braze accepted it, on average; None where none
            was sent.
        sent_max: The same, at most.
        stale: Calls older than the ``cadence`` rule expects.
    """

    key: str
    calls: int
    received_mean: float | None
    received_max: float | None
    sent_mean: float | None
    sent_max: float | None
    stale: int


@attrs.frozen(kw_only=True)
class DeletionReceipt:
    """Proof that Braze accepted the deletion of a person.

    Braze carries it out within five minutes.

    Args:
        position: Number of the item in the source, from 0.
        index: Place in the item where that is an array of calls, else None.
        message_id: Segment's id of the call, where it has one.
        identity: Who was deleted; not shown when printed.
        accepted_at: When Braze accepted it.
    """

    position: int
    index: int | None
    message_id: str | None
    identity: Identity = attrs.field(repr=False)
    accepted_at: datetime
