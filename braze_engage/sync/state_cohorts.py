"""Cohorts in a state file: their ids, names and computation keys."""

from __future__ import annotations

from typing import Final, NamedTuple

from braze_engage.sync.state_records import StoredRecords

__all__ = ["CohortRow", "StoredCohorts"]

_NAME: Final = (
    "INSERT INTO cohorts (cohort_id, key, name, is_explicit) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (cohort_id) DO UPDATE SET"
    " key = excluded.key, name = excluded.name, is_explicit = excluded.is_explicit"
)
_KEY: Final = (
    "INSERT INTO cohorts (cohort_id, key, name, is_explicit) VALUES (?, ?, NULL, 0)"
    " ON CONFLICT (cohort_id)"
    " DO UPDATE SET key = excluded.key"
)


class CohortRow(NamedTuple):
    """A cohort that was written to.

    Args:
        cohort_id: Its id.
        key: The computation key.
        name: Its name, None where it was never named.
        is_explicit: Whether somebody chose the name.
    """

    cohort_id: str
    key: str
    name: str | None
    is_explicit: bool


class StoredCohorts(StoredRecords):
    """Which cohorts are known; safe to use from threads."""

    def cohort_rows(self) -> list[CohortRow]:
        """List the cohorts that were written to, by id.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._lock:
            self.commit()
            rows = self._db.rows("SELECT cohort_id, key, name, is_explicit FROM cohorts")
        return [
            CohortRow(cohort_id, key, name, bool(is_explicit))
            for cohort_id, key, name, is_explicit in sorted(rows)
        ]

    def cohort_names(self) -> list[tuple[str, str, bool]]:
        """List the names given to cohorts: id, name, and whether somebody chose it.

        Raises:
            StateError: The file cannot be read.
        """
        with self._lock:
            rows = self._db.rows(
                "SELECT cohort_id, name, is_explicit FROM cohorts WHERE name IS NOT NULL"
            )
        return [(cohort_id, name, bool(chosen)) for cohort_id, name, chosen in rows]

    def remember_name(self, cohort_id: str, key: str, name: str, *, explicit: bool) -> None:
        """Note the name given to a cohort, by the next commit.

        Args:
            cohort_id: The cohort.
            key: The computation key.
            name: Its name.
            explicit: Whether somebody chose it.
        """
        self.later(_NAME, (cohort_id, key, name, int(explicit)))

    def cohort_seen(self, cohort_id: str, key: str) -> None:
        """Note which computation key a cohort belongs to, by the next commit.

        Args:
            cohort_id: The cohort.
            key: The computation key.
        """
        with self._lock:
            if self._keys.get(cohort_id) != key:
                self._keys[cohort_id] = key
                self.later(_KEY, (cohort_id, key))

    def cohorts_of(self, key: str) -> list[str]:
        """List the ids of the cohorts of a computation key.

        Args:
            key: The computation key.

        Raises:
            StateError: The file cannot be read.
        """
        with self._lock:
            rows = self._db.rows("SELECT cohort_id FROM cohorts WHERE key = ?", (key,))
        return [row[0] for row in rows]
