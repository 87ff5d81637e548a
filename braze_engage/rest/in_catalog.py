"""What requests about one catalog have in common."""

from collections.abc import Callable, Mapping

from braze_engage.objects import JsonValue
from braze_engage.objects.catalogs import check_catalog_name
from braze_engage.objects.checks import refused
from braze_engage.objects.models import model
from braze_engage.objects.values import is_list

__all__ = ["InCatalog", "listed_items"]


@model(kw_only=True)
class InCatalog:
    """A request about one catalog.

    Args:
        catalog_name: Its name.
    """

    catalog_name: str

    def __attrs_post_init__(self) -> None:
        check_catalog_name(f"{type(self).__name__}.catalog_name", self.catalog_name)


def listed_items(
    items: object, check: Callable[[str, object], Mapping[str, JsonValue]]
) -> tuple[Mapping[str, JsonValue], ...]:
    """Check and copy a list of items.

    Args:
        items: What was given.
        check: Checks and copies one, told where it stands.

    Raises:
        ConfigurationError: It is no list, or an item is unusable.
    """
    if not is_list(items):
        raise refused("items", items, "give a list of mappings")
    return tuple([check(f"items[{index}]", item) for index, item in enumerate(items)])
