"""What is repeated goes by what the failure says, whatever the order of failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from braze_engage._http.exchange import Exchange
from braze_engage._http.retry import RetryPolicy
from braze_engage._http.throttle import Throttle
from braze_engage.errors import AnswerLost, BrazeError, NotSent
from braze_engage.operation import Replay
from tests.unit.exchange_doubles import FakeClock, FakeTransport, answer, make_call

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_ACCEPTED = ("not sent", 423, 429, 500, 502, 503)
AMBIGUOUS = ("lost", "unreadable", 408, 504, 520, 522, 527)
FINAL = (301, 400, 401, 403, 404, 413, 415)
SUCCESS = (200, 201, 202)
STEPS = st.lists(st.sampled_from(NOT_ACCEPTED + AMBIGUOUS + FINAL + SUCCESS), max_size=6)
ATTEMPTS = 5


def _step(kind: str | int) -> object:
    if kind == "not sent":
        return NotSent("refused", method="POST", path="/users/track")
    if kind == "lost":
        return AnswerLost("reset", method="POST", path="/users/track")
    if kind == "unreadable":
        return answer(200, b"<html>")
    return answer(int(kind))


def _expected(steps: Sequence[str | int], replay: Replay) -> int:
    """Count the requests by the rule itself."""
    for place, kind in enumerate(steps, 1):
        repeated = kind in NOT_ACCEPTED or (kind in AMBIGUOUS and replay is Replay.ALWAYS)
        if not repeated or replay is Replay.NEVER or place == ATTEMPTS:
            return place
    raise AssertionError("a success ends every script")


@given(STEPS, st.sampled_from(Replay))
def test_only_what_does_no_harm_twice_is_sent_twice(kinds: list[str | int], replay: Replay) -> None:
    kinds = [*kinds, 201]
    clock = FakeClock()
    transport = FakeTransport(clock, *map(_step, kinds))  # type: ignore[arg-type] # answers, errors
    exchange = Exchange(
        transport,
        retry=RetryPolicy(attempts=ATTEMPTS, base=0.1, cap=0.2, random=lambda: 1.0),
        throttle=Throttle(clock),
        clock=clock,
    )
    expected = _expected(kinds, replay)
    try:
        attempts = exchange.perform(make_call(replay)).attempts
        assert kinds[expected - 1] in SUCCESS
    except BrazeError:
        attempts = len(transport.sent)
        assert kinds[expected - 1] not in SUCCESS
    assert attempts == len(transport.sent) == expected
    assert clock.elapsed <= make_call().deadline
