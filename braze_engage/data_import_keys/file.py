"""A file that only its owner can read, replaced as a whole and under a lock."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import attrs

from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["Contents", "OwnerFile"]

T = TypeVar("T")

if sys.platform == "win32":  # pragma: no cover - the same promises with other calls
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

    def _refuse_shared(path: Path, status: os.stat_result) -> None:
        """Windows keeps its permissions elsewhere."""

    def _keep_owner(descriptor: int, status: os.stat_result | None) -> None:
        """Windows gives a new file the owner its directory prescribes."""

    def _sync_directory(path: Path) -> None:
        """Windows has no call for it."""

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        # Closing the file releases it, so that a process that dies leaves nothing locked.
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _refuse_shared(path: Path, status: os.stat_result) -> None:
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(
                f"others may read {path}, so its keys are not used: chmod 600 {path}, and replace "
                "the keys in the Braze dashboard if somebody did"
            )

    def _keep_owner(descriptor: int, status: os.stat_result | None) -> None:
        # Root may rotate the keys of a service that runs as somebody else.
        if status is not None and status.st_uid != os.geteuid():
            os.fchown(descriptor, status.st_uid, status.st_gid)

    def _sync_directory(path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@attrs.frozen
class Contents:
    """What a file holds, without showing it."""

    data: bytes = attrs.field(repr=False)


class OwnerFile:
    """A file only its owner can read.

    A symbolic link stays as it is: what it leads to is checked, read and replaced.

    Args:
        path: Where it is; its directory must exist.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def read(self) -> Contents | None:
        """Read it; None where there is no such file.

        Raises:
            ConfigurationError: Others may read it too, or it cannot be read.
        """
        return _explained(self.path, "read", self._read)

    def update(self, change: Callable[[Contents | None], Contents]) -> None:
        """Replace it by what a function makes of it; others who update it wait meanwhile.

        A process that dies at any moment leaves the old file or the new one.

        Args:
            change: Takes what the file holds now, None where there is no file.

        Raises:
            ConfigurationError: Others may read the file, or it cannot be read or written.
        """
        _explained(self.path, "written", lambda: self._update(change))

    def _read(self) -> Contents | None:
        try:
            with self.path.open("rb") as file:
                _refuse_shared(self.path, os.fstat(file.fileno()))
                return Contents(file.read())
        except FileNotFoundError:
            return None

    def _update(self, change: Callable[[Contents | None], Contents]) -> None:
        target = self.path.resolve()
        with _locked(target):
            _replace(target, change(self.read()))


def _explained(path: Path, done: str, action: Callable[[], T]) -> T:
    try:
        return action()
    except OSError as error:
        reason = error.strerror or type(error).__name__
    # Outside the handler, so that no frame of the reading or writing goes with it.
    raise ConfigurationError(f"{path} cannot be {done}: {reason}")


def _status(path: Path) -> os.stat_result | None:
    with suppress(FileNotFoundError):
        return path.stat()
    return None


@contextmanager
def _locked(path: Path) -> Generator[None, None, None]:
    # A file beside it, because the file itself is replaced; it stays, since removing it would race.
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _keep_owner(descriptor, _status(path))
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, contents: Contents) -> None:
    # mkstemp creates it readable by its owner alone, whatever the umask.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _keep_owner(descriptor, _status(path))
            file.write(contents.data)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)  # noqa: PTH105 - both are paths already, and this is the call
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - as above
        raise
    _sync_directory(path.parent)
