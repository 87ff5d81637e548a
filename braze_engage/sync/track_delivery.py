"""Sends entries to ``/users/track`` and finds out what became of each.

https://www.braze.com/docs/api/endpoints/user_data/post_user_track
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import attrs

from braze_engage.engage.outcomes import Reason
from braze_engage.errors import AnswerLost, BadRequest, PayloadTooLarge, ResponseError
from braze_engage.operation import Replay
from braze_engage.rest.users_track import TrackError, TrackResult
from braze_engage.sync.cutting import FRAME_BYTES, entries_bytes
from braze_engage.sync.entries import apart
from braze_engage.sync.sending import Interrupted
from braze_engage.sync.wording import without_identities, without_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from braze_engage.rest.client import BrazeClient
    from braze_engage.sync.entries import TrackEntry
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.patience import Patience
    from braze_engage.sync.tally import Tally
    from braze_engage.sync.track_size import TrackSize

__all__ = ["TOO_LARGE", "EncodedTrack", "SendTrack", "TrackDelivery"]

_ARRAYS: Final = ("attributes", "events")
_NO_INDEX: Final = "Braze refused something of the request and did not say what"
TOO_LARGE: Final = "Request Entity Too Large"
_TOO_MANY: Final = "max input length exceeded"


class SendTrack(Protocol):
    """Sends entries, whatever that takes."""

    def __call__(
        self, entries: Sequence[TrackEntry], tally: Tally, pause: Callable[[float], bool]
    ) -> None:
        """Send entries.

        Args:
            entries: What to send, at most what a request holds.
            tally: Told of each as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.

        Raises:
            Halt: The run cannot go on.
            Interrupted: The run was halted meanwhile.
        """
        ...


@attrs.frozen
class EncodedTrack:
    """A request that was encoded entry by entry.

    Args:
        entries: What it holds.
        replay: What may be repeated of it.
    """

    entries: Sequence[TrackEntry] = attrs.field(repr=False)
    replay: Replay

    def narrowed_replay(self) -> Replay:
        """Tell what may be repeated."""
        return self.replay

    def encoded_body(self) -> bytes:
        """Put the body together."""
        attributes = [entry.encoded for entry in self.entries if entry.array == "attributes"]
        events: list[bytes] = []
        if len(attributes) < len(self.entries):
            events = [entry.encoded for entry in self.entries if entry.array == "events"]
        arrays = ((b"attributes", attributes), (b"events", events))
        return b"{%s}" % b",".join(
            b'"%s":[%s]' % (array, b",".join(encoded)) for array, encoded in arrays if encoded
        )


class _Refusals(NamedTuple):
    """What Braze says it did not use.

    Args:
        located: Entries, with Braze's words.
        arrays: Arrays of which Braze refused something without saying what.
        words: What it said of those.
    """

    located: dict[int, tuple[TrackEntry, str]]
    arrays: frozenset[str]
    words: str


class TrackDelivery:
    """Brings entries into Braze.

    An entry that Braze refuses is taken apart into the calls it was folded from, so that only the
    guilty one is rejected.

    Args:
        rest: The client.
        size: The endpoint, and how much a request may hold.
        ledger: Is warned of a limit that Braze set lower.
        patience: Waits out quotas and outages.
        settle: Seconds between two writes of one person.
        repeat_after_lost_answer: Whether events are sent again that Braze may have counted.
    """

    def __init__(
        self,
        rest: BrazeClient,
        *,
        size: TrackSize,
        ledger: Ledger,
        patience: Patience,
        settle: float,
        repeat_after_lost_answer: bool,
    ) -> None:
        self._rest = rest
        self._patience = patience
        self._settle = settle
        self._repeat = repeat_after_lost_answer
        self._size = size
        self._ledger = ledger

    def __call__(
        self, entries: Sequence[TrackEntry], tally: Tally, pause: Callable[[float], bool]
    ) -> None:
        """Send entries.

        Args:
            entries: What to send, at most what a request holds.
            tally: Told of each as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.

        Raises:
            Halt: The run cannot go on.
            Interrupted: The run was halted meanwhile.
        """
        refused: list[TrackEntry] = []
        parts = [list(entries)]
        while parts:
            parts += reversed(self._send(parts.pop(), refused, tally, pause))
        rounds = [apart(entry) for entry in refused]
        for place in range(max(map(len, rounds), default=0)):
            if place and not pause(self._settle):
                raise Interrupted
            again = list(
                chain.from_iterable(parts[place] for parts in rounds if place < len(parts))
            )
            for start in range(0, len(again), self._size.objects):
                self(again[start : start + self._size.objects], tally, pause)

    def _send(
        self,
        part: list[TrackEntry],
        refused: list[TrackEntry],
        tally: Tally,
        pause: Callable[[float], bool],
    ) -> list[list[TrackEntry]]:
        """Send a part and return what is to be sent again."""
        if FRAME_BYTES + entries_bytes(part) > self._size.bytes:
            return self._halved(part, TOO_LARGE, refused, tally)
        repeatable = self._repeat or all(entry.array == "attributes" for entry in part)
        request = EncodedTrack(part, Replay.ALWAYS if repeatable else Replay.IF_UNSENT)
        try:
            result = self._patience.persist(
                lambda: self._rest.perform(self._size.row, request).value,
                pause,
                repeatable=repeatable,
            )
        except PayloadTooLarge as error:
            return self._halved(part, error.message, refused, tally)
        except BadRequest as error:
            return self._refused(part, error, refused, tally)
        except (AnswerLost, ResponseError):
            return self._lost(part, tally)
        tally.requested(self._size.row.bucket)
        return self._partly(part, result, refused, tally)

    def _lost(self, part: list[TrackEntry], tally: Tally) -> list[list[TrackEntry]]:
        """After an ambiguous answer only what may be repeated goes again."""
        for entry in part:
            if entry.array == "events":
                tally.ended(entry, Reason.ANSWER_LOST)
        attributes = [entry for entry in part if entry.array == "attributes"]
        return [attributes] if attributes else []

    def _refused(
        self,
        part: list[TrackEntry],
        error: BadRequest,
        refused: list[TrackEntry],
        tally: Tally,
    ) -> list[list[TrackEntry]]:
        """Nothing of it was used; where Braze says whose fault it was, the others go again."""
        if _TOO_MANY in error.message.lower() and self._size.lower(len(part)):
            self._ledger.warn(
                f"Braze takes fewer objects in a request than track_limits says; the limit is "
                f"{self._size.objects} for the rest of the run"
            )
        told = _refusals(part, map(TrackError.from_wire, error.errors))
        if not told.located or told.arrays:
            return self._halved(part, error.message, refused, tally)
        self._reject(told.located.values(), refused, tally)
        others = [entry for entry in part if id(entry) not in told.located]
        return [others] if others else []

    def _partly(
        self,
        part: list[TrackEntry],
        result: TrackResult,
        refused: list[TrackEntry],
        tally: Tally,
    ) -> list[list[TrackEntry]]:
        if not result.errors:
            tally.accepted(part)
            return []
        told = _refusals(part, result.errors)
        self._reject(told.located.values(), refused, tally)
        others = [entry for entry in part if id(entry) not in told.located]
        if not told.arrays:
            tally.accepted(others)
            return []
        tally.accepted(entry for entry in others if entry.array not in told.arrays)
        doubtful = [entry for entry in others if entry.array in told.arrays]
        words = without_identities(told.words, [entry.identity for entry in part])
        for entry in doubtful:
            if entry.array == "events":
                tally.ended(entry, Reason.ANSWER_LOST, f"{_NO_INDEX}: {words}")
        attributes = [entry for entry in doubtful if entry.array == "attributes"]
        if len(attributes) == 1 < len(part):
            return [attributes]  # something else of the request may be meant
        return self._halved(attributes, told.words, refused, tally)

    def _halved(
        self, part: list[TrackEntry], words: str, refused: list[TrackEntry], tally: Tally
    ) -> list[list[TrackEntry]]:
        if len(part) <= 1:
            self._reject([(entry, words) for entry in part], refused, tally)
            return []
        middle = len(part) // 2
        return [part[:middle], part[middle:]]

    def _reject(
        self,
        entries: Iterable[tuple[TrackEntry, str]],
        refused: list[TrackEntry],
        tally: Tally,
    ) -> None:
        for entry, words in entries:
            if entry.array == "attributes" and len(entry.calls) > 1:
                refused.append(entry)
            else:
                detail = without_identity(words, entry.identity)
                tally.ended(entry, Reason.REFUSED_BY_BRAZE, detail)


def _refusals(part: Sequence[TrackEntry], errors: Iterable[TrackError]) -> _Refusals:
    located: dict[int, tuple[TrackEntry, str]] = {}
    arrays: set[str] = set()
    words: list[str] = []
    by_array = {array: [entry for entry in part if entry.array == array] for array in _ARRAYS}
    for error in errors:
        entries = by_array.get(error.input_array or "")
        if entries is None:
            arrays.update(_arrays_without_name(by_array))
            words.append(error.type)
        elif error.index is None or not 0 <= error.index < len(entries):
            arrays.add(error.input_array or "")
            words.append(error.type)
        else:
            entry = entries[error.index]
            located.setdefault(id(entry), (entry, error.type))
    return _Refusals(located, frozenset(arrays), "; ".join(words))


def _arrays_without_name(by_array: dict[str, list[TrackEntry]]) -> Iterator[str]:
    return (array for array, entries in by_array.items() if entries)
