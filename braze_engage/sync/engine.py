"""The sync: a stream of Engage calls goes in, every call is accounted for."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from braze_engage import limits
from braze_engage.cohorts.client import CohortClient
from braze_engage.errors import ConfigurationError
from braze_engage.objects import TrackLimits
from braze_engage.rest.client import BrazeClient
from braze_engage.sync import options
from braze_engage.sync.assembly import Clients, Options, Run, rehearsal_options
from braze_engage.sync.decider import Decider
from braze_engage.sync.durations import seconds
from braze_engage.sync.holding import Holding
from braze_engage.sync.keeping import Keeper
from braze_engage.sync.lasting import checkpoint_name
from braze_engage.sync.ledger import Ledger
from braze_engage.sync.plan import Plan
from braze_engage.sync.reconciling_sync import ReconcilingSync
from braze_engage.sync.rehearsal import Rehearsal, key_sums, quotas
from braze_engage.sync.resuming import feed_resumed
from braze_engage.sync.running import Turns, carry_out, feed_items, rehearse
from braze_engage.sync.settling import Recent
from braze_engage.sync.source import Sources
from braze_engage.sync.watching import Watching

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator

    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.hooks import Hook
    from braze_engage.sync.lanes import Lane
    from braze_engage.sync.plan import PlannedRequest
    from braze_engage.sync.progress import Progress
    from braze_engage.sync.report import Report
    from braze_engage.sync.standing import Standing
    from braze_engage.sync.state import StateStore
    from braze_engage.sync.watching import Watch

__all__ = ["EngageSync"]

_HOUR: Final = timedelta(hours=1)
_SURGE: Final = 10_000
_WEEK: Final = timedelta(days=7)


class EngageSync(ReconcilingSync):
    """Carries Engage calls into Braze.

    Args:
        rest: Client of the REST API; needed by ``Delivery.IDENTIFY``, ``TRACK`` and ``BOOLEAN``.
        cohorts: Client of the cohort import; needed by ``Delivery.COHORT``.
        erase: Client of the REST API that carries out deletions. Give it a key of its own with
            the permission ``users.delete``, which the key of `rest` should not have. Without it
            every deletion is a failure.
        rules: What becomes of which call; the default brings audiences into cohorts, or without
            `cohorts` into attributes and events, and computed traits into attributes.
        state: Path of the state file, which is made where there is none; a `SqliteState` or a
            store of your own; or None to remember in memory, bounded.
        concurrency: Requests under way at once, at most; one a cohort and one a person.
        track_limits: How many objects a request of ``/users/track`` may hold; your contract with
            Braze decides.
        settle: Seconds between two writes of one person, because Braze keeps no order between
            requests; changes that come meanwhile are folded.
        consistency_gap: Seconds between a write to ``/users/track`` and what depends on it at
            another endpoint: a cohort change, which ignores people whom Braze does not know, or
            a deletion. Writes usually show within 4 s; Braze formally advises five minutes.
        repeat_after_lost_answer: Whether events are sent again when nobody knows if Braze took
            them. Braze then may count them twice; otherwise they end as ``unknown``.
        outage_patience: How long Braze may be out of reach before a run stops.
        hooks: Whom to tell what happens, such as a `Hook`.
        progress: What shows where a run stands: True for a bar of tqdm, a callable that takes a
            `Standing`, or a `Progress`.
        workspace: Name of the workspace. A state file belongs to one, and refuses another.
        reassert_after: How long a state file given as a path takes it that Braze holds a
            membership it accepted: Braze ignores people whom it does not know.

    Raises:
        ConfigurationError: An argument is wrong, or a delivery lacks its client.
    """

    def __init__(  # noqa: PLR0913 - options, all by name
        self,
        *,
        rest: BrazeClient | None = None,
        cohorts: CohortClient | None = None,
        erase: BrazeClient | None = None,
        rules: EngageRules | None = None,
        state: StateStore | str | os.PathLike[str] | None = None,
        concurrency: int = 128,
        track_limits: TrackLimits = TrackLimits.COMBINED_75,
        settle: float = 0.5,
        consistency_gap: float | timedelta = 5.0,
        repeat_after_lost_answer: bool = False,
        outage_patience: timedelta = _HOUR,
        hooks: Iterable[Hook] = (),
        progress: Progress | Callable[[Standing], object] | bool | None = None,
        workspace: str | None = None,
        reassert_after: timedelta = _WEEK,
    ) -> None:
        self._clients = Clients(
            rest=options.client("rest", rest, BrazeClient),
            cohorts=options.client("cohorts", cohorts, CohortClient),
            erase=options.client("erase", erase, BrazeClient),
        )
        if rest is None and cohorts is None:
            raise ConfigurationError(
                "rest and cohorts are both None; give at least one client, "
                "for example rest=BrazeClient(...)"
            )
        self._rules = options.rules(rules)
        self._options = Options(
            threads=options.positive("concurrency", concurrency),
            settle=seconds("settle", settle),
            patience=seconds("outage_patience", outage_patience),
            # enough to keep every thread busy, and the more waits the more is folded
            surge=min(concurrency * limits.TRACK_OBJECTS, _SURGE),
            track_limits=options.track_limits(track_limits),
            repeat_after_lost_answer=options.flag(
                "repeat_after_lost_answer", repeat_after_lost_answer
            ),
        )
        self._watching = Watching(hooks, progress)
        self._sources = Sources()
        self._defaults = options.defaults(self._rules, rest=rest, cohorts=cohorts, erase=erase)
        self._decider = Decider(self._rules, self._defaults)
        self._paused: set[str] = set()
        self._lanes: dict[str, Lane] = {}
        gap = seconds("consistency_gap", consistency_gap)
        depends = cohorts is not None or erase is not None
        self._recent = Recent.of(settle=self._options.settle, gap=gap if depends else 0.0)
        self._turns = Turns()
        self._keep(
            state,
            workspace=options.workspace(workspace),
            reassert_after=seconds("reassert_after", reassert_after),
        )

    # ---- sending ----

    def run(self, calls: object, *, checkpoint: str | None = None) -> Report:
        """Send what an iterable of calls leads to and account for each call.

        Args:
            calls: Any iterable of calls: mappings, JSON lines as str or bytes, arrays of calls.
                It is read as fast as Braze takes the results, never ahead of memory. An item may
                be ``(token, call)``, where the token is JSON and no mapping.
            checkpoint: A name under which the state file notes how far the source has been dealt
                with. After a stop or a sudden end the next run under that name goes on from there:
                hand in the same source, or one that begins at the token of the last item or
                before it. A run that comes to its end forgets the checkpoint.

        Returns:
            Counts by outcome and reason, and the failures.

        Raises:
            TypeError: It is one text, one mapping, no iterable, or an iterator read before.
            ConfigurationError: There is no state file for the checkpoint, another run uses it, or
                the source is not the one it belongs to; nothing was sent.
            StateError: The state file cannot be read or written; nothing was sent.
            RunStopped: Braze refused a key, was out of reach for too long, the source raised,
                more was to be held back than can be kept, the state file could not be written, or
                Ctrl-C was pressed; it carries the report and the position.
        """
        if checkpoint is None:
            return self._run(partial(feed_items, self._sources.open(calls)), calls=calls)
        lasting = self._with_file("checkpoint")
        name = checkpoint_name(checkpoint)
        lasting.state.check_checkpoint(name)
        return self._run(partial(feed_resumed, self._sources.open(calls)), name, calls=calls)

    def _run(
        self,
        feed: Callable[..., Exception | None],
        checkpoint: str | None = None,
        *,
        calls: object = None,
    ) -> Report:
        with self._turn():
            keeper = Keeper()
            if self._lasting is not None:
                progress = self._lasting.begin(checkpoint)
                keeper = self._lasting.keeper(progress)
                feed = feed if progress is None else partial(feed, progress)
            watch = self._watching.begin(calls)
            ledger = watch.ledger(keeper.closed)
            keeper.warns(ledger.warn)
            run = self._new_run(ledger, keeper, watch=watch)
            with watch.over(run):
                return carry_out(run, feed, ledger, self._state)

    def _new_run(
        self,
        ledger: Ledger,
        keeper: Keeper,
        *,
        stand_in: Rehearsal | None = None,
        watch: Watch | None = None,
    ) -> Run:
        ahead = stand_in is not None
        return Run(
            self._clients,
            rehearsal_options(self._options) if ahead else self._options,
            rules=self._rules,
            decider=self._decider.copy() if ahead else self._decider,
            ledger=ledger,
            state=self._state.copy() if ahead else self._state,
            holding=Holding() if ahead else self._holding,
            lanes={} if ahead else self._lanes,
            recent=Recent.of(settle=0.0, gap=0.0) if ahead else self._recent,
            paused=frozenset(self._paused),
            keeper=keeper,
            watch=watch,
            stand_in=stand_in,
        )

    # ---- looking ahead ----

    def plan(self, calls: object) -> Plan:
        """Do what `run` does, without sending anything or remembering it.

        Args:
            calls: As for `run`. An iterator can be read only once, so `Plan.requests` then
                refuses; a list or `read_calls(path)` can be read again.

        Raises:
            TypeError: As for `run`.
        """
        source = self._sources.open(calls)
        once = source is calls
        began = time.monotonic()
        ledger = Ledger()
        rehearsal = self._stand_in(ledger)
        for _ in self._rehearse(source, ledger, rehearsal):
            pass

        def requests() -> Iterator[PlannedRequest]:
            if once:
                raise TypeError(
                    "calls: the plan was made from an iterator, which is spent; "
                    "plan from a list or read_calls(path) to see the requests"
                )
            again = Ledger()
            stand_in = self._stand_in(again)
            return self._rehearse(self._sources.open(calls), again, stand_in)

        report = ledger.report(forgotten=0, seconds=time.monotonic() - began)
        return Plan(
            report=report,
            by_key=key_sums(rehearsal, report),
            quotas=quotas(ledger.requests, self._clients),
            requests=requests,
        )

    def _stand_in(self, ledger: Ledger) -> Rehearsal:
        return Rehearsal(ledger, self._clients.cohorts, self._options.track_limits)

    def _rehearse(
        self, source: Iterator[object], ledger: Ledger, stand_in: Rehearsal
    ) -> Iterator[PlannedRequest]:
        file = self._lasting
        keeper = Keeper() if file is None else file.looking_keeper(ledger.warn)
        return rehearse(self._new_run(ledger, keeper, stand_in=stand_in), source, stand_in.requests)
