"""Data import keys are rotated while clients run, over a real socket and a real file."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from braze_engage.cohorts.changes import CohortChange
from braze_engage.cohorts.client import CohortClient
from braze_engage.data_import_keys import DataImportKeyRing, JsonKeyFile, KeyState
from braze_engage.errors import Unauthorized
from braze_engage.objects import Verdict
from braze_engage.testing import FakeBraze

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from braze_engage.cohorts.key_choice import KeyFallback


@pytest.fixture
def fake() -> Iterator[FakeBraze]:
    with FakeBraze(known="any", data_import_key="key-1") as server:
        yield server


@pytest.fixture
def path(fake: FakeBraze, tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    ring_at(path).add("shop", "key-1", data_center=fake.url, partner="segment")
    return path


def ring_at(path: Path, max_age: float = 60.0) -> DataImportKeyRing:
    return DataImportKeyRing(JsonKeyFile(path), max_age=max_age)


def states(path: Path) -> dict[str, str]:
    return {entry.key.reveal(): entry.state.value for entry in ring_at(path).entries("shop")}


def connect(
    fake: FakeBraze, path: Path, told: list[KeyFallback] | None = None, max_age: float = 60.0
) -> CohortClient:
    return CohortClient(
        ring_at(path, max_age),
        workspace="shop",
        partner_key=fake.partner_key,
        on_fallback=None if told is None else told.append,
    )


def write(client: CohortClient) -> None:
    client.change("aud_1", [CohortChange(user_ids=["u1"])])


def secrets(fake: FakeBraze) -> list[object]:
    bodies = [request.json for request in fake.requests]
    return [body["client_secret"] for body in bodies if isinstance(body, dict)]


def test_a_rotation_step_by_step(fake: FakeBraze, path: Path) -> None:
    operator = ring_at(path)
    with connect(fake, path, max_age=0.0) as client:
        write(client)
        fake.extra_keys.add("key-2")  # made in the dashboard
        operator.rotate("shop", "key-2")
        assert client.verify().verdict is Verdict.OK
        write(client)
        assert secrets(fake) == ["key-1", "key-2", "key-2"]
        fake.data_import_key = "key-2"  # the old one invalidated in the dashboard
        operator.invalidate("shop", "retiring")
        write(client)
    assert states(path) == {"key-1": "invalid", "key-2": "active"}


def test_clients_that_run_meanwhile_fail_nowhere(fake: FakeBraze, path: Path) -> None:
    enough, stop, failed = threading.Semaphore(0), threading.Event(), list[BaseException]()

    def run(client: CohortClient) -> None:
        try:
            while not stop.is_set():
                write(client)
                enough.release()
        except BaseException as error:  # noqa: BLE001 - reported by the test
            failed.append(error)
            enough.release(1_000)

    def wait_for_writes() -> None:
        for _ in range(40):
            assert enough.acquire(timeout=30)

    clients = [connect(fake, path) for _ in range(2)]
    threads = [threading.Thread(target=run, args=(client,)) for client in clients * 4]
    for thread in threads:
        thread.start()
    for number in (2, 3):
        wait_for_writes()
        fake.extra_keys.add(f"key-{number}")
        ring_at(path).rotate("shop", f"key-{number}")
        fake.data_import_key = f"key-{number}"  # the old one is gone at once
        fake.extra_keys.discard(f"key-{number - 1}")
        wait_for_writes()
    stop.set()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    assert failed == []
    assert states(path) == {"key-1": "invalid", "key-2": "invalid", "key-3": "active"}


def test_a_mistyped_new_key_does_not_stop_the_delivery(fake: FakeBraze, path: Path) -> None:
    told: list[KeyFallback] = []
    ring_at(path).rotate("shop", "key-2-mistyped")
    with connect(fake, path, told) as client:
        assert client.verify().verdict is Verdict.REFUSED
        write(client)
        write(client)
        assert client.verify().verdict is Verdict.OK
    assert states(path) == {"key-1": "active", "key-2-mistyped": "invalid"}
    assert [(each.refused.reveal(), each.used.reveal(), each.stored) for each in told] == [
        ("key-2-mistyped", "key-1", True)
    ]
    with connect(fake, path) as later:
        write(later)
    assert secrets(fake)[-1] == "key-1"
    assert fake.cohorts["aud_1"].members == {"u1"}


def test_a_wrong_data_center_invalidates_nothing(fake: FakeBraze, path: Path) -> None:
    ring_at(path).rotate("shop", "key-2")
    fake.host = "rest.iad-01.braze.com"
    with connect(fake, path) as client, pytest.raises(Unauthorized, match="data center"):
        write(client)
    assert states(path) == {"key-1": "retiring", "key-2": "active"}


def test_clients_that_fall_back_together_agree(fake: FakeBraze, path: Path) -> None:
    ring_at(path).rotate("shop", "key-2")
    told: list[KeyFallback] = []
    clients = [connect(fake, path, told) for _ in range(4)]
    threads = [threading.Thread(target=write, args=(client,)) for client in clients * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    entries = ring_at(path).entries("shop")
    assert [entry.state for entry in entries] == [KeyState.ACTIVE, KeyState.INVALID]
    assert 1 <= len(told) <= len(clients)
    assert fake.cohorts["aud_1"].added == 16
