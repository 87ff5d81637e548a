"""Where data import keys are kept: the environment, a file, or whatever a callable reads."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

import attrs

from braze_engage.credentials import DataImportKey, Secret
from braze_engage.data_centers import DataCenter
from braze_engage.data_import_keys.entries import StoredKey, checked
from braze_engage.data_import_keys.file import Contents, OwnerFile
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.data_import_keys.entries import Entries

__all__ = ["CallableKeys", "EnvironmentKeys", "JsonKeyFile"]

_VARIABLE: Final = "BRAZE_DATA_IMPORT_KEY"
_DEFAULT_WORKSPACE: Final = "default"
_VERSION: Final = 1


class EnvironmentKeys:
    """Keys in environment variables, looked up at each read; they cannot be written.

    ``BRAZE_DATA_IMPORT_KEY`` is the workspace ``default``, ``BRAZE_DATA_IMPORT_KEY_SHOP_EU`` the
    workspace ``shop-eu``. A variable that is set but empty counts as not set.
    """

    def read(self) -> Entries:
        """Look all variables up.

        Raises:
            ConfigurationError: One of them holds no usable key.
        """
        return tuple(
            _from_environment(name)
            for name in sorted(os.environ)
            if (name == _VARIABLE or name.startswith(f"{_VARIABLE}_")) and os.environ[name]
        )

    def __repr__(self) -> str:
        return "EnvironmentKeys()"


def _from_environment(variable: str) -> StoredKey:
    label = variable[len(_VARIABLE) + 1 :].lower().replace("_", "-")
    try:
        return StoredKey(label or _DEFAULT_WORKSPACE, os.environ[variable])
    except ConfigurationError as error:
        flaw = str(error)
    raise ConfigurationError(f"environment variable {variable}: {flaw}")


class CallableKeys:
    """Keys that callables read and write, for vaults and keyrings.

    Writers in this process take turns; between processes the store itself has to see to it.

    Args:
        read: Gives all keys as `StoredKey`, or one key alone.
        write: Takes all keys and stores them; None where the store is changed elsewhere.
        workspace: The label of a key that ``read`` gives alone.
    """

    def __init__(
        self,
        read: Callable[[], str | DataImportKey | Iterable[StoredKey]],
        write: Callable[[Entries], object] | None = None,
        *,
        workspace: str = _DEFAULT_WORKSPACE,
    ) -> None:
        self._read = read
        self._write = write
        self._workspace = workspace
        self._lock = threading.Lock()

    def read(self) -> Entries:
        """Call it.

        Raises:
            ConfigurationError: It gave no usable keys.
        """
        return _entries(self._read(), self._workspace)

    def update(self, change: Callable[[Entries], Entries]) -> None:
        """Read, change, write.

        Args:
            change: What to make of the keys.

        Raises:
            ConfigurationError: There is no ``write``.
        """
        if self._write is None:
            raise ConfigurationError(
                "these keys cannot be written: give CallableKeys a write callable, or change the "
                "key where it is kept"
            )
        with self._lock:
            self._write(change(self.read()))

    def __repr__(self) -> str:
        return f"CallableKeys({'read' if self._write is None else 'read, write'})"


def _entries(given: object, workspace: str) -> Entries:
    try:
        if isinstance(given, (str, Secret)):
            return (StoredKey(workspace, DataImportKey.of(given)),)
        wrong, entries = _sorted_out(given)
    finally:
        del given
    if wrong:
        raise ConfigurationError(
            f"a store gave {wrong}; it gives one data import key, or a list of StoredKey"
        )
    return checked(entries)


def _sorted_out(given: object) -> tuple[str, Entries]:
    if not isinstance(given, Iterable):
        return type(given).__name__, ()
    items = [*cast("Iterable[object]", given)]
    entries = tuple(item for item in items if isinstance(item, StoredKey))
    wrong = {type(item).__name__ for item in items if not isinstance(item, StoredKey)}
    return " and ".join(sorted(wrong)), entries


class JsonKeyFile:
    """Keys in a JSON file that only its owner can read.

    The first write creates it with mode 0600. Each write replaces it as a whole and waits for
    other writers, be they threads or processes, so that no key gets lost. A symbolic link stays;
    what it leads to is checked and replaced.

    Args:
        path: Where it is; its directory must exist and allow a lock file beside it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = OwnerFile(path)

    def read(self) -> Entries:
        """Read all keys; none where there is no file yet.

        Raises:
            ConfigurationError: Others can read the file, it is damaged, or a newer version of this
                library wrote it.
        """
        return self._decoded(self._file.read())

    def update(self, change: Callable[[Entries], Entries]) -> None:
        """Read, change, write, with other writers waiting.

        Args:
            change: What to make of the keys.

        Raises:
            ConfigurationError: As for `read`, or the file cannot be written. It is unchanged then.
        """
        self._file.update(lambda contents: _encoded(change(self._decoded(contents))))

    def __repr__(self) -> str:
        return f"JsonKeyFile({str(self._file.path)!r})"

    def _decoded(self, contents: Contents | None) -> Entries:
        found = () if contents is None else _parsed(contents)
        if isinstance(found, str):
            raise ConfigurationError(f"{self._file.path} {found}")
        return found


def _encoded(entries: Entries) -> Contents:
    columns = map(_columns, entries)  # lazy, so that this frame holds no key
    return Contents(json.dumps({"version": _VERSION, "keys": [*columns]}, indent=1).encode())


def _columns(entry: StoredKey) -> dict[str, object]:
    center = entry.data_center
    fields = None if center is None else attrs.asdict(center)
    return {
        "workspace": entry.workspace,
        "key": entry.key.reveal(),
        # Hosts in this library's table may be corrected, so a known instance is kept by its name.
        "data_center": center.instance if center in DataCenter.known() else fields,
        "partner": entry.partner,
        "created_at": entry.created_at and entry.created_at.isoformat(),
        "state": entry.state.value,
    }


def _parsed(contents: Contents) -> Entries | str:
    # A failure is handed back as text, since the traceback of a parser shows what it parsed.
    try:
        document: Any = json.loads(contents.data)  # whatever somebody wrote there
        if document["version"] > _VERSION:
            return "was written by a newer version of this library; upgrade, it is left as it is"
        return checked(tuple(_entry(**columns) for columns in document["keys"]))
    except (ValueError, LookupError, TypeError, RecursionError):
        return "is no readable key file; restore it from a backup, it is left as it is"


def _entry(
    *,
    workspace: str,
    key: str,
    data_center: Any,  # whatever is written there
    partner: str | None,
    created_at: str | None,
    state: str,
) -> StoredKey:
    return StoredKey(
        workspace,
        key,
        data_center=_center(data_center),
        partner=partner,
        created_at=None if created_at is None else datetime.fromisoformat(created_at),
        state=state,
    )


def _center(written: Any) -> DataCenter | None:  # a name, the fields, or whatever is written
    if written is None:
        return None
    if isinstance(written, str):
        return {center.instance: center for center in DataCenter.known()}[written]
    return DataCenter(**written)
