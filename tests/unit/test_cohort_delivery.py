from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from braze_engage.cohorts.changes import CohortReply
from braze_engage.engage.outcomes import Reason
from braze_engage.errors import (
    AnswerLost,
    BadRequest,
    Forbidden,
    NotFound,
    NotSent,
    PayloadTooLarge,
    RateLimited,
    ResourceLocked,
    ServerError,
    Unauthorized,
)
from braze_engage.sync.cohort_delivery import CohortDelivery
from braze_engage.sync.lanes import Lane
from braze_engage.sync.ledger import Ledger
from braze_engage.sync.patience import Patience
from braze_engage.sync.sending import Halt, Interrupted
from braze_engage.sync.ticket import Ticket
from tests.support.changes import AUDIENCE, change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.cohorts.changes import CohortChange
    from braze_engage.cohorts.client import CohortClient
    from braze_engage.sync.waiting import AnyWaiting


class Client:
    """Stands in for a CohortClient: refuses some people, and fails as it is told first."""

    def __init__(
        self,
        *,
        refuse: Sequence[str] = (),
        listed: Sequence[str] = (),
        too_large: int = 10_000,
        errors: Sequence[Exception] = (),
        name_error: Exception | None = None,
    ) -> None:
        self.refuse = set(refuse)
        self.listed = set(listed)
        self.too_large = too_large
        self.errors = list(errors)
        self.name_error = name_error
        self.names: list[str] = []
        self.accepted: list[list[str]] = []
        self.requests = 0

    def is_named(self, cohort_id: str, name: str, **_: object) -> bool:
        assert cohort_id == AUDIENCE
        return name in self.names

    def ensure_named(self, cohort_id: str, name: str, **_: object) -> bool:
        assert cohort_id == AUDIENCE
        if self.name_error is not None:
            raise self.name_error
        new = name not in self.names
        self.names.append(name)
        return new

    def change(self, cohort_id: str, changes: Sequence[CohortChange]) -> CohortReply:
        assert cohort_id == AUDIENCE
        self.requests += 1
        if self.errors:
            raise self.errors.pop(0)
        ids = [person for entry in changes for person in entry.user_ids]
        if len(ids) > self.too_large:
            raise PayloadTooLarge("too large", status=413)
        if guilty := self.refuse.intersection(ids):
            raise BadRequest(f"invalid id {min(guilty)}", status=400)
        if listed := self.listed.intersection(ids):
            return CohortReply("success", 201, (f"cannot use {min(listed)}",))
        self.accepted.append(ids)
        return CohortReply("success", 201, ())


class Run:
    """Delivers people to a client and notes how each ended."""

    def __init__(self, client: Client, *, patience: float = 0.0) -> None:
        self.client = client
        self.ended: dict[str, tuple[Reason, str]] = {}
        self.pauses: list[float] = []
        self.go_on = True
        self.time = 0.0
        self.delivery = CohortDelivery(
            cast("CohortClient", client),
            Ledger(),
            patience=Patience(
                patience, monotonic=lambda: self.time, now=lambda: 1_000.0 + self.time
            ),
        )

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        self.time += seconds
        return self.go_on

    def finished(self, part: Sequence[AnyWaiting], reason: Reason, detail: str = "") -> None:
        for waiting in part:
            person = waiting.change.identity.value
            assert person not in self.ended
            self.ended[person] = (reason, detail)

    def deliver(self, *people: str) -> None:
        lane = Lane(AUDIENCE)
        for number, person in enumerate(people):
            lane.offer(change(person), Ticket(number, None, None), 0.0)
        self.delivery(lane, lane.take(1_000, 0.0), self.finished, self.pause)

    def people(self, reason: Reason) -> list[str]:
        return sorted(person for person, (found, _) in self.ended.items() if found is reason)


PEOPLE = [f"u{number:03}" for number in range(100)]


def test_a_cohort_is_named_before_its_members() -> None:
    run = Run(Client())
    run.deliver("u1", "u2")
    assert run.client.names == ["vip"]
    assert run.client.accepted == [["u1", "u2"]]


@pytest.mark.parametrize("how", ["refuse", "listed"])
def test_one_bad_person_never_takes_the_batch_along(how: str) -> None:
    client = Client(refuse=["u042"]) if how == "refuse" else Client(listed=["u042"])
    run = Run(client)
    run.deliver(*PEOPLE)
    assert run.people(Reason.REFUSED_BY_BRAZE) == ["u042"]
    assert len(run.people(Reason.ACCEPTED)) == 99
    assert client.requests <= 2 * 8
    assert "u042" not in run.ended["u042"][1]


def test_too_large_a_request_is_halved() -> None:
    run = Run(Client(too_large=30))
    run.deliver(*PEOPLE)
    assert run.people(Reason.ACCEPTED) == PEOPLE
    assert max(map(len, run.client.accepted)) <= 30


def test_a_refused_name_leaves_its_members_undelivered() -> None:
    run = Run(Client(name_error=BadRequest("name must be a non-empty string", status=400)))
    run.deliver("u1")
    assert run.ended["u1"][0] is Reason.NOT_DELIVERED
    assert "non-empty" in run.ended["u1"][1]
    assert run.client.requests == 0


@pytest.mark.parametrize(
    ("error", "credentials"),
    [
        (Unauthorized("Invalid client secret", status=401), True),
        (Forbidden("Forbidden", status=403), True),
        (NotFound("Invalid URL", status=404), False),
        (BadRequest("Found", status=302), False),
        (BadRequest("Proxy Authentication Required", status=407), False),
    ],
)
def test_a_refused_key_or_address_ends_the_run(error: Exception, *, credentials: bool) -> None:
    run = Run(Client(errors=[error]))
    with pytest.raises(Halt) as caught:
        run.deliver("u1")
    assert caught.value.credentials is credentials
    assert run.ended == {}


def test_a_wait_for_quota_lasts_until_the_reset_and_is_no_failure() -> None:
    limited = RateLimited("Rate limited", status=429)
    limited.reset_at = 1_120.0
    silent = RateLimited("Rate limited", status=429)
    run = Run(Client(errors=[limited, silent]))
    run.deliver("u1")
    assert run.pauses == [120.0, 60.0]
    assert run.people(Reason.ACCEPTED) == ["u1"]


@pytest.mark.parametrize(
    "error",
    [
        NotSent("refused"),
        AnswerLost("reset"),
        ServerError("oops", status=500),
        ResourceLocked("Resource locked", status=423),
    ],
)
def test_an_outage_is_waited_for_and_memberships_are_sent_again(error: Exception) -> None:
    run = Run(Client(errors=[error, error]), patience=100.0)
    run.deliver("u1")
    assert run.pauses == [30.0, 30.0]
    assert run.people(Reason.ACCEPTED) == ["u1"]


def test_an_outage_longer_than_the_patience_ends_the_run() -> None:
    run = Run(Client(errors=[NotSent("refused")] * 9), patience=70.0)
    with pytest.raises(Halt, match="out of reach for 70 s"):
        run.deliver("u1")
    assert run.pauses == [30.0, 30.0, 10.0]


def test_patience_starts_anew_after_a_success() -> None:
    run = Run(Client(errors=[NotSent("refused")] * 2), patience=70.0)
    run.deliver("u1")
    run.client.errors = [NotSent("refused")] * 2
    run.deliver("u2")
    assert run.people(Reason.ACCEPTED) == ["u1", "u2"]


def test_a_halt_meanwhile_ends_the_wait_without_an_outcome() -> None:
    run = Run(Client(errors=[NotSent("refused")]), patience=100.0)
    run.go_on = False
    with pytest.raises(Interrupted):
        run.deliver("u1")
    assert run.ended == {}


@pytest.mark.parametrize(
    ("person", "text", "shown"),
    [
        ("e", "user e refused", "user [id] refused"),
        ('ana"x', 'user "ana\\"x" refused', 'user "[id]" refused'),
        ("用户1", "user \\u7528\\u62371 refused", "user [id] refused"),
    ],
)
def test_a_refusal_shows_no_identifier(person: str, text: str, shown: str) -> None:
    run = Run(Client(errors=[BadRequest(text, status=400)]))
    run.deliver(person)
    assert run.ended[person] == (Reason.REFUSED_BY_BRAZE, f"Braze refused it: {shown}")
