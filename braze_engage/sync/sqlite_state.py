"""The state that lasts: a file of SQLite, for one machine and any number of processes."""

from __future__ import annotations

import time
import weakref
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from braze_engage.errors import ConfigurationError, StateError
from braze_engage.sync.durations import seconds
from braze_engage.sync.looking_ahead import Ahead
from braze_engage.sync.state_bound import bind
from braze_engage.sync.state_expiry import Expiry
from braze_engage.sync.state_file import prepare_path
from braze_engage.sync.state_journal import Once
from braze_engage.sync.state_key import given_key
from braze_engage.sync.state_members import StoredMembers
from braze_engage.sync.state_messages import Messages, delivery_bit
from braze_engage.sync.state_opening import opened
from braze_engage.sync.state_people import People
from braze_engage.sync.state_schema import check_version

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Generator

    from braze_engage.credentials import Secret
    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.state_db import Database
    from braze_engage.sync.state_journal import Journal

__all__ = ["SqliteState"]

_WEEK: Final = timedelta(days=7)
_PENDING: Final = 2_000
_MS: Final = 1_000_000
_SPENT: Final = "SELECT points FROM spent WHERE period = ?"
_SPEND: Final = (
    "INSERT INTO spent (period, points) VALUES (?, ?)"
    " ON CONFLICT (period) DO UPDATE SET points = points + excluded.points"
)


class SqliteState(StoredMembers):
    """State in a file, which outlives the process; safe to use from threads and processes.

    People, cohorts, attributes, values and message ids are hashed with a key that lies outside
    the file: given here, in the environment variable ``BRAZE_STATE_KEY``, or in a file beside it
    that is made with it. Calls that are held back or failed are kept whole. Only the owner may
    read the file, and it must lie on a disk of this machine.

    Args:
        path: The file; it is made where there is none.
        key: The key, at least 16 characters; None takes the variable or the file beside it.
        reassert_after: How long it is believed that Braze holds a membership it accepted, since
            cohorts ignore people whom Braze does not know.
        busy_timeout: Seconds to wait while another process writes.
        turn_timeout: Seconds to wait while a run of another sync or process sends; one at a time
            may, since Braze keeps no order between requests.
        now_ns: The clock, nanoseconds since the epoch; for tests.

    Raises:
        ConfigurationError: The file cannot be made or used, is no state file of this version, or
            belongs to another key. It is left as it is.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        key: str | Secret | None = None,
        reassert_after: timedelta = _WEEK,
        busy_timeout: float = 30.0,
        turn_timeout: float = 60.0,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        try:
            given = given_key(key)
        finally:
            # Whatever raises, here or later: this frame shows no text of a key.
            del key
        busy = seconds("busy_timeout", busy_timeout)
        kept = seconds("reassert_after", reassert_after)
        self.turn_timeout = seconds("turn_timeout", turn_timeout)
        where, is_empty = prepare_path(path)
        database, hashes = opened(where, given, is_empty=is_empty, busy_seconds=busy)
        super().__init__(
            database,
            where,
            People(database, hashes),
            hashes,
            now_ns=now_ns,
            reassert_minutes=kept / 60,
        )
        self._close = weakref.finalize(self, _shut, database, self._journal)
        self._messages = Messages(database, hashes)
        self._expiry = Expiry(database)
        self._spent: dict[str, int] = {}
        self._spending: Counter[str] = Counter()
        self._pending = 0

    def __repr__(self) -> str:
        return f"SqliteState({str(self.path)!r})"

    def close(self) -> None:
        """Write down what is not written yet and close the file.

        Raises:
            StateError: It cannot be written.
        """
        with self._lock:
            if self._close.alive:
                try:
                    self.commit()
                finally:
                    self._close()

    # ---- messages ----

    @property
    def forgotten(self) -> int:
        """How many entries were dropped for want of room: none."""
        return 0

    def is_done(self, delivery: Delivery, message_id: str) -> bool:
        """Tell whether a delivery of this message came to an end before.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        with self._lock:
            try:
                return self._messages.is_done(delivery, message_id)
            except StateError as error:
                return self._fail(error, instead=False)

    def remember_done(self, delivery: Delivery, message_id: str) -> None:
        """Note that a delivery of this message came to an end.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        with self._lock:
            self._messages.remember(delivery, message_id)
            self._noted()

    @contextmanager
    def alone(self) -> Generator[None, None, None]:
        """Know that of all who share the file only this one carries out calls meanwhile.

        So nobody else writes which messages came to an end, and what is not known here of one
        is not known at all.
        """
        with self._lock:
            self._alone(is_alone=True)
        try:
            yield
        finally:
            with self._lock:
                self._alone(is_alone=False)

    def _alone(self, *, is_alone: bool) -> None:
        self._messages.alone(is_alone=is_alone)
        self._people.alone(is_alone=is_alone)

    def lose(self, delivery: Delivery, known_as: str, message_id: str | None) -> None:
        """Note that an answer was lost to a call that comes again, by the next commit.

        Args:
            delivery: What must not be sent again.
            known_as: What the call is remembered by.
            message_id: Segment's id of the call, where it has one.
        """
        with self._lock:
            once = Once(delivery_bit(delivery), known_as, message_id)
            self.later(*self._journal.lose(once, self._now_ns()))

    def recover(self) -> None:
        """Go through what was left behind by processes that are no more.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._lock:
            check_version(self._db, self.path)
            super().recover()
            self._messages.forget()
            self._snapshots.recall()
            self.erase_people()

    # ---- people, budgets, names ----

    def bury(self, identity: Identity, time_ns: int) -> None:
        """Forget everything of a person but that and when they were deleted.

        Args:
            identity: The person.
            time_ns: When they were deleted, nanoseconds since 1970 UTC.
        """
        with self._lock:
            row = self._changing(identity)
            self._bury_member(identity)
            row.bury(time_ns if row.deleted_ns is None else max(row.deleted_ns, time_ns))
            row.doubt_all()  # what is newer, and was there, went with the person
            older = (self._hashes.person(identity), time_ns // _MS)
            self.later("DELETE FROM letters WHERE person = ? AND time <= ?", older)
            self.later("DELETE FROM held WHERE person = ? AND time <= ?", older)

    def spent(self, period: str) -> int:
        """Tell how many data points were spent.

        Args:
            period: A day such as ``2026-11-02`` or a month such as ``2026-11``.
        """
        with self._lock:
            known = self._spent.get(period)
            if known is None:
                row = self._reading(lambda: self._db.one(_SPENT, (period,)), None)
                known = self._spent[period] = row[0] if row else 0
            return known + self._spending[period]

    def spend(self, period: str, points: int) -> None:
        """Note data points as spent.

        Args:
            period: A day or a month.
            points: How many; negative to take some back.
        """
        with self._lock:
            self._spending[period] += points

    def bind(self, *, hosts: Collection[str], workspace: str | None) -> None:
        """Bind the file to the Braze it is used for, and refuse any other.

        Args:
            hosts: Hosts of the clients.
            workspace: Name of the workspace, None where it has none.

        Raises:
            ConfigurationError: It belongs to another host or workspace, or cannot be written.
        """
        with self._lock:
            try:
                bind(self._db, self.path, hosts=hosts, workspace=workspace)
                self._snapshots.recall()
            except StateError as error:
                raise ConfigurationError(str(error)) from None

    @property
    def must_commit(self) -> bool:
        """Whether something is noted that has to be written down before anything is sent."""
        return bool(self._spending) or super().must_commit

    def copy(self) -> Ahead:
        """Return what a run that only looks ahead sees and writes to instead."""
        return Ahead(self)

    # ---- writing down ----

    def _noted(self) -> None:
        # at least as much as there is to write
        self._pending += 1
        if self._pending >= _PENDING and self.failure is None:
            self._reading(self._flush, None)

    def commit(self) -> None:
        """Write down everything noted so far, in one transaction.

        Raises:
            StateError: It could not be written, now or before; nothing noted is forgotten.
        """
        with self._lock:
            if self.failure is None:
                self._reading(self._flush, None)
            if self.failure is not None:
                raise StateError(*self.failure.args)

    def try_again(self) -> None:
        """Write down what could not be written before, since the cause may be gone.

        Raises:
            StateError: It is still there.
        """
        with self._lock:
            self.failure = None
            self.commit()

    def _flush(self) -> None:
        if any((self._people, self._messages, self._notes, self._later, self._spending)):
            with self._db.transaction():
                merged = self._db.changed_elsewhere()
                if merged:
                    check_version(self._db, self.path)
                self._people.write(merge=merged)
                self._messages.write(self._now_ns())
                self._notes.write()
                self._db.many(_SPEND, [pair for pair in self._spending.items() if pair[1]])
                for statement, values in self._later:
                    self._db.run(statement, values)
                self._write_members()
            self._people.written(merged=merged)
            self._messages.written(merged=merged)
            self._notes.written()
            self._spending.clear()
            self._spent.clear()
            self._later.clear()
            self._members_written(merged=merged)
        self._pending = 0
        self._expiry.sweep(self._now_ns())


def _shut(database: Database, journal: Journal) -> None:
    journal.close()
    database.close()
