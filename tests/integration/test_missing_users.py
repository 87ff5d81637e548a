"""Members of a cohort whom Braze does not know; and the names of cohorts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import (
    AliasRule,
    BrazeClient,
    CohortClient,
    ConfigurationError,
    EngageRules,
    EngageSync,
    Forbidden,
    IdentityRules,
)
from braze_engage.engage.identity import Identity
from braze_engage.testing import FakeBraze
from tests.support.changes import AUDIENCE, call
from tests.support.lasting import Shop, close

if TYPE_CHECKING:
    from pathlib import Path

EXPORT = "/users/export/ids"


def exports(fake: FakeBraze) -> list[Any]:
    return [request.json for request in fake.requests if request.path == EXPORT]


def who(name: str) -> Identity:
    return Identity("external_id", name)


class TestMissing:
    def test_those_whom_braze_does_not_know_are_found(self, shop: Shop, sync: EngageSync) -> None:
        shop.fake.add_users(f"u{number}" for number in range(0, 130, 2))
        sync.run([call(f"u{number}", 1) for number in range(130)])
        missing = sync.missing_users(AUDIENCE)
        assert exports(shop.fake) == []  # nothing is asked before it is read
        assert {one.value for one in missing} == {f"u{number}" for number in range(1, 130, 2)}
        assert (missing.asked, missing.found, missing.requests) == (130, 65, 3)
        assert "65 of 130" in repr(missing)
        asked = sorted(len(body["external_ids"]) for body in exports(shop.fake))
        assert asked == [30, 50, 50]

    def test_as_much_is_asked_as_is_read(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([call(f"u{number}", 1) for number in range(2_000)])
        missing = iter(sync.missing_users(AUDIENCE))
        assert next(missing).kind == "external_id"
        missing.close()  # type: ignore[attr-defined]  # it is a generator
        assert len(exports(shop.fake)) <= 10

    def test_each_pass_asks_again(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([call("u1", 1)])
        missing = sync.missing_users("vip")  # a key will do
        assert list(missing) == [who("u1")]
        shop.fake.add_users(["u1"])
        assert list(missing) == []
        assert (missing.asked, missing.found) == (1, 0)

    def test_whoever_left_is_not_asked_about(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([call("u1", 1), call("u2", 1), call("u2", 2, member=False)])
        assert list(sync.missing_users(AUDIENCE)) == [who("u1")]
        assert exports(shop.fake)[0]["external_ids"] == ["u1"]

    def test_other_kinds_of_identifiers(self, shop: Shop) -> None:
        alias = AliasRule(alias_name="$.traits.name", alias_label="shop")
        rules = EngageRules(
            identity=IdentityRules(external_id=None, device_id="$.traits.device", user_alias=alias)
        )
        raws = [call(None, 1) for _ in range(4)]
        for raw, extra in zip(
            raws, ({"device": "d1"}, {"device": "d2"}, {"name": "a1"}, {"name": "a2"}), strict=True
        ):
            raw["traits"].update(extra)
        sync = shop.sync(rules=rules)
        shop.fake.add_user("u1", devices=["d1"])
        shop.fake.add_user(aliases=[("a1", "shop")])
        shop.fake.add_user(aliases=[("a2", "another")])
        sync.run(raws)
        assert set(sync.missing_users(AUDIENCE)) == {
            Identity("device_id", "d2"),
            Identity("user_alias", "a2", "shop"),
        }
        close(sync)

    def test_it_needs_a_client_and_a_cohort_that_is_known(self, shop: Shop) -> None:
        shop.run([call("u1", 1)])
        without = shop.sync(rest=None, rules=EngageRules())
        with pytest.raises(ConfigurationError, match=r"rest=BrazeClient"):
            without.missing_users(AUDIENCE)
        close(without)
        sync = shop.sync()
        with pytest.raises(ConfigurationError, match=r"sync\.cohorts\(\)"):
            sync.missing_users("aud_9")
        close(sync)

    def test_a_key_without_the_permission_is_refused_as_ever(
        self, shop: Shop, sync: EngageSync
    ) -> None:
        sync.run([call("u1", 1)])
        shop.fake.fail(EXPORT, status=403)
        with pytest.raises(Forbidden):
            list(sync.missing_users(AUDIENCE))

    def test_over_a_socket(self, tmp_path: Path) -> None:
        with FakeBraze() as fake:
            fake.add_users(f"u{number}" for number in range(60))
            with EngageSync(
                rest=BrazeClient(fake.rest_api_key, data_center=fake.url),
                cohorts=CohortClient(
                    fake.data_import_key,
                    data_center=fake.url,
                    partner=fake.partner,
                    partner_key=fake.partner_key,
                ),
                state=tmp_path / "engage.db",
            ) as sync:
                sync.run([call(f"u{number}", 1) for number in range(70)])
                missing = {one.value for one in sync.missing_users(AUDIENCE)}
            assert missing == {f"u{number}" for number in range(60, 70)}


class TestNames:
    def test_cohorts_are_listed_by_name(self, shop: Shop, sync: EngageSync) -> None:
        sync.run([call("u1", 1), call("u1", 1, cohort="aud_2", key="loyal")])
        cohorts = sync.cohorts()
        assert [(one.name, one.cohort_id, one.key) for one in cohorts] == [
            ("loyal", "aud_2", "loyal"),
            ("vip", AUDIENCE, "vip"),
        ]
        assert cohorts.ids_of("vip") == (AUDIENCE,)
        assert cohorts.ids_of("nobody") == ()
        assert cohorts.name_of("aud_2") == "loyal"
        assert cohorts.name_of("aud_9") is None
        assert len(cohorts[:1]) == 1
        assert repr(cohorts) == "KnownCohorts(2)"
        assert "vip" in str(cohorts)
        assert "<table>" in cohorts._repr_html_()

    def test_they_outlive_the_process_and_names_by_rule_are_known(self, shop: Shop) -> None:
        shop.run([call("u1", 1)], rule={"cohort_names": {"vip": "Best customers"}})
        sync = shop.sync()
        (known,) = sync.cohorts()
        assert (known.name, known.key) == ("Best customers", "vip")
        close(sync)

    def test_an_audience_made_anew_shares_the_name(self, sync: EngageSync) -> None:
        sync.run([call("u1", 1), call("u1", 2, cohort="aud_2")])
        assert sync.cohorts().ids_of("vip") == (AUDIENCE, "aud_2")

    def test_without_a_file_these_are_the_cohorts_of_this_sync(self) -> None:
        fake = FakeBraze()
        cohorts = CohortClient(
            fake.data_import_key,
            data_center="US-06",
            partner=fake.partner,
            partner_key=fake.partner_key,
            session=fake.session(),
        )
        sync = EngageSync(cohorts=cohorts, settle=0)
        assert len(sync.cohorts()) == 0
        sync.run([call("u1", 1)])
        assert sync.cohorts().name_of(AUDIENCE) == "vip"
