"""Rows that answer page by page, and how the next page is found.

https://www.braze.com/docs/api/basics
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec, Protocol, TypeVar, cast, overload
from urllib.parse import parse_qs, urlsplit

import attrs

from braze_engage.errors import UnreadableResponse
from braze_engage.operation.row import Bound, Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from braze_engage.operation.row import (
        Availability,
        Credential,
        Family,
        Method,
        Performer,
        Replay,
        Reply,
    )

__all__ = [
    "BoundPages",
    "Links",
    "Offsets",
    "PageNumbers",
    "PagedOperation",
    "Paging",
    "ToldOffsets",
]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)
T_co = TypeVar("T_co", covariant=True)

_LINK: Final = re.compile(r'<([^>]*)>((?:\s*;\s*[\w*]+\s*=\s*(?:"[^"]*"|[^",;\s]*))*)')
_REL: Final = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]*))', re.IGNORECASE)


class Paging(Protocol):
    """How one page leads to the next."""

    def after(self, request: object, reply: Reply[object], count: int) -> object | None:
        """Build the request of the next page; None after the last one.

        Args:
            request: What asked for this page.
            reply: The page and the headers it came with.
            count: How many items it holds.
        """
        ...


@attrs.frozen
class PageNumbers:
    """Pages are numbered: the request has a ``page``, and a page that is not full is the last.

    Args:
        size: Items of a full page; None where Braze does not say, so that an empty page ends.
    """

    size: int | None

    def after(self, request: object, reply: Reply[object], count: int) -> object | None:  # noqa: ARG002 - fixed by Paging
        """Ask for the next number."""
        if count < (self.size or 1):
            return None
        return _changed(request, page=_number(request, "page") + 1)


@attrs.frozen
class Offsets:
    """The request has ``limit`` and ``offset``, and a page of fewer items than asked is the last.

    Args:
        size: Items of a page where the request names no limit.
    """

    size: int

    def after(self, request: object, reply: Reply[object], count: int) -> object | None:  # noqa: ARG002 - fixed by Paging
        """Ask for what comes behind this page."""
        if count < (_number(request, "limit") or self.size):
            return None
        return _changed(request, offset=_number(request, "offset") + count)


@attrs.frozen
class ToldOffsets:
    """The request has an ``offset``, and a page tells ``has_more`` and the ``next_offset``."""

    def after(self, request: object, reply: Reply[object], count: int) -> object | None:
        """Ask for the offset that the page names."""
        if not getattr(reply.value, "has_more", False):
            return None
        told: int | None = getattr(reply.value, "next_offset", None)
        return _changed(
            request, offset=_number(request, "offset") + count if told is None else told
        )


@attrs.frozen
class Links:
    """The request has a ``cursor``, and a ``Link`` header carries that of the next page.

    Of the address in the header only the cursor is used: the next request goes to the same host
    and path as this one, whatever the header says.
    """

    def after(self, request: object, reply: Reply[object], count: int) -> object | None:  # noqa: ARG002 - fixed by Paging
        """Ask for the cursor of the link whose relation is ``next``."""
        address = _next_link(reply.headers.get("link", ""))
        if address is None:
            return None
        cursors = parse_qs(urlsplit(address).query).get("cursor", [])
        return _changed(request, cursor=cursors[0] if cursors else None)


def _next_link(header: str) -> str | None:
    for address, parameters in _LINK.findall(header):
        relations = _REL.search(parameters)
        if relations and "next" in (relations[1] or relations[2]).lower().split():
            return str(address)
    return None


def _number(request: object, name: str) -> int:
    number: int | None = getattr(request, name)
    return number or 0


def _changed(request: object, **fields: object) -> object:
    # Any: attrs types the result by the class, and requests here are of every class.
    return cast("object", attrs.evolve(cast("Any", request), **fields))


class PagedOperation(Operation[P, R_co], Generic[P, R_co, T_co]):
    """One endpoint that answers page by page.

    Args:
        method: HTTP verb.
        path: Path with placeholders in braces, each named like a field of the request class.
        request: The request class; its signature becomes the signature of the call.
        response: The class of one page.
        items: Takes the items out of a page.
        paging: How one page leads to the next.
        bucket: Rate pool the request counts against, at worst.
        replay: What may be repeated, at worst.
        permission: Permission the key needs, or None where Braze documents none.
        docs: Address of Braze's page.
        availability: Who may use it, as Braze says.
        credential: The kind of key it takes.
    """

    def __init__(  # noqa: PLR0913 - a row is its columns
        self,
        method: Method,
        path: str,
        request: Callable[P, object],
        response: type[R_co],
        *,
        items: Callable[[R_co], Sequence[T_co]],
        paging: Paging,
        bucket: str,
        replay: Replay,
        permission: str | None,
        docs: str,
        availability: Availability = "general",
        credential: Credential = "REST API key",
    ) -> None:
        super().__init__(
            method,
            path,
            request,
            response,
            bucket=bucket,
            replay=replay,
            permission=permission,
            docs=docs,
            availability=availability,
            credential=credential,
        )
        self.items = items
        self.paging = paging

    @overload
    def __get__(self, family: None, owner: type[Family]) -> PagedOperation[P, R_co, T_co]: ...
    @overload
    def __get__(self, family: Family, owner: type[Family]) -> BoundPages[P, R_co, T_co]: ...
    def __get__(
        self, family: Family | None, owner: type[Family]
    ) -> PagedOperation[P, R_co, T_co] | BoundPages[P, R_co, T_co]:
        if family is None:
            return self
        return BoundPages(self, family.performer)


class BoundPages(Bound[P, R_co], Generic[P, R_co, T_co]):
    """A paged row of a client: a call gives one page, `pages` and `items` go on to the end.

    Args:
        operation: The row.
        performer: The client that sends.
    """

    __slots__ = ("_paged",)

    def __init__(self, operation: PagedOperation[P, R_co, T_co], performer: Performer) -> None:
        super().__init__(operation, performer)
        self._paged = operation

    def pages(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[R_co]:
        """Iterate over the pages from the one asked for to the last; each is fetched when due.

        Args:
            *args: As the call itself.
            **kwargs: As the call itself.

        Raises:
            UnreadableResponse: While iterating: the pages do not come to an end.
        """
        return self._walk(self._paged.request(*args, **kwargs))

    def items(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[T_co]:
        """Iterate over the items of all these pages.

        Args:
            *args: As the call itself.
            **kwargs: As the call itself.

        Raises:
            UnreadableResponse: While iterating: the pages do not come to an end.
        """
        pages = self.pages(*args, **kwargs)
        return (item for page in pages for item in self._paged.items(page))

    def _walk(self, first: object) -> Iterator[R_co]:
        row = self._paged
        request: object | None = first
        # Brent's way to find a circle: compare with one request kept, at ever longer distances.
        kept, steps, distance = first, 0, 1
        last: R_co | None = None
        while request is not None:
            reply = self._performer.perform(row, request)
            page = reply.value
            count = len(row.items(page))
            if count and page == last:
                raise _endless(row, reply, "the same page again")
            if count or request is first:
                yield page
            last = page
            request = row.paging.after(request, reply, count)
            steps += 1
            if request == kept:
                raise _endless(row, reply, "a page that was there before as the next one")
            if steps == distance:
                kept, steps, distance = request, 0, 2 * distance


def _endless(row: Operation[..., object], reply: Reply[object], what: str) -> UnreadableResponse:
    error = UnreadableResponse(
        f"the pages do not come to an end: Braze gave {what}",
        status=reply.status,
        method=row.method,
        path=row.path,
        attempts=reply.attempts,
        hint="what was read so far is good; report it to Braze",
    )
    error.problems = (f"{what} @ $",)
    return error
