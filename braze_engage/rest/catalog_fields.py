"""The group "catalog_fields" of the REST API."""

from braze_engage.operation import Family

__all__ = ["CatalogFields"]


class CatalogFields(Family):
    """Fields of catalogs."""

    group = "catalog_fields"
