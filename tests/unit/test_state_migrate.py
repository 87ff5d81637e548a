"""A state file of an older version is brought up to date, and one of a newer version is read."""

from __future__ import annotations

import gzip
import os
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage import ConfigurationError, Delivery, SqliteState, StateError
from braze_engage.__main__ import main
from braze_engage.sync import state_migrate, state_schema
from braze_engage.sync.state_migrate import migrate
from braze_engage.sync.state_migrations import STEPS, Rewrite, Step
from braze_engage.sync.state_schema import SCHEMA
from braze_engage.sync.state_turn import Turn
from tests.meta.trees import REPOSITORY
from tests.support.released_state import ANA, LTV, fill
from tests.support.stores import Clock, rows_of
from tests.unit.test_sqlite_state import known
from tests.unit.test_state_file import check_contents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from braze_engage.sync.state_db import Database, Row

PEOPLE = 25
SLICE = 10


class StopError(Exception):
    """The process ends here."""


class Steps:
    """Two steps as a later version may bring them; changing rows may end suddenly."""

    def __init__(self) -> None:
        self.left = 1_000
        self.seen: list[bytes] = []

    def touch(self, database: Database, rows: Sequence[Row]) -> None:
        if not self.left:
            raise StopError
        self.left -= 1
        database.many(
            "UPDATE people SET touched = touched + ? WHERE person = ?",
            [(1 + len(known), person) for person, known in rows],
        )
        self.seen += [person for person, _ in rows]

    @property
    def all(self) -> tuple[Step, ...]:
        return (
            Step(
                begins=SCHEMA,
                says="count how long rows are",
                reads_from=SCHEMA,
                statements=("ALTER TABLE people ADD COLUMN touched INTEGER NOT NULL DEFAULT 0",),
                rewrites=(
                    Rewrite(table="people", key="person", columns=("known",), change=self.touch),
                ),
            ),
            Step(
                begins=SCHEMA + 1,
                says="add a table",
                reads_from=SCHEMA + 2,
                statements=("CREATE TABLE extra (id INTEGER PRIMARY KEY)",),
            ),
        )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "engage.db"
    state = SqliteState(path, now_ns=Clock())
    for number in range(PEOPLE):
        state.accepted(LTV, ANA._replace(value=f"u{number}"), known(), sure=True)
    state.close()
    return path


@pytest.fixture(autouse=True)
def _short_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_migrate, "_SLICE", SLICE)
    monkeypatch.setattr(state_migrate, "_SAYS_EVERY", 2)


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()
        return [str(version), *connection.iterdump()]
    finally:
        connection.close()


def to_next(path: Path, steps: Steps, said: list[str], *, by: int = 1, **options: Any) -> Any:
    return migrate(path, steps=steps.all, target=SCHEMA + by, say=said.append, **options)


def touched(path: Path) -> list[Any]:
    return rows_of(path, "SELECT touched = 1 + length(known) FROM people")


class TestMigrate:
    def test_it_says_what_there_is_to_do_before_it_does_it(self, path: Path) -> None:
        steps, said = Steps(), list[str]()
        found = to_next(path, steps, said, by=2)
        assert [(one.rows, one.step.begins) for one in found.estimates] == [
            (PEOPLE, SCHEMA),
            (0, SCHEMA + 1),
        ]
        assert found.estimates[0].seconds > 0
        assert said[0] == str(found)
        for words in ("count how long rows are", "add a table", "25"):
            assert words in said[0]
        assert said[1:] == [
            "count how long rows are: 20 rows of people done",
            f"the file has the schema {SCHEMA + 1}",
            f"the file has the schema {SCHEMA + 2}",
        ]
        assert touched(path) == [(1,)] * PEOPLE
        assert rows_of(path, "PRAGMA user_version") == [(SCHEMA + 2,)]
        assert rows_of(path, "SELECT count(*) FROM extra") == [(0,)]
        facts = dict(rows_of(path, "SELECT name, value FROM facts"))
        assert facts["reads from"] == SCHEMA + 2
        assert not any(name.startswith("migrated") for name in facts)

    def test_a_dry_run_changes_nothing(self, path: Path) -> None:
        before, steps, said = dump(path), Steps(), list[str]()
        found = to_next(path, steps, said, dry_run=True)
        assert found.estimates[0].rows == PEOPLE
        assert len(said) == 1
        assert dump(path) == before
        SqliteState(path).close()

    def test_what_is_up_to_date_stays_as_it_is(self, path: Path) -> None:
        before, said = dump(path), list[str]()
        assert migrate(path, say=said.append).estimates == ()
        assert said == [f"the file has the schema {SCHEMA}, which is up to date"]
        assert dump(path) == before

    @given(stops=st.lists(st.integers(1, 3), max_size=4))
    @settings(max_examples=15, deadline=None)
    def test_it_goes_on_where_it_was_interrupted(
        self, tmp_path_factory: pytest.TempPathFactory, stops: list[int]
    ) -> None:
        path = tmp_path_factory.mktemp("state") / "engage.db"
        state = SqliteState(path)
        for number in range(PEOPLE):
            state.accepted(LTV, ANA._replace(value=f"u{number}"), known(), sure=True)
        state.close()
        steps = Steps()
        for left in stops:
            steps.left = left  # a first slice is tried beforehand
            try:
                to_next(path, steps, [], by=1)
            except StopError:
                with pytest.raises(ConfigurationError, match=r"not ended.*state migrate"):
                    SqliteState(path)
        steps.left = 1_000
        to_next(path, steps, [], by=2)
        assert touched(path) == [(1,)] * PEOPLE
        assert rows_of(path, "PRAGMA user_version") == [(SCHEMA + 2,)]

    def test_the_estimate_is_of_what_is_left(self, path: Path) -> None:
        steps = Steps()
        steps.left = 2  # one for the estimate
        with pytest.raises(StopError):
            to_next(path, steps, [])
        steps.left = 1_000
        assert to_next(path, steps, [], dry_run=True).estimates[0].rows == PEOPLE - SLICE

    def test_a_run_that_is_under_way_is_not_disturbed(self, path: Path) -> None:
        before = dump(path)
        descriptor = Turn(path, timeout=0.0)._locked()
        with pytest.raises(StateError, match="in use by a run"):
            to_next(path, Steps(), [])
        assert dump(path) == before
        os.close(descriptor)
        to_next(path, Steps(), [])

    def test_a_sync_that_has_it_open_does_not_go_on_with_it(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        state = SqliteState(path)
        state.remember_done(Delivery.TRACK, "m1")
        to_next(path, Steps(), [], by=2)
        with pytest.raises(StateError, match=f"has the schema {SCHEMA + 2}"):
            state.commit()
        with pytest.raises(StateError):
            state.recover()
        assert rows_of(path, "SELECT count(*) FROM messages") == [(0,)]
        monkeypatch.setattr(state_schema, "SCHEMA", SCHEMA + 2)
        state.try_again()  # nothing noted is forgotten
        state.close()

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ("PRAGMA user_version = 9", r"has the schema 9.*Install the version that made it"),
            ("PRAGMA user_version = -9", r"has the schema 9"),
            ("PRAGMA user_version = 0", "no way from the schema 0"),
            ("PRAGMA application_id = 7", "another program"),
        ],
    )
    def test_what_cannot_be_migrated_is_left_alone(
        self, path: Path, change: str, words: str
    ) -> None:
        connection = sqlite3.connect(path)
        connection.execute(change)
        connection.close()
        before = dump(path)
        with pytest.raises(ConfigurationError, match=words):
            to_next(path, Steps(), [])
        assert dump(path) == before

    def test_what_is_no_state_file_is_left_alone(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="there is no file"):
            migrate(tmp_path / "nowhere.db")
        text = tmp_path / "text.db"
        text.write_bytes(b"precious text\n" * 99)
        text.chmod(0o600)
        with pytest.raises(ConfigurationError, match="no state file"):
            migrate(text)
        assert text.read_bytes() == b"precious text\n" * 99
        assert not (tmp_path / "nowhere.db").exists()


class TestReading:
    """Version N uses what a later version made, if that only added to it."""

    def newer(self, path: Path, *, reads_from: int | None = SCHEMA) -> None:
        connection = sqlite3.connect(path)
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        assert len(tables) > 10
        for table in tables:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN later")
            connection.execute(f"ALTER TABLE {table} ADD COLUMN n INTEGER NOT NULL DEFAULT 7")
        connection.execute("CREATE TABLE added (id INTEGER PRIMARY KEY)")
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
        if reads_from is not None:
            connection.execute(
                "INSERT INTO facts (name, value) VALUES ('reads from', ?)", (reads_from,)
            )
        connection.commit()
        connection.close()

    def test_what_a_newer_version_made_is_read_and_written(self, tmp_path: Path) -> None:
        path = tmp_path / "engage.db"
        SqliteState(path).close()
        self.newer(path)
        fill(path)
        check_contents(path)
        assert rows_of(path, "PRAGMA user_version") == [(SCHEMA + 1,)]
        assert rows_of(path, "SELECT DISTINCT later, n FROM people") == [(None, 7)]
        assert rows_of(path, "SELECT value FROM facts WHERE name = 'reads from'") == [(SCHEMA,)]

    @pytest.mark.parametrize("reads_from", [None, SCHEMA + 1])
    def test_unless_it_did_more_than_add(self, path: Path, reads_from: int | None) -> None:
        self.newer(path, reads_from=reads_from)
        before = dump(path)
        with pytest.raises(ConfigurationError, match=r"left alone. Install the version"):
            SqliteState(path)
        assert dump(path) == before

    def test_every_released_schema_leads_to_this_one(self, tmp_path: Path) -> None:
        data = REPOSITORY / "tests" / "data"
        released = sorted(data.glob("state-*-engage.db.gz"))
        assert len(released) == SCHEMA
        assert [step.begins for step in STEPS] == list(range(1, SCHEMA))
        for number in range(1, SCHEMA + 1):
            path = tmp_path / str(number) / "engage.db"
            path.parent.mkdir()
            for name in ("engage.db", "engage.db-key"):
                packed = (data / f"state-{number}-{name}.gz").read_bytes()
                (path.parent / name).write_bytes(gzip.decompress(packed))
                (path.parent / name).chmod(0o600)
            migrate(path, say=lambda _: None)
            check_contents(path)


class TestShell:
    def test_it_is_a_command(
        self, path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(path.parent)
        assert main(["state", "migrate"]) == 0
        assert "up to date" in capsys.readouterr().out
        assert main(["state", "migrate", str(path), "--dry-run"]) == 0
        assert main(["state", "migrate", "nowhere.db"]) == 2
        assert "there is no file nowhere.db" in capsys.readouterr().err

    def test_the_command_is_named_by_whoever_refuses_an_older_file(self, path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {SCHEMA - 1}")
        connection.close()
        with pytest.raises(ConfigurationError) as caught:
            SqliteState(path)
        assert f"python -m braze_engage state migrate {path}" in str(caught.value)
