"""Sends a batch of one cohort: names it, splits what Braze refuses, waits for what passes."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, TypeVar

from braze_engage.cohorts.changes import CohortChange
from braze_engage.engage.batches import cut
from braze_engage.engage.outcomes import Reason
from braze_engage.errors import (
    BadRequest,
    ConfigurationError,
    Forbidden,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    ResourceLocked,
    ResponseError,
    ServerError,
    TransportError,
    Unauthorized,
    UnreadableResponse,
)
from braze_engage.objects import UserAlias
from braze_engage.sync.sending import Halt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from braze_engage.cohorts.changes import CohortReply
    from braze_engage.cohorts.client import CohortClient
    from braze_engage.engage.audiences import MembershipChange
    from braze_engage.sync.lanes import Lane, Waiting
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.sending import Finished

__all__ = ["CohortDelivery", "cohort_changes"]

_T = TypeVar("_T")
_BAD_REQUEST: Final = 400
_PROBE_EVERY: Final = 30.0
_QUOTA_WAIT: Final = 60.0
_SECOND_NS: Final = 1_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIRST_SECOND: Final = -62_135_596_800  # 0001-01-01
_LAST_SECOND: Final = 253_402_300_799  # 9999-12-31, its last second
_PASSING: Final = (TransportError, ServerError, ResourceLocked, UnreadableResponse)


class _Interrupted(Exception):
    """The run was halted while this batch waited."""


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
    seconds = min(max(nanoseconds // _SECOND_NS, _FIRST_SECOND), _LAST_SECOND)
    return _EPOCH + timedelta(seconds=seconds)


class CohortDelivery:
    """Brings batches of one cohort into Braze.

    Args:
        cohorts: The client.
        ledger: Keeps account.
        patience: Seconds Braze may be out of reach before the run stops.
        monotonic: The clock for waiting.
        now: The clock of the world, seconds since the epoch.
    """

    def __init__(
        self,
        cohorts: CohortClient,
        ledger: Ledger,
        *,
        patience: float,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._cohorts = cohorts
        self._ledger = ledger
        self._patience = patience
        self._monotonic = monotonic
        self._now = now
        self._down_since: float | None = None

    def __call__(
        self,
        lane: Lane,
        batch: Sequence[Waiting],
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
        """
        try:
            if self._name(lane, batch, finished, pause):
                self._change(lane, batch, finished, pause)
        except _Interrupted:
            return

    def _name(
        self,
        lane: Lane,
        batch: Sequence[Waiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> bool:
        first = min(waiting.change.order.time_ns for waiting in batch)
        created_at = utc_moment(first)
        try:
            sent = self._persist(
                lambda: self._cohorts.ensure_named(
                    lane.cohort_id, lane.name, created_at=created_at, explicit=lane.name_is_explicit
                ),
                pause,
            )
        except (BadRequest, PayloadTooLarge) as error:
            finished(batch, Reason.NOT_DELIVERED, f"Braze refused the cohort: {error.message}")
            return False
        if sent:
            self._ledger.named()
        return True

    def _change(
        self,
        lane: Lane,
        batch: Sequence[Waiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        by_identity = {waiting.change.identity: waiting for waiting in batch}
        parts = [
            [by_identity[change.identity] for change in part]
            for part in cut(waiting.change for waiting in batch)
        ]
        parts.reverse()
        while parts:
            part = parts.pop()
            refusal = self._send(lane, part, pause)
            if refusal is None:
                self._wrote(lane, part)
                finished(part, Reason.ACCEPTED)
            elif len(part) == 1:
                finished(part, Reason.REFUSED_BY_BRAZE, _without_identity(refusal, part[0]))
            else:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]

    def _send(
        self, lane: Lane, part: Sequence[Waiting], pause: Callable[[float], bool]
    ) -> str | None:
        entries = cohort_changes(waiting.change for waiting in part)
        try:
            reply: CohortReply = self._persist(
                lambda: self._cohorts.change(lane.cohort_id, entries), pause
            )
        except (BadRequest, PayloadTooLarge) as error:
            return error.message
        # Which id an entry of these undocumented errors means is not said, so the request is
        # halved until the guilty one stands alone; memberships may be repeated.
        return "; ".join(str(error) for error in reply.errors) or None

    def _wrote(self, lane: Lane, part: Sequence[Waiting]) -> None:
        added = sum(waiting.change.member for waiting in part)
        self._ledger.wrote(lane.cohort_id, lane.name, added=added, removed=len(part) - added)

    def _persist(self, send: Callable[[], _T], pause: Callable[[float], bool]) -> _T:
        """Send until Braze answers with something that waiting does not change."""
        while True:
            try:
                answer = send()
            except RateLimited as error:
                wait = self._quota(error)
            except (Unauthorized, Forbidden) as error:
                raise Halt(str(error), credentials=True) from error
            except (NotFound, ConfigurationError) as error:
                raise Halt(str(error)) from error
            except BadRequest as error:
                if error.status != _BAD_REQUEST:
                    # A redirect or a proxy that asks who is there is no word about a person.
                    raise Halt(str(error)) from error
                raise
            except _PASSING as error:
                wait = self._outage(error)
            else:
                self._down_since = None
                return answer
            if not pause(wait):
                raise _Interrupted

    def _quota(self, error: RateLimited) -> float:
        if error.reset_at is None:
            return _QUOTA_WAIT
        return max(error.reset_at - self._now(), 1.0)

    def _outage(self, error: TransportError | ResponseError) -> float:
        now = self._monotonic()
        if self._down_since is None:
            self._down_since = now
        left = self._patience - (now - self._down_since)
        if left <= 0:
            raise Halt(
                f"Braze was out of reach for {self._patience:.0f} s ({error}); "
                "run again when it is back, or raise outage_patience"
            ) from error
        return min(_PROBE_EVERY, left)


def _without_identity(text: str, waiting: Waiting) -> str:
    identity = waiting.change.identity
    forms = {identity.value, identity.label}
    forms |= {
        json.dumps(form, ensure_ascii=ascii_)[1:-1] for form in forms for ascii_ in (True, False)
    }
    for form in sorted(filter(None, forms), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", "[id]", text)
    return f"Braze refused it: {text}"
