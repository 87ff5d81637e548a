"""Full lists and tables become attributes, by the same rules as calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import (
    AliasRule,
    ConfigurationError,
    Delivery,
    IdentityRules,
    Nulls,
    OtherCalls,
    RunStopped,
)
from braze_engage.testing import FakeBraze
from tests.support.changes import call
from tests.support.lasting import trait
from tests.support.reconciles import COHORT, Lists, at, broken, counts, people

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from braze_engage import Report

ALL = Delivery.COHORT | Delivery.IDENTIFY | Delivery.BOOLEAN | Delivery.TRACK


@pytest.fixture
def fake() -> Iterator[FakeBraze]:
    with FakeBraze() as server:
        server.add_users(people(0, 60))
        yield server


def lists(fake: FakeBraze, path: Path, delivery: Delivery, **rules: Any) -> Lists:
    return Lists(fake, path, audiences=delivery, **rules)


def values(fake: FakeBraze, name: str = "vip") -> dict[str, object]:
    """The attribute of everybody who has it."""
    return {
        person: user.custom_attributes[name]
        for person, user in fake.users.items()
        if name in user.custom_attributes
    }


@pytest.mark.parametrize("delivery", [Delivery.BOOLEAN, Delivery.IDENTIFY])
class TestAudiences:
    def test_members_have_it_and_who_leaves_does_not(
        self, fake: FakeBraze, tmp_path: Path, delivery: Delivery
    ) -> None:
        one = lists(fake, tmp_path, delivery)
        one.reconcile(people(0, 50), key="vip")
        report = one.reconcile(people(2, 53), key="vip")
        assert (counts(report).added, counts(report).removed) == (3, 2)
        assert counts(report).unchanged == 48
        gone = dict.fromkeys(people(0, 2), False)
        assert values(fake) == gone | dict.fromkeys(people(2, 53), True)
        assert not fake.cohorts
        assert report.keys[0].objects == 5

    def test_nobody_comes_to_be_by_leaving(
        self, fake: FakeBraze, tmp_path: Path, delivery: Delivery
    ) -> None:
        one = lists(fake, tmp_path, delivery)
        one.reconcile([*people(0, 50), "new"], key="vip")
        assert "new" in fake.users
        one.reconcile(people(0, 50), key="vip", universe=["unknown"], as_of=None)
        assert fake.users["new"].custom_attributes["vip"] is False
        assert "unknown" not in fake.users

    def test_the_key_is_known_from_the_list_before(
        self, fake: FakeBraze, tmp_path: Path, delivery: Delivery
    ) -> None:
        one = lists(fake, tmp_path, delivery, spaces={"spa_1", "spa_2"})
        one.reconcile(people(0, 50), key="vip")
        assert counts(one.reconcile(people(1, 50), name=None)).removed == 1
        assert counts(one.reconcile(people(2, 50))).removed == 1
        assert values(fake) == dict.fromkeys(people(0, 2), False) | dict.fromkeys(
            people(2, 50), True
        )
        assert not values(fake, "Dormant shoppers")

    def test_the_key_is_known_from_calls(
        self, fake: FakeBraze, tmp_path: Path, delivery: Delivery
    ) -> None:
        """Though there is no cohort whose key is known, and it has another name."""
        one = lists(fake, tmp_path, delivery)
        one.run(call("u3", 60, key="vip"))
        with pytest.raises(ConfigurationError, match="as_of"):
            one.reconcile(people(0, 50))
        one.reconcile(people(0, 50), as_of=at(0))
        assert values(fake) == dict.fromkeys(people(0, 50), True)
        assert not values(fake, "Dormant shoppers")

    def test_what_calls_wrote_since_counts(
        self, fake: FakeBraze, tmp_path: Path, delivery: Delivery
    ) -> None:
        one = lists(fake, tmp_path, delivery)
        one.reconcile(people(0, 50), key="vip", as_of=at(-60))
        one.run(call("u3", 11 * 3600 + 60, member=False), call("u4", 13 * 3600, member=False))
        with pytest.raises(ConfigurationError, match="as_of"):
            one.reconcile(people(0, 50), key="vip")
        report = one.reconcile(people(0, 50), key="vip", as_of=at(0))
        assert (counts(report).added, counts(report).left_alone) == (1, 1)
        assert values(fake)["u3"] is True
        assert values(fake)["u4"] is False


def test_rules_about_exits_and_overrides_hold(fake: FakeBraze, tmp_path: Path) -> None:
    one = lists(
        fake,
        tmp_path,
        Delivery.COHORT,
        overrides={"vip": Delivery.BOOLEAN},
        audience_exit=None,
        as_text={"vip"},
        nulls=Nulls.IGNORE,
    )
    one.reconcile(people(0, 50), key="vip")
    assert values(fake)["u1"] == "true"
    one.reconcile(people(1, 50), key="vip")
    assert set(values(fake)) == set(people(1, 50))
    assert counts(one.reconcile(people(1, 50), key="vip")).unchanged == 49


def test_a_cohort_is_named_by_the_rule(fake: FakeBraze, tmp_path: Path) -> None:
    one = lists(fake, tmp_path, Delivery.COHORT, cohort_names={COHORT: "By rule"})
    one.reconcile(people(0, 5))
    assert fake.cohorts[COHORT].name == "By rule"
    one.reconcile(people(0, 5), name=None, max_removed=0)
    one.run(call("u7", 60))
    assert fake.cohorts[COHORT].name == "By rule"


def test_the_name_of_a_list_outlives_calls(fake: FakeBraze, tmp_path: Path) -> None:
    one = lists(fake, tmp_path, Delivery.COHORT)
    one.reconcile(people(0, 5), name="Dormant", key="vip")
    one.run(call("u7", 60))
    assert fake.cohorts[COHORT].name == "Dormant"


def test_every_delivery_at_once(fake: FakeBraze, tmp_path: Path) -> None:
    one = lists(fake, tmp_path, ALL)
    one.reconcile([*people(0, 50), "new"], key="vip")
    report = one.reconcile([*people(1, 51), "new"], key="vip")
    found = counts(report)
    assert (found.added, found.removed, found.unchanged) == (1, 1, 50)
    assert one.members == {*people(1, 51), "new"}
    assert values(fake) == dict.fromkeys([*people(1, 51), "new"], True) | {"u0": False}
    assert not any(user.custom_events for user in fake.users.values())
    assert report.deliveries["sent"] == 6
    assert report.deliveries["unchanged"] == 100


def test_of_two_deliveries_the_one_that_lacks_it_is_sent(fake: FakeBraze, tmp_path: Path) -> None:
    lists(fake, tmp_path, Delivery.COHORT).reconcile(people(0, 50), key="vip")
    both = lists(fake, tmp_path, Delivery.COHORT | Delivery.BOOLEAN)
    before = sum(request.path.endswith("/cohorts/users") for request in fake.requests)
    report = both.reconcile(people(0, 50), key="vip")
    assert values(fake) == dict.fromkeys(people(0, 50), True)
    after = sum(request.path.endswith("/cohorts/users") for request in fake.requests)
    assert after == before
    assert (counts(report).added, counts(report).unchanged) == (50, 0)


def test_a_profile_that_comes_to_be_is_added_again(fake: FakeBraze, tmp_path: Path) -> None:
    """Braze ignores people whom it does not know, and says nothing."""
    one = lists(fake, tmp_path, Delivery.COHORT)
    one.reconcile([*people(0, 50), "new"], key="vip")
    assert "new" not in one.members
    one.run(trait("new", 60, ltv=7))
    report = one.reconcile([*people(0, 50), "new"], key="vip")
    assert counts(report).added == 1
    assert "new" in one.members
    assert one.reconcile([*people(0, 50), "new"], key="vip").requests == 0


class TestRules:
    @pytest.mark.parametrize(
        ("rules", "words"),
        [
            ({"audiences": Delivery.TRACK}, "a list is no event"),
            ({"overrides": {"vip": Delivery.NONE}}, "into no cohort and no attribute"),
            (
                {"identity": IdentityRules(external_id=None, email="$.traits.email")},
                r"sets no external_id",
            ),
        ],
    )
    def test_that_lead_to_no_list(
        self, fake: FakeBraze, tmp_path: Path, rules: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=words):
            Lists(fake, tmp_path, **rules).reconcile(people(0, 3), key="vip")
        assert not fake.requests

    def test_about_calls_alone_do_not_matter(self, fake: FakeBraze, tmp_path: Path) -> None:
        one = lists(
            fake,
            tmp_path,
            Delivery.COHORT,
            spaces={"spa_7"},
            other_calls=OtherCalls.FORWARD,
            identity=IdentityRules(
                external_id=("$.context.ids[0].id", "$.traits.user"),
                user_alias=AliasRule(alias_name="$.traits.user", alias_label="user"),
            ),
        )
        one.reconcile(people(0, 5))
        assert one.members == set(people(0, 5))

    def test_what_fails_can_be_sent_again_from_its_letter(
        self, fake: FakeBraze, tmp_path: Path
    ) -> None:
        identity = IdentityRules(external_id="$.context.ids[0].id")
        one = lists(fake, tmp_path, Delivery.COHORT, identity=identity)
        fake.fail("/partners/segment/cohorts/users", status=400, json={"message": "no"})
        assert one.reconcile(["u7"]).failures_total == 1
        with one.sync() as sync:
            (letter,) = sync.dead_letters()
            assert letter.outcome == "rejected"
            assert letter.key == "Dormant shoppers"
            assert sync.dead_letters().replay().outcomes["sent"] == 1
        assert one.members == {"u7"}
        assert one.reconcile(["u7"]).outcomes["unchanged"] == 1

    def test_what_is_paused_is_held_and_comes_again(self, fake: FakeBraze, tmp_path: Path) -> None:
        one = lists(fake, tmp_path, Delivery.COHORT)
        with one.sync() as sync:
            sync.pause("vip")
            report = sync.reconcile(COHORT, key="vip", name="x", members=people(0, 5))
            assert report.outcomes["held"] == counts(report).not_done == 5
            assert sync.release("paused").outcomes["sent"] == 5
        assert one.reconcile(people(0, 5)).requests == 0


class TestTraits:
    @staticmethod
    def table(one: Lists, rows: object, **options: Any) -> Report:
        with one.sync() as sync:
            return sync.reconcile_traits(rows, key="ltv", **options)  # type: ignore[arg-type]  # also what is none

    @pytest.fixture
    def one(self, fake: FakeBraze, tmp_path: Path) -> Lists:
        return Lists(fake, tmp_path)

    def test_only_values_that_differ_are_sent(self, fake: FakeBraze, one: Lists) -> None:
        rows: list[tuple[str, object]] = [(person, n) for n, person in enumerate(people(0, 50))]
        report = self.table(one, rows)
        assert (counts(report).added, counts(report).is_first) == (50, True)
        assert values(fake, "ltv") == dict(rows)
        changed = [*rows[1:], ("u50", 50), ("u3", 33), ("u4", 4.5)]
        report = self.table(one, changed)
        found = counts(report)
        assert (found.listed, found.added, found.removed, found.unchanged) == (50, 3, 1, 47)
        assert values(fake, "ltv") == dict(changed)
        assert self.table(one, changed).requests == 0

    def test_values_of_every_kind_are_told_apart(self, fake: FakeBraze, one: Lists) -> None:
        rows: list[tuple[str, object]] = [
            ("u1", {"a": [1, "ä\n"], "b": None}),
            ("u2", ["x", "y"]),
            ("u3", "\x00þÿ" * 20),
            ("u4", False),
            ("u5", -0.5),
        ]
        for person, value in rows:
            with one.sync() as sync:
                key = f"trait_{person}"
                assert counts(sync.reconcile_traits([(person, value)], key=key)).added == 1
                assert counts(sync.reconcile_traits([(person, value)], key=key)).unchanged == 1
        assert fake.users["u2"].custom_attributes["trait_u2"] == ["x", "y"]
        assert fake.users["u4"].custom_attributes["trait_u4"] is False

    def test_null_takes_a_value_away_and_is_no_difference_then(
        self, fake: FakeBraze, one: Lists
    ) -> None:
        rows: list[tuple[str, object]] = [("u1", 1), ("u2", None)]
        assert counts(self.table(one, rows)).added == 1
        assert counts(self.table(one, [("u1", None), ("u2", None)])).added == 1
        assert values(fake, "ltv") == {}
        assert counts(self.table(one, [("u2", None)], max_removed=0)).unchanged == 1

    def test_who_stands_there_no_more_loses_it_and_does_not_come_to_be(
        self, fake: FakeBraze, one: Lists
    ) -> None:
        self.table(one, [("u1", 1), ("u2", 2)])
        assert "u2" in fake.users
        fake.reset()
        with pytest.raises(ConfigurationError, match=r"rows: 1 of 2 people"):
            self.table(one, [("u1", 1)])
        assert counts(self.table(one, [("u1", 1)], max_removed=1)).removed == 1
        assert "u2" not in fake.users

    def test_later_calls_are_left_alone(self, fake: FakeBraze, one: Lists) -> None:
        rows = [("u1", 1), ("u2", 2), ("u3", 3)]
        self.table(one, rows, as_of=at(-60))
        one.run(trait("u1", 13 * 3600, ltv=10), trait("u2", 11 * 3600 + 60, ltv=20))
        with pytest.raises(ConfigurationError, match="as_of"):
            self.table(one, rows)
        report = self.table(one, rows, as_of=at(0))
        assert (counts(report).added, counts(report).left_alone, counts(report).unchanged) == (
            1,
            1,
            1,
        )
        assert values(fake, "ltv") == {"u1": 10, "u2": 2, "u3": 3}

    def test_a_value_that_cannot_be_written_is_a_failure(self, one: Lists) -> None:
        report = self.table(one, [("u1", 1), ("u2", "x" * 70_000)])
        assert counts(report).not_done == report.failures_total
        assert counts(report).added == 2 - report.failures_total

    @pytest.mark.parametrize(
        ("bad", "words"),
        [
            ("u1", r"rows: item 1 is str; give pairs"),
            (("u1",), r"item 1 is tuple"),
            ((7, 1), r"item 1 is int; give external ids"),
            (("u1", object()), r"item 1 has a object as value"),
            (("u1", float("nan")), r"item 1 has a float as value"),
            (("u1", "\ud800"), r"item 1 has a str as value"),
        ],
    )
    def test_what_is_no_row(self, fake: FakeBraze, one: Lists, bad: Any, words: str) -> None:
        with pytest.raises(RunStopped, match=words):
            self.table(one, [("u0", 1), bad])
        with pytest.raises(RunStopped, match="OSError"):
            self.table(one, broken(["u1", "u2"], 1))  # ids are read before they are looked at
        assert not fake.requests

    def test_a_key_is_needed(self, one: Lists) -> None:
        with one.sync() as sync, pytest.raises(ConfigurationError, match="key: got None"):
            sync.reconcile_traits([], key=None)  # type: ignore[arg-type]  # that is the point

    def test_a_trait_may_become_a_profile_field(self, fake: FakeBraze, one: Lists) -> None:
        with one.sync() as sync:
            sync.reconcile_traits([("u1", "Ana")], key="first_name")
            sync.reconcile_traits([("u1", "Ada")], key="first_name")
            assert sync.reconcile_traits([("u1", "Ada")], key="first_name").requests == 0
        assert fake.users["u1"].first_name == "Ada"


@pytest.mark.parametrize(
    ("rows", "words"),
    [({"u1": 1}, r"its items\(\)"), ("u1", "pairs of an id and a value"), (None, "pairs of")],
)
def test_what_is_no_table_is_refused_with_the_remedy(
    fake: FakeBraze, tmp_path: Path, rows: Any, words: str
) -> None:
    one = lists(fake, tmp_path, Delivery.BOOLEAN)
    with one.sync() as sync, pytest.raises(TypeError, match=f"^rows: got .*{words}"):
        sync.reconcile_traits(rows, key="ltv")
