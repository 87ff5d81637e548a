"""Erasing people, against the fake."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import BrazeClient, Forbidden
from braze_engage.errors import BrazeError, ConfigurationError
from braze_engage.testing import FakeBraze, ManualClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def clock(fake_braze: FakeBraze) -> ManualClock:
    fake_braze.clock = clock = ManualClock()
    return clock


@pytest.fixture
def braze(fake_braze: FakeBraze, clock: ManualClock) -> Iterator[BrazeClient]:
    with BrazeClient(fake_braze.rest_api_key, data_center=fake_braze.url, clock=clock) as client:
        yield client


def bodies(fake: FakeBraze, path: str) -> list[Any]:  # Any: JSON
    return [one.json for one in fake.requests if one.path == path]


def test_every_profile_of_an_address_goes(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    for number in range(120):
        fake_braze.add_user(f"u{number}", email="ana@example.test")
    fake_braze.add_user(email="ANA@example.test", devices=["device-01"])
    fake_braze.add_user("other", email="bo@example.test")
    receipt = braze.users.erase(email="Ana@Example.test")
    assert set(fake_braze.users) == {"other"}
    assert fake_braze.find(email="ana@example.test") is None
    assert (receipt.asked, receipt.found, receipt.deleted, receipt.left) == (1, 121, 121, ())
    assert receipt.complete
    lists = [len(body["braze_ids"]) for body in bodies(fake_braze, "/users/delete")]
    assert lists == [50, 50, 21]


def test_external_ids_of_any_number_go(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    fake_braze.add_users(f"u{number}" for number in range(130))
    receipt = braze.users.erase(external_ids=(f"u{number}" for number in range(120)))
    assert set(fake_braze.users) == {f"u{number}" for number in range(120, 130)}
    assert (receipt.asked, receipt.found, receipt.deleted) == (120, 120, 120)
    assert receipt.complete


def test_nobody_is_fine_too(braze: BrazeClient, fake_braze: FakeBraze, clock: ManualClock) -> None:
    began = clock.now()
    receipt = braze.users.erase(external_ids=["stranger", "stranger"])
    assert (receipt.asked, receipt.found, receipt.deleted, receipt.complete) == (1, 0, 0, True)
    assert clock.now() == began
    assert bodies(fake_braze, "/users/delete") == []


def test_a_deletion_that_shows_late_is_waited_for(
    braze: BrazeClient, fake_braze: FakeBraze, clock: ManualClock
) -> None:
    fake_braze.add_users(["u1", "u2"])
    fake_braze.lag = 20.0
    began = clock.now()
    receipt = braze.users.erase(external_ids=["u1", "u2", "stranger"])
    assert receipt.complete
    assert 20 <= clock.now() - began <= 40
    assert receipt.finished_at - receipt.started_at == timedelta(seconds=clock.now() - began)
    assert len(bodies(fake_braze, "/users/delete")) == 1


def test_what_is_left_when_patience_ends_is_told(
    braze: BrazeClient, fake_braze: FakeBraze, clock: ManualClock
) -> None:
    person = fake_braze.add_user("u1", email="ana@example.test")
    fake_braze.lag = 1_000.0
    began = clock.now()
    receipt = braze.users.erase(email="ana@example.test", patience=30)
    assert (receipt.complete, receipt.left, receipt.deleted) == (False, (person.braze_id,), 1)
    assert clock.now() - began == 30
    shown = f"{receipt} {receipt!r}"
    assert person.braze_id not in shown
    assert "ana" not in shown
    assert "deleted=1" in shown


def test_a_profile_that_appears_meanwhile_goes_too(
    braze: BrazeClient, fake_braze: FakeBraze, clock: ManualClock
) -> None:
    fake_braze.add_user("u1", email="ana@example.test")
    sleep = clock.sleep

    def late_arrival(seconds: float) -> None:
        if "u2" not in fake_braze.users:
            fake_braze.add_user("u2", email="ana@example.test")
        sleep(seconds)

    fake_braze.lag = 2.0
    clock.sleep = late_arrival  # type: ignore[method-assign]  # somebody signs up while it waits
    receipt = braze.users.erase(email="ana@example.test")
    assert (receipt.found, receipt.deleted, receipt.complete) == (2, 2, True)
    assert len(fake_braze.users) == 0


def test_an_error_carries_what_was_done(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    fake_braze.add_users(["u1"])
    fake_braze.permissions.discard("users.delete")
    with pytest.raises(Forbidden, match=r"users\.delete") as caught:
        braze.users.erase(external_ids=["u1"])
    done = vars(caught.value)["done"]
    assert (done.found, done.deleted, done.complete) == (1, 0, False)


def test_a_profile_without_braze_id_is_an_error(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    users = [{"external_id": "u1"}]
    fake_braze.fail("/users/export/ids", status=201, json={"message": "success", "users": users})  # type: ignore[dict-item]  # JSON
    with pytest.raises(BrazeError, match="without its braze_id"):
        braze.users.erase(external_ids=["u1"])


def test_an_older_answer_names_people_too(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    person = fake_braze.add_user("u1")
    fake_braze.fail(
        "/users/export/ids",
        status=201,
        json={"message": "success", "users": [{"appboy_id": person.braze_id}]},
    )
    assert braze.users.erase(external_ids=["u1"]).complete
    assert len(fake_braze.users) == 0


def test_wrong_arguments_are_refused_before_sending(
    braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    erase = braze.users.erase
    attempts: list[Callable[[], object]] = [
        erase,
        lambda: erase(external_ids=[]),
        lambda: erase(external_ids="u1"),
        lambda: erase(email="ana@example.test", external_ids=["u1"]),
        lambda: erase(email="no address"),
        lambda: erase(external_ids=[*map(str, range(60)), "x" * 988]),
    ]
    for wrong in attempts:
        with pytest.raises(ConfigurationError) as caught:
            wrong()
        assert "ana@" not in str(caught.value)
    assert fake_braze.requests == []
