"""The group "catalog_selections" of the REST API."""

from braze_engage.objects import Accepted, CatalogSelection
from braze_engage.objects.checks import check_text
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.in_catalog import InCatalog

__all__ = ["CatalogSelections", "CreateCatalogSelection", "DeleteCatalogSelection"]


@model(kw_only=True)
class CreateCatalogSelection(InCatalog):
    """A selection to add to a catalog.

    Args:
        catalog_name: Name of the catalog.
        selection: What it selects.
    """

    selection: CatalogSelection


@model(kw_only=True)
class DeleteCatalogSelection(InCatalog):
    """Which selection of which catalog.

    Args:
        catalog_name: Name of the catalog.
        selection_name: Name of the selection.
    """

    selection_name: str

    def __attrs_post_init__(self) -> None:
        InCatalog.__attrs_post_init__(self)
        check_text("DeleteCatalogSelection.selection_name", self.selection_name)


class CatalogSelections(Family):
    """Selections of catalogs."""

    group = "catalog_selections"

    create = Operation(
        "POST",
        "/catalogs/{catalog_name}/selections",
        CreateCatalogSelection,
        Accepted,
        bucket="catalog_fields_selections",
        replay=Replay.IF_UNSENT,
        permission="catalogs.create_selection",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_selections/asynchronous/post_create_catalog_selections",
    )
    """Queue a selection to be made; a name that is taken is refused."""

    delete = Operation(
        "DELETE",
        "/catalogs/{catalog_name}/selections/{selection_name}",
        DeleteCatalogSelection,
        Accepted,
        bucket="catalog_fields_selections",
        replay=Replay.ALWAYS,
        permission="catalogs.delete_selection",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_selections/asynchronous/delete_catalog_selection",
    )
    """Queue a selection to be deleted."""
