"""Cohorts of the fake workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.profiles import Member

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@attrs.define(eq=False)
class Cohort:
    """One cohort as the partner wrote it.

    Args:
        cohort_id: The partner's id.
    """

    cohort_id: str
    name: str | None = None
    """The last name given; None while only membership was sent."""
    created_at: datetime | None = None
    names: list[str] = attrs.field(factory=list[str], repr=False)
    """Every name given, oldest first."""
    members: set[Member] = attrs.field(factory=set[Member], repr=False)
    """External ids; for people without one their first alias as a pair, else a device id."""
    added: int = 0
    """Known identifiers received under add, repeats included."""
    removed: int = 0
    """The same under remove."""
    ignored: int = 0
    """Identifiers Braze dropped: unknown ones, and device ids of identified people."""

    def rename(self, name: str, created_at: datetime) -> None:
        """Take a name."""
        self.name = name
        self.created_at = created_at
        self.names.append(name)

    def change(self, members: Iterable[Member], *, remove: bool, keep: bool) -> None:
        """Add or remove people Braze knows.

        Args:
            members: The people.
            remove: Take them out rather than in.
            keep: False counts them only.
        """
        found = list(members)
        if remove:
            self.removed += len(found)
            self.members.difference_update(found)
        else:
            self.added += len(found)
            if keep:
                self.members.update(found)


class Cohorts(Mapping[str, Cohort]):
    """Cohorts by id, in order of first appearance."""

    def __init__(self) -> None:
        self._cohorts: dict[str, Cohort] = {}

    def __getitem__(self, cohort_id: str) -> Cohort:
        return self._cohorts[cohort_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cohorts)

    def __len__(self) -> int:
        return len(self._cohorts)

    def __repr__(self) -> str:
        return repr(list(self._cohorts.values()))

    def opened(self, cohort_id: str) -> Cohort:
        """Return a cohort, making it on first use."""
        if cohort_id not in self._cohorts:
            self._cohorts[cohort_id] = Cohort(cohort_id)
        return self._cohorts[cohort_id]

    def replace(self, member: Member, by: Member | None) -> None:
        """Let one person stand for another in every cohort; None takes the person out."""
        for cohort in self._cohorts.values():
            if member in cohort.members:
                cohort.members.remove(member)
                if by is not None:
                    cohort.members.add(by)
