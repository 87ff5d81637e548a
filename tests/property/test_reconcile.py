"""Calls and full lists in any order leave the members that sets and times say."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage import ConfigurationError, Delivery, EngageRules, RunStopped
from braze_engage.sync import comparing
from tests.support.changes import AUDIENCE, call
from tests.support.lasting import TRACK, Shop, close

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from braze_engage import EngageSync

PEOPLE = [f"u{number}" for number in range(6)]
USERS = "/partners/segment/cohorts/users"
DAY = datetime(2026, 11, 2, tzinfo=timezone.utc)


class Call(NamedTuple):
    person: str
    at: int
    member: bool


class List(NamedTuple):
    people: frozenset[str]
    at: int
    stops: bool
    universe: frozenset[str] | None


STEPS = st.lists(
    st.builds(Call, st.sampled_from(PEOPLE), st.integers(0, 40), st.booleans())
    | st.builds(
        List,
        st.frozensets(st.sampled_from(PEOPLE)),
        st.integers(0, 40),
        st.booleans(),
        st.none() | st.frozensets(st.sampled_from(PEOPLE)),
    ),
    max_size=8,
)


class Model:
    """What Braze should hold, by sets and times alone."""

    def __init__(self) -> None:
        self.members: set[str] = set()
        self.known: set[str] | None = None
        self.newest: dict[str, int] = {}
        self.listed = -1

    def call(self, one: Call, at: int) -> None:
        known = self.known
        if self.newest.get(one.person, -1) > at:
            return
        if known is not None and at < self.listed and (one.person in known) is not one.member:
            return
        self._write(one.person, at, member=one.member)

    def take(self, one: List, at: int) -> None:
        """Take a list."""
        known = self.known = set() if self.known is None else self.known
        self.listed = at
        for person in PEOPLE:
            listed = person in one.people
            differs = listed is not (person in known)
            may_be = not listed and person in (one.universe or ())
            if self.newest.get(person, -1) <= at and (differs or may_be):
                self._write(person, at, member=listed)

    def _write(self, person: str, at: int, *, member: bool) -> None:
        self.newest[person] = at
        for people in (self.members, self.known):
            if people is not None:
                (people.add if member else people.discard)(person)


def carry_out(sync: EngageSync, shop: Shop, one: List, at: int) -> None:
    def reconcile() -> None:
        sync.reconcile(
            AUDIENCE,
            name="vip",
            key="vip",
            members=sorted(one.people),
            as_of=DAY + timedelta(seconds=at),
            universe=one.universe,
            max_removed=1.0,
        )

    if one.stops:
        for path in (USERS, TRACK):
            shop.fake.fail(path, status=401, json={"message": "Invalid API key"})
        with suppress(RunStopped, ConfigurationError):
            reconcile()
        shop.fake._service.faults._queues.clear()
    reconcile()


def play(steps: Sequence[Call | List], **rules: Any) -> tuple[set[str], set[str]]:  # Any: rules
    """Play steps, and return what Braze holds and what it should."""
    model = Model()
    with tempfile.TemporaryDirectory() as directory:
        shop = Shop(Path(directory), rules=EngageRules(**rules))
        shop.fake.add_users(PEOPLE)
        sync = shop.sync()
        for place, step in enumerate(steps):
            at = step.at * 100 + place  # no two of one moment
            if isinstance(step, Call):
                sync.run([call(step.person, at, member=step.member)])
                model.call(step, at)
            elif at < model.listed:
                with pytest.raises(ConfigurationError, match="taken later"):
                    carry_out(sync, shop, step, at)
            else:
                carry_out(sync, shop, step, at)
                model.take(step, at)
        close(sync)
    if rules["audiences"] is Delivery.COHORT:
        cohort = shop.fake.cohorts[AUDIENCE] if shop.fake.cohorts else None
        found = {str(one) for one in cohort.members} if cohort else set[str]()
    else:
        held = {one: shop.fake.users[one].custom_attributes.get("vip") for one in PEOPLE}
        found = {one for one, value in held.items() if value in (True, "true")}
    return found, model.members


@contextmanager
def written_anew(*, always: bool) -> Iterator[None]:
    """Let snapshots be written anew after every list, or hardly ever."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "_SHARE", -1.0 if always else 9.0)
        yield


@pytest.mark.parametrize("always", [True, False])
@settings(max_examples=20, deadline=None)
@given(steps=STEPS)
def test_cohorts_end_as_sets_and_times_say(steps: list[Call | List], *, always: bool) -> None:
    with written_anew(always=always):
        found, wanted = play(steps, audiences=Delivery.COHORT)
    assert found == wanted


@pytest.mark.parametrize("always", [True, False])
@settings(max_examples=20, deadline=None)
@given(steps=STEPS, rules=st.sampled_from([{}, {"audience_exit": None}, {"as_text": {"vip"}}]))
def test_attributes_end_as_sets_and_times_say(
    steps: list[Call | List], rules: dict[str, Any], *, always: bool
) -> None:
    with written_anew(always=always):
        found, wanted = play(steps, audiences=Delivery.BOOLEAN, **rules)
    assert found == wanted
