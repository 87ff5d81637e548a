"""The sync: a stream of Engage calls goes in, every call is accounted for."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from braze_engage.cohorts.client import CohortClient
from braze_engage.engage.calls import read_item
from braze_engage.errors import BrazeError, ConfigurationError
from braze_engage.rest.client import BrazeClient
from braze_engage.sync import options
from braze_engage.sync.debugger import Check, Explanation, explain
from braze_engage.sync.delivery import CohortDelivery
from braze_engage.sync.dispatch import Dispatcher
from braze_engage.sync.intake import Decider, Intake
from braze_engage.sync.ledger import Ledger
from braze_engage.sync.plan import KeySums, Plan, Rehearsal
from braze_engage.sync.report import Report, RunStopped
from braze_engage.sync.sending import Halt
from braze_engage.sync.source import Sources

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.lanes import Lane
    from braze_engage.sync.plan import PlannedRequest
    from braze_engage.sync.state import StateStore

__all__ = ["EngageSync"]

_HOUR: Final = timedelta(hours=1)


class EngageSync:
    """Carries Engage calls into Braze.

    Args:
        rest: Client of the REST API, probed by `check`.
        cohorts: Client of the cohort import; needed by ``Delivery.COHORT``.
        rules: What becomes of which call; the default brings audiences into cohorts.
        state: A store, or None to remember in memory, bounded.
        concurrency: Requests under way at once, at most; one a cohort.
        settle: Seconds between two writes of one person, because Braze keeps no order between
            requests; changes that come meanwhile are folded.
        outage_patience: How long Braze may be out of reach before a run stops.

    Raises:
        ConfigurationError: An argument is wrong, or a delivery lacks its client.
    """

    def __init__(
        self,
        *,
        rest: BrazeClient | None = None,
        cohorts: CohortClient | None = None,
        rules: EngageRules | None = None,
        state: StateStore | str | os.PathLike[str] | None = None,
        concurrency: int = 128,
        settle: float = 0.5,
        outage_patience: timedelta = _HOUR,
    ) -> None:
        self._rest = options.client("rest", rest, BrazeClient)
        self._cohorts = options.client("cohorts", cohorts, CohortClient)
        if rest is None and cohorts is None:
            raise ConfigurationError(
                "rest and cohorts are both None; give at least one client, "
                "for example cohorts=CohortClient(...)"
            )
        self._rules = options.rules(rules)
        self._concurrency = options.positive("concurrency", concurrency)
        self._settle = options.seconds("settle", settle)
        self._patience = options.seconds("outage_patience", outage_patience)
        self._state = options.store(state)
        self._sources = Sources()
        self._decider = Decider(self._rules, options.defaults(self._rules, self._cohorts))
        self._lanes: dict[str, Lane] = {}
        self._one_run = threading.Lock()
        self._running: int | None = None

    def run(self, calls: object) -> Report:
        """Send what an iterable of calls leads to and account for each call.

        Args:
            calls: Any iterable of calls: mappings, JSON lines as str or bytes, arrays of calls.
                It is read as fast as Braze takes the results, never ahead of memory.

        Returns:
            Counts by outcome and reason, and the failures.

        Raises:
            TypeError: It is one text, one mapping, no iterable, or an iterator read before.
            RunStopped: Braze refused a key, was out of reach for too long, the source raised, or
                Ctrl-C was pressed; it carries the report and the position.
        """
        source = self._sources.open(calls)
        if self._running == threading.get_ident():
            raise ConfigurationError(
                "calls: the source of a run starts another run of the same EngageSync, which would "
                "wait for itself; hand the calls on instead, or use a second EngageSync"
            )
        with self._one_run:
            self._running = threading.get_ident()
            try:
                return self._run(source)
            finally:
                self._running = None

    def _run(self, source: Iterator[object]) -> Report:
        began = time.monotonic()
        ledger = Ledger()
        dispatcher = self._dispatcher(ledger)
        intake = Intake(self._decider, ledger, dispatcher.offer, now_ns=time.time_ns)
        taken = 0
        broken: Exception | None = None
        try:
            while not dispatcher.halted:
                try:
                    item = next(source)
                except StopIteration:
                    break
                except Exception as error:  # noqa: BLE001 - the source's own, passed on below
                    broken = error
                    break
                intake.take(taken, item)
                taken += 1
            dispatcher.drain()
        except KeyboardInterrupt:
            dispatcher.halt(Halt("interrupted; hand in again what was not delivered"))
        finally:
            dispatcher.close()
        if broken is not None:
            said = f": {broken}" if isinstance(broken, BrazeError) else ""
            halt = Halt(f"the source of calls raised {type(broken).__name__}{said}")
            halt.__cause__ = broken
            dispatcher.halt(halt)
        report = ledger.report(forgotten=self._state.forgotten, seconds=time.monotonic() - began)
        halted = dispatcher.halt_reason
        if halted is not None:
            raise RunStopped(
                halted.why, report=report, position=taken, credentials=halted.credentials
            ) from halted.__cause__
        return report

    def _dispatcher(self, ledger: Ledger) -> Dispatcher:
        assert self._cohorts is not None
        send = CohortDelivery(self._cohorts, ledger, patience=self._patience)
        return Dispatcher(
            send,
            ledger=ledger,
            state=self._state,
            lanes=self._lanes,
            repeats=self._rules.repeats,
            threads=self._concurrency,
            settle=self._settle,
        )

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
        rehearsal = self._rehearse(ledger)
        for _ in rehearsal(source):
            pass
        stand_in = rehearsal.stand_in

        def requests() -> Iterator[PlannedRequest]:
            if once:
                raise TypeError(
                    "calls: the plan was made from an iterator, which is spent; "
                    "plan from a list or read_calls(path) to see the requests"
                )
            return self._rehearse(Ledger())(self._sources.open(calls))

        return Plan(
            report=ledger.report(forgotten=0, seconds=time.monotonic() - began),
            by_key={
                key: KeySums(added=stand_in.added[key], removed=stand_in.removed[key])
                for key in stand_in.added.keys() | stand_in.removed.keys()
            },
            requests=requests,
        )

    def _rehearse(self, ledger: Ledger) -> _Rehearsing:
        assert self._cohorts is not None
        stand_in = Rehearsal(ledger, self._cohorts)
        dispatcher = Dispatcher(
            stand_in,
            ledger=ledger,
            state=self._state.copy(),
            lanes={},
            repeats=self._rules.repeats,
            threads=0,
            settle=0.0,
        )
        intake = Intake(self._decider.copy(), ledger, dispatcher.offer, now_ns=time.time_ns)
        return _Rehearsing(stand_in, dispatcher, intake)

    def explain(self, call: object) -> Explanation:
        """Say how one call is read, what it becomes and which rule decides.

        Args:
            call: A call, as mapping or JSON text.

        Raises:
            TypeError: It holds more or fewer calls than one.
        """
        now_ns = time.time_ns()
        readings = read_item(call, now_ns=now_ns)
        if len(readings) != 1:
            raise TypeError(f"call: holds {len(readings)} calls; explain one at a time")
        reading = readings[0][1]
        decision = self._decider.copy().decide(reading, now_ns=now_ns)
        return explain(reading, decision, self._state, self._rules.repeats)

    def check(self) -> Check:
        """Probe the keys, the data center and cohort access; changes nothing.

        Returns:
            One verdict for each client.
        """
        clients = [client for client in (self._rest, self._cohorts) if client is not None]
        return Check(tuple(client.verify() for client in clients))


class _Rehearsing:
    """Runs calls past a stand-in and yields the requests as they are cut."""

    def __init__(self, stand_in: Rehearsal, dispatcher: Dispatcher, intake: Intake) -> None:
        self.stand_in = stand_in
        self._dispatcher = dispatcher
        self._intake = intake

    def __call__(self, source: Iterator[object]) -> Iterator[PlannedRequest]:
        requests = self.stand_in.requests
        for position, item in enumerate(source):
            self._intake.take(position, item)
            while requests:
                yield requests.popleft()
        self._dispatcher.drain()
        while requests:
            yield requests.popleft()
        halted = self._dispatcher.halt_reason
        if halted is not None:
            raise RuntimeError(halted.why) from halted.__cause__
