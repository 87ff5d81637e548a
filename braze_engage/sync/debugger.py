"""Says of one call how it was read, what becomes of it, and which rule decided."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage._wire import unstructure
from braze_engage.engage.calls import EngageCall, Unusable
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.rules import Delivery, Repeats
from braze_engage.objects import Verdict
from braze_engage.sync.delivery import cohort_changes, utc_moment
from braze_engage.sync.state import is_late, is_repeat
from braze_engage.sync.tables import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.engage.identity import Identity
    from braze_engage.objects import Verification
    from braze_engage.sync.intake import Decision
    from braze_engage.sync.state import StateStore

__all__ = ["Check", "Explanation", "explain"]

_SECOND_NS: Final = 1_000_000_000


@attrs.frozen(kw_only=True)
class Explanation:
    """What becomes of one call.

    Args:
        reading: How it was read, by name of the part.
        rule: The rule that decided.
        delivery: The deliveries that apply.
        identity: Who it is sent for, or None where nothing is sent.
        outcome: What it would become if it came now; ``sent`` reads "would be sent".
        reason: Why.
        detail: What is wrong and what to do, in words.
        request: Path and body of the request it would share with others, without keys.
        warnings: Oddities that do not keep it from being sent.
    """

    reading: Mapping[str, str]
    rule: str
    delivery: Delivery
    identity: Identity | None
    outcome: str
    reason: Reason
    detail: str
    request: Mapping[str, object] | None
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(f"{name:<12} {text}" for name, text in self._lines())

    def _repr_html_(self) -> str:
        return html_table(("part", "what it says"), self._lines())

    def _lines(self) -> list[tuple[str, str]]:
        lines = list(self.reading.items())
        if self.identity is not None:
            value = self.identity.value
            label = f" with label {self.identity.label!r}" if self.identity.label else ""
            lines.append(("identity", f"{self.identity.kind} {value!r}{label}"))
        lines.append(("rule", self.rule))
        lines.append(("delivery", self.delivery.name or str(self.delivery)))
        lines.append(("outcome", f"{self.outcome}: {self.detail}"))
        if self.request is not None:
            lines.append(("request", f"POST {self.request['path']}"))
            lines.append(("body", json.dumps(self.request["body"], ensure_ascii=False)))
        lines.extend(("warning", text) for text in self.warnings)
        return lines


def explain(
    call: EngageCall | Unusable, decision: Decision, state: StateStore, repeats: Repeats
) -> Explanation:
    """Explain a decision about one call.

    Args:
        call: The call as it was read.
        decision: What is to be done with it.
        state: What is remembered.
        repeats: What becomes of a membership that is known already.
    """
    change = decision.change
    reason = decision.reason or _known(call, decision, state, repeats)
    request: Mapping[str, object] | None = None
    if change is not None:
        body = {
            "cohort_id": change.cohort_id,
            "cohort_changes": [unstructure(entry) for entry in cohort_changes([change])],
        }
        request = {"path": "/partners/{partner}/cohorts/users", "body": body}
    warnings = () if isinstance(call, Unusable) else call.warnings
    if change is not None and change.warning is not None:
        warnings = (*warnings, change.warning)
    return Explanation(
        reading=_reading(call),
        rule=decision.rule,
        delivery=decision.delivery,
        identity=None if change is None else change.identity,
        outcome=reason.outcome.value,
        reason=reason,
        detail=decision.detail or reason.text,
        request=request,
        warnings=warnings,
    )


def _known(
    call: EngageCall | Unusable, decision: Decision, state: StateStore, repeats: Repeats
) -> Reason:
    change = decision.change
    assert change is not None
    if call.message_id is not None and state.is_done(Delivery.COHORT, call.message_id):
        return Reason.SAME_MESSAGE
    if is_late(state, change):
        return Reason.NEWER_KNOWN
    if repeats is Repeats.SUPPRESS and is_repeat(state, change):
        return Reason.SAME_STATE
    return Reason.ACCEPTED


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
    return f"{moment}.{nanoseconds % _SECOND_NS:09d}Z"


@attrs.frozen
class Check:
    """What probing the keys found out.

    Args:
        verifications: One for each client.
    """

    verifications: tuple[Verification, ...]

    @property
    def ok(self) -> bool:
        """Whether Braze accepted every key."""
        return all(found.verdict is Verdict.OK for found in self.verifications)

    @property
    def refused(self) -> bool:
        """Whether Braze refused a key."""
        return any(found.verdict is Verdict.REFUSED for found in self.verifications)

    def __str__(self) -> str:
        return text_table(*self._table())

    def _repr_html_(self) -> str:
        return html_table(*self._table())

    def _table(self) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        rows: list[tuple[object, ...]] = [
            (found.verdict.name, found.key, found.detail, found.remedy)
            for found in self.verifications
        ]
        return ("verdict", "key", "found", "what to do"), rows
