"""What a state file knows of one person, as compact bytes.

What was accepted of several attributes by one call shares one order key. Message ids in the forms
that Segment gives them are packed, because most of a row would be message id otherwise; they
decide between calls of one moment, so none of it can be left out.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from braze_engage.engage.calls import OrderKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["DOUBTFUL", "NEVER", "Entry", "PersonRow", "decode_person", "encode_person"]

DOUBTFUL: Final = b"\xf0"
"""Stands for a value of which nobody knows whether Braze accepted it."""
NEVER: Final = 0
"""Stands for a moment that never was, among moments in minutes."""

_CREATED: Final = 1
_DELETED: Final = 2

# A group of entries begins with one byte of these, and the form of its values in the upper two bits.
_ID_RAW, _ID_UUID, _ID_KSUID, _ID_NONE = range(4)
_SURE: Final = 4
_WIDE: Final = 8
_EXACT: Final = 16
_SINGLE: Final = 32
_FORM_SHIFT: Final = 6

_MS: Final = 1_000_000
_MINUTE_MS: Final = 60_000
_EPOCH_MS: Final = 1_577_836_800_000  # 2020-01-01
_TIME_BYTES: Final = 5
_EXACT_BYTES: Final = 3
_RECEIVED_BYTES: Final = 3
_MINUTE_BYTES: Final = 2
_WIDE_TIME: Final = 12  # nanoseconds of the years 1 to 9999 need more than 64 bits
_WIDE_MINUTE: Final = 5
_NO_RECEIVED: Final = (1 << 8 * _RECEIVED_BYTES) - 1
_NO_MINUTE: Final = (1 << 8 * _MINUTE_BYTES) - 1

_HASH_BYTES: Final = 5
_LITERALS_FROM: Final = DOUBTFUL[0]
_MORE: Final = 0x80

_KSUID_PREFIX: Final = "personas_"
_KSUID_CHARACTERS: Final = 27
_KSUID_BYTES: Final = 20
_UUID_CHARACTERS: Final = 36
_UUID_BYTES: Final = 16
_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_DIGIT: Final = {character: digit for digit, character in enumerate(_ALPHABET)}


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
    """

    __slots__ = ("created", "deleted_ns", "entries")

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.created = False
        self.deleted_ns: int | None = None

    def merge(self, other: PersonRow) -> None:
        """Take in what somebody else knows; of each subject the newer entry counts.

        Args:
            other: What is stored by now.
        """
        self.created = self.created or other.created
        if other.deleted_ns is not None and other.deleted_ns > (self.deleted_ns or 0):
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
        self.entries = {
            subject: entry for subject, entry in self.entries.items() if not self._is_over(entry)
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
        deleted = person.deleted_ns.to_bytes(_WIDE_TIME, "big", signed=True)
    parts = [bytes((flags,)), deleted]
    groups: dict[tuple[OrderKey, int, int, bool], list[tuple[int, bytes]]] = {}
    for subject, (order, code, form, minute, sure) in person.entries.items():
        groups.setdefault((order, form, minute, sure), []).append((subject, code))
    for (order, form, minute, sure), entries in groups.items():
        parts.append(_header(order, form, minute, sure=sure, single=len(entries) == 1))
        if len(entries) > 1:
            parts.append(_number(len(entries)))
        for subject, code in entries:
            parts += (_number(subject), code)
    return b"".join(parts)


def _header(order: OrderKey, form: int, minute: int, *, sure: bool, single: bool) -> bytes:
    kind, packed_id = _packed_id(order)
    flags = kind | form << _FORM_SHIFT
    if sure:
        flags |= _SURE
    if single:
        flags |= _SINGLE
    compact = _compact(order, minute)
    if compact is not None:
        exact, times = compact
        return bytes((flags | exact,)) + times + packed_id
    times = b"".join(
        (
            order.time_ns.to_bytes(_WIDE_TIME, "big", signed=True),
            order.received_ns.to_bytes(_WIDE_TIME, "big", signed=True),
            minute.to_bytes(_WIDE_MINUTE, "big"),
        )
    )
    return bytes((flags | _WIDE,)) + times + packed_id


def _compact(order: OrderKey, minute: int) -> tuple[int, bytes] | None:
    """Write times the short way, where they are of these decades and close to each other."""
    time_ms, beyond = divmod(order.time_ns, _MS)
    since = time_ms - _EPOCH_MS
    if not 0 <= since < 1 << 8 * _TIME_BYTES:
        return None
    received = _NO_RECEIVED
    if order.received_ns:
        received_ms, uneven = divmod(order.received_ns, _MS)
        received = received_ms - time_ms
        if uneven or not 0 <= received < _NO_RECEIVED:
            return None
    later = _NO_MINUTE
    if minute != NEVER:
        later = minute - time_ms // _MINUTE_MS
        if not 0 <= later < _NO_MINUTE:
            return None
    packed = (since << 8 * _RECEIVED_BYTES | received) << 8 * _MINUTE_BYTES | later
    times = packed.to_bytes(_TIME_BYTES + _RECEIVED_BYTES + _MINUTE_BYTES, "big")
    return (_EXACT, times + beyond.to_bytes(_EXACT_BYTES, "big")) if beyond else (0, times)


def _packed_id(order: OrderKey) -> tuple[int, bytes]:
    message_id = order.message_id
    if not message_id:
        return _ID_NONE, _text(order.value)
    length = len(message_id)
    if length == len(_KSUID_PREFIX) + _KSUID_CHARACTERS and message_id.startswith(_KSUID_PREFIX):
        number = 0
        for character in message_id[len(_KSUID_PREFIX) :]:
            digit = _DIGIT.get(character)
            if digit is None:
                return _ID_RAW, _text(message_id)
            number = number * len(_ALPHABET) + digit
        if number < 1 << 8 * _KSUID_BYTES:
            return _ID_KSUID, number.to_bytes(_KSUID_BYTES, "big")
    elif length == _UUID_CHARACTERS:
        try:
            packed = UUID(message_id)
        except ValueError:
            return _ID_RAW, _text(message_id)
        if str(packed) == message_id:
            return _ID_UUID, packed.bytes
    return _ID_RAW, _text(message_id)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-8", "surrogatepass")
    return _number(len(encoded)) + encoded


def _number(number: int) -> bytes:
    if number < _MORE:
        return bytes((number,))
    parts = bytearray()
    while number >= _MORE:
        parts.append(number & (_MORE - 1) | _MORE)
        number >>= 7
    parts.append(number)
    return bytes(parts)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, length: int) -> bytes:
        begin, self.at = self.at, self.at + length
        if self.at > len(self.data):
            raise ValueError("the row ends too early")
        return self.data[begin : self.at]

    def integer(self, length: int, *, signed: bool = False) -> int:
        return int.from_bytes(self.take(length), "big", signed=signed)

    def number(self) -> int:
        shift = number = 0
        while True:
            (byte,) = self.take(1)
            number |= (byte & (_MORE - 1)) << shift
            if byte < _MORE:
                return number
            shift += 7

    def text(self) -> str:
        return self.take(self.number()).decode("utf-8", "surrogatepass")

    def code(self) -> bytes:
        first = self.take(1)
        return first if first[0] >= _LITERALS_FROM else first + self.take(_HASH_BYTES - 1)


def decode_person(data: bytes) -> PersonRow:
    """Read what `encode_person` wrote.

    Args:
        data: The bytes.

    Raises:
        ValueError: They are damaged.
    """
    person = PersonRow()
    reader = _Reader(data)
    (flags,) = reader.take(1)
    person.created = bool(flags & _CREATED)
    if flags & _DELETED:
        person.deleted_ns = reader.integer(_WIDE_TIME, signed=True)
    while reader.at < len(data):
        (flags,) = reader.take(1)
        order, minute = _order(reader, flags)
        form, sure = flags >> _FORM_SHIFT, bool(flags & _SURE)
        for _ in range(1 if flags & _SINGLE else reader.number()):
            subject = reader.number()
            person.entries[subject] = Entry(order, reader.code(), form, minute, sure)
    return person


def _order(reader: _Reader, flags: int) -> tuple[OrderKey, int]:
    if flags & _WIDE:
        time_ns = reader.integer(_WIDE_TIME, signed=True)
        received_ns = reader.integer(_WIDE_TIME, signed=True)
        minute = reader.integer(_WIDE_MINUTE)
    else:
        packed = reader.integer(_TIME_BYTES + _RECEIVED_BYTES + _MINUTE_BYTES)
        later = packed & _NO_MINUTE
        packed >>= 8 * _MINUTE_BYTES
        time_ms = (packed >> 8 * _RECEIVED_BYTES) + _EPOCH_MS
        received = packed & _NO_RECEIVED
        received_ns = 0 if received == _NO_RECEIVED else (time_ms + received) * _MS
        minute = NEVER if later == _NO_MINUTE else time_ms // _MINUTE_MS + later
        time_ns = time_ms * _MS
        if flags & _EXACT:
            time_ns += reader.integer(_EXACT_BYTES)
    kind = flags & 3
    if kind == _ID_NONE:
        return OrderKey(time_ns, received_ns, "", reader.text()), minute
    return OrderKey(time_ns, received_ns, _message_id(reader, kind), ""), minute


def _message_id(reader: _Reader, kind: int) -> str:
    if kind == _ID_RAW:
        return reader.text()
    if kind == _ID_UUID:
        return str(UUID(bytes=reader.take(_UUID_BYTES)))
    number = reader.integer(_KSUID_BYTES)
    characters: list[str] = []
    for _ in range(_KSUID_CHARACTERS):
        number, digit = divmod(number, len(_ALPHABET))
        characters.append(_ALPHABET[digit])
    return _KSUID_PREFIX + "".join(reversed(characters))
