"""Files of an export, read line by line."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest

from braze_engage.rest import export_files
from braze_engage.rest.export_files import ExportFailed, UnreadableLine, read_export

if TYPE_CHECKING:
    from braze_engage.rest.exported_user import ExportedUser


def zipped(*contents: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for number, content in enumerate(contents):
            made.writestr(f"part-{number}.txt", content)
    return packed.getvalue()


def refuse(line: UnreadableLine) -> None:
    raise AssertionError(line)


def read(file: bytes) -> tuple[list[ExportedUser], list[UnreadableLine]]:
    bad: list[UnreadableLine] = []
    return list(read_export(io.BytesIO(file), on_unreadable=bad.append)), bad


def names(file: bytes) -> list[str | None]:
    return [user.external_id for user in read(file)[0]]


def test_every_file_is_read_in_order() -> None:
    first, last = b'{"external_id":"a"}\n{"external_id":"b"}', b'{"external_id":"c"}'
    assert names(zipped(first, b"", last)) == ["a", "b", "c"]
    assert names(zipped(b'{"external_id":"a"}\n', b'{"external_id":"b"}')) == ["a", "b"]


def test_gzip_holds_one_file() -> None:
    users, bad = read(gzip.compress(b'{"external_id":"a"}\nx\n', mtime=0))
    assert [user.external_id for user in users] == ["a"]
    assert bad == [UnreadableLine(file="", line=2, problems=("no JSON @ $",))]


def test_an_empty_archive_holds_nobody() -> None:
    assert read(zipped()) == ([], [])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"\xff\xfe", "no JSON @ $"),
        (b"[" * 100_000, "no JSON @ $"),
        (b"[]", "invalid value @ $"),
        (b'{"email": ["secret"]}', "@ $.email"),
        (b'{"custom_events": [{"name": 5}]}', "@ $.custom_events[0].name"),
    ],
)
def test_a_bad_line_is_told_without_its_values(line: bytes, problem: str) -> None:
    users, (bad,) = read(zipped(line + b'\n{"external_id": "a"}'))
    assert [user.external_id for user in users] == ["a"]
    assert problem in bad.problems[0]
    assert "secret" not in repr(bad)
    assert (bad.file, bad.line) == ("part-0.txt", 1)


def test_a_line_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "_LONGEST_LINE", 32)
    long, fitting = b'{"first_name": "' + b"x" * 100 + b'"}', b'{"external_id":"a"}'
    users, bad = read(zipped(long + b"\n" + fitting + b"\n" + long))
    assert [user.external_id for user in users] == ["a"]
    assert [(one.line, one.problems) for one in bad] == [
        (1, ("longer than 16 MiB @ $",)),
        (3, ("longer than 16 MiB @ $",)),
    ]


def spoiled(file: bytes) -> bytes:
    middle = file.index(b"part-0.txt") + 20
    return file[:middle] + bytes([file[middle] ^ 0xFF]) + file[middle + 1 :]


def locked(file: bytes) -> bytes:
    """The same archive with the mark of a password in both of its headers."""
    changed = bytearray(file)
    struct.pack_into("<H", changed, 6, 1)
    struct.pack_into("<H", changed, file.index(b"PK\x01\x02") + 8, 1)
    return bytes(changed)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"no archive",
        zipped(b'{"external_id": "a"}' * 100)[:-30],
        spoiled(zipped(b'{"external_id": "a"}\n' * 100)),
        locked(zipped(b'{"external_id": "a"}')),
        gzip.compress(b'{"external_id": "a"}\n' * 1_000, mtime=0)[:-20],
    ],
)
def test_a_damaged_file_is_told(file: bytes) -> None:
    with pytest.raises(ExportFailed, match="damaged") as caught:
        read(file)
    assert caught.value.__context__ is None


def test_memory_stays_flat() -> None:
    line = b'{"external_id": "a", "custom_attributes": {"text": "' + b"x" * 1_000 + b'"}}\n'
    file = io.BytesIO(zipped(*[line * 2_000] * 5))
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_export(file, on_unreadable=refuse))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 10_000
    assert most < 1_000_000
