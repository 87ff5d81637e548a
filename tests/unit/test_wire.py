"""Typed values to JSON and back."""

from __future__ import annotations

import traceback
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import pytest

from braze_engage._wire import (
    Prepared,
    Unreadable,
    decode,
    encode,
    prepare,
    structure,
    unstructure,
)
from braze_engage.errors import ConfigurationError
from braze_engage.objects import Upload, UserAlias, UserAttributes
from braze_engage.objects.fields import NOT_SENT, WHOLE_BODY, wire_name
from braze_engage.operation import UNSET, Family, Operation, Replay, Unset

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.objects import JsonValue
    from braze_engage.operation import Method


class Colour(Enum):
    RED = "red"


@attrs.frozen(kw_only=True)
class Sample:
    text: str | None = None
    cleared: str | Unset | None = UNSET
    moment: datetime | None = None
    day: date | None = None
    colour: Colour | None = None
    alias: UserAlias | None = None
    many: tuple[int, ...] = ()
    renamed: Annotated[bool, wire_name("_renamed")] = False
    steering: Annotated[int, NOT_SENT] = 1


def test_fields_at_their_default_are_not_sent() -> None:
    assert unstructure(Sample()) == {}
    assert unstructure(Sample(text=None, many=(), steering=2)) == {}


def test_explicit_null_is_sent_where_the_default_is_unset() -> None:
    assert unstructure(Sample(cleared=None)) == {"cleared": None}
    assert unstructure(Sample(cleared="")) == {"cleared": ""}


def test_values_take_their_wire_form() -> None:
    value = Sample(
        text="a",
        moment=datetime(2026, 11, 23, 12, 15, 0, 999_999, timezone(timedelta(hours=2))),
        day=date(2026, 1, 2),
        colour=Colour.RED,
        alias=UserAlias(alias_name="n", alias_label="l"),
        many=(1, 2),
        renamed=True,
    )
    assert unstructure(value) == {
        "text": "a",
        "moment": "2026-11-23T10:15:00.999Z",
        "day": "2026-01-02",
        "colour": "red",
        "alias": {"alias_name": "n", "alias_label": "l"},
        "many": [1, 2],
        "_renamed": True,
    }


def test_a_time_without_zone_is_utc() -> None:
    assert unstructure(datetime(2026, 1, 2, 3, 4, 5)) == "2026-01-02T03:04:05.000Z"  # noqa: DTZ001 - without zone on purpose


def test_custom_attributes_stand_beside_profile_fields() -> None:
    attributes = UserAttributes(
        external_id="u1", merge_objects=True, last_name=None, custom={"a": 1, "b": None}
    )
    assert unstructure([attributes]) == [
        {"external_id": "u1", "_merge_objects": True, "last_name": None, "a": 1, "b": None}
    ]


# ---- bytes ----


def test_a_body_is_compact_utf_8() -> None:
    assert encode({"a": ["ü", 1.5, None, True]}) == '{"a":["ü",1.5,null,true]}'.encode()


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), "\ud800", {"a": {"b": "\udfff"}}, nested(100_000), {"a": {1, 2}}],
    ids=["nan", "inf", "surrogate", "inner surrogate", "deep", "set"],
)
def test_what_is_no_json_is_refused_without_being_shown(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="the request is no JSON") as caught:
        encode(value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_body_may_have_exactly_as_many_bytes_as_braze_takes() -> None:
    assert len(encode("é" * 3, limit=8)) == 8
    with pytest.raises(
        ConfigurationError, match="the request takes 8 bytes and Braze 7: send it in parts"
    ):
        encode("é" * 3, limit=7)


def test_the_usual_limit_is_four_mebibytes() -> None:
    most = 4 * 1024 * 1024
    assert len(encode("a" * (most - 2))) == most
    with pytest.raises(ConfigurationError, match="send it in parts"):
        encode("a" * (most - 1))


@pytest.mark.parametrize("value", [["SECRET-1", float("nan")], ["SECRET-1" * 10]])
def test_an_error_holds_no_body(value: list[JsonValue]) -> None:
    held = [value]
    del value
    try:
        encode(held.pop(), limit=20)
    except ConfigurationError as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        own = [frame for frame in shown.stack if frame.filename.endswith("_wire.py")]
        assert own
        assert "SECRET-1" not in str([frame.locals for frame in own])
    else:
        pytest.fail("it was encoded")


def test_an_empty_answer_is_none() -> None:
    assert decode(b" \n") is None
    assert decode(b'{"a":[1]}') == {"a": [1]}


# ---- answers ----


@attrs.frozen(kw_only=True)
class Inner:
    index: int


@attrs.frozen(kw_only=True)
class Lenient:
    text: str

    @classmethod
    def from_wire(cls, value: object) -> Lenient:
        return cls(text=str(value))


@attrs.frozen(kw_only=True)
class Answered:
    message: str
    share: float = 0.0
    flag: bool | None = None
    inner: tuple[Inner, ...] = ()
    either: tuple[str | Inner, ...] = ()
    lenient: Lenient | None = None
    named: Annotated[str, wire_name("_named")] = ""


def test_an_answer_is_read() -> None:
    document = {
        "message": "success",
        "share": 1,
        "flag": False,
        "inner": [{"index": 1, "new": "x"}],
        "either": ["a", {"index": 2}],
        "lenient": [1],
        "_named": "n",
        "unknown": {"deep": [1]},
    }
    assert structure(document, Answered) == Answered(
        message="success",
        share=1,
        flag=False,
        inner=(Inner(index=1),),
        either=("a", Inner(index=2)),
        lenient=Lenient(text="[1]"),
        named="n",
    )


def test_null_is_as_good_as_absent() -> None:
    document = {"message": "success", "share": None, "flag": None, "inner": None, "lenient": None}
    assert structure(document, Answered) == Answered(message="success")


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({}, "required field missing @ $.message"),
        ({"message": None}, "required field missing @ $.message"),
        ({"message": 1}, "invalid value for type, expected str @ $.message"),
        ({"message": "s", "share": "1"}, "invalid value for type, expected float @ $.share"),
        ({"message": "s", "share": True}, "invalid value for type, expected float @ $.share"),
        ({"message": "s", "flag": 1}, "invalid value for type, expected bool | None @ $.flag"),
        (
            {"message": "s", "inner": [{"index": 1}, {"index": True}]},
            "invalid value for type, expected int @ $.inner[1].index",
        ),
        ({"message": "s", "inner": [[]]}, "invalid value for type, expected Inner @ $.inner[0]"),
        ({"message": "s", "inner": 3}, "invalid value for type, expected tuple @ $.inner"),
        ([], "invalid value @ $"),
        (None, "invalid value @ $"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_path(document: object, problem: str) -> None:
    with pytest.raises(Unreadable) as caught:
        structure(document, Answered)
    assert caught.value.problems == (problem,)
    assert str(caught.value) == problem
    assert caught.value.__context__ is None


# ---- paths, queries, bodies ----


@attrs.frozen(kw_only=True)
class FindItems:
    catalog: str = ""
    item: str | None = None
    archived: bool | None = None
    ids: tuple[str, ...] = ()
    page: int = 0


@attrs.frozen(kw_only=True)
class Small:
    body_bytes = 10
    text: str = ""


def row(
    method: Method, path: str, request: Callable[..., object] = FindItems
) -> Operation[..., object]:
    class Items(Family):
        group = "items"
        find = Operation(
            method,
            path,
            request,
            object,
            bucket="default",
            replay=Replay.ALWAYS,
            permission=None,
            docs="",
        )

    return Items.find


def test_placeholders_are_filled_percent_encoded_and_taken_from_the_body() -> None:
    request = FindItems(catalog="a/b c?", item="é", page=2)
    assert prepare(row("POST", "/catalogs/{catalog}/items/{item}"), request) == Prepared(
        path="/catalogs/a%2Fb%20c%3F/items/%C3%A9", body={"page": 2}
    )


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_placeholder_that_would_change_the_path_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError, match="catalog becomes part of the address"):
        prepare(row("GET", "/catalogs/{catalog}"), FindItems(catalog=value))


def test_fields_of_a_get_become_its_query() -> None:
    request = FindItems(archived=False, ids=("a", "b"), page=2)
    assert prepare(row("GET", "/items"), request) == Prepared(
        path="/items",
        query=(("archived", "false"), ("ids[]", "a"), ("ids[]", "b"), ("page", "2")),
    )


def test_a_deletion_has_a_body_only_where_it_says_something() -> None:
    assert prepare(row("DELETE", "/items"), FindItems()).body is None
    assert prepare(row("DELETE", "/items"), FindItems(page=1)).body == {"page": 1}
    assert prepare(row("POST", "/items"), FindItems()).body == {}


def test_a_request_class_may_have_a_limit_of_its_own() -> None:
    assert prepare(row("POST", "/items", Small), Small(text="a")).limit == 10
    assert prepare(row("POST", "/items"), FindItems()).limit == 4 * 1024 * 1024


def test_a_prepared_request_does_not_show_itself() -> None:
    prepared = prepare(row("GET", "/items/{item}"), FindItems(item="ana", ids=("ben",)))
    assert "ana" in prepared.path
    assert "ana" not in repr(prepared)
    assert "ben" not in repr(prepared)


@attrs.frozen(kw_only=True)
class ReplaceFile:
    asset: str
    asset_file: Upload | None = None
    tags: tuple[str, ...] = ()
    body_bytes = 5_000


def replaced(request: object) -> Prepared:
    class Assets(Family):
        group = "assets"
        replace = Operation(
            "PUT",
            "/assets",
            ReplaceFile,
            dict,
            bucket="x",
            replay=Replay.NEVER,
            permission=None,
            docs="",
        )

    return prepare(Assets.replace, request)


def test_a_file_makes_the_body_a_form() -> None:
    upload = Upload(file_name='a "b"\r\n.png', content=b"\x89PNG\r\n--")
    prepared = replaced(ReplaceFile(asset="Grüße", asset_file=upload, tags=("a",)))
    kind, _, boundary = prepared.content_type.partition("; boundary=")
    assert kind == "multipart/form-data"
    assert isinstance(prepared.body, bytes)
    parts = prepared.body.split(f"--{boundary}".encode())
    assert parts == [
        b"",
        '\r\nContent-Disposition: form-data; name="asset"\r\n\r\nGrüße\r\n'.encode(),
        (
            b'\r\nContent-Disposition: form-data; name="asset_file"; filename="a %22b%22%0D%0A.png"'
            b"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--\r\n"
        ),
        b'\r\nContent-Disposition: form-data; name="tags"\r\n\r\n["a"]\r\n',
        b"--\r\n",
    ]
    assert encode(prepared.body, limit=prepared.limit) is prepared.body
    assert prepared == replaced(ReplaceFile(asset="Grüße", asset_file=upload, tags=("a",)))
    with pytest.raises(ConfigurationError, match="bytes"):
        encode(prepared.body, limit=10)


def test_without_a_file_the_body_is_json() -> None:
    prepared = replaced(ReplaceFile(asset="a"))
    assert prepared.body == {"asset": "a"}
    assert (prepared.content_type, prepared.limit) == ("application/json", 5_000)


@pytest.mark.parametrize("fields", [{"content": b""}, {"content": "text"}, {"file_name": ""}])
def test_a_file_needs_a_name_and_content(fields: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="Upload"):
        Upload(**{"file_name": "a.png", "content": b"x", **fields})


@attrs.frozen(kw_only=True)
class RemoveEach:
    group_id: str
    entries: Annotated[tuple[UserAlias, ...], WHOLE_BODY] = ()


def test_a_field_may_be_the_body_itself() -> None:
    class Bare(Family):
        group = "bare"
        remove = Operation(
            "DELETE",
            "/bare/{group_id}",
            RemoveEach,
            dict,
            bucket="x",
            replay=Replay.NEVER,
            permission=None,
            docs="",
        )

    alias = UserAlias(alias_name="a", alias_label="b")
    prepared = prepare(Bare.remove, RemoveEach(group_id="g/1", entries=(alias,)))
    assert prepared.path == "/bare/g%2F1"
    assert prepared.body == [{"alias_name": "a", "alias_label": "b"}]


@attrs.frozen(kw_only=True)
class CamelUser:
    user_name: Annotated[str, wire_name("userName")]
    created_at: Annotated[str | None, wire_name("createdAt")] = None


def test_names_on_the_wire_are_read_too() -> None:
    read = structure({"userName": "ana", "createdAt": "now", "more": 1}, CamelUser)
    assert read == CamelUser(user_name="ana", created_at="now")
    with pytest.raises(Unreadable, match=r"\$"):
        structure({"user_name": "ana"}, CamelUser)
