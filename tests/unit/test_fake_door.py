"""What a request meets before its endpoint: path, size, key, permission, type, fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from braze_engage.testing import FakeBraze
from braze_engage.testing.routes import ROUTES
from tests.support.fake_calls import COHORTS, Caller, caller

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("POST", "/users/trac", 404, "Invalid URL"),
        ("GET", "/users/track", 404, "Invalid URL"),
        ("POST", "/partners//cohorts", 404, "Invalid URL"),
        ("POST", "/users/track/", 403, "Access Denied"),
    ],
)
def test_unknown_paths(method: str, path: str, status: int, message: str) -> None:
    braze = caller()
    answer = braze.send(path, b"{}", method=method)
    assert (answer.status, answer.body) == (status, {"message": message})
    with pytest.raises(AssertionError, match=f"no route for {method} {path}"):
        braze.fake.check()


@pytest.mark.parametrize(
    ("path", "limit"), [("/users/track", 4 * MIB), ("/users/track/bulk", 2_000_000)]
)
def test_bodies_have_a_size(path: str, limit: int) -> None:
    braze = caller()
    start, end = b'{"attributes": [{"external_id": "u1"}]', b"}"
    fitting = start + b" " * (limit - len(start) - len(end)) + end
    assert braze.send(path, fitting).status == 201
    answer = braze.send(path, fitting + b" ")
    assert (answer.status, answer.body["message"]) == (413, "Request Entity Too Large")


@pytest.mark.parametrize(
    "value", ["", "wrong", "Bearer", "Bearer wrong", 'Bearer "fake-rest-api-key"', "Basic x"]
)
def test_wrong_keys(value: str) -> None:
    answer = caller().post("/users/track", {}, Authorization=value)
    assert (answer.status, answer.body) == (401, {"message": "Invalid API key"})
    assert answer.headers["x-ratelimit-remaining"] == ""


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_has_any_case(scheme: str) -> None:
    braze = caller()
    key = f"{scheme} {braze.fake.rest_api_key}"
    answer = braze.post("/users/track", {"attributes": []}, Authorization=key)
    assert (answer.status, answer.body) == (400, {"message": "No data parsed"})


def test_a_rotated_key_is_accepted_beside_the_new_one() -> None:
    braze = caller()
    braze.fake.extra_keys.add("old-key")
    assert braze.post("/users/track", {}, Authorization="Bearer old-key").status == 400


@pytest.mark.parametrize("route", [r for r in ROUTES if r.permission], ids=lambda r: r.path)
def test_a_missing_permission(route: Any) -> None:
    braze = caller()
    braze.fake.permissions.remove(route.permission)
    answer = braze.call(route, {})
    assert (answer.status, answer.body) == (403, {"message": "Access Denied"})
    braze.fake.reset()
    assert braze.call(route, {}).status in {200, 201, 202, 400, 404}


@pytest.mark.parametrize("path", ["/users/track", COHORTS])
def test_the_wrong_instance_looks_like_a_wrong_key(path: str) -> None:
    fake = FakeBraze(host="rest.iad-06.braze.com")
    right, wrong = Caller(fake), Caller(fake, host="https://rest.fra-01.braze.eu")
    assert right.cohort(path, "aud_1").status == 400
    assert wrong.cohort(path, "aud_1").status == 401


@pytest.mark.parametrize("media_type", ["text/plain", "", "application/x-www-form-urlencoded"])
def test_the_body_must_be_declared_json(media_type: str) -> None:
    answer = caller().post("/users/track", {}, Content_Type=media_type)
    assert (answer.status, answer.body["message"]) == (415, "Unsupported Media Type")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"a": NaN}', b"[]", b'"text"', b"[" * 100_000],
)
def test_the_body_must_be_an_object(body: bytes) -> None:
    braze = caller()
    answer = braze.send("/users/track", body, Content_Type="application/json; charset=utf-8")
    assert answer.status == 400
    (record,) = braze.fake.requests
    assert record.json == {b"[]": [], b'"text"': "text"}.get(body)


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.method} {r.path}")
def test_undocumented_fields_are_named(route: Any) -> None:
    braze = caller()
    answer = braze.call(route, {"surprise": 1})
    if "(root)" in route.fields:
        assert (answer.status, answer.body["message"]) == (400, "'(root)' must be an array")
    else:
        assert (answer.status, answer.body["message"]) == (400, "Unknown field 'surprise'")
    if route.checked:
        answer = braze.call(route, {}, query="surprise=1")
        assert (answer.status, answer.body["message"]) == (400, "Unknown field 'surprise'")


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{r.method} {r.path}")
def test_the_wrong_kind_of_key_is_no_key(route: Any) -> None:
    braze = caller()
    keys = {
        "REST API key": braze.fake.rest_api_key,
        "SCIM token": braze.fake.scim_token,
        "client-side REST key": braze.fake.client_side_key,
    }
    for kind, key in keys.items():
        if kind != route.described.credential and not route.partner:
            answer = braze.call(route, {}, Authorization=f"Bearer {key}")
            assert (answer.status, answer.body) == (401, {"message": "Invalid API key"})


def test_a_scim_token_needs_its_origin() -> None:
    braze = caller()
    token = f"Bearer {braze.fake.scim_token}"
    path = "/scim/v2/Users/u1"
    assert braze.send(path, b"", method="DELETE", Authorization=token).status == 401
    origin = "https://idp.example"
    answer = braze.send(path, b"", method="DELETE", Authorization=token, X_Request_Origin=origin)
    assert (answer.status, answer.body) == (204, None)


@pytest.mark.parametrize(
    ("array", "item", "named"),
    [
        ("events", {"external_id": "u1", "colour": 1}, "'colour' in events"),
        ("purchases", {"external_id": "u1", "name": "x"}, "'name' in purchases"),
        ("attributes", {"user_alias": {"alias_name": "a", "x": 1}}, "'x' in user_alias"),
        ("attributes", {"external_id": "u1", "push_tokens": [{"x": 1}]}, "'x' in push_tokens"),
        (
            "attributes",
            {"external_id": "u1", "subscription_groups": [{"x": 1}]},
            "'x' in subscription_groups",
        ),
    ],
)
def test_undocumented_fields_of_objects_are_named(
    array: str, item: dict[str, object], named: str
) -> None:
    answer = caller().track(**{array: [item]})
    assert (answer.status, answer.body["message"]) == (400, f"Unknown field {named}")


def test_requests_are_recorded_without_showing_keys() -> None:
    braze = caller()
    braze.attributes(vip=True)
    (record,) = braze.fake.requests
    assert (record.method, record.path, record.status) == ("POST", "/users/track", 201)
    assert record.json == {"attributes": [{"external_id": "u1", "vip": True}]}
    assert record.headers["authorization"] == f"Bearer {braze.fake.rest_api_key}"
    assert braze.fake.rest_api_key not in repr(record) + repr(braze.fake)
    assert record.finished is not None
    assert record.finished >= record.time


def test_records_are_bounded_in_number_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("braze_engage.testing.recording.KEPT_REQUESTS", 3)
    braze = caller()
    for number in range(5):
        braze.attributes(number=number)
    assert braze.fake.requests_total == 5
    kept = [json.loads(record.body)["attributes"][0]["number"] for record in braze.fake.requests]
    assert kept == [2, 3, 4]
    monkeypatch.setattr("braze_engage.testing.recording.KEPT_BYTES", 10)
    braze.attributes(number=5)
    assert braze.fake.requests == []


def test_bodies_need_not_be_kept() -> None:
    braze = caller(keep_bodies=False)
    braze.attributes(vip=True)
    assert [record.json for record in braze.fake.requests] == [None]
    assert braze.fake.users["u1"].custom_attributes == {"vip": True}


def test_reset_forgets_everything_and_restores_settings() -> None:
    fake = FakeBraze(lag=1.0)
    fake.add_user("u1")
    fake.lag = 5.0
    fake.cohorts_enabled = False
    fake.permissions.clear()
    fake.extra_keys.add("x")
    fake.data_import_key = "rotated"
    fake.fail("/users/track", status=500)
    fake.reset()
    fake.check()
    assert (fake.lag, fake.cohorts_enabled, fake.extra_keys) == (1.0, True, set())
    assert "users.track" in fake.permissions
    assert fake.data_import_key == "fake-data-import-key"
    assert dict(fake.users) == {}


def test_an_address_needs_a_server() -> None:
    with pytest.raises(RuntimeError, match=r"session=fake\.session\(\)"):
        _ = FakeBraze().url
