"""A process that ends at any moment loses nothing and repeats only what may be repeated."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from braze_engage.testing import FakeBraze
from tests.meta.trees import REPOSITORY
from tests.support.killed import KILLED, PEOPLE, calls, sync

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from braze_engage import EngageSync, Report

RANDOM_KILLS = 20
POINTS = 120
"""More than there are; how many there are depends on how requests are filled."""
BATCH = 12

pytestmark = pytest.mark.slow


@pytest.fixture
def fake() -> Iterator[FakeBraze]:
    with FakeBraze(latency=0.005) as server:
        server.add_users(f"u{number}" for number in range(PEOPLE))
        yield server


def child(fake: FakeBraze, path: Path, last: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.killed", fake.url, str(path), str(last)]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def resumed(fake: FakeBraze, path: Path) -> Report:
    with sync(fake.url, str(path)) as again:
        report = again.run(calls(), checkpoint="nightly")
        assert again.checkpoint("nightly") is None
        in_letters(again, report)
        # and once more, with nothing left to do but what has no id
        assert len(again.dead_letters()) == report.failures_total
    return report


def in_letters(again: EngageSync, report: Report) -> None:
    """What is unknown is among the dead letters, with its call."""
    letters = {(letter.position, letter.outcome) for letter in again.dead_letters()}
    assert letters == {(failure.position, failure.outcome) for failure in report.failures}
    assert all(letter.call is not None for letter in again.dead_letters())


def check(fake: FakeBraze, report: Report) -> None:
    every = calls()
    assert report.calls + report.skipped == len(every)
    assert sum(report.outcomes.values()) == report.calls
    assert set(report.outcomes) >= {"sent", "unknown", "failed"}
    assert report.failures_total == report.outcomes["unknown"]
    unknown = {every[failure.position].get("event") for failure in report.failures}
    assert None not in unknown, "only events may be unknown"
    events = Counter(event.name for user in fake.users.values() for event in user.custom_events)
    wanted = {raw["event"] for raw in every if raw["type"] == "track"}
    assert max(events.values(), default=1) == 1, "no event is sent twice"
    assert wanted - events.keys() <= unknown, "no event is lost"
    sizes = {name: person.custom_attributes["size"] for name, person in fake.users.items()}
    assert sizes == {f"u{number}": number + 1 for number in range(PEOPLE)}
    assert fake.cohorts["aud_1"].members == {f"u{n}" for n in range(PEOPLE) if n % 3}
    assert fake.cohorts["aud_2"].members == {f"u{n}" for n in range(PEOPLE)}


def test_a_process_that_is_left_alone_goes_through_many_points(
    fake: FakeBraze, tmp_path: Path
) -> None:
    done = child(fake, tmp_path / "engage.db", -1)
    out, _ = done.communicate()
    assert done.returncode == 0
    assert 30 < int(out) < POINTS


@pytest.mark.parametrize("first", range(0, POINTS, BATCH))
def test_killed_at_any_point_it_goes_on(fake: FakeBraze, tmp_path: Path, first: int) -> None:
    for last in range(first, first + BATCH):
        fake.reset()
        fake.add_users(f"u{number}" for number in range(PEOPLE))
        path = tmp_path / f"{last}.db"
        killed = child(fake, path, last)
        killed.communicate()
        if killed.returncode == 0:
            break  # it has fewer points
        assert killed.returncode == KILLED
        check(fake, resumed(fake, path))


def test_killed_at_random_moments_it_goes_on(fake: FakeBraze, tmp_path: Path) -> None:
    moments = random.Random(7)  # of processes, so the moments are never quite the same
    for number in range(RANDOM_KILLS):
        fake.reset()
        fake.add_users(f"u{person}" for person in range(PEOPLE))
        path = tmp_path / f"{number}.db"
        process = child(fake, path, -1)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=moments.uniform(0.3, 1.1))
        process.kill()
        process.communicate()
        check(fake, resumed(fake, path))


def test_killed_again_and_again_it_comes_to_its_end(fake: FakeBraze, tmp_path: Path) -> None:
    path = tmp_path / "engage.db"
    skipped = 0
    for last in range(5, 60, 3):
        process = child(fake, path, last)
        process.communicate()
        if process.returncode == 0:
            break
        with sync(fake.url, str(path)) as looking:
            found = looking.checkpoint("nightly")
        assert found is not None
        assert found.position >= skipped
        skipped = found.position
    events = Counter(event.name for user in fake.users.values() for event in user.custom_events)
    assert max(events.values()) == 1
