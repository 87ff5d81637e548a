"""Values in a state file: what Braze holds of whom, as far as that can be known."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, TypeVar

from braze_engage.engage.calls import make_order
from braze_engage.errors import StateError
from braze_engage.sync.known import Detecting, Known, short
from braze_engage.sync.state_hashes import VALUE_FORM
from braze_engage.sync.state_packing import NEVER
from braze_engage.sync.state_rows import DOUBTFUL, Entry, PersonRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.state_hashes import Hashes
    from braze_engage.sync.state_people import People

__all__ = ["MINUTE_NS", "StoredValues", "kept_order", "shortened"]

T = TypeVar("T")

MINUTE_NS: Final = 60_000_000_000
_SECOND_NS: Final = 1_000_000_000
_DAY_MINUTES: Final = 1_440


class StoredValues(Detecting):
    """What Braze accepted of whom; safe to use from threads.

    Nothing here raises because the file cannot be read: nothing counts as known then, the failure
    is kept, and whoever is about to send or has sent is told.

    Args:
        people: The rows.
        hashes: What stands there instead of values.
        now_ns: The clock, nanoseconds since the epoch.
        reassert_minutes: How long it is believed that Braze holds what it may have ignored.
    """

    def __init__(
        self,
        people: People,
        hashes: Hashes,
        *,
        now_ns: Callable[[], int],
        reassert_minutes: float,
    ) -> None:
        self._people = people
        self._hashes = hashes
        self._now_ns = now_ns
        self._reassert_minutes = reassert_minutes
        self._lock = threading.RLock()
        self.failure: StateError | None = None

    @property
    def seconds(self) -> int:
        """The moment, seconds since 1970 UTC."""
        return self._now_ns() // _SECOND_NS

    @property
    def now_ns(self) -> int:
        """The moment, nanoseconds since 1970 UTC."""
        return self._now_ns()

    def _fail(self, error: StateError, instead: T) -> T:
        if self.failure is None:
            self.failure = error
        return instead

    def _reading(self, read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except StateError as error:
            return self._fail(error, instead)

    def _noted(self) -> None:
        """Take note that something has changed."""

    def newest(self, subject: str, identity: Identity) -> Known | None:
        """Return the newest value that Braze accepted; instead of the value stands its hash.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """
        with self._lock:
            entry = self._entry(subject, identity)
            return None if entry is None else Known(entry.order, entry.code.hex())

    def still(self, subject: str, identity: Identity, order: OrderKey, value: object) -> None:  # noqa: ARG002 - it is known
        """Note that Braze holds at a later time what `holds` found, unless that is not later.

        When the value was accepted stays as it was.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            order: The later time.
            value: Not used, since its hash is there.
        """
        with self._lock:
            entry = self._entry(subject, identity)
            later = kept_order(order)
            number = None if entry is None or later <= entry.order else self._number(subject)
            if entry is not None and number is not None:
                self._changing(identity).put(number, entry._replace(order=later))
                self._noted()

    def entry(self, subject: str, identity: Identity) -> Entry | None:
        """Return everything known of one person and one cohort or attribute.

        Args:
            subject: A cohort or an attribute.
            identity: The person.

        Raises:
            StateError: The file cannot be read.
        """
        with self._lock:
            number = self._people.subject(subject)
            row = self._people.of(identity)
            return None if number is None else row.get(number)

    def _entry(self, subject: str, identity: Identity) -> Entry | None:
        row = self._person(identity)
        if row.is_empty:
            return None
        number = self._number(subject)
        return None if number is None else row.get(number)

    def _number(self, subject: str) -> int | None:
        # not by `_reading`, likewise
        try:
            return self._people.subject(subject)
        except StateError as error:
            return self._fail(error, None)

    def _person(self, identity: Identity) -> PersonRow:
        # not by `_reading`: every call comes here several times
        try:
            return self._people.of(identity)
        except StateError as error:
            return self._fail(error, PersonRow())

    def remember(self, subject: str, identity: Identity, known: Known) -> None:
        """Note a value that Braze holds already; when it was accepted stays as it was.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
        """
        with self._lock:
            before = self._entry(subject, identity)
            minute, sure = (NEVER, False) if before is None else (before.minute, before.sure)
            self._put(subject, identity, known, minute, sure=sure)

    def accepted(self, subject: str, identity: Identity, known: Known, *, sure: bool) -> None:
        """Note a value that Braze has just accepted, unless a newer one is known.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
            sure: Whether Braze keeps it; otherwise it may not know the person yet.
        """
        with self._lock:
            before = self._entry(subject, identity)
            order = shortened(known.order)
            if before is None or before.order <= order:
                self._put(subject, identity, known, self._now_ns() // MINUTE_NS, sure=sure)

    def _put(
        self, subject: str, identity: Identity, known: Known, minute: int, *, sure: bool
    ) -> None:
        try:
            number = self._people.subject(subject, make=True)
            row = self._people.change(identity)
        except StateError as error:
            self._fail(error, None)
            return
        assert number is not None
        code = self._hashes.value(short(known.value))
        row.put(number, Entry(kept_order(known.order), code, VALUE_FORM, minute, sure))
        self._noted()

    def holds(self, subject: str, identity: Identity, value: str) -> bool:
        """Tell whether Braze holds this very value, as far as that can be known.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            value: The value as JSON.
        """
        with self._lock:
            entry = self._entry(subject, identity)
            return entry is not None and self._is_believed(entry, value)

    def _is_believed(self, entry: Entry, value: str) -> bool:
        if entry.code != self._hashes.value(short(value), entry.form):
            return False
        if entry.sure:
            return True
        age = self._now_ns() // MINUTE_NS - entry.minute
        # a clock that was set back makes nothing older than a day before it
        return entry.minute != NEVER and -_DAY_MINUTES <= age < self._reassert_minutes

    def created(self, identity: Identity) -> None:
        """Note that Braze has just accepted something that creates a profile where there is none.

        What Braze may have ignored before, for want of a profile, has to be sent again.

        Args:
            identity: The person.
        """
        with self._lock:
            if self._person(identity).created:
                return
            self._changing(identity).create()
            self._noted()

    def is_created(self, identity: Identity) -> bool:
        """Tell whether Braze accepted something that creates a profile where there is none.

        Args:
            identity: The person.
        """
        with self._lock:
            return self._person(identity).created

    def doubt(self, subject: str, identity: Identity) -> None:
        """Note that nobody knows any more which value Braze holds.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """
        with self._lock:
            entry = self._entry(subject, identity)
            number = self._number(subject)
            if entry is not None and number is not None:
                self._changing(identity).put(number, entry._replace(code=DOUBTFUL))
                self._noted()

    def deleted_ns(self, identity: Identity) -> int | None:
        """Tell when a person was deleted, nanoseconds since 1970 UTC; None for nobody deleted.

        Args:
            identity: The person.
        """
        with self._lock:
            return self._person(identity).deleted_ns

    def _changing(self, identity: Identity) -> PersonRow:
        try:
            return self._people.change(identity)
        except StateError as error:
            return self._fail(error, PersonRow())


def shortened(order: OrderKey) -> OrderKey:
    """Shorten the value in an order key, by `short`.

    Args:
        order: The order key.
    """
    time_ns, received_ns, message_id, value = order
    brief = short(value)
    return order if brief is value else make_order((time_ns, received_ns, message_id, brief))


def kept_order(order: OrderKey) -> OrderKey:
    """Leave out of an order key what decides nothing: the value of a call with a message id.

    Args:
        order: The order key.
    """
    time_ns, received_ns, message_id, value = order
    if not message_id:
        return shortened(order)
    return make_order((time_ns, received_ns, message_id, "")) if value else order
