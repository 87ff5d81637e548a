"""Aliases, identification, merges, deletions, renames and exports."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from braze_engage.testing import ManualClock
from tests.support.fake_calls import NOW, caller

LATEST = ["most_recently_updated"]
UNKNOWN_LATEST = ["unidentified", "most_recently_updated"]


def alias(name: str = "a", label: str = "l") -> dict[str, str]:
    return {"alias_name": name, "alias_label": label}


def test_new_aliases() -> None:
    braze = caller()
    ana, ben = braze.fake.add_user("ana"), braze.fake.add_user("ben")
    answer = braze.post(
        "/users/alias/new",
        {
            "user_aliases": [
                {"external_id": "ana", **alias("a1")},
                {"external_id": "ben", **alias("a1")},  # the pair is taken
                {"external_id": "ana", **alias("a2")},  # the label is taken
                {"external_id": "ana", **alias("a1", "L")},
                {"external_id": "nobody", **alias("a3")},
                alias("a4"),
                alias("a4"),
            ]
        },
    )
    assert (answer.status, answer.body) == (201, {"aliases_processed": 7, "message": "success"})
    assert ana.aliases == [("a1", "l"), ("a1", "L")]
    assert ben.aliases == []
    assert braze.fake.find(user_alias=("a3", "l")) is None
    assert len(braze.fake.users.everyone) == 3


def test_updated_aliases() -> None:
    braze = caller()
    user = braze.fake.add_user("u1", aliases=[("old", "l"), ("other", "m")])

    def update(old: str, new: str, label: str = "l") -> None:
        entry = {"alias_label": label, "old_alias_name": old, "new_alias_name": new}
        answer = braze.post("/users/alias/update", {"alias_updates": [entry]})
        assert (answer.status, answer.body) == (201, {"message": "success"})

    update("old", "new")
    update("old", "newer")
    update("new", "x", label="L")
    braze.fake.add_user(aliases=[("taken", "l")])
    update("new", "taken")
    assert user.aliases == [("new", "l"), ("other", "m")]
    assert braze.fake.find(user_alias=("new", "l")) is user


def test_an_alias_only_profile_gets_its_external_id() -> None:
    braze = caller()
    user = braze.fake.add_user(aliases=[("a", "l")], custom_attributes={"vip": True})
    entry = {"external_id": "u1", "user_alias": alias()}
    answer = braze.post("/users/identify", {"aliases_to_identify": [entry]})
    assert (answer.status, answer.body) == (201, {"aliases_processed": 1, "message": "success"})
    assert braze.fake.users["u1"] is user


def test_an_alias_only_profile_is_merged_into_a_known_one() -> None:
    braze = caller()
    known = braze.fake.add_user("u1", custom_attributes={"a": 1, "b": 1})
    known.first_name = "Ana"
    gone = braze.fake.add_user(
        aliases=[("a", "l")], email="x@y.co", phone="+4915112345678", devices=["device-1"],
        custom_attributes={"b": 2, "c": 2},
    )  # fmt: skip
    gone.first_name, gone.last_name = "Anna", "Ruiz"
    purchase = {"product_id": "p", "currency": "EUR", "price": 1, "time": NOW}
    event = {"name": "E", "time": NOW}
    for who in ({"external_id": "u1"}, {"user_alias": alias()}):
        braze.track(events=[{**who, **event}], purchases=[{**who, **purchase}])
    entry = {"external_id": "u1", "user_alias": alias()}
    braze.post("/users/identify", {"aliases_to_identify": [entry]})
    assert braze.fake.users.everyone == (known,)
    assert known.custom_attributes == {"a": 1, "b": 1, "c": 2}
    assert (known.first_name, known.last_name, known.email) == ("Ana", "Ruiz", "x@y.co")
    assert (known.custom_events["E"].count, known.purchases["p"].count) == (2, 2)
    assert braze.fake.find(user_alias=("a", "l")) is known
    assert braze.fake.find(device_id="device-1") is known
    assert braze.fake.find(email="x@y.co") is known
    assert braze.fake.find(phone="+4915112345678") is known


@pytest.mark.parametrize(
    ("entry", "more"),
    [
        ({"external_id": "u1", "user_alias": alias("A")}, {}),
        ({"external_id": "labelled", "user_alias": alias()}, {}),
        ({"external_id": "u1", "user_alias": alias()}, {"merge_behavior": "none"}),
        ({"external_id": "u1", "user_alias": alias("mine", "m")}, {}),
    ],
)
def test_what_identify_leaves_alone(entry: dict[str, object], more: dict[str, object]) -> None:
    braze = caller()
    braze.fake.add_users(["u1"])
    braze.fake.add_user("labelled", aliases=[("other", "l")])
    braze.fake.add_user("other", aliases=[("mine", "m")])
    lone = braze.fake.add_user(aliases=[("a", "l")])
    assert braze.post("/users/identify", {"aliases_to_identify": [entry], **more}).status == 201
    assert lone.external_id is None
    assert lone in braze.fake.users.everyone
    assert braze.fake.users["other"].aliases == [("mine", "m")]


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        ("emails_to_identify", {"email": "a@b.co"}),
        ("phone_numbers_to_identify", {"phone": "+4915112345678"}),
    ],
)
@pytest.mark.parametrize(
    ("prioritization", "chosen"),
    [
        (UNKNOWN_LATEST, 2),
        (["unidentified", "least_recently_updated"], 1),
        (["unidentified"], None),
        (["identified"], None),
        (LATEST, 2),
    ],
)
def test_identify_by_address(
    field: str, entry: dict[str, str], prioritization: list[str], chosen: int | None
) -> None:
    braze = caller()
    address: dict[str, Any] = {"email": "a@b.co", "phone": "+4915112345678"}
    users = [
        braze.fake.add_user("known", **address),
        braze.fake.add_user(**address),
        braze.fake.add_user(**address),
    ]
    wanted = {"external_id": "u1", "prioritization": prioritization, **entry}
    assert braze.post("/users/identify", {field: [wanted]}).status == 201
    found = braze.fake.users.get("u1")
    assert found is (None if chosen is None else users[chosen])


def test_merge() -> None:
    braze = caller()
    kept = braze.fake.add_user("kept", phone="4155550100")
    braze.fake.add_user("gone", email="a@b.co", phone="4155550199")
    braze.fake.add_users(["kept"])
    update = {
        "identifier_to_merge": {"email": "a@b.co", "prioritization": LATEST},
        "identifier_to_keep": {"external_id": "kept"},
    }
    answer = braze.post("/users/merge", {"merge_updates": [update, update]})
    assert (answer.status, answer.body) == (202, {"message": "success"})
    assert dict(braze.fake.users) == {"kept": kept}
    assert (kept.email, kept.phone) == ("a@b.co", "+14155550100")
    assert braze.fake.find(phone="4155550199") is None


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        ({"external_ids": ["u1", "nobody"]}, "u1"),
        ({"external_ids": ["old"]}, "new"),
        ({"user_aliases": [alias()]}, "aliased"),
        ({"braze_ids": ["000000000000000000000001"]}, "u1"),
        ({"email_addresses": [{"email": "A@b.co", "prioritization": LATEST}]}, "mailed"),
        ({"phone_numbers": [{"phone": "4155550100", "prioritization": LATEST}]}, "phoned"),
        ({"email_addresses": [{"email": "x@y.z", "prioritization": LATEST}]}, None),
    ],
)
def test_delete(body: dict[str, list[object]], gone: str | None) -> None:
    braze = caller()
    for external_id in ("u1", "old"):
        braze.fake.add_user(external_id)
    braze.fake.add_user("aliased", aliases=[("a", "l")])
    braze.fake.add_user("mailed", email="a@b.co")
    braze.fake.add_user("phoned", phone="4155550100")
    rename = {"current_external_id": "old", "new_external_id": "new"}
    braze.post("/users/external_ids/rename", {"external_id_renames": [rename]})
    answer = braze.post("/users/delete", body)
    (entries,) = body.values()
    assert (answer.status, answer.body) == (201, {"deleted": len(entries), "message": "success"})
    left = {user.external_id for user in braze.fake.users.everyone}
    assert {"u1", "new", "aliased", "mailed", "phoned"} - left == ({gone} if gone else set())
    if gone == "new":
        assert "old" not in braze.fake.users


def test_external_ids_are_renamed_and_removed() -> None:
    braze = caller()
    user = braze.fake.add_user("old")
    braze.fake.add_user("other")

    def rename(*pairs: tuple[str, str]) -> Any:
        entries = [{"current_external_id": old, "new_external_id": new} for old, new in pairs]
        return braze.post("/users/external_ids/rename", {"external_id_renames": entries}).body

    first = rename(("old", "new"), ("old", "newer"), ("nobody", "x"), ("other", "new"))
    assert first["external_ids"] == [{"current_external_id": "old", "new_external_id": "new"}]
    assert [index for index, _ in first["rename_errors"]] == [1, 2, 3]
    assert braze.fake.users["old"] is braze.fake.users["new"] is user
    assert user.deprecated_external_ids == ["old"]
    removal = {"external_ids": ["new", "old", "old"]}
    second = braze.post("/users/external_ids/remove", removal).body
    assert second["removed_ids"] == ["old"]
    assert [index for index, _ in second["removal_errors"]] == [0, 2]
    assert "old" not in braze.fake.users


MERGE = {"identifier_to_merge": {"external_id": "a"}, "identifier_to_keep": {"external_id": "b"}}
MANY = [f"u{number}" for number in range(51)]


@pytest.mark.parametrize(
    ("path", "body", "fragment"),
    [
        ("alias/new", {}, "'user_aliases' must be a non-empty array"),
        ("alias/new", {"user_aliases": [{"alias_name": "a"}]}, "'alias_label'"),
        ("alias/new", {"user_aliases": [{**alias(), "external_id": ""}]}, "'external_id'"),
        ("alias/new", {"user_aliases": [alias()] * 51}, "max number"),
        ("alias/new", {"user_aliases": [{**alias(), "x": 1}]}, "'x' in user_aliases"),
        ("alias/update", {"alias_updates": [{"alias_label": "l"}]}, "'old_alias_name'"),
        ("identify", {}, "'aliases_to_identify'"),
        ("identify", {"aliases_to_identify": [{"external_id": "u"}]}, "'user_alias'"),
        ("identify", {"emails_to_identify": [{"external_id": "u", "email": "a@b.c"}]},
         "'prioritization'"),
        ("identify", {"emails_to_identify": [
            {"external_id": "u", "email": "a@b.c", "prioritization": ["newest"]}]},
         "'prioritization'"),
        ("identify", {"emails_to_identify": [
            {"external_id": "u", "email": "a@b.c",
             "prioritization": ["identified", "unidentified"]}]}, "'prioritization'"),
        ("identify", {"aliases_to_identify": [{"external_id": "u", "user_alias": alias()}],
                      "merge_behavior": "both"}, "'merge_behavior'"),
        ("merge", {}, "'merge_updates' must be an array of objects"),
        ("merge", {"merge_updates": [MERGE] * 51},
         "a single request may not contain more than 50 merge updates"),
        ("merge", {"merge_updates": [{**MERGE, "x": 1}]},
         "'merge_updates' must only have 'identifier_to_merge' and 'identifier_to_keep'"),
        ("merge", {"merge_updates": [{**MERGE, "identifier_to_keep": {}}]},
         "identifiers must be objects with"),
        ("merge", {"merge_updates": [{**MERGE, "identifier_to_keep": {"email": "a@b.c"}}]},
         "'prioritization'"),
        ("merge", {"merge_updates": [{**MERGE, "identifier_to_keep": {"user_alias": "a"}}]},
         "'user_alias'"),
        ("delete", {}, "exactly one of"),
        ("delete", {"external_ids": ["a"], "braze_ids": ["b"]}, "exactly one of"),
        ("delete", {"external_ids": []}, "non-empty"),
        ("delete", {"external_ids": [7]}, "array of strings"),
        ("delete", {"external_ids": MANY}, "The max number of ids per request was exceeded"),
        ("delete", {"user_aliases": ["a"]}, "'user_aliases'"),
        ("delete", {"email_addresses": ["a@b.c"]}, "array of objects"),
        ("delete", {"email_addresses": [{"email": "a@b.c"}]}, "'prioritization'"),
        ("external_ids/rename", {"external_id_renames": [{"current_external_id": "a"}]},
         "'new_external_id'"),
        ("external_ids/remove", {}, "'external_ids'"),
        ("external_ids/remove", {"external_ids": MANY}, "max number"),
        ("export/ids", {}, "'external_ids'"),
        ("export/ids", {"external_ids": "u1"}, "'external_ids' must be an array of strings"),
        ("export/ids", {"email_address": "a", "phone": "b"}, "is required"),
        ("export/ids", {"phone": 7}, "'phone'"),
        ("export/ids", {"external_ids": ["a"], "fields_to_export": ["shoe_size"]}, "shoe_size"),
        ("export/ids", {"external_ids": MANY},
         "The max number of external_ids and aliases per request was exceeded"),
    ],
)  # fmt: skip
def test_what_is_refused(path: str, body: dict[str, object], fragment: str) -> None:
    answer = caller().post(f"/users/{path}", body)
    assert answer.status == 400
    assert fragment in answer.body["message"]


def test_export_shows_the_fields_asked_for() -> None:
    clock = ManualClock()
    braze = caller(clock=clock)
    now = datetime.fromtimestamp(clock.now(), timezone.utc)
    old = (now - timedelta(days=91)).isoformat()
    user = braze.fake.add_user(
        "u1", aliases=[("a", "l")], email="a@b.co", devices=["device-1"],
        custom_attributes={"vip": True},
    )  # fmt: skip
    who = {"external_id": "u1"}
    braze.track(
        attributes=[{**who, "current_location": {"longitude": 1, "latitude": 2}}],
        events=[{**who, "name": "New", "time": NOW}, {**who, "name": "Old", "time": old}],
        purchases=[
            {**who, "product_id": "p", "currency": "EUR", "price": 2.5, "quantity": 2, "time": NOW}
        ],
    )
    got = braze.post("/users/export/ids", {"external_ids": ["u1"]})
    assert got.status == 201
    stamp = "2026-11-02T09:15:00.000Z"
    assert got.body == {
        "message": "success",
        "users": [
            {
                "external_id": "u1",
                "braze_id": user.braze_id,
                "email": "a@b.co",
                "created_at": now.strftime("%Y-%m-%d %H:%M:%S.000 UTC"),
                "custom_attributes": {"vip": True},
                "custom_events": [{"name": "New", "first": stamp, "last": stamp, "count": 1}],
                "purchases": [{"name": "p", "first": stamp, "last": stamp, "count": 2}],
                "devices": [{"device_id": "device-1"}],
                "user_aliases": [alias()],
                "last_coordinates": [1, 2],
                "random_bucket": 1,
                "total_revenue": 5.0,
            }
        ],
    }
    named = {"external_ids": ["u1"], "fields_to_export": ["email", "first_name"]}
    assert braze.post("/users/export/ids", named).body["users"] == [{"email": "a@b.co"}]


@pytest.mark.parametrize(
    ("body", "found", "missing"),
    [
        ({"external_ids": ["u1", "nobody"]}, ["u1"], ["nobody"]),
        ({"user_aliases": [alias(), alias("b")]}, ["u1"], ["b"]),
        ({"external_ids": ["u1"], "user_aliases": [alias()]}, ["u1"], None),
        ({"device_id": "device-1"}, ["u1"], None),
        ({"device_id": "device-2"}, [], ["device-2"]),
        ({"braze_id": "000000000000000000000002"}, ["u2"], None),
        ({"email_address": "A@B.co"}, ["u1", "u2"], None),
        ({"phone": "+14155550100"}, ["u2"], None),
        ({"external_ids": ["u2"], "device_id": "device-1"}, ["u2", "u1"], None),
    ],
)
def test_export_finds_by_any_identifier(
    body: dict[str, object], found: list[str], missing: list[str] | None
) -> None:
    braze = caller()
    braze.fake.add_user("u1", aliases=[("a", "l")], devices=["device-1"], email="a@b.co")
    braze.fake.add_user("u2", email="a@b.co", phone="4155550100")
    answer = braze.post("/users/export/ids", {**body, "fields_to_export": ["external_id"]})
    assert [user["external_id"] for user in answer.body["users"]] == found
    assert answer.body.get("invalid_user_ids") == missing
