"""What requests about Data Objects have in common."""

from collections.abc import Mapping

from braze_engage.limits import DATA_OBJECTS_PER_PAGE
from braze_engage.objects import JsonValue
from braze_engage.objects.checks import check_choice, check_text
from braze_engage.objects.json_copies import JsonCopies
from braze_engage.objects.models import model
from braze_engage.rest.parts import check_part

__all__ = ["DataObjectsPage", "InType", "OfObject", "check_anchor", "check_page", "copied"]

_COPIES = JsonCopies()


@model(kw_only=True)
class InType:
    """A request about one type of Data Objects.

    Args:
        type_name: Machine name of the type.
    """

    type_name: str

    def __attrs_post_init__(self) -> None:
        check_text(f"{type(self).__name__}.type_name", self.type_name)


@model(kw_only=True)
class OfObject(InType):
    """A request about one Data Object.

    Args:
        type_name: Machine name of its type.
        external_id: Its identifier within the type.
    """

    external_id: str

    def __attrs_post_init__(self) -> None:
        InType.__attrs_post_init__(self)
        check_text(f"{type(self).__name__}.external_id", self.external_id)


@model(kw_only=True)
class DataObjectsPage:
    """Where a page lies in a list; each kind of page has its own ``items``.

    Args:
        total_count: How many entries there are.
        has_more: Whether another page follows.
        next_offset: Where it begins.
        offset: Where this one begins.
        limit: Entries of a page.
    """

    total_count: int | None = None
    has_more: bool = False
    next_offset: int | None = None
    offset: int | None = None
    limit: int | None = None


def check_page(request: object) -> None:
    """Refuse a page that Braze would not give: 1 to 250 entries, after 0 or more.

    Args:
        request: Has ``limit`` and ``offset``.

    Raises:
        ConfigurationError: A number is out of range.
    """
    check_part(request, DATA_OBJECTS_PER_PAGE)


def check_anchor(request: object, anchor: str | None) -> None:
    """Refuse an anchor that is given and none.

    Args:
        request: The request, for the message.
        anchor: ``source`` or ``target``.

    Raises:
        ConfigurationError: It is something else.
    """
    if anchor is not None:
        check_choice(f"{type(request).__name__}.anchor", anchor, ("source", "target"))


def copied(values: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """Check and copy attributes, by name of the field.

    Args:
        values: What was given.

    Raises:
        ConfigurationError: They hold what JSON does not know.
    """
    return _COPIES.mapping("attributes", values)
