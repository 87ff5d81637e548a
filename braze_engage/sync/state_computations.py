"""Computations in a state file: which ids came under which key, when, and which are retired."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.sync.state_holders import StoredHolders

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["KnownComputation", "StoredComputations"]

_PREFIX: Final = "computation "
_PUT: Final = (
    "INSERT INTO facts (name, value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_READ: Final = "SELECT name, value FROM facts WHERE name >= ? AND name < ? ORDER BY name"
# the character after the blank
_BEHIND: Final = "computation!"


@attrs.define(kw_only=True)
class KnownComputation:
    """A computation of which calls came, or that was retired.

    Args:
        id: Its id; empty for a key that was retired before any id of it was known.
        key: Its key.
        space_id: The Engage space it belongs to, None where no call says.
        first_ns: When its earliest call happened, nanoseconds since 1970 UTC.
        last_ns: When its latest call happened.
        retired_ns: When it was retired, None for one in use.
    """

    id: str
    key: str
    space_id: str | None
    first_ns: int
    last_ns: int
    retired_ns: int | None = None


class StoredComputations(StoredHolders):
    """Which computations are known; safe to use from threads."""

    def computations(self) -> list[KnownComputation]:
        """List the computations that are known.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._lock:
            self.commit()
            rows = self._db.rows(_READ, (_PREFIX, _BEHIND))
        return [_known(name, value) for name, value in rows]

    def computation(self, identifier: str) -> KnownComputation | None:
        """Tell what is known of a computation.

        Args:
            identifier: Its id.

        Raises:
            StateError: The file cannot be read or written.
        """
        return next((one for one in self.computations() if one.id == identifier), None)

    def computation_of(self, key: str) -> KnownComputation | None:
        """Tell what is known of the computation of a key that has the latest calls.

        Args:
            key: The key.

        Raises:
            StateError: The file cannot be read or written.
        """
        found = [one for one in self.computations() if one.key == key]
        return max(found, key=lambda one: one.last_ns, default=None)

    def put_computations(self, computations: Iterable[KnownComputation]) -> None:
        """Note what is known of computations, by the next commit.

        Args:
            computations: Which.
        """
        for one in computations:
            slot = one.id or f"({one.key})"
            kept = [one.id, one.key, one.space_id, one.first_ns, one.last_ns, one.retired_ns]
            self.later(_PUT, (f"{_PREFIX}{slot}", json.dumps(kept)))


def _known(name: str, value: str) -> KnownComputation:
    identifier, key, space_id, first_ns, last_ns, retired_ns = json.loads(value)
    assert name.startswith(_PREFIX)
    return KnownComputation(
        id=identifier,
        key=key,
        space_id=space_id,
        first_ns=first_ns,
        last_ns=last_ns,
        retired_ns=retired_ns,
    )
