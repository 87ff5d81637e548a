"""One connection to a state file, which says in plain words what goes wrong."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from braze_engage.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence
    from pathlib import Path

__all__ = ["Database", "Row", "Value"]

Value: TypeAlias = str | bytes | int | None
Row: TypeAlias = tuple[Any, ...]  # Any: the schema tells which

_LOCKED: Final = "database is locked"
_MOMENT: Final = 0.01
_CACHE_KIB: Final = 32_768
_REMEDIES: Final = (
    ("full", "the disk is full; make room and run again"),
    ("locked", "another process holds it for too long; end what does so and run again"),
    ("busy", "another process holds it for too long; end what does so and run again"),
    ("readonly", "it may only be read; give write permission to the file and its directory"),
    ("unable to open", "it cannot be opened; look at the permissions of its directory"),
    ("disk i/o", "the disk does not read or write; look at it, then run again"),
    ("closed database", "the sync or state was closed; make a new one"),
    ("malformed", "it is damaged; put a copy back, or begin a new file under another name"),
    ("not a database", "it is no state file, so it is left alone; give the name of a new file"),
)
_OTHERWISE: Final = "look at the file and its disk, then run again"


class Database:
    """A connection; not safe for threads by itself.

    Args:
        path: An existing file.
        busy_seconds: How long to wait while another process writes.

    Raises:
        StateError: It cannot be opened.
    """

    def __init__(self, path: Path, *, busy_seconds: float) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._process = os.getpid()
        try:
            self._connection = sqlite3.connect(
                f"{path.as_uri()}?mode=rw",
                uri=True,
                timeout=busy_seconds,
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            raise self._explained(error) from None
        try:
            self._seen = self._version()
        except StateError:
            self._connection.close()
            raise

    def prepare(self) -> None:
        """Set how it reads and writes: readers and one writer at a time, without stopping.

        Raises:
            StateError: The file does not allow it.
        """
        self.run(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self.run("PRAGMA trusted_schema = OFF")
        self.run("PRAGMA temp_store = MEMORY")
        self._keep_log()
        # A process that dies loses nothing; a machine that does may lose the last moments.
        self.run("PRAGMA synchronous = NORMAL")

    def _keep_log(self) -> None:
        # For this one step the database does not wait by itself.
        until = time.monotonic() + self._busy_seconds
        while True:
            try:
                mode = self.one("PRAGMA journal_mode = WAL")
                break
            except StateError as error:
                if _LOCKED not in str(error) or time.monotonic() >= until:
                    raise
            time.sleep(_MOMENT)
        if mode != ("wal",):
            raise StateError(f"state: {self._path} lies where no write-ahead log can be kept")

    def one(self, statement: str, values: Sequence[Value] = ()) -> Row | None:
        """Run a statement and return its first row, None where there is none.

        Args:
            statement: The statement.
            values: What its question marks stand for.

        Raises:
            StateError: It failed.
        """
        try:
            row: Row | None = self._mine().execute(statement, values).fetchone()
        except sqlite3.Error as error:
            raise self._explained(error) from None
        return row

    def rows(self, statement: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run a statement and return its rows.

        Args:
            statement: The statement.
            values: What its question marks stand for.

        Raises:
            StateError: It failed.
        """
        try:
            return self._mine().execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def run(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Run a statement and return how many rows it changed.

        Args:
            statement: The statement.
            values: What its question marks stand for.

        Raises:
            StateError: It failed.
        """
        try:
            return self._mine().execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def many(self, statement: str, values: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each of several rows.

        Args:
            statement: The statement.
            values: What its question marks stand for, row by row.

        Raises:
            StateError: It failed.
        """
        try:
            self._mine().executemany(statement, values)
        except sqlite3.Error as error:
            raise self._explained(error) from None

    def _mine(self) -> sqlite3.Connection:
        if os.getpid() != self._process:
            raise StateError(
                f"state: {self._path} was opened by another process, of which this one is a copy; "
                "make the EngageSync in the process that uses it"
            )
        return self._connection

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Write everything within, or nothing of it; others who write wait meanwhile.

        Raises:
            StateError: It could not be written.
        """
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def trial(self) -> Generator[None, None, None]:
        """Undo everything within, whatever comes of it.

        Raises:
            StateError: Others hold the file for too long.
        """
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self._roll_back()

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            # What began it is told; the journal of the file undoes the rest when it is opened.
            return

    def changed_elsewhere(self) -> bool:
        """Tell whether somebody else wrote to the file since this was asked last.

        Raises:
            StateError: It cannot be read.
        """
        before, self._seen = self._seen, self._version()
        return before != self._seen

    def _version(self) -> Row | None:
        return self.one("PRAGMA data_version")

    def close(self) -> None:
        """Close the connection, unless it is that of the process this one is a copy of."""
        if os.getpid() == self._process:
            self._connection.close()

    def _explained(self, error: sqlite3.Error) -> StateError:
        said = str(error)
        words = said.lower()
        remedy = next((remedy for word, remedy in _REMEDIES if word in words), _OTHERWISE)
        return StateError(f"state: {self._path}: {said}; {remedy}")
