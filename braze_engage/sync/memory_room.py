"""One of the rooms in which a state in memory keeps what it remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.sync.memories import add, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from braze_engage.sync.memories import Memory

__all__ = ["Room"]


class Room:
    """Keeps messages that are done with, and what is known of people; all by hashes of 64 bits.

    When half of it is full, what is older than that goes at once.

    Args:
        half: How many entries half of it takes.

    Attributes:
        forgotten: How many entries were dropped for want of room.
    """

    def __init__(self, half: int) -> None:
        self._half = half
        self._done: set[int] = set()
        self._done_before: set[int] = set()
        # a person is in one of the two
        self._people: dict[int, Memory] = {}
        self._people_before: dict[int, Memory] = {}
        self._size = 0
        self.forgotten = 0

    def __len__(self) -> int:
        messages = len(self._done) + len(self._done_before)
        return messages + _of_people(self._people) + _of_people(self._people_before)

    def is_done(self, message: int) -> bool:
        """Tell whether a message is done with.

        Args:
            message: Its hash.
        """
        return message in self._done or message in self._done_before

    def remember_done(self, message: int) -> None:
        """Note that a message is done with.

        Args:
            message: Its hash.
        """
        if message in self._done:
            return
        self._done_before.discard(message)
        if self._size >= self._half:
            self._turn()
        self._done.add(message)
        self._size += 1

    def of(self, person: int) -> Memory | None:
        """Tell what is known of a person.

        Args:
            person: The hash of who.
        """
        return self._people.get(person) or self._people_before.get(person)

    def remember(self, person: int, packed: str, subjects: Iterable[str], *, always: bool) -> None:
        """Note a change of a person.

        Args:
            person: The hash of who.
            packed: The change.
            subjects: What it writes.
            always: Whether it counts even where something newer is known.
        """
        known = self._people.get(person)
        before = 0 if known is None else size(known)
        if known is None:
            known = self._people_before.pop(person, None)
        memory: Memory = packed if known is None else add(known, packed, subjects, always=always)
        added = size(memory) - before
        if added and self._size + added > self._half:
            self._people.pop(person, None)
            self._size -= before
            added += before
            self._turn()
        self._people[person] = memory
        self._size += added

    def forget(self, person: int) -> None:
        """Forget a person.

        Args:
            person: The hash of who.
        """
        self._size -= size(self._people.pop(person, {}))
        self._people_before.pop(person, None)

    def copy(self) -> Room:
        """Return an independent copy, which has forgotten nothing yet."""
        other = Room(self._half)
        other._done, other._done_before = set(self._done), set(self._done_before)
        other._people, other._people_before = (
            {slot: one if isinstance(one, str) else dict(one) for slot, one in people.items()}
            for people in (self._people, self._people_before)
        )
        other._size = self._size
        return other

    def _turn(self) -> None:
        """Let the older half go; the younger one is the older one from now on."""
        self.forgotten += len(self._done_before) + _of_people(self._people_before)
        self._done_before, self._done = self._done, set()
        self._people_before, self._people = self._people, {}
        self._size = 0


def _of_people(people: Mapping[int, Memory]) -> int:
    return sum(map(size, people.values()))
