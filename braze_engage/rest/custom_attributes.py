"""The group "custom_attributes" of the REST API."""

from braze_engage.objects.models import model
from braze_engage.operation import Family, Links, PagedOperation, Replay
from braze_engage.rest.series import check_given

__all__ = ["CustomAttribute", "CustomAttributePage", "CustomAttributes", "ListCustomAttributes"]


@model(kw_only=True)
class ListCustomAttributes:
    """Which page of custom attributes.

    Args:
        cursor: From the ``Link`` header of the page before; `items` and `pages` follow it.
    """

    cursor: str | None = None

    def __attrs_post_init__(self) -> None:
        check_given(self, "cursor")


@model(kw_only=True)
class CustomAttribute:
    """A custom attribute of the workspace.

    Args:
        name: Its name.
        data_type: In Braze's words, which may say that it was detected.
        array_length: The most items of an array; None for other types.
        description: What somebody typed in the dashboard.
        status: Such as ``Active``.
        tag_names: Its tags.
    """

    name: str
    data_type: str = ""
    array_length: int | None = None
    description: str = ""
    status: str = ""
    tag_names: tuple[str, ...] = ()


@model(kw_only=True)
class CustomAttributePage:
    """Up to 50 custom attributes.

    Args:
        message: ``success``.
        attributes: Those of the page.
    """

    message: str
    attributes: tuple[CustomAttribute, ...] = ()


class CustomAttributes(Family):
    """Custom attributes and their metadata."""

    group = "custom_attributes"

    list = PagedOperation(
        "GET",
        "/custom_attributes",
        ListCustomAttributes,
        CustomAttributePage,
        items=lambda page: page.attributes,
        paging=Links(),
        bucket="events_purchases_lists",
        replay=Replay.ALWAYS,
        permission="custom_attributes.get",
        docs="https://www.braze.com/docs/api/endpoints/export/custom_attributes/get_custom_attributes",
    )
    """List custom attributes with their metadata."""
