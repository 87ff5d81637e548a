"""Forgets what is older than it is kept, a little at a time, so that nobody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from braze_engage.sync.state_notes import NOTE_DAYS

if TYPE_CHECKING:
    from braze_engage.sync.state_db import Database

__all__ = ["LETTER_DAYS", "MESSAGE_DAYS", "Expiry", "done_on"]

MESSAGE_DAYS: Final = 7
LETTER_DAYS: Final = 30
_DAY_SHIFT: Final = 5
_DAY_SECONDS: Final = 86_400
_SECOND_NS: Final = 1_000_000_000
_REST_NS: Final = 100_000_000
_SLICE: Final = 1_000
_SWEPT: Final = "swept"
_BEGAN: Final = "sweep began"
_PUT: Final = (
    "INSERT INTO facts (name, value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


class _Table(NamedTuple):
    """A table whose rows lie in no order of time: where a slice ends, and how to forget it."""

    name: str
    end: str
    slice: str
    rest: str


_MESSAGES: Final = _Table(
    "swept messages to",
    "SELECT message FROM messages WHERE message > ? ORDER BY message LIMIT 1 OFFSET ?",
    "DELETE FROM messages WHERE done < ? AND message > ? AND message <= ?",
    "DELETE FROM messages WHERE done < ? AND message > ?",
)
_NOTES: Final = _Table(
    "swept notes to",
    "SELECT slot FROM notes WHERE slot > ? ORDER BY slot LIMIT 1 OFFSET ?",
    "DELETE FROM notes WHERE at < ? AND slot > ? AND slot <= ?",
    "DELETE FROM notes WHERE at < ? AND slot > ?",
)


def done_on(day: int, deliveries: int) -> int:
    """Write the day on which deliveries of a message came to an end, and which they are.

    Args:
        day: Days since 1970 UTC.
        deliveries: The deliveries, as bits.
    """
    return day << _DAY_SHIFT | deliveries


class Expiry:
    """Sweeps the file once a day; not safe for threads by itself.

    Args:
        database: The file.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._swept: int | None = None
        self._at_ns = 0

    def sweep(self, now_ns: int) -> bool:
        """Forget a slice of what is too old, unless one was forgotten just now.

        Args:
            now_ns: The moment, nanoseconds since 1970 UTC.

        Returns:
            Whether there is more to look at today.

        Raises:
            StateError: The file cannot be read or written.
        """
        day = now_ns // _SECOND_NS // _DAY_SECONDS
        if self._swept == day:
            return False
        if 0 <= now_ns - self._at_ns < _REST_NS:
            return True
        self._at_ns = now_ns
        with self._db.transaction():
            if self._fact(_SWEPT) == day:
                self._swept = day
                return False
            began = self._fact(_BEGAN)
            if began is None:
                began = day
                self._db.run(_PUT, (_BEGAN, day))
            notes_from = (began - NOTE_DAYS) * _DAY_SECONDS
            if (
                self._slice(_MESSAGES, done_on(began - MESSAGE_DAYS, 0))
                or self._slice(_NOTES, notes_from)
                or self._letters((began - LETTER_DAYS) * _DAY_SECONDS)
            ):
                return True
            self._db.run(_PUT, (_SWEPT, began))
            self._db.run(
                "DELETE FROM facts WHERE name IN (?, ?, ?)",
                (_BEGAN, _MESSAGES.name, _NOTES.name),
            )
        return bool(began != day)

    def _fact(self, name: str) -> Any:  # Any: the name tells which
        row = self._db.one("SELECT value FROM facts WHERE name = ?", (name,))
        return row[0] if row else None

    def _slice(self, table: _Table, oldest: int) -> bool:
        """Go through the next rows of a table; false where they were the last."""
        begin = self._fact(table.name) or b""
        end = self._db.one(table.end, (begin, _SLICE))
        if end is None:
            self._db.run(table.rest, (oldest, begin))
            return False
        self._db.run(table.slice, (oldest, begin, end[0]))
        self._db.run(_PUT, (table.name, end[0]))
        return True

    def _letters(self, oldest: int) -> bool:
        self._db.run("DELETE FROM lost WHERE at < ?", (oldest,))
        gone = self._db.run(
            "DELETE FROM letters WHERE at < ?"
            " AND id IN (SELECT id FROM letters ORDER BY id LIMIT ?)",
            (oldest, _SLICE),
        )
        return gone == _SLICE
