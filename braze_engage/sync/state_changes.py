"""Whole changes in a state file: what is asked and noted of all attributes of a change at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.errors import StateError
from braze_engage.objects.values import dumps
from braze_engage.sync.known import attribute_subject, short
from braze_engage.sync.state_hashes import VALUE_FORM
from braze_engage.sync.state_rows import make_entry
from braze_engage.sync.state_values import MINUTE_NS, StoredValues, kept_order, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.engage.calls import OrderKey
    from braze_engage.engage.identity import Identity
    from braze_engage.sync.state_rows import PersonRow

__all__ = ["StoredChanges"]

_NOTHING: Final[Mapping[str, str | None]] = {}


class StoredChanges(StoredValues):
    """What changes of several attributes come to; safe to use from threads.

    The row of the person is looked up once, which is most of what these questions cost.
    """

    @property
    def _is_watched(self) -> bool:
        """Whether somebody has to be told of each value, so that nothing is done at once."""
        return False

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
        with self._lock:
            if self._is_watched:
                return super().compared(identity, order, attributes)
            row = self._person(identity)
            if row.is_empty:
                return _NOTHING
            found: dict[str, str | None] = {}
            brief = shortened(order)
            for name, written in attributes.items():
                number = self._number(attribute_subject(name))
                entry = None if number is None else row.get(number)
                if entry is None:
                    continue
                if entry.order > brief:
                    found[name] = None
                    continue
                text = dumps(written)
                if self._is_believed(entry, text):
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
        with self._lock:
            if self._is_watched:
                super().all_accepted(identity, order, attributes, creates=creates)
                return
            try:
                self._accept(self._people.change(identity), order, attributes, creates=creates)
            except StateError as error:
                self._fail(error, None)
            self._noted()

    def _accept(
        self, row: PersonRow, order: OrderKey, attributes: Mapping[str, object], *, creates: bool
    ) -> None:
        if creates and not row.created:
            row.create()
        kept = kept_order(order)
        minute, sure = self._now_ns() // MINUTE_NS, row.created
        numbers, value = self._people.attributes, self._hashes.value
        for name, written in attributes.items():
            number = numbers.get(name)
            if number is None:
                number = self._people.attribute(name)
            before = row.get(number)
            if before is None or before.order <= shortened(order):
                code = value(short(dumps(written)))
                row.put(number, make_entry((kept, code, VALUE_FORM, minute, sure)))

    def all_still(
        self, identity: Identity, order: OrderKey, attributes: Mapping[str, object]
    ) -> None:
        """Note that Braze holds attributes at a later time, as `still` does.

        Args:
            identity: The person.
            order: The later time.
            attributes: What would be written.
        """
        with self._lock:
            if self._is_watched:
                super().all_still(identity, order, attributes)
                return
            row = self._person(identity)
            if row.is_empty:
                return
            later = kept_order(order)
            is_changed = False
            for name in attributes:
                number = self._number(attribute_subject(name))
                entry = None if number is None else row.get(number)
                if number is not None and entry is not None and later > entry.order:
                    _, code, form, minute, sure = entry
                    row.put(number, make_entry((later, code, form, minute, sure)))
                    is_changed = True
            if is_changed:
                self._changing(identity)
                self._noted()
