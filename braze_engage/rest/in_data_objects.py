"""What requests about Data Objects have in common."""

from collections.abc import Mapping

from braze_engage.limits import DATA_OBJECTS_PER_PAGE
from braze_engage.objects import JsonValue
from braze_engage.objects.checks import check_range, check_text
from braze_engage.objects.json_copies import JsonCopies
from braze_engage.objects.models import model

__all__ = ["InType", "OfObject", "check_page", "copied"]

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


def check_page(request: object, limit: int, offset: int) -> None:
    """Check which page is asked for.

    Args:
        request: The request, for the message.
        limit: Entries of a page, 1 to 250.
        offset: Entries before it.

    Raises:
        ConfigurationError: A number is out of range.
    """
    name = type(request).__name__
    check_range(f"{name}.limit", limit, least=1, most=DATA_OBJECTS_PER_PAGE)
    check_range(f"{name}.offset", offset, least=0)


def copied(values: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """Check and copy attributes, by name of the field.

    Args:
        values: What was given.

    Raises:
        ConfigurationError: They hold what JSON does not know.
    """
    return _COPIES.mapping("attributes", values)
