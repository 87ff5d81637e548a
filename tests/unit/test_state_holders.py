"""Who a row is about, sealed; and who holds what."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braze_engage import SqliteState, StateError
from braze_engage.engage.identity import Identity
from braze_engage.sync.known import attribute_subject, cohort_subject
from braze_engage.sync.state_hashes import Hashes
from braze_engage.sync.state_holders import LEFT
from tests.support.stores import Clock, raw_bytes
from tests.unit.test_sqlite_state import known, order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KINDS = ("external_id", "braze_id", "device_id", "email", "phone")
UUIDS = st.uuids().map(str)
IDENTITIES = st.builds(
    Identity,
    st.sampled_from(KINDS),
    st.one_of(st.text(), UUIDS, UUIDS.map(str.upper)),
    st.just(""),
) | st.builds(Identity, st.just("user_alias"), st.text(), st.text())
KEY = bytes(range(32))
VIP, LTV = cohort_subject("aud_1"), attribute_subject("ltv")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engage.db"


@pytest.fixture
def state(path: Path) -> Iterator[SqliteState]:
    opened = SqliteState(path, now_ns=Clock())
    yield opened
    opened.close()


def who(value: object) -> Identity:
    return Identity("external_id", str(value))


class TestSeals:
    @given(IDENTITIES)
    def test_what_is_sealed_is_read_by_the_same_key(self, identity: Identity) -> None:
        hashes = Hashes(KEY)
        person = hashes.person(identity)
        sealed = hashes.seal(identity, person)
        assert sealed == hashes.seal(identity, person)
        assert hashes.unseal(sealed, person) == identity

    @given(IDENTITIES, IDENTITIES)
    def test_no_other_key_and_no_other_row_reads_it(self, one: Identity, other: Identity) -> None:
        hashes, others = Hashes(KEY), Hashes(KEY[::-1])
        person = hashes.person(one)
        sealed = hashes.seal(one, person)
        with pytest.raises(ValueError, match=r"."):
            others.unseal(sealed, others.person(one))
        if one != other:
            with pytest.raises(ValueError, match=r"."):
                hashes.unseal(sealed, hashes.person(other))

    @given(IDENTITIES, st.data())
    def test_what_is_damaged_is_not_read_as_somebody(
        self, identity: Identity, data: st.DataObject
    ) -> None:
        hashes = Hashes(KEY)
        person = hashes.person(identity)
        sealed = bytearray(hashes.seal(identity, person))
        sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
        with pytest.raises(ValueError, match=r"."):
            hashes.unseal(bytes(sealed), person)

    def test_a_uuid_takes_its_own_16_bytes_and_one_more(self) -> None:
        hashes = Hashes(KEY)
        identity = who("3f1c0f4e-9a4a-4d57-8f0e-1d2c3b4a5f6e")
        assert len(hashes.seal(identity, hashes.person(identity))) == 17


class TestHolders:
    def test_everybody_of_whom_something_is_known_is_found(self, state: SqliteState) -> None:
        people = {who(number) for number in range(1_234)}
        for identity in people:
            state.accepted(VIP, identity, known(), sure=False)
        state.accepted(LTV, who("else"), known(1, "5"), sure=True)
        assert {holder.identity for holder in state.holders([VIP])} == people
        assert len(list(state.holders([VIP]))) == len(people)
        found = {holder.identity: set(holder.entries) for holder in state.holders([VIP, LTV])}
        assert found == {**{identity: {VIP} for identity in people}, who("else"): {LTV}}

    def test_nothing_is_known_of_what_never_came(self, state: SqliteState) -> None:
        state.accepted(VIP, who(1), known(), sure=False)
        assert list(state.holders([cohort_subject("aud_2")])) == []
        assert list(state.holders([])) == []

    def test_an_alias_stays_a_pair(self, state: SqliteState) -> None:
        alias = Identity("user_alias", "ana@example.test", "email")
        state.accepted(VIP, alias, known(value="false"), sure=False)
        (holder,) = state.holders([VIP])
        assert holder.identity == alias
        assert holder.entries[VIP].code == LEFT

    def test_whoever_was_deleted_is_no_longer_named(self, state: SqliteState, path: Path) -> None:
        state.accepted(VIP, who("gone"), known(1), sure=False)
        state.accepted(VIP, who("back"), known(1), sure=False)
        state.commit()
        for name in ("gone", "back"):
            state.bury(who(name), order(2).time_ns)
        state.accepted(VIP, who("back"), known(3), sure=False)
        assert [holder.identity for holder in state.holders([VIP])] == [who("back")]
        with closing(sqlite3.connect(path)) as connection:
            row = connection.execute("SELECT min(length(known)) FROM people").fetchone()
        assert row == (13,)  # flags and the time of the deletion, and nothing of a name

    def test_a_name_is_nowhere_in_the_file_in_plain_text(
        self, state: SqliteState, path: Path
    ) -> None:
        identity = who("ana.of.the.shop")
        state.accepted(VIP, identity, known(), sure=False)
        state.commit()
        assert identity.value.encode() not in raw_bytes(path)
        assert [holder.identity for holder in state.holders([VIP])] == [identity]

    def test_what_others_write_meanwhile_is_seen(self, state: SqliteState, path: Path) -> None:
        for number in range(1_000):
            state.accepted(VIP, who(number), known(), sure=False)
        other = SqliteState(path, now_ns=Clock())
        seen: set[Identity] = set()
        for holder in state.holders([VIP]):
            if not seen:
                for number in range(1_000, 2_000):
                    other.accepted(VIP, who(number), known(), sure=False)
                other.close()
            seen.add(holder.identity)
        assert seen >= {who(number) for number in range(1_000)}
        assert len(seen) > 1_000

    def test_a_damaged_row_is_said(self, state: SqliteState, path: Path) -> None:
        state.accepted(VIP, who(1), known(), sure=False)
        state.commit()
        connection = sqlite3.connect(path)
        connection.execute("UPDATE people SET person = x'010203040506070809'")
        connection.commit()
        connection.close()
        with pytest.raises(StateError, match="damaged"):
            list(state.holders([VIP]))
