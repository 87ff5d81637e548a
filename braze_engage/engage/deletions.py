"""Deletions of people, as Segment passes them on from privacy requests.

https://segment.com/docs/privacy/user-deletion-and-suppression
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from braze_engage.engage.calls import Unusable
from braze_engage.engage.identity import Identity, delete_identity

if TYPE_CHECKING:
    from braze_engage.engage.calls import EngageCall, OrderKey
    from braze_engage.engage.rules import EngageRules

__all__ = ["Deletion", "deletion"]


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
