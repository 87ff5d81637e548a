"""Watches runs: tells hooks, shows progress, and logs what would be missed otherwise."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

import attrs

from braze_engage.engage.outcomes import Outcome
from braze_engage.operation.hooks import CALL_HOOKS, Teller, checked_hooks, is_told
from braze_engage.operation.summing import Summing
from braze_engage.sync.hooks import RUN_HOOKS, CallOutcome
from braze_engage.sync.outage import ASK_EVERY, Outage
from braze_engage.sync.progress import progress_of
from braze_engage.sync.report import RunStopped
from braze_engage.sync.so_far import OpenLedger
from braze_engage.sync.source import CallFile
from braze_engage.sync.standing import Pace, Standing
from braze_engage.sync.waits import Waits

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

    from braze_engage.cohorts.client import CohortClient
    from braze_engage.engage.outcomes import Reason
    from braze_engage.operation.hooks import CallHook
    from braze_engage.rest.client import BrazeClient
    from braze_engage.sync.assembly import Clients, Run
    from braze_engage.sync.hooks import Hook
    from braze_engage.sync.progress import Progress
    from braze_engage.sync.ticket import Ticket

__all__ = ["Watch", "Watching"]

_LOG: Final = logging.getLogger("braze_engage.sync")
_LOG.addHandler(logging.NullHandler())  # the report says the same to those who set up no logging
_PULSE: Final = 0.5
C = TypeVar("C", "BrazeClient", "CohortClient")


class Watching:
    """Who watches the runs of a sync.

    Args:
        hooks: Whom to tell.
        progress: What shows where a run stands, as given by the caller.

    Raises:
        ConfigurationError: A hook or the progress does not fit.
    """

    def __init__(self, hooks: Iterable[Hook], progress: object) -> None:
        self._hooks = checked_hooks(hooks, RUN_HOOKS)
        self._progress = progress_of(progress)

    def begin(self, calls: object = None) -> Watch:
        """Begin to watch a run.

        Args:
            calls: Its source, asked for its length.
        """
        total = _length(calls) if self._progress is not None else None
        return Watch(self._hooks, self._progress, total)


class Watch:
    """Watches one run.

    Args:
        hooks: Whom to tell.
        progress: What shows where it stands.
        total: Tells how many items the source has; None where nobody knows.
        monotonic: The clock.
        now: The clock of the world, seconds since the epoch.

    Attributes:
        teller: Tells the hooks of calls to Braze; None where there are none.
    """

    def __init__(
        self,
        hooks: Sequence[Hook] = (),
        progress: Progress | None = None,
        total: Callable[[], int | None] | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic = monotonic
        self._now = now
        self._waits = Waits()
        told: list[CallHook] = [hook for hook in hooks if is_told(hook, CALL_HOOKS)]
        if progress is not None:
            told.append(self._waits)
        self.teller = Teller(told, monotonic=monotonic) if told else None
        self._told = Teller(hooks, monotonic=monotonic)
        self._on_outcome = [hook.on_outcome for hook in hooks if hasattr(hook, "on_outcome")]
        self._progress = progress
        self._total = total
        self._outages: dict[str, Outage] = {}
        self._pace = Pace()
        self._began = monotonic()
        self._warned = Summing(_LOG, monotonic=monotonic)
        self._seen: Counter[str] = Counter()
        self._ledger = OpenLedger()

    def ledger(self, closed: Callable[[Ticket], None]) -> OpenLedger:
        """Make the ledger of the run.

        Args:
            closed: Told of every call that has its outcome.
        """

        def close(ticket: Ticket) -> None:
            closed(ticket)
            self._told.tell(self._on_outcome, _outcome_of(ticket))

        self._ledger = OpenLedger(closed=close if self._on_outcome else closed)
        return self._ledger

    def listen(self, clients: Clients) -> Clients:
        """Derive clients that tell the hooks and leave the reserve of each quota to other calls.

        Args:
            clients: Those of the sync.
        """

        def derived(client: C | None) -> C | None:
            if client is None:
                return None
            hooks = () if self.teller is None else self.teller.hooks
            return client.with_options(hooks=hooks, priority="backfill")

        return attrs.evolve(
            clients,
            rest=derived(clients.rest),
            cohorts=derived(clients.cohorts),
            erase=derived(clients.erase),
        )

    def outage(
        self, client: BrazeClient | CohortClient, patience: float, every: float = ASK_EVERY
    ) -> Outage:
        """Give what knows whether the host of a client is out of reach.

        Args:
            client: The client.
            patience: Seconds it may be.
            every: Seconds between two attempts to find out.
        """
        host = client.data_center.rest_url
        if host not in self._outages:
            clock = client.clock
            self._now = clock.now
            found = Outage(patience, every=every, monotonic=clock.monotonic, now=clock.now)
            self._outages[host] = found
            self._waits.outages.append(found)
        return self._outages[host]

    @contextmanager
    def over(self, run: Run) -> Generator[None]:
        """Watch a run from here to its end.

        Args:
            run: The run.
        """
        _LOG.info("a run begins")
        over = threading.Event()
        thread = threading.Thread(
            target=self._pulse, args=(run, over), name="braze-engage-watch", daemon=True
        )
        self.look(run)
        thread.start()
        try:
            yield
        except RunStopped as stopped:
            _LOG.warning("%s", stopped)
            raise
        finally:
            over.set()
            thread.join()
            self._end(run)

    def _pulse(self, run: Run, over: threading.Event) -> None:
        while not over.wait(_PULSE):
            self.look(run)

    def look(self, run: Run) -> None:
        """Show where a run stands, and log what is odd.

        Args:
            run: The run.
        """
        so_far = self._ledger.so_far()
        odd = {**so_far.warnings, **_failures(so_far.reasons)}
        for text, count in odd.items():
            if count > self._seen[text]:
                self._warned.note(text, count - self._seen[text])
                self._seen[text] = count
        self._warned.look()
        if self._progress is not None:
            self._told.tell([self._progress.update], self.standing(run))

    def standing(self, run: Run) -> Standing:
        """Tell where a run stands.

        Args:
            run: The run.
        """
        so_far = self._ledger.so_far()
        outcomes: Counter[Outcome] = Counter()
        for reason, count in so_far.reasons.items():
            outcomes[reason.outcome] += count
        # What was taken may wait yet, and an item may hold several calls, or none.
        done = min(run.taken, so_far.skipped + outcomes.total())
        now = self._monotonic()
        return Standing(
            done=done,
            total=None if self._total is None else self._total(),
            outcomes={outcome.value: count for outcome, count in outcomes.items()},
            requests=so_far.requests,
            skipped=so_far.skipped,
            seconds=now - self._began,
            rate=self._pace.at(now, done - so_far.skipped),
            waits_for=self._waits.told(self._now()),
        )

    def _end(self, run: Run) -> None:
        self.look(run)
        self._warned.flush()
        so_far = self._ledger.so_far()
        _LOG.info(
            "the run took %.1f s and %d requests: %s",
            self._monotonic() - self._began,
            so_far.requests,
            ", ".join(f"{reason.value} {count:,}" for reason, count in so_far.reasons.items())
            or "no calls",
        )
        if self._progress is not None:
            self._told.tell([self._progress.close])


def _length(calls: object) -> Callable[[], int | None] | None:
    if isinstance(calls, CallFile):
        return calls.expected
    if not isinstance(calls, Sized):
        return None
    length = len(calls)
    return lambda: length


def _outcome_of(ticket: Ticket) -> CallOutcome:
    assert ticket.reason is not None
    return CallOutcome(
        position=ticket.position,
        index=ticket.index,
        message_id=ticket.message_id,
        key=ticket.key,
        delivery=ticket.delivery,
        reason=ticket.reason,
    )


def _failures(reasons: Mapping[Reason, int]) -> dict[str, int]:
    return {
        f"calls end as {reason.outcome}: {reason.text}": count
        for reason, count in reasons.items()
        if reason.outcome.rank > Outcome.SENT.rank
    }
