"""A hundred thousand calls over a real socket while everything that can go wrong does.

What has to hold is in `tests.support.chaos`, which sends a million when it is called by hand:
``python -m tests.support.chaos --calls 1000000``.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.chaos import Round, carry_out, rounds

CALLS = 100_000
TRACK, MEMBERS = "/users/track", "/partners/{partner}/cohorts/users"
MET = {
    f"{path} {words}"
    for path in (TRACK, MEMBERS)
    for words in (
        "201",
        "201 in doubt",
        "400",
        "408 in doubt",
        "429",
        "500",
        "502",
        "503",
        "504 in doubt",
        "522 in doubt",
        "AnswerLost",
        "no connection",
    )
} | {f"{TRACK} 201 with errors", f"{TRACK} 401", f"{TRACK} 413", f"{MEMBERS} 423"}


@pytest.mark.slow
def test_a_hundred_thousand_calls_end_as_the_model_says() -> None:
    met: Counter[str] = Counter()
    calls = 0
    for one in rounds(CALLS, seed=1):
        chaos = carry_out(one)
        calls += len(chaos.calls.items)
        met += chaos.watched.answers
    assert calls > CALLS
    assert met.keys() >= MET, f"nobody met {MET - met.keys()}"


@pytest.mark.parametrize("on_file", [False, True])
def test_a_few_calls_end_as_the_model_says(*, on_file: bool) -> None:
    chaos = carry_out(Round(seed=5, calls=2_000, on_file=on_file, refusals=1))
    assert sum(chaos.watched.answers.values()) > len(chaos.watched.answers)
