"""State files for tests."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from braze_engage.sync.sqlite_state import SqliteState

if TYPE_CHECKING:
    from pathlib import Path

NOW_NS = 1_793_604_330_277_328_691
SECOND = 1_000_000_000
DAY = 86_400 * SECOND


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.ns = NOW_NS

    def __call__(self) -> int:
        return self.ns

    def move(self, *, days: float = 0.0, seconds: float = 0.0) -> None:
        self.ns += int(days * DAY + seconds * SECOND)


def rows_of(path: Path, statement: str) -> list[Any]:  # Any: whatever the statement gives
    """What a state file holds, seen by somebody else."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def raw_bytes(path: Path) -> bytes:
    """Everything that a state file and what lies beside it hold, except for the key."""
    return b"".join(
        one.read_bytes()
        for one in sorted(path.parent.glob(f"{path.name}*"))
        if not one.name.endswith("-key")
    )


def store(path: Path, **options: Any) -> SqliteState:  # Any: the options of SqliteState
    return SqliteState(path, **options)
