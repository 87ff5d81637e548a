"""What memory knows of people, against a plain mapping of what was accepted."""

from __future__ import annotations

from itertools import product
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from braze_engage.engage.calls import OrderKey
from braze_engage.engage.identity import Identity
from braze_engage.objects.values import dumps
from braze_engage.sync.known import Known, attribute_subject, cohort_subject, is_late, short
from braze_engage.sync.state import MemoryState

PEOPLE = [Identity("external_id", name) for name in ("ana", "bo")]
NAMES = ["ltv", "vip", "email"]
COHORT = cohort_subject("aud_1")
SUBJECTS = [*map(attribute_subject, NAMES), COHORT]
Step: TypeAlias = "tuple[str, Identity, OrderKey, dict[str, object], bool]"

orders = st.builds(
    OrderKey, st.integers(0, 3), st.integers(0, 1), st.sampled_from(["", "m"]), st.just("1")
)
values = st.none() | st.booleans() | st.integers(0, 3) | st.floats(0, 1) | st.text(max_size=90)
steps: st.SearchStrategy[Step] = st.tuples(
    st.sampled_from(["attributes", "cohort", "remember", "bury"]),
    st.sampled_from(PEOPLE),
    orders,
    st.dictionaries(st.sampled_from(NAMES), values, min_size=1),
    st.booleans(),
)


class Model:
    """Every subject of every person on its own."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, Identity], Known] = {}

    def newer(self, subject: str, person: Identity, known: Known) -> None:
        before = self.known.get((subject, person))
        if before is None or before.order <= known.order:
            self.known[subject, person] = known

    def bury(self, person: Identity) -> None:
        self.known = {slot: known for slot, known in self.known.items() if slot[1] != person}


def take(state: MemoryState, model: Model, step: Step) -> None:
    what, person, order, written, encoded = step
    if what == "attributes":
        state.remember_attributes(person, order, written, dumps(written) if encoded else None)
        for name, value in written.items():
            model.newer(attribute_subject(name), person, Known(order, short(dumps(value))))
    elif what == "cohort":
        state.remember_newer(COHORT, person, Known(order, "true"))
        model.newer(COHORT, person, Known(order, "true"))
    elif what == "remember":
        state.remember(SUBJECTS[0], person, Known(order, "1"))
        model.known[SUBJECTS[0], person] = Known(order, "1")
    else:
        state.bury(person, order.time_ns)
        model.bury(person)


@given(st.lists(steps, max_size=12))
def test_of_every_subject_the_newest_counts(done: list[Step]) -> None:
    state, model = MemoryState(), Model()
    for step in done:
        take(state, model, step)
    for person, subject in product(PEOPLE, SUBJECTS):
        known = model.known.get((subject, person))
        assert state.newest(subject, person) == known
        for at in range(5):
            order = OrderKey(at, 0, "", "")
            late = known is not None and known.order > order
            assert is_late(state, subject, person, order) is late
            assert state.knows_since(person, at) or not late
    assert state.kept <= len(model.known)
    assert state.copy().kept == state.kept
