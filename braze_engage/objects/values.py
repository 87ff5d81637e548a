"""JSON values as requests carry them: checked, copied, and small enough."""

from collections.abc import Mapping, Sequence
from json import JSONEncoder, encoder
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from braze_engage.errors import ConfigurationError
from braze_engage.limits import KEY_CHARACTERS, STRING_CHARACTERS
from braze_engage.objects.checks import quoted, refused, wrong_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

__all__ = [
    "DEPTH",
    "CustomValue",
    "JsonValue",
    "check_key",
    "dumps",
    "encoded_size",
    "is_list",
    "is_mapping",
    "scalar",
    "unknown",
]

JsonValue: TypeAlias = (
    "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)
"""What JSON holds."""
CustomValue: TypeAlias = (
    "str | int | float | bool | date | Sequence[CustomValue] | Mapping[str, CustomValue] | None"
)
"""What custom attributes and properties may be given as; a datetime is a date."""

DEPTH = 100
"""How deep values may nest: Braze documents no number, but Python's own encoder has one."""
_BITS_OF_A_DOUBLE = 1023

_ENCODER = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
# What JSONEncoder.encode sets up anew for every value, which takes as long as a small value does;
# None where Python has no accelerator. Without markers: values are checked, so none is circular.
_MAKE: "Callable[..., Callable[[object, int], tuple[str, ...]]] | None" = getattr(
    encoder, "c_make_encoder", None
)
_WRITE = _MAKE and _MAKE(
    *(None, _ENCODER.default, encoder.encode_basestring, None, ":", ","),
    *(0, 0, 0),  # neither sorted, nor skipping keys, nor allowing NaN
)


def dumps(value: object) -> str:
    """Write JSON, in the one way it is written here: compact, in UTF-8, without NaN.

    Args:
        value: What JSON holds, already checked.
    """
    if _WRITE is None:
        return _ENCODER.encode(value)
    return "".join(_WRITE(value, 0))


def encoded_size(value: JsonValue) -> int:
    """Count the bytes of a value as it goes over the wire.

    Args:
        value: A checked value.
    """
    return len(dumps(value).encode())


def is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    """Tell whether a value becomes a JSON object.

    Args:
        value: Anything.
    """
    return isinstance(value, (dict, Mapping))  # dict first: asking the abstract class is slow


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Tell whether a value becomes a JSON array.

    Args:
        value: Anything.
    """
    return isinstance(value, (list, tuple))


def check_key(path: str, key: object) -> str:
    """Refuse what cannot be the name of an attribute or property.

    Args:
        path: Where it stands.
        key: The name.

    Raises:
        ConfigurationError: It is no text, empty, or longer than 255 characters.
    """
    if not isinstance(key, str) or not 0 < len(key) <= KEY_CHARACTERS or wrong_text(key):
        raise ConfigurationError(
            f"{path} has the key {quoted(key)}: name it with 1 to {KEY_CHARACTERS} characters"
        )
    return key


def scalar(path: str, value: object) -> str | int | float | None:
    """Check one plain value.

    Args:
        path: Where it stands.
        value: What stands there.

    Returns:
        The value; None if it is not plain.

    Raises:
        ConfigurationError: A text is too long, a number not finite.
    """
    if isinstance(value, str):
        if len(value) > STRING_CHARACTERS:
            raise refused(path, value, f"give at most {STRING_CHARACTERS} characters")
        if not value.isascii() and wrong_text(value):
            raise refused(path, value, "give text without lone surrogates")
        return value
    if isinstance(value, int):
        if value.bit_length() > _BITS_OF_A_DOUBLE:
            raise refused(path, value, "give a smaller number, or text")
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise refused(path, value, "give a finite number, or None")
        return value
    return None


def unknown(path: str, value: object) -> ConfigurationError:
    """Build the error for a value that JSON does not know.

    Args:
        path: Where it stands.
        value: What stands there.
    """
    return refused(
        path, value, "give text, int, float, bool, datetime, a list or a mapping of these"
    )
