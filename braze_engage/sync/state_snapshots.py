"""What a state file knows of full lists: which snapshot counts, and what has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.errors import ConfigurationError
from braze_engage.sync.snapshot_files import SnapshotFile, SnapshotFiles
from braze_engage.sync.state_changed import ChangedPeople

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from braze_engage.sync.state_db import Database, Row
    from braze_engage.sync.state_hashes import Hashes
    from braze_engage.sync.state_journal import Journal

__all__ = ["Snapshot", "Snapshots"]

_TABLES: Final = (
    # what there is a snapshot of, and whether of values; which one counts, when its list was taken
    # and when the last one was; whether calls of it were known too, and who works on it
    (
        "CREATE TABLE IF NOT EXISTS snapshots (subject INTEGER PRIMARY KEY, audience TEXT NOT NULL,"
        " valued INTEGER NOT NULL, generation INTEGER NOT NULL, listed INTEGER, as_of INTEGER,"
        " called INTEGER NOT NULL, owner TEXT NOT NULL)"
    ),
    # what Braze accepted since
    (
        "CREATE TABLE IF NOT EXISTS members (subject INTEGER NOT NULL, part INTEGER NOT NULL,"
        " person TEXT NOT NULL, code BLOB NOT NULL, time INTEGER NOT NULL,"
        " PRIMARY KEY (subject, part, person)) WITHOUT ROWID"
    ),
    # who was deleted and may still stand in a snapshot
    "CREATE TABLE IF NOT EXISTS erasures (person TEXT PRIMARY KEY) WITHOUT ROWID",
)
_THERE: Final = "SELECT 1 FROM sqlite_master WHERE name = 'erasures'"
_ALL: Final = (
    "SELECT snapshots.subject, valued, generation, listed, as_of, called, subjects.subject, owner"
    " FROM snapshots JOIN subjects ON subjects.id = snapshots.subject"
)
_READ: Final = f"{_ALL} WHERE snapshots.subject = ?"
_SUBJECT: Final = "SELECT id FROM subjects WHERE subject = ?"
_ADD: Final = "INSERT OR IGNORE INTO snapshots VALUES (?, ?, ?, 0, NULL, NULL, ?, '')"
_TAKE: Final = "UPDATE snapshots SET owner = ? WHERE subject = ?"
_FREE: Final = ""


class Snapshot(NamedTuple):
    """What is known of full lists of one subject.

    Args:
        subject: The number of a cohort or an attribute.
        valued: Whether people have values; otherwise they are members.
        generation: How many snapshots there were before; 0 where no list came to its end.
        listed: When the list of the snapshot was taken, nanoseconds since 1970 UTC.
        as_of: When the last list was taken, likewise; None for none.
        called: Whether calls of it are known too.
        mark: What a file of it begins with.
    """

    subject: int
    valued: bool
    generation: int
    listed: int | None
    as_of: int | None
    called: bool
    mark: bytes


class Snapshots:
    """Snapshots of this and of other processes; not safe for threads by itself.

    Args:
        database: The file.
        hashes: What stands there instead of subjects.
        journal: Knows which processes are alive.
        path: Where the file lies.

    Attributes:
        files: The files.
        changed: What Braze accepted since.
        subjects: What there are snapshots of, by number, as far as this process knows.
    """

    def __init__(self, database: Database, hashes: Hashes, journal: Journal, path: Path) -> None:
        self._db = database
        self._hashes = hashes
        self._journal = journal
        self.files = SnapshotFiles(path)
        self.changed = ChangedPeople(database)
        self._taken: set[int] = set()
        self.subjects: Mapping[int, Snapshot] = {}

    def recall(self) -> None:
        """Recall what there are snapshots of.

        Raises:
            StateError: The file cannot be read.
        """
        rows = self._db.rows(_ALL) if self._db.one(_THERE) is not None else []
        self.subjects = {row[0]: Snapshot(*row[:-1]) for row in rows}

    def take(self, audience: str, subject: str, *, valued: bool) -> Snapshot:
        """Take a subject for a reconcile; no other one can until `release`.

        Args:
            audience: What people call it.
            subject: A cohort or an attribute.
            valued: Whether people have values; otherwise they are members.

        Raises:
            ConfigurationError: A reconcile of it is under way, or no file can be made.
            StateError: The file cannot be read or written.
        """
        self.files.prepare()
        hashed = self._hashes.subject(subject)
        with self._db.transaction():
            # Made when first needed: a file without full lists stays as it is.
            for statement in _TABLES:
                self._db.run(statement)
            known = self._db.one(_SUBJECT, (hashed,)) is not None
            self._db.run("INSERT OR IGNORE INTO subjects (subject) VALUES (?)", (hashed,))
            found = self._db.one(_SUBJECT, (hashed,))
            assert found is not None
            self._db.run(_ADD, (found[0], audience, int(valued), int(known)))
            taken = self._take(self._db.one(_READ, found))
        if taken is None:
            raise ConfigurationError(
                f"reconcile: one of {audience!r} is under way; wait for its end"
            )
        self.files.tidy(taken.subject, taken.generation)
        return taken

    def _take(self, row: Row | None) -> Snapshot | None:
        """Take a snapshot within a transaction, unless somebody works on it."""
        assert row is not None
        *fields, owner = row
        snapshot = Snapshot(*fields)
        if snapshot.subject in self._taken or self._is_others(owner):
            return None
        self._db.run(_TAKE, (self._journal.owner, snapshot.subject))
        self._taken.add(snapshot.subject)
        self.subjects = {**self.subjects, snapshot.subject: snapshot}
        return snapshot

    def _is_others(self, owner: str) -> bool:
        return owner not in (_FREE, self._journal.owner) and self._journal.is_alive(owner)

    def begin(self, snapshot: Snapshot, as_of: int) -> None:
        """Note that a list is about to be brought into Braze.

        Args:
            snapshot: What was taken.
            as_of: When the list was taken, nanoseconds since 1970 UTC.

        Raises:
            StateError: The file cannot be written.
        """
        statement = "UPDATE snapshots SET as_of = ? WHERE subject = ?"
        self._db.run(statement, (as_of, snapshot.subject))

    def release(self, snapshot: Snapshot) -> None:
        """Let others take a subject.

        Args:
            snapshot: What was taken.

        Raises:
            StateError: The file cannot be written.
        """
        self._taken.discard(snapshot.subject)
        statement = "UPDATE snapshots SET owner = '' WHERE subject = ?"
        self._db.run(statement, (snapshot.subject,))

    def current(self, subject: int) -> Snapshot:
        """Give the snapshot that counts by now, whoever wrote it.

        Args:
            subject: Its number.

        Raises:
            StateError: The file cannot be read.
        """
        row = self._db.one(_READ, (subject,))
        assert row is not None
        return Snapshot(*row[:-1])

    def file(self, snapshot: Snapshot) -> SnapshotFile:
        """Open the file that counts.

        Args:
            snapshot: Of what.

        Raises:
            StateError: It is not there, or it is damaged.
        """
        path = self.files.path(snapshot.subject, snapshot.generation)
        return SnapshotFile(path, snapshot.mark)

    def point_to(self, snapshot: Snapshot, generation: int, listed: int | None) -> None:
        """Let another file count from now on, so that it lasts.

        Args:
            snapshot: Of what.
            generation: The new one; may be the same as before.
            listed: When its list was taken.

        Raises:
            StateError: The file cannot be written.
        """
        # The file before is removed next, so this must not be lost with the last moments.
        self._db.run("PRAGMA synchronous = FULL")
        try:
            with self._db.transaction():
                self._db.run(
                    "UPDATE snapshots SET generation = ?, listed = ? WHERE subject = ?",
                    (generation, listed, snapshot.subject),
                )
        finally:
            self._db.run("PRAGMA synchronous = NORMAL")
        self.files.tidy(snapshot.subject, generation)
        self.recall()

    def of_audience(self, audience: str) -> list[int]:
        """List the numbers of what an audience has snapshots of.

        Args:
            audience: What people call it.

        Raises:
            StateError: The file cannot be read.
        """
        if not self.subjects:
            return []
        rows = self._db.rows("SELECT subject FROM snapshots WHERE audience = ?", (audience,))
        return [row[0] for row in rows]

    def forget(self, subjects: Sequence[int]) -> None:
        """Forget snapshots, files included.

        Args:
            subjects: Their numbers.

        Raises:
            ConfigurationError: A reconcile of one is under way.
            StateError: The file cannot be written.
        """
        for number in subjects:
            with self._db.transaction():
                row = self._db.one(_READ, (number,))
                if number in self._taken or (row is not None and self._is_others(row[-1])):
                    raise ConfigurationError(
                        "forget_snapshot: a reconcile of it is under way; wait for its end"
                    )
                # That it is one of which lists come stays known, and how new the last one was.
                self._db.run(
                    "UPDATE snapshots SET generation = 0, listed = NULL WHERE subject = ?",
                    (number,),
                )
                self._db.run("DELETE FROM members WHERE subject = ?", (number,))
            self.files.tidy(number, 0)
        self.recall()

    def take_free(self) -> tuple[list[Snapshot], bool]:
        """Take every snapshot that nobody works on.

        Returns:
            What was taken, and whether that is all.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._db.transaction():
            rows = self._db.rows(_ALL)
            taken = [self._take(row) for row in rows]
        found = [snapshot for snapshot in taken if snapshot is not None]
        return found, len(found) == len(rows)
