"""Everybody who is in an audience, as users hand it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

__all__ = ["FullList"]


@attrs.frozen(kw_only=True)
class FullList:
    """Everybody who is in an audience, for `EngageSync.reconcile_all`.

    Args:
        members: External ids, in any order; an id may come twice.
        name: What the cohort is to be called in Braze; None for what it is called already.
        key: The computation key; None for what calls said, else the name.
        as_of: When the list was taken, with a time zone.
        universe: External ids of everybody who may be in it.
        max_removed: How many may be removed: a share from 0.0 to 1.0, or a number of people.
    """

    members: Iterable[str] = attrs.field(repr=False)
    name: str | None = None
    key: str | None = None
    as_of: datetime | None = None
    universe: Iterable[str] | None = attrs.field(default=None, repr=False)
    max_removed: float | None = None
