"""Forgets what is older than it is kept, a little at a time, so that nobody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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
_TO: Final = "swept to"
_PUT: Final = (
    "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_END: Final = "SELECT message FROM messages WHERE message > ? ORDER BY message LIMIT 1 OFFSET ?"


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
        seconds = now_ns // _SECOND_NS
        day = seconds // _DAY_SECONDS
        if self._swept == day:
            return False
        if 0 <= now_ns - self._at_ns < _REST_NS:
            return True
        self._at_ns = now_ns
        with self._db.transaction():
            swept = self._fact(_SWEPT)
            if swept == day:
                self._swept = day
                return False
            began = self._fact(_BEGAN)
            if began is None:
                began = day
                self._db.run(_PUT, (_BEGAN, day))
            if self._messages(began) or self._letters(seconds):
                return True
            self._db.run(_PUT, (_SWEPT, began))
            self._db.run("DELETE FROM facts WHERE name IN (?, ?)", (_BEGAN, _TO))
        return bool(began != day)

    def _fact(self, name: str) -> Any:  # Any: the name tells which
        row = self._db.one("SELECT value FROM facts WHERE name = ?", (name,))
        return row[0] if row else None

    def _messages(self, day: int) -> bool:
        """Go through a slice of the message ids, which lie in no order of time."""
        begin = self._fact(_TO) or b""
        end = self._db.one(_END, (begin, _SLICE))
        oldest = done_on(day - MESSAGE_DAYS, 0)
        if end is None:
            self._db.run("DELETE FROM messages WHERE message > ? AND done < ?", (begin, oldest))
            return False
        self._db.run(
            "DELETE FROM messages WHERE message > ? AND message <= ? AND done < ?",
            (begin, end[0], oldest),
        )
        self._db.run(_PUT, (_TO, end[0]))
        return True

    def _letters(self, seconds: int) -> bool:
        oldest = seconds - LETTER_DAYS * _DAY_SECONDS
        self._db.run("DELETE FROM lost WHERE at < ?", (oldest,))
        gone = self._db.run(
            "DELETE FROM letters WHERE at < ?"
            " AND id IN (SELECT id FROM letters ORDER BY id LIMIT ?)",
            (oldest, _SLICE),
        )
        return gone == _SLICE
