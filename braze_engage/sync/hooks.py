"""Who is told of a run as it goes: of its calls to Braze, and of what becomes of each call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import attrs

from braze_engage.operation.hooks import CALL_HOOKS, CallHook

if TYPE_CHECKING:
    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.outcomes import Outcome, Reason

__all__ = ["RUN_HOOKS", "CallOutcome", "Hook"]

RUN_HOOKS: Final = (*CALL_HOOKS, "on_outcome")
"""What a hook of a sync may be told."""


@attrs.frozen(kw_only=True)
class CallOutcome:
    """A call that has its outcome; nobody's identifier and no value.

    Args:
        position: Number of its item in the source, from 0.
        index: Its place in an array item, else None.
        message_id: Segment's id of the call.
        key: The computation key; None where the call has none.
        delivery: The delivery that decided; None where it has none.
        reason: Why it ended so.
    """

    position: int
    index: int | None
    message_id: str | None
    key: str | None
    delivery: Delivery | None
    reason: Reason

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        return self.reason.outcome


class Hook(CallHook, Protocol):
    """What is told about a run, of a client's calls as of the calls of Segment.

    A hook has as many of these methods as it wants; a class derived from this one inherits the
    others, which do nothing. What a hook raises is logged and changes nothing. It is told from
    whatever thread something happens in, and should be quick: others wait for it.
    """

    def on_outcome(self, ended: CallOutcome, /) -> None:  # noqa: ARG002 - for those who override it
        """Learn that a call has its outcome; each call has exactly one.

        Args:
            ended: The call. It is told while the run keeps its books, so nothing of the sync may
                be asked from here.
        """
        return
