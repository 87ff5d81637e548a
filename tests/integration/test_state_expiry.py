"""What is too old is forgotten a little at a time, while others write."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from braze_engage import Delivery, SqliteState
from tests.meta.trees import REPOSITORY
from tests.support.stores import Clock, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

OLD = 12_000
YOUNG = 400
SLICE = 1_000
WRITER = """
import sys
from braze_engage import Delivery, SqliteState
from tests.support.stores import Clock

clock = Clock()
clock.move(days=9)
state = SqliteState(sys.argv[1], now_ns=clock, busy_timeout=5.0)
state._expiry.sweep = lambda _: False  # only the other one sweeps
print("begin", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    state.remember_done(Delivery.TRACK, f"young {number}")
    state.commit()
state.close()
"""


def filled(path: Path, clock: Clock) -> SqliteState:
    state = SqliteState(path, now_ns=clock)
    for number in range(OLD):
        state.remember_done(Delivery.TRACK, f"old {number}")
    state.commit()
    clock.move(days=9)
    return state


def left(path: Path) -> int:
    count: int = rows_of(path, "SELECT count(*) FROM messages")[0][0]
    return count


def test_a_slice_is_small_and_others_write_between_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, clock = tmp_path / "engage.db", Clock()
    state = filled(path, clock)
    other = SqliteState(path, now_ns=clock, busy_timeout=0.0)
    monkeypatch.setattr(other._expiry, "sweep", lambda _: False)
    before, slices, more = OLD, 0, True
    while more:
        clock.move(seconds=0.2)
        more = state._expiry.sweep(clock.ns)
        slices += 1
        gone = before - left(path)
        assert 0 <= gone <= SLICE + 1
        before = left(path)
        # nobody holds the file now, so whoever does not wait at all can write
        other.spend("2026-11", 1)
        other.commit()
    assert left(path) == 0
    assert slices > OLD // SLICE
    assert other.spent("2026-11") == slices
    other.close()
    state.close()


def test_another_process_writes_meanwhile_and_is_not_stopped(tmp_path: Path) -> None:
    path, clock = tmp_path / "engage.db", Clock()
    state = filled(path, clock)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(YOUNG)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert writer.stdin is not None
    assert writer.stdout is not None
    assert writer.stdout.readline() == "begin\n"
    writer.stdin.write("go on\n")
    writer.stdin.flush()
    more = True
    while more:
        clock.move(seconds=0.2)
        more = state._expiry.sweep(clock.ns)
    _, said = writer.communicate()
    assert (writer.returncode, said) == (0, "")
    assert left(path) == YOUNG
    state.recover()
    assert all(state.is_done(Delivery.TRACK, f"young {number}") for number in range(YOUNG))
    assert not state.is_done(Delivery.TRACK, "old 7")
    state.close()
