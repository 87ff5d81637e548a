"""A client that answers as a test says, and everything a delivery is put together with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from braze_engage.objects import TrackLimits
from braze_engage.operation import Reply
from braze_engage.rest.users import Users
from braze_engage.rest.users_identity import DeleteUsers, UsersDeleted
from braze_engage.rest.users_track import TrackError, TrackResult
from braze_engage.sync.deletion_queue import DeletionDelivery
from braze_engage.sync.entries import draft
from braze_engage.sync.ledger import Ledger
from braze_engage.sync.patience import Patience
from braze_engage.sync.state import MemoryState
from braze_engage.sync.tally import Tally
from braze_engage.sync.track_delivery import EncodedTrack, TrackDelivery
from braze_engage.sync.track_size import TrackSize
from tests.support.writes import tracked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from braze_engage.engage.events import EventChange
    from braze_engage.engage.outcomes import Reason
    from braze_engage.engage.traits import AttributeChange
    from braze_engage.operation import Operation, Replay
    from braze_engage.rest.client import BrazeClient
    from braze_engage.sync.deletion_queue import DeletionWaiting
    from braze_engage.sync.entries import TrackEntry
    from braze_engage.sync.waiting import AnyWaiting

Body = dict[str, Any]  # Any: JSON
Answer = TrackResult | UsersDeleted


class Client:
    """Stands in for a BrazeClient.

    Args:
        answer: Takes the body of a request and gives the answer, or raises it; `errors` are
            raised before.
    """

    def __init__(self, answer: Callable[[Body], Answer]) -> None:
        self.answer = answer
        self.errors: list[Exception] = []
        self.bodies: list[Body] = []
        self.sizes: list[int] = []
        self.replays: list[Replay] = []

    def perform(self, operation: Operation[..., object], request: object) -> Reply[object]:
        """Send one request."""
        if isinstance(request, EncodedTrack):
            assert operation is cast("object", Users.track)
            encoded = request.encoded_body()
            self.sizes.append(len(encoded))
            self.replays.append(request.narrowed_replay())
            body: Body = json.loads(encoded)
        else:
            assert isinstance(request, DeleteUsers)
            body = {"people": [*_named(request)]}
        self.bodies.append(body)
        if self.errors:
            raise self.errors.pop(0)
        return Reply(self.answer(body), 201, {}, 1)


def _named(request: DeleteUsers) -> list[str]:
    return [
        *request.external_ids,
        *request.braze_ids,
        *(one.alias_name for one in request.user_aliases),
        *(one.email for one in request.email_addresses),
        *(one.phone for one in request.phone_numbers),
    ]


class TrackRun:
    """Sends the changes of some people in one work and notes how each call ended."""

    def __init__(
        self, answer: Callable[[Body], Answer], *, repeat: bool = False, settle: float = 0.5
    ) -> None:
        self.client = Client(answer)
        self.ended: dict[int, tuple[Reason, str]] = {}
        self.pauses: list[float] = []
        self.go_on = True
        self.time = 0.0
        self.ledger = Ledger()
        patience = Patience(100.0, monotonic=lambda: self.time, now=lambda: 1_000.0 + self.time)
        rest = cast("BrazeClient", self.client)
        self.delivery = TrackDelivery(
            rest,
            size=TrackSize(TrackLimits.COMBINED_75),
            ledger=self.ledger,
            patience=patience,
            settle=settle,
            repeat_after_lost_answer=repeat,
        )
        self.deletion = DeletionDelivery(rest, self.ledger, patience=patience)
        self.tally: Tally | None = None

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        self.time += seconds
        return self.go_on

    def finished(self, part: Sequence[AnyWaiting], reason: Reason, detail: str = "") -> None:
        for one in part:
            for ticket in one.tickets:
                assert ticket.position not in self.ended
                self.ended[ticket.position] = reason, detail

    def deliver(self, *changes: AttributeChange | EventChange) -> None:
        """Send changes, each of a call with its place as number."""
        self.send(entries_of(*changes))

    def send(self, entries: Sequence[TrackEntry]) -> None:
        self.tally = Tally(entries, self.finished, self.ledger)
        self.delivery(entries, self.tally, self.pause)

    def delete(self, batch: Sequence[DeletionWaiting]) -> None:
        self.deletion(batch, self.finished, self.pause)

    @property
    def reasons(self) -> list[Reason]:
        """How the calls ended, in their order."""
        return [reason for _, (reason, _) in sorted(self.ended.items())]

    def calls(self, reason: Reason) -> list[int]:
        return sorted(call for call, (found, _) in self.ended.items() if found is reason)


def entries_of(*changes: AttributeChange | EventChange) -> list[TrackEntry]:
    """Fold changes person by person, as a queue does."""
    waiting = tracked(*changes)
    people = dict.fromkeys(one.change.identity for one in waiting)
    entries: list[TrackEntry] = []
    for person in people:
        own = [one for one in waiting if one.change.identity == person]
        drafted = draft(own, MemoryState(), suppress_repeats=False)
        entries += [*drafted.attributes, *drafted.events]
    return entries


def taken(body: Body, *errors: TrackError) -> TrackResult:
    """All of a request is taken but what the errors name."""
    return TrackResult(
        message="success",
        attributes_processed=len(body.get("attributes", ())),
        events_processed=len(body.get("events", ())),
        errors=errors,
    )


def refused(array: str | None = None, index: int | None = None, text: str = "no") -> TrackError:
    return TrackError(type=text, input_array=array, index=index)


def refusing(
    is_guilty: Callable[[Body], bool], *, located: bool = True, text: str = "no"
) -> Callable[[Body], TrackResult]:
    """Answers with 201 and an error for each guilty object."""

    def answer(body: Body) -> TrackResult:
        errors = [
            refused(array, index, text) if located else refused(text=text)
            for array in ("attributes", "events")
            for index, one in enumerate(body.get(array, ()))
            if is_guilty(one)
        ]
        return taken(body, *errors)

    return answer
