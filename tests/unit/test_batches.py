"""Cutting the changes of a cohort into requests."""

from __future__ import annotations

import json
from itertools import chain

import pytest

from braze_engage import limits
from braze_engage.engage import Identity, MembershipChange, cut
from tests.support.changes import change


def aliased(name: str, label: str) -> MembershipChange:
    return change("u")._replace(identity=Identity("user_alias", name, label))


def encoded(batch: list[MembershipChange]) -> int:
    """Bytes of the identifiers as they travel."""
    people: list[object] = [
        {"alias_name": one.identity.value, "alias_label": one.identity.label}
        if one.identity.kind == "user_alias"
        else one.identity.value
        for one in batch
    ]
    return len(json.dumps(people, ensure_ascii=False, separators=(",", ":")).encode()) - len("[]")


def test_nothing() -> None:
    assert list(cut([])) == []


def test_the_limit_of_braze() -> None:
    changes = [change(f"u{number}") for number in range(2001)]
    batches = list(cut(iter(changes)))
    assert [len(batch) for batch in batches] == [1000, 1000, 1]
    assert list(chain(*batches)) == changes


def test_additions_and_removals_count_together() -> None:
    changes = [change(f"u{number}", member=number % 2 == 0) for number in range(5)]
    assert [len(batch) for batch in cut(changes, ids=2)] == [2, 2, 1]


def test_bytes() -> None:
    # identifiers may escape to six times their size: 1,000 of them are over four megabytes
    changes = [change(f"{number:04}" + "\x01" * 983) for number in range(1000)]
    batches = list(cut(changes))
    assert len(batches) == 2
    assert list(chain(*batches)) == changes
    for batch in batches:
        assert encoded(batch) < limits.REQUEST_BYTES - 200 * limits.KIB


@pytest.mark.parametrize(
    "one",
    [change("ü"), change('"'), change("\x01"), change("\u2028"), aliased("ä\\", 'l"'), change("")],
)
def test_sizes_are_exact(one: MembershipChange) -> None:
    size = encoded([one, one]) - encoded([one])
    assert list(cut([one], max_bytes=size)) == [[one]]
    with pytest.raises(ValueError, match=f"needs {size} bytes"):
        list(cut([one], max_bytes=size - 1))


def test_as_many_as_fit() -> None:
    changes = [change("a"), change("b"), change("c")]
    assert [len(batch) for batch in cut(changes, max_bytes=8)] == [2, 1]
    assert [len(batch) for batch in cut(changes, max_bytes=7)] == [1, 1, 1]


@pytest.mark.parametrize("second", [change("u1"), change("u1", 5, member=False)])
def test_an_identity_twice(second: MembershipChange) -> None:
    with pytest.raises(ValueError, match="net_membership") as refusal:
        list(cut([change("u1"), change("u2"), second], ids=1))
    assert "u1" not in str(refusal.value)


def test_aliases_are_told_apart() -> None:
    changes = [aliased("a:b", "c"), aliased("a", "b:c"), change("a")]
    assert list(cut(changes)) == [changes]


def test_two_cohorts() -> None:
    with pytest.raises(ValueError, match="two cohorts"):
        list(cut([change("u1"), change("u2", cohort="aud_2")]))
