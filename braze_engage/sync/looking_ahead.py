"""A state that lasts, as a run sees it that only looks ahead: it reads and writes nothing down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.objects.values import dumps
from braze_engage.sync.known import Detecting, Known, short
from braze_engage.sync.state import MemoryState

if TYPE_CHECKING:
    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.sqlite_state import SqliteState

__all__ = ["Ahead"]


class Ahead(Detecting):
    """What is stored, and before it what a rehearsal would have stored, bounded.

    Args:
        base: What is stored.
        noted: What the rehearsal noted so far.
    """

    def __init__(self, base: SqliteState, noted: MemoryState | None = None) -> None:
        self._base = base
        self._noted = MemoryState() if noted is None else noted
        self._created: set[int] = set()

    @property
    def forgotten(self) -> int:
        """How many entries were dropped for want of room."""
        return self._noted.forgotten

    def is_done(self, delivery: Delivery, message_id: str) -> bool:
        """Tell whether a delivery of this message came to an end before.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        return self._noted.is_done(delivery, message_id) or self._base.is_done(delivery, message_id)

    def remember_done(self, delivery: Delivery, message_id: str) -> None:
        """Note that a delivery of this message came to an end.

        Args:
            delivery: The kind of delivery.
            message_id: Segment's id of the call.
        """
        self._noted.remember_done(delivery, message_id)

    def newest(self, subject: str, identity: Identity) -> Known | None:
        """Return the newest value that Braze accepted.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """
        noted = self._noted.newest(subject, identity)
        if noted is not None or self._noted.deleted_ns(identity) is not None:
            return noted
        return self._base.newest(subject, identity)

    def remember(self, subject: str, identity: Identity, known: Known) -> None:
        """Note a value that Braze accepted.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
        """
        self._noted.remember(subject, identity, known)

    def holds(self, subject: str, identity: Identity, value: str) -> bool:
        """Tell whether Braze holds this very value, as far as that can be known.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            value: The value as JSON.
        """
        noted = self._noted.newest(subject, identity)
        if noted is not None:
            return noted.value == short(value)
        if self._noted.deleted_ns(identity) is not None:
            return False
        if hash(identity) in self._created and not self._base.is_created(identity):
            return False
        return self._base.holds(subject, identity, value)

    def later_list_denies(self, subject: str, identity: Identity, order: OrderKey) -> bool:
        """Tell whether a full list that was taken later says something else.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            order: Of the change at hand, with its value.
        """
        return self._base.later_list_denies(subject, identity, order)

    def accepted(self, subject: str, identity: Identity, known: Known, *, sure: bool) -> None:  # noqa: ARG002 - nothing grows old here
        """Note a value that Braze would accept, unless a newer one is known.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
            sure: Not used.
        """
        newest = self.newest(subject, identity)
        if newest is None or newest.order <= known.order:
            self.remember(subject, identity, known._replace(value=short(known.value)))

    def still(self, subject: str, identity: Identity, order: OrderKey, value: object) -> None:
        """Note that Braze would hold at a later time what `holds` found.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            order: The later time.
            value: The value as it would be written.
        """
        known = Known(order, dumps(value))
        self.accepted(subject, identity, known, sure=True)

    def created(self, identity: Identity) -> None:
        """Note that Braze would accept something that creates a profile where there is none.

        Args:
            identity: The person.
        """
        self._created.add(hash(identity))

    def is_created(self, identity: Identity) -> bool:
        """Tell whether Braze accepted something that creates a profile where there is none.

        Args:
            identity: The person.
        """
        return hash(identity) in self._created or self._base.is_created(identity)

    def doubt(self, subject: str, identity: Identity) -> None:
        """Do nothing: in a rehearsal every answer arrives.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """

    def deleted_ns(self, identity: Identity) -> int | None:
        """Tell when a person was deleted, nanoseconds since 1970 UTC; None for nobody deleted.

        Args:
            identity: The person.
        """
        noted = self._noted.deleted_ns(identity)
        return self._base.deleted_ns(identity) if noted is None else noted

    def bury(self, identity: Identity, time_ns: int) -> None:
        """Forget everything of a person but that and when they were deleted.

        Args:
            identity: The person.
            time_ns: When they were deleted, nanoseconds since 1970 UTC.
        """
        self._noted.bury(identity, time_ns)

    def spent(self, period: str) -> int:
        """Tell how many data points were spent.

        Args:
            period: A day such as ``2026-11-02`` or a month such as ``2026-11``.
        """
        return self._base.spent(period) + self._noted.spent(period)

    def spend(self, period: str, points: int) -> None:
        """Note data points as spent.

        Args:
            period: A day or a month.
            points: How many; negative to take some back.
        """
        self._noted.spend(period, points)

    def copy(self) -> Ahead:
        """Return an independent copy, for a run that only looks ahead."""
        other = Ahead(self._base, self._noted.copy())
        other._created = set(self._created)
        return other
