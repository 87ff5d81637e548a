"""What the fake refuses and answers by Braze's documentation alone, for routes of every kind."""

from __future__ import annotations

from typing import Any

import pytest

from braze_engage.testing import FakeBraze
from braze_engage.testing.canned import canned, example
from braze_engage.testing.catalogue import Parameter, endpoints
from braze_engage.testing.messages import Call, Refused
from braze_engage.testing.paging import limited, linked_page, numbered_page
from braze_engage.testing.quotas import BRAZE_QUOTAS
from braze_engage.testing.routes import ROUTES, find_route, route_for_script
from braze_engage.testing.shapes import check, inner, split
from tests.support.fake_calls import Answered, Caller, caller

ITEMS = "/catalogs/shoes/items"
SERIES = "/campaigns/data_series"
PEOPLE = {
    "external_user_ids": ["a"] * 26,
    "user_aliases": [{"alias_name": "a", "alias_label": "b"}] * 25,
}
TRIGGER = {"campaign_id": "c", "recipients": [{"external_user_id": "u1"}]}


def send(
    method: str, path: str, body: object = None, query: str = "", fake: FakeBraze | None = None
) -> Answered:
    """Send to a route, with the key it takes."""
    found = find_route(method, path)
    assert found is not None
    braze = Caller(fake or FakeBraze())
    answer = braze.call(found[0], body, path=path, query=query)
    braze.fake.check()
    return answer


@pytest.mark.parametrize(
    ("method", "path", "body", "query", "words"),
    [
        ("GET", SERIES, None, "campaign_id=c", "'length' is required"),
        ("GET", SERIES, None, "campaign_id=c&length=x", "must be an integer"),
        ("GET", SERIES, None, "campaign_id=c&length=0", "at least 1"),
        ("GET", SERIES, None, "campaign_id=c&length=101", "at most 100"),
        ("GET", SERIES, None, "campaign_id=c&length=5&ending_at=noon", "an ISO 8601 time"),
        ("GET", "/campaigns/list", None, "sort_direction=up", "one of asc, desc"),
        ("GET", "/campaigns/list", None, "include_archived=yes", "must be a boolean"),
        ("GET", "/campaigns/list", None, "colour=red", "Unknown field 'colour'"),
        ("GET", "/email/hard_bounces", None, "end_date=2026-01-02", "one of start_date, email"),
        ("GET", "/email/hard_bounces", None, "end_date=2026-1-1", "must be a date"),
        ("POST", ITEMS, {"items": []}, "", "at least 1 items"),
        ("POST", ITEMS, {"items": [{"id": "a"}] * 51}, "", "at most 50 items"),
        ("POST", ITEMS, {"items": ["a"]}, "", "'items[0]' must be an object"),
        ("POST", ITEMS, {"items": [{"id": "a b"}]}, "", "not allowed"),
        ("POST", ITEMS, {"items": [{"id": 5}]}, "", "'items[0].id' must be a string"),
        ("POST", "/catalogs/no%20blanks/items", {"items": [{"id": "a"}]}, "", "not allowed"),
        ("DELETE", ITEMS, {"items": [{"id": "a", "x": 1}]}, "", "'x' in items[0]"),
        ("DELETE", ITEMS, {"items": [{}]}, "", "'items[0].id' is required"),
        ("DELETE", ITEMS, None, "", "'items' is required"),
        ("POST", "/messages/send", PEOPLE, "", "at most 50 items together"),
        (
            "POST",
            "/campaigns/trigger/send",
            {"campaign_id": "c", "recipients": [{"external_user_id": "u1", "email": "a@b.c"}]},
            "",
            "'recipients[0]' must hold exactly one of external_user_id, user_alias",
        ),
        (
            "POST",
            "/campaigns/trigger/send",
            {"campaign_id": "c", "audience": {"AND": [{"last_used_app": {"value": "x"}}]}},
            "",
            "'audience.AND[0].last_used_app.comparison' is required",
        ),
        (
            "POST",
            "/campaigns/trigger/send",
            {"campaign_id": "c", "audience": {"AND": [], "OR": []}},
            "",
            "'audience' must hold exactly one of AND, OR",
        ),
        (
            "POST",
            "/campaigns/trigger/send",
            {**TRIGGER, "trigger_properties": {"a": "x" * 52_000}},
            "",
            "at most 51200 bytes",
        ),
        (
            "POST",
            "/campaigns/trigger/send",
            {"campaign_id": "c", "recipients": [{"user_alias": {"alias_name": "a"}}]},
            "",
            "'recipients[0].user_alias.alias_label' is required",
        ),
        ("POST", "/apps/push_credential/update", {"app_id": "a"}, "", "exactly one of apple"),
        ("POST", "/sends/id/create", {"campaign_id": "c", "send_id": "x" * 65}, "", "64 charact"),
        ("GET", "/subscription/status/get", None, "subscription_group_id=g", "at least one of"),
        (
            "GET",
            "/subscription/status/get",
            None,
            "subscription_group_id=g" + "&email[]=a@b.c" * 51,
            "at most 50 items",
        ),
        ("PUT", "/scim/v2/Users/u", {"schemas": ["other"]}, "", "'schemas' must be one of urn"),
    ],
)
def test_what_breaks_the_documentation_is_refused(
    method: str, path: str, body: object, query: str, words: str
) -> None:
    answer = send(method, path, body, query)
    assert answer.status == 400
    assert words in answer.body["message"]


@pytest.mark.parametrize(
    ("method", "path", "body", "query", "status"),
    [
        ("GET", "/kpi/dau/data_series", None, "length=5&ending_at=2026-11-02T09:15:00Z", 200),
        ("GET", "/feed/list", None, "page=0&include_archived=true", 200),
        ("GET", "/sms/invalid_phone_numbers", None, "phone_numbers[]=1&phone_numbers[]=2", 200),
        ("POST", "/cdi/integrations/i/sync", None, "", 202),
        ("POST", "/cdi/integrations/i/sync", {}, "", 202),
        ("DELETE", "/scim/v2/Users/u", None, "", 204),
    ],
)
def test_what_keeps_to_it_is_answered(
    method: str, path: str, body: object, query: str, status: int
) -> None:
    assert send(method, path, body, query).status == status


def test_a_body_may_be_a_bare_array() -> None:
    (path,) = {one.path for one in endpoints() if "(root)" in one.named("body")}
    path = path.replace("{subscription_group_id}", "g")
    assert send("DELETE", path, [{"email": "a@b.c"}]).status in {200, 202}
    assert "'x' in (root)[0]" in send("DELETE", path, [{"x": 1}]).body["message"]


def test_a_form_carries_a_file() -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nshoe\r\n'
        b'--x\r\nContent-Disposition: form-data; name="asset_file"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x89PNG\r\n--x--\r\n"
    )
    kind = "multipart/form-data; boundary=x"
    answer = caller().send("/media_library/create", body, Content_Type=kind)
    assert answer.status in {200, 201}
    assert caller().send("/users/track", body, Content_Type=kind).status == 415
    both = body.replace(b'name="name"', b'name="asset_url"')
    answer = caller().send("/media_library/create", both, Content_Type=kind)
    assert "exactly one of" in answer.body["message"]


def test_an_answer_echoes_what_it_names() -> None:
    answer = send("GET", "/data_objects/types", query="limit=7&offset=21")
    assert (answer.body["limit"], answer.body["offset"]) == (7, 21)
    assert (answer.body["has_more"], answer.body["next_offset"]) == (False, None)


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.method} {r.path}")
def test_every_answer_has_every_documented_field(route: Any) -> None:
    tops = {field.name.partition(".")[0].partition("[")[0] for field in route.described.answer}
    assert set(example(route.described)) == tops
    assert set(canned(route.described, {})) == tops


def test_nested_fields_lie_where_their_names_say() -> None:
    (banners,) = (one for one in endpoints() if one.path.endswith("banners/sync"))
    answer: Any = example(banners)
    assert answer["banners"]["key"]["expires_at"] == 1
    (canvas,) = (one for one in endpoints() if one.path == "/canvas/data_series")
    answer = example(canvas)
    assert answer["data"]["stats"][0]["total_stats"]["revenue"] == 1.5


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ("string|array<string>", "a", True),
        ("string|array<string>", ["a"], True),
        ("string|array<string>", ["a", 1], False),
        ("string|array<string>", 1, False),
        ("integer", True, False),
        ("integer", 1.0, False),
        ("number", 1, True),
        ("boolean", 0, False),
        ("object<string,integer>", {"a": 1}, True),
        ("object<string,integer>", {"a": "1"}, False),
        ("object<string,object:UserAlias|null>", {"a": None}, True),
        ("array<object:UserAlias>", [{"alias_name": "a", "alias_label": "b"}], True),
        ("array<string:ExportField>", ["email"], True),
        ("array<string:ExportField>", ["shoe_size"], False),
        ("string|null", None, True),
        ("string", None, False),
        ("any", None, False),
        ("any", [1], True),
        ("date", "2026-02-30", False),
        ("date", "2026-02-28", True),
        ("datetime-iso8601", "2026-02-28T10:00:00+02:00", True),
    ],
)
def test_types_are_told_apart(kind: str, value: Any, fits: bool) -> None:
    parameter = Parameter(name="thing", type=kind)
    if fits:
        check(parameter, value, "thing")
    else:
        with pytest.raises(Refused, match="thing"):
            check(parameter, value, "thing")


def test_lengths_count_bytes_where_bytes_are_meant() -> None:
    parameter = Parameter(name="thing", type="string", min_bytes=3, max_bytes=4)
    check(parameter, "üü", "thing")
    for wrong in ("ü", "üüa"):
        with pytest.raises(Refused, match="bytes"):
            check(parameter, wrong, "thing")


def test_types_are_split_outside_of_brackets() -> None:
    assert split("a|array<b|c>|d") == ["a", "array<b|c>", "d"]
    assert inner("array<object<string,a|b>>") == "object<string,a|b>"
    assert inner("object<string,a|b>") == "a|b"


def asked(**query: Any) -> Call:
    return Call({}, {}, query, "https://h/things")


def test_lists_are_cut_into_pages() -> None:
    items = list(range(25))
    assert numbered_page(asked(page=2), items, 10) == items[20:]
    assert numbered_page(asked(), items, 10) == items[:10]
    assert limited(asked(limit=5, offset=10), items) == items[10:15]
    assert limited(asked(), items) == items
    page, headers = linked_page(asked(), items, 10)
    assert page == items[:10]
    assert headers == {"link": '<https://h/things?cursor=after-10>; rel="next"'}
    page, headers = linked_page(asked(cursor="after-20"), items, 10)
    assert page == items[20:]
    assert headers == {"link": '<https://h/things?cursor=after-10>; rel="prev"'}
    assert linked_page(asked(), items) == (items, {})


def test_every_pool_has_its_limit_or_that_of_all_the_others() -> None:
    undocumented = {"email_user_subscription", "push_credential", "device_messaging"}
    pools = {one.bucket for one in endpoints()}
    assert pools - set(BRAZE_QUOTAS) == undocumented | {"transactional"}


def test_broadcasts_have_a_pool_of_their_own() -> None:
    fake = FakeBraze(quotas={"broadcast_sends": (1, 60.0)})
    path, named = "/campaigns/trigger/send", {"campaign_id": fake.campaigns.add("Sale").id}
    everyone = {**named, "broadcast": True}
    statuses = [send("POST", path, body, fake=fake).status for body in (everyone, everyone)]
    assert statuses == [201, 429]
    assert send("POST", path, {**TRIGGER, **named}, fake=fake).status == 201
    assert send("POST", path, {"x": 1}, fake=fake).status == 429


def test_faults_are_scripted_for_templates_and_for_paths() -> None:
    assert route_for_script("/catalogs/{catalog_name}") == "/catalogs/{catalog_name}"
    assert route_for_script("/catalogs/shoes") == "/catalogs/{catalog_name}"
    assert route_for_script("/preference_center/v1/list") == "/preference_center/v1/list"
    with pytest.raises(ValueError, match="no route answers"):
        route_for_script("/shoes")
