"""From a call to what is to be done with it; the only place that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.engage.audiences import MembershipChange, membership_change
from braze_engage.engage.calls import CallType, EngageCall, Unusable, read_item
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.rules import Delivery
from braze_engage.sync.ledger import Ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.ledger import Ledger

__all__ = ["Decider", "Decision", "Defaults", "Intake"]

_KEYS_WATCHED: Final = 10_000
_NANOSECONDS: Final = 1_000_000_000


@attrs.frozen
class Defaults:
    """What rules that are None stand for, given the clients there are.

    Args:
        audiences: For audiences.
        traits: For computed traits.
        journeys: For event-triggered journeys.
    """

    audiences: Delivery
    traits: Delivery
    journeys: Delivery


@attrs.frozen(slots=True)
class Decision:
    """What is to be done with one call.

    Args:
        delivery: The deliveries that apply.
        rule: The rule that decided, in its own words.
        change: The membership change, or None where there is nothing to send.
        reason: Why there is nothing to send, else None.
        detail: What is wrong and what to do.
    """

    delivery: Delivery
    rule: str
    change: MembershipChange | None
    reason: Reason | None
    detail: str = ""


def _nothing(
    reason: Reason, rule: str, delivery: Delivery = Delivery.NONE, detail: str = ""
) -> Decision:
    return Decision(delivery, rule, None, reason, detail or reason.text)


class Decider:
    """Applies the rules to calls and watches that one key means one computation space.

    Args:
        rules: The rules.
        defaults: What rules that are None stand for.
    """

    def __init__(self, rules: EngageRules, defaults: Defaults) -> None:
        self._rules = rules
        self._defaults = defaults
        self._spaces: dict[str, str] = {}

    def copy(self) -> Decider:
        """Return an independent copy, for a run that only looks ahead."""
        other = Decider(self._rules, self._defaults)
        other._spaces = dict(self._spaces)
        return other

    def decide(self, call: EngageCall | Unusable, *, now_ns: int) -> Decision:
        """Decide about one call.

        Args:
            call: The call as it was read.
            now_ns: The moment, in nanoseconds since the epoch.
        """
        if isinstance(call, Unusable):
            return _nothing(call.reason, "how the call was read", detail=call.detail)
        unwanted = self._unwanted(call)
        if unwanted is not None:
            return unwanted
        defaults = self._defaults
        delivery, rule = self._rules.delivery_for(
            call, defaults.audiences, defaults.traits, defaults.journeys
        )
        if delivery is Delivery.NONE:
            by_override = rule.startswith("overrides")
            return _nothing(Reason.IGNORED if by_override else Reason.NO_RULE, rule)
        if self._is_too_old(call, now_ns):
            return _nothing(Reason.TOO_OLD, "drop_older_than", delivery)
        return self._membership(call, delivery, rule)

    def _is_too_old(self, call: EngageCall, now_ns: int) -> bool:
        oldest = self._rules.drop_older_than
        return oldest is not None and now_ns - call.time_ns > oldest.total_seconds() * _NANOSECONDS

    def _membership(self, call: EngageCall, delivery: Delivery, rule: str) -> Decision:
        change = membership_change(call, self._rules)
        if isinstance(change, Unusable):
            return _nothing(change.reason, rule, delivery, change.detail)
        if self._is_second_space(change.key, change.space_id):
            return _nothing(Reason.SECOND_SPACE, "spaces", delivery)
        return Decision(delivery, rule, change, None)

    def _unwanted(self, call: EngageCall) -> Decision | None:
        if call.type is CallType.DELETE:
            return _nothing(Reason.NO_ERASE_CLIENT, "deletions are never filtered")
        if call.type is CallType.GROUP:
            return _nothing(Reason.NOT_A_USER, "group calls name an account")
        computation = call.computation
        if call.type is CallType.OTHER or computation is None:
            return _nothing(Reason.NOT_ENGAGE, "calls that are not Engage's")
        accepted = self._rules.spaces
        if accepted is not None and computation.space_id not in accepted:
            return _nothing(Reason.OTHER_SPACE, "spaces")
        return None

    def _is_second_space(self, key: str, space_id: str | None) -> bool:
        if self._rules.spaces is not None or space_id is None:
            return False
        if len(self._spaces) >= _KEYS_WATCHED and key not in self._spaces:
            return False
        return self._spaces.setdefault(key, space_id) != space_id


class Intake:
    """Reads items of a source and hands on what is to be sent.

    Args:
        decider: Decides about each call.
        ledger: Keeps account.
        offer: Takes a change in for sending.
        now_ns: The clock, nanoseconds since the epoch.
    """

    def __init__(
        self,
        decider: Decider,
        ledger: Ledger,
        offer: Callable[[MembershipChange, Ticket], None],
        *,
        now_ns: Callable[[], int],
    ) -> None:
        self._decider = decider
        self._ledger = ledger
        self._offer = offer
        self._now_ns = now_ns

    def take(self, position: int, item: object) -> None:
        """Take one item of the source.

        Args:
            position: Its number, from 0.
            item: A call, JSON text, or an array of calls.
        """
        now_ns = self._now_ns()
        for index, call in read_item(item, now_ns=now_ns):
            ticket = Ticket(position, index, call.message_id)
            decision = self._decider.decide(call, now_ns=now_ns)
            change = decision.change
            if change is None:
                assert decision.reason is not None
                self._ledger.settle(
                    ticket,
                    decision.reason,
                    delivery=decision.delivery or None,
                    detail=decision.detail,
                )
                continue
            if change.warning is not None:
                self._ledger.warn(change.warning)
            if isinstance(call, EngageCall):
                for warning in call.warnings:
                    self._ledger.warn(warning)
            self._offer(change, ticket)
