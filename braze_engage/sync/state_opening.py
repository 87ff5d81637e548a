"""Opens a state file, or says why it is none of ours."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from braze_engage.errors import ConfigurationError, StateError
from braze_engage.sync.state_bound import check_key
from braze_engage.sync.state_db import Database
from braze_engage.sync.state_hashes import Hashes
from braze_engage.sync.state_key import state_key
from braze_engage.sync.state_schema import check_application, ensure_schema

if TYPE_CHECKING:
    from pathlib import Path

    from braze_engage.credentials import Secret

__all__ = ["opened"]


def opened(
    path: Path, given: Secret | None, *, is_empty: bool, busy_seconds: float
) -> tuple[Database, Hashes]:
    """Open a state file, and leave no connection behind where it is refused.

    Args:
        path: An existing file.
        given: Its key; None for the one in the file beside it.
        is_empty: Whether it is empty, so that it is about to be made.
        busy_seconds: How long to wait while another process writes.

    Returns:
        The file, and what stands in it instead of people and values.

    Raises:
        ConfigurationError: It is no state file of this version, or its key is another one or
            missing. It is left as it is.
    """
    hashes = Hashes(_key(path, given, is_empty=is_empty, busy_seconds=busy_seconds))
    with ExitStack() as stack:
        try:
            database = Database(path, busy_seconds=busy_seconds)
            stack.callback(database.close)
            ensure_schema(database, path, is_empty=is_empty)
            database.prepare()
            check_key(database, hashes.check(), path)
        except StateError as error:
            raise ConfigurationError(str(error)) from None
        stack.pop_all()
    return database, hashes


def _key(path: Path, given: Secret | None, *, is_empty: bool, busy_seconds: float) -> bytes:
    try:
        return state_key(path, given, is_new=is_empty)
    except ConfigurationError:
        # Of what is no state file it has to be said that, and not that its key is missing.
        try:
            with closing(Database(path, busy_seconds=busy_seconds)) as database:
                check_application(database, path)
        except StateError as error:
            raise ConfigurationError(str(error)) from None
        raise
