"""What is held back or failed, kept in a state file, and its way to Braze after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.engage.data_points import change_points
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.outcomes import Outcome
from braze_engage.sync.holding import Held, Holding

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from braze_engage.engage.outcomes import Reason
    from braze_engage.sync.assembly import Run
    from braze_engage.sync.letters import Kept, Letters
    from braze_engage.sync.waiting import AnyWaiting

__all__ = ["FileHolding", "feed_dead", "feed_held_calls"]


class FileHolding(Holding):
    """Keeps what is held back in a state file, as much as there is.

    Args:
        letters: Keeps calls whole.
    """

    def __init__(self, letters: Letters) -> None:
        super().__init__()
        self._letters = letters

    def keep(self, waiting: AnyWaiting, reason: Reason) -> bool:
        """Keep a delivery.

        Args:
            waiting: What is held back.
            reason: Why.

        Returns:
            That there was room for it.
        """
        self._letters.hold(waiting, reason, change_points(waiting.change))
        return True

    def listed(self) -> Sequence[Held]:
        """List what is held back, the oldest first."""
        numbers = sorted(self._letters.numbers("held"))
        return tuple(
            Held(
                reason=kept.reason,
                key=kept.key,
                delivery=Delivery(kept.delivery),
                message_id=kept.message_id,
                position=kept.position,
                index=kept.index,
                data_points=kept.points,
            )
            for kept in self._letters.read("held", numbers)
        )


def feed_held_calls(
    letters: Letters, reason: Reason, before: Callable[[], None], run: Run, take: Callable[[], int]
) -> None:
    """Hand what was held back to a run, as a `Feed`; no budget holds it back again.

    Args:
        letters: Keeps it.
        reason: Why it was held back.
        before: Called before anything is handed on.
        run: The run.
        take: Counts one item as taken and gives its number.
    """
    before()
    run.budget.lift()
    for kept in letters.read("held", letters.numbers("held", reason)):
        if run.dispatcher.halted:
            return
        take()
        run.intake.take_again(kept, run.dispatcher.offer, known_as=kept.message_id or kept.known_as)


def feed_dead(
    letters: Letters,
    numbers: Sequence[int],
    paused: Collection[str],
    run: Run,
    take: Callable[[], int],
    *,
    repeat_unknown: bool,
) -> None:
    """Hand dead letters to a run, as a `Feed`, the calls that happened last first.

    What was sent before, such as what Braze refused, goes again under another name.

    Args:
        letters: Keeps them.
        numbers: Which.
        paused: Computation keys that are paused; these stay where they are.
        run: The run.
        take: Counts one item as taken and gives its number.
        repeat_unknown: Whether what Braze may have counted goes again.
    """
    for kept in letters.read("letters", list(numbers)):
        if run.dispatcher.halted:
            return
        if kept.key in paused or not (repeat_unknown or _is_harmless(kept)):
            continue
        take()
        again = kept.reason.outcome in (Outcome.REJECTED, Outcome.UNKNOWN)
        known_as = kept.again_as if again else kept.message_id or kept.known_as
        run.intake.take_again(kept, run.dispatcher.offer, known_as=known_as)


def _is_harmless(kept: Kept) -> bool:
    return kept.reason.outcome is not Outcome.UNKNOWN
