"""Handlers of the groups "catalogs", "catalog_fields" and "catalog_selections".

https://www.braze.com/docs/api/endpoints/catalogs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from braze_engage.testing.messages import Answer, Refused
from braze_engage.testing.values import iso, objects

if TYPE_CHECKING:
    from braze_engage.testing.catalogs import CatalogTable
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import Json, JsonObject

FIELDS: Final = 500
_NEW_FIELDS: Final = 50
_CATALOGS: Final = 1


def refuse(
    code: str, *, status: int = 400, at: str = "", values: list[Json] | None = None
) -> NoReturn:
    """Answer an error as the catalog endpoints do.

    Args:
        code: Braze's word for it.
        status: 400 or 404.
        at: Parameter it lies in.
        values: What was sent there.
    """
    entry: JsonObject = {
        "id": code,
        "message": code.replace("-", " ").capitalize(),
        "parameters": [at],
        "parameter_values": [*(values or [])],
    }
    raise Refused(status, code, [entry])


def catalog_of(workspace: Workspace, call: Call) -> CatalogTable:
    """Find the catalog that the path names.

    Raises:
        Refused: There is none.
    """
    name = call.path["catalog_name"]
    found = workspace.catalogs.get(name)
    if found is None:
        refuse("catalog-not-found", status=404, at="catalog_name", values=[name])
    return found


def list_catalogs(workspace: Workspace, _: Call) -> Answer:
    """Answer ``GET /catalogs``."""
    listed: list[Json] = [
        {
            **_described(catalog),
            "num_items": len(catalog.items),
            "updated_at": iso(catalog.updated_at),
        }
        for catalog in workspace.catalogs.values()
    ]
    return Answer(200, {"message": "success", "catalogs": listed})


def create(workspace: Workspace, call: Call) -> Answer:
    """Answer ``POST /catalogs``."""
    given = objects(call.body["catalogs"]) or []
    if len(given) != _CATALOGS:
        refuse("too-many-catalog-atoms", at="catalogs")
    (wanted,) = given
    name = str(wanted["name"])
    fields = objects(wanted["fields"]) or []
    if name in workspace.catalogs:
        refuse("catalog-name-already-exists", at="catalogs.name", values=[name])
    if not fields or (fields[0]["name"], fields[0]["type"]) != ("id", "string"):
        refuse("id-not-first-column", at="catalogs.fields")
    types = _types(fields)
    made = workspace.catalogs.add(name, types, description=str(wanted["description"]))
    return Answer(201, {"message": "success", "catalogs": [_described(made)]})


def delete(workspace: Workspace, call: Call) -> Answer:
    """Answer ``DELETE /catalogs/{catalog_name}``."""
    workspace.catalogs.remove(catalog_of(workspace, call).name)
    return Answer(200, {"message": "success"})


def create_fields(workspace: Workspace, call: Call) -> Answer:
    """Answer ``POST /catalogs/{catalog_name}/fields``."""
    catalog = catalog_of(workspace, call)
    fields = objects(call.body["fields"]) or []
    if len(fields) > _NEW_FIELDS:
        refuse("request-includes-too-many-fields", at="fields")
    types = _types(fields, catalog)
    workspace.catalogs.change(catalog, {})
    catalog.fields.update(types)
    return Answer(202, {"message": "success"})


def delete_field(workspace: Workspace, call: Call) -> Answer:
    """Answer ``DELETE /catalogs/{catalog_name}/fields/{field_name}``."""
    catalog = catalog_of(workspace, call)
    name = call.path["field_name"]
    if name == "id" or name not in catalog.fields:
        refuse("invalid-field-name", at="field_name", values=[name])
    if catalog.users_of(name):
        refuse("field-referenced-by-selection", at="field_name", values=[name])
    workspace.catalogs.change(catalog, {})
    del catalog.fields[name]
    for item in catalog.items.values():
        item.pop(name, None)
    return Answer(202, {"message": "success"})


def create_selection(workspace: Workspace, call: Call) -> Answer:
    """Answer ``POST /catalogs/{catalog_name}/selections``."""
    catalog = catalog_of(workspace, call)
    (selection,) = objects([call.body["selection"]]) or [{}]
    name, sort_field = str(selection["name"]), selection.get("sort_field")
    if name in catalog.selections:
        refuse("selection-name-already-exists", at="selection.name", values=[name])
    if (sort_field is None) != (selection.get("sort_order") is None):
        refuse("invalid-sorting", at="selection.sort_order")
    if sort_field is not None and sort_field not in catalog.fields:
        refuse("invalid-sort-field", at="selection.sort_field", values=[sort_field])
    for one in objects(selection.get("filters") or []) or []:
        if one["field"] not in catalog.fields:
            refuse("selection-has-invalid-filter", at="selection.filters", values=[one["field"]])
    workspace.catalogs.change(catalog, {})
    catalog.selections[name] = dict(selection)
    return Answer(202, {"message": "success"})


def delete_selection(workspace: Workspace, call: Call) -> Answer:
    """Answer ``DELETE /catalogs/{catalog_name}/selections/{selection_name}``."""
    catalog = catalog_of(workspace, call)
    name = call.path["selection_name"]
    if name not in catalog.selections:
        refuse("invalid-selection", at="selection_name", values=[name])
    workspace.catalogs.change(catalog, {})
    del catalog.selections[name]
    return Answer(202, {"message": "success"})


def _described(catalog: CatalogTable) -> JsonObject:
    fields: list[Json] = [{"name": name, "type": kind} for name, kind in catalog.fields.items()]
    return {"name": catalog.name, "description": catalog.description, "fields": fields}


def _types(fields: list[JsonObject], catalog: CatalogTable | None = None) -> dict[str, str]:
    names = [str(field["name"]) for field in fields]
    taken = set(names) & set(catalog.fields if catalog else ())
    if taken or len(set(names)) < len(names):
        refuse("field-names-not-unique", at="fields", values=[*sorted(taken)])
    if len(names) + len(catalog.fields if catalog else ()) > FIELDS:
        refuse("catalog-exceeds-fields-limit" if catalog else "too-many-fields", at="fields")
    return {str(field["name"]): str(field["type"]) for field in fields}


HANDLERS: Final[Handlers] = {
    ("GET", "/catalogs"): list_catalogs,
    ("POST", "/catalogs"): create,
    ("DELETE", "/catalogs/{catalog_name}"): delete,
    ("POST", "/catalogs/{catalog_name}/fields"): create_fields,
    ("DELETE", "/catalogs/{catalog_name}/fields/{field_name}"): delete_field,
    ("POST", "/catalogs/{catalog_name}/selections"): create_selection,
    ("DELETE", "/catalogs/{catalog_name}/selections/{selection_name}"): delete_selection,
}
