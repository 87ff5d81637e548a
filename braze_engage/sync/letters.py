"""Calls that are kept whole in a state file: dead letters, and what is held back."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from braze_engage.engage.calls import EngageCall
from braze_engage.engage.deletions import person_named
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.identity import delete_identity
from braze_engage.engage.outcomes import REASONS, Outcome, Reason
from braze_engage.engage.texts import parse_json
from braze_engage.engage.values import is_list
from braze_engage.sync.call_json import call_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.engage.identity import Identity
    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.sqlite_state import SqliteState
    from braze_engage.sync.state_db import Row
    from braze_engage.sync.ticket import Ticket
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Kept", "Letters", "Table"]

Table: TypeAlias = Literal["letters", "held"]

_MS: Final = 1_000_000
_CHUNK: Final = 500
_NAME_BYTES: Final = 8
_NOTED: Final = frozenset({Outcome.FILTERED, Outcome.SUPERSEDED})
_WELL: Final = frozenset({Outcome.SENT, Outcome.UNCHANGED, Outcome.SUPERSEDED})
# every call comes here, and members of enumerations take longer to look up than names of a module
_ACCEPTED: Final = Reason.ACCEPTED
_TRACK: Final = Delivery.TRACK
_HELD: Final = Outcome.HELD.rank


@attrs.frozen(kw_only=True)
class Kept:
    """One call that is kept.

    Args:
        table: Where.
        number: Its number there.
        reason: Why.
        seconds: Since when, seconds since 1970 UTC.
        call: The call as it came, or the text that could not be read; None where it is not known.
        position: Number of the item in the source it came from, from 0.
        index: Place in that item where it is an array of calls, else None.
        message_id: Segment's id of the call, where it has one.
        delivery: The deliveries it is about, as bits; 0 for the whole call.
        key: The computation key, None for a call that is not Engage's.
        rule: The rule that decided about it.
        detail: What is wrong and what to do.
        known_as: What a call without message id is remembered by.
        again_as: What it is remembered by when it is sent again although it was sent before.
        points: Data points it would cost.
    """

    table: Table
    number: int
    reason: Reason
    seconds: int
    call: object = attrs.field(repr=False)
    position: int
    index: int | None
    message_id: str | None
    delivery: int
    key: str | None
    rule: str
    detail: str
    known_as: str
    again_as: str
    points: int


class Letters:
    """Keeps calls whole.

    Args:
        state: The state file.
        rules: Tell who a call is about, so that a deletion finds it.
    """

    def __init__(self, state: SqliteState, rules: EngageRules) -> None:
        self._state = state
        self._rules = rules

    def closed(self, ticket: Ticket) -> None:
        """Note that a call has its outcome: keep what failed, forget what was kept of it before.

        Args:
            ticket: The call.
        """
        reason = ticket.reason
        assert reason is not None
        if ticket.letter is not None:
            self._state.later(*_deletion(*ticket.letter))
        if ticket.call is None:
            # what empties a retired cohort is no call; retiring it again finds what is left
            return
        outcome = reason.outcome
        if outcome.rank > _HELD:
            self._write("letters", ticket, reason, ticket.failed, points=0)
        else:
            self._note(ticket, reason)
        if outcome in _WELL and ticket.message_id is not None:
            self._state.ended_well(ticket.message_id)

    def refused(self, ticket: Ticket, reason: Reason, delivery: Delivery, detail: str) -> None:
        """Keep what Braze refused of a call that comes again for something else.

        Args:
            ticket: The call.
            reason: Why.
            delivery: What was refused.
            detail: What is wrong and what to do.
        """
        self._write("letters", ticket, reason, delivery.value, points=0, detail=detail)

    def _note(self, ticket: Ticket, reason: Reason) -> None:
        """Note what became of a call of which nothing else tells."""
        tells = ticket.delivery is _TRACK if reason is _ACCEPTED else reason.outcome in _NOTED
        if ticket.key is not None and tells and ticket.call is not None:
            identity = self._identity(ticket)
            if identity is not None:
                self._state.take_note(identity, ticket.key, reason, ticket.rule)

    def hold(self, waiting: AnyWaiting, reason: Reason, points: int) -> None:
        """Keep what is held back.

        Args:
            waiting: The delivery.
            reason: Why.
            points: Data points it would cost.
        """
        for ticket in waiting.tickets:
            self._write("held", ticket, reason, waiting.delivery.value, points=points)

    def _write(
        self,
        table: Table,
        ticket: Ticket,
        reason: Reason,
        delivery: int,
        *,
        points: int,
        detail: str | None = None,
    ) -> None:
        call = ticket.call
        identity = self._identity(ticket)
        time_ms = call.time_ns // _MS if isinstance(call, EngageCall) else 0
        name = secrets.token_hex(_NAME_BYTES)
        content: dict[str, object] = {
            "position": ticket.position,
            "index": ticket.index,
            "message_id": ticket.message_id,
            "delivery": delivery,
            "key": ticket.key,
            "rule": ticket.rule,
            "detail": (ticket.detail if detail is None else detail) or reason.text,
            "known_as": ticket.known_as or name,
            "again_as": f"again {name}",
            "points": points,
        }
        written = call_json(_raw(ticket))
        text = f'{{"call":{written},{json.dumps(content, separators=(",", ":"))[1:]}'
        # a call without id that comes again from the same place is the same one
        place = f"{ticket.position}\0{ticket.index}\0{written}"
        known_as = ticket.message_id or place
        self._state.keep(table, reason, time_ms, identity=identity, known_as=known_as, content=text)

    def _identity(self, ticket: Ticket) -> Identity | None:
        call = ticket.call
        if call is None:
            return None
        if not isinstance(call, EngageCall):
            # it is kept whole all the same, so a deletion has to find it
            return person_named(_raw(ticket), self._rules)
        found = delete_identity(call, self._rules.identity)
        return found if isinstance(found, tuple) else None

    def numbers(self, table: Table, reason: Reason | None = None) -> list[int]:
        """List the numbers of what is kept, the calls that happened last first.

        Args:
            table: Where.
            reason: Why; None for any.

        Raises:
            StateError: The file cannot be read or written.
        """
        return self._state.kept_numbers(table, reason)

    def read(self, table: Table, numbers: list[int]) -> Iterator[Kept]:
        """Read what is kept; what is gone meanwhile is left out.

        Args:
            table: Where.
            numbers: Which.

        Raises:
            StateError: The file cannot be read.
        """
        for begin in range(0, len(numbers), _CHUNK):
            for row in self._state.kept_rows(table, numbers[begin : begin + _CHUNK]):
                yield _kept(table, row)

    def forget(self, table: Table, number: int) -> None:
        """Forget something kept, with the next commit.

        Args:
            table: Where.
            number: Which.
        """
        self._state.later(*_deletion(table, number))


def _deletion(table: Table, number: int) -> tuple[str, tuple[int]]:
    return (
        "DELETE FROM letters WHERE id = ?"
        if table == "letters"
        else "DELETE FROM held WHERE id = ?",
        (number,),
    )


def _raw(ticket: Ticket) -> object:
    if isinstance(ticket.call, EngageCall):
        return ticket.call.raw
    item = ticket.item
    if isinstance(item, bytes | bytearray):
        item = bytes(item).decode("utf-8", "backslashreplace")
    if ticket.index is None:
        return item
    if isinstance(item, str):
        item = parse_json(item)
    return item[ticket.index] if is_list(item) else item


def _kept(table: Table, row: Row) -> Kept:
    number, reason, seconds, text = row
    content: dict[str, Any] = json.loads(text)  # Any: as it was written
    return Kept(table=table, number=number, reason=REASONS[reason], seconds=seconds, **content)
