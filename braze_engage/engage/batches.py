"""Changes of one cohort, cut into requests."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Final

from braze_engage import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from braze_engage.engage.audiences import MembershipChange
    from braze_engage.engage.identity import Identity

__all__ = ["cut"]

_ROOM: Final = 256 * limits.KIB
"""For the two keys, the id of the cohort and the names around the lists."""
_ALIAS_FRAME: Final = len('{"alias_name":,"alias_label":}')
_COMMA: Final = 1


def cut(
    changes: Iterable[MembershipChange],
    *,
    ids: int = limits.COHORT_IDS,
    max_bytes: int = limits.REQUEST_BYTES - _ROOM,
) -> Iterator[list[MembershipChange]]:
    """Cut the changes of one cohort into batches that fit one request each.

    Joined together the batches are the input, in its order.

    Args:
        changes: Of one cohort, every identity once.
        ids: The most identifiers of a batch.
        max_bytes: The most bytes of a batch, identifiers as encoded JSON.

    Raises:
        ValueError: An identity or a second cohort occurs, which one request must not hold, or
            one identifier alone is too large.
    """
    seen: set[Identity] = set()
    cohort_id: str | None = None
    batch: list[MembershipChange] = []
    size = 0
    for change in changes:
        identity = change.identity
        if cohort_id is None:
            cohort_id = change.cohort_id
        elif change.cohort_id != cohort_id:
            raise ValueError("changes of two cohorts cannot share a request; cut them apart")
        before = len(seen)
        seen.add(identity)
        if len(seen) == before:
            raise ValueError("an identity occurs twice; fold the changes with net_membership")
        added = _encoded_bytes(identity)
        if added > max_bytes:
            raise ValueError(f"one identifier needs {added} bytes and {max_bytes} are allowed")
        if batch and (len(batch) >= ids or size + added > max_bytes):
            yield batch
            batch = []
            size = 0
        batch.append(change)
        size += added
    if batch:
        yield batch


def _encoded_bytes(identity: Identity) -> int:
    text = encode_basestring(identity.value)
    size = (len(text) if text.isascii() else len(text.encode())) + _COMMA
    if identity.kind == "user_alias":
        size += len(encode_basestring(identity.label).encode()) + _ALIAS_FRAME
    return size
