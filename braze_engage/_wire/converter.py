"""The one converter between typed values and JSON, with every decision in one place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Final,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

import attrs
import cattrs
from cattrs.errors import AttributeValidationNote, ClassValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from braze_engage.objects.attributes import UserAttributes
from braze_engage.objects.times import braze_time
from braze_engage.objects.uploads import Upload
from braze_engage.objects.values import JsonValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Unreadable", "structure", "unstructure"]

T = TypeVar("T")
_Hook: TypeAlias = "Callable[[object, object], object]"


class Unreadable(ValueError):
    """A value that is not what its class expects.

    Args:
        problems: One ``reason @ $.path`` each, without values.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def _converter() -> cattrs.Converter:
    """Make the converter of requests and answers.

    Out:

    - A field at its default is not sent: it means what Braze assumes without it. So UNSET is never
      sent, and an explicit None is sent as null where the default is UNSET.
    - ``wire_name`` and ``NOT_SENT`` of a field are followed.
    - Custom attributes stand beside the profile fields, not below them.
    - A datetime becomes UTC with milliseconds, a date ``YYYY-MM-DD``, an enum its value.
    - A file to upload stays as it is.

    In:

    - Keys nobody expects are ignored: Braze adds fields at any time.
    - null is as good as absent.
    - Text, numbers and booleans are taken as such, never made from each other; a whole number is
      a float too.
    - JSON of no known shape is kept as it is, and so is text where an object may also be text.
    - A class with a ``from_wire`` method reads itself.
    """
    converter = cattrs.Converter(omit_if_default=True)
    converter.register_unstructure_hook(datetime, braze_time)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_unstructure_hook(UserAttributes, _flat_attributes(converter))
    converter.register_unstructure_hook(Upload, lambda upload: upload)
    converter.register_structure_hook_factory(attrs.has, _objects(converter))
    for kind in (str, bool, int):
        converter.register_structure_hook(kind, _exactly)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook_func(lambda kind: kind == JsonValue, lambda value, _: value)
    converter.register_structure_hook_factory(_may_be_text, _texts_or_objects(converter))
    return converter


def _flat_attributes(converter: cattrs.Converter) -> Callable[[UserAttributes], object]:
    profile = make_dict_unstructure_fn(
        UserAttributes,
        converter,
        _cattrs_omit_if_default=True,
        custom=cattrs.override(omit=True),
    )

    def flat(attributes: UserAttributes) -> object:
        return {**profile(attributes), **attributes.custom}

    return flat


def _exactly(value: object, kind: type[T]) -> T:
    if type(value) is not kind:
        raise ValueError(kind.__name__)
    return value


def _number(value: object, _: type[float]) -> float:
    if type(value) not in (int, float):
        raise ValueError("float")
    return cast("float", value)


def _objects(converter: cattrs.Converter) -> Callable[[type[object]], _Hook]:
    def hook_of(kind: type[object]) -> _Hook:
        from_wire: Callable[[object], object] | None = getattr(kind, "from_wire", None)
        if from_wire is not None:
            return lambda value, _: from_wire(value)
        fill = make_dict_structure_fn(kind, converter)
        renamed = _wire_names(kind)

        def read(value: object, _: object) -> object:
            if not isinstance(value, Mapping):
                raise ValueError(kind.__name__)  # noqa: TRY004 - cattrs words it as a wrong value
            members = cast("Mapping[str, object]", value)
            try:
                return fill({key: item for key, item in members.items() if item is not None}, kind)
            except ClassValidationError as error:
                _say_wire_names(error, renamed)
                raise

        return read

    return hook_of


def _wire_names(kind: type[object]) -> Mapping[str, str]:
    """The fields that have another name on the wire."""
    found: dict[str, str] = {}
    for field in attrs.fields(cast("type[attrs.AttrsInstance]", kind)):
        for note in getattr(field.type, "__metadata__", ()):
            renamed: str | None = getattr(note, "rename", None)
            if renamed is not None:
                found[field.name] = renamed
    return found


def _say_wire_names(error: ClassValidationError, renamed: Mapping[str, str]) -> None:
    """Let the paths of an error be those of the document that was read."""
    if not renamed:
        return
    problems = cast(
        "Sequence[BaseException]",
        error.exceptions,  # pyright: ignore[reportUnknownMemberType] # a backport before 3.11
    )
    for problem in problems:
        for note in getattr(problem, "__notes__", ()):
            if isinstance(note, AttributeValidationNote):
                note.name = renamed.get(note.name, note.name)


def _may_be_text(kind: object) -> bool:
    arms = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
    return len(arms) == 2 and arms[0] is str and attrs.has(arms[1])  # noqa: PLR2004 - text, object


def _texts_or_objects(converter: cattrs.Converter) -> Callable[[object], _Hook]:
    def hook_of(kind: object) -> _Hook:
        arm: type[object] = get_args(kind)[1]
        read: _Hook = converter.get_structure_hook(arm)
        return lambda value, _: value if isinstance(value, str) else read(value, arm)

    return hook_of


_CONVERTER: Final = _converter()


def unstructure(value: object) -> JsonValue:
    """Turn a typed value into JSON.

    Args:
        value: A request or one of its objects.
    """
    return cast("JsonValue", _CONVERTER.unstructure(value))


def structure(value: object, kind: type[T]) -> T:
    """Read JSON into a typed value.

    Args:
        value: What Braze answered.
        kind: The class expected.

    Raises:
        Unreadable: It is something else; the problems say where.
    """
    try:
        return _CONVERTER.structure(value, kind)
    except Exception as error:  # noqa: BLE001 - whatever a hook stumbles over is unreadable
        problems = cattrs.transform_error(error)
    # Raised outside the handler: the error above holds the values, which may be personal.
    raise Unreadable(problems)
