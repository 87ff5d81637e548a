"""The group "catalogs" of the REST API."""

from collections.abc import Sequence

from braze_engage.objects import Accepted, Catalog
from braze_engage.objects.checks import one_to
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.in_catalog import InCatalog

__all__ = [
    "CatalogDetails",
    "CatalogFieldDetails",
    "CatalogList",
    "Catalogs",
    "CreateCatalog",
    "DeleteCatalog",
    "ListCatalogs",
]


@model(kw_only=True)
class ListCatalogs:
    """Nothing to choose: all catalogs are listed."""


@model(kw_only=True)
class CatalogFieldDetails:
    """A field of a catalog.

    Args:
        name: Its name.
        type: What its values are, such as ``string``.
        token: Unconfirmed: seen in answers, on no page of Braze.
    """

    name: str
    type: str
    token: str | None = None


@model(kw_only=True)
class CatalogDetails:
    """A catalog.

    Args:
        name: Its name.
        description: What it is for.
        fields: Its fields, ``id`` first.
        num_items: How many items it has; only lists tell.
        updated_at: When it was last changed, in ISO 8601; only lists tell.
    """

    name: str
    description: str = ""
    fields: tuple[CatalogFieldDetails, ...] = ()
    num_items: int | None = None
    updated_at: str | None = None


@model(kw_only=True)
class CatalogList:
    """Catalogs.

    Args:
        message: ``success``.
        catalogs: All of them, or the one that was made.
    """

    message: str
    catalogs: tuple[CatalogDetails, ...] = ()


@model(kw_only=True, field_transformer=own_sequences)
class CreateCatalog:
    """A catalog to make.

    Args:
        catalogs: Exactly one.
    """

    catalogs: Sequence[Catalog]

    def __attrs_post_init__(self) -> None:
        one_to(self, 1, "catalogs")


@model(kw_only=True)
class DeleteCatalog(InCatalog):
    """Which catalog.

    Args:
        catalog_name: Its name.
    """


class Catalogs(Family):
    """Catalogs as a whole."""

    group = "catalogs"

    list = Operation(
        "GET",
        "/catalogs",
        ListCatalogs,
        CatalogList,
        bucket="catalogs_management",
        replay=Replay.ALWAYS,
        permission="catalogs.get",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_management/synchronous/get_list_catalogs",
    )
    """List all catalogs."""

    create = Operation(
        "POST",
        "/catalogs",
        CreateCatalog,
        CatalogList,
        bucket="catalogs_management",
        replay=Replay.IF_UNSENT,
        permission="catalogs.create",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_management/synchronous/post_create_catalog",
    )
    """Make a catalog with its fields; a name that is taken is refused."""

    delete = Operation(
        "DELETE",
        "/catalogs/{catalog_name}",
        DeleteCatalog,
        Accepted,
        bucket="catalogs_management",
        replay=Replay.ALWAYS,
        permission="catalogs.delete",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_management/synchronous/delete_catalog",
    )
    """Delete a catalog with all its items."""
