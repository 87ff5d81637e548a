"""Order keys, texts and numbers as few bytes.

Message ids in the forms that Segment gives them are packed, because most of a row would be message
id otherwise; they decide between calls of one moment, so none of it can be left out.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from typing import Final
from uuid import UUID

from braze_engage.engage.calls import OrderKey

__all__ = [
    "ID_BITS",
    "NEVER",
    "ONE_BYTE",
    "ORDER_BYTES",
    "WIDE_TIME",
    "pack_number",
    "pack_order",
    "read_integer",
    "read_number",
    "skip_texts",
    "unpack_order",
]

NEVER: Final = 0
"""Stands for a moment that never was, among moments in minutes."""
ONE_BYTE: Final = tuple(bytes((number,)) for number in range(256))
"""Every byte there is; looking one up is faster than making it."""
WIDE_TIME: Final = 12
"""Bytes; nanoseconds of the years 1 to 9999 need more than 64 bits."""

_ID_RAW, _ID_UUID, _ID_KSUID = range(3)  # and one more by the second prefix
ID_BITS: Final = 3
"""The flags that tell in which form a message id is written; 0 where it is a text."""
_WIDE: Final = 8
_EXACT: Final = 16
_MS: Final = 1_000_000
_MINUTE_MS: Final = 60_000
_EPOCH_MS: Final = 1_577_836_800_000  # 2020-01-01
_TIME_BYTES: Final = 5
_EXACT_BYTES: Final = 3
_RECEIVED_BYTES: Final = 3
_MINUTE_BYTES: Final = 2
_WIDE_MINUTE: Final = 5
_COMPACT: Final = _TIME_BYTES + _RECEIVED_BYTES + _MINUTE_BYTES
_NO_RECEIVED: Final = (1 << 8 * _RECEIVED_BYTES) - 1
_NO_MINUTE: Final = (1 << 8 * _MINUTE_BYTES) - 1
_END_MS: Final = 1 << 8 * _TIME_BYTES

_MORE: Final = 0x80
_KSUID_PREFIXES: Final = ("personas_2", "personas_3")  # until 2025 and until 2030
_KSUID_PREFIX: Final = len(_KSUID_PREFIXES[0])
_KSUID_KINDS: Final = {prefix: _ID_KSUID + place for place, prefix in enumerate(_KSUID_PREFIXES)}
_KSUID_CHARACTERS: Final = 36
_KSUID_BYTES: Final = 20
_UUID_CHARACTERS: Final = 36
_UUID_BYTES: Final = 16


def _order_bytes(flags: int) -> int:
    times = 2 * WIDE_TIME + _WIDE_MINUTE
    if not flags & _WIDE:
        times = _COMPACT + (_EXACT_BYTES if flags & _EXACT else 0)
    return times + (0, _UUID_BYTES, _KSUID_BYTES, _KSUID_BYTES)[flags & ID_BITS]


ORDER_BYTES: Final = tuple(map(_order_bytes, range(256)))
"""How many bytes an order key takes, by its flags, less the texts of a message id that is one."""


def pack_order(order: OrderKey, minute: int) -> tuple[int, bytes]:
    """Write an order key and a moment down.

    Args:
        order: The order key; its value is left out where there is a message id.
        minute: The moment, minutes since 1970 UTC, or `NEVER`.

    Returns:
        Flags, some of the lower five bits, and the bytes.
    """
    time_ns, received_ns, message_id, value = order
    kind, packed_id = _packed_id(message_id, value)
    compact = _compact(time_ns, received_ns, minute)
    if compact is not None:
        exact, times = compact
        return kind | exact, times + packed_id
    times = b"".join(
        (
            time_ns.to_bytes(WIDE_TIME, "big", signed=True),
            received_ns.to_bytes(WIDE_TIME, "big", signed=True),
            minute.to_bytes(_WIDE_MINUTE, "big", signed=True),
        )
    )
    return kind | _WIDE, times + packed_id


def _compact(time_ns: int, received_ns: int, minute: int) -> tuple[int, bytes] | None:
    """Write times the short way, where they are of these decades and close to each other."""
    time_ms = time_ns // _MS
    beyond = time_ns - time_ms * _MS
    since = time_ms - _EPOCH_MS
    if not 0 <= since < _END_MS:
        return None
    received = _NO_RECEIVED
    if received_ns:
        received_ms = received_ns // _MS
        received = received_ms - time_ms
        if received_ms * _MS != received_ns or not 0 <= received < _NO_RECEIVED:
            return None
    later = _NO_MINUTE
    if minute != NEVER:
        later = minute - time_ms // _MINUTE_MS
        if not 0 <= later < _NO_MINUTE:
            return None
    packed = (since << 8 * _RECEIVED_BYTES | received) << 8 * _MINUTE_BYTES | later
    times = packed.to_bytes(_COMPACT, "big")
    return (_EXACT, times + beyond.to_bytes(_EXACT_BYTES, "big")) if beyond else (0, times)


def _packed_id(message_id: str, value: str) -> tuple[int, bytes]:
    if not message_id:
        return _ID_RAW, _text("") + _text(value)
    if len(message_id) == _KSUID_CHARACTERS:
        kind = _KSUID_KINDS.get(message_id[:_KSUID_PREFIX])
        if kind is not None:
            rest = message_id[_KSUID_PREFIX:]
            if rest.isalnum() and rest.isascii():
                # letters and digits are digits of base 64; two zeros in front fill up whole bytes
                return kind, a2b_base64("AA" + rest)[1:]
        elif message_id[8] == "-":
            try:
                packed = UUID(message_id)
            except ValueError:
                return _ID_RAW, _text(message_id)
            if str(packed) == message_id:
                return _ID_UUID, packed.bytes
    return _ID_RAW, _text(message_id)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-8", "surrogatepass")
    return pack_number(len(encoded)) + encoded


def pack_number(number: int) -> bytes:
    """Write a number of at least 0 down, small ones in one byte.

    Args:
        number: The number.
    """
    if number < _MORE:
        return ONE_BYTE[number]
    parts = bytearray()
    while number >= _MORE:
        parts.append(number & (_MORE - 1) | _MORE)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def unpack_order(data: bytes, at: int, flags: int) -> tuple[OrderKey, int, int]:
    """Read what `pack_order` wrote.

    Args:
        data: The bytes.
        at: Where it begins.
        flags: The flags that `pack_order` gave, among others.

    Returns:
        The order key, the moment, and where it ends.
    """
    if flags & _WIDE:
        time_ns = read_integer(data, at, WIDE_TIME)
        received_ns = read_integer(data, at + WIDE_TIME, WIDE_TIME)
        minute = read_integer(data, at + 2 * WIDE_TIME, _WIDE_MINUTE)
        at += 2 * WIDE_TIME + _WIDE_MINUTE
    else:
        packed = int.from_bytes(data[at : at + _COMPACT], "big")
        at += _COMPACT
        later = packed & _NO_MINUTE
        packed >>= 8 * _MINUTE_BYTES
        time_ms = (packed >> 8 * _RECEIVED_BYTES) + _EPOCH_MS
        received = packed & _NO_RECEIVED
        received_ns = 0 if received == _NO_RECEIVED else (time_ms + received) * _MS
        minute = NEVER if later == _NO_MINUTE else time_ms // _MINUTE_MS + later
        time_ns = time_ms * _MS
        if flags & _EXACT:
            time_ns += int.from_bytes(data[at : at + _EXACT_BYTES], "big")
            at += _EXACT_BYTES
    message_id, at = _message_id(data, at, flags & ID_BITS)
    value = ""
    if not message_id:
        value, at = _read_text(data, at)
    return OrderKey(time_ns, received_ns, message_id, value), minute, at


def skip_texts(data: bytes, at: int) -> int:
    """Tell where the texts end that take the place of a packed message id.

    Args:
        data: The bytes.
        at: Where they begin.

    Raises:
        ValueError: They are no texts.
    """
    message_id, at = _read_text(data, at)
    return at if message_id else _read_text(data, at)[1]


def _message_id(data: bytes, at: int, kind: int) -> tuple[str, int]:
    if kind == _ID_RAW:
        return _read_text(data, at)
    if kind == _ID_UUID:
        text = data[at : at + _UUID_BYTES].hex()
        parts = (text[:8], text[8:12], text[12:16], text[16:20], text[20:])
        return "-".join(parts), at + _UUID_BYTES
    digits = b2a_base64(b"\0" + data[at : at + _KSUID_BYTES], newline=False)
    return _KSUID_PREFIXES[kind - _ID_KSUID] + digits[2:].decode(), at + _KSUID_BYTES


def read_integer(data: bytes, at: int, length: int) -> int:
    """Read a signed integer of fixed length.

    Args:
        data: The bytes.
        at: Where it begins.
        length: Its bytes.
    """
    return int.from_bytes(data[at : at + length], "big", signed=True)


def _read_text(data: bytes, at: int) -> tuple[str, int]:
    length, at = read_number(data, at)
    return data[at : at + length].decode("utf-8", "surrogatepass"), at + length


def read_number(data: bytes, at: int) -> tuple[int, int]:
    """Read what `pack_number` wrote, and say where it ends.

    Args:
        data: The bytes.
        at: Where it begins.
    """
    byte = data[at]
    if byte < _MORE:
        return byte, at + 1
    shift = number = 0
    while True:
        byte = data[at]
        number |= (byte & (_MORE - 1)) << shift
        at += 1
        if byte < _MORE:
            return number, at
        shift += 7
