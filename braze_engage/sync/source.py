"""Where calls come from: files of JSON lines, and any iterable."""

from __future__ import annotations

import gzip
import os
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, cast

from braze_engage.errors import ConfigurationError

__all__ = ["CallFile", "Sources", "read_calls"]

_GZIP: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"
_REMEMBERED_ITERATORS: Final = 16


class CallFile:
    """Lines of a file of calls, read anew at each iteration.

    Blank lines and a byte order mark are left out; a line that is not JSON is passed on, so that
    a run can count and name it.

    Args:
        path: A file of JSON lines, plain or gzip.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._under_way: tuple[BinaryIO, int] | None = None
        self._read = 0

    def expected(self) -> int | None:
        """Tell how many calls the iteration that began last may yield, judged by bytes so far.

        Returns:
            An estimate that is right in the end; None where nothing was read yet.
        """
        if self._under_way is None or not self._read:
            return None
        file, size = self._under_way
        try:
            place = file.tell()
        except ValueError:  # it is closed
            return self._read
        return max(self._read, round(self._read * size / place)) if place else None

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            self._under_way = file, os.fstat(file.fileno()).st_size
            self._read = 0
            packed = file.peek(2)[:2] == _GZIP
            lines = gzip.GzipFile(fileobj=file) if packed else file
            first = True
            for line in self._whole(lines):
                text = (line.removeprefix(_BOM) if first else line).strip()
                if first and text == b"[":
                    raise ConfigurationError(
                        f"{self.path}: the file is one JSON array over several lines, not JSON "
                        "lines; pass json.load(file) instead, or write one call a line"
                    )
                first = first and not text
                if text:
                    self._read += 1
                    yield text

    def _whole(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        try:
            yield from lines
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ConfigurationError(
                f"{self.path}: the gzip file is cut short or damaged; copy it again"
            ) from error

    def __repr__(self) -> str:
        return f"read_calls({str(self.path)!r})"


def read_calls(path: str | os.PathLike[str]) -> CallFile:
    """Read a file of Engage calls.

    Args:
        path: A file of JSON lines, plain or gzip, told apart by content. Blank lines and a byte
            order mark are left out.

    Returns:
        An iterable that can be read more than once, so the same one serves `plan` and `run`.

    Raises:
        ConfigurationError: There is no such file, or it is no path.
    """
    if not isinstance(cast("object", path), str | os.PathLike):
        raise ConfigurationError(
            f"path: got {type(path).__name__}; give the path of a file of JSON lines"
        )
    if not Path(path).is_file():
        raise ConfigurationError(f"path: no file at {os.fspath(path)!r}; give a file of JSON lines")
    return CallFile(path)


class Sources:
    """Opens iterables of calls and refuses the mistakes that would lose calls silently."""

    def __init__(self) -> None:
        self._consumed: deque[object] = deque(maxlen=_REMEMBERED_ITERATORS)

    def open(self, calls: object) -> Iterator[object]:
        """Begin to read an iterable of calls.

        Args:
            calls: What the caller gave.

        Raises:
            TypeError: It is a bare text, a mapping, no iterable, or an iterator read before.
        """
        if isinstance(calls, str | bytes | bytearray):
            raise TypeError(
                "calls: got one text; pass read_calls(path) for a file, "
                "text.splitlines() for JSON lines, or [text] for a single call"
            )
        if isinstance(calls, Mapping):
            raise TypeError("calls: got a single mapping; pass [call]")
        if isinstance(calls, os.PathLike):
            raise TypeError("calls: got a path; pass read_calls(path)")
        if not isinstance(calls, Iterable):
            raise TypeError(f"calls: got {type(calls).__name__}; pass an iterable of calls")
        iterator = iter(cast("Iterable[object]", calls))
        if iterator is calls:
            if any(iterator is known for known in self._consumed):
                raise TypeError(
                    "calls: this iterator was read here before and would yield nothing more; "
                    "pass a list, a fresh iterator, or read_calls(path)"
                )
            self._consumed.append(iterator)
        return iterator
