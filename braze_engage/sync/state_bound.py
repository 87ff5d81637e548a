"""What a state file was made for: a key, hosts and a workspace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from braze_engage.sync.state_db import Database

__all__ = ["bind", "check_key"]

_KEY: Final = "key"
_HOSTS: Final = "hosts"
_WORKSPACE: Final = "workspace"
_READ: Final = "SELECT value FROM facts WHERE name = ?"
_PUT: Final = (
    "INSERT INTO facts (name, value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_ADD: Final = "INSERT OR IGNORE INTO facts (name, value) VALUES (?, ?)"


def check_key(database: Database, check: bytes, path: Path) -> None:
    """Refuse a key other than the one that the file was made with.

    Args:
        database: The file.
        check: What the key leads to.
        path: Where the file lies.

    Raises:
        ConfigurationError: It is another one.
        StateError: The file cannot be read or written.
    """
    if database.one(_READ, (_KEY,)) is None:
        database.run(_ADD, (_KEY, check))
    if database.one(_READ, (_KEY,)) != (check,):
        raise ConfigurationError(
            f"state: {path} was made with another key, without which nobody in it is known; put "
            "the right key back, or begin a new file under another name"
        )


def bind(database: Database, path: Path, *, hosts: Collection[str], workspace: str | None) -> None:
    """Bind a file to the Braze it is used for, and refuse any other.

    Args:
        database: The file.
        path: Where it lies.
        hosts: Hosts of the clients.
        workspace: Name of the workspace, None where it has none.

    Raises:
        ConfigurationError: It belongs to another host or workspace.
        StateError: The file cannot be read or written.
    """
    with database.transaction():
        stored = database.one(_READ, (_HOSTS,))
        known = set(json.loads(stored[0])) if stored else set(hosts)
        given = set(hosts)
        if not (given <= known or known <= given):
            raise ConfigurationError(
                f"state: {path} is of {', '.join(sorted(known))}, and the clients are of "
                f"{', '.join(sorted(given))}; name another file for another instance of Braze"
            )
        named = database.one(_READ, (_WORKSPACE,))
        if named is not None and named[0] != workspace:
            raise ConfigurationError(
                f"state: {path} is of the workspace {named[0]!r}, not of {workspace!r}; pass "
                f"workspace={named[0]!r} if that is meant, or name another file"
            )
        database.run(_PUT, (_HOSTS, json.dumps(sorted(known | given))))
        if workspace is not None:
            database.run(_ADD, (_WORKSPACE, workspace))
