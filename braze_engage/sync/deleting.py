"""Deletions that wait or are under way, and what is newer and waits for their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.deletion_queue import DeletionWaiting
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Deleting"]


class Deleting:
    """Keeps one deletion a person; not safe for threads by itself."""

    def __init__(self) -> None:
        self._people: dict[Identity, tuple[DeletionWaiting, list[AnyWaiting]]] = {}

    def __contains__(self, identity: Identity) -> bool:
        return identity in self._people

    def begin(self, waiting: DeletionWaiting) -> None:
        """Begin a deletion of somebody of whom there is none.

        Args:
            waiting: The deletion.
        """
        self._people[waiting.change.identity] = waiting, []

    def join(self, waiting: DeletionWaiting) -> None:
        """Let a deletion end with the one there is, at the later of their times.

        Args:
            waiting: The deletion.
        """
        first, _ = self._people[waiting.change.identity]
        first.change = max(first.change, waiting.change, key=lambda one: one.order)
        first.tickets += waiting.tickets

    def park(self, waiting: AnyWaiting) -> bool:
        """Let something wait for the end of the deletion, if it is newer.

        Args:
            waiting: Anything of a person who is to be deleted.

        Returns:
            Whether it is newer.
        """
        deletion, parked = self._people[waiting.change.identity]
        is_newer: bool = waiting.change.order > deletion.change.order
        if is_newer:
            parked.append(waiting)
        return is_newer

    def end(self, waiting: DeletionWaiting) -> list[AnyWaiting]:
        """End a deletion and take out what waited for that.

        Args:
            waiting: The deletion.
        """
        identity = waiting.change.identity
        known = self._people.get(identity)
        if known is None or known[0] is not waiting:
            return []
        del self._people[identity]
        return known[1]

    def leave(self) -> list[AnyWaiting]:
        """Take out everything that waits; the deletions themselves wait elsewhere."""
        left = [waiting for _, parked in self._people.values() for waiting in parked]
        self._people = {}
        return left
