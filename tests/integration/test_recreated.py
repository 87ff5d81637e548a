"""A key that comes under a new computation id is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import Delivery, EngageRules
from tests.support.changes import call

if TYPE_CHECKING:
    from tests.support.lasting import Shop


def vip(person: str, at: int, computation: str, **parts: Any) -> dict[str, Any]:
    """A call of the audience `vip` under one of its ids."""
    return call(person, at, cohort=computation, message_id=f"{person} {at} {computation}", **parts)


def about_ids(warnings: object) -> list[str]:
    return [text for text in warnings if "computation ids" in text]  # type: ignore[attr-defined]  # a mapping


def test_one_id_is_nothing_to_report(shop: Shop) -> None:
    for at in range(3):
        assert not shop.run([vip("u1", at, "aud_1")]).warnings


def test_a_new_id_is_reported_once_and_retiring_the_old_one_is_offered(shop: Shop) -> None:
    shop.run([vip("u1", 1, "aud_1")])
    report = shop.run([vip("u2", 5, "aud_2"), vip("u3", 6, "aud_2")])
    (text,) = about_ids(report.warnings)
    assert "'vip'" in text
    assert "aud_1 and aud_2, the latter later" in text
    assert "sync.retire('aud_1')" in text
    assert report.warnings[text] == 1
    assert text in str(report)
    assert report.outcomes["sent"] == 2
    assert not about_ids(shop.run([vip("u4", 7, "aud_2")]).warnings)


def test_a_plan_tells_it_too_and_notes_nothing(shop: Shop) -> None:
    shop.run([vip("u1", 1, "aud_1")])
    sync = shop.sync()
    for _ in range(2):
        assert len(about_ids(sync.plan([vip("u2", 5, "aud_2")]).report.warnings)) == 1
    assert sync._lasting is not None
    assert [one.id for one in sync._lasting.state.computations()] == ["aud_1"]
    sync._lasting.state.close()
    assert len(about_ids(shop.run([vip("u2", 5, "aud_2")]).warnings)) == 1


def test_within_one_run_too(shop: Shop) -> None:
    report = shop.run([vip("u1", 1, "aud_1"), vip("u2", 5, "aud_2")])
    assert len(about_ids(report.warnings)) == 1


def test_calls_that_come_late_are_of_the_old_one(shop: Shop) -> None:
    shop.run([vip("u1", 5, "aud_2")])
    (text,) = about_ids(shop.run([vip("u2", 1, "aud_1")]).warnings)
    assert "aud_1 and aud_2, the latter later" in text
    assert "sync.retire('aud_1')" in text


def test_a_key_of_another_space_is_another_one(shop: Shop) -> None:
    rules = EngageRules(spaces={"spa_1", "spa_2"})
    first, second = vip("u1", 1, "aud_1"), vip("u1", 2, "aud_2")
    second["context"]["personas"]["space_id"] = "spa_2"
    first["context"]["personas"]["space_id"] = "spa_1"
    assert not shop.run([first, second], rules=rules).warnings


@pytest.mark.parametrize(
    "rules",
    [EngageRules(overrides={"vip": Delivery.NONE}), EngageRules(spaces={"spa_9"})],
)
def test_what_is_not_wanted_is_not_watched(shop: Shop, rules: EngageRules) -> None:
    report = shop.run([vip("u1", 1, "aud_1"), vip("u2", 5, "aud_2")], rules=rules)
    assert not report.warnings
    assert report.outcomes["filtered"] == 2


def test_a_full_list_of_a_new_id_is_reported_too(shop: Shop) -> None:
    shop.run([vip("u1", 1, "aud_1")])
    with shop.sync() as sync:
        report = sync.reconcile("aud_2", key="vip", name="VIP", members=["u1"])
    (text,) = about_ids(report.warnings)
    assert "aud_1 and aud_2" in text


def test_the_key_that_calls_bear_counts_where_a_list_had_only_a_name(shop: Shop) -> None:
    with shop.sync() as sync:
        sync.reconcile("aud_1", name="Very important", members=["u1"])
    assert not about_ids(shop.run([vip("u1", 1, "aud_1")]).warnings)
    (text,) = about_ids(shop.run([vip("u2", 5, "aud_2")]).warnings)
    assert "the key 'vip'" in text


def test_times_of_the_first_and_the_last_call_are_known(shop: Shop) -> None:
    shop.run([vip("u1", 5, "aud_1"), vip("u2", 9, "aud_1"), vip("u3", 2, "aud_1")])
    sync = shop.sync()
    assert sync._lasting is not None
    (known,) = sync._lasting.state.computations()
    assert (known.id, known.key, known.retired_ns) == ("aud_1", "vip", None)
    assert known.last_ns - known.first_ns == 7_000_000_000
    sync._lasting.state.close()
