"""Every row of the users group against the fake, over a real socket."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from braze_engage import Event, Purchase, UserAlias, UserAttributes
from braze_engage.objects import (
    AliasToIdentify,
    ExternalIdRename,
    MergeUpdate,
    NewUserAlias,
    UserAliasUpdate,
    UserIdentifierRef,
)
from braze_engage.rest.users import Users

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage import BrazeClient
    from braze_engage.testing import FakeBraze

MOMENT = datetime(2026, 11, 2, 9, 15, tzinfo=timezone.utc)
ALIAS = UserAlias(alias_name="ana@example.test", alias_label="email")


def _track(braze: BrazeClient, fake: FakeBraze) -> None:
    done = braze.users.track(
        attributes=[
            UserAttributes(
                external_id="u1", first_name="Ana", custom={"ltv_90d": 12.5, "old_flag": None}
            )
        ],
        events=[
            Event(
                name="Trait Computed",
                external_id="u1",
                time=MOMENT,
                properties={"trait_key": "ltv_90d"},
            )
        ],
        purchases=[
            Purchase(external_id="u1", product_id="shoes", currency="EUR", price=9.5, time=MOMENT)
        ],
    )
    assert (done.attributes_processed, done.events_processed, done.purchases_processed) == (1, 1, 1)
    assert done.errors == ()
    person = fake.users["u1"]
    assert person.first_name == "Ana"
    assert person.custom_attributes == {"ltv_90d": 12.5}
    assert person.custom_events["Trait Computed"].count == 1
    assert person.purchases["shoes"].count == 1


def _track_errors(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.refuse_items(lambda item: item.get("external_id") == "u9", text="blocked")
    done = braze.users.track(
        attributes=[UserAttributes(external_id="u1"), UserAttributes(external_id="u9")]
    )
    (error,) = done.errors
    assert (error.type, error.input_array, error.index) == ("blocked", "attributes", 1)
    assert "u9" not in fake.users


def _track_bulk(braze: BrazeClient, fake: FakeBraze) -> None:
    people = [UserAttributes(external_id=f"u{number}") for number in range(300)]
    assert braze.users.track_bulk(attributes=people).attributes_processed == 300
    assert len(fake.users) == 300


def _track_sync(braze: BrazeClient, fake: FakeBraze) -> None:
    done = braze.users.track_sync(
        attributes=[UserAttributes(external_id="u1", custom={"vip": True})]
    )
    assert done.users[0].external_id == "u1"
    assert done.users[0].custom_attributes == {"vip": True}
    assert fake.users["u1"].custom_attributes == {"vip": True}


def _aliases(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.add_user("u1")
    done = braze.users.create_aliases(
        user_aliases=[NewUserAlias(external_id="u1", alias_name="a", alias_label="crm")]
    )
    assert done.aliases_processed == 1
    braze.users.update_aliases(
        alias_updates=[UserAliasUpdate(alias_label="crm", old_alias_name="a", new_alias_name="b")]
    )
    assert fake.find(user_alias=("b", "crm")) is fake.users["u1"]
    assert fake.find(user_alias=("a", "crm")) is None


def _identify(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.add_user(aliases=[(ALIAS.alias_name, ALIAS.alias_label)])
    done = braze.users.identify(
        aliases_to_identify=[AliasToIdentify(external_id="u1", user_alias=ALIAS)]
    )
    assert done.aliases_processed == 1
    assert fake.find(user_alias=(ALIAS.alias_name, ALIAS.alias_label)) is fake.users["u1"]


def _merge(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.add_user("old", custom_attributes={"vip": True})
    fake.add_user("new")
    reply = braze.users.merge.reply(
        merge_updates=[
            MergeUpdate(
                identifier_to_merge=UserIdentifierRef(external_id="old"),
                identifier_to_keep=UserIdentifierRef(external_id="new"),
            )
        ]
    )
    assert reply.status == 202
    assert set(fake.users) == {"new"}
    assert fake.users["new"].custom_attributes == {"vip": True}


def _delete(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.add_users(["u1", "u2"])
    assert braze.users.delete(external_ids=["u1"]).deleted == 1
    assert set(fake.users) == {"u2"}


def _external_ids(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.add_user("old")
    renamed = braze.users.rename_external_ids(
        external_id_renames=[ExternalIdRename(current_external_id="old", new_external_id="new")]
    )
    assert (len(renamed.external_ids), renamed.rename_errors) == (1, ())
    removed = braze.users.remove_external_ids(external_ids=["old"])
    assert removed.removed_ids == ("old",)
    assert set(fake.users) == {"new"}


def _export(braze: BrazeClient, fake: FakeBraze) -> None:
    fake.add_user("u1", email="ana@example.test", custom_attributes={"vip": True})
    found = braze.users.export_by_ids(
        external_ids=["u1", "stranger"],
        fields_to_export=["external_id", "email", "custom_attributes"],
    )
    (user,) = found.users
    assert (user.external_id, user.email, user.custom_attributes) == (
        "u1",
        "ana@example.test",
        {"vip": True},
    )
    assert found.invalid_user_ids == ("stranger",)


SCENES: dict[str, Callable[[BrazeClient, FakeBraze], None]] = {
    "track": _track,
    "track with errors": _track_errors,
    "track_bulk": _track_bulk,
    "track_sync": _track_sync,
    "create_aliases update_aliases": _aliases,
    "identify": _identify,
    "merge": _merge,
    "delete": _delete,
    "rename_external_ids remove_external_ids": _external_ids,
    "export_by_ids": _export,
}


@pytest.mark.parametrize("scene", SCENES)
def test_a_row_does_at_the_fake_what_braze_documents(
    scene: str, braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    SCENES[scene](braze, fake_braze)


ELSEWHERE = {
    "delete_subscription_by_identifier": "test_subscriptions",
    "export_by_segment": "test_exports",
    "export_global_control_group": "test_exports",
    "get_subscription_by_identifier": "test_subscriptions",
}
"""Rows whose scenes stand beside others of their kind."""


def test_every_row_has_a_scene() -> None:
    rows = {row.name for row in Users.operations()}
    here = {name for scene in SCENES for name in scene.split()} - {"with", "errors"}
    assert rows == here | set(ELSEWHERE)
