"""The group "catalog_items" of the REST API."""

from braze_engage.operation import Family

__all__ = ["CatalogItems"]


class CatalogItems(Family):
    """Items of catalogs, one by one or many at once."""

    group = "catalog_items"
