"""One user profile of the fake workspace and what happened to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar, overload

import attrs

from braze_engage.testing.values import Alias, Json, JsonObject

if TYPE_CHECKING:
    from datetime import datetime

Member: TypeAlias = str | Alias


class Record(Protocol):
    """What a history keeps."""

    @property
    def name(self) -> str:
        """Name of the event, or id of the product."""
        ...

    @property
    def time(self) -> datetime:
        """When it happened, in UTC."""
        ...

    @property
    def quantity(self) -> int:
        """How often it counts."""
        ...


@attrs.frozen
class CustomEvent:
    """One custom event as Braze stored it.

    Args:
        name: Name of the event.
        time: When it happened, in UTC; never later than the moment it was applied.
        properties: At most 256 of them.
        app_id: As sent.
    """

    name: str
    time: datetime
    properties: JsonObject = attrs.field(factory=dict[str, Json])
    app_id: str | None = None

    @property
    def quantity(self) -> int:
        """Return 1: an event counts once."""
        return 1


@attrs.frozen
class PurchaseRecord:
    """One purchase as Braze stored it.

    Args:
        product_id: As sent.
        currency: ISO 4217 code.
        price: Per unit; negative for a refund.
        time: When it happened, in UTC.
        quantity: 1 to 100; counts as that many purchases.
        properties: As sent.
        app_id: As sent.
    """

    product_id: str
    currency: str
    price: float
    time: datetime
    quantity: int = 1
    properties: JsonObject = attrs.field(factory=dict[str, Json])
    app_id: str | None = None

    @property
    def name(self) -> str:
        """Return the product id, under which purchases are counted."""
        return self.product_id


@attrs.frozen
class Summary:
    """What Braze counts for one event name or product id."""

    name: str
    count: int
    first: datetime
    last: datetime


R = TypeVar("R", bound=Record)


class History(Sequence[R], Generic[R]):
    """Events or purchases in the order they were applied.

    A position gives one record, a name the ``Summary`` of all records of that name.
    """

    __slots__ = ("_records",)

    def __init__(self) -> None:
        self._records: list[R] = []

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[R]:
        return iter(self._records)

    @overload
    def __getitem__(self, wanted: int) -> R: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[R]: ...
    @overload
    def __getitem__(self, wanted: str) -> Summary: ...
    def __getitem__(self, wanted: int | slice | str) -> R | list[R] | Summary:
        if not isinstance(wanted, str):
            return self._records[wanted]
        named = self.named(wanted)
        if not named:
            raise KeyError(wanted)
        times = [record.time for record in named]
        return Summary(wanted, sum(record.quantity for record in named), min(times), max(times))

    def __repr__(self) -> str:
        return repr(self._records)

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order of first appearance."""
        return tuple(dict.fromkeys(record.name for record in self._records))

    def named(self, name: str) -> list[R]:
        """List the records of one name."""
        return [record for record in self._records if record.name == name]

    def append(self, record: R) -> None:
        """Add a record."""
        self._records.append(record)

    def summaries(self) -> list[Summary]:
        """Count every name."""
        return [self[name] for name in self.names]


@attrs.define(eq=False)
class Profile:
    """One person as Braze sees them; a field nobody has written is None."""

    number: int = attrs.field(repr=False)
    created_at: datetime = attrs.field(repr=False)
    external_id: str | None = None
    deprecated_external_ids: list[str] = attrs.field(factory=list[str], repr=False)
    aliases: list[Alias] = attrs.field(factory=list[Alias])
    devices: list[str] = attrs.field(factory=list[str], repr=False)
    custom_attributes: JsonObject = attrs.field(factory=dict[str, Json])
    custom_events: History[CustomEvent] = attrs.field(factory=History[CustomEvent], repr=False)
    purchases: History[PurchaseRecord] = attrs.field(factory=History[PurchaseRecord], repr=False)
    updated: int = attrs.field(default=0, repr=False)
    """Place in the order of updates: the highest was written last."""

    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    home_city: str | None = attrs.field(default=None, repr=False)
    country: str | None = attrs.field(default=None, repr=False)
    language: str | None = attrs.field(default=None, repr=False)
    gender: str | None = attrs.field(default=None, repr=False)
    dob: str | None = attrs.field(default=None, repr=False)
    time_zone: str | None = attrs.field(default=None, repr=False)
    image_url: str | None = attrs.field(default=None, repr=False)
    email_subscribe: str | None = attrs.field(default=None, repr=False)
    push_subscribe: str | None = attrs.field(default=None, repr=False)
    email_open_tracking_disabled: bool | None = attrs.field(default=None, repr=False)
    email_click_tracking_disabled: bool | None = attrs.field(default=None, repr=False)
    date_of_first_session: str | None = attrs.field(default=None, repr=False)
    date_of_last_session: str | None = attrs.field(default=None, repr=False)
    marked_email_as_spam_at: str | None = attrs.field(default=None, repr=False)
    current_location: JsonObject | None = attrs.field(default=None, repr=False)
    facebook: JsonObject | None = attrs.field(default=None, repr=False)
    twitter: JsonObject | None = attrs.field(default=None, repr=False)
    subscription_groups: dict[str, str] = attrs.field(factory=dict[str, str], repr=False)
    push_tokens: list[JsonObject] = attrs.field(factory=list[JsonObject], repr=False)

    @property
    def braze_id(self) -> str:
        """The id Braze assigned."""
        return f"{self.number:024x}"

    @property
    def member(self) -> Member:
        """How cohorts show this person: external id, else first alias, else first device id."""
        if self.external_id is not None:
            return self.external_id
        if self.aliases:
            return self.aliases[0]
        return self.devices[0] if self.devices else self.braze_id


FILLED_BY_MERGE = tuple(
    field.name
    for field in attrs.fields(Profile)
    if field.default is None and field.name != "external_id"
)
"""Fields that a merge fills where the kept profile has none."""
