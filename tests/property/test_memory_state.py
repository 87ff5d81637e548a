"""What memory knows of people, against a plain mapping of what was accepted."""

from __future__ import annotations

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
SUBJECTS = [*map(attribute_subject, NAMES), cohort_subject("aud_1")]
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


@given(st.lists(steps, max_size=12))
def test_of_every_subject_the_newest_counts(done: list[Step]) -> None:
    state = MemoryState()
    model: dict[tuple[str, Identity], Known] = {}

    def newer(subject: str, person: Identity, known: Known) -> None:
        before = model.get((subject, person))
        if before is None or before.order <= known.order:
            model[subject, person] = known

    for what, person, order, written, encoded in done:
        if what == "attributes":
            text = dumps(written) if encoded else None
            state.remember_attributes(person, order, written, text)
            for name, value in written.items():
                newer(attribute_subject(name), person, Known(order, short(dumps(value))))
        elif what == "cohort":
            state.remember_newer(SUBJECTS[-1], person, Known(order, "true"))
            newer(SUBJECTS[-1], person, Known(order, "true"))
        elif what == "remember":
            state.remember(SUBJECTS[0], person, Known(order, "1"))
            model[SUBJECTS[0], person] = Known(order, "1")
        else:
            state.bury(person, order.time_ns)
            model = {slot: known for slot, known in model.items() if slot[1] != person}
    for person in PEOPLE:
        for subject in SUBJECTS:
            known = model.get((subject, person))
            assert state.newest(subject, person) == known
            for at in range(5):
                order = OrderKey(at, 0, "", "")
                late = known is not None and known.order > order
                assert is_late(state, subject, person, order) is late
                assert state.knows_since(person, at) or not late
    assert state.kept <= len(model)
    assert state.copy().kept == state.kept
