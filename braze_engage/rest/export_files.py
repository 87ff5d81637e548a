"""Files of a segment export: JSON lines, zipped, read one by one.

https://www.braze.com/docs/api/endpoints/export/user_data/post_users_segment
"""

import gzip
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Final, cast

import attrs

from braze_engage._wire import Unreadable, structure
from braze_engage.errors import BrazeError
from braze_engage.rest.exported_user import ExportedUser

if TYPE_CHECKING:
    from typing import BinaryIO

__all__ = ["ExportFailed", "UnreadableLine", "read_export"]

_GZIP: Final = b"\x1f\x8b"
_LONGEST_LINE: Final = 16 * 1024 * 1024
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,  # of gzip
    NotImplementedError,  # a compression zipfile does not know
    RuntimeError,  # a file with a password
)


class ExportFailed(BrazeError):
    """An export cannot be had, and waiting does not help; the message says what does."""


@attrs.frozen(kw_only=True)
class UnreadableLine:
    """A line that is no profile; the others of the export are read.

    Args:
        file: Name of the file inside the ZIP; empty for one that is not zipped.
        line: Its number in the file, from 1.
        problems: One ``reason @ $.path`` each, without values.
    """

    file: str
    line: int
    problems: tuple[str, ...]


def read_export(
    file: "BinaryIO", *, on_unreadable: Callable[[UnreadableLine], object]
) -> Iterator[ExportedUser]:
    """Read the profiles of an export, one at a time whatever its size.

    Args:
        file: A ZIP of files with one JSON object a line, or one such file in gzip; opened for
            reading bytes.
        on_unreadable: Is told about each line that is no profile.

    Raises:
        ExportFailed: While iterating: the file is neither, or damaged.
    """
    lines = _lines(file)
    while True:
        try:
            found = next(lines, None)
        except _DAMAGED as error:
            damage = type(error).__name__
            break
        if found is None:
            return
        user = _user(*found)
        if isinstance(user, ExportedUser):
            yield user
        else:
            on_unreadable(user)
    # Raised outside the handler: the error above may hold what was read.
    raise ExportFailed(f"the file of the export is damaged ({damage}): fetch it again")


def _lines(file: "BinaryIO") -> Iterator[tuple[str, int, bytes | None]]:
    file.seek(0)
    start = file.read(len(_GZIP))
    file.seek(0)
    if start == _GZIP:
        with gzip.open(file) as unpacked:
            yield from _numbered("", cast("BinaryIO", unpacked))
        return
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                with closing(archive.open(entry)) as unpacked:
                    yield from _numbered(entry.filename, cast("BinaryIO", unpacked))


def _numbered(name: str, unpacked: "BinaryIO") -> Iterator[tuple[str, int, bytes | None]]:
    """Give the lines that are not blank; None for one that would fill the memory."""
    number = 0
    while line := unpacked.readline(_LONGEST_LINE):
        number += 1
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := unpacked.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield name, number, None
        elif line.strip():
            yield name, number, line


def _user(name: str, number: int, line: bytes | None) -> ExportedUser | UnreadableLine:
    if line is None:
        problems: tuple[str, ...] = ("longer than 16 MiB @ $",)
    else:
        try:
            return structure(json.loads(line), ExportedUser)
        except Unreadable as unreadable:
            problems = unreadable.problems
        except (ValueError, RecursionError):
            problems = ("no JSON @ $",)
    return UnreadableLine(file=name, line=number, problems=problems)
