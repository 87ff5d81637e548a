"""Who holds a value in a state file: everybody in a cohort, everybody with an attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.errors import StateError
from braze_engage.sync.state_cohorts import StoredCohorts
from braze_engage.sync.state_rows import decode_person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from braze_engage.engage.identity import Identity
    from braze_engage.sync.state_rows import Entry, PersonRow

__all__ = ["LEFT", "NULL", "Holder", "StoredHolders"]

LEFT: Final = b"\xf2"
"""Stands for the value false, as of who is no member."""
NULL: Final = b"\xf3"
"""Stands for null, as of an attribute that was cleared."""

_SLICE: Final = 500
_READ: Final = "SELECT person, known FROM people WHERE person > ? ORDER BY person LIMIT ?"
_DAMAGED: Final = (
    "state: the file is damaged: a row cannot be read; put a copy back, or begin a new file under "
    "another name"
)


class Holder(NamedTuple):
    """Somebody of whom something is known.

    Args:
        identity: Who.
        entries: The newest thing known, by subject; only of subjects that were asked for.
    """

    identity: Identity
    entries: dict[str, Entry]

    def __repr__(self) -> str:
        # not who it is: that is personal data
        return f"Holder({len(self.entries)} subjects)"


class StoredHolders(StoredCohorts):
    """Who holds what; safe to use from threads."""

    def knows(self, subject: str) -> bool:
        """Tell whether anything was ever known of a cohort or an attribute.

        Args:
            subject: Which.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._lock:
            self.commit()
            return self._people.subject(subject) is not None

    def holders(self, subjects: Collection[str]) -> Iterator[Holder]:
        """Go through everybody of whom something is known of a cohort or an attribute.

        The file is read a few hundred people at a time, so that memory stays flat and others can
        write in between; what they write of people who come later is seen. Whoever was deleted is
        left out.

        Args:
            subjects: The cohorts and attributes.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._lock:
            self.commit()
            numbers = {self._people.subject(subject): subject for subject in subjects}
        named = {number: subject for number, subject in numbers.items() if number is not None}
        last = b""
        while named:
            with self._lock:
                rows = self._db.rows(_READ, (last, _SLICE))
            for person, known in rows:
                row = self._decoded(known)
                entries = {
                    subject: entry
                    for number, subject in named.items()
                    if (entry := row.get(number)) is not None
                }
                if entries:
                    yield Holder(self._who(person, row), entries)
            if len(rows) < _SLICE:
                return
            last = rows[-1][0]

    @staticmethod
    def _decoded(known: bytes) -> PersonRow:
        try:
            return decode_person(known)
        except ValueError:
            raise StateError(_DAMAGED) from None

    def _who(self, person: bytes, row: PersonRow) -> Identity:
        try:
            return self._hashes.unseal(row.sealed, person)
        except ValueError:
            raise StateError(_DAMAGED) from None
