"""Says of one call how it was read, what becomes of it, and which rule decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import attrs

from braze_engage._wire import unstructure
from braze_engage.cohorts.changes import PartnerCohorts
from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.calls import EngageCall, Unusable
from braze_engage.engage.data_points import change_points
from braze_engage.engage.deliveries import delivery_name
from braze_engage.engage.events import EventChange
from braze_engage.engage.folding import fold_attributes
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.engage.times import SECOND_NS
from braze_engage.engage.traits import AttributeChange
from braze_engage.rest.users import Users
from braze_engage.sync.cohort_delivery import cohort_changes, utc_moment
from braze_engage.sync.deletion_queue import deletion_request
from braze_engage.sync.oddities import oddities
from braze_engage.sync.page import write_page
from braze_engage.sync.tables import html_table

if TYPE_CHECKING:
    import os
    import pathlib
    from collections.abc import Mapping, Sequence

    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.fitting import Dropped
    from braze_engage.engage.identity import Identity
    from braze_engage.engage.rules import EngageRules
    from braze_engage.operation import Operation
    from braze_engage.sync.decider import Change, Decision, Part
    from braze_engage.sync.foreseeing import Foresight

__all__ = ["ExplainedDelivery", "Explanation", "explain"]


@attrs.frozen(kw_only=True)
class ExplainedDelivery:
    """What one delivery makes of a call.

    Args:
        delivery: Which; two where both write the same, none for a deletion.
        outcome: What it would become if it came now; ``sent`` reads "would be sent".
        reason: Why.
        detail: What is wrong and what to do, in words.
        identity: Who it is sent for, or None where nothing is sent.
        path: The endpoint, or None where nothing is sent.
        body: The request it would share with others, without keys; None where nothing is sent.
        data_points: What Braze would bill for it.
        dropped: Every trait or property that is not sent, and every part that was cut.
    """

    delivery: Delivery
    outcome: Outcome
    reason: Reason
    detail: str
    identity: Identity | None = attrs.field(default=None, repr=False)
    path: str | None = None
    body: Mapping[str, object] | None = attrs.field(default=None, repr=False)
    data_points: int = 0
    dropped: Sequence[Dropped] = ()


@attrs.frozen(kw_only=True)
class Explanation:
    """What becomes of one call.

    Args:
        call: The call as it came, None where it could not be read.
        reading: How it was read, by name of the part.
        rule: The rule that decided.
        delivery: The deliveries that the rules name.
        deliveries: What each of them makes of it.
        warnings: Oddities that do not keep it from being sent.
    """

    call: Mapping[str, object] | None = attrs.field(repr=False)
    reading: Mapping[str, str]
    rule: str
    delivery: Delivery
    deliveries: Sequence[ExplainedDelivery]
    warnings: Sequence[str]

    @property
    def worst(self) -> ExplainedDelivery:
        """The delivery whose outcome is that of the call: the highest."""
        return max(self.deliveries, key=lambda one: one.outcome.rank)

    @property
    def outcome(self) -> Outcome:
        """What the call would become if it came now; ``sent`` reads "would be sent"."""
        return self.worst.outcome

    @property
    def reason(self) -> Reason:
        """Why."""
        return self.worst.reason

    @property
    def detail(self) -> str:
        """What is wrong and what to do, in words."""
        return self.worst.detail

    @property
    def identity(self) -> Identity | None:
        """Who it is sent for, or None where nothing is sent."""
        return next((one.identity for one in self.deliveries if one.identity), None)

    @property
    def request(self) -> Mapping[str, object] | None:
        """Path and body of the first request, without keys; None where nothing is sent."""
        for one in self.deliveries:
            if one.body is not None:
                return {"path": one.path, "body": one.body}
        return None

    @property
    def data_points(self) -> int:
        """What Braze would bill for the call."""
        return sum(one.data_points for one in self.deliveries)

    def __str__(self) -> str:
        return "\n".join(f"{name:<12} {text}" for name, text in self._lines())

    def _repr_html_(self) -> str:
        return self.to_table()

    def to_table(self) -> str:
        """Return the explanation as an HTML table, all text escaped; notebooks show this."""
        return html_table(("part", "what it says"), self._lines())

    def to_html(
        self, path: str | os.PathLike[str], *, show_identities: bool = False
    ) -> pathlib.Path:
        """Write it as one page for a browser, readable by its owner alone, and return the path.

        Args:
            path: The file; one that exists is replaced.
            show_identities: Whether identifiers and names of people are shown and not masked.

        Raises:
            ConfigurationError: It cannot be written there.
        """
        return write_page(path, self, show_identities=show_identities)

    def _lines(self) -> list[tuple[str, str]]:
        lines = [*self.reading.items(), ("rule", self.rule)]
        lines.append(("delivery", delivery_name(self.delivery)))
        for one in self.deliveries:
            lines += _delivery_lines(one)
        lines.extend(("warning", text) for text in self.warnings)
        return lines


def _delivery_lines(one: ExplainedDelivery) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    if one.delivery:
        lines.append(("by", delivery_name(one.delivery)))
    if one.identity is not None:
        label = f" with label {one.identity.label!r}" if one.identity.label else ""
        lines.append(("identity", f"{one.identity.kind} {one.identity.value!r}{label}"))
    lines.append(("outcome", f"{one.outcome.value}: {one.detail}"))
    if one.path is not None:
        lines.append(("request", f"POST {one.path}"))
        lines.append(("body", json.dumps(one.body, ensure_ascii=False)))
        lines.append(("data points", str(one.data_points)))
    lines.extend(("left out", f"{name}: {why}") for name, why in one.dropped)
    return lines


def explain(
    call: EngageCall | Unusable,
    decision: Decision,
    *,
    rules: EngageRules,
    foresight: Foresight,
    now_ns: int,
) -> Explanation:
    """Explain a decision about one call.

    Args:
        call: The call as it was read.
        decision: What is to be done with it.
        rules: The rules.
        foresight: Tells what would become of it now.
        now_ns: The moment, nanoseconds since the epoch.
    """
    warnings: list[str] = []
    if isinstance(call, EngageCall):
        warnings += call.warnings
        warnings += oddities(call, rules, now_ns=now_ns)
    for part in decision.parts:
        warning = getattr(part.change, "warning", None)
        if warning is not None and warning not in warnings:
            warnings.append(warning)
    return Explanation(
        call=call.raw if isinstance(call, EngageCall) else None,
        reading=_reading(call),
        rule=decision.rule,
        delivery=decision.delivery,
        deliveries=tuple(_explained(part, call.message_id, foresight) for part in decision.parts),
        warnings=tuple(warnings),
    )


def _explained(part: Part, message_id: str | None, foresight: Foresight) -> ExplainedDelivery:
    delivery, change, is_membership = part
    if isinstance(change, Unusable):
        reason = change.reason
        return ExplainedDelivery(
            delivery=delivery, outcome=reason.outcome, reason=reason, detail=change.detail
        )
    reason, left = foresight.foresee(delivery, change, message_id, is_membership=is_membership)
    found = ExplainedDelivery(
        delivery=delivery,
        outcome=reason.outcome,
        reason=reason,
        detail=reason.text,
        dropped=getattr(change, "dropped", ()),
    )
    if reason is not Reason.ACCEPTED:
        return found
    row, body = _request(left)
    return attrs.evolve(
        found,
        identity=left.identity,
        path=row.path,
        body=body,
        data_points=change_points(left),
    )


def _request(change: Change) -> tuple[Operation[..., object], Mapping[str, object]]:
    """Lay out the request that a change shares with others."""
    if isinstance(change, MembershipChange):
        entries = [unstructure(entry) for entry in cohort_changes([change])]
        body = {"cohort_id": change.cohort_id, "cohort_changes": entries}
        return PartnerCohorts.update_users, body
    if isinstance(change, EventChange):
        return Users.track, {"events": [change.to_json()]}
    if isinstance(change, AttributeChange):
        (writes,) = fold_attributes([change]).values()
        return Users.track, {"attributes": [write.to_json() for write in writes]}
    request = unstructure(deletion_request([change.identity]))
    return Users.delete, cast("Mapping[str, object]", request)


def _reading(call: EngageCall | Unusable) -> dict[str, str]:
    if isinstance(call, Unusable):
        return {"call": f"message {call.message_id or 'without id'}, not readable"}
    reading = {
        "call": f"{call.type.value}, message {call.message_id or 'without id'}",
        "time": _instant(call.order.time_ns),
    }
    if call.event is not None:
        reading["event"] = call.event
    computation = call.computation
    if computation is not None:
        reading["computation"] = (
            f"{computation.computation_class.value} {computation.key} "
            f"({computation.id or 'no id'}), space {computation.space_id or 'not given'}"
        )
    return reading


def _instant(nanoseconds: int) -> str:
    moment = utc_moment(nanoseconds).isoformat().removesuffix("+00:00")
    return f"{moment}.{nanoseconds % SECOND_NS:09d}Z"
