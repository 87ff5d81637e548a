"""The retry policy is a value."""

from __future__ import annotations

import math
import time

import attrs
import pytest

from braze_engage._http.retry import Failed, RetryPolicy, SystemClock
from braze_engage.errors import ConfigurationError


def policy(**changes: float) -> RetryPolicy:
    return attrs.evolve(RetryPolicy(random=lambda: 1.0), **changes)  # type: ignore[arg-type]  # attempts is an int below


def test_a_failure_gives_a_new_policy_that_remembers() -> None:
    first = RetryPolicy(attempts=2)
    second = first.after("503")
    third = second.after("NotSent")
    assert first.history == ()
    assert (first.attempt, second.attempt, third.attempt) == (1, 2, 3)
    assert third.history == (Failed(1, "503"), Failed(2, "NotSent"))
    assert (first.exhausted, second.exhausted, third.exhausted) == (False, False, True)


def test_back_off_doubles_up_to_the_cap() -> None:
    step = policy(base=0.5, cap=3.0)
    delays = []
    for _ in range(5):
        delays.append(step.delay())
        step = step.after("500")
    assert delays == [0.0, 0.5, 1.0, 2.0, 3.0]


def test_jitter_is_full() -> None:
    numbers = iter([0.0, 0.25, 0.99])
    step = RetryPolicy(base=4.0, cap=4.0, random=lambda: next(numbers)).after("500")
    assert [step.delay(), step.delay(), step.delay()] == [0.0, 1.0, 3.96]


def test_a_very_long_history_does_not_overflow() -> None:
    step = attrs.evolve(policy(cap=7.0), history=(Failed(1, "500"),) * 5_000)
    assert step.delay() == 7.0


def test_the_default_draws_at_random() -> None:
    step = RetryPolicy().after("500")
    delays = {step.delay() for _ in range(20)}
    assert len(delays) > 1
    assert all(0 <= delay <= step.base for delay in delays)


@pytest.mark.parametrize(
    "changes",
    [{"attempts": 0}, {"base": -1.0}, {"base": 2.0, "cap": 1.0}, {"cap": math.inf}],
)
def test_numbers_out_of_range_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError, match=r"attempts must|back-off needs"):
        policy(**changes)


def test_the_machine_tells_the_time() -> None:
    clock = SystemClock()
    before = time.time()
    assert before <= clock.now() <= time.time()
    earlier = clock.monotonic()
    clock.sleep(0)
    assert clock.monotonic() >= earlier
