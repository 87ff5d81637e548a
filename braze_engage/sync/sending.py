"""What a dispatcher and those who send for it agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from braze_engage.engage.outcomes import Reason
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["Finished", "Halt", "Interrupted", "Queue", "Work"]


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


class Interrupted(Exception):
    """The run was halted while a request waited."""


class Finished(Protocol):
    """Takes in how a part of what was under way ended."""

    def __call__(self, part: Sequence[AnyWaiting], reason: Reason, detail: str = "") -> None:
        """Note how a part ended.

        Args:
            part: The changes.
            reason: How they ended.
            detail: What is wrong and what to do.
        """
        ...


class Work(Protocol):
    """What is sent together, whatever that takes."""

    @property
    def waiting(self) -> Sequence[AnyWaiting]:
        """The changes that are sent."""
        ...

    def send(self, finished: Finished, pause: Callable[[float], bool]) -> None:
        """Send it.

        Args:
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.

        Raises:
            Halt: The run cannot go on; what was not told of counts as not delivered.
            Interrupted: The run was halted meanwhile; likewise.
        """
        ...

    def end(self, now: float) -> None:
        """Note that nothing of it is under way any more.

        Args:
            now: Monotonic seconds.
        """
        ...


class Queue(Protocol):
    """Changes of one kind that wait; not safe for threads by itself."""

    hungry: bool
    """Whether to send whatever there is, without waiting for more to share a request."""

    def start(self, now: float) -> tuple[Work | None, Sequence[tuple[AnyWaiting, Reason]]]:
        """Take out what may go now.

        Args:
            now: Monotonic seconds.

        Returns:
            What is to be sent, None where nothing may go yet; and what ended without.
        """
        ...

    def wait(self, now: float, most: float) -> float:
        """Tell how many seconds pass until something may go.

        Args:
            now: Monotonic seconds.
            most: The answer where nothing waits.
        """
        ...

    def leave(self) -> Iterable[AnyWaiting]:
        """Take out everything that waits."""
        ...
