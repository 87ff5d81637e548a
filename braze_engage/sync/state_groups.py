"""What is known of the cohorts and attributes of a person, as groups of compact bytes.

What was accepted of several attributes by one call makes a group, which has one order key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from braze_engage.engage.values import maker
from braze_engage.sync.state_packing import (
    ID_BITS,
    ONE_BYTE,
    ORDER_BYTES,
    pack_number,
    pack_order,
    read_number,
    skip_texts,
    unpack_order,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage.engage.calls import OrderKey

    _Shared: TypeAlias = tuple[OrderKey, int, int, bool]

__all__ = ["DOUBTFUL", "Entry", "make_entry", "pack_groups", "scan_groups", "unpack_group"]

DOUBTFUL: Final = b"\xf0"
"""Stands for a value of which nobody knows whether Braze accepted it."""

# A group begins with one byte: the flags of its order key, these, and the form of its values in
# the upper two bits.
_SURE: Final = 4
_SINGLE: Final = 32
_FORM_SHIFT: Final = 6
_HASH_BYTES: Final = 5
_LITERALS_FROM: Final = DOUBTFUL[0]
_MORE: Final = 0x80


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


make_entry: Final[Callable[[tuple[OrderKey, bytes, int, int, bool]], Entry]] = maker(Entry)


def pack_groups(entries: Mapping[int, Entry]) -> list[bytes]:
    """Write entries down, in bytes that only have to be joined.

    Args:
        entries: By number of the subject.
    """
    parts: list[bytes] = []
    for (order, form, minute, sure), values in _groups(entries).items():
        flags, packed = pack_order(order, minute)
        flags |= form << _FORM_SHIFT
        if sure:
            flags |= _SURE
        count = len(values) // 2
        if count == 1:
            parts += (ONE_BYTE[flags | _SINGLE], packed)
        else:
            parts += (ONE_BYTE[flags], packed, pack_number(count))
        parts += values
    return parts


def _groups(entries: Mapping[int, Entry]) -> Mapping[_Shared, list[bytes]]:
    """Put subjects and values together that were accepted alike."""
    groups: dict[_Shared, list[bytes]] = {}
    latest: list[bytes] = []
    before: _Shared | None = None
    for subject, (order, code, form, minute, sure) in entries.items():
        shared = (order, form, minute, sure)
        # most is accepted together, and comparing the same objects is faster than hashing them
        if shared != before:
            latest = groups.setdefault(shared, [])
            before = shared
        latest += (pack_number(subject), code)
    return groups


def scan_groups(data: bytes) -> dict[int, int]:
    """Find the groups in what `pack_groups` wrote, without reading what they say.

    Args:
        data: The bytes.

    Returns:
        By number of the subject, where its group begins.

    Raises:
        ValueError: They are damaged.
        IndexError: They end too early.
    """
    begins: dict[int, int] = {}
    at, end = 0, len(data)
    while at < end:
        begin, flags = at, data[at]
        at += 1 + ORDER_BYTES[flags]
        if not flags & ID_BITS:
            at = skip_texts(data, at)
        count = 1
        if not flags & _SINGLE:
            count, at = read_number(data, at)
        for _ in range(count):
            subject = data[at]
            if subject < _MORE:
                at += 1
            else:
                subject, at = read_number(data, at)
            at += 1 if data[at] >= _LITERALS_FROM else _HASH_BYTES
            begins[subject] = begin
    if at > end:
        raise IndexError
    return begins


def unpack_group(data: bytes, begin: int) -> dict[int, Entry]:
    """Read a group that `scan_groups` found.

    Args:
        data: The bytes.
        begin: Where it begins.
    """
    flags = data[begin]
    order, minute, at = unpack_order(data, begin + 1, flags)
    form, sure = flags >> _FORM_SHIFT, bool(flags & _SURE)
    count = 1
    if not flags & _SINGLE:
        count, at = read_number(data, at)
    entries: dict[int, Entry] = {}
    for _ in range(count):
        subject, at = read_number(data, at)
        length = 1 if data[at] >= _LITERALS_FROM else _HASH_BYTES
        code, at = data[at : at + length], at + length
        entries[subject] = make_entry((order, code, form, minute, sure))
    return entries
