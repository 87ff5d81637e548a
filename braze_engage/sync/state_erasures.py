"""Takes people who were deleted out of snapshots of full lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.sync.partitions import MARK, part_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from braze_engage.sync.state_db import Database
    from braze_engage.sync.state_snapshots import Snapshot, Snapshots

__all__ = ["Erasures", "without"]

_NOTE: Final = "INSERT OR IGNORE INTO erasures VALUES (?)"
_FORGET_CHANGED: Final = "DELETE FROM members WHERE subject = ? AND part = ? AND person = ?"


class Erasures:
    """Who was deleted and may still stand in a snapshot; not safe for threads by itself.

    Args:
        database: The state file.
        snapshots: The snapshots.
    """

    def __init__(self, database: Database, snapshots: Snapshots) -> None:
        self._db = database
        self._snapshots = snapshots

    def note(self, people: Sequence[str]) -> None:
        """Note that people were deleted, within a transaction.

        Args:
            people: Their external ids.

        Raises:
            StateError: The file cannot be read or written.
        """
        # Another process may have made the first snapshot since this one looked last.
        self._snapshots.recall()
        if not self._snapshots.subjects:
            return
        self._db.many(_NOTE, [(person,) for person in people])
        for subject in self._snapshots.subjects:
            rows = [(subject, part_of(person.encode()), person) for person in people]
            self._db.many(_FORGET_CHANGED, rows)

    def people(self) -> frozenset[bytes]:
        """List who was deleted and may still stand in a snapshot.

        Raises:
            StateError: The file cannot be read.
        """
        if not self._snapshots.subjects:
            return frozenset()
        return frozenset(row[0].encode() for row in self._db.rows("SELECT person FROM erasures"))

    def carry_out(self) -> None:
        """Write every snapshot that nobody works on without them; others see to it at their end.

        Raises:
            StateError: A file cannot be read or written.
        """
        people = self.people()
        if not people:
            return
        taken, is_all = self._snapshots.take_free()
        try:
            for snapshot in taken:
                if snapshot.generation:
                    self._rewrite(snapshot, people)
        finally:
            for snapshot in taken:
                self._snapshots.release(snapshot)
        if is_all:
            with self._db.transaction():
                rows = [(person.decode(),) for person in people]
                self._db.many("DELETE FROM erasures WHERE person = ?", rows)

    def _rewrite(self, snapshot: Snapshot, people: Collection[bytes]) -> None:
        before, generation = self._snapshots.file(snapshot), snapshot.generation + 1
        touched = {part_of(person) for person in people}

        def part(number: int) -> list[bytes]:
            lines = before.part(number)
            return without(lines, people) if number in touched else lines

        files = self._snapshots.files
        files.write(snapshot.subject, generation, snapshot.mark, part)
        self._snapshots.point_to(snapshot, generation, snapshot.listed)


def without(lines: list[bytes], people: Collection[bytes]) -> list[bytes]:
    """Leave people out of the lines of a snapshot.

    Args:
        lines: An id each, or an id and a value.
        people: Their external ids.
    """
    return [line for line in lines if line.partition(MARK)[0] not in people]
