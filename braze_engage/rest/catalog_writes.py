"""What becomes of catalog items of any number, and how they are cut into requests.

One bad item never takes its batch along: it is found by what Braze says of it, else by halving.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

import attrs

from braze_engage.errors import BadRequest, ConfigurationError, PayloadTooLarge
from braze_engage.limits import CATALOG_ITEMS_PER_REQUEST, KIB, REQUEST_BYTES
from braze_engage.objects.models import model
from braze_engage.objects.values import encoded_size, is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from braze_engage.objects import Accepted, CatalogItem, CatalogItemRef, JsonValue
    from braze_engage.operation import Operation, Performer

    _Refusal: TypeAlias = BadRequest | PayloadTooLarge

__all__ = ["BatchWriter", "CatalogWrite", "Fate", "ItemOutcome"]

T = TypeVar("T", bound="CatalogItem | CatalogItemRef")

_KEPT_REFUSALS: Final = 10_000
_ROOM: Final = REQUEST_BYTES - KIB  # bytes: what stands around the items takes a few
_BAD_REQUEST: Final = 400
_STORAGE_IS_FULL: Final = "company-size-limit-already-reached"


class Fate(Enum):
    """What became of an item."""

    ACCEPTED = "accepted"
    """Braze queued it."""
    SUPERSEDED = "superseded"
    """A newer item with the same id took its place."""
    REFUSED = "refused"
    """Braze would not take it, or it was unusable and not sent."""


@model(kw_only=True)
class ItemOutcome:
    """What became of one item.

    Args:
        position: Its place among the items given, from 0.
        id: Its id; empty where it has none.
        fate: What became of it.
        reason: Why it was refused.
    """

    position: int
    id: str
    fate: Fate
    reason: str = ""


@model(kw_only=True)
class CatalogWrite:
    """What became of items of any number.

    Args:
        accepted: How many Braze queued.
        superseded: How many gave way to a newer item with the same id.
        refused: How many were not taken.
        refusals: These, the first 10,000 of them.
        requests: How many were sent, refused ones included.
        settled: So many items, from the first one on, have one of these fates; after an error,
            hand in the rest from here.
    """

    accepted: int = 0
    superseded: int = 0
    refused: int = 0
    refusals: tuple[ItemOutcome, ...] = ()
    requests: int = 0
    settled: int = 0


@attrs.frozen
class _Waiting(Generic[T]):
    """An item to be sent, and the positions it stands for."""

    id: str
    item: T
    size: int
    positions: tuple[int, ...]


class BatchWriter(Generic[T]):
    """Sends items of any number, each request as full as it may be.

    Args:
        performer: The client that sends.
        row: What a request is.
        catalog_name: Name of the catalog.
        read: Checks and copies an item.
        join: Makes one item of an older and a newer one with the same id, None where that cannot
            be; without, the newer one stands for both.
        on_outcome: Told what became of each item.
    """

    def __init__(
        self,
        performer: Performer,
        row: Operation[..., Accepted],
        *,
        catalog_name: str,
        read: Callable[[T], T],
        join: Callable[[T, T], T | None] | None,
        on_outcome: Callable[[ItemOutcome], object] | None,
    ) -> None:
        self._performer = performer
        self._row = row
        self._catalog_name = catalog_name
        self._read = read
        self._join = join
        self._on_outcome = on_outcome
        self._waiting: dict[str, _Waiting[T]] = {}
        self._room = _ROOM
        self._counts = dict.fromkeys(Fate, 0)
        self._refusals: list[ItemOutcome] = []
        self._requests = self._settled = 0

    def write(self, items: Iterable[T]) -> CatalogWrite:
        """Send all of them.

        Args:
            items: Read as they are sent.

        Raises:
            BrazeError: Something failed that lies in no item. What was done before is in the
                exception's ``done``.
        """
        count = 0
        try:
            for position, item in enumerate(items):
                self._take(position, item)
                count = position + 1
            self._flush(count)
        except BaseException as error:
            vars(error)["done"] = self._done()
            raise
        return self._done()

    def _done(self) -> CatalogWrite:
        return CatalogWrite(
            accepted=self._counts[Fate.ACCEPTED],
            superseded=self._counts[Fate.SUPERSEDED],
            refused=self._counts[Fate.REFUSED],
            refusals=tuple(self._refusals),
            requests=self._requests,
            settled=self._settled,
        )

    def _take(self, position: int, item: T) -> None:
        try:
            new = self._checked(item, position)
        except ConfigurationError as unusable:
            self._tell(_id_of(item), (position,), Fate.REFUSED, str(unusable))
            return
        older = self._waiting.get(new.id)
        if older is not None and self._stands_for_both(older, new):
            return
        full = len(self._waiting) == CATALOG_ITEMS_PER_REQUEST
        if full or older is not None or new.size > self._room:
            self._flush(position)
        self._put(new)

    def _checked(self, item: T, position: int) -> _Waiting[T]:
        copied = self._read(item)
        size = _size(copied)
        if size > _ROOM:
            raise ConfigurationError(
                f"item takes {size:,} bytes and Braze {REQUEST_BYTES:,} in a request: shorten it"
            )
        return _Waiting(_id_of(copied), copied, size, (position,))

    def _stands_for_both(self, older: _Waiting[T], new: _Waiting[T]) -> bool:
        """Send one item for two with the same id; false where both must be sent."""
        if self._join is not None:
            item = self._join(older.item, new.item)
            if item is None:
                return False
            new = _Waiting(new.id, item, _size(item), older.positions + new.positions)
        if new.size > self._room + older.size:
            return False
        if self._join is None:
            self._tell(older.id, older.positions, Fate.SUPERSEDED)
        self._room += older.size
        self._put(new)
        return True

    def _put(self, new: _Waiting[T]) -> None:
        self._waiting[new.id] = new
        self._room -= new.size

    def _flush(self, position: int) -> None:
        if self._waiting:
            self._send([*self._waiting.values()])
        self._waiting.clear()
        self._room = _ROOM
        self._settled = position

    def _send(self, part: Sequence[_Waiting[T]]) -> None:
        refusal = self._refused([one.item for one in part])
        if refusal is not None and len(part) > 1:
            for smaller in _parted(part, refusal):
                self._send(smaller)
            return
        fate = Fate.ACCEPTED if refusal is None else Fate.REFUSED
        for one in part:
            self._tell(one.id, one.positions, fate, "" if refusal is None else _reason(refusal))

    def _refused(self, items: Sequence[T]) -> _Refusal | None:
        request = self._row.request(catalog_name=self._catalog_name, items=items)
        self._requests += 1
        try:
            self._performer.perform(self._row, request)
        except (BadRequest, PayloadTooLarge) as error:
            if not _lies_in_an_item(error):
                raise
            return error
        return None

    def _tell(self, item_id: str, positions: Sequence[int], fate: Fate, reason: str = "") -> None:
        for position in positions:
            outcome = ItemOutcome(position=position, id=item_id, fate=fate, reason=reason)
            self._counts[fate] += 1
            if fate is Fate.REFUSED and len(self._refusals) < _KEPT_REFUSALS:
                self._refusals.append(outcome)
            if self._on_outcome is not None:
                self._on_outcome(outcome)


def _size(item: CatalogItem | CatalogItemRef) -> int:
    # What was checked holds JSON alone; a comma follows.
    wire = cast("JsonValue", item) if is_mapping(item) else {"id": _id_of(item)}
    return encoded_size(wire) + 1


def _id_of(item: object) -> str:
    found = item.get("id") if is_mapping(item) else getattr(item, "id", None)
    return found if isinstance(found, str) else ""


def _lies_in_an_item(error: _Refusal) -> bool:
    if isinstance(error, PayloadTooLarge):
        return True
    full = any(_id_of(entry) == _STORAGE_IS_FULL for entry in error.errors)
    return error.status == _BAD_REQUEST and not full


def _parted(
    part: Sequence[_Waiting[T]], refusal: _Refusal
) -> tuple[Sequence[_Waiting[T]], Sequence[_Waiting[T]]]:
    """Part the items that Braze names from the others; halve where it names none or all."""
    named = set(_named(refusal))
    guilty = [one for one in part if one.id in named]
    if 0 < len(guilty) < len(part):
        return [one for one in part if one.id not in named], guilty
    middle = len(part) // 2
    return part[:middle], part[middle:]


def _named(refusal: _Refusal) -> Iterator[str]:
    """Walk over ``parameter_values``: ids, or objects with an ``id``."""
    for entry in refusal.errors:
        values = entry.get("parameter_values") if is_mapping(entry) else None
        for value in values if is_list(values) else ():
            yield value if isinstance(value, str) else _id_of(value)


def _reason(refusal: _Refusal) -> str:
    told = [
        ": ".join(word for word in (entry.get("id"), entry.get("message")) if isinstance(word, str))
        for entry in refusal.errors
        if is_mapping(entry)
    ]
    return "; ".join(filter(None, told)) or refusal.message
