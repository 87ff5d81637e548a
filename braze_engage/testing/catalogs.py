"""Catalogs of the fake workspace, with their fields, items and selections. Knows no HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.entries import Entries
from braze_engage.testing.values import Json, JsonObject, objects

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@attrs.define(kw_only=True)
class CatalogTable:
    """One catalog; a test may change it at any time.

    Args:
        name: Unique in the workspace.
        updated_at: When it was last changed.
        description: What it is for.
        fields: Type of each field by name, ``id`` first.
        items: Values by field, ``id`` aside, by id of the item.
        selections: Selections by name, as they were sent.
    """

    name: str
    updated_at: datetime
    description: str = ""
    fields: dict[str, str] = attrs.field(factory=lambda: {"id": "string"})
    items: dict[str, JsonObject] = attrs.field(factory=dict[str, JsonObject])
    selections: dict[str, JsonObject] = attrs.field(factory=dict[str, JsonObject])

    def change_item(self, item_id: str, values: JsonObject) -> None:
        """Change the fields given and leave the others.

        Args:
            item_id: Its id.
            values: New values; ``$add`` and ``$remove`` change arrays.
        """
        item = self.items.setdefault(item_id, {})
        for name, value in values.items():
            item[name] = _edited(item.get(name), value)

    def users_of(self, field: str) -> list[str]:
        """Name the selections that filter or sort by a field.

        Args:
            field: Its name.
        """
        return [
            name
            for name, selection in self.selections.items()
            if field == selection.get("sort_field") or field in _filtered(selection)
        ]


def _edited(old: Json, new: Json) -> Json:
    if not isinstance(new, dict) or not new or new.keys() - {"$add", "$remove"}:
        return new
    values = [*old] if isinstance(old, list) else []
    for word, items in new.items():
        for item in items if isinstance(items, list) else [items]:
            if word == "$add":  # what is sent twice stands there twice
                values.append(item)
            elif item in values:
                values.remove(item)
    return values


def _filtered(selection: JsonObject) -> list[Json]:
    return [one.get("field") for one in objects(selection.get("filters")) or []]


class Catalogs(Entries[CatalogTable]):
    """Catalogs by name, oldest first."""

    def add(
        self, name: str, fields: Mapping[str, str] | None = None, *, description: str = ""
    ) -> CatalogTable:
        """Put a catalog into the workspace.

        Args:
            name: Its name.
            fields: Type of each field by name; ``id`` need not be among them.
            description: What it is for.
        """
        made = CatalogTable(
            name=name,
            updated_at=self._now(),
            description=description,
            fields={"id": "string", **(fields or {})},
        )
        self._by_id[name] = made
        return made

    def remove(self, name: str) -> None:
        """Delete a catalog and all that is in it.

        Args:
            name: Its name.
        """
        del self._by_id[name]
