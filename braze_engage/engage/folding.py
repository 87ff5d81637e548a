"""Attributes of one person from several calls, folded into as few entries as say the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage import limits
from braze_engage.engage.fitting import size
from braze_engage.engage.values import is_object, maker

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeGuard

    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.identity import Identity
    from braze_engage.engage.traits import AttributeChange

__all__ = ["AttributeWrite", "fold_attributes", "identifier"]

_TIME: Final = "$time"


class AttributeWrite(NamedTuple):
    """One entry of ``attributes``.

    Args:
        identity: Who.
        attributes: Profile fields and custom attributes by name.
        update_existing_only: Whether an unknown person is left alone; None for Braze's default.
        merge_objects: Whether objects are merged into the stored ones.
        sources: The changes that each value comes from, the oldest first; several only where
            objects were merged.
    """

    identity: Identity
    attributes: Mapping[str, object]
    update_existing_only: bool | None
    merge_objects: bool
    sources: Mapping[str, tuple[AttributeChange, ...]]

    def __repr__(self) -> str:
        # neither identity nor values: they hold personal data
        return f"AttributeWrite({len(self.attributes)} attributes)"

    def to_json(self) -> dict[str, object]:
        """Write the entry as ``/users/track`` takes it."""
        identity = self.identity
        if identity.kind == "external_id":
            entry = {"external_id": identity.value, **self.attributes}
        else:
            entry = {**identifier(identity), **self.attributes}
        if self.update_existing_only is not None:
            entry["_update_existing_only"] = self.update_existing_only
        if self.merge_objects:
            entry["_merge_objects"] = True
        return entry


_make_write: Final = maker(AttributeWrite)


def identifier(identity: Identity) -> dict[str, object]:
    """Write an identity as an entry of ``/users/track`` names it.

    Args:
        identity: Who.
    """
    if identity.kind == "user_alias":
        return {"user_alias": {"alias_name": identity.value, "alias_label": identity.label}}
    return {identity.kind: identity.value}


class _Value(NamedTuple):
    value: object
    merge: bool
    newest: int
    sources: tuple[AttributeChange, ...]


def fold_attributes(
    changes: Iterable[AttributeChange],
) -> dict[Identity, list[AttributeWrite]]:
    """Fold changes into what leaves every profile as sending them one by one in time order would.

    The newest value of every attribute counts; objects that are merged are merged here. The
    result does not depend on the order of arrival, and folding a change twice changes nothing.
    No name occurs in two entries of a person, so the order of the entries does not matter.

    A value that must create nobody stays in an entry of its own only as long as nothing older
    creates the person.

    Args:
        changes: In any order.

    Returns:
        The entries by person.
    """
    people: dict[Identity, list[AttributeChange]] = {}
    for change in changes:
        alone = [change]
        known = people.setdefault(change.identity, alone)
        if known is not alone:
            known.append(change)
    return {
        identity: _fold(known) if len(known) > 1 or known[0].merge_objects else [_of_one(*known)]
        for identity, known in people.items()
    }


def _of_one(change: AttributeChange) -> AttributeWrite:
    attributes = change.attributes
    sources = dict.fromkeys(attributes, (change,))
    return _make_write((change.identity, attributes, change.update_existing_only, False, sources))


def _fold(changes: Sequence[AttributeChange]) -> list[AttributeWrite]:
    ordered = _in_order(changes)
    values: dict[str, _Value] = {}
    for place, change in enumerate(ordered):
        for name, value in change.attributes.items():
            if name in change.merge_objects and _is_mergeable(value):
                values[name] = _merged(values.get(name), value, place, change)
            else:
                values[name] = _Value(value, merge=False, newest=place, sources=(change,))
    return _entries(ordered, values)


def _in_order(changes: Sequence[AttributeChange]) -> Sequence[AttributeChange]:
    ordered = sorted(changes, key=_order)
    if all(map(_differ, ordered, ordered[1:])):
        return ordered
    # beyond the order only the content is left to tell two changes apart
    told = {_content(change): change for change in ordered}
    return [told[content] for content in sorted(told)]


def _order(change: AttributeChange) -> OrderKey:
    return change.order


def _differ(older: AttributeChange, newer: AttributeChange) -> bool:
    return older.order != newer.order


def _content(change: AttributeChange) -> tuple[OrderKey, str, str]:
    others = (change.update_existing_only, sorted(change.merge_objects), change[5:])
    return change.order, json.dumps(change.attributes, sort_keys=True), repr(others)


def _is_mergeable(value: object) -> TypeGuard[Mapping[str, object]]:
    return is_object(value) and _TIME not in value


def _merged(
    known: _Value | None, value: Mapping[str, object], place: int, change: AttributeChange
) -> _Value:
    if known is None:
        return _Value(value, merge=True, newest=place, sources=(change,))
    if not _is_mergeable(known.value):
        # whatever was stored is gone with the value in between
        return _Value(value, merge=False, newest=place, sources=(change,))
    union = _union(known.value, value)
    if size(union) > limits.NESTED_BYTES:
        # Braze stores no such object; what is newer is kept
        return _Value(value, known.merge, place, (change,))
    return _Value(union, known.merge, place, (*known.sources, change))


def _union(older: Mapping[str, object], newer: Mapping[str, object]) -> Mapping[str, object]:
    union = dict(older)
    for name, value in newer.items():
        inner = union.get(name)
        if _is_mergeable(inner) and _is_mergeable(value):
            union[name] = _union(inner, value)
        else:
            union[name] = value
    return union


def _entries(
    ordered: Sequence[AttributeChange], values: Mapping[str, _Value]
) -> list[AttributeWrite]:
    creator = next((place for place, change in enumerate(ordered) if _creates(change)), None)
    groups: dict[tuple[bool | None, bool], dict[str, _Value]] = {}
    for name, value in values.items():
        only = ordered[value.newest].update_existing_only
        if creator is not None and value.newest > creator and not _creates(ordered[value.newest]):
            only = ordered[creator].update_existing_only
        groups.setdefault((only, value.merge), {})[name] = value
    return [
        AttributeWrite(
            ordered[0].identity,
            {name: found.value for name, found in groups[group].items()},
            *group,
            sources={name: found.sources for name, found in groups[group].items()},
        )
        # what must create nobody first, as it is older than what creates the person
        for group in sorted(groups, key=_place)
    ]


def _place(group: tuple[bool | None, bool]) -> tuple[bool, str]:
    return group[0] is not True, str(group)


def _creates(change: AttributeChange) -> bool:
    only = change.update_existing_only
    return only is False or (only is None and change.identity.kind != "user_alias")
