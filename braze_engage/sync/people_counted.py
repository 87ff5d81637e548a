"""How many different people there were, in a fifth of the memory of a set."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PeopleCounted"]

_SLOTS: Final = 1 << 10
_MASK: Final = (1 << 64) - 1
_SPREAD: Final = 0x9E3779B97F4A7C15
_FREE: Final = 0
_EMPTY: Final = array("Q", [_FREE])


class PeopleCounted:
    """Counts people by hashes of 64 bits, each once and up to a bound.

    A million of them take 16 MB, while a set of as many numbers takes 80.

    Args:
        most: How many are counted at most.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._slots = _EMPTY * _SLOTS
        self._shift = 64 - (_SLOTS - 1).bit_length()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, people: Iterable[int]) -> None:
        """Count people.

        Args:
            people: The hashes of who it is.
        """
        slots, shift = self._slots, self._shift
        last = len(slots) - 1
        for person in people:
            mark = person & _MASK or 1
            # the upper bits of a product, since hashes may have many bits in common
            place = (mark * _SPREAD & _MASK) >> shift
            while slots[place] not in (mark, _FREE):
                place = place + 1 & last
            if slots[place] == mark:
                continue
            if self._count >= self._most:
                return
            slots[place] = mark
            self._count += 1
            if 2 * self._count >= len(slots):
                self._grow()
                slots, shift = self._slots, self._shift
                last = len(slots) - 1

    def _grow(self) -> None:
        before, self._slots = self._slots, _EMPTY * (2 * len(self._slots))
        self._shift -= 1
        self._count = 0
        self.add(mark for mark in before if mark != _FREE)
