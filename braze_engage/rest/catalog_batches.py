"""Rows that take several catalog items in a request, and items of any number in several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar, cast, overload

from braze_engage.objects import Accepted
from braze_engage.objects.catalogs import check_catalog_name
from braze_engage.objects.checks import refused
from braze_engage.objects.values import is_mapping
from braze_engage.operation import Bound, Operation
from braze_engage.rest.catalog_writes import BatchWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.objects import CatalogItem, CatalogItemRef
    from braze_engage.operation import Family, Method, Performer, Replay
    from braze_engage.rest.catalog_writes import CatalogWrite, ItemOutcome

__all__ = ["BatchOperation", "BoundBatches"]

P = ParamSpec("P")
T = TypeVar("T", bound="CatalogItem | CatalogItemRef")


class BatchOperation(Operation[P, Accepted], Generic[P, T]):
    """One endpoint that takes up to 50 items, and any number with ``in_batches``.

    Args:
        method: HTTP verb.
        path: Path with placeholders in braces, each named like a field of the request class.
        request: The request class, with ``catalog_name`` and ``items``.
        read: Checks and copies an item.
        join: Makes one item of an older and a newer one with the same id, None where that cannot
            be; without, the newer one stands for both.
        bucket: Rate pool the request counts against, at worst.
        replay: What may be repeated, at worst.
        permission: Permission the key needs.
        docs: Address of Braze's page.
    """

    def __init__(  # noqa: PLR0913 - a row is its columns
        self,
        method: Method,
        path: str,
        request: Callable[P, object],
        *,
        read: Callable[[T], T],
        join: Callable[[T, T], T | None] | None = None,
        bucket: str,
        replay: Replay,
        permission: str,
        docs: str,
    ) -> None:
        super().__init__(
            method,
            path,
            request,
            Accepted,
            bucket=bucket,
            replay=replay,
            permission=permission,
            docs=docs,
        )
        self.read = read
        self.join = join

    @overload
    def __get__(self, family: None, owner: type[Family]) -> BatchOperation[P, T]: ...
    @overload
    def __get__(self, family: Family, owner: type[Family]) -> BoundBatches[P, T]: ...
    def __get__(
        self, family: Family | None, owner: type[Family]
    ) -> BatchOperation[P, T] | BoundBatches[P, T]:
        if family is None:
            return self
        return BoundBatches(self, family.performer)


class BoundBatches(Bound[P, Accepted], Generic[P, T]):
    """Such a row of a client: a call is one request, ``in_batches`` as many as it takes.

    Args:
        operation: The row.
        performer: The client that sends.
    """

    __slots__ = ("_batched",)

    def __init__(self, operation: BatchOperation[P, T], performer: Performer) -> None:
        super().__init__(operation, performer)
        self._batched = operation

    def in_batches(
        self,
        *,
        catalog_name: str,
        items: Iterable[T],
        on_outcome: Callable[[ItemOutcome], object] | None = None,
    ) -> CatalogWrite:
        """Send items of any number, in as many requests as that takes, one after the other.

        An iterator is read as its items are sent, and memory does not grow with their number. Of
        items with one id that meet in a request, the newest is sent; changes of fields are joined.
        An item that Braze refuses is found and left out, whatever it stood beside.

        Args:
            catalog_name: Name of the catalog.
            items: What the row takes, of any number.
            on_outcome: Told what became of each item as soon as it is known; what it raises stops
                the run.

        Raises:
            ConfigurationError: The name of the catalog or the kind of ``items`` is unusable;
                nothing was sent.
            TransportError: No whole answer arrived.
            ResponseError: Braze refused for a reason that lies in no item, such as an unknown
                catalog. What was done before is in the exception's ``done``, a `CatalogWrite`; so
                it is where an iterator of yours raises.
        """
        check_catalog_name("in_batches.catalog_name", catalog_name)
        given = cast("object", items)
        if isinstance(given, (str, bytes)) or is_mapping(given) or not isinstance(given, Iterable):
            raise refused("in_batches.items", given, "give a list or an iterator of items")
        writer = BatchWriter(
            self._performer,
            self._batched,
            catalog_name=catalog_name,
            read=self._batched.read,
            join=self._batched.join,
            on_outcome=on_outcome,
        )
        return writer.write(items)
