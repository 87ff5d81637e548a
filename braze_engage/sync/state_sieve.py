"""Tells that a table of a state file lacks a row, mostly without asking for it."""

from __future__ import annotations

import os
from struct import Struct
from typing import TYPE_CHECKING, Final, Literal
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braze_engage.sync.state_db import Database

__all__ = ["Sieve"]

_BYTES: Final = 1 << 22
_SHIFT: Final = 32 - 25  # a place is one of the 2 ** 25 bits
_PLACE: Final = Struct(">I").unpack_from
# beyond that many rows it would let too much through to be worth reading on
_MOST: Final = 1 << 23
_SLICE: Final = 128
_EARNED_BY: Final = 32
_COLUMNS: Final = {"messages": "message", "people": "person"}
_BEGIN: Final = b""
_END: Final = b"\xff" * 64  # behind every hash


class Sieve:
    """Marks which rows a table may hold, by their hash; not safe for threads by itself.

    It answers only while it is trusted: nobody else may add rows meanwhile, and whatever this
    process adds is marked. The table is read in the order of its hashes, a slice whenever as much
    was spent on looking up rows that it lacks, so that a large table costs no run much.

    Args:
        database: The file.
        table: The table; its key is a hash.
    """

    def __init__(self, database: Database, table: Literal["messages", "people"]) -> None:
        self._db = database
        column = _COLUMNS[table]
        self._read = f"SELECT {column} FROM {table} WHERE {column} > ? ORDER BY {column} LIMIT ?"  # noqa: S608 - one of two words
        self._marks: bytearray | None = None
        # the rows up to here are marked; at the beginning it answers nothing
        self._end = _BEGIN
        self._count = self._missed = 0
        _sieves.add(self)

    def trust(self) -> None:
        """Begin to answer, since nobody else adds rows from now on."""
        self._marks = bytearray(_BYTES)
        self._end = _BEGIN
        self._count = 0
        self._missed = _EARNED_BY - 1

    def distrust(self) -> None:
        """Answer no more, since somebody else may add rows."""
        self._marks = None
        self._end = _BEGIN

    def forget(self) -> None:
        """Begin anew, if it answers at all, since somebody added rows."""
        if self._marks is not None:
            self.trust()

    def lacks(self, hashed: bytes) -> bool:
        """Tell whether the table surely lacks a row; whether it holds one, only the table tells.

        Args:
            hashed: The key of the row.
        """
        marks = self._marks
        if hashed > self._end or marks is None:
            return False
        place: int = _PLACE(hashed)[0] >> _SHIFT
        return not marks[place >> 3] >> (place & 7) & 1

    def add(self, hashes: Iterable[bytes]) -> None:
        """Note that this process is about to add rows, or that they are there.

        Args:
            hashes: The keys of the rows.
        """
        marks = self._marks
        if marks is None:
            return
        for hashed in hashes:
            place: int = _PLACE(hashed)[0] >> _SHIFT
            marks[place >> 3] |= 1 << (place & 7)

    def missed(self) -> None:
        """Note that the table was asked for a row that it lacks; what it holds may be read now.

        Raises:
            StateError: The file cannot be read.
        """
        if self._marks is None or self._end is _END or self._count >= _MOST:
            return
        self._missed += 1
        if self._missed >= _EARNED_BY:
            self._missed = 0
            rows = self._db.rows(self._read, (self._end, _SLICE))
            hashes: list[bytes] = [row[0] for row in rows]
            self.add(hashes)
            self._count += len(rows)
            self._end = hashes[-1] if len(rows) == _SLICE else _END


_sieves: Final[WeakSet[Sieve]] = WeakSet()


def _in_a_copy() -> None:
    # a copy of the process must not answer from memory either, but be refused by the file
    for sieve in list(_sieves):
        sieve.distrust()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_a_copy)
