"""Lists are cut without loss and within limits; nobody is added and removed at once."""

from __future__ import annotations

import json
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage._wire import encode, prepare
from braze_engage.cohorts.changes import ChangeCohort, CohortChange, PartnerCohorts
from braze_engage.cohorts.cutting import cut
from braze_engage.errors import ConfigurationError
from braze_engage.limits import COHORT_IDS, REQUEST_BYTES

KEYS_AND_ID = 60_000
"""Bytes left for both keys and the cohort id."""

Person: TypeAlias = tuple[str, str | tuple[str, str]]

# Runs of one kind of character, since only long runs of escapes reach the limit in bytes.
runs = st.lists(
    st.tuples(
        st.integers(0, 900),
        st.sampled_from(["u", "ö", '"', "\x00", "\N{SNOWMAN}"]),
        st.integers(0, 240),
    ),
    max_size=4,
)
pairs = st.tuples(st.text("ab\x00", min_size=1, max_size=3), st.text("cd", min_size=1, max_size=3))
people = st.lists(
    st.one_of(
        st.tuples(st.just("user_ids"), st.text("abc", min_size=1, max_size=1)),
        st.tuples(st.just("device_ids"), st.text("abc", min_size=1, max_size=1)),
        st.tuples(st.just("aliases"), st.tuples(st.sampled_from("ab"), st.sampled_from("ab"))),
    ),
    min_size=1,
    max_size=4,
)


def people_in(change: CohortChange) -> list[Person]:
    return [
        *(("user_ids", value) for value in change.user_ids),
        *(("device_ids", value) for value in change.device_ids),
        *(("aliases", (alias.alias_name, alias.alias_label)) for alias in change.aliases),
    ]


def change_of(members: list[Person], *, remove: bool) -> CohortChange:
    texts = [(kind, value) for kind, value in members if isinstance(value, str)]
    return CohortChange(
        user_ids=[value for kind, value in texts if kind == "user_ids"],
        device_ids=[value for kind, value in texts if kind == "device_ids"],
        aliases=[value for _, value in members if isinstance(value, tuple)],
        should_remove=remove,
    )


@settings(max_examples=60)
@given(
    users=runs,
    devices=runs,
    aliases=st.lists(pairs, max_size=5),
    repeats=st.integers(1, 300),
    remove=st.booleans(),
)
def test_what_is_cut_is_what_was_given_and_fits(
    users: list[tuple[int, str, int]],
    devices: list[tuple[int, str, int]],
    aliases: list[tuple[str, str]],
    repeats: int,
    remove: bool,
) -> None:
    user_ids = [f"{number}{char * length}" for n, char, length in users for number in range(n)]
    device_ids = [f"{number}{char * length}" for n, char, length in devices for number in range(n)]
    changes = list(
        cut(
            user_ids=user_ids,
            device_ids=device_ids,
            aliases=aliases * repeats,
            should_remove=remove,
        )
    )
    assert [person for change in changes for person in people_in(change)] == [
        *(("user_ids", value) for value in user_ids),
        *(("device_ids", value) for value in device_ids),
        *(("aliases", value) for value in aliases * repeats),
    ]
    for change in changes:
        assert change.should_remove is remove
        request = ChangeCohort(partner="p", cohort_id="c", cohort_changes=[change])
        body = encode(prepare(PartnerCohorts.update_users, request).body)
        assert len(body) <= REQUEST_BYTES - KEYS_AND_ID
    # No request more than needed: only bytes close one early, and short texts never fill one.
    total = len(user_ids) + len(device_ids) + len(aliases) * repeats
    assert len(changes) == -(-total // COHORT_IDS)


@settings(max_examples=60)
@given(count=st.integers(0, 2_500), length=st.integers(600, 970))
def test_long_escapes_are_cut_by_bytes(count: int, length: int) -> None:
    user_ids = [f"{number}{chr(1) * length}" for number in range(count)]
    changes = list(cut(user_ids=user_ids))
    assert [value for change in changes for value in change.user_ids] == user_ids
    for change in changes:
        body = encode({"cohort_changes": [{"user_ids": list(change.user_ids)}]})
        assert len(body) <= REQUEST_BYTES - KEYS_AND_ID
        assert len(change) <= COHORT_IDS


@given(st.lists(st.tuples(people, st.booleans()), min_size=1, max_size=4))
def test_nobody_is_both_added_and_removed(entries: list[tuple[list[Person], bool]]) -> None:
    changes = [change_of(members, remove=remove) for members, remove in entries]
    added = {person for members, remove in entries if not remove for person in members}
    removed = {person for members, remove in entries if remove for person in members}
    if added & removed:
        with pytest.raises(ConfigurationError, match="both added and removed"):
            ChangeCohort(partner="p", cohort_id="c", cohort_changes=changes)
        return
    request = ChangeCohort(partner="p", cohort_id="c", cohort_changes=changes)
    body = json.loads(encode(prepare(PartnerCohorts.update_users, request).body))
    for entry, (members, remove) in zip(body["cohort_changes"], entries, strict=True):
        sent = {("user_ids", value) for value in entry.get("user_ids", ())}
        sent |= {("device_ids", value) for value in entry.get("device_ids", ())}
        sent |= {
            ("aliases", (alias["alias_name"], alias["alias_label"]))
            for alias in entry.get("aliases", ())
        }
        assert sent == set(members)
        assert entry.get("should_remove", False) is remove
