"""What Braze accepted of people since a snapshot was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.sync.state_db import Database

__all__ = ["IN_DOUBT", "Changed", "ChangedPeople", "bounded"]

IN_DOUBT: Final = b""
"""Stands for a value of which nobody knows whether Braze holds it."""

_FORGET: Final = (
    "DELETE FROM members WHERE subject = ? AND part = ? AND person = ? AND code = ? AND time = ?"
)
_SLICE: Final = 2_000
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1


def bounded(time_ns: int) -> int:
    """Bring a moment within what a column holds, the years 1678 to 2261.

    Args:
        time_ns: Nanoseconds since 1970 UTC.
    """
    return min(max(time_ns, _LEAST), _MOST)


class Changed(NamedTuple):
    """What Braze accepted last of one person since the snapshot.

    Args:
        person: The external id.
        code: The value, as `Hashes.value` writes it; `IN_DOUBT` where nobody knows.
        time_ns: When it happened, nanoseconds since 1970 UTC.
    """

    person: str
    code: bytes
    time_ns: int


class ChangedPeople:
    """People who changed since snapshots; not safe for threads by itself.

    Args:
        database: The state file.
    """

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, subject: int, part: int) -> list[Changed]:
        """List what Braze accepted of one part since the snapshot.

        Args:
            subject: Its number.
            part: The part.

        Raises:
            StateError: The file cannot be read.
        """
        statement = "SELECT person, code, time FROM members WHERE subject = ? AND part = ?"
        return [Changed(*row) for row in self._db.rows(statement, (subject, part))]

    def of_person(self, subject: int, part: int, person: str) -> Changed | None:
        """Tell what Braze accepted of a person since the snapshot; None for nothing.

        Args:
            subject: Its number.
            part: The part.
            person: The external id.

        Raises:
            StateError: The file cannot be read.
        """
        statement = (
            "SELECT person, code, time FROM members WHERE subject = ? AND part = ? AND person = ?"
        )
        row = self._db.one(statement, (subject, part, person))
        return None if row is None else Changed(*row)

    def count(self, subject: int) -> int:
        """Count the people of whom Braze accepted anything since the snapshot.

        Args:
            subject: Its number.

        Raises:
            StateError: The file cannot be read.
        """
        row = self._db.one("SELECT COUNT(*) FROM members WHERE subject = ?", (subject,))
        return 0 if row is None else row[0]

    def forget(self, subject: int, part: int, changed: Sequence[Changed]) -> None:
        """Forget what a snapshot has taken in, unless it has changed again; a little at a time.

        Args:
            subject: Its number.
            part: The part.
            changed: What it has taken in.

        Raises:
            StateError: The file cannot be written.
        """
        rows = [(subject, part, *one) for one in changed]
        for begin in range(0, len(rows), _SLICE):
            with self._db.transaction():
                self._db.many(_FORGET, rows[begin : begin + _SLICE])
