"""The group "catalog_fields" of the REST API."""

from collections.abc import Sequence

from braze_engage.limits import CATALOG_FIELDS_PER_REQUEST
from braze_engage.objects import Accepted, CatalogField
from braze_engage.objects.checks import check_text, one_to
from braze_engage.objects.fields import own_sequences
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.in_catalog import InCatalog

__all__ = ["CatalogFields", "CreateCatalogFields", "DeleteCatalogField"]


@model(kw_only=True, field_transformer=own_sequences)
class CreateCatalogFields(InCatalog):
    """Fields to add to a catalog.

    Args:
        catalog_name: Its name.
        fields: 1 to 50; a catalog has at most 500.
    """

    fields: Sequence[CatalogField]

    def __attrs_post_init__(self) -> None:
        InCatalog.__attrs_post_init__(self)
        one_to(self, CATALOG_FIELDS_PER_REQUEST, "fields")


@model(kw_only=True)
class DeleteCatalogField(InCatalog):
    """Which field of which catalog.

    Args:
        catalog_name: Name of the catalog.
        field_name: Name of the field.
    """

    field_name: str

    def __attrs_post_init__(self) -> None:
        InCatalog.__attrs_post_init__(self)
        check_text("DeleteCatalogField.field_name", self.field_name)


class CatalogFields(Family):
    """Fields of catalogs."""

    group = "catalog_fields"

    create = Operation(
        "POST",
        "/catalogs/{catalog_name}/fields",
        CreateCatalogFields,
        Accepted,
        bucket="catalog_fields_selections",
        replay=Replay.IF_UNSENT,
        permission="catalogs.create_fields",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_fields/asynchronous/post_create_catalog_fields",
    )
    """Queue fields to be added."""

    delete = Operation(
        "DELETE",
        "/catalogs/{catalog_name}/fields/{field_name}",
        DeleteCatalogField,
        Accepted,
        bucket="catalog_fields_selections",
        replay=Replay.ALWAYS,
        permission="catalogs.delete_fields",
        docs="https://www.braze.com/docs/api/endpoints/catalogs/catalog_fields/asynchronous/delete_catalog_field",
    )
    """Queue a field to be deleted, unless a selection uses it."""
