"""What waits for one person, folded into entries of ``/users/track``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, TypeGuard

from braze_engage.engage.data_points import attribute_points, attributes_points, event_points
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.events import EventChange
from braze_engage.engage.folding import AttributeWrite, fold_attributes, identifier
from braze_engage.engage.traits import AttributeChange
from braze_engage.engage.values import maker
from braze_engage.objects.values import dumps
from braze_engage.sync.known import Detecting
from braze_engage.sync.unchanged import Unchanged, is_any_late
from braze_engage.sync.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.engage.identity import Identity
    from braze_engage.engage.outcomes import Reason
    from braze_engage.sync.ledger import Credit
    from braze_engage.sync.state import StateStore

__all__ = ["Draft", "TrackEntry", "TrackWaiting", "apart", "draft"]

TrackWaiting: TypeAlias = Waiting[AttributeChange] | Waiting[EventChange]

_IDENTIFY: Final = Delivery.IDENTIFY
_BOTH: Final = Delivery.IDENTIFY | Delivery.BOOLEAN
_ONLY: Final = {
    None: "}",
    True: ',"_update_existing_only":true}',
    False: ',"_update_existing_only":false}',
}
"""How an entry ends."""


class TrackEntry(NamedTuple):
    """One entry of ``attributes`` or ``events``.

    Args:
        array: Where it stands.
        identity: Who.
        encoded: The entry as JSON in UTF-8.
        sources: What it was folded from and carries something of.
        shadowed: What it was folded from and carries nothing of, because of newer values.
        write: The attributes; None for what cannot be taken apart, an event or one call alone.
        credits: Data points by computation key and delivery.
        points: Its data points.
        creates: Whether Braze creates a profile where there is none.
    """

    array: Literal["attributes", "events"]
    identity: Identity
    encoded: bytes
    sources: tuple[TrackWaiting, ...]
    shadowed: tuple[Waiting[AttributeChange], ...]
    write: AttributeWrite | None
    credits: tuple[Credit, ...]
    points: int
    creates: bool

    def __repr__(self) -> str:
        return f"TrackEntry({self.array!r})"  # everything else is personal data

    @property
    def calls(self) -> tuple[TrackWaiting, ...]:
        """Everything it was folded from."""
        return (*self.sources, *self.shadowed) if self.shadowed else self.sources


_make_entry: Final = maker(TrackEntry)


class Draft(NamedTuple):
    """What is sent for one person.

    Args:
        attributes: Entries of attributes, no name in two of them.
        events: Entries of events, the oldest first.
        ended: What is not sent, and why.
        saved: Data points that folding saves.
        unchanged: What was left out; None where nothing was.
    """

    attributes: Sequence[TrackEntry]
    events: Sequence[TrackEntry]
    ended: Sequence[tuple[TrackWaiting, Reason]]
    saved: int
    unchanged: Unchanged | None


_make_draft: Final = maker(Draft)


def draft(waiting: Sequence[TrackWaiting], state: StateStore, *, suppress_repeats: bool) -> Draft:
    """Fold what waits for one person.

    What Braze accepted a newer value of is left out, and so is what it holds already, as far as
    the state and the rules tell.

    Args:
        waiting: Changes of one person, in any order.
        state: What is remembered.
        suppress_repeats: Whether repeated memberships are left out.
    """
    if len(waiting) == 1 and _is_attributes(waiting[0]):
        # of most people one change waits, and nothing has to be folded
        return _draft_of_one(waiting[0], state, suppress_repeats=suppress_repeats)
    ended: list[tuple[TrackWaiting, Reason]] = []
    changes: list[Waiting[AttributeChange]] = []
    for one in waiting:
        one.text = None  # of an earlier draft, which may have held more
    unchanged = Unchanged(state, suppress_repeats=suppress_repeats)
    attributes = [one for one in waiting if _is_attributes(one)]
    # the newest first: what Braze holds already at a later time makes the older ones late
    attributes.sort(key=lambda one: one.change.order, reverse=True)
    for one in attributes:
        reason = unchanged.leave_out(one)
        if reason is None:
            changes.append(one)
        else:
            ended.append((one, reason))
    entries = _attribute_entries(changes) if changes else []
    spent = sum(entry.points for entry in entries)
    offered = sum(attributes_points(one.change.attributes) for one in changes)
    events = [one for one in waiting if _is_event(one)]
    events.sort(key=lambda one: one.change.order)
    sent: list[TrackEntry] = []
    for event in events:
        reason = unchanged.leave_out_event(event.change)
        if reason is None:
            sent.append(_event_entry(event))
        else:
            ended.append((event, reason))
    return Draft(entries, sent, ended, offered - spent, unchanged)


def _draft_of_one(
    waiting: Waiting[AttributeChange], state: StateStore, *, suppress_repeats: bool
) -> Draft:
    unchanged: Unchanged | None = None
    change = waiting.change
    suppresses = suppress_repeats and waiting.is_membership
    if suppresses or isinstance(state, Detecting) or is_any_late(state, change):
        unchanged = Unchanged(state, suppress_repeats=suppress_repeats)
        reason = unchanged.leave_out(waiting)
        if reason is not None:
            return Draft((), (), ((waiting, reason),), 0, unchanged)
    if change.merge_objects:
        return Draft(_attribute_entries((waiting,)), (), (), 0, unchanged)
    return _make_draft(((_entry_of_one(waiting),), (), (), 0, unchanged))


def _entry_of_one(waiting: Waiting[AttributeChange]) -> TrackEntry:
    change = waiting.change
    identity, attributes, only = change.identity, change.attributes, change.update_existing_only
    # what it writes is remembered in this form, too
    waiting.text = text = dumps(attributes)
    points = attributes_points(attributes)
    delivery = waiting.delivery
    return _make_entry(
        (
            "attributes",
            identity,
            f"{_beginning(identity)},{text[1:-1]}{_ONLY[only]}".encode(),
            (waiting,),
            (),
            None,
            ((change.key or "", _IDENTIFY if delivery is _BOTH else delivery, points),),
            points,
            _creates(identity, only),
        )
    )


def _beginning(identity: Identity) -> str:
    if identity.kind == "external_id":
        return f'{{"external_id":{dumps(identity.value)}'
    return dumps(identifier(identity))[:-1]


def _is_event(waiting: TrackWaiting) -> TypeGuard[Waiting[EventChange]]:
    return isinstance(waiting.change, EventChange)


def _is_attributes(waiting: TrackWaiting) -> TypeGuard[Waiting[AttributeChange]]:
    return isinstance(waiting.change, AttributeChange)


def _twins(
    changes: Sequence[Waiting[AttributeChange]],
) -> list[list[Waiting[AttributeChange]]]:
    """Put together what says the same of the same moment; one of them stands for all."""
    if len({one.change.order for one in changes}) == len(changes):
        return [[one] for one in changes]
    told: dict[tuple[object, ...], list[Waiting[AttributeChange]]] = {}
    for one in changes:
        content = (dumps(one.change.attributes), one.change[2:])
        told.setdefault(content, []).append(one)
    return list(told.values())


def _attribute_entries(changes: Sequence[Waiting[AttributeChange]]) -> list[TrackEntry]:
    if len(changes) == 1 and not changes[0].change.merge_objects:
        return [_entry_of_one(changes[0])]
    twins = _twins(changes)
    by_change = {id(alike[0].change): alike for alike in twins}
    (writes,) = fold_attributes(alike[0].change for alike in twins).values()
    entries: list[TrackEntry] = []
    for write in writes:
        sources = dict.fromkeys(id(change) for found in write.sources.values() for change in found)
        everyone = [one for source in sources for one in by_change[source]]
        entry = _attribute_entry(write, everyone)
        if len(everyone) < len(changes):
            # it carries newer values instead; if they are refused, the older ones count after all
            others = (one for alike in twins for one in alike if id(alike[0].change) not in sources)
            names = write.attributes.keys()
            shadowed = (one for one in others if not names.isdisjoint(one.change.attributes))
            entry = entry._replace(shadowed=tuple(shadowed))
        entries.append(entry)
    return entries


def _attribute_entry(
    write: AttributeWrite,
    sources: Sequence[Waiting[AttributeChange]],
) -> TrackEntry:
    deliveries = {one.change.order: one.delivery for one in sources}
    sums: dict[tuple[str, Delivery], int] = {}
    for name, value in write.attributes.items():
        newest = write.sources[name][-1]
        delivery = deliveries[newest.order]
        # what both write alike is paid once
        slot = newest.key or "", Delivery.IDENTIFY if delivery == _BOTH else delivery
        sums[slot] = sums.get(slot, 0) + attribute_points(name, value)
    return TrackEntry(
        "attributes",
        write.identity,
        dumps(write.to_json()).encode(),
        tuple(sources),
        (),
        write,
        tuple((key, delivery, points) for (key, delivery), points in sums.items()),
        sum(sums.values()),
        _creates(write.identity, write.update_existing_only),
    )


def _event_entry(waiting: Waiting[EventChange]) -> TrackEntry:
    change = waiting.change
    points = event_points(change.event)
    return TrackEntry(
        "events",
        change.identity,
        dumps(change.to_json()).encode(),
        (waiting,),
        (),
        None,
        ((change.key or "", waiting.delivery, points),),
        points,
        _creates(change.identity, change.event.get("_update_existing_only")),
    )


def _creates(identity: Identity, only: object) -> bool:
    """Whether Braze makes a profile of somebody unknown; for aliases it has to be told so."""
    if identity.kind == "braze_id":
        return False  # Braze gives those out itself
    return only is False or (only is None and identity.kind != "user_alias")


def apart(entry: TrackEntry) -> list[list[TrackEntry]]:
    """Take an entry of attributes apart into the calls it was folded from.

    Args:
        entry: An entry that Braze refused.

    Returns:
        Rounds of entries that leave behind what the one would have left, if they are sent one
        after the other; nothing where it comes from one call alone.
    """
    write = entry.write
    if write is None or len(entry.calls) == 1:
        return []
    everyone = [one for one in entry.calls if _is_attributes(one)]
    rounds: list[list[TrackEntry]] = []
    at: dict[str, int] = {}
    for one in sorted(everyone, key=lambda one: one.change.order):
        change = one.change
        names = [name for name in change.attributes if name in write.attributes]
        place = max((at[name] for name in names if name in at), default=-1) + 1
        at.update(dict.fromkeys(names, place))
        part = AttributeWrite(
            write.identity,
            {name: change.attributes[name] for name in names},
            change.update_existing_only,
            write.merge_objects,
            dict.fromkeys(names, (change,)),
        )
        rounds += [[] for _ in range(place + 1 - len(rounds))]
        rounds[place].append(_attribute_entry(part, [one]))
    return rounds
