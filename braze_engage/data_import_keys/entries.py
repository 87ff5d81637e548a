"""One stored key, and what adding, rotating and invalidating make of all of them."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, runtime_checkable

import attrs

from braze_engage.credentials import DataImportKey, KeySource
from braze_engage.data_centers import DataCenter
from braze_engage.errors import ConfigurationError
from braze_engage.objects.checks import check_text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Entries", "KeyState", "KeyStore", "StoredKey", "check_partner"]

_PARTNER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def check_partner(partner: str) -> str:
    """Refuse what is no partner name; Braze has it in the path, such as ``segment``.

    Args:
        partner: What somebody gave.

    Raises:
        ConfigurationError: It is not one plain segment of a path.
    """
    check_text("partner", partner)
    if not _PARTNER.fullmatch(partner):
        raise ConfigurationError(
            "partner: the name that Braze gave the partner is needed, such as 'segment', of "
            "letters, digits, '_', '.' and '-'"
        )
    return partner


class KeyState(str, Enum):
    """What a key is used for."""

    ACTIVE = "active"
    """Requests are sent with it."""
    RETIRING = "retiring"
    """It was replaced; used once more only where Braze refuses the active one."""
    INVALID = "invalid"
    """Braze does not take it any more; never used."""


@attrs.frozen(init=False)
class StoredKey:
    """A data import key and what it belongs to.

    Args:
        workspace: Your label for the Braze workspace.
        key: The key, or its text.
        data_center: Where the workspace lives; None leaves it to the client.
        partner: Name of the partner in Braze's paths; None leaves it to the client.
        created_at: When the key was made; naive times are UTC.
        state: What the key is used for.

    Raises:
        ConfigurationError: A value is unusable.
    """

    workspace: str
    key: DataImportKey
    data_center: DataCenter | None
    partner: str | None
    created_at: datetime | None
    state: KeyState

    # Written out, because a generated one would hold the text of the key while it raises.
    def __init__(
        self,
        workspace: str,
        key: str | DataImportKey,
        *,
        data_center: str | DataCenter | None = None,
        partner: str | None = None,
        created_at: datetime | None = None,
        state: KeyState | str = KeyState.ACTIVE,
    ) -> None:
        try:
            sealed = DataImportKey.of(key)
        finally:
            del key
        check_text("workspace", workspace)
        values: dict[str, object] = {
            "workspace": workspace,
            "key": sealed,
            "data_center": None if data_center is None else DataCenter.resolve(data_center),
            "partner": None if partner is None else check_partner(partner),
            "created_at": None if created_at is None else _utc(created_at),
            "state": KeyState(state),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        # Tracebacks with locals show it half made, too.
        known = {field.name: getattr(self, field.name, None) for field in attrs.fields(StoredKey)}
        return f"StoredKey({', '.join(f'{name}={value!r}' for name, value in known.items())})"


Entries: TypeAlias = tuple[StoredKey, ...]
"""All keys of a store; of one workspace's retiring keys the newer comes later."""


@runtime_checkable
class KeyStore(KeySource[Entries], Protocol):
    """A store that can be written."""

    def update(self, change: Callable[[Entries], Entries]) -> None:
        """Replace what is kept by what a function makes of it, letting nobody in between.

        Args:
            change: A pure function.
        """
        ...


def _utc(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return aware.astimezone(timezone.utc)


def checked(entries: Entries) -> Entries:
    """Refuse two active keys of one workspace.

    Args:
        entries: What a store holds.

    Raises:
        ConfigurationError: There are two.
    """
    active = [entry.workspace for entry in entries if entry.state is KeyState.ACTIVE]
    if len(active) > len(set(active)):
        raise ConfigurationError("a store holds two active keys of one workspace; leave it one")
    return entries


def of_workspace(entries: Entries, workspace: str, state: KeyState | None = None) -> Entries:
    """Pick the keys of a workspace.

    Args:
        entries: All keys.
        workspace: A label.
        state: Only those in this state; None for any.
    """
    return tuple(
        entry for entry in entries if entry.workspace == workspace and state in {None, entry.state}
    )


def active_of(entries: Entries, workspace: str) -> StoredKey:
    """Pick the active key of a workspace.

    Args:
        entries: All keys.
        workspace: A label.

    Raises:
        ConfigurationError: There is none.
    """
    found = of_workspace(entries, workspace, KeyState.ACTIVE)
    if not found:
        raise _missing(entries, workspace)
    return found[-1]


def _missing(entries: Entries, workspace: str) -> ConfigurationError:
    if of_workspace(entries, workspace):
        return ConfigurationError(
            f"workspace {workspace!r} has no active key; create one in the Braze dashboard and "
            "rotate() to it"
        )
    known = ", ".join(sorted({repr(entry.workspace) for entry in entries})) or "none"
    return ConfigurationError(
        f"workspace {workspace!r} has no key; add() one (workspaces with keys: {known})"
    )


def added(entries: Entries, new: StoredKey) -> Entries:
    """Add the first key of a workspace.

    Args:
        entries: All keys.
        new: The key.

    Raises:
        ConfigurationError: The workspace has an active key, or has this one.
    """
    mine = of_workspace(entries, new.workspace)
    if any(entry.state is KeyState.ACTIVE or entry.key == new.key for entry in mine):
        raise ConfigurationError(
            f"workspace {new.workspace!r} has an active key, or this key in another state; "
            "rotate() makes a key the active one"
        )
    return (*entries, new)


def rotated(entries: Entries, workspace: str, key: DataImportKey, created_at: datetime) -> Entries:
    """Make a key the active one and the one before retiring.

    Args:
        entries: All keys.
        workspace: A label.
        key: A new key, or one the workspace has.
        created_at: When a new key was made.

    Raises:
        ConfigurationError: The workspace has no key, or this one is active.
    """
    mine = of_workspace(entries, workspace)
    if not mine:
        raise _missing(entries, workspace)
    active = of_workspace(entries, workspace, KeyState.ACTIVE)
    if any(entry.key == key for entry in active):
        raise ConfigurationError(f"this key of workspace {workspace!r} is active already")
    known = [entry for entry in mine if entry.key == key]
    fresh = attrs.evolve((active or mine)[-1], key=key, created_at=created_at)
    others = (
        attrs.evolve(entry, state=KeyState.RETIRING) if entry in active else entry
        for entry in entries
        if entry not in known
    )
    return (*others, attrs.evolve(known[0] if known else fresh, state=KeyState.ACTIVE))


def invalidated(entries: Entries, workspace: str, key: DataImportKey | None) -> Entries:
    """Mark a key invalid; where it was the active one, the newest retiring one takes its place.

    Args:
        entries: All keys.
        workspace: A label.
        key: The key; None for all that are retiring.

    Raises:
        ConfigurationError: The workspace has no such key.
    """
    mine = of_workspace(entries, workspace)
    hit = tuple(
        entry
        for entry in mine
        if (entry.state is KeyState.RETIRING if key is None else entry.key == key)
    )
    if not mine:
        raise _missing(entries, workspace)
    if key is not None and not hit:
        raise ConfigurationError(f"workspace {workspace!r} has no such key")
    after = tuple(
        attrs.evolve(entry, state=KeyState.INVALID) if entry in hit else entry for entry in entries
    )
    heirs = of_workspace(after, workspace, KeyState.RETIRING)[-1:]
    if of_workspace(after, workspace, KeyState.ACTIVE):
        return after
    return tuple(
        attrs.evolve(entry, state=KeyState.ACTIVE) if entry in heirs else entry for entry in after
    )
