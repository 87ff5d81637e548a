"""What Braze accepted of people since the snapshot of a full list, in a state file."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from braze_engage.errors import StateError
from braze_engage.objects.values import dumps
from braze_engage.sync.known import short
from braze_engage.sync.listed_people import ListedPeople
from braze_engage.sync.partitions import part_of
from braze_engage.sync.state_calls import StoredCalls
from braze_engage.sync.state_changed import IN_DOUBT, bounded
from braze_engage.sync.state_erasures import Erasures
from braze_engage.sync.state_packing import NEVER
from braze_engage.sync.state_snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.known import Known
    from braze_engage.sync.state_db import Database
    from braze_engage.sync.state_hashes import Hashes
    from braze_engage.sync.state_journal import Written
    from braze_engage.sync.state_people import People
    from braze_engage.sync.state_snapshots import Snapshot

__all__ = ["MEMBER_KIND", "StoredMembers"]

MEMBER_KIND: Final = "external_id"
"""The one kind of identifier that full lists hold."""

# Somebody else may have forgotten the snapshot meanwhile.
_IF_THERE: Final = (
    "INSERT INTO members SELECT ?1, ?2, ?3, ?4, ?5"
    " WHERE EXISTS (SELECT 1 FROM snapshots WHERE subject = ?1)"
    " ON CONFLICT (subject, part, person) DO UPDATE SET code = excluded.code"
)
_ACCEPTED: Final = f"{_IF_THERE}, time = excluded.time WHERE excluded.time >= members.time"
_DOUBTED: Final = _IF_THERE
_CALLED: Final = "UPDATE snapshots SET called = 1 WHERE subject = ? AND as_of IS NOT ?"
_EARLIEST: Final = bounded(-(1 << 64))


class StoredMembers(StoredCalls):
    """What changed since snapshots; safe to use from threads.

    Nothing is written here for a cohort or an attribute of which there is no snapshot.

    Args:
        database: The file.
        path: Where it lies.
        people: The rows of people.
        hashes: What stands there instead of what is hashed.
        now_ns: The clock, nanoseconds since the epoch.
        reassert_minutes: How long it is believed that Braze holds what it may have ignored.
    """

    def __init__(
        self,
        database: Database,
        path: Path,
        people: People,
        hashes: Hashes,
        *,
        now_ns: Callable[[], int],
        reassert_minutes: float,
    ) -> None:
        super().__init__(
            database, path, people, hashes, now_ns=now_ns, reassert_minutes=reassert_minutes
        )
        self._snapshots = Snapshots(database, hashes, self._journal, path)
        self._erasures = Erasures(database, self._snapshots)
        self._listed = ListedPeople(self._snapshots, hashes)
        self._called: set[tuple[int, int]] = set()
        self._buried: list[str] = []
        self._doubted = False

    @property
    def now_ns(self) -> int:
        """The moment, nanoseconds since 1970 UTC."""
        return self._now_ns()

    @property
    def _is_watched(self) -> bool:
        # of what snapshots know something is noted value by value
        return bool(self._snapshots.subjects)

    @contextmanager
    def snapshots(self) -> Generator[Snapshots, None, None]:
        """Look at snapshots or change them, with everything written down that was noted so far.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._lock:
            self.commit()
            yield self._snapshots

    def release_snapshot(self, snapshot: Snapshot) -> None:
        """Let others take what `Snapshots.take` gave, whatever the file is like.

        Args:
            snapshot: What was taken.
        """
        # An owner that stays behind in the file is this process, which never stops itself.
        with self._lock, suppress(StateError):
            self._snapshots.release(snapshot)

    def code_of(self, text: str) -> bytes:
        """Write a value as snapshots do.

        Args:
            text: The value as JSON, by `short`.
        """
        return self._hashes.value(text)

    def is_gone(self, identity: Identity) -> bool:
        """Tell whether a person was deleted and nothing of them was accepted since.

        Args:
            identity: The person.
        """
        with self._lock:
            row = self._person(identity)
            return row.deleted_ns is not None and row.is_empty and not row.created

    def cohort(self, cohort_id: str) -> tuple[str, str | None] | None:
        """Tell the computation key of a cohort and its name; None where none was written.

        Args:
            cohort_id: The cohort.

        Raises:
            StateError: The file cannot be read.
        """
        with self._lock:
            row = self._db.one("SELECT key, name FROM cohorts WHERE cohort_id = ?", (cohort_id,))
        return None if row is None else (row[0], row[1])

    # ---- what Braze accepted ----

    def accepted(self, subject: str, identity: Identity, known: Known, *, sure: bool) -> None:
        """Note a value that Braze has just accepted, unless a newer one is known.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
            sure: Whether Braze keeps it; otherwise it may not know the person yet.
        """
        with self._lock:
            super().accepted(subject, identity, known, sure=sure)
            self._note_member(subject, identity, known.order.time_ns, known.value)

    def remember(self, subject: str, identity: Identity, known: Known) -> None:
        """Note a value that Braze holds already; when it was accepted stays as it was.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
        """
        with self._lock:
            super().remember(subject, identity, known)
            self._note_member(subject, identity, known.order.time_ns, known.value)

    def still(self, subject: str, identity: Identity, order: OrderKey, value: object) -> None:
        """Note that Braze holds at a later time what `holds` found, unless that is not later.

        When the value was accepted stays as it was.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            order: The later time.
            value: The value.
        """
        with self._lock:
            super().still(subject, identity, order, value)
            if self._snapshots.subjects:
                text = dumps(value)
                self._note_member(subject, identity, order.time_ns, text)

    def _note_member(self, subject: str, identity: Identity, time_ns: int, value: str) -> None:
        number = self._with_snapshot(subject, identity)
        if number is None:
            return
        time_ns = bounded(time_ns)
        code = self._hashes.value(short(value))
        self.later(_ACCEPTED, (*_place(number, identity), code, time_ns))
        # what a reconcile writes bears the time of its list
        known = self._snapshots.subjects[number].called
        if not known and (number, time_ns) not in self._called:
            self._called.add((number, time_ns))
            self.later(_CALLED, (number, time_ns))

    def _with_snapshot(self, subject: str, identity: Identity) -> int | None:
        """Give the number of a subject of which there is a snapshot."""
        if not self._snapshots.subjects or identity.kind != MEMBER_KIND:
            return None
        number = self._number(subject)
        return number if number in self._snapshots.subjects else None

    def later_list_denies(self, subject: str, identity: Identity, order: OrderKey) -> bool:
        """Tell whether a full list that was taken later says something else.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            order: Of the change at hand, with its value.
        """
        if not self._snapshots.subjects:
            return False
        with self._lock:
            number = self._with_snapshot(subject, identity)
            if number is None:
                return False
            listed = self._snapshots.subjects[number].listed
            if listed is None or order.time_ns >= listed:
                return False
            person = identity.value.encode()
            try:
                return self._listed.denies(number, person, order.value)
            except StateError as error:
                return self._fail(error, instead=False)

    # ---- what nobody knows any more ----

    def may_refer(self, identity: Identity) -> bool:
        """Tell whether `reference` has anything to refer to or to note of a person.

        Args:
            identity: The person.
        """
        return self._is_watched or super().may_refer(identity)

    def reference(self, subject: str, identity: Identity) -> Written | None:
        """Refer to a value that a request is about to change; None where none is known.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """
        with self._lock:
            number = self._with_snapshot(subject, identity)
            if number is not None:
                # until the answer; a snapshot cannot tell what is under way
                self.later(_DOUBTED, (*_place(number, identity), IN_DOUBT, _EARLIEST))
                self._doubted = True
            return super().reference(subject, identity)

    @property
    def must_commit(self) -> bool:
        """Whether something is noted that has to be written down before anything is sent."""
        return self._doubted or self.failure is not None

    def created(self, identity: Identity) -> None:
        """Note that Braze has just accepted something that creates a profile where there is none.

        What Braze may have ignored before, for want of a profile, has to be sent again.

        Args:
            identity: The person.
        """
        with self._lock:
            if self._snapshots.subjects and identity.kind == MEMBER_KIND:
                row = self._person(identity)
                for number, entry in row.entries.items():
                    ignored = not (row.created or entry.sure or entry.minute == NEVER)
                    if ignored and number in self._snapshots.subjects:
                        self.later(_DOUBTED, (*_place(number, identity), IN_DOUBT, _EARLIEST))
            super().created(identity)

    # ---- who was deleted ----

    def _bury_member(self, identity: Identity) -> None:
        if identity.kind == MEMBER_KIND:
            self._buried.append(identity.value)

    def _write_members(self) -> None:
        """Write down who was deleted, within a transaction; the rest is written by `later`."""
        if self._buried:
            self._erasures.note(self._buried)

    def erase_people(self) -> None:
        """Take who was deleted out of every snapshot that nobody works on.

        Raises:
            StateError: A file cannot be read or written.
        """
        with self._lock:
            self._erasures.carry_out()

    def erased(self) -> frozenset[bytes]:
        """List who was deleted and may still stand in a snapshot.

        Raises:
            StateError: The file cannot be read.
        """
        with self._lock:
            return self._erasures.people()

    def _members_written(self, *, merged: bool) -> None:
        """Note that the transaction has ended."""
        if merged or self._called:
            self._snapshots.recall()
        self._called.clear()
        self._buried.clear()
        self._doubted = False


def _place(number: int, identity: Identity) -> tuple[int, int, str]:
    return number, part_of(identity.value.encode()), identity.value
