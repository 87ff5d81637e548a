"""What a state file knows of a person, as bytes."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braze_engage.engage.calls import OrderKey
from braze_engage.sync.state_packing import NEVER
from braze_engage.sync.state_rows import (
    DOUBTFUL,
    Entry,
    PersonRow,
    decode_person,
    encode_person,
)

SECOND = 1_000_000_000
NOW = 1_793_604_330_277_328_691
MINUTE = NOW // SECOND // 60
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

KSUIDS = st.text(BASE62, min_size=27, max_size=27).map("personas_{}".format)
IDS = st.one_of(
    st.text(),
    KSUIDS,
    st.sampled_from(["personas_2", "personas_3"]).flatmap(
        lambda prefix: st.text(BASE62, min_size=26, max_size=26).map(lambda rest: prefix + rest)
    ),
    st.uuids().map(str),
    st.uuids().map(lambda found: str(found).upper()),
    st.text("0123456789abcdef-", min_size=36, max_size=36),
)
TIMES = st.one_of(
    st.integers(-(2**70), 2**70),
    st.integers(NOW, NOW + SECOND),
    st.integers(0, 2**40).map(lambda ms: (ms + 1_577_836_800_000) * 1_000_000),
)
MINUTES = st.sampled_from([NEVER, MINUTE, MINUTE + 60_000, MINUTE - 60_000]) | st.integers(0, 2**38)
CODES = st.sampled_from([DOUBTFUL, b"\xf1", b"\xf2", b"\xf3"]) | st.tuples(
    st.integers(0, 0xEF), st.binary(min_size=4, max_size=4)
).map(lambda parts: bytes(parts[:1]) + parts[1])
ORDERS = st.builds(OrderKey, TIMES, TIMES | st.just(0), IDS, st.just("")) | st.builds(
    OrderKey, TIMES, TIMES | st.just(0), st.just(""), st.text(max_size=64)
)
ENTRIES = st.builds(Entry, ORDERS, CODES, st.integers(0, 3), MINUTES, st.booleans())


def person(
    entries: dict[int, Entry],
    *,
    created: bool = False,
    deleted_ns: int | None = None,
    sealed: bytes = b"",
) -> PersonRow:
    row = PersonRow()
    row.entries, row.created, row.deleted_ns, row.sealed = entries, created, deleted_ns, sealed
    return row


def entry(at: int = 0, code: bytes = b"\xf1", message_id: str = "m") -> Entry:
    return Entry(OrderKey(NOW + at * SECOND, NOW, message_id, ""), code, 1, MINUTE, sure=True)


@given(
    st.dictionaries(st.integers(0, 2**20), ENTRIES, max_size=6),
    st.booleans(),
    st.none() | st.integers(-(2**70), 2**70),
    st.binary(max_size=300),
)
def test_what_is_written_is_read_as_it_was(
    entries: dict[int, Entry], created: bool, deleted_ns: int | None, sealed: bytes
) -> None:
    row = person(entries, created=created, deleted_ns=deleted_ns, sealed=sealed)
    found = decode_person(encode_person(row))
    assert (found.entries, found.created, found.deleted_ns) == (entries, created, deleted_ns)
    assert found.sealed == sealed


@given(st.dictionaries(st.integers(0, 300), ENTRIES, min_size=1, max_size=4), st.data())
def test_a_row_cut_short_is_never_read_as_whole(
    entries: dict[int, Entry], data: st.DataObject
) -> None:
    whole = encode_person(person(entries))
    part = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        found = decode_person(part)
    except ValueError:
        return
    assert len(found.entries) < len(entries)


@given(
    st.dictionaries(st.integers(0, 200), ENTRIES, max_size=6),
    st.dictionaries(st.integers(0, 200), ENTRIES, max_size=4),
    st.lists(st.integers(0, 200), max_size=6),
    st.booleans(),
)
def test_a_row_that_was_read_is_changed_without_reading_all_of_it(
    entries: dict[int, Entry], changes: dict[int, Entry], asked: list[int], whole: bool
) -> None:
    row = decode_person(encode_person(person(entries, sealed=b"x")))
    assert row.is_empty == (not entries)
    assert [row.get(subject) for subject in asked] == [entries.get(subject) for subject in asked]
    for subject, one in changes.items():
        row.put(subject, one)
    expected = {**entries, **changes}
    assert [row.get(subject) for subject in asked] == [expected.get(subject) for subject in asked]
    if whole:
        assert row.entries == expected
    again = decode_person(encode_person(row))
    assert (again.entries, again.sealed) == (expected, b"x")
    assert row.entries == expected


def test_what_is_not_changed_stays_as_it_was_written() -> None:
    written = encode_person(person({1: entry(1), 2: entry(2), 3: entry(2), 4: entry(3)}))
    row = decode_person(written)
    assert encode_person(row) == written
    row.put(3, entry(4))
    fewer = encode_person(person({1: entry(1), 4: entry(3), 2: entry(2), 3: entry(4)}))
    assert encode_person(row) == fewer


@pytest.mark.parametrize(
    ("message_id", "packed"),
    [
        ("personas_3LXdQaaPlv45GgofGNzuWATrwnn", 20),
        ("personas_2LXdQaaPlv45GgofGNzuWATrwnn", 20),
        ("4ce8051e-a9a7-418c-a62e-655419ee10e0", 16),
        ("personas_4LXdQaaPlv45GgofGNzuWATrwnn", 37),
        ("personas_3LXdQaaPlv45GgofGNzuWATrwn+", 37),
        ("4CE8051E-a9a7-418c-a62e-655419ee10e0", 37),
        ("m-1", 4),
    ],
)
def test_ids_in_the_forms_of_segment_are_packed(message_id: str, packed: int) -> None:
    plain = entry(message_id="m")
    size = len(encode_person(person({1: entry(message_id=message_id)})))
    assert size - len(encode_person(person({1: plain}))) == packed - 2


def test_a_value_of_a_call_of_its_own_takes_about_forty_bytes() -> None:
    order = OrderKey(NOW, NOW // SECOND * SECOND + 14 * SECOND, str(UUID(int=7)), "")
    one = Entry(order, b"12345", 1, MINUTE, sure=True)
    assert (
        len(
            encode_person(
                person(
                    {
                        number: one._replace(order=order._replace(time_ns=NOW + number))
                        for number in range(5)
                    }
                )
            )
        )
        <= 5 * 40
    )
    # attributes of one call share the order key
    assert len(encode_person(person(dict.fromkeys(range(5), one)))) <= 5 * 15


def test_of_two_that_know_the_same_subject_the_newer_entry_counts() -> None:
    mine = person({1: entry(1, b"\xf1"), 2: entry(5, b"\xf1")})
    mine.merge(person({1: entry(2, b"\xf2"), 2: entry(3, b"\xf2"), 3: entry(0)}, created=True))
    assert mine.entries == {1: entry(2, b"\xf2"), 2: entry(5, b"\xf1"), 3: entry(0)}
    assert mine.created


def test_a_deletion_elsewhere_takes_along_what_is_older() -> None:
    mine = person({1: entry(1), 2: entry(9)}, created=True)
    mine.merge(person({}, deleted_ns=NOW + 5 * SECOND))
    assert (mine.entries, mine.created) == ({2: entry(9)}, False)
    mine.merge(person({1: entry(1)}))
    assert mine.entries == {2: entry(9)}
