"""Files that say who is in an audience, beside the state file; one file a snapshot.

A file is written whole under a name that nothing points to yet. Which one counts stands in the
state file, so a process that is killed at any moment leaves the one before.
"""

from __future__ import annotations

import os
import stat
import struct
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from braze_engage.errors import ConfigurationError, StateError
from braze_engage.sync.partitions import PARTS, disk_trouble, joined, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

__all__ = ["SnapshotFile", "SnapshotFiles"]

_MAGIC: Final = b"braze_engage snapshot 1\n"
_PLACE: Final = struct.Struct(">QQQI")
_END: Final = struct.Struct(">QI")
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class _Place(NamedTuple):
    begin: int
    length: int
    lines: int
    check: int


class SnapshotFile:
    """A snapshot that can be read part by part.

    Args:
        path: The file; None for that of nobody.
        mark: What it must belong to.

    Raises:
        StateError: It is not there, or it is damaged.
    """

    def __init__(self, path: Path | None, mark: bytes) -> None:
        self._path = path
        self._places: list[_Place] = []
        if path is None:
            return
        try:
            with path.open("rb") as file:
                if file.read(len(_MAGIC) + len(mark)) != _MAGIC + mark:
                    raise _damaged(path)
                file.seek(-_END.size, os.SEEK_END)
                begin, check = _END.unpack(file.read())
                file.seek(begin)
                index = file.read(PARTS * _PLACE.size)
        except OSError as error:
            raise _damaged(path, error) from None
        except (ValueError, struct.error):
            raise _damaged(path) from None
        if crc32(index) != check or len(index) != PARTS * _PLACE.size:
            raise _damaged(path)
        self._places = [_Place(*found) for found in _PLACE.iter_unpack(index)]

    def __len__(self) -> int:
        """How many people are in it."""
        return sum(place.lines for place in self._places)

    def part(self, part: int) -> list[bytes]:
        """Read the lines of one part.

        Args:
            part: Which.

        Raises:
            StateError: The file is damaged.
        """
        return lines_of(self.raw(part))

    def raw(self, part: int) -> bytes:
        """Read one part as it is.

        Args:
            part: Which.

        Raises:
            StateError: The file is damaged.
        """
        if self._path is None or not self._places[part].length:
            return b""
        place = self._places[part]
        try:
            with self._path.open("rb") as file:
                file.seek(place.begin)
                data = file.read(place.length)
        except OSError as error:
            raise _damaged(self._path, error) from None
        if crc32(data) != place.check:
            raise _damaged(self._path)
        return data


class SnapshotFiles:
    """The directory of snapshots, which only its owner can read.

    Args:
        state: The state file.
    """

    def __init__(self, state: Path) -> None:
        self.directory = state.with_name(f"{state.name}-snapshots")

    def prepare(self) -> None:
        """Make the directory, or look whether the one there will do.

        Raises:
            ConfigurationError: Others may read it, or it cannot be made.
        """
        where = self.directory
        try:
            where.mkdir(mode=0o700, exist_ok=True)
            status = where.stat()
        except OSError as error:
            raise ConfigurationError(
                f"state: {where} cannot be made: {error.strerror}; give write permission to the "
                "directory of the state file"
            ) from None
        if status.st_mode & _OTHERS and sys.platform != "win32":
            raise ConfigurationError(
                f"state: others may read {where}, and it holds personal data; chmod 700 {where}"
            )

    def path(self, subject: int, generation: int) -> Path | None:
        """Tell where a snapshot lies; None for the first, of nobody.

        Args:
            subject: The number of what it is a snapshot of.
            generation: How many there were before.
        """
        return self.directory / f"{subject}-{generation}" if generation else None

    def write(
        self, subject: int, generation: int, mark: bytes, part_of: Callable[[int], Iterable[bytes]]
    ) -> None:
        """Write a snapshot so that it lasts.

        Args:
            subject: The number of what it is a snapshot of.
            generation: How many there were before.
            mark: What it belongs to.
            part_of: Gives the lines of a part.

        Raises:
            StateError: The disk does not take it.
        """
        path = self.path(subject, generation)
        assert path is not None
        places: list[bytes] = []
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_MAGIC + mark)
                at = file.tell()
                for part in range(PARTS):
                    lines = list(part_of(part))
                    data = joined(lines)
                    file.write(data)
                    places.append(_PLACE.pack(at, len(data), len(lines), crc32(data)))
                    at += len(data)
                index = b"".join(places)
                file.write(index + _END.pack(at, crc32(index)))
                file.flush()
                os.fsync(file.fileno())
            self._sync_directory()
        except OSError as error:
            raise disk_trouble(path, error) from None

    def _sync_directory(self) -> None:
        if sys.platform == "win32":  # pragma: no cover - no such thing there
            return
        descriptor = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def tidy(self, subject: int, generation: int) -> None:
        """Remove what was written of a subject and does not count.

        Args:
            subject: Its number.
            generation: The one that counts.
        """
        kept = self.path(subject, generation)
        for path in self.directory.glob(f"{subject}-*"):
            if path != kept:
                with suppress(OSError):
                    path.unlink()


def _damaged(path: Path, error: OSError | None = None) -> StateError:
    what = "is damaged" if error is None else (error.strerror or type(error).__name__)
    return StateError(
        f"state: {path}: {what}; put a copy back, or call forget_snapshot, after which the next "
        "reconcile is like the first"
    )
