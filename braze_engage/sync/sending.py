"""What a dispatcher and those who send for it agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from braze_engage.engage.outcomes import Reason
    from braze_engage.sync.lanes import Lane, Waiting

__all__ = ["Finished", "Halt", "Send"]


class Halt(Exception):
    """The run cannot go on.

    Args:
        why: What happened and what to do.
        credentials: Whether Braze refused a key.
    """

    def __init__(self, why: str, *, credentials: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.credentials = credentials


class Finished(Protocol):
    """Takes in how a part of a batch ended."""

    def __call__(self, part: Sequence[Waiting], reason: Reason, detail: str = "") -> None:
        """Note how a part of a batch ended.

        Args:
            part: The changes.
            reason: How they ended.
            detail: What is wrong and what to do.
        """
        ...


class Send(Protocol):
    """Sends one batch of a cohort, whatever that takes."""

    def __call__(
        self,
        lane: Lane,
        batch: Sequence[Waiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        """Send one batch.

        Args:
            lane: The cohort.
            batch: What to send, at most what a request holds.
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.

        Raises:
            Halt: The run cannot go on; what was not told of counts as not delivered.
        """
        ...
