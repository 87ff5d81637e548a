"""Brings a state file up to date: with an estimate before, a little at a time, resumable."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from braze_engage.errors import ConfigurationError, StateError
from braze_engage.sync.state_db import Database
from braze_engage.sync.state_file import prepare_path
from braze_engage.sync.state_migrations import STEPS
from braze_engage.sync.state_schema import READS_FROM, SCHEMA, check_application, schema_of
from braze_engage.sync.state_turn import Turn
from braze_engage.sync.tables import span, text_table

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from braze_engage.sync.state_migrations import Rewrite, Step

__all__ = ["Estimate", "Migration", "migrate"]

_SLICE: Final = 2_000
_SAYS_EVERY: Final = 100
_BUSY_SECONDS: Final = 30.0
_COLUMNS: Final = ("from", "to", "what", "rows", "about")
_PUT: Final = (
    "INSERT INTO facts (name, value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


@attrs.frozen(kw_only=True)
class Estimate:
    """What is left of one step.

    Args:
        step: The step.
        rows: How many rows are left to go through.
        seconds: About how long that takes, by what a first slice took.
    """

    step: Step
    rows: int
    seconds: float


@attrs.frozen(kw_only=True)
class Migration:
    """What a migration does, or did.

    Args:
        begins: The number of the schema of the file.
        ends: The number it is brought to.
        estimates: Step by step.
    """

    begins: int
    ends: int
    estimates: tuple[Estimate, ...]

    def __str__(self) -> str:
        if not self.estimates:
            return f"the file has the schema {self.ends}, which is up to date"
        return text_table(
            _COLUMNS,
            [
                (one.step.begins, one.step.ends, one.step.says, one.rows, span(one.seconds))
                for one in self.estimates
            ],
        )


def migrate(
    path: str | os.PathLike[str],
    *,
    dry_run: bool = False,
    say: Callable[[str], None] = print,
    steps: Sequence[Step] = STEPS,
    target: int = SCHEMA,
) -> Migration:
    """Bring a state file up to date, or say what that would take.

    No run may use the file meanwhile, and no process of an older version goes on with it. What was
    interrupted goes on when it is called again.

    Args:
        path: The file; it must exist.
        dry_run: Whether only to say what it would take; the file stays as it is.
        say: Told of the estimate before anything is changed, and of progress.
        steps: The steps there are.
        target: The number to bring it to.

    Raises:
        ConfigurationError: There is no such file, it is something else, or there is no way from
            its number to this one; it is left as it is.
        StateError: A run uses the file, or it cannot be read or written; call it again.
    """
    if not Path(path).is_file():
        raise ConfigurationError(f"state: there is no file {path}; name that of your runs")
    where, _ = prepare_path(path)
    with Turn(where, timeout=0.0).take(0.0), closing(_opened(where)) as database:
        migrating = _Migrating(database, say)
        begins = abs(schema_of(database))
        chosen = _way(where, begins, steps, target)
        found = Migration(
            begins=begins,
            ends=target,
            estimates=migrating.estimates(chosen) if chosen else (),
        )
        say(str(found))
        if not dry_run:
            for step in chosen:
                migrating.carry_out(step)
        return found


def _opened(path: Path) -> Database:
    try:
        database = Database(path, busy_seconds=_BUSY_SECONDS)
    except StateError as error:
        raise ConfigurationError(str(error)) from None
    try:
        check_application(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _way(path: Path, begins: int, steps: Sequence[Step], target: int) -> list[Step]:
    """Find the steps from one number to another."""
    if begins > target:
        raise ConfigurationError(
            f"state: {path} has the schema {begins}, and this version of braze_engage makes "
            f"{target}; it is left alone. Install the version that made it"
        )
    by_begin = {step.begins: step for step in steps}
    way = [by_begin[number] for number in range(begins, target) if number in by_begin]
    if len(way) < target - begins:
        raise ConfigurationError(
            f"state: there is no way from the schema {begins} of {path} to {target}; it is left "
            "alone. Install a version between the two and migrate with that first"
        )
    return way


class _Migrating:
    """Carries steps out on one file.

    Args:
        database: The file.
        say: Told of progress.
    """

    def __init__(self, database: Database, say: Callable[[str], None]) -> None:
        self._db = database
        self._say = say

    def estimates(self, steps: Sequence[Step]) -> tuple[Estimate, ...]:
        """Count what is left to do, and try a slice of each to see how long it takes.

        What is tried is undone.

        Args:
            steps: The steps, one after the other.

        Raises:
            StateError: The file cannot be read or written.
        """
        found: list[Estimate] = []
        with self._db.trial():
            for step in steps:
                self._begin(step)
                parts = [self._part(rewrite) for rewrite in step.rewrites]
                rows = sum(rows for rows, _ in parts)
                seconds = sum(seconds for _, seconds in parts)
                found.append(Estimate(step=step, rows=rows, seconds=seconds))
        return tuple(found)

    def _part(self, rewrite: Rewrite) -> tuple[int, float]:
        """Count the rows that are left of a table, and how long they take."""
        where, values = self._left(rewrite)
        counted = self._db.one(f"SELECT count(*) FROM {rewrite.table}{where}", values)  # noqa: S608 - names of a step
        rows = int(counted[0]) if counted else 0
        began = time.perf_counter()
        tried = self._slice(rewrite)
        return rows, rows * (time.perf_counter() - began) / max(tried, 1)

    def carry_out(self, step: Step) -> None:
        """Carry a step out, or what is left of it.

        Args:
            step: The step.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._db.transaction():
            self._begin(step)
        for rewrite in step.rewrites:
            done = 0
            more = True
            while more:
                with self._db.transaction():
                    more = self._slice(rewrite) == _SLICE
                done += 1
                if not done % _SAYS_EVERY:
                    self._say(f"{step.says}: {done * _SLICE:,} rows of {rewrite.table} done")
        with self._db.transaction():
            for rewrite in step.rewrites:
                self._db.run("DELETE FROM facts WHERE name = ?", (_place(rewrite),))
            self._db.run(_PUT, (READS_FROM, step.reads_from))
            self._db.run(f"PRAGMA user_version = {step.ends}")
        self._say(f"the file has the schema {step.ends}")

    def _begin(self, step: Step) -> None:
        """Add what a step adds, once, and shut every other version out until it has ended."""
        if schema_of(self._db) == -step.begins:
            return
        for statement in step.statements:
            self._db.run(statement)
        self._db.run(f"PRAGMA user_version = {-step.begins}")

    def _left(self, rewrite: Rewrite) -> tuple[str, tuple[Any, ...]]:  # Any: a key of any type
        row = self._db.one("SELECT value FROM facts WHERE name = ?", (_place(rewrite),))
        return (f" WHERE {rewrite.key} > ?", (row[0],)) if row else ("", ())

    def _slice(self, rewrite: Rewrite) -> int:
        """Change the next rows of a table, and tell how many there were."""
        where, values = self._left(rewrite)
        columns = ", ".join((rewrite.key, *rewrite.columns))
        rows = self._db.rows(
            f"SELECT {columns} FROM {rewrite.table}{where} ORDER BY {rewrite.key} LIMIT ?",  # noqa: S608 - names of a step
            (*values, _SLICE),
        )
        if rows:
            rewrite.change(self._db, rows)
            self._db.run(_PUT, (_place(rewrite), rows[-1][0]))
        return len(rows)


def _place(rewrite: Rewrite) -> str:
    return f"migrated {rewrite.table} to"
