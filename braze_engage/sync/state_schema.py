"""The tables of a state file, and how to tell that a file is one.

The number of its schema stands in the file. Opening never changes it: an older file is brought up
to date by ``python -m braze_engage state migrate``, step by step (`state_migrations`), and until
then it is refused. Every number that was released has a file in the tests.

A library that knows number N also uses a file of a later number that only adds to it: tables, and
columns that may be left out. Such a file says so in the fact ``reads from``, the oldest number
whose library may use it. So no statement depends on there being no other tables or columns: each
one names what it means, and whoever adds a column takes it that an older library leaves it empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.errors import ConfigurationError, StateError

if TYPE_CHECKING:
    from pathlib import Path

    from braze_engage.sync.state_db import Database

__all__ = [
    "APPLICATION_ID",
    "READS_FROM",
    "SCHEMA",
    "check_application",
    "check_version",
    "ensure_schema",
    "schema_of",
]

APPLICATION_ID: Final = 0x42_45_4E_47  # "BENG"
SCHEMA: Final = 1
READS_FROM: Final = "reads from"

_PAGE_BYTES: Final = 8_192
_NEW_NAME: Final = "give the name of a file that does not exist yet"

_STATEMENTS: Final = (
    # what the file was made for: key, hosts, workspace; and where its tidying has come to
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "CREATE TABLE subjects (id INTEGER PRIMARY KEY, subject BLOB NOT NULL UNIQUE)",
    # a person, hashed, and everything known of them
    "CREATE TABLE people (person BLOB PRIMARY KEY, known BLOB NOT NULL) WITHOUT ROWID",
    # a message, hashed; the day it came to an end, times 32, and the deliveries that did
    "CREATE TABLE messages (message BLOB PRIMARY KEY, done INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE spent (period TEXT PRIMARY KEY, points INTEGER NOT NULL) WITHOUT ROWID",
    (
        "CREATE TABLE cohorts (cohort_id TEXT PRIMARY KEY, key TEXT NOT NULL, name TEXT,"
        " is_explicit INTEGER NOT NULL) WITHOUT ROWID"
    ),
    # what became of the last call of a person and a computation, both hashed
    (
        "CREATE TABLE notes (slot BLOB PRIMARY KEY, reason TEXT NOT NULL, rule TEXT NOT NULL,"
        " at INTEGER NOT NULL) WITHOUT ROWID"
    ),
    # what is under way, request by request, and whose it is
    "CREATE TABLE journal (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, content BLOB NOT NULL)",
    # what was under way when a process ended, and must not be sent again
    (
        "CREATE TABLE lost (message BLOB PRIMARY KEY, at INTEGER NOT NULL,"
        " delivery INTEGER NOT NULL, message_id TEXT) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE checkpoints (name TEXT PRIMARY KEY, position INTEGER NOT NULL, token TEXT,"
        " fingerprint BLOB NOT NULL, owner TEXT NOT NULL, at INTEGER NOT NULL)"
        " WITHOUT ROWID"
    ),
    # calls kept whole: dead letters, and what is held back
    (
        "CREATE TABLE letters (id INTEGER PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL,"
        " time INTEGER NOT NULL, person BLOB, message BLOB, content TEXT NOT NULL)"
    ),
    (
        "CREATE TABLE held (id INTEGER PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL,"
        " time INTEGER NOT NULL, person BLOB, message BLOB, content TEXT NOT NULL)"
    ),
    "CREATE INDEX letters_of ON letters (person) WHERE person IS NOT NULL",
    "CREATE INDEX letters_for ON letters (message) WHERE message IS NOT NULL",
    "CREATE INDEX held_of ON held (person) WHERE person IS NOT NULL",
)


def ensure_schema(database: Database, path: Path, *, is_empty: bool) -> None:
    """Make the tables of a new file; refuse a file that is no state file of this version.

    What is refused is left as it is.

    Args:
        database: The file.
        path: Where it lies.
        is_empty: Whether it was empty a moment ago.

    Raises:
        ConfigurationError: It is something else.
        StateError: It cannot be read or written.
    """
    if is_empty or _holds_nothing(database):
        _make(database)
    check_application(database, path)
    refusal = _refusal(database, path)
    if refusal is not None:
        raise ConfigurationError(refusal)
    found = {name for (name,) in database.rows("SELECT name FROM sqlite_master")}
    if not {statement.split()[2] for statement in _STATEMENTS} <= found:
        raise ConfigurationError(
            f"state: {path} lacks tables, so it is damaged; put a copy back, or {_NEW_NAME}"
        )


def _holds_nothing(database: Database) -> bool:
    # so it is when the process that made the file was killed before it had made the tables
    told = database.one("PRAGMA application_id"), database.one("PRAGMA user_version")
    return told == ((0,), (0,)) and not database.rows("SELECT 1 FROM sqlite_master LIMIT 1")


def check_application(database: Database, path: Path) -> None:
    """Refuse the database of another program.

    Args:
        database: The file.
        path: Where it lies.

    Raises:
        ConfigurationError: It is one.
        StateError: It cannot be read.
    """
    if database.one("PRAGMA application_id") != (APPLICATION_ID,):
        raise ConfigurationError(
            f"state: {path} is a database of another program, so it is left alone; {_NEW_NAME}"
        )


def schema_of(database: Database) -> int:
    """Tell the number of the schema of a file; a migration that has not ended makes it negative.

    Args:
        database: The file.

    Raises:
        StateError: It cannot be read.
    """
    row = database.one("PRAGMA user_version")
    return int(row[0]) if row else 0


def check_version(database: Database, path: Path) -> None:
    """Refuse to go on with a file that was migrated since it was opened.

    Args:
        database: The file.
        path: Where it lies.

    Raises:
        StateError: It is of another version by now, or it cannot be read.
    """
    refusal = _refusal(database, path)
    if refusal is not None:
        raise StateError(refusal)


def _refusal(database: Database, path: Path) -> str | None:
    """Say why a file is not for this version; None where it is."""
    version = schema_of(database)
    if version == SCHEMA:
        return None
    begins = f"state: {path} has the schema {version}, and this version of braze_engage"
    if version < 0:
        return (
            f"state: a migration of {path} has begun and not ended; finish it with "
            f"python -m braze_engage state migrate {path}"
        )
    if version < SCHEMA:
        return (
            f"{begins} reads {SCHEMA}; it is left alone. Bring it up to date with "
            f"python -m braze_engage state migrate {path}"
        )
    if _reads_from(database, version) <= SCHEMA:
        return None
    return (
        f"{begins} reads {SCHEMA}; it is left alone. Install the version that made it, or "
        f"{_NEW_NAME}"
    )


def _reads_from(database: Database, version: int) -> int:
    row = database.one("SELECT value FROM facts WHERE name = ?", (READS_FROM,))
    return row[0] if row and isinstance(row[0], int) else version


def _make(database: Database) -> None:
    # Rows of people are long, so that more of them fit into larger pages.
    database.run(f"PRAGMA page_size = {_PAGE_BYTES}")
    with database.transaction():
        # Another process may have made them while this one waited.
        if database.one("PRAGMA application_id") != (0,):
            return
        for statement in _STATEMENTS:
            database.run(statement)
        database.run(f"PRAGMA user_version = {SCHEMA}")
        database.run(f"PRAGMA application_id = {APPLICATION_ID}")
