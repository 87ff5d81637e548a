"""Rows that read catalog items, or change one and wait for it."""

from collections.abc import Mapping, Sequence

import attrs

from braze_engage.objects import Accepted, CatalogItem, JsonValue
from braze_engage.objects.catalogs import adds_to_array, catalog_item, check_catalog_name
from braze_engage.objects.checks import one_to
from braze_engage.objects.models import model
from braze_engage.operation import Family, Links, Operation, PagedOperation, Replay
from braze_engage.rest.in_catalog import InCatalog, listed_items

__all__ = [
    "CatalogItemPage",
    "CatalogItemsSingle",
    "CreateCatalogItem",
    "DeleteCatalogItem",
    "GetCatalogItem",
    "ListCatalogItems",
    "ReplaceCatalogItem",
    "UpdateCatalogItem",
]


def _without_id(items: Sequence[CatalogItem]) -> Sequence[Mapping[str, JsonValue]]:
    return listed_items(items, lambda path, item: catalog_item(path, item, with_id=False))


def _changes(items: Sequence[CatalogItem]) -> Sequence[Mapping[str, JsonValue]]:
    return listed_items(
        items, lambda path, item: catalog_item(path, item, with_id=False, edits=True)
    )


@model(kw_only=True)
class ListCatalogItems(InCatalog):
    """Which page of which catalog.

    Args:
        catalog_name: Name of the catalog.
        cursor: Of the page; the first one unless given.
    """

    cursor: str | None = None


@model(kw_only=True)
class CatalogItemPage:
    """Items of a catalog.

    Args:
        message: ``success``.
        items: Up to 50, or the one asked for: ``id`` and values of fields by name.
    """

    message: str
    items: tuple[Mapping[str, JsonValue], ...] = ()


@model(kw_only=True)
class _OneItem(InCatalog):
    item_id: str

    def __attrs_post_init__(self) -> None:
        InCatalog.__attrs_post_init__(self)
        check_catalog_name(f"{type(self).__name__}.item_id", self.item_id)


@model(kw_only=True)
class GetCatalogItem(_OneItem):
    """Which item of which catalog.

    Args:
        catalog_name: Name of the catalog.
        item_id: Id of the item.
    """


@model(kw_only=True)
class DeleteCatalogItem(_OneItem):
    """Which item of which catalog.

    Args:
        catalog_name: Name of the catalog.
        item_id: Id of the item.
    """


@model(kw_only=True)
class _WholeItem(_OneItem):
    items: Sequence[Mapping[str, JsonValue]] = attrs.field(converter=_without_id)

    def __attrs_post_init__(self) -> None:
        _OneItem.__attrs_post_init__(self)
        one_to(self, 1, "items")


@model(kw_only=True)
class CreateCatalogItem(_WholeItem):
    """An item to make.

    Args:
        catalog_name: Name of the catalog.
        item_id: Id of the item, at most 250 letters, digits, ``-`` and ``_``.
        items: Exactly one mapping of field names to values, without ``id``. Texts have at most
            5,000 characters, objects at most 50 levels and keys without ``.`` and ``$``.
    """


@model(kw_only=True)
class ReplaceCatalogItem(_WholeItem):
    """An item, whole.

    Args:
        catalog_name: Name of the catalog.
        item_id: Id of the item.
        items: As for `CreateCatalogItem`; fields it does not name are gone afterwards.
    """


@model(kw_only=True)
class UpdateCatalogItem(_OneItem):
    """Fields of an item to change.

    Args:
        catalog_name: Name of the catalog.
        item_id: Id of the item.
        items: As for `CreateCatalogItem`; of an array ``{"$add": [...]}`` and
            ``{"$remove": [...]}`` change parts.
    """

    items: Sequence[Mapping[str, JsonValue]] = attrs.field(converter=_changes)

    def __attrs_post_init__(self) -> None:
        _OneItem.__attrs_post_init__(self)
        one_to(self, 1, "items")

    def narrowed_replay(self) -> Replay:
        """Allow repeats unless something is added to an array, which may add it twice."""
        adds = any(map(adds_to_array, self.items[0].values()))
        return Replay.IF_UNSENT if adds else Replay.ALWAYS


class CatalogItemsSingle(Family):
    """Rows that read catalog items, or change one and wait for it."""

    group = "catalog_items"

    list = PagedOperation(
        "GET",
        "/catalogs/{catalog_name}/items",
        ListCatalogItems,
        CatalogItemPage,
        items=lambda page: page.items,
        paging=Links(),
        bucket="catalog_items_sync",
        replay=Replay.ALWAYS,
        permission="catalogs.get_items",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/synchronous/get_catalog_items_details_bulk",
    )
    """List the items of a catalog, 50 a page."""

    get = Operation(
        "GET",
        "/catalogs/{catalog_name}/items/{item_id}",
        GetCatalogItem,
        CatalogItemPage,
        bucket="catalog_items_sync",
        replay=Replay.ALWAYS,
        permission="catalogs.get_item",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/synchronous/get_catalog_item_details",
    )
    """Read one item, the only entry of ``items``."""

    create = Operation(
        "POST",
        "/catalogs/{catalog_name}/items/{item_id}",
        CreateCatalogItem,
        Accepted,
        bucket="catalog_items_sync",
        replay=Replay.IF_UNSENT,
        permission="catalogs.create_item",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/synchronous/post_create_catalog_item",
    )
    """Make an item; an id that is taken is refused."""

    update = Operation(
        "PATCH",
        "/catalogs/{catalog_name}/items/{item_id}",
        UpdateCatalogItem,
        Accepted,
        bucket="catalog_items_sync",
        replay=Replay.IF_UNSENT,
        permission="catalogs.update_item",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/synchronous/patch_catalog_item",
    )
    """Change fields of an item and leave the others."""

    replace = Operation(
        "PUT",
        "/catalogs/{catalog_name}/items/{item_id}",
        ReplaceCatalogItem,
        Accepted,
        bucket="catalog_items_sync",
        replay=Replay.ALWAYS,
        permission="catalogs.replace_item",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/synchronous/put_update_catalog_item",
    )
    """Replace an item, or make it if there is none of this id."""

    delete = Operation(
        "DELETE",
        "/catalogs/{catalog_name}/items/{item_id}",
        DeleteCatalogItem,
        Accepted,
        bucket="catalog_items_sync",
        replay=Replay.ALWAYS,
        permission="catalogs.delete_item",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_items/synchronous/delete_catalog_item",
    )
    """Delete one item."""
