"""Segments of the fake workspace. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.values import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from braze_engage.testing.profiles import Profile


@attrs.define(kw_only=True)
class Segment:
    """One segment; a test may change it at any time.

    Args:
        id: API identifier.
        name: Its name.
        created_at: When it was made.
        updated_at: When it was last changed.
        description: Readable rendering of its filters.
        text_description: What somebody typed in the dashboard.
        tags: Tags.
        teams: Teams it belongs to.
        analytics_tracking_enabled: Whether its size is counted every day.
        size: Members, the same every day.
        members: External ids of who is in it; None for everyone.
        running_exports: Further exports under way, which somebody else started; cancelling makes
            them none.
    """

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    description: str = ""
    text_description: str = ""
    tags: list[str] = attrs.field(factory=list[str])
    teams: list[str] = attrs.field(factory=list[str])
    analytics_tracking_enabled: bool = True
    size: int = 0
    members: set[str] | None = None
    running_exports: int = 0

    def holds(self, profile: Profile) -> bool:
        """Tell whether a person is in it."""
        return self.members is None or profile.external_id in self.members


class Segments(Mapping[str, Segment]):
    """Segments by API identifier, oldest first.

    Args:
        now: Tells the time.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._by_id: dict[str, Segment] = {}

    def __getitem__(self, segment_id: str) -> Segment:
        return self._by_id[segment_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, name: str, *, tags: Iterable[str] = (), size: int = 0) -> Segment:
        """Put a segment into the workspace.

        Args:
            name: Its name.
            tags: Tags.
            size: Members, the same every day.
        """
        now = self._now()
        made = Segment(
            id=new_id("segment", len(self._by_id)),
            name=name,
            created_at=now,
            updated_at=now,
            tags=list(tags),
            size=size,
        )
        self._by_id[made.id] = made
        return made
