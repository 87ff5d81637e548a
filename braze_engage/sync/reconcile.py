"""Brings full lists into Braze: reads them, compares them, sends what differs."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import attrs

from braze_engage.engage.calls import Unusable
from braze_engage.engage.deliveries import delivery_count
from braze_engage.engage.outcomes import Reason
from braze_engage.errors import BrazeError, StateError
from braze_engage.sync.ledger import Ledger
from braze_engage.sync.list_job import ListTicket
from braze_engage.sync.partitions import PARTS
from braze_engage.sync.report import RunStopped
from braze_engage.sync.running import carry_out
from braze_engage.sync.sending import Halt
from braze_engage.sync.state_computations import KnownComputation

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.assembly import Run
    from braze_engage.sync.decider import Defaults, Part
    from braze_engage.sync.keeping import Keeper
    from braze_engage.sync.lasting import Lasting
    from braze_engage.sync.list_calls import ListCalls
    from braze_engage.sync.list_job import ListJob
    from braze_engage.sync.partitions import Spill
    from braze_engage.sync.report import Report
    from braze_engage.sync.sqlite_state import SqliteState
    from braze_engage.sync.ticket import Ticket
    from braze_engage.sync.watching import Watch

__all__ = ["NewRun", "Reconcile"]

_RULE: Final = "reconcile"


class NewRun(Protocol):
    """Makes a run."""

    def __call__(self, ledger: Ledger, keeper: Keeper, *, watch: Watch) -> Run:
        """Make a run.

        Args:
            ledger: Keeps account.
            keeper: Writes down what is under way and what has ended.
            watch: Tells hooks and shows progress.
        """
        ...


class Reconcile:
    """Brings full lists into Braze, all or none of them.

    Args:
        lasting: The state file and what belongs to it.
        jobs: The lists.
        rules: The rules of the sync.
        defaults: What rules that are None stand for.
        spill: Has room for what they hold and what differs.
    """

    def __init__(
        self,
        lasting: Lasting,
        jobs: Sequence[ListJob],
        *,
        rules: EngageRules,
        defaults: Defaults,
        spill: Spill,
    ) -> None:
        self._lasting = lasting
        self._state: SqliteState = lasting.state
        self._jobs = jobs
        self._rules = rules
        self._defaults = defaults
        self._spill = spill
        self._calls: list[tuple[ListJob, ListCalls]] = []
        self._began = time.monotonic()

    @contextmanager
    def taken(self) -> Generator[None, None, None]:
        """Take the audiences, so that nobody else reconciles them meanwhile.

        Raises:
            ConfigurationError: A reconcile of one is under way, the rules lead to no list, or
                nobody says when a list was taken though that matters.
            StateError: The state cannot be read or written.
        """
        with ExitStack() as stack:
            for job in self._jobs:
                for subject, _, _ in job.calls(self._rules, self._defaults).targets():
                    with self._state.snapshots() as snapshots:
                        found = snapshots.take(job.audience, subject, valued=job.is_valued)
                    stack.callback(self._state.release_snapshot, found)
                    job.snapshots.append(found)
                job.date(self._state.now_ns)
            yield
        # Who is not erased now is erased when the next run begins, which says what is wrong.
        with suppress(StateError):
            self._state.erase_people()

    def read(self) -> None:
        """Read the lists; nothing was sent when it raises.

        Raises:
            RunStopped: A list raised, an item of it is no id, or Ctrl-C was pressed.
            StateError: The disk does not take it.
        """
        for job in self._jobs:
            self._read(job)

    def _read(self, job: ListJob) -> None:
        try:
            job.read()
        except StateError:
            raise
        except KeyboardInterrupt:
            raise self._stopped("interrupted; nothing was sent") from None
        except Exception as error:
            said = f": {error}" if isinstance(error, BrazeError) else ""
            raised = f"the list of {job.audience!r} raised {type(error).__name__}{said}"
            raise self._stopped(f"{raised}; nothing was sent") from error

    def _stopped(self, why: str) -> RunStopped:
        report = Ledger().report(forgotten=0, seconds=time.monotonic() - self._began)
        return RunStopped(why, report=report, position=self._taken)

    @property
    def _taken(self) -> int:
        return sum(job.taken for job in self._jobs)

    def compare(self) -> None:
        """Compare the lists with what Braze holds.

        Raises:
            StateError: The state cannot be read.
        """
        for job in self._jobs:
            calls = job.calls(self._rules, self._defaults)
            self._calls.append((job, calls))
            job.aim(self._state, calls)
            job.compare()

    def begin(self) -> None:
        """Begin to send, unless a list is refused.

        Raises:
            ConfigurationError: A list is empty, or removes more people than it may.
            StateError: The state cannot be written.
        """
        for job in self._jobs:
            job.check()
        # the next list of it may come without a key
        self._state.put_computations(
            KnownComputation(
                id=job.audience, key=job.key, space_id=None, first_ns=job.as_of, last_ns=job.as_of
            )
            for job in self._jobs
            if job.found is None and not job.is_valued
        )
        with self._state.snapshots() as snapshots:
            for job in self._jobs:
                for snapshot in job.snapshots:
                    snapshots.begin(snapshot, job.as_of)

    def send(self, keeper: Keeper, watch: Watch, new_run: NewRun) -> Report:
        """Send what differs.

        Args:
            keeper: Writes down what is under way and what has ended.
            watch: Tells hooks and shows progress.
            new_run: Makes the run.

        Raises:
            RunStopped: The run ended before everything was sent, or the state cannot be written.
        """
        ledger = self._ledger(keeper, watch)
        keeper.warns(ledger.warn)
        feed = partial(self._feed_all, ledger)
        run = new_run(ledger, keeper, watch=watch)
        try:
            with watch.over(run):
                report = carry_out(run, feed, ledger, self._state)
        except RunStopped as stopped:
            raise RunStopped(
                stopped.why,
                report=self._counted(stopped.report),
                position=self._taken,
                credentials=stopped.credentials,
            ) from stopped.__cause__
        report = self._counted(report)
        try:
            for job in self._jobs:
                job.renew(self._spill)
        except StateError as error:
            raise RunStopped(str(error), report=report, position=self._taken) from None
        return report

    def _ledger(self, keeper: Keeper, watch: Watch) -> Ledger:
        def closed(ticket: Ticket) -> None:
            keeper.closed(ticket)
            if isinstance(ticket, ListTicket):
                ticket.job.closed(ticket)

        ledger = watch.ledger(closed)
        for warning in filter(None, (job.warning() for job in self._jobs)):
            ledger.warn(warning)
        return ledger

    def _feed_all(self, ledger: Ledger, run: Run, take: Callable[[], int]) -> None:
        """Hand everything that differs to a run, as a `Feed`, audiences side by side."""
        try:
            for part in range(PARTS):
                for job, calls in self._calls:
                    self._feed(job, calls, part, run, take, ledger)
        except StateError as error:
            run.dispatcher.halt(Halt(str(error)))

    def _feed(
        self,
        job: ListJob,
        calls: ListCalls,
        part: int,
        run: Run,
        take: Callable[[], int],
        ledger: Ledger,
    ) -> None:
        for person, value, member, delivery in job.differences(part):
            if run.dispatcher.halted:
                return
            call, parts = calls.came(person, value) if member else calls.gone(person)
            parts = [one for one in parts if one.delivery & delivery or not one.delivery]
            deliveries = sum(delivery_count(one.delivery) for one in parts)
            ticket = ListTicket(take(), deliveries, job=job, member=member)
            ticket.key, ticket.time_ns, ticket.rule = job.key, job.as_of, _RULE
            run.keeper.opened(ticket, call, call.raw)
            self._offer(run, parts, ticket, ledger)

    def _offer(self, run: Run, parts: Sequence[Part], ticket: ListTicket, ledger: Ledger) -> None:
        usable: list[Part] = []
        for part in parts:
            change = part.change
            if isinstance(change, Unusable):
                reason, detail = change.reason, change.detail
            elif not self._state.is_gone(change.identity):
                usable.append(part)
                continue
            else:
                reason, detail = Reason.PERSON_DELETED, ""
            ledger.settle(ticket, reason, delivery=part.delivery or None, detail=detail)
        if usable:
            run.gate(usable, ticket)

    def _counted(self, report: Report) -> Report:
        """Add those of whom no call was made, since Braze holds what the list says."""
        reasons, outcomes = Counter(report.reasons), Counter(report.outcomes)
        deliveries = Counter(report.deliveries)
        for job in self._jobs:
            for reason, people in job.quiet().items():
                if people:
                    reasons[reason] += people
                    outcomes[reason.outcome] += people
                    deliveries[reason.outcome] += people * len(job.targets)
        return attrs.evolve(
            report,
            calls=sum(outcomes.values()),
            reasons=dict(reasons),
            outcomes=dict(outcomes),
            deliveries=dict(deliveries),
            lists=tuple(job.counts() for job in self._jobs),
        )
