"""Files of snapshots: what is in them, and what becomes of damaged ones."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from braze_engage import ConfigurationError, StateError
from braze_engage.sync.partitions import PARTS, Spill, disk_trouble, part_of
from braze_engage.sync.snapshot_files import SnapshotFile, SnapshotFiles

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MARK = b"sixteen bytes...."
IDS = [f"u{number}".encode() for number in range(1_000)]


@pytest.fixture
def files(tmp_path: Path) -> SnapshotFiles:
    found = SnapshotFiles(tmp_path / "engage.db")
    found.prepare()
    return found


def parts_of(ids: Iterable[bytes]) -> list[list[bytes]]:
    parts: list[list[bytes]] = [[] for _ in range(PARTS)]
    for one in ids:
        parts[part_of(one)].append(one)
    return parts


def written(files: SnapshotFiles) -> Path:
    files.write(7, 1, MARK, parts_of(IDS).__getitem__)
    path = files.path(7, 1)
    assert path is not None
    return path


def test_what_was_written_is_read(files: SnapshotFiles) -> None:
    path = written(files)
    found = SnapshotFile(path, MARK)
    assert len(found) == 1_000
    assert {one for part in range(PARTS) for one in found.part(part)} == set(IDS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_first_is_of_nobody(files: SnapshotFiles) -> None:
    found = SnapshotFile(files.path(7, 0), MARK)
    assert (len(found), found.part(3)) == (0, [])


def test_one_of_nobody_can_be_written(files: SnapshotFiles) -> None:
    files.write(7, 1, MARK, lambda _: [])
    assert len(SnapshotFile(files.path(7, 1), MARK)) == 0


@pytest.mark.parametrize("place", [0, 30, 200, 2_000, -1, -6, -20, -3_000])
def test_a_byte_that_changed_is_seen(files: SnapshotFiles, place: int) -> None:
    path = written(files)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)

    def read_all() -> None:
        found = SnapshotFile(path, MARK)
        for part in range(PARTS):
            found.part(part)

    with pytest.raises(StateError, match=r"damaged.*forget_snapshot"):
        read_all()


@pytest.mark.parametrize("size", [0, 10, 100, 5_000])
def test_a_file_that_was_cut_is_seen(files: SnapshotFiles, size: int) -> None:
    path = written(files)
    os.truncate(path, size)
    with pytest.raises(StateError, match="forget_snapshot"):
        SnapshotFile(path, MARK)


def test_a_file_that_is_gone_is_seen(files: SnapshotFiles) -> None:
    path = written(files)
    found = SnapshotFile(path, MARK)
    path.unlink()
    with pytest.raises(StateError, match="No such file"):
        SnapshotFile(path, MARK)
    with pytest.raises(StateError, match="No such file"):
        found.part(part_of(IDS[0]))


def test_a_file_of_something_else_is_refused(files: SnapshotFiles) -> None:
    path = written(files)
    with pytest.raises(StateError, match="damaged"):
        SnapshotFile(path, MARK[::-1])


def test_tidying_leaves_what_counts_and_what_is_of_others(files: SnapshotFiles) -> None:
    for subject, generation in ((7, 1), (7, 2), (7, 3), (77, 1)):
        files.write(subject, generation, MARK, lambda _: [])
    files.tidy(7, 2)
    assert sorted(path.name for path in files.directory.iterdir()) == ["7-2", "77-1"]


def test_a_directory_that_others_may_read_is_refused(files: SnapshotFiles) -> None:
    files.directory.chmod(0o750)
    with pytest.raises(ConfigurationError, match="chmod 700"):
        files.prepare()


def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    files = SnapshotFiles(tmp_path / "engage.db")
    files.directory.write_text("in the way")
    with pytest.raises(ConfigurationError, match="cannot be made"):
        files.prepare()


def test_a_disk_that_takes_nothing_is_named(
    files: SnapshotFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StateError, match="No space left on device; make room"):
        written(files)


class TestSpill:
    def test_lines_come_back_in_order_from_memory_and_from_the_disk(self, tmp_path: Path) -> None:
        spill = Spill(tmp_path)
        many = [str(number).encode() * 10 for number in range(200_000)]
        spill.write("a", many[:3])
        spill.write("b", [])
        spill.write("c", many)
        spill.write("a", many[3:5])
        assert spill.read("a") == many[:5]
        assert spill.read("b") == spill.read("never") == []
        assert spill.read("c") == many
        assert not list(tmp_path.iterdir()), "the file has no name"
        spill.close()

    def test_trouble_with_the_disk_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spill = Spill(tmp_path)
        spill.write("a", [b"u1"])

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(spill._file, "write", full)
        monkeypatch.setattr(spill._file, "seek", full)
        with pytest.raises(StateError, match="No space left"):
            spill.write("a", [b"u2"])
        with pytest.raises(StateError, match="No space left"):
            spill.read("a")
        assert "OSError" in str(disk_trouble(tmp_path, OSError()))
        spill.close()
