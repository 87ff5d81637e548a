"""One request of ``/users/track`` on its way to being full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from braze_engage.sync.entries import Draft, TrackEntry, TrackWaiting
    from braze_engage.sync.track_size import TrackSize

__all__ = ["FRAME_BYTES", "TrackCut", "entries_bytes"]

FRAME_BYTES: Final = len('{"attributes":[],"events":[]}')
_COMMA: Final = 1


def entries_bytes(entries: Iterable[TrackEntry]) -> int:
    """Tell how many bytes entries add to a request, each with its comma.

    Args:
        entries: Which.
    """
    return sum(len(entry.encoded) + _COMMA for entry in entries)


class TrackCut:
    """Fills one request.

    Args:
        size: How much it may hold.
    """

    def __init__(self, size: TrackSize) -> None:
        self._size = size
        self._bytes = FRAME_BYTES
        self._attributes = self._events = 0
        self.entries: list[TrackEntry] = []

    @property
    def is_full(self) -> bool:
        """Whether nothing more fits."""
        return self._room("attributes") <= 0 or self._room("events") <= 0

    def _room(self, array: str) -> int:
        used = self._attributes if array == "attributes" else self._events
        if self._size.together:
            used = self._attributes + self._events
        return self._size.objects - used

    def take(self, drafted: Draft) -> tuple[list[TrackEntry], list[TrackWaiting]] | None:
        """Choose what fits of one person: all attributes, then events from the oldest on.

        Args:
            drafted: What is to be sent for them.

        Returns:
            What fits, and what has to wait; None where the attributes alone do not fit.
        """
        size = self._bytes + entries_bytes(drafted.attributes)
        over = len(drafted.attributes) > self._room("attributes") or size > self._size.bytes
        if over and self.entries:
            return None
        entries = list(drafted.attributes)
        room = self._room("events") - (len(entries) if self._size.together else 0)
        room = min(room, self._size.per_person - len(entries))
        for place, event in enumerate(drafted.events):
            size += len(event.encoded) + _COMMA
            if place >= room or (size > self._size.bytes and (entries or self.entries)):
                rest = [one for late in drafted.events[place:] for one in late.sources]
                return (entries, rest) if entries else None
            entries.append(event)
        return entries, []

    def add(self, entries: Sequence[TrackEntry]) -> None:
        """Put entries in.

        Args:
            entries: What fits.
        """
        self.entries.extend(entries)
        self._bytes += entries_bytes(entries)
        attributes = sum(entry.array == "attributes" for entry in entries)
        self._attributes += attributes
        self._events += len(entries) - attributes
