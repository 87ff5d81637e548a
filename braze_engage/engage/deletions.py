"""Deletions of people, as Segment passes them on from privacy requests.

https://segment.com/docs/privacy/user-deletion-and-suppression
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from braze_engage.engage.calls import CallType, EngageCall, Unusable, unwrapped
from braze_engage.engage.identity import Identity, delete_identity
from braze_engage.engage.outcomes import Unreadable
from braze_engage.engage.texts import parse_json
from braze_engage.engage.values import NOTHING, is_object

if TYPE_CHECKING:
    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.rules import EngageRules

__all__ = ["Deletion", "deletion", "person_named"]


class Deletion(NamedTuple):
    """A person who is to be deleted.

    Args:
        identity: Who.
        order: What decides which other calls are older and must never be written again.
    """

    identity: Identity
    order: OrderKey

    def __repr__(self) -> str:
        return "Deletion()"  # the identity is personal data


def deletion(call: EngageCall, rules: EngageRules) -> Deletion | Unusable:
    """Turn a delete call into a deletion.

    Args:
        call: The call.
        rules: Where identifiers come from.

    Returns:
        The deletion, or why nobody can be deleted.
    """
    identity = delete_identity(call, rules.identity)
    return identity if isinstance(identity, Unusable) else Deletion(identity, call.order)


def person_named(item: object, rules: EngageRules) -> Identity | None:
    """Tell whose deletion would be about a call that cannot be read, None where nobody can.

    Args:
        item: The call as it came, or its JSON.
        rules: Where identifiers come from.
    """
    try:
        raw = unwrapped(parse_json(item) if isinstance(item, str) else item)
    except Unreadable:
        return None
    if not is_object(raw):
        return None
    call = EngageCall(CallType.DELETE, None, None, None, NOTHING, 0, None, (), raw)
    found = delete_identity(call, rules.identity)
    return None if isinstance(found, Unusable) else found
