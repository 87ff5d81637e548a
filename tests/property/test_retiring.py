"""Who has something to lose by a retirement, compared with a plain model; and which ids are new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage import EngageRules, SqliteState
from braze_engage.engage.calls import OrderKey, read_call
from braze_engage.engage.identity import Identity
from braze_engage.sync.known import Known, attribute_subject, cohort_subject
from braze_engage.sync.recreated import Recreated
from braze_engage.sync.retiring import Retirement
from tests.support.changes import call
from tests.support.stores import NOW_NS, SECOND, Clock

if TYPE_CHECKING:
    import pytest

COHORTS = ("aud_1", "aud_2")
RULES = EngageRules()


class Entered(NamedTuple):
    """A call of an audience that became a membership and an attribute."""

    person: int
    cohort: str
    at: int
    member: bool
    as_attribute: bool


CALLS = st.lists(
    st.builds(
        Entered,
        st.integers(0, 4),
        st.sampled_from(COHORTS),
        st.integers(0, 30),
        st.booleans(),
        st.booleans(),
    ),
    max_size=25,
)
BURIED = st.dictionaries(st.integers(0, 4), st.integers(0, 30), max_size=2)


def who(person: int) -> Identity:
    return Identity("external_id", f"u{person}")


def accept(state: SqliteState, calls: list[Entered]) -> None:
    """What a run notes of calls that Braze accepted; ids are seen by the watcher."""
    recreated = Recreated(state, RULES)
    recreated.begin()
    for number, one in enumerate(calls):
        raw = call(f"u{one.person}", one.at, cohort=one.cohort, message_id=f"{number:03}")
        recreated.came(read_call(raw, now_ns=NOW_NS))
        order = OrderKey(time_of(one), 0, f"{number:03}", "")
        value = "true" if one.member else "false"
        subject = cohort_subject(one.cohort)
        state.accepted(subject, who(one.person), Known(order, value), sure=False)
        state.cohort_seen(one.cohort, "vip")
        if one.as_attribute:
            attribute = attribute_subject("vip")
            state.accepted(attribute, who(one.person), Known(order, value), sure=True)
    recreated.write()


def time_of(one: Entered) -> int:
    found: Any = read_call(call("u", one.at), now_ns=NOW_NS)
    time_ns: int = found.time_ns
    return time_ns


def newest(calls: list[Entered], buried: dict[int, int]) -> dict[tuple[int, str], Entered]:
    """The last call of each person and cohort, and of each person and attribute (``""``)."""
    found: dict[tuple[int, str], tuple[int, int, Entered]] = {}
    for number, one in enumerate(calls):
        if one.at <= buried.get(one.person, -1):
            continue
        for subject in (one.cohort, *([""] if one.as_attribute else [])):
            slot = (one.person, subject)
            found[slot] = max(found.get(slot, (-1, -1, one)), (one.at, number, one))
    return {slot: last for slot, (_, _, last) in found.items()}


def expected(
    calls: list[Entered], buried: dict[int, int], name: str
) -> dict[int, tuple[set[str], bool]]:
    """Who loses which cohorts, and whether the attribute."""
    cohorts = set(COHORTS) if name == "vip" else {name}
    before = None
    if name != "vip":
        other = next(one for one in COHORTS if one != name)
        mine = [one.at for one in calls if one.cohort == name]
        theirs = [one.at for one in calls if one.cohort == other]
        if theirs and max(theirs) > max(mine):
            before = min(theirs)
    people: dict[int, tuple[set[str], bool]] = {}
    for (person, subject), last in newest(calls, buried).items():
        leaves, clears = people.get(person, (set(), False))
        # of whom a deletion came late nobody knows what Braze holds of what is newer
        if subject in cohorts and (last.member or person in buried):
            leaves = leaves | {subject}
        if subject == "" and (before is None or last.at < before):
            clears = True
        if leaves or clears:
            people[person] = (leaves, clears)
    return people


@given(CALLS, BURIED, st.sampled_from(["vip", *COHORTS]))
@settings(max_examples=80, deadline=None)
def test_they_are_those_of_the_model(
    tmp_path_factory: pytest.TempPathFactory,
    calls: list[Entered],
    buried: dict[int, int],
    name: str,
) -> None:
    if not any(name in ("vip", one.cohort) for one in calls):
        return
    state = SqliteState(tmp_path_factory.mktemp("state") / "engage.db", now_ns=Clock())
    accept(state, calls)
    for person, at in buried.items():
        state.bury(who(person), time_of(Entered(person, "", at, member=True, as_attribute=True)))
    found = {
        int(leaving.identity.value[1:]): (
            {row.cohort_id for row in leaving.cohorts},
            bool(leaving.attributes),
        )
        for leaving in Retirement.of(state, RULES, name).people(state)
    }
    state.close()
    assert found == expected(calls, buried, name)


@given(st.lists(st.tuples(st.sampled_from(COHORTS), st.integers(0, 60)), min_size=1, max_size=20))
@settings(max_examples=80, deadline=None)
def test_two_ids_are_told_once_however_the_calls_are_dealt_out(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[str, int]]
) -> None:
    state = SqliteState(tmp_path_factory.mktemp("state") / "engage.db", now_ns=Clock())
    said: list[str] = []
    for begin in range(0, len(calls), 5):  # runs of five calls
        recreated = Recreated(state, RULES)
        recreated.begin()
        recreated.warn = said.append
        for cohort, at in calls[begin : begin + 5]:
            recreated.came(read_call(call("u1", at, cohort=cohort), now_ns=NOW_NS))
        recreated.write()
    assert len(said) == (len({cohort for cohort, _ in calls}) == 2)
    known = {one.id: one for one in state.computations()}
    for cohort in {cohort for cohort, _ in calls}:
        times = [at for one, at in calls if one == cohort]
        length = known[cohort].last_ns - known[cohort].first_ns
        assert length == (max(times) - min(times)) * SECOND
    state.close()
