"""What a report counts of full lists."""

from __future__ import annotations

import attrs

__all__ = ["ListCounts"]


@attrs.frozen(kw_only=True)
class ListCounts:
    """What one full list came to.

    Args:
        audience: The cohort's id, or the key of a computed trait.
        name: What it is called in Braze, as far as that was said.
        listed: People in the list, each counted once.
        added: People who were added; of a trait those whose value was written.
        removed: People who were removed; of a trait those whose value was taken away.
        unchanged: People of whom nothing had to be sent.
        left_alone: People who differ, and of whom a later call is known.
        deleted: People who differ, and who were deleted; they are never written.
        not_done: People who differ, and whose change did not end well.
        is_first: Whether nothing was known before of what Braze holds, so that only what the
            list or ``universe`` names could be told to differ.
    """

    audience: str
    name: str
    listed: int
    added: int
    removed: int
    unchanged: int
    left_alone: int
    deleted: int
    not_done: int
    is_first: bool
