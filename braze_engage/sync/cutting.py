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
    size = 0
    for entry in entries:
        size += len(entry.encoded) + _COMMA
    return size


class TrackCut:
    """Fills one request.

    Args:
        size: How much it may hold.
    """

    def __init__(self, size: TrackSize) -> None:
        self._size = size
        self._bytes_left = size.bytes - FRAME_BYTES
        # where the arrays count together, both are what is left of one number
        self._attributes_left = self._events_left = size.objects
        self.entries: list[TrackEntry] = []

    @property
    def is_full(self) -> bool:
        """Whether nothing more fits."""
        return self._attributes_left <= 0 or self._events_left <= 0

    def take(self, drafted: Draft) -> tuple[list[TrackEntry], list[TrackWaiting]] | None:
        """Choose what fits of one person: all attributes, then events from the oldest on.

        Args:
            drafted: What is to be sent for them.

        Returns:
            What fits, and what has to wait; None where the attributes alone do not fit.
        """
        entries = list(drafted.attributes)
        size = entries_bytes(entries)
        if self.entries and (len(entries) > self._attributes_left or size > self._bytes_left):
            return None
        if not drafted.events:
            return entries, []
        room = self._events_left - (len(entries) if self._size.together else 0)
        room = min(room, self._size.per_person - len(entries))
        for place, event in enumerate(drafted.events):
            size += len(event.encoded) + _COMMA
            if place >= room or (size > self._bytes_left and (entries or self.entries)):
                rest = [one for late in drafted.events[place:] for one in late.sources]
                return (entries, rest) if entries else None
            entries.append(event)
        return entries, []

    def add(self, entries: Sequence[TrackEntry]) -> None:
        """Put entries in.

        Args:
            entries: What fits.
        """
        self.entries += entries
        for entry in entries:
            self._bytes_left -= len(entry.encoded) + _COMMA
            if self._size.together:
                self._attributes_left -= 1
                self._events_left -= 1
            elif entry.array == "attributes":
                self._attributes_left -= 1
            else:
                self._events_left -= 1
