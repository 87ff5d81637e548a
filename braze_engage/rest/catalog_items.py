"""The group "catalog_items" of the REST API."""

from braze_engage.rest.catalog_items_many import CatalogItemsMany
from braze_engage.rest.catalog_items_single import CatalogItemsSingle

__all__ = ["CatalogItems"]


class CatalogItems(CatalogItemsMany, CatalogItemsSingle):
    """Items of catalogs, one by one or many at once."""
