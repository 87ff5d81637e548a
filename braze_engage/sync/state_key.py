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

__all__ = ["StateKey", "given_key", "key_path", "state_key"]

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


def given_key(key: str | Secret | None) -> Secret | None:
    """Check a key that was given, or that lies in the environment; None where there is none.

    Args:
        key: What was given.

    Raises:
        ConfigurationError: It is too short, or no key at all.
    """
    try:
        if isinstance(key, Secret):
            found = key
        else:
            text = os.environ.get(_VARIABLE) if key is None else key
            if not text and key is None:
                return None
            found = StateKey(text or "")
    finally:
        key = text = None
    if len(found.reveal()) < _MIN_CHARACTERS:
        raise ConfigurationError(f"state: the key is too short; {StateKey.remedy}")
    return found


def state_key(path: Path, given: Secret | None, *, is_new: bool) -> bytes:
    """Find the key of a state file: the one given, or a file beside it.

    Args:
        path: The state file.
        given: A key, or None.
        is_new: Whether the state file is about to be made, so that a key may be made too.

    Raises:
        ConfigurationError: There is no key, or it cannot be used.
    """
    if given is not None:
        return blake2b(given.reveal().encode(), digest_size=_KEY_BYTES).digest()
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
