"""Handlers of the group "catalog_items".

https://www.braze.com/docs/api/endpoints/catalogs
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from braze_engage.testing.catalog_routes import catalog_of, refuse
from braze_engage.testing.messages import Answer
from braze_engage.testing.paging import linked_page
from braze_engage.testing.values import Json, is_number, objects, parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage.testing.catalogs import CatalogTable
    from braze_engage.testing.messages import Call, Handler, Handlers
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import JsonObject

_ITEMS: Final = 50
_CHARACTERS: Final = 5_000
_UNUSABLE: Final = re.compile(r"[.$]")
_ONE: Final = "/catalogs/{catalog_name}/items/{item_id}"
_MANY: Final = "/catalogs/{catalog_name}/items"
_FITS: Final[Mapping[str, Callable[[Json], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "number": is_number,
    "boolean": lambda value: isinstance(value, bool),
    "time": lambda value: parse_time(value) is not None,
    "array": lambda value: isinstance(value, (list, dict)),  # a mapping of $add or $remove
    "object": lambda value: isinstance(value, dict),
}


def list_items(workspace: Workspace, call: Call) -> Answer:
    """Answer ``GET /catalogs/{catalog_name}/items``."""
    catalog = catalog_of(workspace, call)
    cursor = call.query.get("cursor")
    if cursor is not None and not re.fullmatch(r"after-\d+", str(cursor)):
        refuse("invalid-cursor", at="cursor", values=[cursor])
    page, links = linked_page(call, [*catalog.items])
    items: list[Json] = [{"id": item_id, **catalog.items[item_id]} for item_id in page]
    return Answer(200, {"message": "success", "items": items}, links)


def get(workspace: Workspace, call: Call) -> Answer:
    """Answer ``GET /catalogs/{catalog_name}/items/{item_id}``."""
    catalog = catalog_of(workspace, call)
    item_id = _there(catalog, call)
    return Answer(200, {"message": "success", "items": [{"id": item_id, **catalog.items[item_id]}]})


def create(workspace: Workspace, call: Call) -> Answer:
    """Answer ``POST /catalogs/{catalog_name}/items/{item_id}``."""
    catalog = catalog_of(workspace, call)
    item_id = call.path["item_id"]
    values = _single(catalog, call)
    if item_id in catalog.items:
        refuse("item-already-exists", at="item_id", values=[item_id])
    _write(workspace, catalog, {item_id: values})
    return Answer(201, {"message": "success"})


def update(workspace: Workspace, call: Call) -> Answer:
    """Answer ``PATCH /catalogs/{catalog_name}/items/{item_id}``."""
    catalog = catalog_of(workspace, call)
    item_id = _there(catalog, call)
    catalog.change_item(item_id, _single(catalog, call))
    workspace.catalogs.change(catalog, {})
    return Answer(200, {"message": "success"})


def replace(workspace: Workspace, call: Call) -> Answer:
    """Answer ``PUT /catalogs/{catalog_name}/items/{item_id}``."""
    catalog = catalog_of(workspace, call)
    _write(workspace, catalog, {call.path["item_id"]: _single(catalog, call)})
    return Answer(200, {"message": "success"})


def delete(workspace: Workspace, call: Call) -> Answer:
    """Answer ``DELETE /catalogs/{catalog_name}/items/{item_id}``."""
    catalog = catalog_of(workspace, call)
    del catalog.items[_there(catalog, call)]
    workspace.catalogs.change(catalog, {})
    return Answer(202, {"message": "success"})


def _queued(apply: Callable[[CatalogTable, str, JsonObject], None]) -> Handler:
    """Make a handler of up to 50 items that are checked now and written with the lag."""

    def handler(workspace: Workspace, call: Call) -> Answer:
        catalog = catalog_of(workspace, call)
        items = _several(catalog, call)

        def write() -> None:
            for item_id, values in items.items():
                apply(catalog, item_id, values)
            workspace.catalogs.change(catalog, {})

        workspace.submit(write, after=f"catalog {catalog.name}")
        return Answer(202, {"message": "success"})

    return handler


def _made(catalog: CatalogTable, item_id: str, values: JsonObject) -> None:
    # Unconfirmed: Braze does not say what becomes of an item whose id is taken.
    catalog.items.setdefault(item_id, values)


def _changed(catalog: CatalogTable, item_id: str, values: JsonObject) -> None:
    # Unconfirmed: Braze does not say what becomes of an item that is not there.
    if item_id in catalog.items:
        catalog.change_item(item_id, values)


def _replaced(catalog: CatalogTable, item_id: str, values: JsonObject) -> None:
    catalog.items[item_id] = values


def _deleted(catalog: CatalogTable, item_id: str, _: JsonObject) -> None:
    catalog.items.pop(item_id, None)


def _write(workspace: Workspace, catalog: CatalogTable, items: Mapping[str, JsonObject]) -> None:
    catalog.items.update(items)
    workspace.catalogs.change(catalog, {})


def _there(catalog: CatalogTable, call: Call) -> str:
    item_id = call.path["item_id"]
    if item_id not in catalog.items:
        refuse("item-not-found", status=404, at="item_id", values=[item_id])
    return item_id


def _single(catalog: CatalogTable, call: Call) -> JsonObject:
    items = objects(call.body["items"]) or []
    if len(items) != 1:
        refuse("request-includes-too-many-items", at="items")
    (values,) = items
    if "id" in values:
        refuse("id-in-body", at="items", values=[values["id"]])
    _check(catalog, values, call.path["item_id"])
    return values


def _several(catalog: CatalogTable, call: Call) -> dict[str, JsonObject]:
    items = objects(call.body["items"]) or []
    if len(items) > _ITEMS:
        refuse("request-includes-too-many-items", at="items")
    found: dict[str, JsonObject] = {}
    for item in items:
        item_id = item.get("id")
        if item_id is None:
            refuse("items-missing-ids", at="items")
        if not isinstance(item_id, str):
            refuse("ids-not-strings", at="items", values=[item_id])
        if item_id in found:
            refuse("ids-not-unique", at="items", values=[item_id])
        values = {name: value for name, value in item.items() if name != "id"}
        _check(catalog, values, item_id)
        found[item_id] = values
    return found


def _check(catalog: CatalogTable, values: JsonObject, item_id: str) -> None:
    for name, value in values.items():
        kind = catalog.fields.get(name)
        if kind is None:
            refuse("invalid-fields", at="items", values=[item_id])
        if isinstance(value, str) and len(value) > _CHARACTERS:
            refuse("items-too-large", at="items", values=[item_id])
        if kind == "object" and isinstance(value, dict) and any(map(_UNUSABLE.search, value)):
            refuse("invalid-keys-in-value-object", at="items", values=[item_id])
        fits = _FITS.get(kind)
        if value is not None and fits is not None and not fits(value):
            refuse("unable-to-coerce-value", at="items", values=[item_id])


HANDLERS: Final[Handlers] = {
    ("GET", _MANY): list_items,
    ("POST", _MANY): _queued(_made),
    ("PATCH", _MANY): _queued(_changed),
    ("PUT", _MANY): _queued(_replaced),
    ("DELETE", _MANY): _queued(_deleted),
    ("GET", _ONE): get,
    ("POST", _ONE): create,
    ("PATCH", _ONE): update,
    ("PUT", _ONE): replace,
    ("DELETE", _ONE): delete,
}
