"""What stands in a state file instead of people, subjects, message ids and values."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from braze_engage.sync.state_seals import seal, unseal

if TYPE_CHECKING:
    from braze_engage.engage.identity import Identity

__all__ = ["VALUE_FORM", "Hashes"]

VALUE_FORM: Final = 1
"""The form in which values are written; what was written in an older form is still compared."""

# Among a hundred million rows two agree with a probability of 1 to 900,000.
_ID_BYTES: Final = 9
_SUBJECT_BYTES: Final = 16
_VALUE_BYTES: Final = 5
_LITERALS: Final = {"true": b"\xf1", "false": b"\xf2", "null": b"\xf3"}
_HASHES_BELOW: Final = 0xF0
_PERSON, _SUBJECT, _MESSAGE, _VALUE, _CHECK = (
    purpose.ljust(blake2b.PERSON_SIZE, b"\0")
    for purpose in (b"person", b"subject", b"message", b"value 1", b"check")
)


class Hashes:
    """Keyed hashes; nobody can guess what they stand for without the key.

    Args:
        key: The key, 16 to 64 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        # copies of what has taken the key in take half as long as beginning with the key
        self._person = self._begun(_PERSON, _ID_BYTES)
        self._subject = self._begun(_SUBJECT, _SUBJECT_BYTES)
        self._message = self._begun(_MESSAGE, _ID_BYTES)
        self._value = self._begun(_VALUE, _VALUE_BYTES)

    def _begun(self, purpose: bytes, size: int) -> blake2b:
        return blake2b(key=self._key, person=purpose, digest_size=size)

    def __repr__(self) -> str:
        return "Hashes(**********)"

    def person(self, identity: Identity) -> bytes:
        """Hash a person.

        Args:
            identity: Who.
        """
        return _hash(self._person, "\0".join(identity))

    def seal(self, identity: Identity, person: bytes) -> bytes:
        """Encrypt who a person is.

        Args:
            identity: Who.
            person: Their hash.
        """
        return seal(identity, person, self._key)

    def unseal(self, sealed: bytes, person: bytes) -> Identity:
        """Tell who a person is.

        Args:
            sealed: What `seal` gave.
            person: Their hash.

        Raises:
            ValueError: It cannot be read, or is of somebody else.
        """
        found = unseal(sealed, person, self._key)
        if self.person(found) != person:
            raise ValueError("the sealed identifier is of somebody else")
        return found

    def subject(self, subject: str) -> bytes:
        """Hash a cohort or an attribute.

        Args:
            subject: Which.
        """
        return _hash(self._subject, subject)

    def message(self, message_id: str) -> bytes:
        """Hash a message id.

        Args:
            message_id: The id.
        """
        return _hash(self._message, message_id)

    def value(self, value: str, form: int = VALUE_FORM) -> bytes:
        """Write a value in few bytes; the answer is empty for a form that is not known here.

        Args:
            value: The value as JSON.
            form: The form.
        """
        if form != VALUE_FORM:
            return b""
        literal = _LITERALS.get(value)
        if literal is not None:
            return literal
        hashed = _hash(self._value, value)
        first = hashed[0]
        return hashed if first < _HASHES_BELOW else bytes((first % _HASHES_BELOW,)) + hashed[1:]

    def check(self) -> bytes:
        """Give what tells whether a key is the one that a file was made with."""
        return _hash(self._begun(_CHECK, _SUBJECT_BYTES), "")


def _hash(begun: blake2b, text: str) -> bytes:
    hashed = begun.copy()
    hashed.update(text.encode("utf-8", "surrogatepass"))
    return hashed.digest()
