"""People in a state file: read when they are first asked for, written many at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.errors import StateError
from braze_engage.sync.state_rows import PersonRow, decode_person, encode_person

if TYPE_CHECKING:
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.state_db import Database
    from braze_engage.sync.state_hashes import Hashes

__all__ = ["People"]

# About as many as may wait at once, so that few are read twice who are on the way.
_KEPT: Final = 10_000
_READ: Final = "SELECT known FROM people WHERE person = ?"
_WRITE: Final = (
    "INSERT INTO people (person, known) VALUES (?, ?)"
    " ON CONFLICT (person) DO UPDATE SET known = excluded.known"
)


class People:
    """Rows of people, kept in memory for a while; not safe for threads by itself.

    Args:
        database: The file.
        hashes: What stands there instead of people and subjects.
    """

    def __init__(self, database: Database, hashes: Hashes) -> None:
        self._db = database
        self._hashes = hashes
        self._young: dict[Identity, PersonRow] = {}
        self._old: dict[Identity, PersonRow] = {}
        self._changed: dict[Identity, PersonRow] = {}
        self._subjects: dict[str, int] = {}

    def __len__(self) -> int:
        """How many have changed since they were written last."""
        return len(self._changed)

    def of(self, identity: Identity) -> PersonRow:
        """Give everything known of a person.

        Args:
            identity: Who.

        Raises:
            StateError: The file cannot be read.
        """
        row = self._young.get(identity)
        if row is not None:
            return row
        row = self._old.pop(identity, None) or self._changed.get(identity)
        if row is None:
            row = self._stored(self._hashes.person(identity)) or PersonRow()
        if len(self._young) >= _KEPT:
            self._old, self._young = self._young, {}
        self._young[identity] = row
        return row

    def change(self, identity: Identity) -> PersonRow:
        """Give everything known of a person, to be changed and written later.

        Args:
            identity: Who.

        Raises:
            StateError: The file cannot be read.
        """
        row = self.of(identity)
        self._changed[identity] = row
        return row

    def _stored(self, person: bytes) -> PersonRow | None:
        found = self._db.one(_READ, (person,))
        if found is None:
            return None
        try:
            return decode_person(found[0])
        except ValueError:
            raise StateError(
                "state: the file is damaged: a row cannot be read; put a copy back, or begin a "
                "new file under another name"
            ) from None

    def subject(self, subject: str, *, make: bool = False) -> int | None:
        """Give the number that stands for a cohort or an attribute; None for one without.

        Args:
            subject: Which.
            make: Whether to give it one.

        Raises:
            StateError: The file cannot be read or written.
        """
        number = self._subjects.get(subject)
        if number is not None:
            return number
        hashed = (self._hashes.subject(subject),)
        find = "SELECT id FROM subjects WHERE subject = ?"
        found = self._db.one(find, hashed)
        if found is None and make:
            with self._db.transaction():
                self._db.run("INSERT OR IGNORE INTO subjects (subject) VALUES (?)", hashed)
                found = self._db.one(find, hashed)
        if found is None:
            return None
        self._subjects[subject] = found[0]
        return self._subjects[subject]

    def write(self, *, merge: bool) -> None:
        """Write who has changed, within a transaction.

        Args:
            merge: Whether somebody else wrote to the file meanwhile, so that what is there now
                counts too.

        Raises:
            StateError: The file cannot be read or written.
        """
        rows = sorted((self._hashes.person(identity), identity) for identity in self._changed)
        encoded: list[tuple[bytes, bytes]] = []
        for person, identity in rows:
            row = self._changed[identity]
            stored = self._stored(person) if merge else None
            if stored is not None:
                row.merge(stored)
            if row.entries and not row.sealed:
                row.sealed = self._hashes.seal(identity, person)
            encoded.append((person, encode_person(row)))
        self._db.many(_WRITE, encoded)

    def forget(self) -> None:
        """Read everybody anew; whoever has changed must be written."""
        assert not self._changed
        self._young, self._old = {}, {}

    def written(self, *, merged: bool) -> None:
        """Note that the transaction has ended.

        Args:
            merged: Whether somebody else wrote to the file meanwhile, so that what was read of
                it counts no more.
        """
        self._changed.clear()
        if merged:
            self._young, self._old = {}, {}
