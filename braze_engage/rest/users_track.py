"""Rows that write attributes, events and purchases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, TypeAlias, cast

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.limits import BULK_BYTES, BULK_OBJECTS, BULK_OBJECTS_PER_USER, TRACK_OBJECTS
from braze_engage.objects import Event, Purchase, TrackLimits, UserAttributes
from braze_engage.objects.checks import at_least_one_of, at_most
from braze_engage.objects.fields import NOT_SENT, own_sequences
from braze_engage.objects.models import model
from braze_engage.objects.values import JsonValue
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "SyncedActivity",
    "SyncedUser",
    "TrackError",
    "TrackResult",
    "TrackUsers",
    "TrackUsersBulk",
    "TrackUsersSync",
    "TrackUsersSyncResult",
    "UsersTrack",
]

_Tracked: TypeAlias = UserAttributes | Event | Purchase


@model(kw_only=True, field_transformer=own_sequences)
class _Tracking:
    attributes: Sequence[UserAttributes] = ()
    events: Sequence[Event] = ()
    purchases: Sequence[Purchase] = ()

    def __attrs_post_init__(self) -> None:
        at_least_one_of(self, "attributes", "events", "purchases")

    def narrowed_replay(self) -> Replay:
        """Allow repeats where only values are set: events, purchases and increments count twice."""
        if self.events or self.purchases:
            return Replay.IF_UNSENT
        harmless = all(entry.repeatable for entry in self.attributes)
        return Replay.ALWAYS if harmless else Replay.IF_UNSENT


@model(kw_only=True, field_transformer=own_sequences)
class TrackUsers(_Tracking):
    """Attributes, events and purchases to write, of any people; processed in this order.

    Args:
        attributes: Profile fields and custom attributes.
        events: Custom events.
        purchases: Purchases.
        track_limits: How many objects the contract with Braze allows: 75 together, or 75 of each.

    Raises:
        ConfigurationError: There is nothing to write, or more than the limit.
    """

    track_limits: Annotated[TrackLimits, NOT_SENT] = TrackLimits.COMBINED_75

    def __attrs_post_init__(self) -> None:
        _Tracking.__attrs_post_init__(self)
        if self.track_limits is TrackLimits.COMBINED_75:
            at_most(self, TRACK_OBJECTS, "attributes", "events", "purchases")
        else:
            for name in ("attributes", "events", "purchases"):
                at_most(self, TRACK_OBJECTS, name)


@model(kw_only=True, field_transformer=own_sequences)
class TrackUsersBulk(_Tracking):
    """As `TrackUsers`: up to 1,000 objects in 2 MB, 100 of one person.

    Args:
        attributes: Profile fields and custom attributes.
        events: Custom events.
        purchases: Purchases.

    Raises:
        ConfigurationError: There is nothing to write, or more than the limit.
    """

    body_bytes: ClassVar[int] = BULK_BYTES

    def __attrs_post_init__(self) -> None:
        _Tracking.__attrs_post_init__(self)
        at_most(self, BULK_OBJECTS, "attributes", "events", "purchases")
        objects: list[_Tracked] = [*self.attributes, *self.events, *self.purchases]
        most = max(Counter(map(_person, objects)).values())
        if most > BULK_OBJECTS_PER_USER:
            raise ConfigurationError(
                f"TrackUsersBulk holds {most:,} objects of one person: "
                f"Braze takes {BULK_OBJECTS_PER_USER}, send the rest in another request"
            )


def _person(tracked: _Tracked) -> object:
    # All without identifier are token imports, and no two of them are known to be one person.
    named = tracked.external_id or tracked.user_alias or tracked.braze_id
    if named is None and isinstance(tracked.email, str):
        return "email", tracked.email
    if named is None and isinstance(tracked.phone, str):
        return "phone", tracked.phone
    return named or id(tracked)


@model(kw_only=True, field_transformer=own_sequences)
class TrackUsersSync(_Tracking):
    """Exactly one attributes object, one event or one purchase.

    Args:
        attributes: At most one.
        events: At most one.
        purchases: At most one.

    Raises:
        ConfigurationError: There is nothing to write, or more than one object.
    """

    def __attrs_post_init__(self) -> None:
        _Tracking.__attrs_post_init__(self)
        at_most(self, 1, "attributes", "events", "purchases")


@model(kw_only=True)
class TrackError:
    """An object that Braze did not use; the others of the request it did.

    Args:
        type: A code or prose; Braze sends both, so compare loosely.
        input_array: ``attributes``, ``events`` or ``purchases``; None where Braze does not say.
        index: Position in that array; None where Braze gives no usable one.
    """

    type: str
    input_array: str | None = None
    index: int | None = None

    @classmethod
    def from_wire(cls, value: object) -> "TrackError":
        """Read an entry in any of the shapes Braze gives it.

        Args:
            value: An object, or only its text.
        """
        if not isinstance(value, Mapping):
            return cls(type=str(value))
        entry = cast("Mapping[str, object]", value)
        array, index = entry.get("input_array"), entry.get("index")
        return cls(
            type=str(entry.get("type", "")),
            input_array=array if isinstance(array, str) else None,
            index=index if isinstance(index, int) and not isinstance(index, bool) else None,
        )


@model(kw_only=True)
class TrackResult:
    """How many objects Braze queued; it applies them later.

    Args:
        message: ``success``, or ``queued`` while Braze is under maintenance.
        attributes_processed: Attributes objects queued.
        events_processed: Events queued.
        purchases_processed: Purchases queued.
        errors: Objects that were not; empty when all were.
    """

    message: str
    attributes_processed: int = 0
    events_processed: int = 0
    purchases_processed: int = 0
    errors: tuple[TrackError, ...] = ()


@model(kw_only=True)
class SyncedActivity:
    """What a profile now says about one event or product.

    Args:
        name: The event; None for a product.
        product_id: The product; None for an event.
        first: When it happened first, as Braze writes it.
        last: When it happened last, as Braze writes it.
        count: How often.
    """

    name: str | None = None
    product_id: str | None = None
    first: str | None = None
    last: str | None = None
    count: int = 0


@model(kw_only=True)
class SyncedUser:
    """A profile after a write. A value that is not the one sent means that the write was refused.

    Args:
        external_id: The identifier of the request, if it was this one.
        user_alias: The identifier of the request, if it was this one.
        braze_id: The identifier of the request, if it was this one.
        email: The identifier of the request, if it was this one.
        phone: The identifier of the request, if it was this one.
        custom_attributes: Values of the custom attributes that were sent.
        custom_events: What the profile says of the event that was sent.
        purchase_events: What the profile says of the product that was sent.
    """

    external_id: str | None = None
    user_alias: Mapping[str, JsonValue] | None = None
    braze_id: str | None = None
    email: str | None = None
    phone: str | None = None
    custom_attributes: Mapping[str, JsonValue] = attrs.field(factory=dict[str, JsonValue])
    custom_events: tuple[SyncedActivity, ...] = ()
    purchase_events: tuple[SyncedActivity, ...] = ()


@model(kw_only=True)
class TrackUsersSyncResult:
    """The profile after a synchronous write.

    Args:
        message: ``success``.
        users: One profile; none if nobody matched and the write was update-only.
    """

    message: str
    users: tuple[SyncedUser, ...] = ()


class UsersTrack(Family):
    """Rows that write attributes, events and purchases."""

    group = "users"

    track = Operation(
        "POST",
        "/users/track",
        TrackUsers,
        TrackResult,
        bucket="users_track",
        replay=Replay.IF_UNSENT,
        permission="users.track",
        docs="https://www.braze.com/docs/api/endpoints/user_data/post_user_track",
    )
    """Write attributes, events and purchases, creating profiles as needed.

    Braze queues them: success says that they were taken, not that they were applied. Between
    requests it keeps no order.
    """

    track_bulk = Operation(
        "POST",
        "/users/track/bulk",
        TrackUsersBulk,
        TrackResult,
        bucket="users_track_bulk",
        replay=Replay.IF_UNSENT,
        permission="users.track.bulk",
        docs="https://www.braze.com/docs/api/endpoints/user_data/post_user_track_bulk",
        availability="limited beta",
    )
    """Write many objects at once, for back-fills (limited beta); Braze prefers `track` at peaks."""

    track_sync = Operation(
        "POST",
        "/users/track/sync",
        TrackUsersSync,
        TrackUsersSyncResult,
        bucket="users_track_sync",
        replay=Replay.IF_UNSENT,
        permission="users.track.sync",
        docs="https://www.braze.com/docs/api/endpoints/user_data/post_user_track_synchronous",
        availability="limited beta",
    )
    """Write one object and wait some seconds for the resulting profile (limited beta)."""
