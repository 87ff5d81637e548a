"""What a run writes down on its way, so that a sudden end at any moment loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.engage.deletions import Deletion
from braze_engage.engage.events import EventChange
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.operation import Replay
from braze_engage.sync.accepting import doubt_change, written_subjects
from braze_engage.sync.deletion_queue import deletion_request
from braze_engage.sync.state_journal import Once
from braze_engage.sync.state_messages import delivery_bit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from braze_engage.engage.calls import EngageCall, Unusable
    from braze_engage.errors import StateError
    from braze_engage.sync.letters import Letters
    from braze_engage.sync.recreated import Recreated
    from braze_engage.sync.resuming import Progress
    from braze_engage.sync.sending import Work
    from braze_engage.sync.sqlite_state import SqliteState
    from braze_engage.sync.ticket import Ticket
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["FileKeeper", "Keeper", "LookingKeeper"]


_STOPPED: Final = Reason.STOPPED


class Keeper:
    """Writes nothing down: what is remembered in memory ends with the process."""

    @property
    def trouble(self) -> StateError | None:
        """Why nothing can be written down any more; None while all is well."""
        return None

    def warns(self, warn: Callable[[str], None]) -> None:
        """Tell what is odd about computations from now on.

        Args:
            warn: Told.
        """

    def opened(self, ticket: Ticket, call: EngageCall | Unusable, item: object) -> None:
        """Note that a call was taken.

        Args:
            ticket: The call on its way.
            call: The call.
            item: The item of the source that it was read from.
        """

    def closed(self, ticket: Ticket) -> None:
        """Note that a call has its outcome.

        Args:
            ticket: The call.
        """

    def sending(self, work: Work) -> None:
        """Write down what is about to leave.

        Args:
            work: What is sent together.

        Raises:
            StateError: It cannot be written down, so it must not leave.
        """

    def ended(self, work: Work, part: Iterable[AnyWaiting], reason: Reason) -> None:
        """Note how some of what left has ended.

        Args:
            work: What is sent together.
            part: The changes.
            reason: How they ended.
        """

    def commit(self, finished: Work | None = None) -> None:
        """Write down everything that has ended so far.

        Args:
            finished: Work of which nothing is under way any more.

        Raises:
            StateError: It cannot be written down.
        """

    def finish(self, *, whole: bool) -> None:
        """End a run.

        Args:
            whole: Whether the source came to its end.

        Raises:
            StateError: What has ended cannot be written down.
        """


class LookingKeeper(Keeper):
    """Watches computations in a run that only looks ahead, and writes nothing down.

    Args:
        recreated: Watches that one key stays one computation.
    """

    def __init__(self, recreated: Recreated) -> None:
        self._recreated = recreated

    def opened(self, ticket: Ticket, call: EngageCall | Unusable, item: object) -> None:  # noqa: ARG002 - nothing is kept
        """Note that a call was taken.

        Args:
            ticket: The call on its way.
            call: The call.
            item: The item of the source that it was read from.
        """
        self._recreated.came(call)


class FileKeeper(Keeper):
    """Writes down what is under way, what has ended, and calls that did not end well.

    Args:
        state: The state file.
        letters: Keeps calls that did not end well.
        progress: How far the source has been dealt with; None without a checkpoint.
        recreated: Watches that one key stays one computation.
        repeats_lost: Whether events are sent again when nobody knows if Braze took them.
    """

    def __init__(
        self,
        state: SqliteState,
        letters: Letters,
        *,
        progress: Progress | None,
        recreated: Recreated,
        repeats_lost: bool,
    ) -> None:
        self._recreated = recreated
        self._state = state
        self._letters = letters
        self._progress = progress
        self._repeats_lost = repeats_lost
        self._entries: dict[int, int] = {}

    @property
    def trouble(self) -> StateError | None:
        """Why nothing can be written down any more; None while all is well."""
        return self._state.failure

    def warns(self, warn: Callable[[str], None]) -> None:
        """Tell what is odd about computations from now on.

        Args:
            warn: Told.
        """
        self._recreated.warn = warn

    def opened(self, ticket: Ticket, call: EngageCall | Unusable, item: object) -> None:
        """Note that a call was taken.

        Args:
            ticket: The call on its way.
            call: The call.
            item: The item of the source that it was read from.
        """
        ticket.call, ticket.item = call, item
        self._recreated.came(call)
        if self._progress is not None:
            self._progress.opened(ticket)

    def closed(self, ticket: Ticket) -> None:
        """Note that a call has its outcome.

        Args:
            ticket: The call.
        """
        if self._progress is None:
            self._letters.closed(ticket)
        elif not _is_stopped(ticket):
            self._letters.closed(ticket)
            self._progress.closed(ticket)
        else:
            self._comes_again(ticket)

    def _comes_again(self, ticket: Ticket) -> None:
        """Keep what became of the other parts of a call that comes again for what was stopped."""
        for reason, delivery, detail in ticket.ended_badly:
            if reason.outcome is Outcome.UNKNOWN and ticket.known_as is not None:
                self._state.lose(delivery, ticket.known_as, ticket.message_id)
            elif reason.outcome is Outcome.REJECTED:
                self._letters.refused(ticket, reason, delivery, detail)

    def sending(self, work: Work) -> None:
        """Write down what is about to leave.

        Args:
            work: What is sent together.

        Raises:
            StateError: It cannot be written down, so it must not leave.
        """
        once = list(self._once(work))
        written = [
            reference
            for waiting in work.waiting
            if self._state.may_refer(waiting.change.identity)
            for subject, identity in written_subjects(waiting.change)
            if (reference := self._state.reference(subject, identity)) is not None
        ]
        if once or written:
            self._entries[id(work)] = self._state.write_ahead(once, written)
        if once or written or self._state.must_commit:
            self._state.commit()

    def _once(self, work: Work) -> Iterator[Once]:
        waiting = work.waiting
        deletions = [one.change.identity for one in waiting if isinstance(one.change, Deletion)]
        if deletions and deletion_request(deletions).narrowed_replay() is Replay.ALWAYS:
            return
        for one in waiting:
            if isinstance(one.change, Deletion) or (
                isinstance(one.change, EventChange) and not self._repeats_lost
            ):
                bit = delivery_bit(one.delivery)
                for ticket in one.tickets:
                    if ticket.known_as is not None:
                        yield Once(bit, ticket.known_as, ticket.message_id)

    def ended(self, work: Work, part: Iterable[AnyWaiting], reason: Reason) -> None:
        """Note how some of what left has ended.

        Args:
            work: What is sent together.
            part: The changes.
            reason: How they ended.
        """
        if id(work) in self._entries and reason.outcome.rank > Outcome.SENT.rank:
            for waiting in part:
                doubt_change(self._state, waiting.change)

    def commit(self, finished: Work | None = None) -> None:
        """Write down everything that has ended so far.

        Args:
            finished: Work of which nothing is under way any more.

        Raises:
            StateError: It cannot be written down.
        """
        entry = self._entries.pop(id(finished), None)
        if entry is not None:
            self._state.erase(entry)
        if self._progress is not None:
            self._progress.write()
        self._state.commit()

    def finish(self, *, whole: bool) -> None:
        """End a run.

        Args:
            whole: Whether the source came to its end.

        Raises:
            StateError: What has ended cannot be written down.
        """
        if self._progress is not None:
            self._progress.finish(whole=whole)
        self._recreated.write()
        self._state.commit()
        self._state.erase_people()


def _is_stopped(ticket: Ticket) -> bool:
    # a deletion has no delivery, so its end stands nowhere else
    if not ticket.ended_badly:
        return ticket.reason is _STOPPED
    return ticket.reason is _STOPPED or any(
        reason is _STOPPED for reason, _, _ in ticket.ended_badly
    )
