"""The group "catalog_selections" of the REST API."""

from braze_engage.operation import Family

__all__ = ["CatalogSelections"]


class CatalogSelections(Family):
    """Selections of catalogs."""

    group = "catalog_selections"
