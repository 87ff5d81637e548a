"""The closed lists of outcomes and reasons."""

from __future__ import annotations

import json
import pickle

import pytest

from braze_engage.engage.outcomes import Outcome, Reason


def test_the_order_of_outcomes() -> None:
    ranked = [
        "filtered",
        "duplicate",
        "superseded",
        "unchanged",
        "sent",
        "held",
        "unidentified",
        "malformed",
        "rejected",
        "failed",
        "unknown",
    ]
    assert sorted(Outcome, key=lambda outcome: outcome.rank) == ranked
    assert [outcome.rank for outcome in Outcome] == list(range(len(ranked)))


@pytest.mark.parametrize("member", [*Outcome, *Reason])
def test_members_print_and_travel_as_their_word(member: Outcome | Reason) -> None:
    assert str(member) == f"{member}" == member.value == member
    assert f"{member:>20}" == member.value.rjust(20)
    assert json.loads(json.dumps(member)) == member.value
    assert pickle.loads(pickle.dumps(member)) is member
    assert type(member)(member.value) is member


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_an_outcome_and_words(reason: Reason) -> None:
    assert isinstance(reason.outcome, Outcome)
    assert reason.value == reason.name.lower()
    assert len(reason.text) > len("because")
    assert not reason.text.endswith(".")


def test_reasons_are_told_apart_by_their_words() -> None:
    assert len({reason.text for reason in Reason}) == len(Reason)


def test_every_outcome_has_a_reason() -> None:
    assert {reason.outcome for reason in Reason} == set(Outcome)
