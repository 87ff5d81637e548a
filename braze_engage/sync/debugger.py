"""The debugger: sends one call for a test, and probes keys before a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage._wire import unstructure
from braze_engage.engage.calls import Unusable
from braze_engage.engage.events import EventChange
from braze_engage.engage.outcomes import Reason
from braze_engage.engage.traits import AttributeChange
from braze_engage.errors import ConfigurationError, ResponseError, TransportError
from braze_engage.objects import Verdict
from braze_engage.operation import Replay
from braze_engage.rest.users import Users
from braze_engage.sync.entries import draft
from braze_engage.sync.page import write_page
from braze_engage.sync.remembering import Remembering
from braze_engage.sync.state import MemoryState
from braze_engage.sync.tables import html_table, text_table
from braze_engage.sync.ticket import Ticket
from braze_engage.sync.track_delivery import EncodedTrack
from braze_engage.sync.waiting import Waiting

if TYPE_CHECKING:
    import os
    import pathlib
    from collections.abc import Mapping, Sequence

    from braze_engage.objects import Verification
    from braze_engage.rest.client import BrazeClient
    from braze_engage.sync.decider import Decision, Part
    from braze_engage.sync.entries import TrackWaiting
    from braze_engage.sync.explaining import Explanation
    from braze_engage.sync.state import StateStore

__all__ = ["Check", "SentTest", "send_test", "verify_erase"]

_NO_REST: Final = (
    "there is no BrazeClient; a test goes to /users/track, so pass rest=BrazeClient(...)"
)
_NO_DELIVERY: Final = (
    "nothing of the call goes to /users/track; a test needs Delivery.IDENTIFY, TRACK or BOOLEAN "
    "for this computation and this type of call"
)
_NOT_IDENTIFIED: Final = (
    "the call names nobody by external id, and a test is sent for identified people only; test "
    "with a call that has a userId, or set IdentityRules(external_id=...)"
)
_DELETED: Final = "the person was deleted after the call happened, so nothing is written again"


@attrs.frozen(kw_only=True)
class SentTest:
    """One call that was sent for a test, or why it was not.

    Args:
        explanation: What becomes of the call.
        sent: Whether a request left.
        why_not: Why none did and what to change; empty otherwise.
        path: The endpoint.
        request: The body that was sent; None where none was.
        status: HTTP status of the answer; None where none came.
        answer: The answer, or what Braze said was wrong.
        accepted: Whether Braze took everything.
    """

    explanation: Explanation
    sent: bool
    why_not: str = ""
    path: str = Users.track.path
    request: Mapping[str, object] | None = attrs.field(default=None, repr=False)
    status: int | None = None
    answer: Mapping[str, object] | None = attrs.field(default=None, repr=False)
    accepted: bool = False

    def __str__(self) -> str:
        return f"{self.explanation}\n\n" + "\n".join(
            f"{name:<12} {text}" for name, text in self._lines()
        )

    def _repr_html_(self) -> str:
        exchange = html_table(("part", "what it says"), self._lines())
        return f"{self.explanation.to_table()}{exchange}"

    def to_html(
        self, path: str | os.PathLike[str], *, show_identities: bool = False
    ) -> pathlib.Path:
        """Write call, test and answer as one page for a browser, and return the path.

        Args:
            path: The file, readable by its owner alone; one that exists is replaced.
            show_identities: Whether identifiers and names of people are shown and not masked.

        Raises:
            ConfigurationError: It cannot be written there.
        """
        return write_page(path, self.explanation, test=self, show_identities=show_identities)

    def _lines(self) -> list[tuple[str, str]]:
        if not self.sent:
            return [("not sent", self.why_not)]
        status = "no answer" if self.status is None else str(self.status)
        return [
            ("sent", f"POST {self.path}"),
            ("body", json.dumps(self.request, ensure_ascii=False)),
            ("answer", f"{status}: {json.dumps(self.answer, ensure_ascii=False)}"),
            ("accepted", "yes" if self.accepted else "no"),
        ]


def send_test(
    rest: BrazeClient | None,
    decision: Decision,
    explanation: Explanation,
    state: StateStore,
    message_id: str | None,
) -> SentTest:
    """Send what one call writes to a profile, and show the exchange.

    What was sent before is sent again: that is what a test is for.

    Args:
        rest: The client.
        decision: What is to be done with the call.
        explanation: What becomes of it.
        state: What is remembered; an accepted test counts as sent.
        message_id: Segment's id of the call.
    """
    parts = [
        part for part in decision.parts if isinstance(part.change, AttributeChange | EventChange)
    ]
    why_not = _why_not(rest, decision, parts, state)
    if why_not or rest is None:
        return SentTest(explanation=explanation, sent=False, why_not=why_not)
    waiting = [_waiting(part, message_id) for part in parts]
    drafted = draft(waiting, MemoryState(), suppress_repeats=False)
    request = EncodedTrack([*drafted.attributes, *drafted.events], Replay.IF_UNSENT)
    status, answer, accepted = _exchange(rest, request)
    if accepted:
        remembering = Remembering(state)
        for part in parts:
            remembering.values(part.change, Reason.ACCEPTED)
            remembering.end(part.delivery, message_id, Reason.ACCEPTED)
    return SentTest(
        explanation=explanation,
        sent=True,
        request=json.loads(request.encoded_body()),
        status=status,
        answer=answer,
        accepted=accepted,
    )


def _why_not(
    rest: BrazeClient | None, decision: Decision, parts: Sequence[Part], state: StateStore
) -> str:
    if rest is None:
        return _NO_REST
    if not parts:
        details = [p.change.detail for p in decision.parts if isinstance(p.change, Unusable)]
        return "; ".join(details) or _NO_DELIVERY
    for part in parts:
        change = part.change
        if isinstance(change, Unusable) or change.identity.kind != "external_id":
            return _NOT_IDENTIFIED
        deleted_ns = state.deleted_ns(change.identity)
        if deleted_ns is not None and change.order.time_ns <= deleted_ns:
            return _DELETED
    return ""


def _waiting(part: Part, message_id: str | None) -> TrackWaiting:
    change = part.change
    ticket = Ticket(0, None, message_id)
    if isinstance(change, AttributeChange):
        return Waiting(change, part.delivery, ticket)
    assert isinstance(change, EventChange)
    return Waiting(change, part.delivery, ticket)


def _exchange(
    rest: BrazeClient, request: EncodedTrack
) -> tuple[int | None, Mapping[str, object], bool]:
    try:
        reply = rest.perform(Users.track, request)
    except ResponseError as error:
        said: dict[str, object] = {"message": error.message}
        if error.errors:
            said["errors"] = list(error.errors)
        if error.hint:
            said["what to do"] = error.hint
        return error.status, said, False
    except TransportError as error:
        return None, {"message": str(error)}, False
    answer = unstructure(reply.value)
    assert isinstance(answer, dict)
    return reply.status, {"message": reply.value.message, **answer}, not reply.value.errors


def verify_erase(erase: BrazeClient) -> Verification:
    """Probe a key for deletions with a request that deletes nobody.

    Args:
        erase: The client.
    """
    found = erase.verify(Users.delete)
    return attrs.evolve(found, key=f"{found.key} for deletions")


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

    def raise_for_refused(self) -> None:
        """Raise if Braze refused a key, since no run can succeed with it.

        Raises:
            ConfigurationError: With what Braze said and what to do.
        """
        refused = [found for found in self.verifications if found.verdict is Verdict.REFUSED]
        if refused:
            raise ConfigurationError(
                "; ".join(f"{found.key}: {found.detail} - {found.remedy}" for found in refused)
            )

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
