"""The steps that bring a state file from one number of its schema to the next; today there is none.

A step adds tables and columns at once and then goes through rows a slice at a time, each slice in a
transaction of its own together with the place it came to. So it may end at any moment and goes on
from there, and a row is never changed twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from braze_engage.sync.state_db import Database, Row

__all__ = ["STEPS", "Rewrite", "Step"]


@attrs.frozen(kw_only=True)
class Rewrite:
    """Rows of one table that are changed.

    Args:
        table: The table.
        key: Its primary key, one column of bytes, text or numbers.
        columns: What else of a row is read.
        change: Changes rows; they stand there as key and columns.
    """

    table: str
    key: str
    columns: tuple[str, ...]
    change: Callable[[Database, Sequence[Row]], None]


@attrs.frozen(kw_only=True)
class Step:
    """From one number of the schema to the next.

    Args:
        begins: The number it begins with; it ends with the next.
        says: What it does, in a few words.
        reads_from: The oldest number whose library may use the file afterwards: the one it ends
            with unless it only adds tables, and columns that may be left out.
        statements: What is added first.
        rewrites: The rows that are changed, table by table.
    """

    begins: int
    says: str
    reads_from: int
    statements: tuple[str, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()

    @property
    def ends(self) -> int:
        """The number it ends with."""
        return self.begins + 1


STEPS: Final[tuple[Step, ...]] = ()
