"""Data import keys of several workspaces, and their rotation.

Braze lets a workspace create a new key and invalidate an old one, and does not say whether both
are valid meanwhile. So a ring keeps the old key as *retiring* until the new one is known to work:
https://www.braze.com/docs/cohort_import.
"""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final, cast

from braze_engage.credentials import CachedSource, DataImportKey, KeySource
from braze_engage.data_import_keys.entries import (
    KeyState,
    KeyStore,
    StoredKey,
    active_of,
    added,
    invalidated,
    of_workspace,
    rotated,
)
from braze_engage.data_import_keys.stores import CallableKeys
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from braze_engage.data_centers import DataCenter
    from braze_engage.data_import_keys.entries import Entries

__all__ = ["DataImportKeyRing"]

_RETIRING: Final = "retiring"


def _now() -> datetime:
    return datetime.now(timezone.utc)


class DataImportKeyRing:
    """The data import keys of any number of workspaces, kept in a store.

    Safe to use from threads. What is known of the store is read anew after ``max_age`` seconds, so
    that running clients follow a rotation made elsewhere.

    Args:
        store: `JsonKeyFile`, `EnvironmentKeys`, `CallableKeys`, any other `KeySource` of
            `StoredKey`, or a callable as `CallableKeys` takes it. Without ``update`` it is only
            read.
        max_age: Seconds after which a change in the store is seen.
        clock: Seconds that never go back.
        now: Tells the time, for keys added without ``created_at``.

    Raises:
        ConfigurationError: The store is none of these.
    """

    def __init__(
        self,
        store: KeySource[Entries] | Callable[[], str | DataImportKey | Iterable[StoredKey]],
        *,
        max_age: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _now,
    ) -> None:
        try:
            self._store = _store(store)
        finally:
            del store  # people hand in the key itself
        self._known = CachedSource(self._store, max_age=max_age, clock=clock)
        self._now = now

    def workspaces(self) -> tuple[str, ...]:
        """List the workspaces that have keys, in alphabetical order."""
        return tuple(sorted({entry.workspace for entry in self._known.get()}))

    def entries(self, workspace: str) -> Entries:
        """List all keys of a workspace; of retiring ones the newer comes later.

        Args:
            workspace: Its label.
        """
        return of_workspace(self._known.get(), workspace)

    def entry(self, workspace: str) -> StoredKey:
        """Give the active key of a workspace with what it belongs to.

        Args:
            workspace: Its label.

        Raises:
            ConfigurationError: There is none.
        """
        return active_of(self._known.get(), workspace)

    def active(self, workspace: str) -> DataImportKey:
        """Give the key that requests are sent with.

        Args:
            workspace: Its label.

        Raises:
            ConfigurationError: There is none.
        """
        return self.entry(workspace).key

    def retiring(self, workspace: str) -> tuple[DataImportKey, ...]:
        """Give the keys that were replaced and not yet invalidated, the newest first.

        Args:
            workspace: Its label.
        """
        found = of_workspace(self._known.get(), workspace, KeyState.RETIRING)
        return tuple(entry.key for entry in reversed(found))

    def reread(self) -> None:
        """Read the store now.

        Raises:
            ConfigurationError: It cannot be read.
        """
        self._known.reread()

    def add(
        self,
        workspace: str,
        key: str | DataImportKey,
        *,
        data_center: str | DataCenter,
        partner: str,
        created_at: datetime | None = None,
    ) -> StoredKey:
        """Store the first key of a workspace.

        Args:
            workspace: A label of your choice.
            key: The key, copied from the Braze dashboard.
            data_center: Where the workspace lives.
            partner: Name of the partner in Braze's paths.
            created_at: When it was made; now by default.

        Raises:
            ConfigurationError: The workspace has an active key already, the store cannot be
                written, or a value is unusable.
        """
        try:
            sealed = DataImportKey.of(key)
        finally:
            del key
        new = StoredKey(
            workspace,
            sealed,
            data_center=data_center,
            partner=partner,
            created_at=created_at or self._now(),
        )
        self._update(lambda entries: added(entries, new))
        return new

    def rotate(
        self,
        workspace: str,
        new_key: str | DataImportKey,
        *,
        created_at: datetime | None = None,
    ) -> StoredKey:
        """Make another key the active one; the one before becomes retiring.

        With a retiring key this takes a rotation back.

        Args:
            workspace: Its label.
            new_key: The key, copied from the Braze dashboard.
            created_at: When it was made; now by default.

        Raises:
            ConfigurationError: The workspace has no key yet, the key is active already, or the
                store cannot be written.
        """
        try:
            sealed = DataImportKey.of(new_key)
        finally:
            del new_key
        made = created_at or self._now()
        after = self._update(lambda entries: rotated(entries, workspace, sealed, made))
        return active_of(after, workspace)

    def invalidate(self, workspace: str, key: str | DataImportKey = _RETIRING) -> None:
        """Note that Braze does not take a key any more.

        Where it was the active one, the newest retiring key becomes active.

        Args:
            workspace: Its label.
            key: A key, or ``"retiring"`` for all that are retiring.

        Raises:
            ConfigurationError: The workspace has no such key, or the store cannot be written.
        """
        try:
            sealed = None if key == _RETIRING else DataImportKey.of(key)
        finally:
            del key
        self._update(lambda entries: invalidated(entries, workspace, sealed))

    def __repr__(self) -> str:
        # Tracebacks with locals show it half made, too.
        return f"DataImportKeyRing({vars(self).get('_store')!r})"

    def _update(self, change: Callable[[Entries], Entries]) -> Entries:
        if not isinstance(self._store, KeyStore):
            raise ConfigurationError(
                f"{self._store!r} cannot be written; change the key where it is kept, or keep keys "
                "in a JsonKeyFile"
            )
        after: Entries = ()

        def noted(before: Entries) -> Entries:
            nonlocal after
            after = change(before)
            return after

        self._store.update(noted)
        self._known.reread()
        return after


def _store(given: object) -> KeySource[Entries]:
    # The casts hold what the constructor's signature says.
    try:
        if isinstance(given, KeySource):
            return cast("KeySource[Entries]", given)
        if callable(given):
            return CallableKeys(cast("Callable[[], str]", given))
        raise ConfigurationError(
            f"a store of keys is needed, such as JsonKeyFile(path), not {type(given).__name__}"
        )
    finally:
        del given
