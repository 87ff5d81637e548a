"""Checks that objects make of their fields before anything is sent.

A message names the field, what kind of value stood there and what to do; it never shows the value,
which may be personal.
"""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from sys import float_info
from typing import Final, TypeGuard, cast

from braze_engage.errors import ConfigurationError

__all__ = [
    "at_least_one_of",
    "at_most",
    "check_bytes",
    "check_choice",
    "check_email",
    "check_flag",
    "check_pattern",
    "check_range",
    "check_text",
    "exactly_one_of",
    "is_number",
    "kind",
    "missing",
    "one_to",
    "quoted",
    "refused",
    "wrong_text",
]

_MOST: Final = float_info.max
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_SHOWN_CHARACTERS = 64
_MOST_BYTES_OF_A_CHARACTER = 4


def kind(value: object) -> str:
    """Describe a value by type and size, without showing it.

    Args:
        value: Anything.
    """
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"a text of {len(value):,} characters"
    if isinstance(value, Mapping):
        return f"a mapping of {len(cast('Mapping[object, object]', value)):,} keys"
    if isinstance(value, date):
        return f"a {type(value).__name__}"
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[object]", value)
        return f"a {type(items).__name__} of {len(items):,} items"
    return f"of type {type(value).__name__}"


def quoted(key: object) -> str:
    """Show a key in a path, shortened.

    Args:
        key: A key of a mapping.
    """
    if not isinstance(key, str):
        return f"[{kind(key)}]"
    return repr(key if len(key) <= _SHOWN_CHARACTERS else f"{key[:_SHOWN_CHARACTERS]}...")


def refused(field: str, value: object, remedy: str) -> ConfigurationError:
    """Build the error for one field.

    Args:
        field: Class and field, such as ``UserAlias.alias_name``.
        value: What stood there.
        remedy: What to give instead.
    """
    return ConfigurationError(f"{field} is {kind(value)}: {remedy}")


def wrong_text(value: str) -> bool:
    """Tell whether a text holds half a surrogate pair, which no JSON can carry.

    Args:
        value: Any text.
    """
    if value.isascii():
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False


def check_text(field: str, value: object, characters: int | None = None) -> None:
    """Refuse what is not a non-empty text.

    Args:
        field: Class and field.
        value: What stands there.
        characters: The most characters, where there is a limit.

    Raises:
        ConfigurationError: It is something else, or longer.
    """
    if not isinstance(value, str) or not value:
        raise refused(field, value, "give a non-empty text")
    if characters is not None and len(value) > characters:
        raise refused(field, value, f"give at most {characters:,} characters")
    if wrong_text(value):
        raise refused(field, value, "give text without lone surrogates")


def check_bytes(field: str, value: object, most: int, least: int = 1) -> None:
    """Refuse a text that is not of the right length in encoded bytes.

    Args:
        field: Class and field.
        value: What stands there.
        most: The most bytes of UTF-8.
        least: The fewest bytes of UTF-8.

    Raises:
        ConfigurationError: It is no text, shorter or longer.
    """
    if isinstance(value, str) and value.isascii():
        size = len(value)
    else:
        check_text(field, value)
        size = len(str(value).encode())
    if not least <= size <= most:
        span = f"at most {most:,}" if least <= 1 else f"{least:,} to {most:,}"
        raise refused(field, value, f"give a non-empty text of {span} bytes, it has {size:,}")


def check_email(field: str, value: object) -> None:
    """Refuse what cannot be an e-mail address.

    Args:
        field: Class and field.
        value: What stands there.

    Raises:
        ConfigurationError: It is none; Braze would drop the whole object.
    """
    check_text(field, value)
    if not _EMAIL.fullmatch(str(value)):
        raise refused(field, value, "give an e-mail address, or leave it out")


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether a value is a finite number, which a boolean is not.

    Args:
        value: Anything.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return -_MOST <= value <= _MOST  # isfinite fails on a whole number too large for a float


def check_choice(field: str, value: object, choices: Sequence[str]) -> None:
    """Refuse what is not one of a few words.

    Args:
        field: Class and field.
        value: What stands there.
        choices: The words Braze knows.

    Raises:
        ConfigurationError: It is none of them.
    """
    if not isinstance(value, str) or value not in choices:
        raise refused(field, value, f"give one of {', '.join(choices)}")


def check_flag(field: str, value: object) -> None:
    """Refuse what is not a boolean.

    Args:
        field: Class and field.
        value: What stands there.

    Raises:
        ConfigurationError: It is something else.
    """
    if not isinstance(value, bool):
        raise refused(field, value, "give True or False")


def check_range(field: str, value: object, *, least: int, most: int | None = None) -> None:
    """Refuse what is not a whole number within limits.

    Args:
        field: Class and field.
        value: What stands there.
        least: The least it may be.
        most: The most it may be.

    Raises:
        ConfigurationError: It is something else, less or more.
    """
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not (whole and least <= cast("int", value) <= (most or math.inf)):
        span = f"{least:,} or more" if most is None else f"{least:,} to {most:,}"
        raise refused(field, value, f"give a whole number, {span}")


def check_pattern(
    field: str, value: object, pattern: str, words: str, characters: int | None = None
) -> None:
    """Refuse what is not a text of certain characters.

    Args:
        field: Class and field.
        value: What stands there.
        pattern: What the whole text matches.
        words: The same in words, such as "letters, digits, - and _".
        characters: The most characters, where there is a limit.

    Raises:
        ConfigurationError: It is no text, too long, or holds other characters.
    """
    check_text(field, value, characters)
    if not re.fullmatch(pattern, str(value), re.ASCII):
        raise refused(field, value, f"give {words}")


def missing(value: object) -> bool:
    """Tell whether an optional field of a request was left out.

    Args:
        value: What stands there.
    """
    return value is None or value == ()


def _given(request: object, names: Sequence[str]) -> list[str]:
    return [name for name in names if not missing(getattr(request, name))]


def at_least_one_of(request: object, *names: str) -> None:
    """Refuse a request that holds none of several fields.

    Args:
        request: The request.
        *names: The fields.

    Raises:
        ConfigurationError: All are missing or empty.
    """
    if not _given(request, names):
        raise ConfigurationError(
            f"{type(request).__name__} is empty: give at least one of {', '.join(names)}"
        )


def exactly_one_of(request: object, *names: str) -> None:
    """Refuse a request that holds none or several of fields that exclude each other.

    Args:
        request: The request.
        *names: The fields.

    Raises:
        ConfigurationError: None or more than one is given.
    """
    given = _given(request, names)
    if len(given) != 1:
        raise ConfigurationError(
            f"{type(request).__name__} holds {' and '.join(given) or 'no identifier'}: "
            f"give exactly one of {', '.join(names)}"
        )


def at_most(request: object, most: int, *names: str) -> None:
    """Refuse a request that holds too many items.

    Args:
        request: The request.
        most: How many items the lists may hold together.
        *names: The lists.

    Raises:
        ConfigurationError: There are more.
    """
    count = sum(len(getattr(request, name)) for name in names)
    if count > most:
        raise ConfigurationError(
            f"{type(request).__name__} holds {count:,} {' and '.join(names)}: "
            f"Braze takes {most:,} in one request, send the rest in another"
        )


def one_to(request: object, most: int, name: str) -> None:
    """Refuse a request whose list is empty or too long.

    Args:
        request: The request.
        most: How many items the list may hold.
        name: The list.

    Raises:
        ConfigurationError: There are none, or more.
    """
    at_least_one_of(request, name)
    at_most(request, most, name)
