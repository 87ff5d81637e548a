"""What a state file knows of one person, as compact bytes.

What was accepted of several attributes by one call shares one order key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.sync.state_packing import (
    WIDE_TIME,
    pack_number,
    pack_order,
    read_integer,
    read_number,
    unpack_order,
)

if TYPE_CHECKING:
    from braze_engage.engage.calls import OrderKey

__all__ = ["DOUBTFUL", "Entry", "PersonRow", "decode_person", "encode_person"]

DOUBTFUL: Final = b"\xf0"
"""Stands for a value of which nobody knows whether Braze accepted it."""

_CREATED: Final = 1
_DELETED: Final = 2
_SEALED: Final = 4

# A group of entries begins with one byte: the flags of its order key, these, and the form of its
# values in the upper two bits.
_SURE: Final = 4
_SINGLE: Final = 32
_FORM_SHIFT: Final = 6
_HASH_BYTES: Final = 5
_LITERALS_FROM: Final = DOUBTFUL[0]


class Entry(NamedTuple):
    """The newest thing known of one cohort or attribute of a person.

    Args:
        order: Its place in time; the value within is kept only where there is no message id.
        code: The value, as a hash or one of a few short words.
        form: The form of the hash.
        minute: When Braze last accepted the value, minutes since 1970 UTC; `NEVER` where it has to
            be sent again.
        sure: Whether Braze kept the value; otherwise it may not have known the person.
    """

    order: OrderKey
    code: bytes
    form: int
    minute: int
    sure: bool


class PersonRow:
    """Everything known of one person.

    Attributes:
        entries: By number of the subject, which is a cohort or an attribute.
        created: Whether something was accepted that creates a profile where there is none.
        deleted_ns: When the person was deleted, nanoseconds since 1970 UTC; None for never.
        sealed: Who it is, as `seal` writes it; empty where nothing is known of them but that.
    """

    __slots__ = ("created", "deleted_ns", "entries", "sealed")

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.created = False
        self.deleted_ns: int | None = None
        self.sealed = b""

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
    parts = [bytes((flags,)), deleted]
    if person.sealed:
        parts += (pack_number(len(person.sealed)), person.sealed)
    groups: dict[tuple[OrderKey, int, int, bool], list[tuple[int, bytes]]] = {}
    for subject, (order, code, form, minute, sure) in person.entries.items():
        groups.setdefault((order, form, minute, sure), []).append((subject, code))
    for (order, form, minute, sure), entries in groups.items():
        parts.append(_header(order, form, minute, sure=sure, single=len(entries) == 1))
        if len(entries) > 1:
            parts.append(pack_number(len(entries)))
        for subject, code in entries:
            parts += (pack_number(subject), code)
    return b"".join(parts)


def _header(order: OrderKey, form: int, minute: int, *, sure: bool, single: bool) -> bytes:
    flags, packed = pack_order(order, minute)
    flags |= form << _FORM_SHIFT
    if sure:
        flags |= _SURE
    if single:
        flags |= _SINGLE
    return bytes((flags,)) + packed


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
    person = PersonRow()
    flags, at, end = data[0], 1, len(data)
    person.created = bool(flags & _CREATED)
    if flags & _DELETED:
        person.deleted_ns, at = read_integer(data, at, WIDE_TIME), at + WIDE_TIME
    if flags & _SEALED:
        length, at = read_number(data, at)
        person.sealed, at = data[at : at + length], at + length
    entries = person.entries
    while at < end:
        flags = data[at]
        order, minute, at = unpack_order(data, at + 1, flags)
        form, sure = flags >> _FORM_SHIFT, bool(flags & _SURE)
        count = 1
        if not flags & _SINGLE:
            count, at = read_number(data, at)
        for _ in range(count):
            subject, at = read_number(data, at)
            length = 1 if data[at] >= _LITERALS_FROM else _HASH_BYTES
            code, at = data[at : at + length], at + length
            entries[subject] = Entry(order, code, form, minute, sure)
    if at > end:
        raise IndexError
    return person
