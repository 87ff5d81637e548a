"""What a sync keeps: what is held back, dead letters, and how far runs came."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from braze_engage.engage.outcomes import Reason
from braze_engage.errors import ConfigurationError
from braze_engage.sync import options
from braze_engage.sync.dead_letters import DeadLetters
from braze_engage.sync.holding import Holding, held_reason
from braze_engage.sync.kept_calls import feed_dead, feed_held_calls
from braze_engage.sync.lasting import Lasting, checkpoint_name
from braze_engage.sync.running import feed_held
from braze_engage.sync.sqlite_state import SqliteState

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from braze_engage.engage.identity import Identity
    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.assembly import Clients, Options, Run
    from braze_engage.sync.holding import Held
    from braze_engage.sync.report import Report
    from braze_engage.sync.running import Turns
    from braze_engage.sync.state import StateStore
    from braze_engage.sync.state_checkpoints import Checkpoint
    from braze_engage.sync.why import Why

__all__ = ["KeepingSync"]

S = TypeVar("S", bound="KeepingSync")


class KeepingSync(ABC):
    """A sync that may have a state file: a context manager that closes the file it opened."""

    _clients: Clients
    _rules: EngageRules
    _options: Options
    _paused: set[str]
    _state: StateStore
    _holding: Holding
    _lasting: Lasting | None
    _owns_state: bool
    _turns: Turns

    def _keep(self, state: object, *, workspace: str | None, reassert_after: float) -> None:
        """Begin to remember: in a state file, in a store that was given, or in memory."""
        self._state = options.store(state, reassert_after)
        self._owns_state = self._state is not state
        self._holding, self._lasting = Holding(), None
        if not isinstance(self._state, SqliteState):
            return
        try:
            self._lasting = Lasting(
                self._state,
                self._rules,
                self._clients,
                workspace=workspace,
                repeats_lost=self._options.repeat_after_lost_answer,
            )
        except BaseException:
            if self._owns_state:
                self._state.close()
            raise
        self._holding = self._lasting.holding

    @contextmanager
    def _turn(self) -> Generator[None]:
        """Have the only run that sends, of this sync and of all that share its state file."""
        with self._turns.take():
            if self._lasting is None:
                yield
                return
            lasting = self._lasting
            with lasting.turn.take(self._options.settle), lasting.state.alone():
                yield

    @abstractmethod
    def _run(
        self, feed: Callable[..., Exception | None], checkpoint: str | None = None
    ) -> Report: ...

    def close(self) -> None:
        """Close the state file, if this sync opened it; without one there is nothing to close.

        Raises:
            StateError: What is not written down yet cannot be written.
        """
        if self._lasting is not None and self._owns_state:
            self._lasting.state.close()

    def __enter__(self: S) -> S:  # noqa: PYI019 - Self needs Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _with_file(self, what: str) -> Lasting:
        if self._lasting is None:
            raise ConfigurationError(
                f"{what} needs a state file; pass state='engage.db' to EngageSync"
            )
        return self._lasting

    def release(self, reason: Reason | str) -> Report:
        """Send what is held back for a reason.

        What is newer in Braze by now is superseded, and what is paused is held back for that.
        Data points are counted, and a budget does not hold anything back again.

        Args:
            reason: ``budget``, ``null_guard`` or ``paused``; the last one also ends the pause.

        Returns:
            The report of what was released; ``position`` and ``index`` are those of the run
            that held it back.

        Raises:
            ConfigurationError: Nothing is ever held back for that reason.
            RunStopped: As for `run`.
        """
        why = held_reason(reason)

        def feed(run: Run, take: Callable[[], int]) -> None:
            if why is Reason.PAUSED:
                self._paused.clear()
            paused = frozenset(self._paused)
            if self._lasting is not None:
                feed_held_calls(self._lasting.letters, why, paused, run, take)
            else:
                feed_held(lambda: self._holding.take(why), paused, run, take)

        return self._run(feed)

    def held(self) -> Sequence[Held]:
        """List what is held back, the oldest first."""
        return self._holding.listed()

    def pause(self, *keys: str) -> None:
        """Hold back what is delivered of some computations until `release` with ``paused``.

        Args:
            *keys: Computation keys.

        Raises:
            ConfigurationError: No key is given, or something that is none.
        """
        self._paused |= options.keys(keys)

    def checkpoint(self, name: str) -> Checkpoint | None:
        """Tell how far a run came that did not end well; None where none is left.

        Args:
            name: The name given to `run`.

        Raises:
            ConfigurationError: There is no state file.
            StateError: It cannot be read.
        """
        return self._with_file("checkpoint").state.checkpoint(checkpoint_name(name))

    def forget_checkpoint(self, name: str) -> None:
        """Forget how far a run came, so that the next one begins with its first item.

        Args:
            name: The name given to `run`.

        Raises:
            ConfigurationError: There is no state file.
            StateError: It cannot be written.
        """
        state = self._with_file("forget_checkpoint").state
        state.forget_checkpoint(checkpoint_name(name))
        state.commit()

    def why(self, person: str | Identity, key: str, *, ask: bool = True) -> Why:
        """Say in words what is known last of one person and one computation.

        Args:
            person: An identifier of the person, of whatever kind.
            key: The computation key, or the id of a cohort.
            ask: Whether to ask Braze if it knows the person, where it may have ignored what it
                accepted. That needs ``rest=`` and the permission ``users.export.ids``; without
                them nobody is asked.

        Raises:
            ConfigurationError: There is no state file, or the person or the key is none.
            StateError: The file cannot be read.
        """
        lasting = self._with_file("why")
        rest = self._clients.rest if ask else None
        return lasting.why(options.person(person), options.computation_key(key), rest)

    def dead_letters(
        self, *, reason: Reason | str | None = None, key: str | None = None
    ) -> DeadLetters:
        """List the calls that did not end well in the last 30 days.

        What is held back is none of them; `held` lists it.

        Args:
            reason: Only those that failed for this reason.
            key: Only those of this computation.

        Returns:
            The letters of this moment, to look at, to `replay <DeadLetters.replay>` or to
            `discard <DeadLetters.discard>`.

        Raises:
            ConfigurationError: There is no state file, no such reason, or the key is none.
            StateError: The file cannot be read.
        """
        lasting = self._with_file("dead_letters")

        def replay(numbers: Sequence[int], *, repeat_unknown: bool) -> Report:
            feed = partial(
                feed_dead,
                lasting.letters,
                numbers,
                frozenset(self._paused),
                repeat_unknown=repeat_unknown,
            )
            return self._run(feed)

        why = None if reason is None else options.reason_of(reason)
        key = None if key is None else options.computation_key(key)
        return DeadLetters(lasting.state, lasting.letters, replay, reason=why, key=key)
