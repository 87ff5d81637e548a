"""What is known of one person and one cohort or attribute."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.objects.values import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.state import StateStore

__all__ = [
    "Detecting",
    "Known",
    "attribute_subject",
    "cohort_subject",
    "is_deleted",
    "is_late",
    "is_same",
    "remember_newer",
    "short",
]

_SHORT: Final = 64


class Known(NamedTuple):
    """The newest thing known of one person and subject.

    Args:
        order: Its place in time.
        value: The value as JSON, by `short`.
    """

    order: OrderKey
    value: str


class _Asked(ABCMeta):
    # Every call asks, and there are no others than subclasses; what ABCMeta does instead is slow.
    __instancecheck__ = type.__instancecheck__


class Detecting(metaclass=_Asked):
    """A state that lasts, so that what Braze holds already need not be sent again."""

    @abstractmethod
    def newest(self, subject: str, identity: Identity) -> Known | None:
        """Return the newest value that Braze accepted.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """

    @abstractmethod
    def holds(self, subject: str, identity: Identity, value: str) -> bool:
        """Tell whether Braze holds this very value, as far as that can be known.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            value: The value as JSON.
        """

    @abstractmethod
    def accepted(self, subject: str, identity: Identity, known: Known, *, sure: bool) -> None:
        """Note a value that Braze has just accepted, unless a newer one is known.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            known: Its time and value.
            sure: Whether Braze keeps it; otherwise it may not know the person yet.
        """

    @abstractmethod
    def still(self, subject: str, identity: Identity, order: OrderKey, value: object) -> None:
        """Note that Braze holds at a later time what `holds` found, unless that is not later.

        When the value was accepted stays as it was.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            order: The later time.
            value: The value as it would be written.
        """

    def compared(
        self, identity: Identity, order: OrderKey, attributes: Mapping[str, object]
    ) -> Mapping[str, str | None]:
        """Find attributes of a change that need not be sent, because of what Braze accepted.

        Args:
            identity: The person.
            order: Of the change.
            attributes: What it writes.

        Returns:
            By name None where something newer is known, and the value as JSON where Braze holds
            that very value.
        """
        found: dict[str, str | None] = {}
        for name, written in attributes.items():
            subject = attribute_subject(name)
            if is_late(self, subject, identity, order):
                found[name] = None
                continue
            text = dumps(written)
            if self.holds(subject, identity, text):
                found[name] = text
        return found

    def all_accepted(
        self,
        identity: Identity,
        order: OrderKey,
        attributes: Mapping[str, object],
        *,
        creates: bool,
    ) -> None:
        """Note attributes that Braze has just accepted, unless newer ones are known.

        Args:
            identity: The person.
            order: Of the change.
            attributes: What it wrote.
            creates: Whether that creates a profile where there is none.
        """
        if creates:
            self.created(identity)
        sure = self.is_created(identity)
        for name, written in attributes.items():
            known = Known(order, dumps(written))
            self.accepted(attribute_subject(name), identity, known, sure=sure)

    def all_still(
        self, identity: Identity, order: OrderKey, attributes: Mapping[str, object]
    ) -> None:
        """Note that Braze holds attributes at a later time, as `still` does.

        Args:
            identity: The person.
            order: The later time.
            attributes: What would be written.
        """
        for name, written in attributes.items():
            self.still(attribute_subject(name), identity, order, written)

    @abstractmethod
    def created(self, identity: Identity) -> None:
        """Note that Braze has just accepted something that creates a profile where there is none.

        What Braze may have ignored before, for want of a profile, has to be sent again.

        Args:
            identity: The person.
        """

    @abstractmethod
    def is_created(self, identity: Identity) -> bool:
        """Tell whether Braze accepted something that creates a profile where there is none.

        Args:
            identity: The person.
        """

    def cohort_seen(self, cohort_id: str, key: str) -> None:
        """Note which computation key a cohort belongs to.

        Args:
            cohort_id: The cohort.
            key: The computation key.
        """

    def is_lost(self, delivery: Delivery, known_as: str) -> bool:  # noqa: ARG002 - nothing by default
        """Tell whether something was under way when a process ended, and so must not go again.

        Args:
            delivery: A single delivery.
            known_as: What the call is remembered by.
        """
        return False

    def found(self, known_as: str) -> None:
        """Note that the call of something lost has turned up.

        Args:
            known_as: What the call is remembered by.
        """

    def later_list_denies(self, subject: str, identity: Identity, order: OrderKey) -> bool:  # noqa: ARG002 - nothing by default
        """Tell whether a full list that was taken later says something else.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
            order: Of the change at hand, with its value.
        """
        return False

    @abstractmethod
    def doubt(self, subject: str, identity: Identity) -> None:
        """Note that nobody knows any more which value Braze holds.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """


def cohort_subject(cohort_id: str) -> str:
    """Name a cohort as something that values are known of.

    Args:
        cohort_id: The cohort.
    """
    return f"cohort {cohort_id}"


def attribute_subject(name: str) -> str:
    """Name an attribute as something that values are known of.

    Args:
        name: The attribute or profile field.
    """
    return f"attribute {name}"


def short(value: str) -> str:
    """Shorten a value to what suffices to tell it from others.

    Args:
        value: The value as JSON.
    """
    if len(value) <= _SHORT:
        return value
    return blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def is_deleted(state: StateStore, identity: Identity, order: OrderKey) -> bool:
    """Tell whether a person was deleted at the time of a change or later.

    Args:
        state: What is remembered.
        identity: The person.
        order: Of the change at hand.
    """
    deleted_ns = state.deleted_ns(identity)
    return deleted_ns is not None and order.time_ns <= deleted_ns


def is_late(
    state: StateStore | Detecting, subject: str, identity: Identity, order: OrderKey
) -> bool:
    """Tell whether Braze accepted something newer already.

    Args:
        state: What is remembered.
        subject: A cohort or an attribute.
        identity: The person.
        order: Of the change at hand.
    """
    known = state.newest(subject, identity)
    if (
        known is not None
        and known.order.time_ns >= order.time_ns
        and known.order > order._replace(value=short(order.value))
    ):
        return True
    return isinstance(state, Detecting) and state.later_list_denies(subject, identity, order)


def is_same(state: StateStore, subject: str, identity: Identity, value: str) -> bool:
    """Tell whether Braze accepted this very value last.

    Args:
        state: What is remembered.
        subject: A cohort or an attribute.
        identity: The person.
        value: The value as JSON.
    """
    if isinstance(state, Detecting):
        return state.holds(subject, identity, value)
    known = state.newest(subject, identity)
    return known is not None and known.value == short(value)


def remember_newer(state: StateStore, subject: str, identity: Identity, known: Known) -> None:
    """Note a value unless a newer one is known.

    Args:
        state: What is remembered.
        subject: A cohort or an attribute.
        identity: The person.
        known: Its time and value.
    """
    if not is_late(state, subject, identity, known.order):
        state.remember(subject, identity, Known(known.order, short(known.value)))
