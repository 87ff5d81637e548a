"""Correct use, which both checkers accept; it is read, never run."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import TYPE_CHECKING

from typing_extensions import assert_type

from braze_engage.objects import (
    AliasToIdentify,
    EmailToIdentify,
    Event,
    Location,
    MergeUpdate,
    NewUserAlias,
    Purchase,
    PushToken,
    TrackLimits,
    UserAlias,
    UserAttributes,
    UserIdentifierRef,
    Verdict,
)
from braze_engage.operation import UNSET, Operation, Replay, Reply, Unset
from braze_engage.rest.client import BrazeClient
from braze_engage.rest.exported_user import ExportedUser
from braze_engage.rest.users import Users
from braze_engage.rest.users_identity import AliasesProcessed, UsersDeleted
from braze_engage.rest.users_track import TrackError, TrackResult, TrackUsers

if TYPE_CHECKING:
    from braze_engage.credentials import RestApiKey

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)


def clients(key: RestApiKey) -> BrazeClient:
    BrazeClient("key", data_center="US-06")
    BrazeClient(key, data_center="US-06", user_agent="partner-Acme", deadline=5)
    BrazeClient(lambda: "key", data_center="US-06")
    BrazeClient(lambda: key, data_center="US-06")
    with BrazeClient.from_env() as client:
        return client.with_options(deadline=1.5)


def tracked(braze: BrazeClient, trait: float | None) -> tuple[TrackError, ...]:
    worth: dict[str, list[float]] = {"orders": [1.5]}
    done = braze.users.track(
        attributes=[
            UserAttributes(
                external_id="u1",
                email=None,
                dob=date(1990, 1, 2),
                gender="F",
                current_location=Location(longitude=1, latitude=2.5),
                date_of_first_session=NOON,
                push_tokens=(PushToken(app_id="a", token="t"),),
                custom={"ltv_90d": trait, "since": NOON, "worth": worth, "n": {"inc": 1}},
            )
        ],
        events=(Event(name="Bought", external_id="u1", time="2026-01-01", properties=worth),),
        purchases=[Purchase(email="a@b.c", product_id="p", currency="EUR", price=1, time=NOON)],
        track_limits=TrackLimits.LEGACY_225,
    )
    assert_type(done, TrackResult)
    assert_type(done.errors[0].index, int | None)
    return done.errors


def rows(braze: BrazeClient) -> None:
    users = braze.users
    assert_type(Users.track.permission, str | None)
    assert_type(Users.track.replay, Replay)
    assert_type(users.track.reply(events=[]), Reply[TrackResult])
    assert_type(users.track.reply().value.message, str)
    assert_type(
        users.create_aliases(user_aliases=[NewUserAlias(alias_name="a", alias_label="l")]),
        AliasesProcessed,
    )
    alias = UserAlias(alias_name="a", alias_label="l")
    users.identify(
        aliases_to_identify=[AliasToIdentify(external_id="u", user_alias=alias)],
        emails_to_identify=[
            EmailToIdentify(external_id="u", email="a@b.c", prioritization=["identified"])
        ],
    )
    users.merge(
        merge_updates=[
            MergeUpdate(
                identifier_to_merge=UserIdentifierRef(user_alias=alias),
                identifier_to_keep=UserIdentifierRef(external_id="u"),
            )
        ]
    )
    assert_type(users.delete(external_ids=["u"]), UsersDeleted)
    found = users.export_by_ids(external_ids=["u"], fields_to_export=["email", "devices"])
    assert_type(found.users, tuple[ExportedUser, ...])
    assert_type(
        braze.perform(Users.track, TrackUsers(attributes=[UserAttributes(external_id="u")])),
        Reply[TrackResult],
    )
    assert_type(BrazeClient.operations(), tuple[Operation[..., object], ...])
    assert_type(braze.verify().verdict, Verdict)


def unset(attributes: UserAttributes) -> str:
    name = attributes.first_name
    assert_type(name, str | Unset | None)
    if name is UNSET:
        return "untouched"
    assert_type(name, str | None)
    return "cleared" if name is None else name
