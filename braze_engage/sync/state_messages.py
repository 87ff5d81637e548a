"""Message ids in a state file, each with the deliveries that came to an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.engage.deliveries import Delivery
from braze_engage.sync.state_expiry import done_on
from braze_engage.sync.state_sieve import Sieve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.sync.state_db import Database
    from braze_engage.sync.state_hashes import Hashes

__all__ = ["Messages", "delivery_bit"]

_DELETION: Final = 16
_BITS: Final[Mapping[Delivery, int]] = {
    one: one.value or _DELETION for one in map(Delivery, range(_DELETION))
}
_MOST_ASKED: Final = 50_000
_DAY_NS: Final = 86_400_000_000_000
_READ: Final = "SELECT done FROM messages WHERE message = ?"
_WRITE: Final = (
    "INSERT INTO messages (message, done) VALUES (?, ?) ON CONFLICT (message)"
    # the later day, and all deliveries
    " DO UPDATE SET done = (excluded.done & ~31) | ((done | excluded.done) & 31)"
)


def delivery_bit(delivery: Delivery) -> int:
    """Give the bit of a single delivery; a deletion is none and has a bit of its own.

    Args:
        delivery: The delivery.
    """
    return _BITS[delivery]


class Messages:
    """Messages of which a delivery came to an end; not safe for threads by itself.

    Args:
        database: The file.
        hashes: What stands there instead of message ids.
    """

    def __init__(self, database: Database, hashes: Hashes) -> None:
        self._db = database
        self._hashes = hashes
        self._sieve = Sieve(database, "messages")
        self._fresh: dict[bytes, int] = {}
        # A call with several deliveries is asked about several times.
        self._last = ("", b"", 0)
        # What is asked about now ends soon, and need not be hashed again then.
        self._asked: dict[str, bytes] = {}

    def __len__(self) -> int:
        """How many have come to an end since they were written last."""
        return len(self._fresh)

    def is_done(self, delivery: Delivery, message_id: str) -> bool:
        """Tell whether a delivery of this message came to an end before.

        Args:
            delivery: A single delivery.
            message_id: Segment's id of the call.

        Raises:
            StateError: The file cannot be read.
        """
        asked, message, stored = self._last
        if asked != message_id:
            message = self._hashes.message(message_id)
            if len(self._asked) >= _MOST_ASKED:
                self._asked.clear()
            self._asked[message_id] = message
            stored = self._stored(message)
            self._last = (message_id, message, stored)
        return bool((stored | self._fresh.get(message, 0)) & _BITS[delivery])

    def _stored(self, message: bytes) -> int:
        if self._sieve.lacks(message):
            return 0
        row = self._db.one(_READ, (message,))
        if row is not None:
            done: int = row[0]
            return done
        self._sieve.missed()
        return 0

    def remember(self, delivery: Delivery, message_id: str) -> None:
        """Note that a delivery of this message came to an end.

        Args:
            delivery: A single delivery.
            message_id: Segment's id of the call.
        """
        message = self._asked.pop(message_id, None) or self._hashes.message(message_id)
        self._fresh[message] = self._fresh.get(message, 0) | _BITS[delivery]

    def write(self, now_ns: int) -> None:
        """Write down what came to an end, within a transaction.

        Args:
            now_ns: The moment, nanoseconds since 1970 UTC.

        Raises:
            StateError: The file cannot be written.
        """
        day = now_ns // _DAY_NS
        rows = [(message, done_on(day, mask)) for message, mask in sorted(self._fresh.items())]
        self._sieve.add(self._fresh)
        self._db.many(_WRITE, rows)

    def written(self, *, merged: bool) -> None:
        """Note that the transaction has ended.

        Args:
            merged: Whether somebody else wrote to the file meanwhile.
        """
        self._fresh.clear()
        self._last = ("", b"", 0)
        if merged:
            self._sieve.forget()

    def forget(self) -> None:
        """Read everything anew."""
        self._last = ("", b"", 0)
        self._sieve.forget()

    def alone(self, *, is_alone: bool) -> None:
        """Note whether nobody else writes messages from now on.

        Args:
            is_alone: Whether it is so.
        """
        self._last = ("", b"", 0)
        if is_alone:
            self._sieve.trust()
        else:
            self._sieve.distrust()
