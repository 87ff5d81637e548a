"""What the fake workspace holds of one kind, by identifier. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from braze_engage.testing.values import JsonObject

T = TypeVar("T")


class Entries(Mapping[str, T]):
    """Entries by identifier, oldest first.

    Args:
        now: Tells the time.
    """

    changed_at: ClassVar[str] = "updated_at"
    """Attribute of an entry that tells when it was last changed."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._by_id: dict[str, T] = {}

    def __getitem__(self, identifier: str) -> T:
        return self._by_id[identifier]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def change(self, entry: T, fields: JsonObject) -> None:
        """Change an entry.

        Args:
            entry: Which one.
            fields: New values by name.
        """
        for name, value in fields.items():
            setattr(entry, name, value)
        setattr(entry, self.changed_at, self._now())
