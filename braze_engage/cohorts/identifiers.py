"""The identifiers that cohorts take, checked one by one as they are taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, TypeVar

from braze_engage.errors import ConfigurationError
from braze_engage.limits import ALIAS_BYTES, EXTERNAL_ID_BYTES, REQUEST_BYTES
from braze_engage.objects import UserAlias
from braze_engage.objects.checks import check_bytes, refused
from braze_engage.objects.values import is_list

__all__ = ["AliasLike", "aliases_in", "device_ids_in", "listed", "user_ids_in"]

T = TypeVar("T")
AliasLike: TypeAlias = UserAlias | tuple[str, str]

_PAIR: Final = 2


def user_ids_in(values: Iterable[str]) -> Iterator[str]:
    """Check external ids.

    Args:
        values: Any number of them.

    Raises:
        ConfigurationError: There is no list of them or, later, one is unusable.
    """
    return _texts(listed(values, "user_ids"), "user_ids", EXTERNAL_ID_BYTES)


def device_ids_in(values: Iterable[str]) -> Iterator[str]:
    """Check Braze device ids; Braze states no limit for them here but the size of a request.

    Args:
        values: Any number of them.

    Raises:
        ConfigurationError: There is no list of them or, later, one is unusable.
    """
    return _texts(listed(values, "device_ids"), "device_ids", REQUEST_BYTES)


def aliases_in(values: Iterable[AliasLike]) -> Iterator[UserAlias]:
    """Check aliases.

    Args:
        values: Any number of `UserAlias` or pairs.

    Raises:
        ConfigurationError: There is no list of them or, later, one is unusable.
    """
    pairs = enumerate(listed(values, "aliases"))
    return (_alias(value, f"aliases[{position}]") for position, value in pairs)


def listed(values: Iterable[T], field: str) -> Iterable[T]:
    """Refuse what is no list of things; a lone "u1" would become the people "u" and "1".

    Args:
        values: What somebody gave.
        field: Its name.

    Raises:
        ConfigurationError: It is one thing, or a mapping.
    """
    if not _is_list(values):
        raise ConfigurationError(
            f"{field} is of type {type(values).__name__}: give a list, also of a single one"
        )
    return values


def _is_list(value: object) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping))


def _texts(values: Iterable[str], field: str, limit: int) -> Iterator[str]:
    for position, value in enumerate(values):
        # Most ids are short ASCII, and there may be millions.
        if not _is_plain(value, limit):
            _text(f"{field}[{position}]", value, limit)
        yield value


def _is_plain(value: object, limit: int) -> bool:
    return isinstance(value, str) and value.isascii() and 0 < len(value) <= limit


def _text(field: str, value: object, limit: int) -> str:
    if isinstance(value, int):
        raise refused(field, value, "identifiers are text, so give str(id)")
    check_bytes(field, value, limit)
    return str(value)


def _alias(value: object, field: str) -> UserAlias:
    if isinstance(value, UserAlias):
        return value
    # A text of two characters is no pair.
    pair = value if is_list(value) else ()
    if len(pair) != _PAIR:
        raise refused(field, value, "give a UserAlias or a pair (alias_name, alias_label)")
    return UserAlias(
        alias_name=_text(f"{field}.alias_name", pair[0], ALIAS_BYTES),
        alias_label=_text(f"{field}.alias_label", pair[1], ALIAS_BYTES),
    )
