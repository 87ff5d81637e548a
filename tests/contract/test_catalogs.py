"""Catalogs, their items, fields and selections against the fake, over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from braze_engage.errors import BadRequest, ConfigurationError, NotFound
from braze_engage.objects import (
    Catalog,
    CatalogField,
    CatalogItemRef,
    CatalogSelection,
    CatalogSelectionFilter,
)
from tests.support.fake_calls import Caller

if TYPE_CHECKING:
    from braze_engage import BrazeClient
    from braze_engage.objects import CatalogItem
    from braze_engage.testing import FakeBraze
    from braze_engage.testing.catalogs import CatalogTable

TARIFFS = {"price": "number", "tags": "array"}


@pytest.fixture
def tariffs(fake_braze: FakeBraze) -> CatalogTable:
    return fake_braze.catalogs.add("tariffs", TARIFFS)


def wanted(name: str) -> Catalog:
    return Catalog(
        name=name,
        description="What we sell",
        fields=[CatalogField(name="id", type="string"), CatalogField(name="price", type="number")],
    )


def test_a_catalog_is_made_listed_and_deleted(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    braze.catalogs.create(catalogs=[wanted("stores")])
    (listed,) = braze.catalogs.list().catalogs
    assert (listed.name, listed.num_items) == ("stores", 0)
    assert [(field.name, field.type) for field in listed.fields] == [
        ("id", "string"),
        ("price", "number"),
    ]
    with pytest.raises(BadRequest, match="catalog-name-already-exists"):
        braze.catalogs.create(catalogs=[wanted("stores")])
    braze.catalogs.delete(catalog_name="stores")
    assert not fake_braze.catalogs
    with pytest.raises(NotFound, match="catalog-not-found"):
        braze.catalogs.delete(catalog_name="stores")


def test_any_number_of_items_is_written_and_read_to_the_end(
    braze: BrazeClient, fake_braze: FakeBraze, tariffs: CatalogTable
) -> None:
    items: list[CatalogItem] = [{"id": f"t{number}", "price": number} for number in range(120)]
    done = braze.catalog_items.replace_many.in_batches(catalog_name="tariffs", items=iter(items))
    assert (done.accepted, done.refused, done.requests) == (120, 0, 3)
    assert tariffs.items["t119"] == {"price": 119}
    before = fake_braze.requests_total
    found = list(braze.catalog_items.list.items(catalog_name="tariffs"))
    assert {item["id"]: item["price"] for item in found} == {
        f"t{number}": number for number in range(120)
    }
    assert fake_braze.requests_total - before == 3
    with pytest.raises(BadRequest, match="invalid-cursor"):
        braze.catalog_items.list(catalog_name="tariffs", cursor="nowhere")


def test_one_refused_item_costs_nothing_beside_it(
    braze: BrazeClient, tariffs: CatalogTable
) -> None:
    items: list[CatalogItem] = [
        {"id": "a", "price": 1},
        {"id": "b", "price": "dear"},
        {"id": "c", "price": 3},
    ]
    done = braze.catalog_items.replace_many.in_batches(catalog_name="tariffs", items=items)
    assert (done.accepted, done.refused) == (2, 1)
    assert [(one.position, one.id) for one in done.refusals] == [(1, "b")]
    assert tariffs.items.keys() == {"a", "c"}


def test_many_are_made_changed_and_deleted(braze: BrazeClient, tariffs: CatalogTable) -> None:
    rows = braze.catalog_items
    rows.create_many(catalog_name="tariffs", items=[{"id": "a", "price": 1, "tags": ["new"]}])
    rows.update_many(catalog_name="tariffs", items=[{"id": "a", "price": 2}])
    assert tariffs.items == {"a": {"price": 2, "tags": ["new"]}}
    rows.replace_many(catalog_name="tariffs", items=[{"id": "a", "price": 3}])
    assert tariffs.items == {"a": {"price": 3}}
    rows.delete_many(catalog_name="tariffs", items=[CatalogItemRef(id="a")])
    assert tariffs.items == {}


def test_one_item_is_made_changed_replaced_read_and_deleted(
    braze: BrazeClient, tariffs: CatalogTable
) -> None:
    rows, at = braze.catalog_items, {"catalog_name": "tariffs", "item_id": "a"}
    rows.create(**at, items=[{"price": 1, "tags": ["old"]}])
    with pytest.raises(BadRequest, match="item-already-exists"):
        rows.create(**at, items=[{"price": 1}])
    rows.update(**at, items=[{"tags": {"$add": ["new"], "$remove": ["old"]}}])
    (item,) = rows.get(**at).items
    assert item == {"id": "a", "price": 1, "tags": ["new"]}
    rows.replace(**at, items=[{"price": 3}])
    assert tariffs.items == {"a": {"price": 3}}
    rows.delete(**at)
    with pytest.raises(NotFound, match="item-not-found"):
        rows.get(**at)
    with pytest.raises(NotFound, match="item-not-found"):
        rows.delete(**at)
    with pytest.raises(NotFound, match="item-not-found"):
        rows.update(**at, items=[{"price": 1}])


def test_a_field_that_the_catalog_lacks_is_refused(
    braze: BrazeClient, tariffs: CatalogTable
) -> None:
    with pytest.raises(BadRequest, match="invalid-fields"):
        braze.catalog_items.update_many(catalog_name="tariffs", items=[{"id": "a", "size": 1}])
    braze.catalog_fields.create(
        catalog_name="tariffs", fields=[CatalogField(name="size", type="number")]
    )
    braze.catalog_items.replace_many(catalog_name="tariffs", items=[{"id": "a", "size": 1}])
    assert tariffs.items == {"a": {"size": 1}}
    braze.catalog_fields.delete(catalog_name="tariffs", field_name="size")
    assert tariffs.items == {"a": {}}
    with pytest.raises(BadRequest, match="invalid-field-name"):
        braze.catalog_fields.delete(catalog_name="tariffs", field_name="size")


def test_a_selection_keeps_its_field(braze: BrazeClient, tariffs: CatalogTable) -> None:
    cheap = CatalogSelection(
        name="cheap",
        external_id="cheap-1",
        source="custom",
        filters=[CatalogSelectionFilter(field="price", operator="less than", value=5)],
        sort_field="price",
        sort_order="asc",
    )
    braze.catalog_selections.create(catalog_name="tariffs", selection=cheap)
    with pytest.raises(BadRequest, match="selection-name-already-exists"):
        braze.catalog_selections.create(catalog_name="tariffs", selection=cheap)
    with pytest.raises(BadRequest, match="field-referenced-by-selection"):
        braze.catalog_fields.delete(catalog_name="tariffs", field_name="price")
    braze.catalog_selections.delete(catalog_name="tariffs", selection_name="cheap")
    assert tariffs.selections == {}
    with pytest.raises(BadRequest, match="invalid-selection"):
        braze.catalog_selections.delete(catalog_name="tariffs", selection_name="cheap")


def test_an_unknown_catalog_ends_the_run(braze: BrazeClient) -> None:
    with pytest.raises(NotFound, match="catalog-not-found"):
        braze.catalog_items.replace_many.in_batches(
            catalog_name="nowhere", items=[{"id": "a", "price": 1}]
        )


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    many: list[CatalogItem] = [{"id": f"t{number}"} for number in range(51)]
    for name, items in (("tariffs", many), ("no spaces", many[:1]), ("tariffs", many[:1] * 2)):
        with pytest.raises(ConfigurationError, match="CreateCatalogItems"):
            braze.catalog_items.create_many(catalog_name=name, items=items)
    assert fake_braze.requests == []


def test_the_fake_refuses_what_the_client_lets_nobody_send(fake_braze: FakeBraze) -> None:
    fake_braze.catalogs.add("tariffs", {"name": "string", "parts": "object"})
    caller = Caller(fake_braze)
    for value, code in (
        ({"name": "x" * 5_001}, "items-too-large"),
        ({"parts": {"a.b": 1}}, "invalid-keys-in-value-object"),
        ({"parts": {"$a": 1}}, "invalid-keys-in-value-object"),
        ({"name": 1}, "unable-to-coerce-value"),
    ):
        got = caller.post("/catalogs/tariffs/items", {"items": [{"id": "a", **value}]})
        assert (got.status, got.body["message"]) == (400, code)
