"""Rules: what becomes of which call."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import Enum, Flag
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar, cast

import attrs

from braze_engage.engage.computations import ComputationClass
from braze_engage.engage.identity import IdentityRules
from braze_engage.engage.keywords import checked_keywords
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from braze_engage.engage.calls import EngageCall

__all__ = ["Delivery", "EngageRules", "Repeats"]

_T = TypeVar("_T")

# https://segment.com/docs/engage/audiences: the names where nobody set others
_ENTERED: Final = "Audience Entered"
_EXITED: Final = "Audience Exited"


class Delivery(Flag):
    """What calls become in Braze; combine with ``|``."""

    NONE = 0
    """Nothing: ignored."""
    IDENTIFY = 1
    """Identify calls become custom attributes."""
    TRACK = 2
    """Track calls become custom events."""
    COHORT = 4
    """Membership, from whichever call carries it, becomes a cohort change."""
    BOOLEAN = 8
    """Membership, from whichever call carries it, becomes a boolean custom attribute."""


_MEMBERSHIP: Final = Delivery.COHORT | Delivery.BOOLEAN


class Repeats(Enum):
    """What becomes of a membership that repeats the known state."""

    SEND = "send"
    """It is sent again, which repairs what may have been lost in Braze."""
    SUPPRESS = "suppress"
    """It is unchanged, and not sent."""


def _refuse(message: str) -> NoReturn:
    raise ConfigurationError(message)


def _delivery(value: object, where: str) -> Delivery:
    if not isinstance(value, Delivery):
        _refuse(f"{where} must be a Delivery such as Delivery.COHORT, not {type(value).__name__}")
    return value


def _name(value: object, where: str) -> str:
    if not isinstance(value, str):
        _refuse(f"{where} must hold text, not {type(value).__name__}")
    if not value.strip():
        _refuse(f"{where} holds an empty name; leave it out, or write the name")
    return value


def _pairs(value: object, where: str, example: str) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        _refuse(f"{where} must be a mapping such as {example}, not {type(value).__name__}")
    return cast("Mapping[object, object]", value)


def _several(value: object) -> Collection[object]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Collection):
        _refuse("spaces must be a collection of space ids such as {'spa_1'}; use None for any one")
    return cast("Collection[object]", value)


def _instance(value: object, kind: type[_T], where: str) -> _T:
    if not isinstance(value, kind):
        _refuse(f"{where} must be of type {kind.__name__}, not {type(value).__name__}")
    return value


# one converter for each rule: it checks, copies, and names the rule in its message


def _audiences(value: Delivery | None) -> Delivery | None:
    return None if value is None else _delivery(value, "audiences")


def _journeys(value: Delivery | None) -> Delivery | None:
    return None if value is None else _delivery(value, "journeys")


def _traits(value: Delivery | None) -> Delivery | None:
    if value is not None and _delivery(value, "traits") & _MEMBERSHIP:
        _refuse(
            "traits cannot be delivered as COHORT or BOOLEAN, because a trait is no membership; "
            "use Delivery.IDENTIFY, Delivery.TRACK or both"
        )
    return value


def _overrides(value: Mapping[str, Delivery]) -> Mapping[str, Delivery]:
    pairs = _pairs(value, "overrides", '{"vip": Delivery.COHORT}')
    return {
        _name(key, "overrides"): _delivery(delivery, f"overrides[{key!r}]")
        for key, delivery in pairs.items()
    }


def _event_names(value: Mapping[str, str]) -> Mapping[str, str]:
    pairs = _pairs(value, "event_names", '{"Joined": "Audience Entered"}')
    return {_name(a, "event_names"): _name(b, "event_names") for a, b in pairs.items()}


def _cohort_names(value: Mapping[str, str]) -> Mapping[str, str]:
    pairs = _pairs(value, "cohort_names", '{"vip": "VIP customers"}')
    return {_name(a, "cohort_names"): _name(b, "cohort_names") for a, b in pairs.items()}


def _spaces(value: Collection[str] | None) -> Collection[str] | None:
    if value is None:
        return None
    spaces = frozenset(_name(space, "spaces") for space in _several(value))
    if not spaces:
        _refuse("spaces lists no space, so nothing would be taken; use None for any one")
    return spaces


def _identity(value: IdentityRules) -> IdentityRules:
    return _instance(value, IdentityRules, "identity")


def _repeats(value: Repeats) -> Repeats:
    return _instance(value, Repeats, "repeats")


def _age(value: timedelta | None) -> timedelta | None:
    if value is not None and _instance(value, timedelta, "drop_older_than") <= timedelta(0):
        _refuse("drop_older_than must be longer than nothing; use None to keep calls of any age")
    return value


def _memberships(rules: EngageRules) -> Mapping[str, bool]:
    """Which event names mean entering and which leaving."""
    meaning = {_ENTERED: True, _EXITED: False}
    for pair in rules.event_names.items():
        for name, other in (pair, pair[::-1]):
            if other in (_ENTERED, _EXITED):
                member = other == _ENTERED
                if meaning.setdefault(name, member) is not member:
                    _refuse(
                        f"event_names gives {name!r} for entering and for leaving; "
                        "give the two different names"
                    )
    return meaning


@checked_keywords
@attrs.frozen(kw_only=True)
class EngageRules:
    """What becomes of which call.

    Args:
        audiences: Delivery of audiences; None for what the clients allow.
        traits: Delivery of computed traits; None for what the clients allow.
        journeys: Delivery of event-triggered journeys; None for what the clients allow.
        overrides: Delivery by computation key, before the three above. ``Delivery.NONE`` ignores
            a computation.
        spaces: The space ids to accept. None accepts one space; a second one that uses the same
            key is an error.
        identity: Where the identifiers of a person come from.
        event_names: Other names of events, the name as it arrives to the name Braze is told.
            Paired with ``Audience Entered`` or ``Audience Exited``, on either side, a name also
            means entering or leaving where a track call lacks the membership value: write the
            names that were set in Engage, as in ``{"Joined": "Audience Entered"}``.
        repeats: What becomes of a membership that repeats the known state.
        cohort_names: Names of cohorts, by cohort id or computation key. Without one a cohort has
            the computation key as its name.
        drop_older_than: Calls of a greater age are filtered; None keeps all.

    Raises:
        ConfigurationError: Something does not fit; the message says what to change. For an
            unknown keyword it is a TypeError as well.
    """

    audiences: Delivery | None = attrs.field(default=None, converter=_audiences)
    traits: Delivery | None = attrs.field(default=None, converter=_traits)
    journeys: Delivery | None = attrs.field(default=None, converter=_journeys)
    overrides: Mapping[str, Delivery] = attrs.field(
        factory=dict[str, Delivery], converter=_overrides
    )
    spaces: Collection[str] | None = attrs.field(default=None, converter=_spaces)
    identity: IdentityRules = attrs.field(factory=IdentityRules, converter=_identity)
    event_names: Mapping[str, str] = attrs.field(factory=dict[str, str], converter=_event_names)
    repeats: Repeats = attrs.field(default=Repeats.SEND, converter=_repeats)
    cohort_names: Mapping[str, str] = attrs.field(factory=dict[str, str], converter=_cohort_names)
    drop_older_than: timedelta | None = attrs.field(default=None, converter=_age)
    _meanings: Mapping[str, bool] = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(_memberships, takes_self=True)
    )

    def delivery_for(
        self,
        call: EngageCall,
        default_audiences: Delivery,
        default_traits: Delivery,
        default_journeys: Delivery,
    ) -> tuple[Delivery, str]:
        """Tell what a call becomes, and the words of the rule that decided.

        Args:
            call: The call.
            default_audiences: What None stands for in ``audiences``.
            default_traits: What None stands for in ``traits``.
            default_journeys: What None stands for in ``journeys``.
        """
        computation = call.computation
        if computation is None:
            return Delivery.NONE, "not a call of Engage"
        override = self.overrides.get(computation.key)
        if override is not None:
            return override, f'overrides["{computation.key}"]'
        computation_class = computation.computation_class
        if computation_class is ComputationClass.AUDIENCE:
            return _chosen(self.audiences, "audiences", default_audiences)
        if computation_class is ComputationClass.TRAIT:
            return _chosen(self.traits, "traits", default_traits)
        if computation_class is ComputationClass.JOURNEY_STEP:
            return _chosen(self.journeys, "journeys", default_journeys)
        return Delivery.NONE, "no rule, because the class of the computation is not known"

    def membership_by_event(self, event: str | None) -> bool | None:
        """Tell what the name of a track call says about membership, None where it says nothing.

        Args:
            event: The name.
        """
        return None if event is None else self._meanings.get(event)

    def cohort_name(self, cohort_id: str, key: str) -> tuple[str, bool]:
        """Tell the name of a cohort, and whether a rule gives it.

        Args:
            cohort_id: The id of the computation.
            key: The key of the computation.
        """
        names = self.cohort_names
        name = (names.get(cohort_id) or names.get(key)) if names else None
        return (key, False) if name is None else (name, True)


def _chosen(rule: Delivery | None, name: str, default: Delivery) -> tuple[Delivery, str]:
    return (default, "default") if rule is None else (rule, name)
