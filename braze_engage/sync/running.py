"""Carries a run out from its first item to its report, whatever happens on the way."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from braze_engage.engage.deliveries import delivery_count
from braze_engage.errors import BrazeError, ConfigurationError, StateError
from braze_engage.sync.decider import Part
from braze_engage.sync.report import RunStopped
from braze_engage.sync.sending import Halt
from braze_engage.sync.ticket import Ticket
from braze_engage.sync.trail import with_token

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Collection, Generator, Iterator, Sequence

    from braze_engage.sync.assembly import Run
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.plan import PlannedRequest
    from braze_engage.sync.report import Report
    from braze_engage.sync.state import StateStore
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Feed", "Turns", "carry_out", "feed_held", "feed_items", "rehearse"]


class Turns:
    """Lets one run at a time have its turn."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: int | None = None

    @contextmanager
    def take(self) -> Generator[None]:
        """Take a turn; wait until no other thread has it.

        Raises:
            ConfigurationError: The turn is this thread's own already.
        """
        if self._thread == threading.get_ident():
            raise ConfigurationError(
                "calls: the source of a run starts another run of the same EngageSync, which would "
                "wait for itself; hand the calls on instead, or use a second EngageSync"
            )
        with self._lock:
            self._thread = threading.get_ident()
            try:
                yield
            finally:
                self._thread = None


class Feed(Protocol):
    """Hands everything there is to a run."""

    def __call__(self, run: Run, take: Callable[[], int]) -> Exception | None:
        """Hand everything there is to a run.

        Args:
            run: The run.
            take: Counts one item as taken and gives its number.

        Returns:
            What the source raised, if it did.
        """
        ...


def feed_items(source: Iterator[object], run: Run, take: Callable[[], int]) -> Exception | None:
    """Hand the items of a source to a run, as a `Feed`.

    Args:
        source: The items.
        run: The run.
        take: Counts one item as taken and gives its number.
    """
    while not run.dispatcher.halted:
        try:
            item = next(source)
        except StopIteration:
            return None
        except Exception as error:  # noqa: BLE001 - the source's own, passed on as cause
            return error
        run.intake.take(take(), with_token(item)[1])
    return None


def feed_held(
    released: Callable[[], Sequence[AnyWaiting]],
    paused: Collection[str],
    run: Run,
    take: Callable[[], int],
) -> None:
    """Hand what was held back to a run, as a `Feed`; no budget holds it back again.

    Args:
        released: Takes out what was held back.
        paused: Computation keys that are paused; these are held back anew.
        run: The run.
        take: Counts one item as taken and gives its number.
    """
    run.budget.lift()
    gate = run.gate_of(paused)
    for waiting in released():
        take()
        part = Part(waiting.delivery, waiting.change, waiting.is_membership)
        for held in waiting.tickets:
            deliveries = delivery_count(waiting.delivery)
            ticket = Ticket(held.position, held.index, held.message_id, deliveries)
            ticket.key, ticket.time_ns = held.key, held.time_ns
            gate([part], ticket)


def carry_out(run: Run, feed: Feed, ledger: Ledger, state: StateStore) -> Report:
    """Carry a run out.

    Args:
        run: The run.
        feed: Hands everything there is to it.
        ledger: Keeps account.
        state: What is remembered.

    Raises:
        RunStopped: The run ended before its source did.
    """
    began = time.monotonic()
    dispatcher = run.dispatcher
    broken: Exception | None = None

    def take() -> int:
        run.taken += 1
        return run.taken - 1

    whole = False
    try:
        broken = feed(run, take)
        if not dispatcher.halted:
            run.gate.settle()
        dispatcher.drain()
        whole = broken is None
    except KeyboardInterrupt:
        dispatcher.halt(Halt("interrupted; hand in again what was not delivered"))
    finally:
        run.gate.leave()
        dispatcher.close()
        if broken is not None:
            dispatcher.halt(_broken_source(broken))
        _finish(run, whole=whole and not dispatcher.halted)
    report = ledger.report(forgotten=state.forgotten, seconds=time.monotonic() - began)
    halted = dispatcher.halt_reason
    if halted is not None:
        raise RunStopped(
            halted.why, report=report, position=run.taken, credentials=halted.credentials
        ) from halted.__cause__
    return report


def _finish(run: Run, *, whole: bool) -> None:
    try:
        run.keeper.finish(whole=whole)
    except StateError as error:
        run.dispatcher.halt(Halt(str(error)))


def rehearse(
    run: Run, source: Iterator[object], requests: deque[PlannedRequest]
) -> Iterator[PlannedRequest]:
    """Carry out a run that only looks ahead, and yield each request as it is cut.

    Args:
        run: A run with a stand-in for Braze.
        source: The items.
        requests: Where the stand-in puts them.
    """
    for position, item in enumerate(source):
        run.intake.take(position, with_token(item)[1])
        while requests:
            yield requests.popleft()
        if run.dispatcher.halted:
            break
    else:
        run.gate.settle()
    run.gate.leave()
    run.dispatcher.drain()
    yield from requests
    requests.clear()
    halted = run.dispatcher.halt_reason
    if halted is not None and halted.__cause__ is not None:
        raise RuntimeError(halted.why) from halted.__cause__


def _broken_source(error: Exception) -> Halt:
    said = f": {error}" if isinstance(error, BrazeError) else ""
    halt = Halt(f"the source of calls raised {type(error).__name__}{said}")
    halt.__cause__ = error
    return halt
