"""Whose work something in a state file is, and whether whoever it was is still alive."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Owner", "hold", "is_alive", "let_go", "lock", "unlock"]

_TOKEN_BYTES: Final = 8

if sys.platform == "win32":  # pragma: no cover - the same promises with other calls
    import msvcrt

    def lock(descriptor: int) -> bool:
        """Lock a file, unless somebody has.

        Args:
            descriptor: The file.
        """
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Let go of a file that was locked.

        Args:
            descriptor: The file.
        """
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def lock(descriptor: int) -> bool:
        """Lock a file, unless somebody has.

        Args:
            descriptor: The file.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Let go of a file that was locked.

        Args:
            descriptor: The file.
        """
        fcntl.flock(descriptor, fcntl.LOCK_UN)


_held: set[int] = set()


def hold(descriptor: int) -> None:
    """Keep a locked file to this process: copies of it, as `os.fork` makes them, close theirs.

    Otherwise the lock would last as long as the last of them.

    Args:
        descriptor: The file.
    """
    _held.add(descriptor)


def let_go(descriptor: int) -> None:
    """Close a file that was held.

    Args:
        descriptor: The file.
    """
    _held.discard(descriptor)
    os.close(descriptor)


def _in_a_copy() -> None:
    for descriptor in _held:
        with suppress(OSError):
            os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_a_copy)


class Owner:
    """A mark that lasts as long as this process: a locked file, which the system lets go of.

    Args:
        path: The state file.

    Raises:
        OSError: The file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._process = os.getpid()
        while True:
            self.token = secrets.token_hex(_TOKEN_BYTES)
            self._path = _path(path, self.token)
            self._descriptor = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            if lock(self._descriptor) and self._path.exists():
                hold(self._descriptor)
                return
            # Somebody took it for that of a dead process in between.
            os.close(self._descriptor)

    def close(self) -> None:
        """Take the mark away, unless it is that of the process this one is a copy of."""
        if os.getpid() == self._process:
            let_go(self._descriptor)
            with suppress(OSError):
                self._path.unlink()


def is_alive(path: Path, token: str) -> bool:
    """Tell whether an owner is still there; what a dead one left lying is removed.

    Args:
        path: The state file.
        token: The owner's token.
    """
    mark = _path(path, token)
    try:
        descriptor = os.open(mark, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        if not lock(descriptor):
            return True
    finally:
        os.close(descriptor)
    with suppress(OSError):
        mark.unlink()
    return False


def _path(path: Path, token: str) -> Path:
    return path.with_name(f"{path.name}-run-{token}")
