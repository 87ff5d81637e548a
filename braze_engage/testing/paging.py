"""Pages of lists, as the endpoints cut them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.testing.messages import Call

_T = TypeVar("_T")


def numbered_page(call: Call, items: Sequence[_T], size: int = 100) -> Sequence[_T]:
    """Cut the page whose number the query gives, from 0.

    Args:
        call: The request.
        items: The whole list.
        size: Items of a full page.
    """
    start = _number(call, "page", 0) * size
    return items[start : start + size]


def limited(call: Call, items: Sequence[_T], limit: int = 100) -> Sequence[_T]:
    """Cut what ``limit`` and ``offset`` of the query ask for.

    Args:
        call: The request.
        items: The whole list.
        limit: Of a request that names none.
    """
    start = _number(call, "offset", 0)
    return items[start : start + _number(call, "limit", limit)]


def linked_page(
    call: Call, items: Sequence[_T], size: int = 50
) -> tuple[Sequence[_T], dict[str, str]]:
    """Cut the page of a cursor, with the ``Link`` header that leads to those around it.

    Args:
        call: The request.
        items: The whole list.
        size: Items of a full page.
    """
    cursor = call.query.get("cursor")
    text = str(cursor).removeprefix("after-")
    start = int(text) if text.isdecimal() else 0
    links: list[str] = []
    if start:
        links.append(f'<{call.url}?cursor=after-{max(0, start - size)}>; rel="prev"')
    if start + size < len(items):
        links.append(f'<{call.url}?cursor=after-{start + size}>; rel="next"')
    return items[start : start + size], {"link": ", ".join(links)} if links else {}


def _number(call: Call, name: str, default: int) -> int:
    value = call.query.get(name)
    return value if isinstance(value, int) else default
