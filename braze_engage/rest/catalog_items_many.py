"""Rows that queue changes of many catalog items."""

from collections.abc import Mapping, Sequence
from typing import cast

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.limits import CATALOG_ITEMS_PER_REQUEST
from braze_engage.objects import CatalogItem, CatalogItemRef, JsonValue
from braze_engage.objects.catalogs import adds_to_array, catalog_item, is_array_edit
from braze_engage.objects.checks import one_to, refused
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.operation import Family, Replay
from braze_engage.rest.catalog_batches import BatchOperation
from braze_engage.rest.in_catalog import InCatalog, listed_items

__all__ = [
    "CatalogItemsMany",
    "CreateCatalogItems",
    "DeleteCatalogItems",
    "ReplaceCatalogItems",
    "UpdateCatalogItems",
]


def _whole(item: CatalogItem) -> CatalogItem:
    return catalog_item("item", item, with_id=True)


def _changed(item: CatalogItem) -> CatalogItem:
    return catalog_item("item", item, with_id=True, edits=True)


def _ref(item: CatalogItemRef) -> CatalogItemRef:
    given = cast("object", item)
    if not isinstance(given, CatalogItemRef):
        raise refused("item", given, "give a CatalogItemRef")
    return given


def _joined(older: CatalogItem, newer: CatalogItem) -> CatalogItem | None:
    # What is added to an array, or taken out, needs what the older one made of it.
    edited = any(is_array_edit(value) and name in older for name, value in newer.items())
    return None if edited else {**older, **newer}


def _whole_items(items: Sequence[CatalogItem]) -> Sequence[Mapping[str, JsonValue]]:
    return listed_items(items, lambda path, item: catalog_item(path, item, with_id=True))


def _changed_items(items: Sequence[CatalogItem]) -> Sequence[Mapping[str, JsonValue]]:
    return listed_items(
        items, lambda path, item: catalog_item(path, item, with_id=True, edits=True)
    )


def _check_count(request: object, ids: Sequence[object]) -> None:
    one_to(request, CATALOG_ITEMS_PER_REQUEST, "items")
    if len(set(ids)) < len(ids):
        raise ConfigurationError(
            f"{type(request).__name__}.items has an id twice: give each once, or use in_batches()"
        )


@model(kw_only=True)
class _WholeItems(InCatalog):
    items: Sequence[Mapping[str, JsonValue]] = attrs.field(converter=_whole_items)

    def __attrs_post_init__(self) -> None:
        InCatalog.__attrs_post_init__(self)
        _check_count(self, [item["id"] for item in self.items])


@model(kw_only=True)
class CreateCatalogItems(_WholeItems):
    """Items to make.

    Args:
        catalog_name: Name of the catalog.
        items: 1 to 50 mappings of field names to values, each with an ``id`` of its own of at most
            250 letters, digits, ``-`` and ``_``. Texts have at most 5,000 characters, objects at
            most 50 levels and keys without ``.`` and ``$``.
    """


@model(kw_only=True)
class ReplaceCatalogItems(_WholeItems):
    """Items, whole.

    Args:
        catalog_name: Name of the catalog.
        items: As for `CreateCatalogItems`; fields an item does not name are gone afterwards.
    """


@model(kw_only=True)
class UpdateCatalogItems(InCatalog):
    """Fields of items to change.

    Args:
        catalog_name: Name of the catalog.
        items: As for `CreateCatalogItems`; of an array ``{"$add": [...]}`` and
            ``{"$remove": [...]}`` change parts.
    """

    items: Sequence[Mapping[str, JsonValue]] = attrs.field(converter=_changed_items)

    def __attrs_post_init__(self) -> None:
        InCatalog.__attrs_post_init__(self)
        _check_count(self, [item["id"] for item in self.items])

    def narrowed_replay(self) -> Replay:
        """Allow repeats unless something is added to an array, which may add it twice."""
        adds = any(adds_to_array(value) for item in self.items for value in item.values())
        return Replay.IF_UNSENT if adds else Replay.ALWAYS


@model(kw_only=True, field_transformer=own_sequences)
class DeleteCatalogItems(InCatalog):
    """Items to delete.

    Args:
        catalog_name: Name of the catalog.
        items: 1 to 50, none twice.
    """

    items: Sequence[CatalogItemRef]

    def __attrs_post_init__(self) -> None:
        InCatalog.__attrs_post_init__(self)
        _check_count(self, [item.id for item in self.items])


class CatalogItemsMany(Family):
    """Rows that queue changes of many catalog items.

    Each takes up to 50 items in one request; ``.in_batches`` of it takes items of any number.
    """

    group = "catalog_items"

    create_many = BatchOperation(
        "POST",
        "/catalogs/{catalog_name}/items",
        CreateCatalogItems,
        read=_whole,
        bucket="catalog_items_async",
        replay=Replay.IF_UNSENT,
        permission="catalogs.add_items",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/asynchronous/post_create_catalog_items_bulk",
    )
    """Queue items to be made; ``.in_batches`` any number.

    Unconfirmed: what becomes of an item whose id is taken.
    """

    update_many = BatchOperation(
        "PATCH",
        "/catalogs/{catalog_name}/items",
        UpdateCatalogItems,
        read=_changed,
        join=_joined,
        bucket="catalog_items_async",
        replay=Replay.IF_UNSENT,
        permission="catalogs.update_items",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/asynchronous/patch_catalog_items_bulk",
    )
    """Queue changes of fields of items; ``.in_batches`` any number."""

    replace_many = BatchOperation(
        "PUT",
        "/catalogs/{catalog_name}/items",
        ReplaceCatalogItems,
        read=_whole,
        bucket="catalog_items_async",
        replay=Replay.ALWAYS,
        permission="catalogs.replace_items",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/asynchronous/put_update_catalog_items",
    )
    """Queue items to be replaced, or made where there are none; ``.in_batches`` any number."""

    delete_many = BatchOperation(
        "DELETE",
        "/catalogs/{catalog_name}/items",
        DeleteCatalogItems,
        read=_ref,
        bucket="catalog_items_async",
        replay=Replay.ALWAYS,
        permission="catalogs.delete_items",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/asynchronous/delete_catalog_items_bulk",
    )
    """Queue items to be deleted; ``.in_batches`` any number."""
