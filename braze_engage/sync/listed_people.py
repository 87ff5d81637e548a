"""Looks single people up in snapshots of full lists, for calls that come late."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from braze_engage.sync.known import short
from braze_engage.sync.partitions import MARK, SEPARATOR, part_of
from braze_engage.sync.state_changed import IN_DOUBT

if TYPE_CHECKING:
    from braze_engage.sync.state_hashes import Hashes
    from braze_engage.sync.state_snapshots import Snapshot, Snapshots

__all__ = ["ListedPeople"]

_KEPT_BYTES: Final = 32 << 20
_TRUE: Final = "true"
_NULL: Final = "null"
_OUTSIDE: Final = (_NULL, "false", '"false"')
"""What an attribute may be of somebody who left."""


class ListedPeople:
    """What snapshots say of single people; not safe for threads by itself.

    Args:
        snapshots: The snapshots.
        hashes: What stands there instead of values.
    """

    def __init__(self, snapshots: Snapshots, hashes: Hashes) -> None:
        self._snapshots = snapshots
        self._hashes = hashes
        self._outside = frozenset(map(hashes.value, _OUTSIDE))
        # The parts that were asked for last.
        self._parts: OrderedDict[tuple[int, int, int], bytes] = OrderedDict()
        self._size = 0

    def denies(self, number: int, person: bytes, value: str) -> bool:
        """Tell whether a snapshot says something else of a person.

        What is in doubt denies nothing, nor does a list that is older than what is known.

        Args:
            number: Of the snapshot.
            person: The external id.
            value: The membership or value as JSON.

        Raises:
            StateError: The file cannot be read.
        """
        part = part_of(person)
        snapshot = self._snapshots.current(number)
        changed = self._snapshots.changed.of_person(number, part, person.decode())
        if snapshot.listed is None or (
            changed is not None and (changed.code == IN_DOUBT or changed.time_ns >= snapshot.listed)
        ):
            return False
        # What was accepted before a list and is not in doubt is what the list says.
        if not snapshot.valued:
            if changed is not None:
                return (changed.code in self._outside) is (value == _TRUE)
            listed = SEPARATOR + person + SEPARATOR in self._data(snapshot, part)
            return listed is not (value == _TRUE)
        code = self._hashes.value(short(value))
        if changed is not None:
            return changed.code != code
        data = self._data(snapshot, part)
        begin = data.find(SEPARATOR + person + MARK)
        said = self._hashes.value(_NULL).hex().encode()
        if begin >= 0:
            begin += len(person) + 2
            said = data[begin : data.index(SEPARATOR, begin)]
        return said != code.hex().encode()

    def _data(self, snapshot: Snapshot, part: int) -> bytes:
        slot = snapshot.subject, snapshot.generation, part
        data = self._parts.get(slot)
        if data is None:
            data = SEPARATOR + self._snapshots.file(snapshot).raw(part) + SEPARATOR
            self._parts[slot] = data
            self._size += len(data)
            while self._size > _KEPT_BYTES and len(self._parts) > 1:
                self._size -= len(self._parts.popitem(last=False)[1])
        self._parts.move_to_end(slot)
        return data
