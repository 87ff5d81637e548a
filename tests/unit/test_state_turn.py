"""One run at a time sends, of all that share a state file."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from braze_engage import ConfigurationError, StateError
from braze_engage.sync.state_turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOLD = (
    "import os, sys; from pathlib import Path\n"
    "from braze_engage.sync.state_turn import Turn\n"
    "with Turn(Path(sys.argv[1]), timeout=0).take(0.0):\n"
    "    print('mine', flush=True); sys.stdin.readline()\n"
    "    if sys.argv[2] == 'die': os._exit(1)\n"
)


class Time:
    """A clock that sleeping moves on."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        self.meanwhile()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engage.db"


@pytest.fixture
def clock() -> Time:
    return Time()


def turn(path: Path, clock: Time, timeout: float = 0.0) -> Turn:
    return Turn(path, timeout=timeout, monotonic=clock.monotonic, sleep=clock.sleep)


def in_a_thread(work: Callable[[], object]) -> object:
    """What another thread gets or raises."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(work())
        except (StateError, ConfigurationError) as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    return found[0]


def enter(one: Turn, settle: float = 0.0) -> str:
    with one.take(settle):
        return "mine"


def child(path: Path, how: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "mine\n"
    return process


def test_one_has_it_and_then_the_other(path: Path, clock: Time) -> None:
    first, second = turn(path, clock), turn(path, clock)
    with first.take(0.0):
        refused = in_a_thread(lambda: enter(second))
        assert isinstance(refused, StateError)
        assert f"in use by a run of process {os.getpid()} since 20" in str(refused)
        assert "several state files" in str(refused)
    assert in_a_thread(lambda: enter(second)) == "mine"
    assert (path.with_name("engage.db-turn").stat().st_mode & 0o777) == 0o600


def test_it_is_waited_for(path: Path, clock: Time) -> None:
    first, second = turn(path, clock), turn(path, clock, timeout=60.0)
    holding, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with first.take(0.0):
            holding.set()
            enough.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(10)

    def meanwhile() -> None:
        if len(clock.slept) == 3:
            enough.set()
            thread.join(10)

    clock.meanwhile = meanwhile
    assert enter(second) == "mine"
    assert clock.slept == [0.05] * 3


def test_another_process_has_it_and_lets_go_when_it_ends(path: Path, clock: Time) -> None:
    for how in ("end", "die"):
        process = child(path, how)
        with pytest.raises(StateError, match=f"process {process.pid}"):
            enter(turn(path, clock))
        process.communicate("go on\n")
        assert enter(turn(path, clock)) == "mine"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system copies no processes")
@pytest.mark.parametrize("how", ["killed", "ended"])
def test_a_copy_of_the_process_does_not_keep_it(path: Path, clock: Time, how: str) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from braze_engage.sync.state_turn import Turn\n"
        "turn = Turn(Path(sys.argv[1]), timeout=0)\n"
        "with turn.take(0.0):\n"
        "    lives, begun = os.pipe()\n"
        "    copy = os.fork()\n"
        "    if not copy: os.write(begun, b'.')\n"
        "    os.read(lives, 1) if copy else None\n"
        "    if not copy and sys.argv[2] == 'ended': sys.exit(0)\n"
        "    if not copy: sys.stdin.readline(); os._exit(0)\n"
        "    if sys.argv[2] == 'ended': os.waitpid(copy, 0)\n"
        "    print('mine', flush=True)\n"
        "    if sys.argv[2] == 'killed': os._exit(1)\n"
        "    sys.stdin.readline()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "mine\n"
    if how == "killed":
        process.wait()  # its copy lives on
        assert enter(turn(path, clock)) == "mine"
    else:
        with pytest.raises(StateError):  # the end of the copy is not the end of the turn
            enter(turn(path, clock))
    process.communicate("go on\n")
    assert enter(turn(path, clock)) == "mine"


def test_what_somebody_else_wrote_settles_first(path: Path, clock: Time) -> None:
    first, second = turn(path, clock), turn(path, clock)
    enter(first, 0.5)
    clock.now += 0.125
    enter(first, 0.5)  # what a sync wrote itself it waits for person by person
    assert clock.slept == []
    clock.now += 0.125
    enter(second, 0.5)
    assert clock.slept == [0.375]
    clock.now += 9
    enter(first, 0.5)
    assert clock.slept == [0.375]


def test_whoever_was_killed_may_have_written_just_now(path: Path, clock: Time) -> None:
    child(path, "die").communicate("go on\n")
    enter(turn(path, clock), 0.5)
    assert clock.slept == [0.5]


def test_a_clock_that_begins_anew_makes_nobody_wait_longer(path: Path, clock: Time) -> None:
    enter(turn(path, clock), 0.5)
    clock.now = 3.0  # the machine was started again
    enter(turn(path, clock), 0.5)
    assert clock.slept == [0.5]


def test_a_thread_that_would_wait_for_itself_is_told(path: Path, clock: Time) -> None:
    with (
        turn(path, clock).take(0.0),
        pytest.raises(ConfigurationError, match=r"another EngageSync.*wait for itself"),
    ):
        enter(turn(path, clock, timeout=60.0))
    assert enter(turn(path, clock)) == "mine"


@pytest.mark.parametrize("noted", ["", "no JSON", "[1]", '{"by": 7, "ended": "soon"}'])
def test_what_stands_in_the_file_is_never_trusted(path: Path, clock: Time, noted: str) -> None:
    path.with_name("engage.db-turn").write_text(noted)
    assert enter(turn(path, clock), 0.5) == "mine"


def test_a_directory_that_may_not_be_written_is_said(tmp_path: Path, clock: Time) -> None:
    with pytest.raises(StateError, match=r"no file can be made beside.*permission"):
        enter(turn(tmp_path / "nowhere" / "engage.db", clock))
