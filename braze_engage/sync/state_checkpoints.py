"""Checkpoints in a state file."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.sync.trail import Mark

if TYPE_CHECKING:
    from braze_engage.sync.state_db import Database, Row
    from braze_engage.sync.state_journal import Journal

__all__ = ["Checkpoint", "Checkpoints"]

_READ: Final = "SELECT position, token, fingerprint, owner, at FROM checkpoints WHERE name = ?"
_PUT: Final = (
    "INSERT INTO checkpoints (name, position, token, fingerprint, owner, at)"
    " VALUES (?, 0, NULL, x'', ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET owner = excluded.owner"
)
_FREE: Final = ""


@attrs.frozen(kw_only=True)
class Checkpoint:
    """How far a run came that did not end well.

    Args:
        name: Its name.
        position: How many items of the source are dealt with; the next run begins behind them.
        token: The token of the last of them, None for a source without tokens.
        moved_at: When it moved last.
    """

    name: str
    position: int
    token: object
    moved_at: datetime


class Checkpoints:
    """Checkpoints of this and of other processes; not safe for threads by itself.

    Args:
        database: The file.
        journal: Knows which processes are alive.
    """

    def __init__(self, database: Database, journal: Journal) -> None:
        self._db = database
        self._journal = journal
        self._taken: set[str] = set()

    def find(self, name: str) -> Checkpoint | None:
        """Look a checkpoint up; None where there is none.

        Args:
            name: Its name.

        Raises:
            StateError: The file cannot be read.
        """
        row = self._db.one(_READ, (name,))
        if row is None:
            return None
        position, token, _, _, at = row
        return Checkpoint(
            name=name,
            position=position,
            token=None if token is None else json.loads(token),
            moved_at=datetime.fromtimestamp(at, timezone.utc),
        )

    def take(self, name: str, seconds: int) -> Mark | None:
        """Take a checkpoint for a run, and make it where there is none.

        Args:
            name: Its name.
            seconds: The moment, seconds since 1970 UTC.

        Returns:
            How far earlier runs came, None where there were none.

        Raises:
            ConfigurationError: A run that is under way uses it.
            StateError: The file cannot be read or written.
        """
        mine = self._journal.owner
        with self._db.transaction():
            row = self.check_free(name)
            self._db.run(_PUT, (name, mine, seconds))
        self._taken.add(name)
        # with a checkpoint that has never moved there is nothing to compare
        return None if row is None or not row[0] else Mark(*row[:3])

    def check_free(self, name: str) -> Row | None:
        """Look a checkpoint up that no run uses.

        Args:
            name: Its name.

        Raises:
            ConfigurationError: A run that is under way uses it.
            StateError: The file cannot be read.
        """
        row = self._db.one(_READ, (name,))
        owner = _FREE if row is None else row[3]
        mine = self._journal.owner
        if name in self._taken or (owner not in (_FREE, mine) and self._journal.is_alive(owner)):
            raise ConfigurationError(
                f"checkpoint: a run that is under way uses {name!r}; wait for its end, or give "
                "another name"
            )
        return row

    def let_go(self, name: str) -> None:
        """Note that no run of this process uses a checkpoint any more.

        Args:
            name: Its name.
        """
        self._taken.discard(name)
