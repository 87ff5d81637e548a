"""Dead letters: calls that did not end well, kept for 30 days."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final, Protocol

import attrs

from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.sync.tables import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from braze_engage.sync.letters import Kept, Letters
    from braze_engage.sync.report import Report
    from braze_engage.sync.sqlite_state import SqliteState

__all__ = ["DeadLetter", "DeadLetters"]

_COLUMNS: Final = ("outcome", "reason", "computation", "calls")
_BITS: Final = 15


@attrs.frozen(kw_only=True)
class DeadLetter:
    """A call that did not end well.

    Args:
        outcome: What became of it.
        reason: Why.
        rule: The rule that decided about it; empty where it is not known.
        detail: What is wrong and what to do.
        key: The computation key, None for a call that is not Engage's.
        delivery: The deliveries that failed; none for a call that was not delivered at all.
        message_id: Segment's id of the call, where it has one.
        position: Number of the item in the source it came from; None where it is not known.
        index: Place in that item where it is an array of calls, else None.
        failed_at: When it failed.
        call: The call, or the text that could not be read; None for what was under way when a
            process was killed and has not come again since. Personal data, so not shown.
    """

    outcome: Outcome
    reason: Reason
    rule: str
    detail: str
    key: str | None
    delivery: Delivery
    message_id: str | None
    position: int | None
    index: int | None
    failed_at: datetime
    call: object = attrs.field(repr=False)


class Replay(Protocol):
    """Sends dead letters again."""

    def __call__(self, numbers: Sequence[int], *, repeat_unknown: bool) -> Report:
        """Send dead letters again.

        Args:
            numbers: Which.
            repeat_unknown: Whether what Braze may have counted goes again.
        """
        ...


class DeadLetters:
    """The dead letters of a state file at one moment, the calls that happened last first.

    Args:
        state: The state file.
        letters: Reads them.
        replay: Sends them again.
        reason: Only those that failed for this reason.
        key: Only those of this computation.
    """

    def __init__(
        self,
        state: SqliteState,
        letters: Letters,
        replay: Replay,
        *,
        reason: Reason | None,
        key: str | None,
    ) -> None:
        self._state = state
        self._letters = letters
        self._replay = replay
        self._key = key
        self._numbers = letters.numbers("letters", reason)
        if key is not None:
            self._numbers = [kept.number for kept in self._kept() if kept.key == key]
        with_lost = key is None and reason in (None, Reason.ANSWER_LOST)
        self._lost = [_lost(*row) for row in state.lost_rows()] if with_lost else []

    def __len__(self) -> int:
        return len(self._numbers) + len(self._lost)

    def __iter__(self) -> Iterator[DeadLetter]:
        yield from map(_letter, self._kept())
        yield from self._lost

    def _kept(self) -> Iterator[Kept]:
        return self._letters.read("letters", self._numbers)

    def replay(self, *, repeat_unknown: bool = False) -> Report:
        """Send them again, by the rules of now; what is newest of a person and key counts.

        Of each call only the deliveries that failed go again. What is older than what Braze
        accepted since, or than the deletion of the person, is superseded. What ends well is no
        dead letter any more; what fails again stays one. The calls of paused computations stay
        where they are.

        Args:
            repeat_unknown: Whether to send again what Braze may have counted already: events and
                deletions of which the answer was lost. It may count twice.

        Returns:
            The report; ``position`` and ``index`` are those of the run that failed.

        Raises:
            RunStopped: As for `EngageSync.run`.
        """
        return self._replay(self._numbers, repeat_unknown=repeat_unknown)

    def discard(self) -> int:
        """Forget them; what was sent is not sent again.

        Returns:
            How many there were.

        Raises:
            StateError: The state file cannot be written.
        """
        for number in self._numbers:
            self._letters.forget("letters", number)
        if self._lost:
            self._state.forget_lost()
        self._state.commit()
        return len(self)

    def __repr__(self) -> str:
        return f"DeadLetters({len(self):,})"

    def __str__(self) -> str:
        return text_table(_COLUMNS, self._rows())

    def _repr_html_(self) -> str:
        return html_table(_COLUMNS, self._rows())

    def _rows(self) -> list[tuple[object, ...]]:
        counts = Counter((letter.reason, letter.key or "") for letter in self)
        return [
            (reason.outcome.value, reason.text, key, count)
            for (reason, key), count in counts.most_common()
        ]


def _letter(kept: Kept) -> DeadLetter:
    return DeadLetter(
        outcome=kept.reason.outcome,
        reason=kept.reason,
        rule=kept.rule,
        detail=kept.detail,
        key=kept.key,
        delivery=Delivery(kept.delivery),
        message_id=kept.message_id,
        position=kept.position,
        index=kept.index,
        failed_at=datetime.fromtimestamp(kept.seconds, timezone.utc),
        call=kept.call,
    )


def _lost(message_id: str | None, bit: int, seconds: int) -> DeadLetter:
    return DeadLetter(
        outcome=Outcome.UNKNOWN,
        reason=Reason.ANSWER_LOST,
        rule="",
        detail="it was under way when the process ended; whether Braze took it is not known",
        key=None,
        delivery=Delivery(bit & _BITS),
        message_id=message_id,
        position=None,
        index=None,
        failed_at=datetime.fromtimestamp(seconds, timezone.utc),
        call=None,
    )
