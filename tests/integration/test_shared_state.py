"""Several syncs and processes share one state file."""

from __future__ import annotations

import subprocess
import sys
import threading
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from braze_engage import SqliteState
from braze_engage.testing import FakeBraze
from tests.support.lasting import TRACK, Shop, close, event, trait
from tests.support.stores import rows_of

if TYPE_CHECKING:
    from pathlib import Path

SYNCS = 4
CALLS = 150
SCRIPT = """
import sys
from braze_engage import BrazeClient, Delivery, EngageRules, EngageSync
from tests.support.lasting import event, trait

key, url, path, number = sys.argv[1:]
rules = EngageRules(traits=Delivery.IDENTIFY | Delivery.TRACK)
rest = BrazeClient(key, data_center=url)
with EngageSync(rest=rest, rules=rules, state=path, settle=0.0) as sync:
    for part in range(3):
        calls = [
            one
            for at in range(50)
            for one in (
                event(f"{number}-{at}", part, message_id=f"e {number} {part} {at}"),
                trait(f"{number}-{at}", part, message_id=f"t {number} {part} {at}", size=part),
            )
        ]
        report = sync.run(calls, checkpoint=f"of {number}")
        assert report.outcomes["sent"] == 100, report
"""

SETTLE = 0.2
SAME_PEOPLE = """
import sys
from datetime import datetime, timezone
from braze_engage import BrazeClient, CohortClient, EngageSync, SqliteState
from braze_engage.testing import FakeBraze
from tests.support.changes import call
from tests.support.lasting import trait

url, path, number = sys.argv[1:]
keys = FakeBraze()
rest = BrazeClient(keys.rest_api_key, data_center=url)
cohorts = CohortClient(
    keys.data_import_key, data_center=url, partner=keys.partner, partner_key=keys.partner_key
)
with EngageSync(rest=rest, cohorts=cohorts, state=path, settle=0.2, consistency_gap=0) as sync:
    for part in range(3):
        people = [f"u{one}" for one in range(10)]
        sync.run(
            {**made, "timestamp": datetime.now(timezone.utc).isoformat()}
            for person in people
            for made in (trait(person, size=f"{number} {part}"), call(person, member=part % 2 == 0))
        )
"""


def test_syncs_of_one_process_run_at_once(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    wrong: list[object] = []

    def work(number: int) -> None:
        sync = shop.sync(concurrency=2)
        for part in range(3):
            begin = part * CALLS
            calls = [
                event(f"{number}-{at}", at, message_id=f"e {number} {at}")
                if at % 2
                else trait(f"{number}-{at % 20}", at, message_id=f"t {number} {at}", size=at)
                for at in range(begin, begin + CALLS)
            ]
            report = sync.run(calls, checkpoint=f"of {number}")
            if report.failures_total:
                wrong.append(report)
        close(sync)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(SYNCS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    sent = [entry["external_id"] for entry in shop.sent("events")]
    assert len(sent) == len(set(sent)) == SYNCS * 3 * CALLS // 2
    sizes = {
        name: user.custom_attributes["size"]
        for name, user in shop.fake.users.items()
        if "size" in user.custom_attributes
    }
    last = 3 * CALLS - 1
    assert sizes == {
        f"{number}-{slot}": max(at for at in range(0, last, 2) if at % 20 == slot)
        for number in range(SYNCS)
        for slot in range(0, 20, 2)
    }
    assert rows_of(shop.path, "SELECT count(*) FROM journal") == [(0,)]


def test_processes_that_write_the_same_people_take_turns(tmp_path: Path) -> None:
    """Two writes of one person are never under way at once, whoever sends them, and settle."""
    path = tmp_path / "engage.db"
    with FakeBraze(latency=0.05) as fake:
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", SAME_PEOPLE, fake.url, str(path), str(number)],
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(3)
        ]
        assert [process.communicate()[1] for process in processes] == [""] * 3
        for suffix in (TRACK, "/cohorts/users"):
            arrived = [one.time for one in fake.requests if one.path.endswith(suffix)]
            gaps = [later - earlier for earlier, later in pairwise(arrived)]
            assert len(arrived) >= 3
            assert min(gaps) >= SETTLE
        bodies: list[Any] = [one.json for one in fake.requests if one.path.endswith(TRACK)]
        sizes = {user.custom_attributes["size"] for user in fake.users.values()}
        assert sizes == {bodies[-1]["attributes"][0]["size"]}


def test_processes_run_at_once(tmp_path: Path) -> None:
    path = tmp_path / "engage.db"
    with FakeBraze() as fake:
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", SCRIPT, fake.rest_api_key, fake.url, str(path), str(number)],
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(SYNCS)
        ]
        said = [process.communicate()[1] for process in processes]
        assert said == [""] * SYNCS
        assert {process.returncode for process in processes} == {0}
        sizes = {name: user.custom_attributes["size"] for name, user in fake.users.items()}
        assert sizes == {f"{n}-{at}": 2 for n in range(SYNCS) for at in range(50)}
        assert {len(user.custom_events) for user in fake.users.values()} == {3}
    assert not list(tmp_path.glob("*-run-*"))
    state = SqliteState(path)
    state.recover()
    assert state.lost_rows() == []
    state.close()
