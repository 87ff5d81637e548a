"""Members whom Braze does not know: their adds to a cohort were ignored."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from braze_engage.errors import BrazeError
from braze_engage.limits import IDENTIFIERS_PER_REQUEST
from braze_engage.objects import UserAlias
from braze_engage.sync.known import cohort_subject
from braze_engage.sync.state_holders import LEFT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from braze_engage.engage.identity import Identity
    from braze_engage.rest.client import BrazeClient
    from braze_engage.rest.exported_user import ExportedUser
    from braze_engage.sync.sqlite_state import SqliteState

__all__ = ["MissingUsers", "is_known_to_braze", "members_of", "unknown_to_braze"]

_AT_ONCE: Final = 4
"""Requests under way; with the usual latency as many as the quota of 40 a second lets through."""
_PAIRED: Final = ("external_id", "user_alias")


class MissingUsers:
    """Members whom Braze does not know, asked for as they are read; memory stays flat.

    Going through them asks Braze, 50 people a request, and again each time.

    Args:
        members: Gives everybody who is to be asked about.
        rest: The client that asks.

    Attributes:
        asked: How many people the last pass has asked about so far.
        found: How many of them Braze does not know.
        requests: How many requests that took.
    """

    def __init__(self, members: Callable[[], Iterator[Identity]], rest: BrazeClient) -> None:
        self._members = members
        self._rest = rest
        self.asked = self.found = self.requests = 0

    def __iter__(self) -> Iterator[Identity]:
        self.asked = self.found = self.requests = 0
        asking: deque[tuple[int, Future[list[Identity]]]] = deque()
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            try:
                for batch in _batches(self._members()):
                    asking.append((len(batch), threads.submit(unknown_to_braze, self._rest, batch)))
                    if len(asking) > _AT_ONCE:
                        yield from self._answered(*asking.popleft())
                while asking:
                    yield from self._answered(*asking.popleft())
            finally:
                for _, answer in asking:
                    answer.cancel()

    def _answered(self, people: int, answer: Future[list[Identity]]) -> list[Identity]:
        missing = answer.result()
        self.requests += 1
        self.asked += people
        self.found += len(missing)
        return missing

    def __repr__(self) -> str:
        return f"MissingUsers({self.found:,} of {self.asked:,} asked about)"


def members_of(state: SqliteState, cohort_ids: Sequence[str]) -> Iterator[Identity]:
    """Go through everybody who is in one of several cohorts, as far as a state file knows.

    Args:
        state: The state file.
        cohort_ids: The cohorts.

    Raises:
        StateError: The file cannot be read or written.
    """
    for holder in state.holders([cohort_subject(cohort_id) for cohort_id in cohort_ids]):
        if any(entry.code != LEFT for entry in holder.entries.values()):
            yield holder.identity


def unknown_to_braze(rest: BrazeClient, people: Sequence[Identity]) -> list[Identity]:
    """Ask Braze about people and give those whom it does not know.

    Args:
        rest: The client that asks.
        people: Up to 50 by external id or alias, or one by another identifier.

    Raises:
        BrazeError: Braze did not answer, or refused; the key needs ``users.export.ids``.
    """
    first = people[0]
    if first.kind in _PAIRED:
        answer = rest.users.export_by_ids(
            external_ids=[one.value for one in people if one.kind == "external_id"],
            user_aliases=[
                UserAlias(alias_name=one.value, alias_label=one.label)
                for one in people
                if one.kind == "user_alias"
            ],
            fields_to_export=["external_id", "user_aliases"],
        )
        known = {identity for user in answer.users for identity in _identities(user)}
        return [one for one in people if (one.kind, one.value, one.label) not in known]
    answer = rest.users.export_by_ids(
        device_id=first.value if first.kind == "device_id" else None,
        braze_id=first.value if first.kind == "braze_id" else None,
        email_address=first.value if first.kind == "email" else None,
        phone=first.value if first.kind == "phone" else None,
        fields_to_export=["external_id"],
    )
    return [] if answer.users else [first]


def is_known_to_braze(rest: BrazeClient, identity: Identity) -> bool | None:
    """Ask Braze whether it knows a person; None where it does not say.

    Args:
        rest: The client that asks.
        identity: Who.
    """
    try:
        return not unknown_to_braze(rest, [identity])
    except BrazeError:
        # the question was another one; whatever is wrong shows when something is sent
        return None


def _identities(user: ExportedUser) -> Iterator[tuple[str, str, str]]:
    if user.external_id is not None:
        yield "external_id", user.external_id, ""
    for alias in user.user_aliases:
        if alias.alias_name is not None and alias.alias_label is not None:
            yield "user_alias", alias.alias_name, alias.alias_label


def _batches(people: Iterator[Identity]) -> Iterator[list[Identity]]:
    """Put those together who can share a request; whoever cannot goes alone."""
    paired: list[Identity] = []
    for one in people:
        if one.kind not in _PAIRED:
            yield [one]
            continue
        paired.append(one)
        if len(paired) == IDENTIFIERS_PER_REQUEST:
            yield paired
            paired = []
    if paired:
        yield paired
