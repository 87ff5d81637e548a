"""What the fake workspace knows of names of events and attributes. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable


@attrs.define(kw_only=True)
class Definition:
    """A custom event or attribute as the dashboard shows it; a test may change it at any time.

    Args:
        name: Its name.
        description: What somebody typed in the dashboard.
        tags: Tags.
        status: Such as ``Active``.
        included_in_analytics_report: Whether it is counted in reports; of events only.
    """

    name: str
    description: str = ""
    tags: list[str] = attrs.field(factory=list[str])
    status: str = "Active"
    included_in_analytics_report: bool = False


class Definitions(Mapping[str, Definition]):
    """Definitions by name, oldest first; names that only appear on profiles are not among them."""

    def __init__(self) -> None:
        self._by_name: dict[str, Definition] = {}

    def __getitem__(self, name: str) -> Definition:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def add(self, name: str, *, description: str = "", tags: Iterable[str] = ()) -> Definition:
        """Define a name.

        Args:
            name: The name.
            description: What somebody typed in the dashboard.
            tags: Tags.
        """
        made = Definition(name=name, description=description, tags=list(tags))
        self._by_name[name] = made
        return made

    def with_seen(self, names: Iterable[str]) -> list[Definition]:
        """List the definitions, and a plain one for each further name that was seen.

        Args:
            names: Names on profiles.
        """
        seen = dict.fromkeys(names)
        plain = [Definition(name=name) for name in seen if name not in self._by_name]
        return [*self._by_name.values(), *plain]
