"""What a state file knows of one person, as compact bytes.

Most of what is read of a person is neither asked for nor changed, so it stays as it was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.sync.state_groups import (
    DOUBTFUL,
    Entry,
    make_entry,
    pack_groups,
    scan_groups,
    unpack_group,
)
from braze_engage.sync.state_packing import (
    NEVER,
    ONE_BYTE,
    WIDE_TIME,
    pack_number,
    read_integer,
    read_number,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DOUBTFUL", "Entry", "PersonRow", "decode_person", "encode_person", "make_entry"]

_CREATED: Final = 1
_DELETED: Final = 2
_SEALED: Final = 4
_NOWHERE: Final[Mapping[int, int]] = {}


class PersonRow:
    """Everything known of one person.

    Attributes:
        created: Whether something was accepted that creates a profile where there is none.
        deleted_ns: When the person was deleted, nanoseconds since 1970 UTC; None for never.
        sealed: Who it is, as `seal` writes it; empty where nothing is known of them but that.
        person: What the row is found by, the hash of the person; no part of what is written.
    """

    __slots__ = (
        "_begins",
        "_entries",
        "_last",
        "_packed",
        "created",
        "deleted_ns",
        "person",
        "sealed",
    )

    def __init__(self, packed: bytes = b"", begins: Mapping[int, int] = _NOWHERE) -> None:
        # by number of the subject: entries that are new or changed, and where the groups begin of
        # all that was written before
        self._entries: dict[int, Entry] = {}
        # whoever asks for an entry asks for it again
        self._last: tuple[int, Entry] | None = None
        self._packed = packed
        self._begins = begins
        self.created = False
        self.deleted_ns: int | None = None
        self.sealed = b""
        self.person = b""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of any cohort or attribute."""
        return not (self._entries or self._begins)

    @property
    def entries(self) -> dict[int, Entry]:
        """What is known, by number of the subject, which is a cohort or an attribute."""
        if self._begins:
            found: dict[int, Entry] = {}
            for begin in sorted(set(self._begins.values())):
                found.update(unpack_group(self._packed, begin))
            found.update(self._entries)
            self.entries = found
        return self._entries

    @entries.setter
    def entries(self, entries: dict[int, Entry]) -> None:
        self._entries, self._packed, self._begins = entries, b"", _NOWHERE

    def get(self, subject: int) -> Entry | None:
        """Look up what is known of one cohort or attribute.

        Args:
            subject: Its number.
        """
        entry = self._entries.get(subject)
        if entry is None and self._begins:
            last = self._last
            if last is not None and last[0] == subject:
                return last[1]
            begin = self._begins.get(subject)
            if begin is not None:
                entry = unpack_group(self._packed, begin)[subject]
                self._last = subject, entry
        return entry

    def put(self, subject: int, entry: Entry) -> None:
        """Note what is known of one cohort or attribute from now on.

        Args:
            subject: Its number.
            entry: What is known.
        """
        self._entries[subject] = entry

    def parts(self) -> list[bytes]:
        """Write down what is known, in bytes that only have to be joined."""
        entries, packed, begins = self._entries, self._packed, self._begins
        changed = {begins[subject] for subject in entries if subject in begins}
        if not changed:
            return [packed, *pack_groups(entries)] if packed else pack_groups(entries)
        parts: list[bytes] = []
        again: dict[int, Entry] = {}
        end = len(packed)
        for begin in sorted(set(begins.values()), reverse=True):
            if begin not in changed:
                parts.append(packed[begin:end])
            else:
                again.update(unpack_group(packed, begin))
            end = begin
        again.update(entries)
        return [*reversed(parts), *pack_groups(again)]

    def merge(self, other: PersonRow) -> None:
        """Take in what somebody else knows; of each subject the newer entry counts.

        Args:
            other: What is stored by now.
        """
        self.created = self.created or other.created
        if other.deleted_ns is not None and (
            self.deleted_ns is None or other.deleted_ns > self.deleted_ns
        ):
            self.bury(other.deleted_ns)
        for subject, entry in other.entries.items():
            known = self.entries.get(subject)
            if (known is None or entry.order > known.order) and not self._is_over(entry):
                self.entries[subject] = entry

    def create(self) -> None:
        """Note that a profile came to be; what is not sure was ignored and has to be sent again."""
        self.created = True
        if not self.is_empty:
            self.entries = {
                subject: entry if entry.sure else entry._replace(minute=NEVER)
                for subject, entry in self.entries.items()
            }

    def bury(self, time_ns: int) -> None:
        """Forget everything up to a deletion.

        Args:
            time_ns: When the person was deleted, nanoseconds since 1970 UTC.
        """
        self.deleted_ns = time_ns
        self.created = False
        self.sealed = b""
        self.entries = {
            subject: entry for subject, entry in self.entries.items() if not self._is_over(entry)
        }

    def doubt_all(self) -> None:
        """Note that of no entry anybody knows which value Braze holds."""
        self.entries = {
            subject: entry._replace(code=DOUBTFUL) for subject, entry in self.entries.items()
        }

    def _is_over(self, entry: Entry) -> bool:
        return self.deleted_ns is not None and entry.order.time_ns <= self.deleted_ns


def encode_person(person: PersonRow) -> bytes:
    """Write down a person.

    Args:
        person: What is known.
    """
    flags = _CREATED if person.created else 0
    deleted = b""
    if person.deleted_ns is not None:
        flags |= _DELETED
        deleted = person.deleted_ns.to_bytes(WIDE_TIME, "big", signed=True)
    if person.sealed:
        flags |= _SEALED
    parts = [ONE_BYTE[flags], deleted]
    if person.sealed:
        parts += (pack_number(len(person.sealed)), person.sealed)
    parts += person.parts()
    return b"".join(parts)


def decode_person(data: bytes) -> PersonRow:
    """Read what `encode_person` wrote.

    Args:
        data: The bytes.

    Raises:
        ValueError: They are damaged.
    """
    try:
        return _decoded(data)
    except IndexError:
        raise ValueError("the row ends too early") from None


def _decoded(data: bytes) -> PersonRow:
    flags, at = data[0], 1
    deleted_ns: int | None = None
    sealed = b""
    if flags & _DELETED:
        deleted_ns, at = read_integer(data, at, WIDE_TIME), at + WIDE_TIME
    if flags & _SEALED:
        length, at = read_number(data, at)
        sealed, at = data[at : at + length], at + length
    if at > len(data):
        raise IndexError
    packed = data[at:]
    person = PersonRow(packed, scan_groups(packed))
    person.created = bool(flags & _CREATED)
    person.deleted_ns, person.sealed = deleted_ns, sealed
    return person
