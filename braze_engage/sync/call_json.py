"""Writes a call down that may be no JSON, since a source may yield anything."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, cast

from braze_engage.engage.values import is_list, is_object
from braze_engage.errors import ConfigurationError
from braze_engage.objects.times import braze_time

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["call_json"]

_UNUSABLE: Final = float("nan")
"""Stands for what is no JSON: read back it is refused as the thing itself was."""
_DEEPEST: Final = 16
"""Levels that are kept of a call that cannot be written whole; those of Segment have fewer."""
_BITS_OF_A_DOUBLE: Final = 1_024


def call_json(call: object) -> str:
    """Write a call down, so that reading it back leads to what the call itself leads to.

    Args:
        call: The call as it came, or a text that could not be read.
    """
    try:
        return _WRITER.encode(call)
    except (TypeError, ValueError, RecursionError):
        return _WRITER.encode(_pruned(call, _DEEPEST))


def _plain(value: object) -> object:
    if is_object(value):
        return dict(value)
    if isinstance(value, datetime):
        try:
            return braze_time(value)
        except ConfigurationError:  # it lies outside the years that have four digits
            return _UNUSABLE
    return value.isoformat() if isinstance(value, date) else _UNUSABLE


def _pruned(value: object, levels: int) -> object:
    """Leave out what lies too deep, leads back to itself, or has no name or digits in JSON."""
    if is_object(value):
        if not levels:
            return _UNUSABLE
        names = cast("Mapping[object, object]", value)
        return {
            name if isinstance(name, str) else type(name).__name__: (
                _pruned(inner, levels - 1) if isinstance(name, str) else _UNUSABLE
            )
            for name, inner in names.items()
        }
    if is_list(value):
        return [_pruned(inner, levels - 1) for inner in value] if levels else _UNUSABLE
    if isinstance(value, int) and value.bit_length() > _BITS_OF_A_DOUBLE:
        return _UNUSABLE
    return value


_WRITER: Final = json.JSONEncoder(default=_plain, separators=(",", ":"))
