"""Sends a batch of one cohort: names it, splits what Braze refuses, waits for what passes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from braze_engage.cohorts.changes import CohortChange, PartnerCohorts
from braze_engage.engage.batches import cut
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.times import SECOND_NS
from braze_engage.errors import BadRequest, PayloadTooLarge
from braze_engage.objects import UserAlias
from braze_engage.sync.wording import without_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from braze_engage.cohorts.changes import CohortReply
    from braze_engage.cohorts.client import CohortClient
    from braze_engage.engage.audiences import MembershipChange
    from braze_engage.sync.lanes import Lane, MembershipWaiting
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.patience import Patience
    from braze_engage.sync.sending import Finished

__all__ = ["CohortDelivery", "SendCohort", "cohort_changes", "utc_moment"]

_BUCKET: Final = PartnerCohorts.update_users.bucket
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST_SECOND: Final = -62_135_596_800  # 0001-01-01
_LAST_SECOND: Final = 253_402_300_799  # 9999-12-31, its last second


def cohort_changes(changes: Iterable[MembershipChange]) -> list[CohortChange]:
    """Write changes as at most one entry that adds and one that removes.

    Args:
        changes: Changes of one cohort, each of another person.
    """
    entries: list[CohortChange] = []
    changes = list(changes)
    for member in (True, False):
        identities = [change.identity for change in changes if change.member is member]
        if identities:
            entries.append(
                CohortChange(
                    user_ids=[i.value for i in identities if i.kind == "external_id"],
                    device_ids=[i.value for i in identities if i.kind == "device_id"],
                    aliases=[
                        UserAlias(alias_name=i.value, alias_label=i.label)
                        for i in identities
                        if i.kind == "user_alias"
                    ],
                    should_remove=not member,
                )
            )
    return entries


def utc_moment(nanoseconds: int) -> datetime:
    """Return a time since 1970 as a datetime, to the second, within the years it can hold.

    Args:
        nanoseconds: The time.
    """
    seconds = min(max(nanoseconds // SECOND_NS, _FIRST_SECOND), _LAST_SECOND)
    return _EPOCH + timedelta(seconds=seconds)


class SendCohort(Protocol):
    """Sends one batch of a cohort, whatever that takes."""

    def __call__(
        self,
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        """Send one batch.

        Args:
            lane: The cohort.
            batch: What to send.
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.

        Raises:
            Halt: The run cannot go on.
            Interrupted: The run was halted meanwhile.
        """
        ...


class CohortDelivery:
    """Brings batches of one cohort into Braze.

    Args:
        cohorts: The client.
        ledger: Keeps account.
        patience: Waits out quotas and outages.
        named: Told of every cohort that was named.
    """

    def __init__(
        self,
        cohorts: CohortClient,
        ledger: Ledger,
        *,
        patience: Patience,
        named: Callable[[Lane], None] | None = None,
    ) -> None:
        self._named = named
        self._cohorts = cohorts
        self._ledger = ledger
        self._patience = patience

    def __call__(
        self,
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        """Send one batch.

        Args:
            lane: The cohort.
            batch: What to send.
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.

        Raises:
            Halt: The run cannot go on.
            Interrupted: The run was halted meanwhile.
        """
        if self._name(lane, batch, finished, pause):
            self._change(lane, batch, finished, pause)

    def _name(
        self,
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> bool:
        if self._cohorts.is_named(lane.cohort_id, lane.name, explicit=lane.name_is_explicit):
            return True
        first = min(waiting.change.order.time_ns for waiting in batch)
        created_at = utc_moment(first)
        try:
            sent = self._patience.persist(
                lambda: self._cohorts.ensure_named(
                    lane.cohort_id, lane.name, created_at=created_at, explicit=lane.name_is_explicit
                ),
                pause,
            )
        except (BadRequest, PayloadTooLarge) as error:
            finished(batch, Reason.NOT_DELIVERED, f"Braze refused the cohort: {error.message}")
            return False
        if sent:
            self._ledger.requested(_BUCKET)
            if self._named is not None:
                self._named(lane)
        return True

    def _change(
        self,
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        rest = iter(batch)
        parts = [list(islice(rest, len(part))) for part in cut(waiting.change for waiting in batch)]
        parts.reverse()
        while parts:
            part = parts.pop()
            refusal = self._send(lane, part, pause)
            if refusal is None:
                self._wrote(lane, part)
                finished(part, Reason.ACCEPTED)
            elif len(part) == 1:
                finished(
                    part,
                    Reason.REFUSED_BY_BRAZE,
                    without_identity(refusal, part[0].change.identity),
                )
            else:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]

    def _send(
        self, lane: Lane, part: Sequence[MembershipWaiting], pause: Callable[[float], bool]
    ) -> str | None:
        entries = cohort_changes(waiting.change for waiting in part)
        try:
            reply: CohortReply = self._patience.persist(
                lambda: self._cohorts.change(lane.cohort_id, entries), pause
            )
        except (BadRequest, PayloadTooLarge) as error:
            return error.message
        # Which id an entry of these undocumented errors means is not said, so the request is
        # halved until the guilty one stands alone; memberships may be repeated.
        return "; ".join(str(error) for error in reply.errors) or None

    def _wrote(self, lane: Lane, part: Sequence[MembershipWaiting]) -> None:
        added = sum(waiting.change.member for waiting in part)
        self._ledger.requested(_BUCKET)
        self._ledger.wrote(lane.cohort_id, lane.name, added=added, removed=len(part) - added)
