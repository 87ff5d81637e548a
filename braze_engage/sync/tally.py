"""From entries that ended to the calls behind them."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.sync.partly_accepted import accepted_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from braze_engage.sync.entries import TrackEntry, TrackWaiting
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.sending import Finished

__all__ = ["Tally"]


class Tally:
    """Ends a call when the last of its entries has ended, with the highest of their outcomes.

    Args:
        entries: What is sent.
        finished: Told of each call.
        ledger: Keeps account.

    Attributes:
        spent: Data points of what Braze accepted, or may have accepted.
    """

    def __init__(self, entries: Sequence[TrackEntry], finished: Finished, ledger: Ledger) -> None:
        self._finished = finished
        self._ledger = ledger
        # how many entries each call is behind, of those that are behind several
        calls = list(map(id, chain.from_iterable([entry.calls for entry in entries])))
        self._open: dict[int, int] = {}
        if len(set(calls)) < len(calls):
            self._open = {slot: count for slot, count in Counter(calls).items() if count > 1}
        self._worst: dict[int, tuple[Reason, str]] = {}
        self._accepted: list[TrackEntry] = []
        self.spent = 0

    def requested(self, bucket: str) -> None:
        """Count an accepted request.

        Args:
            bucket: Its rate pool.
        """
        self._ledger.requested(bucket)

    def accepted(self, entries: Iterable[TrackEntry]) -> None:
        """Note entries that Braze accepted.

        Args:
            entries: Which.
        """
        entries = list(entries)
        self._ledger.tracked(entries)
        done: dict[Reason, list[TrackWaiting]] = {}
        self._accepted += entries
        self.spent += sum([entry.points for entry in entries])
        if not self._open and not any(entry.shadowed for entry in entries):
            # each call is behind one entry alone, as most are
            if entries:
                whole = list(chain.from_iterable([entry.sources for entry in entries]))
                self._tell({Reason.ACCEPTED: whole})
            return
        for entry in entries:
            for one in entry.sources:
                self._end(one, Reason.ACCEPTED, "", done)
            for one in entry.shadowed:
                self._end(one, Reason.NEWER_KNOWN, "", done)
        self._tell(done)

    def ended(self, entry: TrackEntry, reason: Reason, detail: str = "") -> None:
        """Note an entry that was not accepted.

        Args:
            entry: Which.
            reason: How it ended.
            detail: What is wrong and what to do.
        """
        if reason.outcome is Outcome.UNKNOWN:
            self.spent += entry.points
        done: dict[Reason, list[TrackWaiting]] = {}
        for one in entry.calls:
            self._end(one, reason, detail, done)
        self._tell(done)

    def _end(
        self,
        one: TrackWaiting,
        reason: Reason,
        detail: str,
        done: dict[Reason, list[TrackWaiting]],
    ) -> None:
        slot = id(one)
        left = self._open.get(slot)
        if left is None:
            if reason.outcome.rank > Outcome.SENT.rank:
                self._worst[slot] = reason, detail
            done.setdefault(reason, []).append(one)
            return
        worst = self._worst.get(slot)
        if worst is None or reason.outcome.rank > worst[0].outcome.rank:
            self._worst[slot] = reason, detail
        self._open[slot] = left - 1
        if left == 1:
            done.setdefault(self._worst[slot][0], []).append(one)

    def _tell(self, done: dict[Reason, list[TrackWaiting]]) -> None:
        for reason, part in done.items():
            if reason.outcome.rank <= Outcome.SENT.rank:
                self._finished(part, reason)
                continue
            for one in part:
                self._finished([one], reason, self._worst[id(one)][1])
                if (partly := accepted_part(one, self._accepted)) is not None:
                    self._finished([partly], Reason.ACCEPTED)
