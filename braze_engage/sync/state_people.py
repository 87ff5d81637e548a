"""People in a state file: read when they are first asked for, written many at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.errors import StateError
from braze_engage.sync.known import attribute_subject
from braze_engage.sync.state_rows import PersonRow, decode_person, encode_person
from braze_engage.sync.state_sieve import Sieve

if TYPE_CHECKING:
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.state_db import Database
    from braze_engage.sync.state_hashes import Hashes

__all__ = ["People"]

# About as many as may wait at once, so that few are read twice who are on the way.
_KEPT: Final = 10_000
# Of who was written last, as they were written: many come again soon.
_WRITTEN_KEPT: Final = 10_000
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

    Attributes:
        attributes: The numbers that stand for attributes, as far as they were asked for by name.
    """

    def __init__(self, database: Database, hashes: Hashes) -> None:
        self._db = database
        self._hashes = hashes
        self._sieve = Sieve(database, "people")
        self._young: dict[Identity, PersonRow] = {}
        self._old: dict[Identity, PersonRow] = {}
        self._changed: dict[Identity, PersonRow] = {}
        # bytes by bytes, of which the collector of garbage knows nothing
        self._written: dict[bytes, bytes] = {}
        self._written_before: dict[bytes, bytes] = {}
        self._writing: list[tuple[bytes, bytes]] = []
        self._subjects: dict[str, int] = {}
        self.attributes: dict[str, int] = {}

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
        return self._older(identity) if row is None else row

    def _older(self, identity: Identity) -> PersonRow:
        row = self._old.pop(identity, None) or self._changed.get(identity)
        if row is None:
            person = self._hashes.person(identity)
            row = self._found(person) or PersonRow()
            row.person = person
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

    def _found(self, person: bytes) -> PersonRow | None:
        if self._sieve.lacks(person):
            return None
        known = self._written.get(person) or self._written_before.get(person)
        if known is not None:
            return decode_person(known)
        row = self._stored(person)
        if row is None:
            self._sieve.missed()
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

    def attribute(self, name: str) -> int:
        """Give the number that stands for an attribute, and give it one where it has none.

        Args:
            name: The attribute or profile field.

        Raises:
            StateError: The file cannot be read or written.
        """
        number = self.subject(attribute_subject(name), make=True)
        assert number is not None
        self.attributes[name] = number
        return number

    def write(self, *, merge: bool) -> None:
        """Write who has changed, within a transaction.

        Args:
            merge: Whether somebody else wrote to the file meanwhile, so that what is there now
                counts too.

        Raises:
            StateError: The file cannot be read or written.
        """
        encoded: list[tuple[bytes, bytes]] = []
        for identity, row in self._changed.items():
            person = row.person
            stored = self._stored(person) if merge else None
            if stored is not None:
                row.merge(stored)
            if not (row.sealed or row.is_empty):
                row.sealed = self._hashes.seal(identity, person)
            encoded.append((person, encode_person(row)))
        # pages of the file are changed in the order of the hashes
        encoded.sort()
        self._sieve.add([person for person, _ in encoded])
        self._db.many(_WRITE, encoded)
        self._writing = encoded

    def forget(self) -> None:
        """Read everybody anew; whoever has changed must be written."""
        assert not self._changed
        self._forget()

    def _forget(self) -> None:
        self._young, self._old = {}, {}
        self._written, self._written_before = {}, {}
        self._sieve.forget()

    def alone(self, *, is_alone: bool) -> None:
        """Note whether it will be told, from now on, when somebody else wrote to the file.

        Args:
            is_alone: Whether it is so.
        """
        if is_alone:
            self._sieve.trust()
        else:
            self._sieve.distrust()

    def written(self, *, merged: bool) -> None:
        """Note that the transaction has ended.

        Args:
            merged: Whether somebody else wrote to the file meanwhile, so that what was read of
                it counts no more.
        """
        if merged:
            self._forget()
        else:
            self._keep_written()
        self._changed.clear()
        self._writing = []

    def _keep_written(self) -> None:
        young, old = self._young, self._old
        for identity in self._changed:
            if young.pop(identity, None) is None:
                old.pop(identity, None)
        if len(self._written) >= _WRITTEN_KEPT:
            self._written_before, self._written = self._written, {}
        self._written.update(self._writing)
