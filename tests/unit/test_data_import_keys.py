"""Stored keys: their states, and the environment, callables and files that keep them."""

from __future__ import annotations

import json
import os
import pickle
import stat
import subprocess
import sys
import threading
import traceback
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage.credentials import DataImportKey, KeySource, RestApiKey
from braze_engage.data_centers import DataCenter
from braze_engage.data_import_keys import (
    CallableKeys,
    DataImportKeyRing,
    EnvironmentKeys,
    JsonKeyFile,
    KeyState,
    KeyStore,
    StoredKey,
)
from braze_engage.errors import ConfigurationError
from tests.meta.trees import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
US = DataCenter.resolve("US-06")


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


class Shelf:
    """A store in memory."""

    def __init__(self, *entries: StoredKey) -> None:
        self.entries = entries
        self.reads = 0

    def read(self) -> tuple[StoredKey, ...]:
        self.reads += 1
        return self.entries

    def update(self, change: Callable[[tuple[StoredKey, ...]], tuple[StoredKey, ...]]) -> None:
        self.entries = change(self.entries)


def stored(
    key: str, state: KeyState = KeyState.ACTIVE, *, workspace: str = "shop-eu", **fields: Any
) -> StoredKey:
    return StoredKey(workspace, key, data_center=US, partner="segment", state=state, **fields)


def states(ring: DataImportKeyRing, workspace: str = "shop-eu") -> dict[str, str]:
    return {entry.key.reveal(): entry.state.value for entry in ring.entries(workspace)}


def shown(error: BaseException) -> str:
    """What a traceback with local variables shows of an error, our own frames only."""
    texts = [str(error)]
    summary: traceback.TracebackException | None
    summary = traceback.TracebackException.from_exception(error, capture_locals=True)
    while summary is not None:
        own = [frame for frame in summary.stack if "/braze_engage/" in frame.filename]
        texts += [f"{frame.name} {frame.locals}" for frame in own]
        summary = summary.__cause__ or summary.__context__
    assert len(texts) > 1
    return "\n".join(texts)


@pytest.fixture
def ring() -> DataImportKeyRing:
    ring = DataImportKeyRing(Shelf(), now=lambda: NOON)
    ring.add("shop-eu", "key-1", data_center="US-06", partner="segment")
    return ring


# ---- one key ----


def test_a_stored_key_knows_where_it_belongs() -> None:
    entry = StoredKey(
        "shop-eu",
        "key-1",
        data_center=" us-06",
        partner="segment",
        created_at=NOON.replace(tzinfo=None),
    )
    assert entry.key == DataImportKey("key-1")
    assert entry.data_center == US
    assert entry.created_at == NOON
    assert entry.state is KeyState.ACTIVE
    assert "key-1" not in repr(entry)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"workspace": ""}, "workspace"),
        ({"workspace": 5}, "workspace"),
        ({"key": "key-1 "}, "blanks"),
        ({"key": RestApiKey("r")}, "RestApiKey was given where a DataImportKey"),
        ({"data_center": "sdk.iad-06.braze.com"}, "rest.iad-06.braze.com"),
        ({"partner": "a/b"}, "partner"),
        ({"partner": ""}, "partner"),
        ({"partner": ".."}, "partner"),
        ({"state": "lost"}, "lost"),
    ],
)
def test_an_unusable_stored_key_is_refused(change: dict[str, Any], message: str) -> None:
    fields: dict[str, Any] = {"workspace": "shop", "key": "key-1"}
    with pytest.raises(ValueError, match=message):
        StoredKey(**{**fields, **change})


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: StoredKey("", "mark-77"),
        lambda: StoredKey("shop", "mark-77 "),
        lambda: StoredKey("shop", "mark-77", data_center="nowhere"),
        lambda: DataImportKeyRing(Shelf()).add("", "mark-77", data_center=US, partner="p"),
        lambda: DataImportKeyRing(Shelf()).add("shop", "mark-77\n", data_center=US, partner="p"),
        lambda: DataImportKeyRing(Shelf()).rotate("shop", "mark-77"),
        lambda: DataImportKeyRing(Shelf()).rotate("shop", " mark-77"),
        lambda: DataImportKeyRing(Shelf()).invalidate("shop", "mark-77"),
        lambda: DataImportKeyRing("mark-77"),  # type: ignore[arg-type]  # the mistake under test
        lambda: DataImportKeyRing(lambda: "mark-77 ").workspaces(),
        lambda: DataImportKeyRing(lambda: ["mark-77"]).workspaces(),  # type: ignore[list-item]  # likewise
        lambda: CallableKeys(lambda: "mark-77 ").read(),
    ],
)
def test_no_traceback_shows_a_key(mistake: Callable[[], object]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        mistake()
    assert "mark-77" not in shown(caught.value)


# ---- states ----


def test_the_first_key_is_active(ring: DataImportKeyRing) -> None:
    ring.add("shop-us", "key-9", data_center=US, partner="segment", created_at=NOON)
    assert ring.workspaces() == ("shop-eu", "shop-us")
    assert ring.active("shop-us") == DataImportKey("key-9")
    assert ring.entry("shop-eu") == stored("key-1", created_at=NOON)
    assert ring.retiring("shop-eu") == ()


@pytest.mark.parametrize("key", ["key-1", "key-2"])
def test_a_second_first_key_is_refused(ring: DataImportKeyRing, key: str) -> None:
    with pytest.raises(ConfigurationError, match="rotate"):
        ring.add("shop-eu", key, data_center="US-06", partner="segment")


def test_rotation_keeps_the_old_key_as_retiring(ring: DataImportKeyRing) -> None:
    made = ring.rotate("shop-eu", "key-2", created_at=NOON + timedelta(days=1))
    assert made == stored("key-2", created_at=NOON + timedelta(days=1))
    ring.rotate("shop-eu", "key-3")
    assert states(ring) == {"key-1": "retiring", "key-2": "retiring", "key-3": "active"}
    assert ring.retiring("shop-eu") == (DataImportKey("key-2"), DataImportKey("key-1"))


def test_a_rotation_can_be_taken_back(ring: DataImportKeyRing) -> None:
    ring.rotate("shop-eu", "key-2", created_at=NOON + timedelta(days=1))
    assert ring.rotate("shop-eu", "key-1") == stored("key-1", created_at=NOON)
    assert states(ring) == {"key-2": "retiring", "key-1": "active"}


def test_an_invalid_key_may_be_made_active_by_hand(ring: DataImportKeyRing) -> None:
    ring.rotate("shop-eu", "key-2")
    ring.invalidate("shop-eu")
    ring.rotate("shop-eu", "key-1")
    assert states(ring) == {"key-2": "retiring", "key-1": "active"}


def test_retiring_keys_are_invalidated_together(ring: DataImportKeyRing) -> None:
    ring.rotate("shop-eu", "key-2")
    ring.rotate("shop-eu", "key-3")
    ring.invalidate("shop-eu", "retiring")
    assert states(ring) == {"key-1": "invalid", "key-2": "invalid", "key-3": "active"}
    ring.invalidate("shop-eu", KeyState.RETIRING)
    assert ring.active("shop-eu") == DataImportKey("key-3")


def test_the_newest_retiring_key_takes_the_place_of_an_invalid_active_one(
    ring: DataImportKeyRing,
) -> None:
    ring.rotate("shop-eu", "key-2")
    ring.rotate("shop-eu", "key-3")
    ring.invalidate("shop-eu", DataImportKey("key-3"))
    assert states(ring) == {"key-1": "retiring", "key-2": "active", "key-3": "invalid"}


def test_without_another_key_none_is_active(ring: DataImportKeyRing) -> None:
    ring.invalidate("shop-eu", "key-1")
    with pytest.raises(ConfigurationError, match=r"no active key; create one .* rotate"):
        ring.active("shop-eu")
    ring.rotate("shop-eu", "key-2")
    assert states(ring) == {"key-1": "invalid", "key-2": "active"}
    assert ring.entry("shop-eu").data_center == US


def test_other_workspaces_stay_as_they_are(ring: DataImportKeyRing) -> None:
    ring.add("shop-us", "key-1", data_center="US-01", partner="segment")
    ring.rotate("shop-us", "key-2")
    ring.invalidate("shop-us", "key-1")
    assert states(ring) == {"key-1": "active"}


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda ring: ring.active("elsewhere"), r"'elsewhere' has no key; add.*'shop-eu'"),
        (lambda ring: ring.rotate("elsewhere", "key-2"), "'elsewhere' has no key"),
        (lambda ring: ring.rotate("shop-eu", "key-1"), "active already"),
        (lambda ring: ring.invalidate("elsewhere"), "'elsewhere' has no key"),
        (lambda ring: ring.invalidate("shop-eu", "key-7"), "no such key"),
    ],
)
def test_a_mistake_says_what_to_do(
    ring: DataImportKeyRing, mistake: Callable[[DataImportKeyRing], object], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        mistake(ring)
    assert states(ring) == {"key-1": "active"}


def test_an_empty_ring_says_so() -> None:
    with pytest.raises(ConfigurationError, match="workspaces with keys: none"):
        DataImportKeyRing(Shelf()).active("shop-eu")


# ---- what is known of the store ----


def test_a_change_in_the_store_is_seen_within_a_minute() -> None:
    shelf, clock = Shelf(stored("key-1")), Clock()
    ring = DataImportKeyRing(shelf, clock=clock)
    assert ring.active("shop-eu") == DataImportKey("key-1")
    shelf.entries = (stored("key-2"),)
    clock.time = 59.9
    assert ring.active("shop-eu") == DataImportKey("key-1")
    clock.time = 60.0
    assert ring.active("shop-eu") == DataImportKey("key-2")
    assert shelf.reads == 2


def test_the_store_can_be_read_at_once() -> None:
    shelf = Shelf(stored("key-1"))
    ring = DataImportKeyRing(shelf, clock=Clock())
    ring.active("shop-eu")
    shelf.entries = (stored("key-2"),)
    ring.reread()
    assert ring.active("shop-eu") == DataImportKey("key-2")


def test_every_store_is_a_source_of_keys(tmp_path: Path) -> None:
    stores: list[KeySource[tuple[StoredKey, ...]]] = [
        EnvironmentKeys(),
        CallableKeys(lambda: "key"),
        JsonKeyFile(tmp_path / "keys.json"),
    ]
    assert all(isinstance(store, KeySource) for store in stores)
    assert [isinstance(store, KeyStore) for store in stores] == [False, True, True]
    assert [repr(DataImportKeyRing(store)) for store in stores] == [
        "DataImportKeyRing(EnvironmentKeys())",
        "DataImportKeyRing(CallableKeys(read))",
        f"DataImportKeyRing(JsonKeyFile({str(tmp_path / 'keys.json')!r}))",
    ]


# ---- environment ----


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in [name for name in os.environ if name.startswith("BRAZE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BRAZE_DATA_IMPORT_KEY", "key-1")
    monkeypatch.setenv("BRAZE_DATA_IMPORT_KEY_SHOP_EU", "key-2")
    monkeypatch.setenv("BRAZE_DATA_IMPORT_KEY_OLD", "")
    monkeypatch.setenv("BRAZE_DATA_IMPORT_KEYS", "not one of them")
    return monkeypatch


def test_variables_are_workspaces(environment: pytest.MonkeyPatch) -> None:
    ring = DataImportKeyRing(EnvironmentKeys())
    assert ring.workspaces() == ("default", "shop-eu")
    assert ring.entry("shop-eu") == StoredKey("shop-eu", "key-2")


def test_variables_cannot_be_written(environment: pytest.MonkeyPatch) -> None:
    ring = DataImportKeyRing(EnvironmentKeys())
    with pytest.raises(ConfigurationError, match=r"EnvironmentKeys\(\) cannot be written; change"):
        ring.rotate("default", "key-3")


def test_a_broken_variable_is_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BRAZE_DATA_IMPORT_KEY_SHOP_US", "mark-77 ")
    with pytest.raises(ConfigurationError, match=r"_SHOP_US: .*blanks") as caught:
        EnvironmentKeys().read()
    assert "mark-77" not in shown(caught.value)


# ---- callables ----


@pytest.mark.parametrize("given", ["key-1", DataImportKey("key-1")])
def test_a_callable_may_give_one_key(given: str | DataImportKey) -> None:
    assert DataImportKeyRing(lambda: given).active("default") == DataImportKey("key-1")
    ring = DataImportKeyRing(CallableKeys(lambda: given, workspace="shop-eu"))
    assert ring.active("shop-eu") == DataImportKey("key-1")


def test_a_callable_may_give_all_keys() -> None:
    ring = DataImportKeyRing(lambda: iter([stored("key-1"), stored("key-2", KeyState.RETIRING)]))
    assert ring.retiring("shop-eu") == (DataImportKey("key-2"),)


def test_what_callables_keep_can_be_rotated() -> None:
    vault: list[StoredKey] = [stored("key-1")]

    def write(entries: tuple[StoredKey, ...]) -> None:
        vault[:] = entries

    store = CallableKeys(lambda: vault, write)
    DataImportKeyRing(store).rotate("shop-eu", "key-2")
    assert [entry.state for entry in vault] == [KeyState.RETIRING, KeyState.ACTIVE]
    assert repr(store) == "CallableKeys(read, write)"


def test_a_callable_without_a_writer_says_so() -> None:
    with pytest.raises(ConfigurationError, match="cannot be written: give CallableKeys a write"):
        DataImportKeyRing(lambda: "key-1").rotate("default", "key-2")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "a store gave NoneType"),
        (["key-1", stored("key-2")], "a store gave str"),
        ({"shop": "key-1"}, "a store gave str"),
        ([stored("key-1"), stored("key-2")], "two active keys"),
        (RestApiKey("key-1"), "RestApiKey was given"),
    ],
)
def test_what_is_no_list_of_keys_is_refused(given: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        DataImportKeyRing(lambda: given).workspaces()


def test_a_failing_vault_is_named_without_its_frames() -> None:
    def vault() -> str:
        token = "mark-77"
        raise TimeoutError(f"no answer to {token}")

    with pytest.raises(ConfigurationError, match=r"CallableKeys.*TimeoutError") as caught:
        DataImportKeyRing(vault).workspaces()
    cause = caught.value.__cause__
    assert cause is not None
    assert cause.__traceback__ is None


# ---- the file ----


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def on_file(path: Path) -> DataImportKeyRing:
    ring = DataImportKeyRing(JsonKeyFile(path), now=lambda: NOON)
    ring.add("shop-eu", "key-1", data_center="EU-01", partner="segment")
    return ring


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_file_is_for_its_owner_alone(on_file: DataImportKeyRing, path: Path) -> None:
    umask = os.umask(0)
    try:
        on_file.rotate("shop-eu", "key-2")
        on_file.add("shop-us", "key-9", data_center=US, partner="segment")
    finally:
        os.umask(umask)
    assert mode(path) == 0o600
    assert mode(path.with_name("keys.json.lock")) == 0o600
    assert sorted(found.name for found in path.parent.iterdir()) == ["keys.json", "keys.json.lock"]


def test_what_was_written_is_read(on_file: DataImportKeyRing, path: Path) -> None:
    proxy = DataCenter.custom("https://braze.proxy.example:8443", partner_region="eu")
    on_file.rotate("shop-eu", "key-2")
    on_file.add("proxied", "key-3", data_center=proxy, partner="segment")
    JsonKeyFile(path).update(lambda entries: (*entries, StoredKey("bare", "key-4")))
    assert JsonKeyFile(path).read() == (
        StoredKey(
            "shop-eu",
            "key-1",
            data_center="EU-01",
            partner="segment",
            created_at=NOON,
            state="retiring",
        ),
        StoredKey("shop-eu", "key-2", data_center="EU-01", partner="segment", created_at=NOON),
        StoredKey("proxied", "key-3", data_center=proxy, partner="segment", created_at=NOON),
        StoredKey("bare", "key-4"),
    )
    assert json.loads(path.read_text())["keys"][0]["data_center"] == "EU-01"


def test_there_need_be_no_file(path: Path) -> None:
    assert JsonKeyFile(path).read() == ()
    assert not path.exists()


@pytest.mark.parametrize("shared", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_can_read_is_refused(
    on_file: DataImportKeyRing, path: Path, shared: int
) -> None:
    path.chmod(shared)
    before = path.read_bytes()
    for action in (on_file.reread, lambda: on_file.rotate("shop-eu", "key-2")):
        with pytest.raises(ConfigurationError, match=f"chmod 600 {path}"):
            action()
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "5",
        '{"version": "1", "keys": []}',
        '{"keys": []}',
        '{"version": 1}',
        '{"version": 1, "keys": [{"workspace": "shop-eu", "key": "mark-77"}]}',
        '{"version": 1, "keys": ["mark-77"]}',
        "[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_damaged_file_is_refused_and_kept(path: Path, text: str | bytes) -> None:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(0o600)
    before = path.read_bytes()
    ring = DataImportKeyRing(JsonKeyFile(path))
    for action in (
        ring.workspaces,
        lambda: ring.add("shop", "key-1", data_center=US, partner="p"),
    ):
        with pytest.raises(ConfigurationError, match="restore it from a backup") as caught:
            action()
        assert "mark-77" not in shown(caught.value)
    assert path.read_bytes() == before


COLUMNS: dict[str, object] = {
    "workspace": "shop-eu",
    "key": "mark-77",
    "data_center": "US-06",
    "partner": "segment",
    "created_at": "2026-11-23T12:00:00+00:00",
    "state": "active",
}


@pytest.mark.parametrize(
    "change",
    [
        {"workspace": ""},
        {"key": None},
        {"key": "mark-77 "},
        {"data_center": "US-99"},
        {"data_center": {"instance": "X"}},
        {"data_center": 5},
        {"partner": "a/b"},
        {"created_at": "yesterday"},
        {"created_at": 5},
        {"state": "lost"},
        {"further": 1},
    ],
)
def test_a_damaged_entry_is_refused_and_kept(path: Path, change: dict[str, object]) -> None:
    path.write_text(json.dumps({"version": 1, "keys": [COLUMNS]}))
    path.chmod(0o600)
    assert [entry.workspace for entry in JsonKeyFile(path).read()] == ["shop-eu"]
    path.write_text(json.dumps({"version": 1, "keys": [{**COLUMNS, **change}]}))
    with pytest.raises(ConfigurationError, match="no readable key file") as caught:
        JsonKeyFile(path).read()
    assert "mark-77" not in shown(caught.value)


def test_a_file_of_a_newer_version_is_refused_and_kept(path: Path) -> None:
    path.write_text('{"version": 2, "vaults": []}')
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match=r"newer version .* upgrade"):
        DataImportKeyRing(JsonKeyFile(path)).add("shop", "key-1", data_center=US, partner="p")
    assert path.read_text() == '{"version": 2, "vaults": []}'


def test_a_symbolic_link_stays(on_file: DataImportKeyRing, path: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.json"
    link.parent.mkdir()
    link.symlink_to(path)
    linked = DataImportKeyRing(JsonKeyFile(link))
    linked.rotate("shop-eu", "key-2")
    on_file.reread()
    assert on_file.active("shop-eu") == DataImportKey("key-2")
    assert link.is_symlink()
    assert [found.name for found in link.parent.iterdir()] == ["link.json"]


def test_a_place_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        JsonKeyFile(tmp_path).read()
    with pytest.raises(ConfigurationError, match="cannot be written: No such file or directory"):
        JsonKeyFile(tmp_path / "absent" / "keys.json").update(lambda entries: entries)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    on_file: DataImportKeyRing, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(ConfigurationError, match="cannot be written: No space left") as caught:
            on_file.rotate("shop-eu", "mark-77")
    assert caught.value.__context__ is None
    assert path.read_bytes() == before
    assert sorted(found.name for found in path.parent.iterdir()) == ["keys.json", "keys.json.lock"]
    on_file.rotate("shop-eu", "key-2")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes files of others")
def test_root_leaves_the_file_to_its_owner(on_file: DataImportKeyRing, path: Path) -> None:
    os.chown(path, 12_345, 54_321)
    on_file.rotate("shop-eu", "key-2")
    for file in (path, path.with_name("keys.json.lock")):
        assert (file.stat().st_uid, file.stat().st_gid) == (12_345, 54_321)


def test_no_thread_loses_a_key(path: Path) -> None:
    start = threading.Barrier(8)

    def write(number: int) -> None:
        ring = DataImportKeyRing(JsonKeyFile(path))
        start.wait()
        for turn in range(5):
            ring.add(f"shop-{number}-{turn}", "key", data_center=US, partner="segment")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(DataImportKeyRing(JsonKeyFile(path)).workspaces()) == 40


WRITER = """
import sys
from braze_engage.data_import_keys import DataImportKeyRing, JsonKeyFile
ring = DataImportKeyRing(JsonKeyFile(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for turn in range(10):
    ring.add(f"shop-{sys.argv[2]}-{turn}", f"key-{turn}", data_center="US-06", partner="segment")
    ring.rotate("shared", f"key-{sys.argv[2]}-{turn}")
"""


def test_no_process_loses_a_key(path: Path) -> None:
    ring = DataImportKeyRing(JsonKeyFile(path))
    ring.add("shared", "key-0", data_center=US, partner="segment")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=REPOSITORY,
            text=True,
        )
        for number in range(3)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n", timeout=60)
        assert writer.returncode == 0
    ring.reread()
    assert len(ring.workspaces()) == 31
    assert len(ring.entries("shared")) == 31
    assert sum(entry.state is KeyState.ACTIVE for entry in ring.entries("shared")) == 1


def test_a_file_store_goes_to_workers_and_takes_no_key_along(on_file: DataImportKeyRing) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(on_file)
