"""A reconcile that ends at any moment loses nobody, whatever list comes next."""

from __future__ import annotations

import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from braze_engage.testing import FakeBraze
from tests.support.killed_reconcile import COHORT, KILLED, Reconciler, sync
from tests.support.reconciles import counts, people

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RANDOM_KILLS = 50
POINTS = 120
"""More than there are."""
BATCH = 15
BEFORE = people(0, 20)
AFTER = people(2, 22)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reconciler() -> Iterator[Reconciler]:
    process = Reconciler()
    yield process
    process.close()


@pytest.fixture
def fake() -> Iterator[FakeBraze]:
    with FakeBraze() as server:
        yield server


def prepare(fake: FakeBraze, path: Path) -> None:
    """Let a list have come before."""
    fake.reset()
    fake.add_users(people(0, 30))
    with sync(fake.url, str(path)) as first:
        first.reconcile(COHORT, name="vip", key="vip", members=BEFORE)


def check(fake: FakeBraze, path: Path, members: list[str]) -> None:
    """Hand a list in, and look whether Braze holds it, and whether the state knows so."""
    with sync(fake.url, str(path)) as again:
        report = again.reconcile(COHORT, name="vip", key="vip", members=members, max_removed=1.0)
        found = counts(report)
        assert not found.is_first
        assert found.not_done == 0
        assert found.listed == len(members) <= found.added + found.unchanged
        assert set(fake.cohorts[COHORT].members) == set(members)
        holders = {
            person
            for person, user in fake.users.items()
            if user.custom_attributes.get("vip") is True
        }
        assert holders == set(members)
        assert again.reconcile(COHORT, members=members).requests == 0
    files = list(path.with_name(f"{path.name}-snapshots").iterdir())
    assert len(files) == 2  # one of the cohort, one of the attribute


@pytest.mark.parametrize("first", range(0, POINTS, BATCH))
def test_killed_at_any_point(
    fake: FakeBraze, reconciler: Reconciler, tmp_path: Path, first: int
) -> None:
    for last in range(first, first + BATCH):
        path = tmp_path / f"{last}.db"
        prepare(fake, path)
        code = reconciler(fake.url, path, AFTER, last=last)
        if code == 0:
            assert last > 30, "it has too few points"
            break
        assert code == KILLED
        # in turn the list again, the one before it, and another one
        check(fake, path, (AFTER, BEFORE, people(1, 25))[last % 3])


def test_killed_at_random_moments(fake: FakeBraze, reconciler: Reconciler, tmp_path: Path) -> None:
    prepare(fake, tmp_path / "whole.db")
    began = time.monotonic()
    assert reconciler(fake.url, tmp_path / "whole.db", AFTER) == 0
    whole = time.monotonic() - began
    moments = random.Random(7)  # of processes, so the moments are never quite the same
    for number in range(RANDOM_KILLS):
        path = tmp_path / f"{number}.db"
        prepare(fake, path)
        code = reconciler(fake.url, path, AFTER, after=moments.uniform(0.001, whole))
        assert code in (0, -signal.SIGALRM)
        check(fake, path, (AFTER, BEFORE)[number % 2])


def test_the_first_list_killed_again_and_again(
    fake: FakeBraze, reconciler: Reconciler, tmp_path: Path
) -> None:
    path = tmp_path / "engage.db"
    fake.add_users(people(0, 30))
    for last in range(0, POINTS, 4):
        if reconciler(fake.url, path, AFTER, last=last) == 0:
            break
    else:
        pytest.fail("it never came to its end")
    check(fake, path, BEFORE)
