"""The partner cohort import."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from typing import Any

import pytest

from braze_engage.testing import Alias, FakeBraze
from tests.support.fake_calls import COHORTS, MEMBERS, NOW, Answered, Caller, caller


def test_a_name_and_another_one() -> None:
    braze = caller()
    answer = braze.name("aud_1", "Dormant")
    assert (answer.status, answer.body) == (201, {"message": "success"})
    braze.name("aud_1", "Asleep")
    cohort = braze.fake.cohorts["aud_1"]
    assert (cohort.name, cohort.names) == ("Asleep", ["Dormant", "Asleep"])
    assert cohort.created_at == datetime(2026, 11, 2, 9, 15, tzinfo=timezone.utc)
    assert list(braze.fake.cohorts) == ["aud_1"]
    assert len(braze.fake.cohorts) == 1
    assert "Asleep" in repr(braze.fake.cohorts)


def test_known_people_come_and_go() -> None:
    braze = caller()
    braze.fake.add_users(["u1", "u2", "u3"])
    assert braze.change({"user_ids": ["u1", "u2", "nobody"]}).status == 201
    braze.change({"user_ids": ["u3"]}, {"user_ids": ["u1"], "should_remove": True})
    cohort = braze.fake.cohorts["aud_1"]
    assert cohort.members == {"u2", "u3"}
    assert (cohort.added, cohort.removed, cohort.ignored) == (3, 1, 1)
    assert cohort.name is None


def test_who_is_matched_by_what() -> None:
    braze = caller()
    fake = braze.fake
    fake.add_user("u1", aliases=[("a", "l")], devices=["phone-of-u1"])
    fake.add_user(aliases=[("b", "l")])
    fake.add_user(devices=["phone-of-nobody"])
    braze.change(
        {"device_ids": ["phone-of-u1", "phone-of-nobody", "no-phone"]},
        {"aliases": [{"alias_name": "b", "alias_label": "l"}]},
    )
    assert fake.cohorts["aud_1"].members == {"phone-of-nobody", ("b", "l")}
    assert fake.cohorts["aud_1"].ignored == 2
    braze.change({"aliases": [{"alias_name": "a", "alias_label": "l"}], "user_ids": []})
    assert fake.cohorts["aud_1"].members == {"phone-of-nobody", Alias("b", "l"), "u1"}


def test_a_member_stays_one_under_other_identifiers() -> None:
    braze = caller()
    fake = braze.fake
    fake.add_user(devices=["device-1"])
    fake.add_user(aliases=[("a", "l")])
    fake.add_user("kept")
    pair = {"alias_name": "a", "alias_label": "l"}
    braze.change({"device_ids": ["device-1"], "aliases": [pair]})
    cohort = fake.cohorts["aud_1"]
    update = {"alias_label": "l", "old_alias_name": "a", "new_alias_name": "b"}
    braze.post("/users/alias/update", {"alias_updates": [update]})
    assert cohort.members == {"device-1", ("b", "l")}
    braze.change({"user_ids": ["kept"]}, cohort_id="aud_2")
    entry = {"external_id": "u1", "user_alias": {**pair, "alias_name": "b"}}
    braze.post("/users/identify", {"aliases_to_identify": [entry]})
    assert cohort.members == {"device-1", "u1"}
    rename = {"current_external_id": "u1", "new_external_id": "u2"}
    braze.post("/users/external_ids/rename", {"external_id_renames": [rename]})
    assert cohort.members == {"device-1", "u2"}
    braze.change({"user_ids": ["u1"]})
    assert cohort.members == {"device-1", "u2"}
    merge = {
        "identifier_to_merge": {"external_id": "u2"},
        "identifier_to_keep": {"external_id": "kept"},
    }
    braze.post("/users/merge", {"merge_updates": [merge]})
    assert cohort.members == {"device-1", "kept"}
    assert fake.cohorts["aud_2"].members == {"kept"}
    token = {"app_id": "app", "token": "t", "device_id": "device-1"}
    braze.track(attributes=[{"external_id": "new", "push_tokens": [token]}])
    assert fake.find(device_id="device-1") is fake.users["new"]
    assert "device-1" not in cohort.members
    braze.post("/users/delete", {"external_ids": ["kept"]})
    assert "kept" not in cohort.members


def test_an_identity_under_both_signs_ends_either_way() -> None:
    ends = set()
    for seed in range(20):
        braze = caller(seed=seed)
        braze.fake.add_user("u1")
        braze.change({"user_ids": ["u1"]}, {"user_ids": ["u1"], "should_remove": True})
        ends.add(frozenset(braze.fake.cohorts["aud_1"].members))
    assert ends == {frozenset(), frozenset({"u1"})}


def test_no_changes_probe_the_keys_and_change_nothing() -> None:
    braze = caller()
    assert braze.change(cohort_id="will_add_in_constant").status == 201
    assert dict(braze.fake.cohorts) == {}


def test_anyone_may_be_known() -> None:
    braze = caller(known="any")
    braze.fake.add_user("u1", devices=["phone-of-u1"])
    braze.fake.add_user(devices=["lone"], aliases=[("b", "l")])
    pairs = [{"alias_name": name, "alias_label": "l"} for name in ("a", "b")]
    devices = ["d1", "phone-of-u1", "lone"]
    braze.change({"user_ids": ["u1", "u2"], "aliases": pairs, "device_ids": devices})
    cohort = braze.fake.cohorts["aud_1"]
    assert cohort.members == {"u1", "u2", ("a", "l"), ("b", "l"), "d1"}
    assert cohort.ignored == 1


def test_members_may_be_counted_only() -> None:
    braze = caller(known="any", keep_members=False)
    braze.change({"user_ids": [f"u{number}" for number in range(1000)]})
    braze.change({"user_ids": ["u1"], "should_remove": True})
    cohort = braze.fake.cohorts["aud_1"]
    assert (cohort.members, cohort.added, cohort.removed) == (set(), 1000, 1)


ID = "'cohort_id' must be a valid string"
NAME = "'name' must be a non-empty string"
TIME = "'created_at' must be a valid time as an ISO-8601 string"
SHAPE = "'cohort_changes' must be an array of objects"


@pytest.mark.parametrize(
    ("path", "fields", "fragment"),
    [
        (COHORTS, {"cohort_id": 7, "name": "n", "created_at": NOW}, ID),
        (COHORTS, {"cohort_id": "", "name": "n", "created_at": NOW}, ID),
        (COHORTS, {"created_at": NOW}, NAME),
        (COHORTS, {"name": " ", "created_at": NOW}, NAME),
        (COHORTS, {"name": "n"}, TIME),
        (COHORTS, {"name": "n", "created_at": 1795000000}, TIME),
        (COHORTS, {"name": "n", "created_at": "today"}, TIME),
        (MEMBERS, {}, SHAPE),
        (MEMBERS, {"cohort_id": None, "cohort_changes": []}, ID),
        (MEMBERS, {"cohort_changes": '[{"user_ids": ["u1"]}]'}, SHAPE),
        (MEMBERS, {"cohort_changes": ["u1"]}, SHAPE),
        (MEMBERS, {"cohort_changes": [{}]}, SHAPE),
        (MEMBERS, {"cohort_changes": [{"should_remove": True}]}, SHAPE),
        (MEMBERS, {"cohort_changes": [{"user_ids": "u1"}]}, SHAPE),
        (MEMBERS, {"cohort_changes": [{"user_ids": [1]}]}, SHAPE),
        (MEMBERS, {"cohort_changes": [{"device_ids": [None]}]}, SHAPE),
        (MEMBERS, {"cohort_changes": [{"aliases": {"alias_name": "a"}}]}, SHAPE),
        (MEMBERS, {"cohort_changes": [{"aliases": [{"alias_name": "a"}]}]}, SHAPE),
        (MEMBERS, {"cohort_changes": [{"user_ids": ["u1"], "should_remove": "yes"}]}, SHAPE),
        (MEMBERS, {"cohort_changes": [{"user_ids": ["u1"], "remove": True}]},
         "Unknown field 'remove' in cohort_changes"),
    ],
)  # fmt: skip
def test_what_is_refused(path: str, fields: dict[str, Any], fragment: str) -> None:
    answer = caller().cohort(path, **{"cohort_id": "aud_1", **fields})
    assert answer.status == 400
    assert fragment in answer.body["message"]


@pytest.mark.parametrize(("count", "status"), [(1000, 201), (1001, 400)])
def test_1000_identifiers_of_all_kinds(count: int, status: int) -> None:
    ids = [f"u{number}" for number in range(count - 2)]
    pair = {"alias_name": "a", "alias_label": "l"}
    answer = caller().change(
        {"user_ids": ids[:500], "aliases": [pair]},
        {"user_ids": ids[500:], "device_ids": ["d"], "should_remove": True},
    )
    assert answer.status == status
    if status == 400:
        assert answer.body["message"].startswith("Only 1,000 'user_ids'")


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"partner_key": "other"}, MEMBERS, "Invalid Partner API key"),
        ({"data_import_key": "other"}, MEMBERS, "Invalid client secret"),
        ({"cohorts_enabled": False}, MEMBERS,
         "Partner not enabled for client with client secret: fake-data-import-key"),
        ({}, "/partners/amplitude/cohorts/users", "Unauthorized access"),
    ],
)  # fmt: skip
def test_wrong_keys(change: dict[str, Any], path: str, message: str) -> None:
    braze = caller()
    body = {
        "partner_api_key": braze.fake.partner_key,
        "client_secret": braze.fake.data_import_key,
        "cohort_id": "aud_1",
        "cohort_changes": [],
    }
    for name, value in change.items():
        setattr(braze.fake, name, value)
    answer = braze.post(path, body, Authorization="")
    assert (answer.status, answer.body) == (401, {"message": message})
    braze.fake.reset()
    assert braze.post(MEMBERS, body, Authorization="").status == 201


def test_both_data_import_keys_work_while_they_are_rotated() -> None:
    braze = caller()
    braze.fake.extra_keys.add(braze.fake.data_import_key)
    braze.fake.data_import_key = "new-key"
    assert braze.change().status == 201
    braze.fake.data_import_key = "fake-data-import-key"
    assert braze.change().status == 201


class StoppedClock:
    """A clock whose sleepers wait until they are told to wake."""

    def __init__(self) -> None:
        self.asleep = threading.Event()
        self.wake = threading.Event()

    def now(self) -> float:
        return 1_795_000_000.0

    def sleep(self, seconds: float) -> None:
        self.asleep.set()
        self.wake.wait(10)


def test_a_second_request_finds_the_cohort_locked() -> None:
    clock = StoppedClock()
    fake = FakeBraze(clock=clock, known="any")
    braze = Caller(fake)
    fake.delay(MEMBERS, 5.0)
    answers: list[Answered] = []
    first = threading.Thread(target=lambda: answers.append(braze.change({"user_ids": ["u1"]})))
    first.start()
    assert clock.asleep.wait(10)
    other = Caller(fake)
    locked = other.change({"user_ids": ["u2"]})
    renamed = other.name()
    elsewhere = other.change({"user_ids": ["u2"]}, cohort_id="aud_2")
    clock.wake.set()
    first.join(10)
    assert (locked.status, locked.body) == (423, {"message": "Resource locked"})
    assert (renamed.status, elsewhere.status) == (423, 201)
    assert [answer.status for answer in answers] == [201]
    assert fake.cohorts["aud_1"].members == {"u1"}
    assert other.change({"user_ids": ["u2"]}).status == 201
