"""Takes keys out of what Braze echoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.objects.values import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["scrubbed"]


def scrubbed(value: object, clean: Callable[[str], str]) -> object:
    """Clean every text of a JSON value, names included.

    Text by text, since a short key in the body as a whole may be part of its punctuation.

    Args:
        value: What was decoded.
        clean: Takes secrets out of a text.
    """
    if isinstance(value, str):
        return clean(value)
    if is_list(value):
        return [scrubbed(item, clean) for item in value]
    if is_mapping(value):
        return {clean(str(name)): scrubbed(item, clean) for name, item in value.items()}
    return value
