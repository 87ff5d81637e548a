"""Reads a full list of people, of any length and in any order, and spreads it over parts."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias, cast
from zlib import crc32

from braze_engage import limits
from braze_engage.engage.values import is_list
from braze_engage.errors import ConfigurationError
from braze_engage.objects.values import dumps
from braze_engage.sync.partitions import MARK, PARTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.sync.partitions import Spill

__all__ = ["IdList", "opened"]

_CHUNK: Final = 10_000
_IN_MEMORY: Final = 250_000
_LINES: Final = ("(line.rstrip('\\n') for line in file)", "the rows of csv.reader(file)")
_Encode: TypeAlias = "Callable[[list[object], int], tuple[list[bytes], list[bytes]]]"


def opened(value: object, field: str, *, pairs: bool = False) -> Iterator[object]:
    """Begin to read an iterable, and refuse what only looks like a list of people.

    Args:
        value: What was given.
        field: The argument, for messages.
        pairs: Whether its items are pairs of an id and a value.

    Raises:
        TypeError: It is one text, a mapping, an open file, or no iterable.
    """
    of, method = ("pairs of an id and a value", "items") if pairs else ("ids", "keys")
    if isinstance(value, str | bytes | bytearray):
        raise TypeError(f"{field}: got one {type(value).__name__}; pass an iterable of {of}")
    if isinstance(value, Mapping):
        raise TypeError(f"{field}: got a mapping; pass an iterable, such as its {method}()")
    if isinstance(value, io.IOBase):
        raise TypeError(
            f"{field}: got an open file, of which every line ends in a line break; pass "
            f"{_LINES[pairs]}"
        )
    if not isinstance(value, Iterable):
        raise TypeError(f"{field}: got {type(value).__name__}; pass an iterable of {of}")
    return iter(cast("Iterable[object]", value))


class IdList:
    """One list; each part of it is kept under ``(name, part)``.

    Args:
        spill: Keeps it.
        name: Tells it from others.
        field: The argument it came by, for messages.
        with_values: Whether its items are pairs of an id and a JSON value.

    Attributes:
        taken: How many items were read so far.
    """

    def __init__(self, spill: Spill, name: str, field: str, *, with_values: bool = False) -> None:
        self._spill = spill
        self._name = name
        self._field = field
        self._encode: _Encode = self._rows if with_values else self._ids
        self._buckets: list[list[bytes]] = [[] for _ in range(PARTS)]
        self.taken = 0

    def read(self, source: Iterator[object]) -> None:
        """Read everything there is.

        Whatever the source raises is passed on.

        Args:
            source: The items.

        Raises:
            ConfigurationError: An item is none.
            StateError: The disk does not take it.
        """
        adders = [bucket.append for bucket in self._buckets]
        kept = 0
        while True:
            chunk: list[object] = []
            try:
                # what came before the source raised stays in the chunk
                chunk.extend(islice(source, _CHUNK))
            except BaseException:
                self.taken += len(chunk)
                raise
            if not chunk:
                break
            people, lines = self._encode(chunk, self.taken)
            self.taken += len(chunk)
            for line, code in zip(lines, map(crc32, people), strict=True):
                adders[code % PARTS](line)
            kept += len(chunk)
            if kept >= _IN_MEMORY:
                self._write()
                kept = 0
        self._write()

    def part(self, part: int) -> list[bytes]:
        """Give the lines of one part, in the order in which they came.

        Args:
            part: Which.

        Raises:
            StateError: The disk does not give them.
        """
        return self._spill.read((self._name, part))

    def _write(self) -> None:
        for part, bucket in enumerate(self._buckets):
            self._spill.write((self._name, part), bucket)
            bucket.clear()

    def _ids(self, chunk: list[object], before: int) -> tuple[list[bytes], list[bytes]]:
        try:
            # as a whole first: one of millions is seldom bad
            encoded = list(map(str.encode, cast("list[str]", chunk)))
            if min(map(len, encoded)) > 0 and max(map(len, encoded)) <= limits.EXTERNAL_ID_BYTES:
                return encoded, encoded
        except (TypeError, UnicodeEncodeError):
            pass
        encoded = [self._id(item, before + place) for place, item in enumerate(chunk)]
        return encoded, encoded

    def _rows(self, chunk: list[object], before: int) -> tuple[list[bytes], list[bytes]]:
        people: list[bytes] = []
        lines: list[bytes] = []
        for place, item in enumerate(chunk, before):
            if not is_list(item) or len(item) != 2:  # noqa: PLR2004 - a pair
                self._refuse(place, f"is {type(item).__name__}; give pairs of an id and a value")
            person, value = item
            people.append(self._id(person, place))
            lines.append(people[-1] + MARK + self._json(value, place))
        return people, lines

    def _id(self, item: object, place: int) -> bytes:
        if not isinstance(item, str):
            self._refuse(place, f"is {type(item).__name__}; give external ids as text, str")
        try:
            encoded = item.encode()
        except UnicodeEncodeError:
            self._refuse(place, "holds half of a surrogate pair; give valid Unicode")
        if not encoded:
            self._refuse(place, "is an empty text; leave it out")
        if len(encoded) > limits.EXTERNAL_ID_BYTES:
            most = limits.EXTERNAL_ID_BYTES
            self._refuse(place, f"has {len(encoded)} bytes, and Braze takes {most} at most")
        return encoded

    def _json(self, value: object, place: int) -> bytes:
        try:
            return dumps(value).encode()
        except (TypeError, ValueError, RecursionError):
            self._refuse(place, f"has a {type(value).__name__} as value; give a JSON value")

    def _refuse(self, place: int, what: str) -> NoReturn:
        self.taken = place
        raise ConfigurationError(f"{self._field}: item {place} {what}")
