"""What is under way, written down before it leaves, and what is made of it after a sudden end."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.errors import StateError
from braze_engage.sync.state_expiry import done_on
from braze_engage.sync.state_owner import Owner, is_alive
from braze_engage.sync.state_rows import DOUBTFUL, decode_person, encode_person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from braze_engage.sync.state_db import Database
    from braze_engage.sync.state_hashes import Hashes

__all__ = ["Journal", "Once", "Written"]

_ID_BITS: Final = 62
_SECOND_NS: Final = 1_000_000_000
_DAY_SECONDS: Final = 86_400
_MASK: Final = 31
_DELETE: Final = "DELETE FROM journal WHERE id = ?"
_DONE: Final = "SELECT done FROM messages WHERE message = ?"
_PUT_DONE: Final = (
    "INSERT INTO messages (message, done) VALUES (?, ?)"
    " ON CONFLICT (message) DO UPDATE SET done = excluded.done"
)
_LOST: Final = "INSERT OR REPLACE INTO lost (message, at, delivery, message_id) VALUES (?, ?, ?, ?)"
_PERSON: Final = "SELECT known FROM people WHERE person = ?"
_PUT_PERSON: Final = "UPDATE people SET known = ? WHERE person = ?"


class Once(NamedTuple):
    """Something under way that must not be sent again.

    Args:
        bit: Of the delivery.
        known_as: What it is remembered by.
        message_id: Segment's id of the call, where it has one.
    """

    bit: int
    known_as: str
    message_id: str | None


class Written(NamedTuple):
    """A value that a request under way may change.

    Args:
        person: The person, hashed.
        subject: The number of a cohort or an attribute.
    """

    person: bytes
    subject: int


class Journal:
    """Requests under way, of this and of other processes; not safe for threads by itself.

    Args:
        database: The file.
        hashes: What stands there instead of message ids.
        path: Where it lies.
    """

    def __init__(self, database: Database, hashes: Hashes, path: Path) -> None:
        self._db = database
        self._hashes = hashes
        self._path = path
        self._owner: Owner | None = None
        self._lost: dict[bytes, int] = {}

    @property
    def owner(self) -> str:
        """What this process signs with.

        Raises:
            StateError: The mark of this process cannot be made.
        """
        if self._owner is None:
            try:
                self._owner = Owner(self._path)
            except OSError as error:
                raise StateError(
                    f"state: no file can be made beside {self._path}: {error.strerror}; make room, "
                    "or give write permission to its directory"
                ) from None
        return self._owner.token

    def is_alive(self, owner: str) -> bool:
        """Tell whether a process that signed something is still there.

        Args:
            owner: What it signed with.
        """
        mine = self._owner is not None and owner == self._owner.token
        return mine or is_alive(self._path, owner)

    def entry(self, once: Sequence[Once], written: Sequence[Written]) -> tuple[int, str, bytes]:
        """Make an entry: its number, who signs it, and what it says.

        Args:
            once: What must not be sent again.
            written: Values that may change.

        Raises:
            StateError: The mark of this process cannot be made.
        """
        content = json.dumps([once, [(one.person.hex(), one.subject) for one in written]])
        return secrets.randbits(_ID_BITS), self.owner, content.encode()

    def recover(self, now_ns: int) -> None:
        """Go through what was under way in processes that are no more.

        What must not be sent again counts as done and as lost; of values nobody knows whether
        they changed.

        Args:
            now_ns: The moment, nanoseconds since 1970 UTC.

        Raises:
            StateError: The file cannot be read or written.
        """
        left = self._db.rows("SELECT id, owner, content FROM journal")
        alive = {owner: self.is_alive(owner) for _, owner, _ in left}
        if not all(alive.values()):
            with self._db.transaction():
                for number, owner, content in left:
                    # Another process may have gone through it in between.
                    if not alive[owner] and self._db.run(_DELETE, (number,)):
                        self._give_up(content, now_ns // _SECOND_NS)
        self._lost = dict(self._db.rows("SELECT message, delivery FROM lost"))

    def _give_up(self, content: bytes, seconds: int) -> None:
        once, written = json.loads(content)
        for bit, known_as, message_id in once:
            message = self._hashes.message(known_as)
            row = self._db.one(_DONE, (message,))
            done = row[0] if row else 0
            if done & bit:
                continue  # its answer came
            day = seconds // _DAY_SECONDS
            self._db.run(_PUT_DONE, (message, done_on(day, done & _MASK | bit)))
            self._db.run(_LOST, (message, seconds, bit, message_id))
        for person, subject in written:
            self._doubt(bytes.fromhex(person), subject)

    def _doubt(self, person: bytes, subject: int) -> None:
        row = self._db.one(_PERSON, (person,))
        if row is None:
            return
        known = decode_person(row[0])
        entry = known.entries.get(subject)
        if entry is not None:
            known.entries[subject] = entry._replace(code=DOUBTFUL)
            self._db.run(_PUT_PERSON, (encode_person(known), person))

    def lose(self, once: Once, now_ns: int) -> tuple[str, tuple[bytes | int | str | None, ...]]:
        """Note that nobody knows what became of something that must not be sent again.

        Args:
            once: What it is.
            now_ns: The moment, nanoseconds since 1970 UTC.

        Returns:
            The statement that writes it down, and its values.
        """
        message = self._hashes.message(once.known_as)
        self._lost[message] = once.bit
        return _LOST, (message, now_ns // _SECOND_NS, once.bit, once.message_id)

    def is_lost(self, bit: int, known_as: str) -> bool:
        """Tell whether something was under way when a process ended.

        Args:
            bit: Of the delivery.
            known_as: What it is remembered by.
        """
        return bool(self._lost) and bool(self._lost.get(self._hashes.message(known_as), 0) & bit)

    def found(self, known_as: str) -> bytes:
        """Note that the call of something lost has turned up, so that its letter says all.

        Args:
            known_as: What it is remembered by.

        Returns:
            What it is stored under.
        """
        message = self._hashes.message(known_as)
        self._lost.pop(message, None)
        return message

    def close(self) -> None:
        """Take the mark of this process away."""
        if self._owner is not None:
            self._owner.close()
            self._owner = None
