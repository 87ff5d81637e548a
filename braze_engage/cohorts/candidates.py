"""The data import keys there are for one client, and where they belong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar

from braze_engage.credentials import CachedSource, DataImportKey, KeySource, key_source
from braze_engage.data_centers import DataCenter
from braze_engage.data_import_keys import DataImportKeyRing, KeyState
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from braze_engage.data_import_keys import StoredKey

__all__ = ["Candidates", "KeyLike", "OneKey", "RingKeys", "candidates", "key_origin", "where_to"]

T = TypeVar("T")

_KEY_SECONDS: Final = 60.0

KeyLike: TypeAlias = (
    str
    | DataImportKey
    | Callable[[], str | DataImportKey]
    | KeySource[DataImportKey]
    | DataImportKeyRing
)
"""What a client accepts as its data import key."""


def key_origin(key: KeyLike) -> DataImportKeyRing | KeySource[DataImportKey]:
    """Make a source of whatever a client accepts as a key; a ring stays one.

    Args:
        key: The key, something that reads it, or a ring.

    Raises:
        ConfigurationError: It is none of these, or an unusable key.
    """
    try:
        return key if isinstance(key, DataImportKeyRing) else key_source(DataImportKey, key)
    finally:
        del key


def where_to(
    origin: DataImportKeyRing | KeySource[DataImportKey],
    workspace: str | None,
    data_center: str | DataCenter | None,
    partner: str | None,
) -> tuple[DataCenter, str]:
    """Settle data center and partner, which a ring may know.

    Args:
        origin: What `key_origin` gave.
        workspace: A label of the ring.
        data_center: What was asked for, or None.
        partner: What was asked for, or None.

    Raises:
        ConfigurationError: One is missing, or contradicts the ring.
    """
    center = None if data_center is None else DataCenter.resolve(data_center)
    if isinstance(origin, DataImportKeyRing):
        entry = origin.entry(_required("workspace", workspace, "which of the ring's workspaces"))
        center = _agreed("data_center", center, entry.data_center)
        partner = _agreed("partner", partner, entry.partner)
    elif workspace is not None:
        raise ConfigurationError("workspace: it chooses among the keys of a DataImportKeyRing only")
    return (
        _required("data_center", center, "the instance of the workspace, such as 'US-06'"),
        _required("partner", partner, "the name that Braze gave the partner, such as 'segment'"),
    )


def _agreed(name: str, given: T | None, stored: T | None) -> T | None:
    if given is not None and stored is not None and given != stored:
        raise ConfigurationError(
            f"{name}: {given} was given, but the ring says {stored}; leave it out, or correct it"
        )
    return stored if given is None else given


def _required(name: str, value: T | None, what: str) -> T:
    if value is None:
        raise ConfigurationError(f"{name}: give {what}")
    return value


def candidates(
    origin: DataImportKeyRing | KeySource[DataImportKey],
    workspace: str | None,
    data_center: DataCenter,
    partner: str,
    monotonic: Callable[[], float],
) -> Candidates:
    """List the keys there are for a client.

    Args:
        origin: What `key_origin` gave.
        workspace: A label of the ring.
        data_center: Where the client sends.
        partner: As whom.
        monotonic: Seconds that never go back.
    """
    if isinstance(origin, DataImportKeyRing):
        return RingKeys(origin, str(workspace), data_center, partner)
    return OneKey(CachedSource(origin, max_age=_KEY_SECONDS, clock=monotonic))


class Candidates(Protocol):
    """The keys there are for one client."""

    workspace: str

    def active(self) -> DataImportKey:
        """Give the key to send with."""
        ...

    def reread(self) -> None:
        """Look into the store now."""
        ...

    def retiring(self) -> DataImportKey | None:
        """Give the key before it, if it may still work on the same host."""
        ...

    def invalidate(self, key: DataImportKey) -> None:
        """Store that Braze does not take a key any more."""
        ...


class OneKey:
    """A single key, whatever it is read from.

    Args:
        source: Where it is read.
    """

    workspace = ""

    def __init__(self, source: CachedSource[DataImportKey]) -> None:
        self._source = source

    def active(self) -> DataImportKey:
        """Give it."""
        return self._source.get()

    def reread(self) -> None:
        """Read it now."""
        self._source.reread()

    def retiring(self) -> DataImportKey | None:
        """There is no other."""
        return None

    def invalidate(self, key: DataImportKey) -> None:
        """Nobody keeps states of a single key."""


class RingKeys:
    """The keys of one workspace of a ring, as far as they belong to one host and partner.

    Args:
        ring: The ring.
        workspace: A label of it.
        data_center: Where the client sends.
        partner: As whom.
    """

    def __init__(
        self, ring: DataImportKeyRing, workspace: str, data_center: DataCenter, partner: str
    ) -> None:
        self.workspace = workspace
        self._ring = ring
        self._data_center = data_center
        self._partner = partner

    def active(self) -> DataImportKey:
        """Give the active key.

        Raises:
            ConfigurationError: There is none, or it belongs elsewhere.
        """
        entry = self._ring.entry(self.workspace)
        if not self._belongs(entry):
            raise ConfigurationError(
                f"the key of workspace {self.workspace!r} belongs to {entry.data_center} and "
                f"partner {entry.partner!r}, this client to {self._data_center} and "
                f"{self._partner!r}; make a new client"
            )
        return entry.key

    def reread(self) -> None:
        """Read the store now."""
        self._ring.reread()

    def retiring(self) -> DataImportKey | None:
        """Give the newest retiring key."""
        found = [
            entry.key
            for entry in self._ring.entries(self.workspace)
            if entry.state is KeyState.RETIRING and self._belongs(entry)
        ]
        return found[-1] if found else None

    def invalidate(self, key: DataImportKey) -> None:
        """Store it, unless somebody did already.

        Args:
            key: The key that Braze refused.

        Raises:
            ConfigurationError: The store cannot be written.
        """
        for entry in self._ring.entries(self.workspace):
            if entry.key == key and entry.state is not KeyState.INVALID:
                self._ring.invalidate(self.workspace, key)

    def _belongs(self, entry: StoredKey) -> bool:
        return entry.data_center in {None, self._data_center} and entry.partner in {
            None,
            self._partner,
        }
