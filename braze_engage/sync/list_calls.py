"""What a difference between a full list and Braze comes to, by the same rules as a call."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.calls import EngageCall, Unusable, read_call
from braze_engage.engage.choices import Enrichment, Nulls
from braze_engage.engage.deletions import Deletion
from braze_engage.engage.events import EventChange
from braze_engage.engage.paths import Lookup
from braze_engage.engage.values import is_object
from braze_engage.errors import ConfigurationError
from braze_engage.sync.decider import Decider
from braze_engage.sync.known import attribute_subject, cohort_subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.decider import Defaults, Part
    from braze_engage.sync.state_computations import KnownComputation

__all__ = ["ListCalls"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ANYBODY: Final = "anybody"


class ListCalls:
    """Makes of each person the call that would say the same, and decides about it.

    Args:
        rules: The rules of the sync.
        defaults: What rules that are None stand for.
        key: The computation key.
        cohort: The id of the computation; None for a computed trait.
        name: What the cohort is to be called, unless a rule says so; None for no name.
        as_of: When the list was taken, nanoseconds since 1970 UTC; whole microseconds.
        handed_in: When it was handed in, likewise, which decides where something else happened at
            the moment it was taken.
        found: What is known of the computation; None for nothing.

    Raises:
        ConfigurationError: The rules lead to no list, or take people for something else than
            external ids.
    """

    def __init__(  # noqa: PLR0913 - what a caller says, by name
        self,
        rules: EngageRules,
        defaults: Defaults,
        *,
        key: str,
        cohort: str | None,
        name: str | None,
        as_of: int,
        handed_in: int,
        found: KnownComputation | None,
    ) -> None:
        self._key = key
        self._handed_in = handed_in
        self._space_id = None if found is None else found.space_id
        if self._space_id is None and rules.spaces is not None and len(rules.spaces) == 1:
            (self._space_id,) = rules.spaces
        self._cohort = cohort
        self._computation = found.id if cohort is None and found is not None else cohort
        self._as_of = as_of
        moment = _EPOCH + timedelta(microseconds=as_of // 1_000)
        self._stamp = moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        self._path = _id_path(rules)
        names = rules.cohort_names
        if name is not None and cohort is not None and not rules.cohort_name(cohort, key)[1]:
            names = {**names, cohort: name}
        # A list says nothing of spaces, of when people came, or of anything beside the value.
        comes = attrs.evolve(
            rules,
            cohort_names=names,
            spaces=None,
            drop_older_than=None,
            enrichment=Enrichment.COMPUTED_ONLY,
        )
        self._comes = Decider(comes, defaults)
        # Whoever leaves must not come to be by that.
        self._goes = Decider(attrs.evolve(comes, update_existing_only=True), defaults)
        # A trait may be bound for a field that takes only some values; null goes anywhere.
        self._probe = Decider(attrs.evolve(comes, nulls=Nulls.FORWARD), defaults)
        self._came = self._template(value=cohort is not None or None)
        self._gone = self._template(value=None if cohort is None else False)

    def _template(self, *, value: object) -> EngageCall:
        raw = self._raw(_ANYBODY, value)
        call = read_call(raw, now_ns=self._as_of)
        if isinstance(call, Unusable):
            raise ConfigurationError(f"reconcile: {call.detail}")
        # as Segment received no call; what happened at the same moment was received before
        return call._replace(time_ns=self._as_of, received_ns=self._handed_in)

    def _raw(self, person: str, value: object) -> dict[str, object]:
        is_trait = self._cohort is None
        personas: dict[str, object] = {
            "computation_class": "trait" if is_trait else "audience",
            "computation_key": self._key,
            **({"computation_id": self._computation} if self._computation else {}),
            **({} if self._space_id is None else {"space_id": self._space_id}),
        }
        raw: dict[str, object] = {
            "type": "identify",
            "userId": person,
            "timestamp": self._stamp,
            "traits": {self._key: value},
            "context": {"personas": personas},
        }
        _put(raw, self._path, person)
        return raw

    def came(self, person: str, value: object) -> tuple[EngageCall, Sequence[Part]]:
        """Make what brings a value to a person.

        Args:
            person: The external id.
            value: The value of a trait; of an audience always True.
        """
        call = self._came._replace(raw=self._raw(person, value))
        if self._cohort is None:
            call = call._replace(values={self._key: value})
        return call, self._comes.decide(call, now_ns=self._as_of).parts

    def gone(self, person: str) -> tuple[EngageCall, Sequence[Part]]:
        """Make what takes the value from a person.

        Args:
            person: The external id.
        """
        call = self._gone._replace(raw=self._raw(person, self._gone.values[self._key]))
        return call, self._goes.decide(call, now_ns=self._as_of).parts

    def targets(self) -> list[tuple[str, Delivery, object]]:
        """Tell which cohorts and attributes a list is brought into, and the value of members.

        Raises:
            ConfigurationError: There is none.
        """
        found: list[tuple[str, Delivery, object]] = []
        refusals: list[str] = []
        for part in self._probe.decide(self._came, now_ns=self._as_of).parts:
            change = part.change
            if isinstance(change, MembershipChange):
                found.append((cohort_subject(change.cohort_id), part.delivery, change.member))
            elif isinstance(change, Unusable):
                refusals.append(change.detail)
            elif not isinstance(change, EventChange | Deletion):
                name = (
                    self._key if self._key in change.attributes else next(iter(change.attributes))
                )
                found.append((attribute_subject(name), part.delivery, change.attributes[name]))
        if not found:
            raise ConfigurationError(
                f"reconcile: the rules bring {self._key!r} into no cohort and no attribute "
                f"({'; '.join(refusals) or 'events only'}); a list is no event, so deliver it as "
                "Delivery.COHORT, IDENTIFY or BOOLEAN"
            )
        return found


def _id_path(rules: EngageRules) -> Sequence[str]:
    """Where a call carries the external id, so that what is kept of it can be read again."""
    rule = rules.identity.external_id
    if rule is None:
        raise ConfigurationError(
            "reconcile: rules.identity sets no external_id, and a list holds external ids; set "
            "IdentityRules(external_id=...)"
        )
    first = Lookup.of(rule, "external_id").alternatives[0]
    return (first,) if isinstance(first, str) else [step.name for step in first.steps]


def _put(raw: dict[str, object], path: Sequence[str], person: str) -> None:
    at = raw
    for name in path[:-1]:
        inner = at.get(name)
        copied: dict[str, object] = dict(inner) if is_object(inner) else {}
        at[name] = copied
        at = copied
    at[path[-1]] = person
