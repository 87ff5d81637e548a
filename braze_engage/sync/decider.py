"""What is to be done with a call; the only place that decides."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import attrs

from braze_engage.engage.audiences import MembershipChange, membership_change
from braze_engage.engage.calls import CallType, EngageCall, Unusable
from braze_engage.engage.choices import OtherCalls
from braze_engage.engage.computations import ComputationClass
from braze_engage.engage.deletions import Deletion, deletion
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.events import EventChange, event_change
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.engage.times import is_older
from braze_engage.engage.traits import AttributeChange, attribute_change, boolean_change
from braze_engage.engage.values import maker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from braze_engage.engage.computations import Computation
    from braze_engage.engage.rules import EngageRules

__all__ = ["Change", "Decider", "Decision", "Defaults", "Part"]

Change: TypeAlias = MembershipChange | AttributeChange | EventChange | Deletion

_KEYS_WATCHED: Final = 10_000
_WRONG_TYPE: Final = frozenset({Reason.NOT_IDENTIFY, Reason.NOT_TRACK})
_BOTH: Final = Delivery.IDENTIFY | Delivery.BOOLEAN
_DELETE: Final = CallType.DELETE
_OF_PEOPLE: Final = (CallType.IDENTIFY, CallType.TRACK)
_LEAVES: Final = (Delivery.TRACK | Delivery.BOOLEAN).value
_MEMBERSHIP: Final = frozenset({ComputationClass.AUDIENCE, ComputationClass.JOURNEY_STEP})
_Mapper: TypeAlias = Callable[
    [EngageCall, "EngageRules"], MembershipChange | AttributeChange | EventChange | Unusable
]
_MAPPERS: Final[Mapping[Delivery, _Mapper]] = {
    # attributes first: cohorts ignore people whom Braze does not know
    Delivery.IDENTIFY: attribute_change,
    Delivery.BOOLEAN: boolean_change,
    Delivery.TRACK: event_change,
    Delivery.COHORT: membership_change,
}


@attrs.frozen
class Defaults:
    """What rules that are None stand for, given the clients there are.

    Args:
        audiences: For audiences.
        traits: For computed traits.
        journeys: For event-triggered journeys.
        erases: Whether deletions can be carried out.
    """

    audiences: Delivery
    traits: Delivery
    journeys: Delivery
    erases: bool = False


class Part(NamedTuple):
    """One delivery of a call.

    Args:
        delivery: Which; two where both write the same; none for a deletion and for a call that
            is not delivered at all.
        change: What it writes, or why it writes nothing.
        is_membership: Whether it says that a person is in an audience.
    """

    delivery: Delivery
    change: Change | Unusable
    is_membership: bool = False


class Decision(NamedTuple):
    """What is to be done with one call.

    Args:
        delivery: The deliveries that the rules name.
        rule: The rule that decided, in its own words.
        parts: At least one; what becomes of the call delivery by delivery.
    """

    delivery: Delivery
    rule: str
    parts: Sequence[Part]


_make_part: Final[Callable[[tuple[Delivery, Change | Unusable, bool]], Part]] = maker(Part)
_make_decision: Final[Callable[[tuple[Delivery, str, Sequence[Part]]], Decision]] = maker(Decision)


class _Usual(NamedTuple):
    """What becomes of the calls of one computation.

    Args:
        computation: Which.
        delivery: The deliveries that the rules name.
        rule: The rule that decided.
        mapper: What makes the change; None where there are several deliveries.
        is_membership: Whether calls say that a person is in an audience.
    """

    computation: Computation
    delivery: Delivery
    rule: str
    mapper: _Mapper | None
    is_membership: bool


def _nothing(
    reason: Reason, rule: str, delivery: Delivery = Delivery.NONE, detail: str = ""
) -> Decision:
    return Decision(delivery, rule, (Part(delivery, Unusable(reason, detail or reason.text)),))


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
        # by key, of the computation that came last: most calls are of few computations
        self._usual: dict[str, _Usual] = {}

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
        if call.type is _DELETE:
            return self._deletion(call)
        computation = call.computation
        if computation is not None and call.type in _OF_PEOPLE:
            usual = self._usual.get(computation.key)
            if usual is not None and usual[0] is computation:
                _, delivery, rule, mapper, is_membership = usual
                if mapper is None:
                    return _make_decision((delivery, rule, _parts(call, delivery, self._rules)))
                part = _make_part((delivery, mapper(call, self._rules), is_membership))
                return _make_decision((delivery, rule, (part,)))
        return self._unwanted(call) or self._wanted(call, now_ns)

    def _wanted(self, call: EngageCall, now_ns: int) -> Decision:
        delivery, rule = self._delivery(call)
        if delivery is Delivery.NONE:
            by_override = rule.startswith("overrides")
            return _nothing(Reason.IGNORED if by_override else Reason.NO_RULE, rule)
        if self._is_too_old(call, now_ns):
            return _nothing(Reason.TOO_OLD, "drop_older_than", delivery)
        parts = _parts(call, delivery, self._rules)
        if self._is_second_space(parts):
            return _nothing(Reason.SECOND_SPACE, "spaces", parts[0].delivery)
        self._remember(call.computation, delivery, rule)
        return Decision(delivery, rule, parts)

    def _remember(self, computation: Computation | None, delivery: Delivery, rule: str) -> None:
        """Remember what becomes of a computation, where its calls do not differ in that."""
        if computation is None or self._rules.drop_older_than is not None:
            return
        key = computation.key
        if self._rules.spaces is None and self._spaces.get(key) != computation.space_id:
            return
        if len(self._usual) < _KEYS_WATCHED or key in self._usual:
            mappers = _mappers(delivery)
            mapper = mappers[0][1] if len(mappers) == 1 else None
            self._usual[key] = _Usual(
                computation, delivery, rule, mapper, _is_membership(computation)
            )

    def _delivery(self, call: EngageCall) -> tuple[Delivery, str]:
        if call.computation is None:
            is_track = call.type is CallType.TRACK
            return Delivery.TRACK if is_track else Delivery.IDENTIFY, "other_calls"
        defaults = self._defaults
        return self._rules.delivery_for(
            call, defaults.audiences, defaults.traits, defaults.journeys
        )

    def _deletion(self, call: EngageCall) -> Decision:
        rule = "deletions are never filtered"
        if not self._defaults.erases:
            return _nothing(Reason.NO_ERASE_CLIENT, rule)
        return Decision(Delivery.NONE, rule, (Part(Delivery.NONE, deletion(call, self._rules)),))

    def _is_too_old(self, call: EngageCall, now_ns: int) -> bool:
        oldest = self._rules.drop_older_than
        return oldest is not None and is_older(call.time_ns, oldest, now_ns=now_ns)

    def _unwanted(self, call: EngageCall) -> Decision | None:
        if call.type is CallType.GROUP:
            return _nothing(Reason.NOT_A_USER, "group calls name an account")
        computation = call.computation
        forwarded = self._rules.other_calls is OtherCalls.FORWARD
        if call.type is CallType.OTHER or (computation is None and not forwarded):
            return _nothing(Reason.NOT_ENGAGE, "calls that are not Engage's")
        accepted = self._rules.spaces
        if (
            accepted is not None
            and computation is not None
            and computation.space_id not in accepted
        ):
            return _nothing(Reason.OTHER_SPACE, "spaces")
        return None

    def _is_second_space(self, parts: Sequence[Part]) -> bool:
        if self._rules.spaces is not None:
            return False
        for _, change, _ in parts:
            if isinstance(change, (Unusable, Deletion)) or change.key is None:
                continue
            key, space_id = change.key, change.space_id
            if space_id is None or (len(self._spaces) >= _KEYS_WATCHED and key not in self._spaces):
                return False
            return self._spaces.setdefault(key, space_id) != space_id
        return False


def _parts(call: EngageCall, delivery: Delivery, rules: EngageRules) -> Sequence[Part]:
    """What each delivery makes of a call, those left out that do not apply to it."""
    is_membership = _is_membership(call.computation)
    mappers = _mappers(delivery)
    if len(mappers) == 1:
        single, mapper = mappers[0]
        return (_make_part((single, mapper(call, rules), is_membership)),)
    parts = [Part(single, mapper(call, rules), is_membership) for single, mapper in mappers]
    apply = [part for part in parts if not _is_filtered(part)]
    if not apply:
        # that a call is of another type says least about it
        return [max(parts, key=_says_more)]
    if delivery.value & _LEAVES == _LEAVES:
        apply = _left_by_event(apply, rules)
    return _written_once(apply)


def _is_membership(computation: Computation | None) -> bool:
    return computation is not None and computation.computation_class in _MEMBERSHIP


def _left_by_event(parts: list[Part], rules: EngageRules) -> list[Part]:
    """Let leaving be written to people whom the event of the same call creates anyway.

    Braze takes the attributes of a request first, so an update alone would miss them.
    """
    if not any(isinstance(part.change, EventChange) for part in parts):
        return parts
    only = rules.update_existing_only
    return [
        part._replace(change=part.change._replace(update_existing_only=only))
        if isinstance(part.change, AttributeChange) and part.delivery is Delivery.BOOLEAN
        else part
        for part in parts
    ]


@cache
def _mappers(delivery: Delivery) -> Sequence[tuple[Delivery, _Mapper]]:
    return [(single, mapper) for single, mapper in _MAPPERS.items() if single & delivery]


def _is_filtered(part: Part) -> bool:
    change = part.change
    return isinstance(change, Unusable) and change.reason.outcome is Outcome.FILTERED


def _says_more(part: Part) -> bool:
    return isinstance(part.change, Unusable) and part.change.reason not in _WRONG_TYPE


def _written_once(parts: list[Part]) -> list[Part]:
    """Join what identify call and membership write alike."""
    if len(parts) == 1:
        return parts
    first, second, *others = parts
    if (
        first.delivery | second.delivery == _BOTH
        and isinstance(first.change, AttributeChange)
        and isinstance(second.change, AttributeChange)
        and second.change.attributes.items() <= first.change.attributes.items()
    ):
        return [first._replace(delivery=_BOTH), *others]
    return parts
