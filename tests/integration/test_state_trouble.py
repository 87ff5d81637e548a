"""A full disk, a file locked or read-only, a clock set back: it is said, and nothing is lost."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import ConfigurationError, RunStopped, SqliteState, StateError
from braze_engage.testing import FakeBraze
from tests.meta.trees import REPOSITORY
from tests.support.changes import AUDIENCE, call
from tests.support.lasting import Shop, close, event, trait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PEOPLE = 300
LIMITED = """
import resource, sys
from braze_engage.__main__ import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""


def calls() -> list[dict[str, Any]]:
    """Events, which must not be sent twice, and attributes and memberships."""
    return [
        made
        for number in range(PEOPLE)
        for made in (
            event(f"u{number}", number, message_id=f"e{number}", name=f"Bought {number}"),
            trait(f"u{number}", number, message_id=f"t{number}", size=number),
            call(f"u{number}", number, message_id=f"c{number}"),
        )
    ]


def check(fake: FakeBraze, unknown: int = 0) -> None:
    """Everything arrived, and no event twice, but those of which nobody can know."""
    events = Counter(one.name for user in fake.users.values() for one in user.custom_events)
    assert max(events.values()) == 1
    assert PEOPLE - unknown <= len(events) <= PEOPLE
    sizes = {name: user.custom_attributes.get("size") for name, user in fake.users.items()}
    assert sizes == {f"u{number}": number for number in range(PEOPLE)}
    assert fake.cohorts[AUDIENCE].members == {f"u{number}" for number in range(PEOPLE)}


def full(state: SqliteState) -> Callable[[], object]:
    """The file may not grow any more, by SQLite's own means."""
    pages = state._db.one("PRAGMA page_count")
    assert pages is not None
    state._db.one(f"PRAGMA max_page_count = {pages[0]}")
    return lambda: state._db.one("PRAGMA max_page_count = 1000000")


def read_only(state: SqliteState) -> Callable[[], object]:
    state._db.run("PRAGMA query_only = ON")
    return lambda: state._db.run("PRAGMA query_only = OFF")


def locked(state: SqliteState) -> Callable[[], object]:
    other = sqlite3.connect(state.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other.close


TROUBLES = [
    pytest.param(full, r"full; the disk is full; make room", id="full"),
    pytest.param(read_only, r"readonly database; it may only be read", id="read-only"),
    pytest.param(locked, r"database is locked; another process holds it", id="locked"),
]


class TestDuringARun:
    @pytest.mark.parametrize(("trouble", "words"), TROUBLES)
    def test_it_stops_and_the_same_sync_goes_on_when_the_cause_is_gone(
        self, shop: Shop, trouble: Callable[[SqliteState], Callable[[], object]], words: str
    ) -> None:
        state = SqliteState(shop.path, now_ns=shop.clock, busy_timeout=0.05)
        sync = shop.sync(state=state)
        over: list[Callable[[], object]] = []

        def source() -> Iterator[dict[str, Any]]:
            for number, raw in enumerate(calls()):
                if number == PEOPLE:
                    over.append(trouble(state))
                yield raw

        with pytest.raises(RunStopped, match=words) as caught:
            sync.run(source(), checkpoint="nightly")
        report = caught.value.report
        assert sum(report.outcomes.values()) == report.calls
        assert report.outcomes["unknown"] == 0
        over[0]()
        again = sync.run(calls(), checkpoint="nightly")
        assert again.failures_total == 0
        check(shop.fake)
        close(sync)

    @pytest.mark.parametrize(("trouble", "words"), TROUBLES)
    def test_another_process_goes_on_when_this_one_could_write_nothing_more(
        self, shop: Shop, trouble: Callable[[SqliteState], Callable[[], object]], words: str
    ) -> None:
        """What was accepted and could not be noted is told apart from what never left."""
        state = SqliteState(shop.path, now_ns=shop.clock, busy_timeout=0.05)
        sync = shop.sync(state=state)
        over: list[Callable[[], object]] = []

        def source() -> Iterator[dict[str, Any]]:
            for number, raw in enumerate(calls()):
                if number == PEOPLE:
                    over.append(trouble(state))
                yield raw

        with pytest.raises(RunStopped, match=words):
            sync.run(source(), checkpoint="nightly")
        state._close()  # as a process that is killed: nothing more is written
        if trouble is locked:
            over[0]()
        report = shop.run(calls(), checkpoint="nightly")
        assert report.failures_total == report.outcomes["unknown"]
        check(shop.fake, unknown=report.outcomes["unknown"])

    def test_nothing_is_sent_while_it_lasts(self, shop: Shop) -> None:
        state = SqliteState(shop.path, now_ns=shop.clock, busy_timeout=0.05)
        sync = shop.sync(state=state)
        over = locked(state)
        with pytest.raises(StateError, match="locked"):
            sync.run(calls())
        assert shop.requests == 0
        assert sync.plan(calls()).outcomes["sent"] == len(calls())  # looking still works
        over()
        assert sync.run(calls()).failures_total == 0
        check(shop.fake)
        close(sync)


def test_a_file_that_is_locked_when_it_is_opened_is_refused(shop: Shop) -> None:
    state = SqliteState(shop.path)
    over = locked(state)
    with pytest.raises(ConfigurationError, match=r"locked; another process holds it"):
        shop.sync(state=SqliteState(shop.path, busy_timeout=0.05))
    over()
    state.close()


@pytest.mark.slow
def test_a_disk_that_takes_no_more_stops_the_shell_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system refuses to let the file grow, in another process, over a socket."""
    source = tmp_path / "calls.jsonl"
    source.write_text("\n".join(map(json.dumps, calls())))
    with FakeBraze() as fake:
        for name, value in (
            ("BRAZE_DATA_CENTER", fake.url),
            ("BRAZE_PARTNER", fake.partner),
            ("BRAZE_DATA_IMPORT_KEY", fake.data_import_key),
            ("BRAZE_PARTNER_KEY", fake.partner_key),
            ("BRAZE_REST_API_KEY", fake.rest_api_key),
        ):
            monkeypatch.setenv(name, value)
        command = ["sync", str(source), "--state", str(tmp_path / "engage.db")]
        command += ["--traits", "IDENTIFY,TRACK"]
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, str(220 * 1024), *command],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 75, done.stderr
        assert "engage.db" in done.stderr
        assert "run again" in done.stderr
        assert "Traceback" not in done.stderr
        limit = str(1024**3)
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, limit, *command],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr
        unknown = PEOPLE if done.returncode else 0
        check(fake, unknown=unknown)


def test_a_clock_that_is_set_back_loses_nothing_and_repeats_no_event(shop: Shop) -> None:
    shop.run(calls())
    shop.clock.move(days=-400)
    again = shop.run([*calls(), trait("u1", 2_000, message_id="new", size=-1)])
    assert again.outcomes["duplicate"] == len(calls())
    assert again.outcomes["sent"] == 1
    assert shop.fake.users["u1"].custom_attributes["size"] == -1
    shop.clock.move(days=400)
    assert shop.run(calls()).outcomes["duplicate"] == len(calls())
    events = Counter(one.name for user in shop.fake.users.values() for one in user.custom_events)
    assert set(events.values()) == {1}
