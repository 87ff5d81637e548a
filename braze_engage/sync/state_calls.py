"""Calls that a state file keeps whole: dead letters, and what is held back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.sync.state_computations import StoredComputations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.engage.identity import Identity
    from braze_engage.sync.letters import Table
    from braze_engage.sync.state_db import Row

__all__ = ["StoredCalls"]

_SECOND_NS: Final = 1_000_000_000
_KEEP: Final = {
    table: (
        f"INSERT INTO {table} (reason, at, time, person, message, content)"  # noqa: S608 - one of two words
        " VALUES (?, ?, ?, ?, ?, ?)"
    )
    for table in ("letters", "held")
}
_ANSWERED: Final = "DELETE FROM letters WHERE message = ?"
_FAILED_KEPT: Final = 100_000
_MAY_END_WELL: Final = frozenset({Outcome.FAILED, Outcome.UNIDENTIFIED, Outcome.MALFORMED})
"""What comes again under its id: a call that was refused or may have arrived does not."""
_ORDER: Final = " ORDER BY time DESC, id DESC"


class StoredCalls(StoredComputations):
    """Calls kept whole; safe to use from threads."""

    # What failed and may yet end well; None where there is too much to be kept in mind.
    _failed: set[bytes] | None = None

    def recover(self) -> None:
        """Go through what was left behind by processes that are no more.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._lock:
            super().recover()
            self._recall_failed()

    def keep(
        self,
        table: Table,
        reason: Reason,
        time_ms: int,
        *,
        identity: Identity | None,
        known_as: str | None,
        content: str,
    ) -> None:
        """Keep a call, by the next commit; what was kept of it before goes.

        Args:
            table: Where.
            reason: Why.
            time_ms: When it happened, milliseconds since 1970 UTC.
            identity: Who it is about, if anybody can tell.
            known_as: What it is remembered by, None for nothing.
            content: What is kept.
        """
        person = None if identity is None else self._hashes.person(identity)
        message = None if known_as is None else self._hashes.message(known_as)
        seconds = self._now_ns() // _SECOND_NS
        with self._lock:
            if table == "letters" and message is not None:
                self._later.append((_ANSWERED, (message,)))
                if reason.outcome in _MAY_END_WELL:
                    self._mind(message)
            self.later(_KEEP[table], (reason.value, seconds, time_ms, person, message, content))

    def _mind(self, message: bytes) -> None:
        if self._failed is not None:
            self._failed.add(message)
            if len(self._failed) >= _FAILED_KEPT:
                self._failed = None

    def ended_well(self, known_as: str) -> None:
        """Forget the letter of a call that failed before and did not now, by the next commit.

        Args:
            known_as: What it is remembered by.
        """
        with self._lock:
            if self._failed is not None and not self._failed:
                return
            message = self._hashes.message(known_as)
            if self._failed is None or message in self._failed:
                self.later(_ANSWERED, (message,))

    def _recall_failed(self) -> None:
        """Recall which calls failed; None where there are too many to be kept in mind."""
        reasons = [reason.value for reason in Reason if reason.outcome in _MAY_END_WELL]
        marks = ", ".join("?" * len(reasons))
        statement = f"SELECT message FROM letters WHERE reason IN ({marks}) LIMIT ?"  # noqa: S608 - only question marks
        rows = self._db.rows(statement, (*reasons, _FAILED_KEPT))
        self._failed = {row[0] for row in rows} if len(rows) < _FAILED_KEPT else None

    def kept_numbers(self, table: Table, reason: Reason | None) -> list[int]:
        """List the numbers of calls that are kept, those that happened last first.

        Args:
            table: Where.
            reason: Why; None for any.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._lock:
            self.commit()
            if reason is None:
                rows = self._db.rows(f"SELECT id FROM {table}{_ORDER}")  # noqa: S608 - one of two words
            else:
                statement = f"SELECT id FROM {table} WHERE reason = ?{_ORDER}"  # noqa: S608 - likewise
                rows = self._db.rows(statement, (reason.value,))
        return [row[0] for row in rows]

    def kept_rows(self, table: Table, numbers: Sequence[int]) -> list[Row]:
        """Read calls that are kept: number, reason, seconds since 1970 and content.

        Args:
            table: Where.
            numbers: Which.

        Raises:
            StateError: The file cannot be read.
        """
        statement = f"SELECT id, reason, at, content FROM {table} WHERE id = ?"  # noqa: S608 - likewise
        with self._lock:
            found = [self._db.one(statement, (number,)) for number in numbers]
        return [row for row in found if row is not None]

    def kept_of(self, identity: Identity) -> list[tuple[Table, int]]:
        """List what is kept of a person, the last first.

        Args:
            identity: Who.

        Raises:
            StateError: The file cannot be read or written.
        """
        person = (self._hashes.person(identity),)
        tables: tuple[Table, Table] = ("letters", "held")
        with self._lock:
            self.commit()
            return [
                (table, row[0])
                for table in tables
                for row in self._db.rows(
                    f"SELECT id FROM {table} WHERE person = ?{_ORDER}",  # noqa: S608 - likewise
                    person,
                )
            ]
