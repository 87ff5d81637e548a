"""Writes that show late, and in another order than they were accepted."""

from __future__ import annotations

from braze_engage.testing import ManualClock
from tests.support.fake_calls import NOW, Caller, caller


def late(seed: int = 0, *, reorder: bool = False, lag: float = 2.0) -> tuple[Caller, ManualClock]:
    clock = ManualClock()
    return caller(lag=lag, clock=clock, seed=seed, reorder=reorder), clock


def test_a_write_shows_when_its_time_has_come() -> None:
    braze, clock = late()
    braze.attributes(vip=True)
    clock.sleep(1.5)
    braze.attributes(vip=False)
    assert "u1" not in braze.fake.users
    export = {"external_ids": ["u1"]}
    assert braze.post("/users/export/ids", export).body["users"] == []
    clock.sleep(0.5)
    assert len(braze.post("/users/export/ids", export).body["users"]) == 1
    assert braze.fake.users["u1"].custom_attributes == {"vip": True}
    braze.fake.settle()
    assert braze.fake.users["u1"].custom_attributes == {"vip": False}
    assert clock.monotonic() == clock.now()


def test_every_kind_of_write_is_late() -> None:
    braze, clock = late()
    alias = {"alias_name": "a", "alias_label": "l"}
    braze.post("/users/alias/new", {"user_aliases": [alias]})
    identify = {"external_id": "u1", "user_alias": alias}
    braze.post("/users/identify", {"aliases_to_identify": [identify]})
    braze.name()
    braze.change({"user_ids": ["u1"]})
    assert (len(braze.fake.users.everyone), dict(braze.fake.cohorts)) == (0, {})
    clock.sleep(2)
    assert braze.fake.cohorts["aud_1"].members == {"u1"}
    braze.post("/users/delete", {"external_ids": ["u1"]})
    assert "u1" in braze.fake.users
    clock.sleep(2)
    assert "u1" not in braze.fake.users
    assert braze.fake.cohorts["aud_1"].members == set()


def test_sync_and_renames_report_and_so_are_never_late() -> None:
    braze, _ = late()
    braze.post("/users/track/sync", {"attributes": [{"external_id": "u1"}]})
    rename = {"current_external_id": "u1", "new_external_id": "u2"}
    braze.post("/users/external_ids/rename", {"external_id_renames": [rename]})
    assert braze.fake.users["u1"].external_id == "u2"


def test_people_must_be_visible_before_their_cohort_is() -> None:
    braze, clock = late()
    braze.attributes(vip=True)
    braze.fake.lag = 0.5
    braze.change({"user_ids": ["u1"]})
    clock.sleep(3)
    assert braze.fake.cohorts["aud_1"].members == set()
    assert braze.fake.cohorts["aud_1"].ignored == 1


def test_requests_overtake_each_other() -> None:
    ends = set()
    for seed in range(20):
        braze, _ = late(seed, reorder=True)
        braze.attributes(step=1)
        braze.attributes(step=2)
        braze.fake.settle()
        ends.add(braze.fake.users["u1"].custom_attributes["step"])
    assert ends == {1, 2}


def test_the_same_seed_gives_the_same_order() -> None:
    def names(seed: int) -> tuple[str, ...]:
        braze, clock = late(seed, reorder=True)
        for letter in "abcdefgh":
            braze.track(events=[{"external_id": "u1", "name": letter, "time": NOW}])
            clock.sleep(0.1)
        braze.fake.settle()
        return braze.fake.users["u1"].custom_events.names

    assert names(3) == names(3)
    assert len({names(seed) for seed in range(5)}) > 1
    assert set(names(3)) == set("abcdefgh")


def test_without_a_lag_requests_are_shuffled_within_a_tenth_of_a_second() -> None:
    braze, clock = late(lag=0.0, reorder=True)
    braze.attributes(vip=True)
    clock.sleep(0.1)
    assert braze.fake.users["u1"].custom_attributes == {"vip": True}


def test_names_keep_their_order_and_memberships_do_not() -> None:
    ends: set[bool] = set()
    for seed in range(20):
        braze, _ = late(seed, reorder=True)
        braze.fake.add_user("u1")
        braze.name("aud_1", "first")
        braze.name("aud_1", "second")
        braze.change({"user_ids": ["u1"]})
        braze.change({"user_ids": ["u1"], "should_remove": True})
        braze.fake.settle()
        cohort = braze.fake.cohorts["aud_1"]
        assert cohort.name == "second"
        ends.add("u1" in cohort.members)
    assert ends == {True, False}


def test_inside_one_request_the_order_holds() -> None:
    for seed in range(20):
        braze, _ = late(seed, reorder=True)
        alias = {"user_alias": {"alias_name": "a", "alias_label": "l"}}
        braze.track(
            events=[{**alias, "name": "E", "time": NOW}],
            attributes=[{**alias, "_update_existing_only": False}],
        )
        braze.fake.settle()
        user = braze.fake.find(user_alias=("a", "l"))
        assert user is not None
        assert len(user.custom_events) == 1
