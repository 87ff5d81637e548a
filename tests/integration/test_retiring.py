"""A deleted audience or trait is taken out of Braze."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import (
    BrazeClient,
    CohortClient,
    ConfigurationError,
    DataPointBudget,
    Delivery,
    EngageRules,
    EngageSync,
    RunStopped,
)
from braze_engage.engage.identity import Identity
from braze_engage.sync.cohort_delivery import utc_moment
from braze_engage.testing import FakeBraze
from tests.meta.trees import REPOSITORY
from tests.support.changes import AUDIENCE, call
from tests.support.killed import KILLED
from tests.support.killed_retire import PEOPLE as KILLED_PEOPLE
from tests.support.killed_retire import sync as killed_sync
from tests.support.lasting import TRACK, Shop, close, trait

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = [f"u{number}" for number in range(120)]
BOTH = EngageRules(audiences=Delivery.COHORT | Delivery.IDENTIFY)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    found = Shop(tmp_path)
    found.fake.add_users(PEOPLE)
    return found


def audience(at: int = 1, **parts: Any) -> list[dict[str, Any]]:
    return [call(person, at, **parts) for person in PEOPLE]


def values(shop: Shop, name: str) -> dict[str, object]:
    return {
        person: user.custom_attributes[name]
        for person, user in shop.fake.users.items()
        if name in user.custom_attributes
    }


class TestCohorts:
    def test_a_cohort_is_emptied(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([*audience(), call("u0", 2, member=False)])
        assert len(shop.fake.cohorts[AUDIENCE].members) == len(PEOPLE) - 1
        report = sync.retire("vip")
        assert shop.fake.cohorts[AUDIENCE].members == set()
        assert report.outcomes["sent"] == report.calls == len(PEOPLE) - 1
        assert report.data_points == 0
        assert sync.retire("vip").calls == 0

    def test_by_its_id_from_another_process(self, shop: Shop) -> None:
        shop.run(audience())
        sync = shop.sync()
        sync.retire(AUDIENCE)
        assert shop.fake.cohorts[AUDIENCE].members == set()
        names = [request for request in shop.fake.requests if request.path.endswith("/cohorts")]
        assert len(names) == 1  # it is not named again
        close(sync)

    def test_other_cohorts_of_these_people_stay(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([*audience(), *audience(cohort="aud_2", key="loyal")])
        sync.retire("vip")
        assert shop.fake.cohorts[AUDIENCE].members == set()
        assert len(shop.fake.cohorts["aud_2"].members) == len(PEOPLE)

    def test_a_cohort_under_several_ids_is_emptied_whole(
        self, shop: Shop, sync: EngageSync
    ) -> None:
        sync.run([*audience(), *audience(5, cohort="aud_2")])
        plan = sync.plan_retire("vip")
        assert [step.cohort_id for step in plan.steps] == [AUDIENCE, "aud_2"]
        sync.retire("vip")
        assert {len(cohort.members) for cohort in shop.fake.cohorts.values()} == {0}

    def test_of_one_that_was_created_anew_the_old_one_is_emptied(
        self, shop: Shop, sync: EngageSync
    ) -> None:
        sync.run([*audience(), call("u0", 5, cohort="aud_2")])
        sync.retire(AUDIENCE)
        assert shop.fake.cohorts[AUDIENCE].members == set()
        assert shop.fake.cohorts["aud_2"].members == {"u0"}
        assert not sync.run([call("u1", 6, cohort="aud_2")]).warnings

    def test_whoever_was_deleted_is_left_alone(self, shop: Shop, sync: EngageSync) -> None:
        sync.run(audience())
        assert sync._lasting is not None
        state = sync._lasting.state
        state.bury(Identity("external_id", "u7"), state.now_ns)
        assert sync.retire("vip").calls == len(PEOPLE) - 1
        assert shop.fake.cohorts[AUDIENCE].members == {"u7"}


class TestAttributes:
    def test_an_attribute_is_cleared(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([trait(person, 1, ltv=5, plan="pro") for person in PEOPLE])
        assert len(values(shop, "ltv")) == len(PEOPLE)
        report = sync.retire("ltv")
        assert values(shop, "ltv") == {}
        assert set(values(shop, "plan").values()) == {"pro"}
        assert report.data_points == len(PEOPLE)
        assert shop.sent()[-1] == {
            "external_id": shop.sent()[-1]["external_id"],
            "_update_existing_only": True,
            "ltv": None,
        }

    def test_a_profile_field_is_cleared_too(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([trait("u1", 1, firstName="Ana")])
        assert shop.fake.users["u1"].first_name == "Ana"
        assert sync.plan_retire("firstName").steps[0].names == ("first_name",)
        sync.retire("firstName")
        assert shop.fake.users["u1"].first_name is None

    def test_a_cohort_and_an_attribute_of_one_audience(self, shop: Shop) -> None:
        sync = shop.sync(rules=BOTH)
        sync.run(audience())
        report = sync.retire("vip")
        assert shop.fake.cohorts[AUDIENCE].members == set()
        assert values(shop, "vip") == {}
        assert report.calls == len(PEOPLE)
        assert report.deliveries["sent"] == 2 * len(PEOPLE)
        close(sync)

    def test_of_one_that_was_created_anew_newer_values_stay(
        self, shop: Shop, sync: EngageSync
    ) -> None:
        def vip(person: str, at: int, cohort: str) -> dict[str, Any]:
            return call(person, at, cohort=cohort)

        sync = shop.sync(rules=EngageRules(audiences=Delivery.IDENTIFY))
        sync.run([vip("u1", 1, "aud_1"), vip("u2", 1, "aud_1"), vip("u2", 9, "aud_2")])
        assert sync.retire("aud_1").calls == 1
        assert values(shop, "vip") == {"u2": True}
        close(sync)

    def test_nobody_is_created(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([trait("new", 1, ltv=5)])
        shop.fake.users.remove(shop.fake.users["new"])
        assert sync.retire("ltv").calls == 1
        assert "new" not in shop.fake.users

    def test_no_budget_holds_it_back_and_it_is_counted(self, shop: Shop) -> None:
        rules = EngageRules(
            traits=Delivery.IDENTIFY, data_point_budget=DataPointBudget(per_run=len(PEOPLE))
        )
        sync = shop.sync(rules=rules)
        sync.run([trait(person, 1, ltv=5) for person in PEOPLE])
        tight = shop.sync(rules=EngageRules(data_point_budget=DataPointBudget(per_run=1)))
        assert tight.retire("ltv").outcomes["sent"] == len(PEOPLE)
        assert values(shop, "ltv") == {}
        close(sync)
        close(tight)


class TestPlan:
    def test_it_says_what_it_costs_and_sends_nothing(self, shop: Shop) -> None:
        sync = shop.sync(rules=BOTH)
        sync.run(audience())
        before = shop.requests
        plan = sync.plan_retire("vip")
        assert shop.requests == before
        cohort, attributes = plan.steps
        assert (cohort.cohort_id, cohort.names, cohort.people) == (AUDIENCE, ("vip",), len(PEOPLE))
        assert (cohort.requests, cohort.data_points) == (1, 0)
        assert (attributes.cohort_id, attributes.names) == (None, ("vip",))
        assert (attributes.requests, attributes.data_points) == (2, len(PEOPLE))
        assert (plan.requests, plan.data_points) == (3, len(PEOPLE))
        text = str(plan)
        assert "empty cohort" in text
        assert "vip (aud_1)" in text
        assert "clear attributes" in text
        assert "users_track: 2 requests, about" in text
        assert "<table>" in plan._repr_html_()
        report = sync.retire("vip")
        assert report.data_points == plan.data_points
        assert report.requests >= plan.requests  # a cohort follows its people, who go in two parts
        assert sync.plan_retire("vip").requests == 0
        close(sync)

    @pytest.mark.parametrize("name", ["", None, 7])
    def test_something_else_than_a_name_is_refused(self, sync: EngageSync, name: Any) -> None:
        with pytest.raises(ConfigurationError, match="computation key such as 'vip'"):
            sync.retire(name)

    def test_what_is_not_known_is_refused(self, shop: Shop, sync: EngageSync) -> None:
        sync.run(audience())
        before = shop.requests
        for ask in (sync.retire, sync.plan_retire, sync.revive):
            with pytest.raises(ConfigurationError, match=r"'vop'.*sync\.cohorts\(\)"):
                ask("vop")
        assert shop.requests == before

    @pytest.mark.parametrize(
        ("missing", "words"), [("cohorts", "CohortClient"), ("rest", "BrazeClient")]
    )
    def test_a_missing_client_is_named_before_anything_is_sent(
        self, shop: Shop, missing: str, words: str
    ) -> None:
        shop.run(audience(), rules=BOTH)
        before = shop.requests
        sync = shop.sync(**{missing: None}, rules=EngageRules())
        with pytest.raises(ConfigurationError, match=words):
            sync.retire("vip")
        assert shop.requests == before
        close(sync)

    def test_it_needs_a_state_file(self, shop: Shop) -> None:
        rest = BrazeClient(shop.fake.rest_api_key, data_center="US-06", session=shop.fake.session())
        sync = EngageSync(rest=rest)
        for ask in (sync.retire, sync.plan_retire, sync.revive, sync.missing_users):
            with pytest.raises(ConfigurationError, match="state file"):
                ask("vip")


def test_a_list_that_was_taken_by_a_clock_ahead_keeps_nobody(shop: Shop, sync: EngageSync) -> None:
    for seconds in (30, 60):
        taken = utc_moment(shop.clock() + seconds * 1_000_000_000)
        sync.reconcile("aud_1", name="VIP", key="vip", members=["u1", "u2"], as_of=taken)
    assert sync.retire("aud_1").outcomes["sent"] == 2
    assert not shop.fake.cohorts["aud_1"].members


class TestMark:
    def test_later_calls_of_what_is_retired_go_through_with_a_warning(self, shop: Shop) -> None:
        shop.run(audience())
        sync = shop.sync()
        sync.retire("vip")
        shop.clock.move(days=1)
        late = call("u1", 2)
        assert not sync.run([late]).warnings  # it happened before
        report = sync.run([call("u2", 86_000), call("u3", 86_001)])
        (text,) = report.warnings
        assert "'vip' (aud_1) was retired on 2026-11-02" in text
        assert report.warnings[text] == 2
        assert report.outcomes["sent"] == 2
        assert shop.fake.cohorts[AUDIENCE].members == {"u2", "u3"}
        close(sync)

    def test_a_full_list_of_what_is_retired_warns_too(self, shop: Shop, sync: EngageSync) -> None:
        sync.run(audience())
        sync.retire("vip")
        shop.clock.move(days=1)
        report = sync.reconcile("aud_1", members=["u1"], as_of=utc_moment(shop.clock()))
        assert any("'vip' (aud_1) was retired" in text for text in report.warnings)
        assert shop.fake.cohorts[AUDIENCE].members == {"u1"}

    def test_the_mark_can_be_taken_back(self, shop: Shop, sync: EngageSync) -> None:
        sync.run(audience())
        sync.retire("vip")
        sync.revive("vip")
        assert not sync.run([call("u2", 86_000)]).warnings

    def test_a_trait_is_marked_by_its_key(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([trait("u1", 1, ltv=5)])
        sync.retire("ltv")
        (text,) = sync.run([trait("u1", 86_000, ltv=6)]).warnings
        assert "'ltv' (cmp_ltv) was retired" in text

    def test_a_table_of_what_is_retired_warns_too(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([trait("u1", 1, ltv=5)])
        sync.retire("ltv")
        shop.clock.move(days=1)
        report = sync.reconcile_traits([("u1", 6)], key="ltv", as_of=utc_moment(shop.clock()))
        assert any("'ltv' (cmp_ltv) was retired" in text for text in report.warnings)

    def test_an_attribute_of_which_no_computation_is_known_is_marked_too(
        self, shop: Shop, sync: EngageSync
    ) -> None:
        sync.run([trait("u1", 1, ltv=5, plan="pro")])
        sync.retire("plan")
        raw = trait("u1", 86_000, plan="max")
        (text,) = sync.run([raw]).warnings
        assert "the computation 'plan' was retired" in text

    def test_cohorts_are_listed_with_the_day(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([*audience(), *audience(cohort="aud_2", key="loyal")])
        sync.retire("vip")
        loyal, vip = sync.cohorts()
        assert (loyal.cohort_id, loyal.name, loyal.retired_at) == ("aud_2", "loyal", None)
        assert (vip.cohort_id, vip.key) == (AUDIENCE, "vip")
        assert vip.retired_at is not None
        assert "2026-11-02" in str(sync.cohorts())


class TestInterrupted:
    def test_it_goes_on_where_it_was(self, shop: Shop) -> None:
        shop.run([trait(person, 1, ltv=5) for person in PEOPLE])

        scripted: list[object] = []

        def refuse_the_next_request(item: object) -> bool:
            if not scripted:
                scripted.append(item)
                shop.fake.fail(TRACK, status=401)
            return False

        shop.fake.refuse_items(refuse_the_next_request)
        sync = shop.sync(concurrency=1)
        with pytest.raises(RunStopped):
            sync.retire("ltv")
        close(sync)
        left = values(shop, "ltv")
        assert 0 < len(left) < len(PEOPLE)
        sync = shop.sync()
        assert sync._lasting is not None
        assert [one.retired_ns for one in sync._lasting.state.computations()] == [None]
        report = sync.retire("ltv")
        assert report.outcomes["sent"] == report.calls == len(left)
        assert values(shop, "ltv") == {}
        cleared = [entry["external_id"] for entry in shop.sent() if entry["ltv"] is None]
        assert len(cleared) == len(PEOPLE) + len(left)  # those of the refused request go again
        close(sync)

    def test_what_braze_refuses_is_reported_and_found_again(
        self, shop: Shop, sync: EngageSync
    ) -> None:
        sync.run([trait(person, 1, ltv=5) for person in PEOPLE])
        shop.fake.poison("u7", item=True)
        report = sync.retire("ltv")
        assert report.outcomes["rejected"] == 1
        assert report.outcomes["sent"] == len(PEOPLE) - 1
        assert len(sync.dead_letters()) == 0  # no call failed; retiring it again finds who is left
        assert sync.plan_retire("ltv").steps[0].people == 1


@pytest.mark.slow
def test_killed_at_any_point_it_goes_on(tmp_path: Path) -> None:
    """A process ends before or after something is sent or written; the next one finishes."""
    with FakeBraze() as fake:
        for last in range(0, 90, 2):
            fake.reset()
            path = tmp_path / f"{last}.db"
            command = [sys.executable, "-m", "tests.support.killed_retire", fake.url, str(path)]
            done = subprocess.run([*command, str(last)], cwd=REPOSITORY, check=False)
            with killed_sync(fake.url, str(path)) as again:
                left = again.retire("vip")
            assert fake.cohorts[AUDIENCE].members == set()
            assert not any("vip" in user.custom_attributes for user in fake.users.values())
            assert len(fake.users) == KILLED_PEOPLE
            if done.returncode == 0:
                assert left.calls == 0
                assert last > 10
                return
            assert done.returncode == KILLED
    pytest.fail("it never came to its end")


def test_over_a_socket(tmp_path: Path) -> None:
    """The whole way in front of a server, with the file as it is left by another process."""
    path = tmp_path / "engage.db"
    with FakeBraze() as fake:
        fake.add_users(PEOPLE)

        def sync() -> EngageSync:
            return EngageSync(
                rest=BrazeClient(fake.rest_api_key, data_center=fake.url),
                cohorts=CohortClient(
                    fake.data_import_key,
                    data_center=fake.url,
                    partner=fake.partner,
                    partner_key=fake.partner_key,
                ),
                rules=BOTH,
                state=path,
                settle=0.0,
                consistency_gap=0.0,
            )

        with sync() as first:
            first.run(audience())
        with sync() as second:
            assert second.retire("vip").outcomes["sent"] == len(PEOPLE)
        assert fake.cohorts[AUDIENCE].members == set()
        assert not any("vip" in user.custom_attributes for user in fake.users.values())
