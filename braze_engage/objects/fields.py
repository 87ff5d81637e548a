"""How fields of requests and objects are declared.

``Annotated[bool, wire_name("_merge_objects")]`` gives a field another name on the wire,
``Annotated[..., NOT_SENT]`` keeps it off the wire, ``Annotated[..., WHOLE_BODY]`` makes it the body
itself, and ``field_transformer=own_sequences`` makes
every field declared as a ``Sequence`` a tuple of its own, so that a list the caller changes later
changes nothing here. One declared as ``str | Sequence[str]`` takes a single text too.
"""

from collections.abc import Callable, Mapping, Sequence
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    TypeGuard,
    Union,
    cast,
    get_args,
    get_origin,
)

from cattrs import override

from braze_engage.objects.checks import check_choice, check_text, refused
from braze_engage.operation import Unset

if TYPE_CHECKING:
    import attrs

__all__ = ["NOT_SENT", "ROOT", "WHOLE_BODY", "own_sequences", "wire_name"]

NOT_SENT: Final[object] = override(omit=True)
"""Marks a field that steers the request and is no part of it."""

ROOT: Final = "(root)"
WHOLE_BODY: Final[object] = override(rename=ROOT)
"""Marks the one field that is the body itself instead of a member of it."""


def wire_name(name: str) -> object:
    """Give a field another name on the wire.

    Args:
        name: Braze's own name, which Python cannot spell or should not.
    """
    return override(rename=name)


# Any: attrs types its attributes by the type of their values, which are of every kind here.
def own_sequences(
    cls: type[object], fields: list["attrs.Attribute[Any]"]
) -> list["attrs.Attribute[Any]"]:
    """Give every field declared as a ``Sequence`` a converter that copies and checks it.

    Args:
        cls: The class being built.
        fields: Its fields, with real annotations.
    """
    return [_with_copy(cls.__name__, field) for field in fields]


def _with_copy(owner: str, field: "attrs.Attribute[Any]") -> "attrs.Attribute[Any]":
    member = _member(field.type)
    if member is None:
        return field
    or_text = get_origin(field.type) in (Union, UnionType) and str in get_args(field.type)
    copy = _copier(f"{owner}.{field.name}", _check_of(member), or_text=or_text)
    copy.__annotations__["value"] = field.type  # what help() shows for the constructor
    return field.evolve(converter=copy)


def _member(annotation: object) -> object | None:
    """Find X in ``Sequence[X]``, also within Annotated and unions."""
    origin = get_origin(annotation)
    if origin is Sequence:
        return cast("object", get_args(annotation)[0])
    if origin is Annotated:
        return _member(get_args(annotation)[0])
    if origin in (Union, UnionType):
        found = (_member(arm) for arm in get_args(annotation))
        return next((member for member in found if member is not None), None)
    return None


def _check_of(member: object) -> Callable[[str, object], None]:
    if member is str:
        return check_text
    if get_origin(member) is Literal:
        choices = get_args(member)
        return lambda field, value: check_choice(field, value, choices)
    return lambda field, value: _check_instance(field, value, member)


def _check_instance(field: str, value: object, member: object) -> None:
    if isinstance(member, type) and not isinstance(value, member):
        raise refused(field, value, f"give {member.__name__}")


def _listable(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, Mapping))


def _copier(
    field: str, check: Callable[[str, object], None], *, or_text: bool
) -> Callable[[object], object]:
    def copy(value: object) -> object:
        if value is None or isinstance(value, Unset) or value == ():
            return value
        if or_text and isinstance(value, str):
            check_text(field, value)
            return value
        if not _listable(value):
            raise refused(field, value, "give a list or tuple")
        items = tuple(value)
        for index, item in enumerate(items):
            check(f"{field}[{index}]", item)
        return items

    return copy
