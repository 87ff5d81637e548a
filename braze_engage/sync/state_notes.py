"""The last thing that became of a call of one person and computation, where nothing else tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.state_db import Database
    from braze_engage.sync.state_hashes import Hashes

__all__ = ["NOTE_DAYS", "Note", "Notes"]

NOTE_DAYS: Final = 7
_READ: Final = "SELECT reason, rule, at FROM notes WHERE slot = ?"
_WRITE: Final = (
    "INSERT INTO notes (slot, reason, rule, at) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (slot) DO UPDATE SET"
    " reason = excluded.reason, rule = excluded.rule, at = excluded.at"
)


class Note(NamedTuple):
    """What became of the last call.

    Args:
        reason: Why it ended so.
        rule: The rule that decided.
        seconds: When, seconds since 1970 UTC.
    """

    reason: str
    rule: str
    seconds: int


class Notes:
    """Notes, kept for seven days; not safe for threads by itself.

    Args:
        database: The file.
        hashes: What stands there instead of people and keys.
    """

    def __init__(self, database: Database, hashes: Hashes) -> None:
        self._db = database
        self._hashes = hashes
        self._fresh: dict[bytes, Note] = {}

    def __len__(self) -> int:
        """How many were taken since they were written last."""
        return len(self._fresh)

    def _slot(self, identity: Identity, key: str) -> bytes:
        return self._hashes.message("\0".join((*identity, key)))

    def take(self, identity: Identity, key: str, note: Note) -> None:
        """Take a note; it replaces the one before.

        Args:
            identity: The person.
            key: The computation key.
            note: What became of the last call.
        """
        self._fresh[self._slot(identity, key)] = note

    def find(self, identity: Identity, key: str) -> Note | None:
        """Look a note up; None where there is none.

        Args:
            identity: The person.
            key: The computation key.

        Raises:
            StateError: The file cannot be read.
        """
        slot = self._slot(identity, key)
        row = self._db.one(_READ, (slot,))
        return self._fresh.get(slot) or (None if row is None else Note(*row))

    def write(self) -> None:
        """Write the notes down, within a transaction.

        Raises:
            StateError: The file cannot be written.
        """
        self._db.many(_WRITE, [(slot, *note) for slot, note in sorted(self._fresh.items())])

    def written(self) -> None:
        """Note that the transaction has ended."""
        self._fresh.clear()
