"""Identifiers within the limits of Braze."""

from __future__ import annotations

from typing import Final

from braze_engage import limits
from braze_engage.engage.outcomes import Reason, Unreadable
from braze_engage.engage.values import kind

__all__ = ["checked_identifier"]

_MOST_BYTES: Final = {
    "external_id": limits.EXTERNAL_ID_BYTES,
    "device_id": limits.DEVICE_ID_BYTES_MAX,
    "alias_name": limits.ALIAS_BYTES,
    "alias_label": limits.ALIAS_BYTES,
}
_MOST_BYTES_OF_OTHERS: Final = limits.STRING_CHARACTERS
_MOST_BITS: Final = 64
"""Of a number that is taken for an id."""


def checked_identifier(value: object, name: str) -> str:
    """Take an identifier as Braze takes it, text or a whole number.

    Args:
        value: What stands in the call.
        name: Which identifier, or which half of an alias.

    Raises:
        Unreadable: It is of another kind, or longer than Braze takes.
    """
    most = _MOST_BYTES.get(name, _MOST_BYTES_OF_OTHERS)
    if isinstance(value, str):
        if len(value) <= most and value.isascii():
            return value
        return _measured(value, name, most)
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= _MOST_BITS:
        return str(value)
    raise Unreadable(
        Reason.BAD_IDENTIFIER,
        f"{name} is {kind(value)}; it must be text, or a whole number of ordinary size",
    )


def _measured(value: str, name: str, most: int) -> str:
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise Unreadable(
            Reason.BAD_IDENTIFIER, f"{name} holds half of a surrogate pair; send valid Unicode"
        ) from None
    if size > most:
        raise Unreadable(
            Reason.BAD_IDENTIFIER, f"{name} has {size} bytes and Braze takes {most} at most"
        )
    return value
