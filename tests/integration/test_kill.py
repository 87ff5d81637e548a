"""A process that ends at any moment loses nothing and repeats only what may be repeated."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from braze_engage.testing import FakeBraze
from tests.support.killed import KILLED, PEOPLE, Killed, calls, sync

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from braze_engage import EngageSync, Report

RANDOM_KILLS = 50
POINTS = 160
"""More than there are; how many there are depends on how requests are filled."""
BATCH = 20
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[FakeBraze]:
    with FakeBraze(latency=0.005) as server:
        yield server


@pytest.fixture
def fake(server: FakeBraze) -> FakeBraze:
    begin_anew(server)
    return server


def begin_anew(fake: FakeBraze) -> None:
    fake.reset()
    fake.add_users(f"u{number}" for number in range(PEOPLE))


@pytest.fixture(scope="module")
def killed(server: FakeBraze) -> Iterator[Killed]:
    with Killed(server.url) as processes:
        yield processes


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
    fake: FakeBraze, killed: Killed, tmp_path: Path
) -> None:
    status, passed = killed.run(tmp_path / "engage.db")
    assert status == 0
    assert 50 < passed < POINTS


@pytest.mark.parametrize("first", range(0, POINTS, BATCH))
def test_killed_at_any_point_it_goes_on(
    fake: FakeBraze, killed: Killed, tmp_path: Path, first: int
) -> None:
    for last in range(first, first + BATCH):
        begin_anew(fake)
        path = tmp_path / f"{last}.db"
        status, _ = killed.run(path, last=last)
        if status == 0:
            break  # it has fewer points
        assert status == KILLED
        check(fake, resumed(fake, path))


def test_killed_at_random_moments_it_goes_on(
    fake: FakeBraze, killed: Killed, tmp_path: Path
) -> None:
    began = time.monotonic()
    assert killed.run(tmp_path / "whole.db")[0] == 0
    whole = time.monotonic() - began
    moments = random.Random(7)  # of processes, so the moments are never quite the same
    ended: Counter[int] = Counter()
    for number in range(RANDOM_KILLS):
        begin_anew(fake)
        path = tmp_path / f"{number}.db"
        status, _ = killed.run(path, seconds=moments.uniform(0.001, whole))
        ended[status] += 1
        check(fake, resumed(fake, path))
    assert set(ended) <= {0, -signal.SIGALRM}
    assert ended[-signal.SIGALRM], "not one was killed before its end"


def test_killed_again_and_again_it_comes_to_its_end(
    fake: FakeBraze, killed: Killed, tmp_path: Path
) -> None:
    path = tmp_path / "engage.db"
    skipped = 0
    for last in range(5, 80, 4):
        status, _ = killed.run(path, last=last)
        if status == 0:
            break
        assert status == KILLED
        with sync(fake.url, str(path)) as looking:
            found = looking.checkpoint("nightly")
        assert found is not None
        assert found.position >= skipped
        skipped = found.position
    else:
        assert killed.run(path)[0] == 0
    events = Counter(event.name for user in fake.users.values() for event in user.custom_events)
    assert max(events.values(), default=1) == 1
    sizes = {name: person.custom_attributes["size"] for name, person in fake.users.items()}
    assert sizes == {f"u{number}": number + 1 for number in range(PEOPLE)}
