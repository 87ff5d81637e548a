"""People who wait to be deleted.

https://www.braze.com/docs/api/endpoints/user_data/post_user_delete
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from braze_engage import limits
from braze_engage.engage.deletions import Deletion
from braze_engage.engage.outcomes import Reason
from braze_engage.errors import AnswerLost, BadRequest, PayloadTooLarge, ResponseError
from braze_engage.objects import EmailToDelete, PhoneToDelete, UserAlias
from braze_engage.operation import Replay
from braze_engage.rest.users import Users
from braze_engage.rest.users_identity import DeleteUsers
from braze_engage.sync.waiting import Waiting
from braze_engage.sync.wording import without_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from braze_engage.engage.identity import Identity
    from braze_engage.objects import DeletePrioritization
    from braze_engage.rest.client import BrazeClient
    from braze_engage.sync.ledger import Ledger
    from braze_engage.sync.patience import Patience
    from braze_engage.sync.sending import Finished

__all__ = [
    "DeletionDelivery",
    "DeletionQueue",
    "DeletionWaiting",
    "SendDeletions",
    "deletion_request",
]

DeletionWaiting: TypeAlias = Waiting[Deletion]

# A person whom only an e-mail or a phone names has no other identifier.
_WHOM: Final[tuple[DeletePrioritization, ...]] = ("unidentified", "most_recently_updated")


class SendDeletions(Protocol):
    """Sends deletions of one kind of identifier, whatever that takes."""

    def __call__(
        self,
        batch: Sequence[DeletionWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        """Send deletions.

        Args:
            batch: Whom, at most 50, all by the same kind of identifier.
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.

        Raises:
            Halt: The run cannot go on.
            Interrupted: The run was halted meanwhile.
        """
        ...


class DeletionDelivery:
    """Deletes people in Braze.

    Args:
        erase: A client whose key may delete.
        ledger: Keeps account.
        patience: Waits out quotas and outages.
    """

    def __init__(self, erase: BrazeClient, ledger: Ledger, *, patience: Patience) -> None:
        self._erase = erase
        self._ledger = ledger
        self._patience = patience

    def __call__(
        self,
        batch: Sequence[DeletionWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        """Send deletions.

        Args:
            batch: Whom, at most 50, all by the same kind of identifier.
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.

        Raises:
            Halt: The run cannot go on.
            Interrupted: The run was halted meanwhile.
        """
        parts = [list(batch)]
        while parts:
            part = parts.pop()
            request = deletion_request([one.change.identity for one in part])
            try:
                self._patience.persist(
                    partial(self._erase.perform, Users.delete, request),
                    pause,
                    repeatable=request.narrowed_replay() is Replay.ALWAYS,
                )
            except (BadRequest, PayloadTooLarge) as error:
                if len(part) == 1:
                    words = without_identity(error.message, part[0].change.identity)
                    finished(part, Reason.REFUSED_BY_BRAZE, words)
                else:
                    middle = len(part) // 2
                    parts += [part[middle:], part[:middle]]
            except (AnswerLost, ResponseError):
                finished(part, Reason.ANSWER_LOST)
            else:
                self._ledger.requested(Users.delete.bucket)
                finished(part, Reason.ACCEPTED)
                # not before, since until then others may still have joined
                for one in part:
                    for ticket in one.tickets:
                        self._ledger.deleted(ticket, one.change.identity)


def deletion_request(identities: Sequence[Identity]) -> DeleteUsers:
    """Build the request that deletes some people.

    Args:
        identities: Who; at most 50, all of the same kind.
    """
    kind = identities[0].kind
    values = [identity.value for identity in identities]
    if kind == "external_id":
        return DeleteUsers(external_ids=values)
    if kind == "braze_id":
        return DeleteUsers(braze_ids=values)
    if kind == "user_alias":
        return DeleteUsers(
            user_aliases=[
                UserAlias(alias_name=identity.value, alias_label=identity.label)
                for identity in identities
            ]
        )
    if kind == "email":
        return DeleteUsers(
            email_addresses=[EmailToDelete(email=value, prioritization=_WHOM) for value in values]
        )
    return DeleteUsers(
        phone_numbers=[PhoneToDelete(phone=value, prioritization=_WHOM) for value in values]
    )


class DeletionQueue:
    """People who wait to be deleted; not safe for threads by itself.

    Args:
        send: Sends deletions.
        linger: Seconds a deletion waits for others to share its request.
    """

    def __init__(self, send: SendDeletions, *, linger: float) -> None:
        self._send = send
        self._linger = linger
        self._waiting: dict[str, dict[Identity, DeletionWaiting]] = {}
        self._since: dict[str, float] = {}
        self.hungry = False

    def offer(self, waiting: DeletionWaiting, now: float) -> bool:
        """Take a deletion in.

        Args:
            waiting: The deletion.
            now: Monotonic seconds.

        Returns:
            Whether a request is full.
        """
        identity = waiting.change.identity
        people = self._waiting.setdefault(identity.kind, {})
        if not people:
            self._since[identity.kind] = now
        people[identity] = waiting
        return len(people) >= limits.IDENTIFIERS_PER_REQUEST

    def start(
        self, now: float
    ) -> tuple[DeletionWork | None, Sequence[tuple[DeletionWaiting, Reason]]]:
        """Take out people of one kind of identifier.

        Args:
            now: Monotonic seconds.
        """
        for kind, people in self._waiting.items():
            if people and self._due(kind, now) <= now:
                batch = list(people.values())[: limits.IDENTIFIERS_PER_REQUEST]
                for one in batch:
                    del people[one.change.identity]
                self._since[kind] = now
                return DeletionWork(self._send, batch), ()
        return None, ()

    def _due(self, kind: str, now: float) -> float:
        if self.hungry or len(self._waiting[kind]) >= limits.IDENTIFIERS_PER_REQUEST:
            return now
        return self._since[kind] + self._linger

    def wait(self, now: float, most: float) -> float:
        """Tell how many seconds pass until a request may go.

        Args:
            now: Monotonic seconds.
            most: The answer where nothing waits.
        """
        due = (self._due(kind, now) for kind, people in self._waiting.items() if people)
        return max(min(due, default=now + most) - now, 0.0)

    def leave(self) -> Iterator[DeletionWaiting]:
        """Take out everything that waits."""
        for people in self._waiting.values():
            yield from people.values()
            people.clear()


class DeletionWork:
    """Deletions that share a request.

    Args:
        send: Sends deletions.
        waiting: Whom to delete.
    """

    def __init__(self, send: SendDeletions, waiting: Sequence[DeletionWaiting]) -> None:
        self._send = send
        self.waiting = waiting

    def send(self, finished: Finished, pause: Callable[[float], bool]) -> None:
        """Send it.

        Args:
            finished: Told of each part as it ends.
            pause: Waits for seconds; false when the run was halted meanwhile.
        """
        self._send(self.waiting, finished, pause)

    def end(self, now: float) -> None:
        """Do nothing: who is deleted once is not written again by what is older.

        Args:
            now: Monotonic seconds.
        """
