"""The rows of the group "users"."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from braze_engage._wire import Unreadable, prepare, structure
from braze_engage.errors import ConfigurationError
from braze_engage.objects import (
    Accepted,
    AliasToIdentify,
    EmailToDelete,
    EmailToIdentify,
    Event,
    ExternalIdRename,
    MergeUpdate,
    NewUserAlias,
    PhoneToDelete,
    PhoneToIdentify,
    Purchase,
    PushToken,
    SubscriptionIdentifier,
    TrackLimits,
    UserAlias,
    UserAliasUpdate,
    UserAttributes,
    UserIdentifierRef,
)
from braze_engage.operation import Replay
from braze_engage.rest.exported_user import (
    ExportedActivity,
    ExportedAlias,
    ExportedApp,
    ExportedCampaign,
    ExportedCanvas,
    ExportedCanvasStep,
    ExportedEngagement,
    ExportedUser,
)
from braze_engage.rest.users import Users
from braze_engage.rest.users_export import (
    ExportedUsers,
    ExportGlobalControlGroup,
    ExportUsersByIds,
    ExportUsersBySegment,
)
from braze_engage.rest.users_external_ids import (
    ExternalIdsRemoved,
    ExternalIdsRenamed,
    RemoveExternalIds,
    RenamedExternalId,
    RenameExternalIds,
)
from braze_engage.rest.users_identity import (
    AliasesProcessed,
    CreateAliases,
    DeleteUsers,
    IdentifyUsers,
    MergeUsers,
    UpdateAliases,
    UsersDeleted,
)
from braze_engage.rest.users_subscriptions import (
    DeleteSubscriptionByIdentifier,
    GetSubscriptionByIdentifier,
)
from braze_engage.rest.users_track import (
    SyncedActivity,
    SyncedUser,
    TrackError,
    TrackResult,
    TrackUsers,
    TrackUsersBulk,
    TrackUsersSync,
    TrackUsersSyncResult,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.operation import Operation

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
ALIAS = UserAlias(alias_name="ana", alias_label="crm")
WORTH = UserAttributes(external_id="u1", custom={"ltv_90d": 12.5})
BOUGHT = Event(external_id="u1", name="Bought", time=NOON)
SHOES = Purchase(external_id="u1", product_id="shoes", currency="EUR", price=9.5, time=NOON)
TEXT = "2026-11-23T12:00:00.000Z"


def refusal(make: Callable[[], object]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        make()
    return str(caught.value)


def one_of_each(row: Operation[..., object]) -> tuple[object, object]:
    """A request of every field the reference lists, and its body or query."""
    ids = ["u1", "u2"]
    email = {"email": "a@b.c", "prioritization": ["identified"]}
    phone = {"phone": "+4912", "prioritization": ["identified"]}
    alias = {"alias_name": "ana", "alias_label": "crm"}
    tracked = {
        "attributes": [{"external_id": "u1", "ltv_90d": 12.5}],
        "events": [{"external_id": "u1", "name": "Bought", "time": TEXT}],
        "purchases": [
            {
                "external_id": "u1",
                "product_id": "shoes",
                "currency": "EUR",
                "price": 9.5,
                "time": TEXT,
            }
        ],
    }
    requests: dict[str, tuple[object, object]] = {
        "track": (TrackUsers(attributes=[WORTH], events=[BOUGHT], purchases=[SHOES]), tracked),
        "track_bulk": (
            TrackUsersBulk(attributes=[WORTH], events=[BOUGHT], purchases=[SHOES]),
            tracked,
        ),
        "track_sync": (TrackUsersSync(events=[BOUGHT]), {"events": tracked["events"]}),
        "create_aliases": (
            CreateAliases(user_aliases=[NewUserAlias(alias_name="ana", alias_label="crm")]),
            {"user_aliases": [alias]},
        ),
        "update_aliases": (
            UpdateAliases(
                alias_updates=[
                    UserAliasUpdate(alias_label="l", old_alias_name="a", new_alias_name="b")
                ]
            ),
            {"alias_updates": [{"alias_label": "l", "old_alias_name": "a", "new_alias_name": "b"}]},
        ),
        "identify": (
            IdentifyUsers(
                aliases_to_identify=[AliasToIdentify(external_id="u1", user_alias=ALIAS)],
                emails_to_identify=[
                    EmailToIdentify(external_id="u1", email="a@b.c", prioritization=["identified"])
                ],
                phone_numbers_to_identify=[
                    PhoneToIdentify(external_id="u1", phone="+4912", prioritization=["identified"])
                ],
                merge_behavior="merge",
            ),
            {
                "aliases_to_identify": [{"external_id": "u1", "user_alias": alias}],
                "emails_to_identify": [{"external_id": "u1", **email}],
                "phone_numbers_to_identify": [{"external_id": "u1", **phone}],
                "merge_behavior": "merge",
            },
        ),
        "merge": (
            MergeUsers(merge_updates=[merge(external_id="u1")]),
            {
                "merge_updates": [
                    {
                        "identifier_to_merge": {"external_id": "u1"},
                        "identifier_to_keep": {"external_id": "keep"},
                    }
                ]
            },
        ),
        "delete": (DeleteUsers(user_aliases=[ALIAS]), {"user_aliases": [alias]}),
        "rename_external_ids": (
            RenameExternalIds(
                external_id_renames=[ExternalIdRename(current_external_id="a", new_external_id="b")]
            ),
            {"external_id_renames": [{"current_external_id": "a", "new_external_id": "b"}]},
        ),
        "remove_external_ids": (RemoveExternalIds(external_ids=ids), {"external_ids": ids}),
        "export_by_ids": (
            ExportUsersByIds(
                external_ids=ids,
                user_aliases=[ALIAS],
                email_address="a@b.c",
                fields_to_export=["external_id", "email"],
            ),
            {
                "external_ids": ids,
                "user_aliases": [alias],
                "email_address": "a@b.c",
                "fields_to_export": ["external_id", "email"],
            },
        ),
        "export_by_segment": (
            ExportUsersBySegment(
                segment_id="s",
                fields_to_export=["email"],
                callback_endpoint="https://a.test",
                custom_attributes_to_export=["vip"],
                output_format="gzip",
            ),
            {
                "segment_id": "s",
                "fields_to_export": ["email"],
                "callback_endpoint": "https://a.test",
                "custom_attributes_to_export": ["vip"],
                "output_format": "gzip",
            },
        ),
        "export_global_control_group": (
            ExportGlobalControlGroup(fields_to_export=["email"], output_format="zip"),
            {"fields_to_export": ["email"]},
        ),
        "get_subscription_by_identifier": (
            GetSubscriptionByIdentifier(email=["a@b.c"], phone="+4912"),
            (("email[]", "a@b.c"), ("phone", "+4912")),
        ),
        "delete_subscription_by_identifier": (
            DeleteSubscriptionByIdentifier(
                identifiers=[
                    SubscriptionIdentifier(email="a@b.c"),
                    SubscriptionIdentifier(phone="+4912"),
                ]
            ),
            [{"email": "a@b.c"}, {"phone": "+4912"}],
        ),
    }
    return requests[row.name]


def merge(**identifier: Any) -> MergeUpdate:
    return MergeUpdate(
        identifier_to_merge=UserIdentifierRef(**identifier),
        identifier_to_keep=UserIdentifierRef(external_id="keep"),
    )


@pytest.mark.parametrize("row", Users.operations(), ids=lambda row: row.name)
def test_a_request_becomes_the_documented_body(row: Operation[..., object]) -> None:
    request, values = one_of_each(row)
    prepared = prepare(row, request)
    assert prepared.path == row.path
    assert (prepared.query, prepared.body) == (
        (values, None) if row.method == "GET" else ((), values)
    )


def test_the_rows_stand_in_the_order_of_the_docs() -> None:
    assert [row.name for row in Users.operations()] == [
        "track",
        "track_bulk",
        "track_sync",
        "create_aliases",
        "update_aliases",
        "identify",
        "merge",
        "delete",
        "rename_external_ids",
        "remove_external_ids",
        "get_subscription_by_identifier",
        "delete_subscription_by_identifier",
        "export_by_ids",
        "export_by_segment",
        "export_global_control_group",
    ]
    assert {row.group for row in Users.operations()} == {"users"}
    assert {row.name for row in Users.operations() if row.availability != "general"} == {
        "track_bulk",
        "track_sync",
        "get_subscription_by_identifier",
        "delete_subscription_by_identifier",
    }


# ---- limits ----


def test_75_objects_together_unless_the_contract_says_otherwise() -> None:
    assert TrackUsers(attributes=[WORTH] * 25, events=[BOUGHT] * 25, purchases=[SHOES] * 25)
    message = refusal(
        lambda: TrackUsers(attributes=[WORTH] * 25, events=[BOUGHT] * 25, purchases=[SHOES] * 26)
    )
    assert "TrackUsers holds 76 attributes and events and purchases: Braze takes 75" in message
    legacy = TrackLimits.PER_ARRAY_75
    full = TrackUsers(
        attributes=[WORTH] * 75, events=[BOUGHT] * 75, purchases=[SHOES] * 75, track_limits=legacy
    )
    body: Any = prepare(Users.track, full).body
    assert sorted(body) == ["attributes", "events", "purchases"]
    for name, item in (("attributes", WORTH), ("events", BOUGHT), ("purchases", SHOES)):
        fields: Any = {name: [item] * 76, "track_limits": legacy}
        assert f"holds 76 {name}" in refusal(lambda fields=fields: TrackUsers(**fields))  # type: ignore[misc]  # mypy reads the default as an argument


@pytest.mark.parametrize("kind", [TrackUsers, TrackUsersBulk, TrackUsersSync])
def test_something_has_to_be_written(kind: type[TrackUsers]) -> None:
    message = refusal(lambda: kind(attributes=[], events=()))
    assert f"{kind.__name__} is empty: give at least one of attributes, events," in message


def test_bulk_takes_1000_objects_and_100_of_one_person() -> None:
    def people(count: int, each: int = 1) -> list[UserAttributes]:
        return [UserAttributes(external_id=f"u{i}") for i in range(count) for _ in range(each)]

    assert TrackUsersBulk(attributes=people(1_000))
    assert "Braze takes 1,000" in refusal(lambda: TrackUsersBulk(attributes=people(1_001)))
    assert TrackUsersBulk(attributes=people(10, 100))
    assert "holds 101 objects of one person: Braze takes 100" in refusal(
        lambda: TrackUsersBulk(attributes=people(1, 50), events=[event("u0")] * 51)
    )


def event(user: str) -> Event:
    return Event(external_id=user, name="Bought", time=NOON)


@pytest.mark.parametrize(
    "identifier",
    [
        {"user_alias": ALIAS},
        {"braze_id": "b"},
        {"email": "a@b.c"},
        {"phone": "+4912"},
        {"email": "a@b.c", "phone": "+4912"},
    ],
)
def test_bulk_counts_people_by_the_identifier_that_names_them(identifier: Any) -> None:
    same = [UserAttributes(**identifier)] * 101
    assert "of one person" in refusal(lambda: TrackUsersBulk(attributes=same))
    tokens = [PushToken(app_id="a", token="t")]
    strangers = [UserAttributes(push_token_import=True, push_tokens=tokens) for _ in range(101)]
    assert TrackUsersBulk(attributes=strangers)


def test_bulk_has_two_megabytes() -> None:
    assert prepare(Users.track_bulk, TrackUsersBulk(events=[BOUGHT])).limit == 2_000_000
    assert prepare(Users.track, TrackUsers(events=[BOUGHT])).limit == 4 * 1024 * 1024


def test_a_synchronous_write_is_one_object() -> None:
    assert TrackUsersSync(purchases=[SHOES])
    assert "Braze takes 1 in one request" in refusal(
        lambda: TrackUsersSync(attributes=[WORTH], events=[BOUGHT])
    )


FIFTY: list[tuple[Callable[[int], object], str]] = [
    (lambda n: CreateAliases(user_aliases=[new_alias()] * n), "user_aliases"),
    (lambda n: UpdateAliases(alias_updates=[alias_update()] * n), "alias_updates"),
    (lambda n: MergeUsers(merge_updates=[merge(external_id="u")] * n), "merge_updates"),
    (lambda n: RenameExternalIds(external_id_renames=[rename()] * n), "external_id_renames"),
    (lambda n: RemoveExternalIds(external_ids=["u"] * n), "external_ids"),
    (lambda n: IdentifyUsers(aliases_to_identify=[identified()] * n), "aliases_to_identify"),
    (lambda n: IdentifyUsers(emails_to_identify=[by_email()] * n), "emails_to_identify"),
    (lambda n: IdentifyUsers(phone_numbers_to_identify=[by_phone()] * n), "phone_numbers_to"),
    (lambda n: DeleteUsers(external_ids=["u"] * n), "external_ids"),
    (lambda n: DeleteUsers(braze_ids=["u"] * n), "braze_ids"),
    (lambda n: ExportUsersByIds(external_ids=["u"] * n), "external_ids"),
]


def new_alias() -> NewUserAlias:
    return NewUserAlias(alias_name="a", alias_label="l")


def alias_update() -> UserAliasUpdate:
    return UserAliasUpdate(alias_label="l", old_alias_name="a", new_alias_name="b")


def rename() -> ExternalIdRename:
    return ExternalIdRename(current_external_id="a", new_external_id="b")


def identified() -> AliasToIdentify:
    return AliasToIdentify(external_id="u1", user_alias=ALIAS)


def by_email(*prioritization: Any) -> EmailToIdentify:
    chosen = prioritization or ("identified",)
    return EmailToIdentify(external_id="u1", email="a@b.c", prioritization=chosen)


def by_phone(*prioritization: Any) -> PhoneToIdentify:
    chosen = prioritization or ("identified",)
    return PhoneToIdentify(external_id="u1", phone="+4912", prioritization=chosen)


@pytest.mark.parametrize(("make", "name"), FIFTY)
def test_lists_hold_1_to_50(make: Callable[[int], object], name: str) -> None:
    assert make(50)
    message = refusal(lambda: make(51))
    assert "51 " in message
    assert name in message
    assert "Braze takes 50 in one request" in message
    assert "give" in refusal(lambda: make(0))


def test_deletions_name_people_by_one_kind_of_identifier() -> None:
    assert "holds external_ids and braze_ids: give exactly one of external_ids," in refusal(
        lambda: DeleteUsers(external_ids=["u"], braze_ids=["b"])
    )
    assert "holds no identifier" in refusal(DeleteUsers)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: DeleteUsers(external_ids=["a" * 988]), "DeleteUsers.external_ids[0]"),
        (lambda: RemoveExternalIds(external_ids=["u", ""]), "RemoveExternalIds.external_ids[1]"),
        (lambda: ExportUsersByIds(external_ids=["a" * 988]), "ExportUsersByIds.external_ids[0]"),
        (lambda: ExportUsersByIds(email_address="ana"), "ExportUsersByIds.email_address"),
        (lambda: ExportUsersByIds(phone=""), "ExportUsersByIds.phone"),
    ],
)
def test_identifiers_are_checked_one_by_one(make: Callable[[], object], field: str) -> None:
    assert field in refusal(make)


def test_an_export_takes_one_single_identifier_beside_the_lists() -> None:
    assert ExportUsersByIds(external_ids=["u"], phone="+4912")
    assert "holds device_id and phone: give exactly one of device_id, braze_id," in refusal(
        lambda: ExportUsersByIds(device_id="d", phone="+4912")
    )
    assert "Braze takes 50" in refusal(
        lambda: ExportUsersByIds(external_ids=["u"] * 30, user_aliases=[ALIAS] * 21)
    )
    assert "is empty: give at least one of external_ids, user_aliases, device_id" in refusal(
        ExportUsersByIds
    )
    fields: Any = ["email", "shoe_size"]
    assert "fields_to_export[1] is a text of 9 characters: give one of apps," in refusal(
        lambda: ExportUsersByIds(external_ids=["u"], fields_to_export=fields)
    )


def test_a_dictionary_is_no_object() -> None:
    attributes: Any = [{"external_id": "u1"}]
    assert "TrackUsers.attributes[0] is a mapping of 1 keys: give UserAttributes" in refusal(
        lambda: TrackUsers(attributes=attributes)
    )
    behavior: Any = "split"
    assert "IdentifyUsers.merge_behavior" in refusal(
        lambda: IdentifyUsers(aliases_to_identify=[identified()], merge_behavior=behavior)
    )


# ---- what may be repeated, and against which pool it counts ----

NEWEST = "most_recently_updated"
OLDEST = "least_recently_updated"


def incremented(value: Any) -> UserAttributes:
    return UserAttributes(external_id="u1", custom={"a": 1, "b": value})


@pytest.mark.parametrize(
    ("row", "request_", "replay"),
    [
        (Users.track, TrackUsers(attributes=[WORTH]), Replay.ALWAYS),
        (Users.track, TrackUsers(attributes=[incremented({"add": ["x"]})]), Replay.ALWAYS),
        (Users.track, TrackUsers(attributes=[WORTH, incremented({"inc": 1})]), Replay.IF_UNSENT),
        (
            Users.track,
            TrackUsers(attributes=[incremented({"$add": [{"x": 1}]})]),
            Replay.IF_UNSENT,
        ),
        (Users.track, TrackUsers(attributes=[WORTH], events=[BOUGHT]), Replay.IF_UNSENT),
        (Users.track, TrackUsers(purchases=[SHOES]), Replay.IF_UNSENT),
        (Users.track_bulk, TrackUsersBulk(attributes=[WORTH]), Replay.ALWAYS),
        (Users.track_bulk, TrackUsersBulk(events=[BOUGHT]), Replay.IF_UNSENT),
        (Users.track_sync, TrackUsersSync(attributes=[WORTH]), Replay.ALWAYS),
        (Users.track_sync, TrackUsersSync(purchases=[SHOES]), Replay.IF_UNSENT),
        (Users.create_aliases, CreateAliases(user_aliases=[new_alias()]), Replay.ALWAYS),
        (Users.update_aliases, UpdateAliases(alias_updates=[alias_update()]), Replay.ALWAYS),
        (Users.identify, IdentifyUsers(aliases_to_identify=[identified()]), Replay.ALWAYS),
        (Users.identify, IdentifyUsers(emails_to_identify=[by_email()]), Replay.ALWAYS),
        (
            Users.identify,
            IdentifyUsers(emails_to_identify=[by_email(), by_email("unidentified", NEWEST)]),
            Replay.IF_UNSENT,
        ),
        (
            Users.identify,
            IdentifyUsers(
                aliases_to_identify=[identified()], phone_numbers_to_identify=[by_phone(OLDEST)]
            ),
            Replay.IF_UNSENT,
        ),
        (Users.merge, MergeUsers(merge_updates=[merge(user_alias=ALIAS)]), Replay.ALWAYS),
        (
            Users.merge,
            MergeUsers(merge_updates=[merge(email="a@b.c", prioritization=["identified"])]),
            Replay.ALWAYS,
        ),
        (
            Users.merge,
            MergeUsers(
                merge_updates=[
                    merge(external_id="u1"),
                    merge(phone="+4912", prioritization=[NEWEST]),
                ]
            ),
            Replay.IF_UNSENT,
        ),
        (Users.delete, DeleteUsers(external_ids=["u1"]), Replay.ALWAYS),
        (
            Users.delete,
            DeleteUsers(
                email_addresses=[EmailToDelete(email="a@b.c", prioritization=["identified"])]
            ),
            Replay.ALWAYS,
        ),
        (
            Users.delete,
            DeleteUsers(
                phone_numbers=[
                    PhoneToDelete(
                        phone="+4912", prioritization=["unidentified", "most_recently_updated"]
                    )
                ]
            ),
            Replay.IF_UNSENT,
        ),
        (
            Users.delete,
            DeleteUsers(
                email_addresses=[
                    EmailToDelete(email="a@b.c", prioritization=["most_recently_updated"])
                ]
            ),
            Replay.IF_UNSENT,
        ),
        (Users.rename_external_ids, RenameExternalIds(external_id_renames=[rename()]), "row"),
        (Users.export_by_ids, ExportUsersByIds(external_ids=["u1"]), Replay.ALWAYS),
    ],
)
def test_a_request_says_what_may_be_repeated_of_it(
    row: Operation[..., object], request_: object, replay: Replay | str
) -> None:
    assert row.replay_of(request_) is (row.replay if replay == "row" else replay)


def test_the_row_shows_the_worst_case() -> None:
    careful = {row.name for row in Users.operations() if row.replay is not Replay.ALWAYS}
    assert careful == {
        "track",
        "track_bulk",
        "track_sync",
        "identify",
        "merge",
        "delete",
        "export_by_segment",
        "export_global_control_group",
    }


@pytest.mark.parametrize(
    ("fields", "bucket"),
    [
        ([], "users_export_ids"),
        (["email", "canvases_received"], "users_export_ids"),
        (["campaigns_received"], "users_export_ids"),
        (["email", "custom_attributes"], "users_export_ids_fields"),
    ],
)
def test_exports_of_few_fields_have_a_pool_of_their_own(fields: Any, bucket: str) -> None:
    request = ExportUsersByIds(external_ids=["u1"], fields_to_export=fields)
    assert Users.export_by_ids.bucket_of(request) == bucket


# ---- answers ----


@pytest.mark.parametrize(
    ("row", "document", "value"),
    [
        (
            Users.track,
            {
                "message": "success",
                "attributes_processed": 1,
                "errors": [
                    {"type": "bad email", "input_array": "attributes", "index": 0},
                    {"type": "'quantity' is not valid", "input_array": "purchases", "index": 3},
                ],
            },
            TrackResult(
                message="success",
                attributes_processed=1,
                errors=(
                    TrackError(type="bad email", input_array="attributes", index=0),
                    TrackError(type="'quantity' is not valid", input_array="purchases", index=3),
                ),
            ),
        ),
        (
            Users.track_bulk,
            {"message": "queued", "errors": [{"type": "X", "index": "3"}, {"index": True}, "Y"]},
            TrackResult(
                message="queued",
                errors=(TrackError(type="X"), TrackError(type=""), TrackError(type="Y")),
            ),
        ),
        (
            Users.track_sync,
            {
                "users": [
                    {
                        "external_id": "u1",
                        "custom_attributes": {"a": [1, None]},
                        "custom_events": [{"name": "n", "first": "f", "last": "l", "count": 2}],
                        "purchase_events": [{"product_id": "p", "count": 1}],
                    }
                ],
                "message": "success",
            },
            TrackUsersSyncResult(
                message="success",
                users=(
                    SyncedUser(
                        external_id="u1",
                        custom_attributes={"a": [1, None]},
                        custom_events=(SyncedActivity(name="n", first="f", last="l", count=2),),
                        purchase_events=(SyncedActivity(product_id="p", count=1),),
                    ),
                ),
            ),
        ),
        (
            Users.identify,
            {"aliases_processed": 2, "message": "success"},
            AliasesProcessed(message="success", aliases_processed=2),
        ),
        (Users.merge, {"message": "success"}, Accepted(message="success")),
        (Users.delete, {"deleted": 1}, UsersDeleted(deleted=1)),
        (
            Users.rename_external_ids,
            {
                "message": "success",
                "external_ids": [{"current_external_id": "a", "new_external_id": "b"}, "c"],
                "rename_errors": [[1, "not found"]],
            },
            ExternalIdsRenamed(
                message="success",
                external_ids=(
                    RenamedExternalId(current_external_id="a", new_external_id="b"),
                    "c",
                ),
                rename_errors=([1, "not found"],),
            ),
        ),
        (
            Users.remove_external_ids,
            {"message": "success", "removed_ids": ["a"], "removal_errors": [[0, "x"]]},
            ExternalIdsRemoved(message="success", removed_ids=("a",), removal_errors=([0, "x"],)),
        ),
    ],
)
def test_the_documented_answer_is_read(
    row: Operation[..., object], document: dict[str, object], value: object
) -> None:
    assert structure({**document, "new_field": {"a": 1}}, row.response) == value


def test_an_exported_profile_is_read() -> None:
    document = {
        "message": "success",
        "users": [
            {
                "external_id": "u1",
                "appboy_id": "b1",
                "created_at": "2020-07-10 15:00:00.000 UTC",
                "user_aliases": [{"alias_name": "ana", "alias_label": "crm"}],
                "last_coordinates": [1.5, 2],
                "total_revenue": 65,
                "gender": None,
                "custom_attributes": {"object": {"a": [1, None]}, "flag": True, "gone": None},
                "custom_events": [{"name": "n", "first": "f", "last": "l", "count": 2}],
                "apps": [{"name": "a", "platform": "iOS", "version": "1", "sessions": 3}],
                "campaigns_received": [
                    {
                        "name": "c",
                        "engaged": {"opened_email": True, "opened_fax": True},
                        "converted": False,
                    }
                ],
                "canvases_received": [
                    {"name": "v", "steps_received": [{"name": "s", "last_received": "t"}]}
                ],
            }
        ],
        "invalid_user_ids": ["u2"],
    }
    assert structure(document, Users.export_by_ids.response) == ExportedUsers(
        message="success",
        invalid_user_ids=("u2",),
        users=(
            ExportedUser(
                external_id="u1",
                older_braze_id="b1",
                created_at="2020-07-10 15:00:00.000 UTC",
                user_aliases=(ExportedAlias(alias_name="ana", alias_label="crm"),),
                last_coordinates=(1.5, 2),
                total_revenue=65,
                custom_attributes={"object": {"a": [1, None]}, "flag": True, "gone": None},
                custom_events=(ExportedActivity(name="n", first="f", last="l", count=2),),
                apps=(ExportedApp(name="a", platform="iOS", version="1", sessions=3),),
                campaigns_received=(
                    ExportedCampaign(
                        name="c", engaged=ExportedEngagement(opened_email=True), converted=False
                    ),
                ),
                canvases_received=(
                    ExportedCanvas(
                        name="v",
                        steps_received=(ExportedCanvasStep(name="s", last_received="t"),),
                    ),
                ),
            ),
        ),
    )


@pytest.mark.parametrize("row", Users.operations(), ids=lambda row: row.name)
def test_an_answer_without_what_is_required_names_the_path(row: Operation[..., object]) -> None:
    fields = attrs.fields(row.response)  # type: ignore[arg-type]  # every response is an attrs class
    required = [field.name for field in fields if field.default is attrs.NOTHING]
    with pytest.raises(Unreadable) as caught:
        structure({}, row.response)
    assert caught.value.problems == tuple(f"required field missing @ $.{name}" for name in required)
    assert required
