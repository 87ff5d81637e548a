"""Who a row of a state file is about: sealed, so that only the key tells.

A hash says whether two people are the same and not who they are, and whoever empties a cohort has
to name its members. So a row also holds the identifier itself, encrypted with the key that lies
outside the file.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final
from uuid import UUID

from braze_engage.engage.identity import Identity
from braze_engage.sync.state_packing import ONE_BYTE, pack_number, read_number

__all__ = ["seal", "unseal"]

# Their places stand in files: new kinds come last.
_KINDS: Final = ("external_id", "braze_id", "device_id", "user_alias", "email", "phone")
_ALIAS: Final = _KINDS.index("user_alias")
_KIND_BITS: Final = 7
_UUID: Final = 8
_UUID_CHARACTERS: Final = 36
_PURPOSE: Final = b"seal".ljust(blake2b.PERSON_SIZE, b"\0")
_BLOCK: Final = blake2b.MAX_DIGEST_SIZE
_COUNTER_BYTES: Final = 4


def seal(identity: Identity, person: bytes, key: bytes) -> bytes:
    """Encrypt who somebody is; the same person always gives the same bytes.

    Args:
        identity: Who.
        person: Their keyed hash, which nobody else has; it takes the place of a random number.
        key: The key.
    """
    return _crypt(_written(identity), person, key)


def unseal(sealed: bytes, person: bytes, key: bytes) -> Identity:
    """Read what `seal` wrote.

    Args:
        sealed: The bytes.
        person: The keyed hash of the person.
        key: The key.

    Raises:
        ValueError: They are damaged, or of another person or key.
    """
    data = _crypt(sealed, person, key)
    try:
        found = _read(data)
    except IndexError:
        raise ValueError("the sealed identifier cannot be read") from None
    if _written(found) != data:
        raise ValueError("the sealed identifier is damaged")
    return found


def _crypt(data: bytes, person: bytes, key: bytes) -> bytes:
    size = len(data)
    stream = _stream(person, 0, key)
    if size > _BLOCK:
        others = range(1, -(-size // _BLOCK))
        stream += b"".join([_stream(person, block, key) for block in others])
    stream = stream[:size]
    mixed = int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")
    return mixed.to_bytes(size, "big")


def _stream(person: bytes, block: int, key: bytes) -> bytes:
    numbered = person + block.to_bytes(_COUNTER_BYTES, "big")
    return blake2b(numbered, key=key, person=_PURPOSE, digest_size=_BLOCK).digest()


def _written(identity: Identity) -> bytes:
    name, value, _ = identity
    kind = _KINDS.index(name)
    if kind == _ALIAS:
        label = _encoded(identity.label)
        return bytes((kind,)) + pack_number(len(label)) + label + _encoded(identity.value)
    packed = _uuid(value)
    if packed is not None:
        return bytes((kind | _UUID,)) + packed
    return ONE_BYTE[kind] + _encoded(value)


def _uuid(value: str) -> bytes | None:
    """Pack an identifier that is a UUID in its usual form, as most long ones are."""
    if len(value) != _UUID_CHARACTERS or value[8] != "-":
        return None
    try:
        packed = UUID(value)
    except ValueError:
        return None
    return packed.bytes if str(packed) == value else None


def _read(data: bytes) -> Identity:
    kind, rest = data[0], data[1:]
    name = _KINDS[kind & _KIND_BITS]
    if kind & _UUID:
        return Identity(name, str(UUID(bytes=rest)))
    if name == _KINDS[_ALIAS]:
        length, at = read_number(rest, 0)
        return Identity(name, _decoded(rest[at + length :]), _decoded(rest[at : at + length]))
    return Identity(name, _decoded(rest))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
