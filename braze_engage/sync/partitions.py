"""Lists of any length, spread by hash over parts that fit into memory one at a time."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Final, TypeAlias
from zlib import crc32

from braze_engage.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from pathlib import Path

__all__ = ["MARK", "PARTS", "SEPARATOR", "Spill", "disk_trouble", "joined", "lines_of", "part_of"]

PARTS: Final = 256
"""Of ten million people 40,000 each."""
SEPARATOR: Final = b"\xff"
"""Between two lines; it occurs in no UTF-8, so an id may hold any character."""
MARK: Final = b"\xfe"
"""Between an id and what belongs to it, likewise."""

_IN_MEMORY: Final = 8 << 20
_Places: TypeAlias = "list[tuple[int, int]]"


def part_of(person: bytes) -> int:
    """Tell which part an id belongs to.

    Args:
        person: The id as UTF-8.
    """
    return crc32(person) % PARTS


def joined(lines: Iterable[bytes]) -> bytes:
    """Write lines one behind the other.

    Args:
        lines: The lines, none of them empty.
    """
    return SEPARATOR.join(lines)


def lines_of(data: bytes) -> list[bytes]:
    """Read what `joined` wrote.

    Args:
        data: The bytes.
    """
    return data.split(SEPARATOR) if data else []


def disk_trouble(where: Path, error: OSError) -> StateError:
    """Say what the disk has against a file.

    Args:
        where: Where it was to be read or written.
        error: What the system says.
    """
    return StateError(
        f"state: {where}: {error.strerror or type(error).__name__}; make room, or look at the disk "
        "and the permissions, and run again"
    )


class Spill:
    """Lines under several names, in memory while there are few and then in a file without a name.

    The file vanishes with the process, however that ends. Not safe for threads.

    Args:
        directory: Where the file is made.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(directory))  # noqa: SIM115 - closed by `close`
        self._places: dict[Hashable, _Places] = {}
        self._end = 0

    def write(self, name: Hashable, lines: Iterable[bytes]) -> None:
        """Add lines.

        Args:
            name: Under which name.
            lines: The lines.

        Raises:
            StateError: The disk does not take them.
        """
        data = joined(lines)
        if not data:
            return
        try:
            self._file.seek(self._end)
            self._file.write(data)
        except OSError as error:
            raise disk_trouble(self._directory, error) from None
        self._places.setdefault(name, []).append((self._end, len(data)))
        self._end += len(data)

    def read(self, name: Hashable) -> list[bytes]:
        """Read the lines under a name, in the order in which they came.

        Args:
            name: The name.

        Raises:
            StateError: The disk does not give them.
        """
        found: list[bytes] = []
        try:
            for begin, length in self._places.get(name, ()):
                self._file.seek(begin)
                found += lines_of(self._file.read(length))
        except OSError as error:
            raise disk_trouble(self._directory, error) from None
        return found

    def close(self) -> None:
        """Give the room back."""
        self._file.close()
