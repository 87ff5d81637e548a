"""Every row against a mock server of others, driven by a description of what Braze documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from braze_engage import BrazeClient
from braze_engage.errors import BrazeError
from braze_engage.testing.catalogue import ROOT, Described, endpoints, shapes
from tests.contract.test_every_row import sample_of
from tests.prism.openapi import document
from tests.prism.server import Prism, why_not
from tests.support.samples import Row, build, described, full, minimal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.samples import Sample

ROWS: list[Row] = [*BrazeClient.operations()]
EACH_ROW = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.group}.{row.name}")
NEEDS_PRISM = pytest.mark.skipif(bool(why_not()), reason=why_not())
REFUSED = 422


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prism]:
    with Prism(tmp_path_factory.mktemp("prism")) as started:
        yield started


@pytest.fixture(scope="module")
def client(prism: Prism) -> Iterator[BrazeClient]:
    with BrazeClient(
        "rest-key",
        data_center=prism.url,
        scim_token="scim-token",
        scim_origin="https://idp.example",
        client_side_key="client-key",
    ) as made:
        yield made


@NEEDS_PRISM
@pytest.mark.parametrize("make", [minimal, full])
@EACH_ROW
def test_the_mock_server_finds_nothing_wrong_with_a_request(
    row: Row, make: Callable[[Any], Sample], client: BrazeClient, prism: Prism
) -> None:
    request = build(row.request, sample_of(row, make))
    try:
        reply = client.perform(row, request)
    except BrazeError as error:
        pytest.fail(f"{error}\n{prism.last_words()}")
    assert "sl-violations" not in reply.headers
    assert reply.status == described(row).status
    assert isinstance(reply.value, row.response)


# ---- a check that cannot fail would be none ----


def closed_bodies() -> list[Described]:
    """Endpoints whose body is an object of known fields."""
    return [
        one
        for one in endpoints()
        if one.named("body") - {ROOT} and not one.path.startswith("/partners/")
    ]


@NEEDS_PRISM
@pytest.mark.parametrize("endpoint", closed_bodies(), ids=lambda one: f"{one.method} {one.path}")
def test_the_mock_server_sees_a_field_that_is_not_documented(
    endpoint: Described, prism: Prism
) -> None:
    path = endpoint.path.replace("{", "").replace("}", "")
    body = {param.name: "x" for param in endpoint.params if param.place == "body"}
    answer = requests.request(
        endpoint.method,
        f"{prism.url}{path}",
        json={**body, "not_documented": 1},
        headers={"Authorization": "Bearer key", "X-Request-Origin": "https://idp.example"},
        timeout=30,
    )
    assert answer.status_code == REFUSED
    assert "not_documented" in answer.text or "additional properties" in answer.text


@NEEDS_PRISM
@pytest.mark.parametrize(
    ("method", "address", "headers", "status"),
    [
        ("GET", "/segments/details?segment_id=s", {}, 401),
        ("GET", "/segments/details", {"Authorization": "Bearer key"}, REFUSED),
        (
            "GET",
            "/segments/data_series?segment_id=s&length=101",
            {"Authorization": "Bearer key"},
            REFUSED,
        ),
        ("GET", "/scim/v2/Users/1", {"Authorization": "Bearer key"}, REFUSED),
        ("GET", "/nothing/here", {"Authorization": "Bearer key"}, 404),
    ],
)
def test_the_mock_server_sees_other_mistakes(
    method: str, address: str, headers: dict[str, str], status: int, prism: Prism
) -> None:
    answer = requests.request(method, prism.url + address, headers=headers, timeout=30)
    assert answer.status_code == status


# ---- the description itself ----


def test_every_endpoint_of_the_client_is_described() -> None:
    paths = document()["paths"]
    stated = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert stated == {
        (one.method, one.path) for one in endpoints() if one.credential != "partner key"
    }
    assert stated >= {(row.method, row.path) for row in ROWS}


def test_every_object_named_is_described() -> None:
    described_objects = document()["components"]["schemas"]
    assert described_objects.keys() == shapes().keys()


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    objects = {f"#/components/schemas/{name}" for name in whole["components"]["schemas"]}
    assert set(references(whole)) <= objects
