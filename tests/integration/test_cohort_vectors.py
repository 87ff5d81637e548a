"""The same cases as for the pure core, from the calls to the requests at the fake."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from braze_engage import BrazeClient, CohortClient, DataCenter, EngageSync, Reason
from braze_engage.engage import Identity
from braze_engage.testing import FakeBraze
from tests.support.changes import AUDIENCE, call
from tests.unit.test_cohort_vectors import (
    CASES,
    comparable,
    expected_members,
    rules_of,
    subscribed,
)

if TYPE_CHECKING:
    from braze_engage.sync.report import Report
    from braze_engage.testing import Json
    from tests.unit.test_cohort_vectors import Case, Members


def _cohorts(fake: FakeBraze, data_center: str | DataCenter = "US-06") -> CohortClient:
    return CohortClient(
        fake.data_import_key,
        data_center=data_center,
        partner=fake.partner,
        partner_key={"us": fake.partner_key, "eu": "a-key-of-europe"},
        session=fake.session(),
    )


def _run(case: Case) -> tuple[Report, Members]:
    fake = FakeBraze()
    sync = EngageSync(cohorts=_cohorts(fake), rules=rules_of(case), settle=0.0)
    report = sync.run(subscribed(case))
    members: Members = {}
    for request in fake.requests:
        body = request.json
        if not request.path.endswith("/cohorts/users") or not isinstance(body, dict):
            continue
        people = members.setdefault(str(body["cohort_id"]), {})
        changes = body["cohort_changes"]
        assert isinstance(changes, list)
        for change in changes:
            assert isinstance(change, dict)
            member = not change.get("should_remove", False)
            for kind, field in (("external_id", "user_ids"), ("device_id", "device_ids")):
                for value in change.get(field, []):  # type: ignore[union-attr] # a list of texts
                    people[Identity(kind, str(value))] = member
            for alias in change.get("aliases", []):  # type: ignore[union-attr] # a list of pairs
                pair = dict(alias)  # type: ignore[arg-type] # name and label
                people[Identity("user_alias", pair["alias_name"], pair["alias_label"])] = member
    return report, members


def test_the_requests_lead_to_the_same_membership() -> None:
    for case in comparable(CASES):
        report, members = _run(case)
        assert members == expected_members(case), case["id"]
        assert report.calls == len(subscribed(case))


def test_batch_error_throws_but_here_every_call_keeps_its_own_result() -> None:
    fake = FakeBraze()
    fake.fail("/partners/segment/cohorts/users", status=500, json={"message": "oops"})
    report = EngageSync(cohorts=_cohorts(fake), settle=0.0).run([call("u1"), {"type": "track"}])
    assert report.outcomes["sent"] == 1
    assert report.outcomes["filtered"] == 1


def test_2xx_errors_are_not_ignored() -> None:
    fake = FakeBraze()
    answer: Json = {"message": "success", "errors": ["unknown user"]}
    fake.fail("/partners/segment/cohorts/users", status=201, json=answer)
    report = EngageSync(cohorts=_cohorts(fake), settle=0.0).run([call("u1")])
    assert report.reasons == {Reason.REFUSED_BY_BRAZE: 1}
    assert "unknown user" in report.failures[0].detail


def test_the_partner_key_goes_by_the_region_and_not_by_letters_of_the_address() -> None:
    fake = FakeBraze()
    proxy = DataCenter.custom("https://queue.example.com", partner_region="us")
    assert "eu" in proxy.rest_url
    EngageSync(cohorts=_cohorts(fake, proxy), settle=0.0).run([call("u1")])
    assert {request.status for request in fake.requests} == {201}


@pytest.mark.parametrize("instance", ["US-09", "US-10", "ID-01", "JP-01"])
def test_instances_that_segment_refuses_are_served(instance: str) -> None:
    fake = FakeBraze()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # some facts of these are unconfirmed
        cohorts = _cohorts(fake, instance)
        rest = BrazeClient(fake.rest_api_key, data_center=instance, session=fake.session())
    sync = EngageSync(rest=rest, cohorts=cohorts, settle=0.0)
    assert sync.check().ok
    assert sync.run([call("u1")]).outcomes["sent"] == 1
    assert fake.cohorts[AUDIENCE].name == "vip"
