"""How many different people there were, in a fifth of the memory of a set."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PeopleCounted"]

_PARTS_BITS: Final = 8
_BITS: Final = 4
_REST_BITS: Final = 64 - _PARTS_BITS
_MASK: Final = (1 << 64) - 1
_SPREAD: Final = 0x9E3779B97F4A7C15
_FREE: Final = 0
_EMPTY: Final = array("Q", [_FREE])


class PeopleCounted:
    """Counts people by hashes of 64 bits, each once and up to a bound.

    A million of them take 16 MB, while a set of as many numbers takes 80. They are spread over many
    small tables, since large ones that grow would leave holes in the memory of threads.

    Args:
        most: How many are counted at most.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._tables = [_Table(_BITS) for _ in range(1 << _PARTS_BITS)]
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, people: Iterable[int]) -> None:
        """Count people.

        Args:
            people: The hashes of who it is.
        """
        tables = self._tables
        for person in people:
            mark = person & _MASK or 1
            # the upper bits of a product, since hashes may have many bits in common
            spread = mark * _SPREAD & _MASK
            table = tables[spread >> _REST_BITS]
            slots, last = table.slots, table.last
            place = spread >> table.shift & last
            while slots[place] not in (mark, _FREE):
                place = place + 1 & last
            if slots[place] == mark:
                continue
            if self._count >= self._most:
                return
            slots[place] = mark
            self._count += 1
            table.count += 1
            if 2 * table.count > last:
                table.grow()


class _Table:
    __slots__ = ("count", "last", "shift", "slots")

    def __init__(self, bits: int) -> None:
        self.slots = _EMPTY * (1 << bits)
        self.last = len(self.slots) - 1
        self.shift = _REST_BITS - bits
        self.count = 0

    def grow(self) -> None:
        """Take a table of twice the size."""
        before = self.slots
        self.slots = slots = _EMPTY * (2 * len(before))
        self.last = last = len(slots) - 1
        self.shift -= 1
        for mark in before:
            if mark == _FREE:
                continue
            place = (mark * _SPREAD & _MASK) >> self.shift & last
            while slots[place] != _FREE:
                place = place + 1 & last
            slots[place] = mark
