"""How far a source has been dealt with, and how to go on from there."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from braze_engage.engage.calls import EngageCall
from braze_engage.errors import ConfigurationError
from braze_engage.sync.trail import NO_TOKEN, Mark, Trail, content_hash, token_text, with_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from braze_engage.sync.assembly import Run
    from braze_engage.sync.sqlite_state import SqliteState
    from braze_engage.sync.ticket import Ticket

__all__ = ["Progress", "feed_resumed"]


class Progress:
    """How far a source has been dealt with; safe to use from threads.

    Args:
        state: The state file.
        name: Name of the checkpoint.

    Attributes:
        resumed: How far earlier runs came; None where there were none.

    Raises:
        ConfigurationError: A run that is under way uses the checkpoint.
        StateError: The file cannot be read or written.
    """

    def __init__(self, state: SqliteState, name: str) -> None:
        self._state = state
        self.name = name
        self.resumed = state.take_checkpoint(name)
        self._lock = threading.Lock()
        self._end = self._written = self.resumed
        # Items of which something is open, the first of the source first: what was before them,
        # and how much it is.
        self._before: OrderedDict[int, Mark] = OrderedDict()
        self._open: dict[int, int] = {}
        # How many items before the last one share its token: those after the first come again.
        self._sharing = 0

    def begin(self, before: Mark, after: Mark) -> None:
        """Begin an item.

        Args:
            before: The part of the source before it.
            after: The part of the source that ends with it.
        """
        position = before[0]
        with self._lock:
            self._before[position] = before
            self._open[position] = 1
            shares = after.token is not None and after.token == before.token
            self._sharing = self._sharing + 1 if shares else 0
            self._end = after

    def taken(self, position: int) -> None:
        """Note that all calls of an item are on their way.

        Args:
            position: The item.
        """
        with self._lock:
            self._less(position)

    def opened(self, ticket: Ticket) -> None:
        """Note that a call is on its way, and give it a name where it has no id.

        Args:
            ticket: The call.
        """
        if ticket.known_as is None:
            assert self._end is not None
            # What it says belongs to it: behind the checkpoint another source may follow, and
            # the next source may bear the same name.
            place = self._end.token or str(ticket.position)
            said = ticket.call.raw if isinstance(ticket.call, EngageCall) else ticket.item
            parts = [self.name, place, str(ticket.index), content_hash(said).hex()]
            if self._sharing:
                parts.append(str(self._sharing))
            ticket.known_as = "\0".join(parts)
        with self._lock:
            self._open[ticket.position] += 1

    def closed(self, ticket: Ticket) -> None:
        """Note that a call has its outcome.

        Args:
            ticket: The call.
        """
        with self._lock:
            self._less(ticket.position)

    def _less(self, position: int) -> None:
        left = self._open[position] - 1
        if left:
            self._open[position] = left
        else:
            del self._open[position], self._before[position]

    def write(self) -> None:
        """Move the checkpoint to the first item that is not dealt with, by the next commit."""
        with self._lock:
            mark = next(iter(self._before.values()), self._end)
            if mark is None or mark == self._written:
                return
            self._written = mark
            # Within the lock, so that an older one never comes after a newer one.
            self._state.move_checkpoint(self.name, mark)

    def finish(self, *, whole: bool) -> None:
        """End the run, by the next commit.

        Args:
            whole: Whether the source came to its end, so that the checkpoint is forgotten.
        """
        if whole:
            self._state.forget_checkpoint(self.name)
        else:
            self.write()
            self._state.release_checkpoint(self.name)


def feed_resumed(
    source: Iterator[object], progress: Progress, run: Run, take: Callable[[], int]
) -> Exception | None:
    """Hand the items of a source to a run, behind those that are dealt with already, as a `Feed`.

    Args:
        source: The items.
        progress: How far it has been dealt with.
        run: The run.
        take: Counts one item as taken and gives its number.

    Raises:
        ConfigurationError: It is not the source that earlier runs dealt with.
    """
    trail = Trail()
    if progress.resumed is not None:
        try:
            trail = _skip(source, progress.resumed, progress.name)
        except _Changed as changed:
            raise ConfigurationError(str(changed)) from None
        except Exception as error:  # noqa: BLE001 - the source's own, passed on as cause
            return error
        run.skip(progress.resumed.position, take)
    while not run.dispatcher.halted:
        before = trail.mark
        try:
            token, call = with_token(next(source))
            trail.add(token, call)
        except StopIteration:
            return None
        except Exception as error:  # noqa: BLE001 - the source's own, passed on as cause
            return error
        progress.begin(before, trail.mark)
        position = take()
        run.intake.take(position, call)
        progress.taken(position)
    return None


class _Changed(Exception):
    """The source is another one."""


def _skip(source: Iterator[object], resumed: Mark, name: str) -> Trail:
    """Read what is dealt with already, and see whether it is what it was."""
    if resumed.token is not None:
        return _skip_to_token(source, resumed, name)
    trail = Trail()
    for item in source:
        trail.add(*with_token(item))
        if trail.mark.position == resumed.position:
            break
    if trail.mark != resumed:
        raise _Changed(
            f"checkpoint: the first {resumed.position:,} items are not those that earlier runs "
            f"with {name!r} dealt with, so nothing was sent; give the same source again, or "
            f"forget the checkpoint by forget_checkpoint({name!r}) to begin with this one"
        )
    return trail


def _skip_to_token(source: Iterator[object], resumed: Mark, name: str) -> Trail:
    for item in source:
        token, _ = with_token(item)
        if token is not NO_TOKEN and token_text(token) == resumed.token:
            return Trail(resumed)
    raise _Changed(
        f"checkpoint: the source does not hold the token that earlier runs with {name!r} came to, "
        "so nothing was sent; let it begin at that token or before it, or forget the checkpoint "
        f"by forget_checkpoint({name!r})"
    )
