"""Compares a full list with what Braze holds, part by part: a snapshot and what changed since."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.sync.known import short
from braze_engage.sync.partitions import MARK, PARTS
from braze_engage.sync.state_changed import IN_DOUBT, Changed
from braze_engage.sync.state_erasures import without

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from braze_engage.engage.deliveries import Delivery
    from braze_engage.sync.partitions import Spill
    from braze_engage.sync.state_members import StoredMembers
    from braze_engage.sync.state_snapshots import Snapshot

__all__ = ["Difference", "MemberTarget", "Target", "ValueTarget"]

_NULL: Final = "null"
_SHARE: Final = 0.05
"""Of a snapshot; while less has changed, writing it anew costs more than it saves."""


class Difference(NamedTuple):
    """What a list and Braze differ in, of one part.

    Args:
        came: Who or what has to be written; ids, with their values where there are any.
        gone: Ids of whom it has to be taken away.
        alone: How many differ and are left alone, because a later call of theirs is known.
        known: How many Braze is known to hold.
        removed: How many of these are gone.
    """

    came: Collection[bytes]
    gone: Collection[bytes]
    alone: Collection[bytes]
    known: int
    removed: int


class Target(ABC):
    """One cohort or attribute that a list is brought into.

    Args:
        state: The state file.
        snapshot: What was taken of it.
        delivery: What carries it there.
        erased: Who was deleted and may still stand in the snapshot.
    """

    def __init__(
        self,
        state: StoredMembers,
        snapshot: Snapshot,
        delivery: Delivery,
        erased: Collection[bytes] = frozenset(),
    ) -> None:
        self._state = state
        self._erased = erased
        self.snapshot = snapshot
        self.delivery = delivery
        with state.snapshots() as snapshots:
            self._file = snapshots.file(snapshot)

    @property
    def is_first(self) -> bool:
        """Whether nothing is known yet of what Braze holds."""
        return not self.snapshot.generation

    @abstractmethod
    def compare(
        self, part: int, listed: list[bytes], universe: Iterable[bytes], as_of: int
    ) -> tuple[Difference, int]:
        """Compare one part.

        Args:
            part: Which.
            listed: The list.
            universe: Whom else Braze may hold.
            as_of: When the list was taken, nanoseconds since 1970 UTC.

        Returns:
            What differs, and how many people are listed.

        Raises:
            StateError: The state cannot be read.
        """

    @abstractmethod
    def _taken_in(self, lines: list[bytes], changed: Iterable[Changed]) -> list[bytes]:
        """Take what changed into the lines of a snapshot."""

    def _lines(self, part: int) -> list[bytes]:
        lines = self._file.part(part)
        return without(lines, self._erased) if self._erased else lines

    def _changed(self, part: int) -> list[Changed]:
        with self._state.snapshots() as snapshots:
            return snapshots.changed.of(self.snapshot.subject, part)

    def _sorted(self, part: int, as_of: int) -> tuple[dict[bytes, bytes], set[bytes], set[bytes]]:
        """Tell what became of who changed, who of them did so after a time, and who is in doubt."""
        codes: dict[bytes, bytes] = {}
        later: set[bytes] = set()
        doubted: set[bytes] = set()
        for name, code, time_ns in self._changed(part):
            person = name.encode()
            codes[person] = code
            if time_ns > as_of:
                later.add(person)
            if code == IN_DOUBT:
                doubted.add(person)
        return codes, later, doubted

    def renew(self, as_of: int, spill: Spill) -> None:
        """Note that the snapshot is that of the list, and write it anew if much has changed.

        What happened later or is in doubt stays beside it, in the state file.

        Args:
            as_of: When the list was taken, nanoseconds since 1970 UTC.
            spill: Has room for what the snapshot takes in.

        Raises:
            StateError: The state cannot be read or written.
        """
        subject, generation = self.snapshot.subject, self.snapshot.generation + 1
        with self._state.snapshots() as snapshots:
            files = snapshots.files
            if not (self.is_first or snapshots.changed.count(subject) > _SHARE * len(self._file)):
                snapshots.point_to(self.snapshot, generation - 1, as_of)
                return

        def part(number: int) -> list[bytes]:
            settled = [
                one
                for one in self._changed(number)
                if one.time_ns <= as_of and one.code != IN_DOUBT
            ]
            spill.write((subject, "settled", number), map(_packed, settled))
            return self._taken_in(self._lines(number), settled)

        files.write(subject, generation, self.snapshot.mark, part)
        with self._state.snapshots() as snapshots:
            snapshots.point_to(self.snapshot, generation, as_of)
        # A process that ends here leaves changes that the snapshot holds too, which is harmless.
        for number in range(PARTS):
            settled = list(map(_unpacked, spill.read((subject, "settled", number))))
            with self._state.snapshots() as snapshots:
                snapshots.changed.forget(subject, number, settled)


class MemberTarget(Target):
    """A cohort, or an attribute that says whether somebody is in an audience.

    Args:
        state: The state file.
        snapshot: What was taken of it.
        delivery: What carries it there.
        inside: The value of members, as snapshots write it.
        erased: Who was deleted and may still stand in the snapshot.
    """

    def __init__(
        self,
        state: StoredMembers,
        snapshot: Snapshot,
        delivery: Delivery,
        inside: bytes,
        erased: Collection[bytes] = frozenset(),
    ) -> None:
        super().__init__(state, snapshot, delivery, erased)
        self._inside = inside

    def compare(
        self, part: int, listed: list[bytes], universe: Iterable[bytes], as_of: int
    ) -> tuple[Difference, int]:
        """Compare one part.

        Args:
            part: Which.
            listed: The list.
            universe: Whom else Braze may hold.
            as_of: When the list was taken, nanoseconds since 1970 UTC.

        Returns:
            What differs, and how many people are listed.

        Raises:
            StateError: The state cannot be read.
        """
        new, old = set(listed), set(self._lines(part))
        codes, later, doubted = self._sorted(part, as_of)
        for person, code in codes.items():
            if code == self._inside:
                old.add(person)
            elif code != IN_DOUBT:
                old.discard(person)
        came, gone = new - old, old - new
        removed = len(gone - later)
        if doubted:
            came |= doubted & new
            gone |= doubted - new
        gone.update(set(universe) - new - old)
        alone = (came | gone) & later if later else later
        return Difference(came - alone, gone - alone, alone, len(old), removed), len(new)

    def _taken_in(self, lines: list[bytes], changed: Iterable[Changed]) -> list[bytes]:
        inside = {one.person.encode(): one.code == self._inside for one in changed}
        if not inside:
            return lines
        kept = [line for line in lines if line not in inside]
        return kept + [person for person, is_in in inside.items() if is_in]


class ValueTarget(Target):
    """An attribute that holds a computed trait."""

    def compare(
        self, part: int, listed: list[bytes], universe: Iterable[bytes], as_of: int
    ) -> tuple[Difference, int]:
        """Compare one part.

        Args:
            part: Which.
            listed: The list; of two values of a person the one that stands last counts.
            universe: Not used.
            as_of: When the list was taken, nanoseconds since 1970 UTC.

        Returns:
            What differs, and how many people are listed.

        Raises:
            StateError: The state cannot be read.
        """
        del universe
        new = dict(_pair(line) for line in listed)
        old = dict(_pair(line) for line in self._lines(part))
        nothing = self._code(_NULL)
        last, later, doubted = self._sorted(part, as_of)
        old.update((person, code.hex().encode()) for person, code in last.items())
        codes = {person: self._code(text.decode()) for person, text in new.items()}
        changed = {
            person
            for person, code in codes.items()
            if old.get(person, nothing) != code or person in doubted
        }
        held = {person for person, code in old.items() if code != nothing}
        gone = held - codes.keys() | (doubted - codes.keys())
        alone = (changed | gone) & later
        came = [person + MARK + new[person] for person in changed - alone]
        removed = len(held - codes.keys() - later)
        return Difference(came, gone - alone, alone, len(held), removed), len(new)

    def _code(self, text: str) -> bytes:
        return self._state.code_of(short(text)).hex().encode()

    def _taken_in(self, lines: list[bytes], changed: Iterable[Changed]) -> list[bytes]:
        codes = {one.person.encode(): one.code.hex().encode() for one in changed}
        kept = [line for line in lines if line.partition(MARK)[0] not in codes]
        nothing = self._code(_NULL)
        return kept + [person + MARK + code for person, code in codes.items() if code != nothing]


def _pair(line: bytes) -> tuple[bytes, bytes]:
    person, _, rest = line.partition(MARK)
    return person, rest


def _packed(changed: Changed) -> bytes:
    person, code, time_ns = changed
    return MARK.join((person.encode(), code.hex().encode(), str(time_ns).encode()))


def _unpacked(line: bytes) -> Changed:
    person, code, time_ns = line.split(MARK)
    return Changed(person.decode(), bytes.fromhex(code.decode()), int(time_ns))
