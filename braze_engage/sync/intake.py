"""From the items of a source to changes that are handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from braze_engage.engage.calls import EngageCall, Unusable, read_item
from braze_engage.engage.deletions import Deletion
from braze_engage.engage.deliveries import Delivery, delivery_count
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.times import is_older
from braze_engage.sync.decider import Part
from braze_engage.sync.keeping import Keeper
from braze_engage.sync.ticket import Ticket

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    from braze_engage.sync.decider import Decider
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.letters import Kept

__all__ = ["Intake", "Offer"]


class Offer(Protocol):
    """Takes in what is to be sent."""

    def __call__(self, parts: Sequence[Part], ticket: Ticket) -> None:
        """Take in what is to be sent of one call.

        Args:
            parts: Its deliveries, none of them unusable.
            ticket: The call.
        """
        ...


class Intake:
    """Reads items of a source and hands on what is to be sent.

    Args:
        decider: Decides about each call.
        ledger: Keeps account.
        offer: Takes changes in for sending.
        cadence: How old calls are expected to be at most, by computation key.
        now_ns: The clock, nanoseconds since the epoch.
        keeper: Told of every call.
    """

    def __init__(
        self,
        decider: Decider,
        ledger: Ledger,
        offer: Offer,
        *,
        cadence: Mapping[str, timedelta],
        now_ns: Callable[[], int],
        keeper: Keeper | None = None,
    ) -> None:
        self._keeper = keeper or Keeper()
        self._keeps = type(self._keeper) is not Keeper
        self._decider = decider
        self._ledger = ledger
        self._offer = offer
        self._cadence = cadence
        self._now_ns = now_ns

    def take(self, position: int, item: object) -> None:
        """Take one item of the source.

        Args:
            position: Its number, from 0.
            item: A call, JSON text, or an array of calls.
        """
        now_ns = self._now_ns()
        for index, call in read_item(item, now_ns=now_ns):
            _, rule, parts = self._decider.decide(call, now_ns=now_ns)
            ticket = Ticket(position, index, call.message_id)
            if self._keeps:
                ticket.rule = rule
                self._keeper.opened(ticket, call, item)
            self._watch(call, ticket, now_ns)
            self._hand_on(call, parts, ticket, self._offer)

    def take_again(self, kept: Kept, offer: Offer, *, known_as: str) -> None:
        """Take a call that was kept; of its deliveries only those count that it was kept for.

        Args:
            kept: The call.
            offer: Takes changes in for sending.
            known_as: What it is remembered by.
        """
        now_ns = self._now_ns()
        for _, call in read_item(kept.call, now_ns=now_ns):
            decision = self._decider.decide(call, now_ns=now_ns)
            ticket = Ticket(kept.position, kept.index, call.message_id)
            ticket.rule = decision.rule
            ticket.letter = kept.table, kept.number
            ticket.known_as = known_as
            self._keeper.opened(ticket, call, kept.call)
            self._watch(call, ticket, now_ns)
            self._hand_on(call, _only(decision.parts, kept.delivery), ticket, offer)

    def _watch(self, call: EngageCall | Unusable, ticket: Ticket, now_ns: int) -> None:
        if isinstance(call, Unusable) or call.computation is None:
            return
        key = call.computation.key
        ticket.key, ticket.time_ns = key, call.time_ns
        is_stale = False
        if self._cadence:
            within = self._cadence.get(key)
            is_stale = within is not None and is_older(call.time_ns, within, now_ns=now_ns)
        self._ledger.lags.came(key, call.time_ns, call.received_ns, is_stale=is_stale)

    def _hand_on(
        self, call: EngageCall | Unusable, parts: Sequence[Part], ticket: Ticket, offer: Offer
    ) -> None:
        usable: list[Part] = []
        ticket.open = 0
        for part in parts:
            ticket.open += delivery_count(part.delivery)
            if not isinstance(part.change, Unusable):
                usable.append(part)
        for part in parts:
            change = part.change
            if isinstance(change, Unusable):
                self._ledger.settle(
                    ticket, change.reason, delivery=part.delivery or None, detail=change.detail
                )
            elif not isinstance(change, Deletion) and change.warning is not None:
                self._ledger.warn(change.warning)
        if not usable:
            return
        assert isinstance(call, EngageCall)
        for warning in call.warnings:
            self._ledger.warn(warning)
        offer(usable, ticket)


def _only(parts: Sequence[Part], bits: int) -> Sequence[Part]:
    """Leave out deliveries that a call was not kept for, unless the rules name no other by now."""
    if not bits:
        return parts
    wanted = [
        part._replace(delivery=Delivery(part.delivery.value & bits))
        for part in parts
        if part.delivery.value & bits
    ]
    return wanted or [Part(Delivery.NONE, Unusable(Reason.NO_RULE, Reason.NO_RULE.text))]
