"""The key that people and values in a state file are hashed with; it lies outside that file."""

from __future__ import annotations

import os
import secrets
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from braze_engage.credentials import Secret
from braze_engage.data_import_keys.file import Contents, OwnerFile
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["StateKey", "key_path", "state_key"]

_VARIABLE: Final = "BRAZE_STATE_KEY"
_KEY_BYTES: Final = 32
_MIN_CHARACTERS: Final = 16


class StateKey(Secret):
    """The key that people and values in a state file are hashed with."""

    __slots__ = ()
    remedy = "give at least 16 characters that nobody can guess"


def key_path(path: Path) -> Path:
    """Tell where the key of a state file lies unless one is given.

    Args:
        path: The state file.
    """
    return path.with_name(f"{path.name}-key")


def state_key(path: Path, given: str | Secret | None, *, is_new: bool) -> bytes:
    """Find the key of a state file: the one given, that of the environment, or a file beside it.

    Args:
        path: The state file.
        given: A key, or None.
        is_new: Whether the state file is about to be made, so that a key may be made too.

    Raises:
        ConfigurationError: There is no key, or it cannot be used.
    """
    found = given if given is not None else os.environ.get(_VARIABLE) or None
    del given
    try:
        if found is not None:
            return _derived(found)
    finally:
        del found
    beside = OwnerFile(key_path(path))
    held = beside.read()
    if held is None and is_new:
        beside.update(_made)
        held = beside.read()
    if held is None:
        raise ConfigurationError(
            f"state: {path} was made with a key that is neither in {beside.path} nor in the "
            f"environment variable {_VARIABLE}; put it back, or begin a new file under another "
            "name"
        )
    return _parsed(held, beside.path)


def _derived(found: str | Secret) -> bytes:
    key = found if isinstance(found, Secret) else StateKey(found)
    text = key.reveal()
    if len(text) < _MIN_CHARACTERS:
        del found, text
        raise ConfigurationError(f"state: the key is too short; {StateKey.remedy}")
    return blake2b(text.encode(), digest_size=_KEY_BYTES).digest()


def _made(before: Contents | None) -> Contents:
    # Another process may have made one meanwhile.
    return before or Contents(secrets.token_hex(_KEY_BYTES).encode() + b"\n")


def _parsed(held: Contents, path: Path) -> bytes:
    try:
        key = bytes.fromhex(held.data.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigurationError(
            f"state: {path} does not hold a key of {_KEY_BYTES} bytes in hexadecimal; put the "
            "right file back"
        )
    return key
