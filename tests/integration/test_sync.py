from __future__ import annotations

import json
import re
import time
import traceback
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import (
    BrazeClient,
    CohortClient,
    ConfigurationError,
    Delivery,
    EngageRules,
    EngageSync,
    IdentityRules,
    OtherCalls,
    Reason,
    Repeats,
    RunStopped,
)
from braze_engage.sync.state import MemoryState
from braze_engage.testing import FakeBraze
from tests.support.changes import AUDIENCE, call
from tests.support.sample import sample_calls, sample_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = 419  # 416 objects, and three lines that hold none
MALFORMED = (27, 135, 170, 186, 248, 280, 318, 355, 408, 409, 410)
UNIDENTIFIED = (155, 401)
DUPLICATES = {
    6: 5, 61: 57, 64: 63, 70: 66, 165: 164, 263: 261, 307: 306,
    316: 312, 340: 338, 347: 336, 360: 359, 412: 411,
}  # fmt: skip


@pytest.fixture
def fake() -> Iterator[FakeBraze]:
    with FakeBraze() as server:
        yield server


def _cohorts(fake: FakeBraze, **options: Any) -> CohortClient:
    return CohortClient(
        fake.data_import_key,
        data_center=fake.url,
        partner=fake.partner,
        partner_key=fake.partner_key,
        **options,
    )


def _sync(fake: FakeBraze, **options: Any) -> EngageSync:
    return EngageSync(cohorts=_cohorts(fake), **{"settle": 0.0, **options})


def _nanoseconds(stamp: str) -> int:
    seconds, _, fraction = stamp.removesuffix("Z").partition(".")
    digits = re.sub(r"\D", "", seconds)
    return int(digits) * 10**9 + int(fraction.ljust(9, "0") or 0)


def _order(raw: dict[str, Any]) -> tuple[int, int, str]:
    exact, rounded = _nanoseconds(raw["originalTimestamp"]), _nanoseconds(raw["timestamp"])
    same_millisecond = exact // 10**6 == rounded // 10**6
    return (
        exact if same_millisecond else rounded,
        _nanoseconds(raw["receivedAt"]),
        raw["messageId"],
    )


def _expected_members() -> dict[str, set[str]]:
    """The newest membership of each person by a fold of its own, entities and defects left out."""
    newest: dict[tuple[str, str], tuple[tuple[int, int, str], bool]] = {}
    for raw in sample_calls():
        personas = raw.get("context", {}).get("personas")
        text = json.dumps(raw)
        if (
            raw.get("type") not in ("identify", "track")
            or not isinstance(personas, dict)
            or not str(personas.get("computation_id", "")).startswith("aud_")
            or '__entity"' in text
            or not raw.get("userId")
            or raw["timestamp"] == "yesterday"
        ):
            continue
        values = raw.get("properties") or raw.get("traits")
        key = personas["computation_key"].replace(
            "aud_3EXyRUXYDRigRZqgSlvNlFADlsb", "dormant_shopper"
        )
        value = values.get(key) if isinstance(values, dict) else None
        if value is None and raw["type"] == "track":
            value = raw["event"] == "Audience Entered"
        member = {"true": True, "false": False}.get(str(value).lower())
        if member is None:
            continue
        slot = (personas["computation_id"], raw["userId"])
        found = (_order(raw), member)
        newest[slot] = max(newest.get(slot, found), found)
    members: dict[str, set[str]] = {}
    for (cohort, person), (_, member) in newest.items():
        cohort_members = members.setdefault(cohort, set())
        if member:
            cohort_members.add(person)
    return members


def test_the_sample_stream_ends_in_the_right_cohorts(fake: FakeBraze) -> None:
    fake.add_users({raw["userId"] for raw in sample_calls() if raw.get("userId")})
    report = _sync(fake).run(sample_lines())
    assert {key: cohort.members for key, cohort in fake.cohorts.items()} == _expected_members()
    assert all(cohort.name for cohort in fake.cohorts.values())
    fake.check()
    assert report.calls == CALLS
    assert sum(report.outcomes.values()) == CALLS


def test_every_sample_call_has_the_outcome_its_description_says(fake: FakeBraze) -> None:
    report = _sync(fake).run(sample_lines())
    by_line = {failure.position + 1: failure for failure in report.failures}
    assert {n for n, f in by_line.items() if f.outcome == "malformed"} == set(MALFORMED)
    assert set(UNIDENTIFIED) <= {n for n, f in by_line.items() if f.outcome == "unidentified"}
    assert {n for n, f in by_line.items() if f.outcome == "failed"} == {392, 393}
    assert {by_line[n].reason for n in (392, 393)} == {Reason.NO_ERASE_CLIENT}
    assert set(report.reasons) >= {
        Reason.NOT_A_USER, Reason.NOT_ENGAGE, Reason.NO_RULE, Reason.ENTITY_EVENT,
        Reason.SAME_MESSAGE, Reason.NEWER_KNOWN, Reason.ACCEPTED,
    }  # fmt: skip
    assert report.reasons[Reason.NOT_A_USER] == 7


@pytest.mark.parametrize("line", DUPLICATES)
def test_a_repeated_delivery_is_a_duplicate_where_the_first_was_used(
    fake: FakeBraze, line: int
) -> None:
    lines = sample_lines()
    pair = [lines[DUPLICATES[line] - 1], lines[line - 1]]
    report = _sync(fake).run(pair)
    first = _sync(fake).run(pair[:1])
    if first.outcomes["sent"]:
        assert (report.outcomes["sent"], report.outcomes["duplicate"]) == (1, 1)
    else:
        assert report.outcomes["filtered"] + report.outcomes["unidentified"] == 2


def test_order_of_arrival_does_not_matter(fake: FakeBraze) -> None:
    lines = sample_lines()
    fake.add_users({raw["userId"] for raw in sample_calls() if raw.get("userId")})
    _sync(fake).run(reversed(lines))
    assert {key: cohort.members for key, cohort in fake.cohorts.items()} == _expected_members()


def test_names_come_before_members_and_once(fake: FakeBraze) -> None:
    sync = _sync(fake)
    sync.run([call("u1", 1)])
    sync.run([call("u2", 2)])
    sync.run([call("u3", 3, key="vip_renamed")])
    bodies = [r.json if isinstance(r.json, dict) else {} for r in fake.requests]
    paths = [r.path.rsplit("/", 1)[1] for r in fake.requests]
    assert list(zip(paths, (body.get("name") for body in bodies), strict=True)) == [
        ("cohorts", "vip"),
        ("users", None),
        ("users", None),
        ("cohorts", "vip_renamed"),
        ("users", None),
    ]


@pytest.mark.parametrize("how", ["client", "rules"])
def test_an_explicit_name_is_never_replaced_by_a_derived_one(fake: FakeBraze, how: str) -> None:
    cohorts = _cohorts(fake)
    names = {"vip": "Very important"} if how == "rules" else {}
    if how == "client":
        cohorts.name(AUDIENCE, "Very important")
    sync = EngageSync(cohorts=cohorts, rules=EngageRules(cohort_names=names), settle=0.0)
    sync.run([call("u1", 1), call("u2", 2)])
    assert fake.cohorts[AUDIENCE].name == "Very important"
    assert sum(r.path.endswith("/cohorts") for r in fake.requests) == 1


def test_unknown_people_are_accepted_not_confirmed(fake: FakeBraze) -> None:
    report = _sync(fake).run([call("stranger")])
    assert report.outcomes["sent"] == 1
    assert fake.cohorts[AUDIENCE].members == set()


def test_a_poisonous_id_is_rejected_alone(fake: FakeBraze) -> None:
    people = [f"u{number}" for number in range(300)]
    fake.add_users(people)
    fake.poison("u77")
    report = _sync(fake).run([call(person) for person in people])
    assert fake.cohorts[AUDIENCE].members == set(people) - {"u77"}
    assert (report.outcomes["sent"], report.outcomes["rejected"]) == (299, 1)
    (failure,) = report.failures
    assert (failure.position, failure.reason) == (77, Reason.REFUSED_BY_BRAZE)
    assert "u77" not in failure.detail


def test_a_refused_key_stops_the_run_and_shows_no_secret(fake: FakeBraze) -> None:
    fake.cohorts_enabled = False
    with pytest.raises(RunStopped) as caught:
        _sync(fake).run([call(f"u{number}") for number in range(5)])
    stopped = caught.value
    assert stopped.credentials
    assert stopped.report.outcomes["failed"] == 5
    assert all(failure.retryable for failure in stopped.report.failures)
    shown = "".join(
        traceback.TracebackException.from_exception(stopped, capture_locals=True).format()
    )
    assert fake.data_import_key not in shown
    assert fake.partner_key not in shown
    assert fake.data_import_key not in str(stopped.report)


def test_what_was_stopped_can_be_handed_in_again(fake: FakeBraze) -> None:
    calls = [call(f"u{number}", message_id=f"m{number}") for number in range(5)]
    fake.add_users(f"u{number}" for number in range(5))
    sync = _sync(fake)
    fake.cohorts_enabled = False
    with pytest.raises(RunStopped):
        sync.run(calls)
    fake.cohorts_enabled = True
    assert sync.run(calls).outcomes["sent"] == 5
    assert sync.run(calls).outcomes["duplicate"] == 5
    assert len(fake.cohorts[AUDIENCE].members) == 5


def test_an_outage_beyond_the_patience_stops_the_run(fake: FakeBraze) -> None:
    cohorts = _cohorts(fake, deadline=0.2)
    fake.fail("/partners/segment/cohorts", status=503, times=1_000)
    sync = EngageSync(cohorts=cohorts, settle=0.0, outage_patience=timedelta(0))
    with pytest.raises(RunStopped, match="out of reach") as caught:
        sync.run([call("u1")])
    assert not caught.value.credentials
    assert caught.value.position == 1
    fake.reset()


def test_passing_faults_are_ridden_out(fake: FakeBraze) -> None:
    fake.add_users(["u1"])
    fake.fail("/partners/segment/cohorts/users", status=423, times=1)
    fake.drop("/partners/segment/cohorts/users", when="after")
    assert _sync(fake).run([call("u1")]).outcomes["sent"] == 1
    assert fake.cohorts[AUDIENCE].members == {"u1"}
    fake.check()


def test_a_source_that_raises_stops_the_run_after_delivering_what_was_taken(
    fake: FakeBraze,
) -> None:
    def source() -> Iterator[object]:
        yield call("u1")
        yield call("u2")
        raise OSError("the disk is gone")

    with pytest.raises(RunStopped, match="raised OSError") as caught:
        _sync(fake).run(source())
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.position == 2
    assert caught.value.report.outcomes["sent"] == 2


def test_ctrl_c_stops_the_run_and_accounts_for_every_call_taken(fake: FakeBraze) -> None:
    def source() -> Iterator[object]:
        for number in range(10):
            yield call(f"u{number}")
        raise KeyboardInterrupt

    with pytest.raises(RunStopped, match="interrupted") as caught:
        _sync(fake, settle=5.0).run(source())
    assert caught.value.report.calls == caught.value.position == 10


def test_late_and_reordered_writes_end_right_when_writes_are_allowed_to_settle() -> None:
    with FakeBraze(lag=0.05, reorder=True) as fake:
        fake.add_users(f"u{number}" for number in range(40))
        fake.settle()

        def flips() -> Iterator[object]:
            for at in range(9):
                for number in range(40):
                    yield call(f"u{number}", at, member=at % 2 == 0)
                time.sleep(0.03)

        report = _sync(fake, settle=0.2).run(flips())
        fake.settle()
        assert fake.cohorts[AUDIENCE].members == {f"u{number}" for number in range(40)}
        assert report.outcomes["sent"] + report.outcomes["superseded"] == 360


def test_repeats_can_be_suppressed(fake: FakeBraze) -> None:
    sync = _sync(fake, rules=EngageRules(repeats=Repeats.SUPPRESS))
    sync.run([call("u1", 1)])
    before = len(fake.requests)
    report = sync.run([call("u1", 2)])
    assert report.outcomes["unchanged"] == 1
    assert len(fake.requests) == before


def test_overrides_spaces_and_age_filter(fake: FakeBraze) -> None:
    rules = EngageRules(
        overrides={"secret": Delivery.NONE}, spaces=["spa_1"], drop_older_than=timedelta(days=1)
    )
    old = {**call("u1"), "timestamp": "2020-01-01T00:00:00Z"}
    report = _sync(fake, rules=rules).run(
        [call("u1", key="secret"), call("u1", space="spa_2"), old]
    )
    assert report.reasons == {Reason.IGNORED: 1, Reason.OTHER_SPACE: 1, Reason.TOO_OLD: 1}


def test_a_second_space_with_the_same_key_is_an_error(fake: FakeBraze) -> None:
    report = _sync(fake).run([call("u1", space="spa_1"), call("u2", space="spa_2")])
    assert report.reasons == {Reason.ACCEPTED: 1, Reason.SECOND_SPACE: 1}


def test_no_identifier_and_no_membership_are_never_a_removal(fake: FakeBraze) -> None:
    fake.add_users(["u1"])
    sync = _sync(fake)
    sync.run([call("u1", 1)])
    without = call("u1", 2)
    del without["traits"]["vip"]
    without["traits"]["email"] = "a@example.test"
    report = sync.run([without, call(None, 3, member=False), call("u1", 4, member=None)])
    assert report.outcomes["malformed"] == 2
    assert report.outcomes["unidentified"] == 1
    assert fake.cohorts[AUDIENCE].members == {"u1"}


def test_plan_and_run_agree_and_a_plan_sends_nothing(fake: FakeBraze) -> None:
    lines = sample_lines()
    sync = _sync(fake)
    plan = sync.plan(lines)
    assert len(fake.requests) == 0
    planned = list(plan.requests())
    report = sync.run(lines)
    assert plan.outcomes == report.outcomes
    assert plan.report.reasons == report.reasons
    assert [f.position for f in plan.failures] == [f.position for f in report.failures]
    assert plan.report.requests == len(planned)
    assert plan.data_points == 0
    assert Counter(r.cohort_id for r in planned if r.name) == Counter(fake.cohorts.keys())
    written = {(c.cohort_id, c.added, c.removed) for c in report.cohorts}
    assert written == {(c.cohort_id, c.added, c.removed) for c in plan.report.cohorts}


def test_a_plan_of_an_iterator_has_sums_but_no_requests(fake: FakeBraze) -> None:
    plan = _sync(fake).plan(iter([call("u1"), call("u2", member=False)]))
    assert (plan.by_key["vip"].added, plan.by_key["vip"].removed) == (1, 1)
    with pytest.raises(TypeError, match="read_calls"):
        plan.requests()
    assert "vip" in str(plan)
    assert "vip" in plan._repr_html_()


def test_explain_says_what_decides(fake: FakeBraze) -> None:
    sync = _sync(fake)
    found = sync.explain(call("u1", message_id="m1"))
    assert (found.outcome, found.delivery) == ("sent", Delivery.COHORT)
    assert found.request is not None
    text = str(found)
    for part in (
        "identify, message m1",
        "audience vip (aud_1)",
        "external_id 'u1'",
        "cohort_chang",
    ):
        assert part in text
    sync.run([call("u1", message_id="m1")])
    assert sync.explain(call("u1", message_id="m1")).reason is Reason.SAME_MESSAGE
    assert sync.explain("{").reason is Reason.NOT_JSON
    assert "<table>" in found._repr_html_()
    with pytest.raises(TypeError, match="2 calls"):
        sync.explain([call("u1"), call("u2")])


def test_check_probes_both_keys(fake: FakeBraze) -> None:
    with BrazeClient(fake.rest_api_key, data_center=fake.url) as rest:
        sync = EngageSync(rest=rest, cohorts=_cohorts(fake))
        assert sync.check().ok
        fake.cohorts_enabled = False
        check = sync.check()
        assert check.refused
        assert fake.data_import_key not in str(check)
        assert "<table>" in check._repr_html_()
    assert fake.cohorts == {}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cohorts": None}, "both None"),
        ({"cohorts": "key"}, "CohortClient"),
        ({"rest": "key"}, "BrazeClient"),
        ({"concurrency": -1}, "concurrency"),
        ({"concurrency": True}, "concurrency"),
        ({"settle": -0.1}, "settle"),
        ({"outage_patience": timedelta(seconds=-1)}, "outage_patience"),
        ({"state": ""}, "state"),
        ({"state": "nowhere/engage.db"}, "state"),
        ({"state": object()}, "StateStore"),
        ({"rules": {}}, "EngageRules"),
        ({"rules": EngageRules(audiences=Delivery.TRACK)}, "audiences"),
        ({"rules": EngageRules(null_guard=0.5)}, "null_guard"),
        ({"rules": EngageRules(other_calls=OtherCalls.FORWARD)}, "other_calls"),
        ({"rules": EngageRules(overrides={"vip": Delivery.BOOLEAN})}, "overrides"),
    ],
)
def test_bad_configuration_fails_at_construction(
    fake: FakeBraze, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        EngageSync(**{"cohorts": _cohorts(fake), **options})


def test_a_delivery_without_its_client_fails_at_construction(fake: FakeBraze) -> None:
    with BrazeClient(fake.rest_api_key, data_center=fake.url) as rest:
        with pytest.raises(ConfigurationError, match="CohortClient"):
            EngageSync(rest=rest, rules=EngageRules(audiences=Delivery.COHORT))
        for rules in (
            EngageRules(audiences=Delivery.BOOLEAN),
            EngageRules(overrides={"vip": Delivery.TRACK | Delivery.COHORT}),
        ):
            with pytest.raises(ConfigurationError, match="BrazeClient"):
                EngageSync(cohorts=_cohorts(fake), rules=rules)


def test_other_identities_by_rule(fake: FakeBraze) -> None:
    fake.add_user(aliases=[("cookie-1", "web")])
    rules = EngageRules(identity=IdentityRules(user_alias="$.context.alias"))
    raw = call(None)
    raw["context"]["alias"] = {"alias_name": "cookie-1", "alias_label": "web"}
    report = _sync(fake, rules=rules).run([raw])
    assert report.outcomes["sent"] == 1
    assert len(fake.cohorts[AUDIENCE].members) == 1


def test_explain_knows_what_was_sent_before(fake: FakeBraze) -> None:
    sync = _sync(fake, rules=EngageRules(repeats=Repeats.SUPPRESS))
    sync.run([call("u1", 5)])
    assert sync.explain(call("u1", 4, member=False)).reason is Reason.NEWER_KNOWN
    assert sync.explain(call("u1", 6)).reason is Reason.SAME_STATE
    assert sync.explain(call("u1", 6, member=False)).reason is Reason.ACCEPTED


def test_a_store_of_ones_own_is_used(fake: FakeBraze) -> None:
    store = MemoryState()
    _sync(fake, state=store).run([call("u1", message_id="m1")])
    assert store.is_done(Delivery.COHORT, "m1")
    assert _sync(fake, state=store).run([call("u1", message_id="m1")]).outcomes["duplicate"] == 1


def test_a_plan_cuts_as_braze_demands_and_names_once(fake: FakeBraze) -> None:
    calls = [call(f"u{number}") for number in range(2_500)]
    plan = _sync(fake).plan(calls)
    sizes = [sum(len(change) for change in request.changes) for request in plan.requests()]
    assert sizes == [0, 1_000, 1_000, 500]
    assert plan.by_key["vip"].added == 2_500
    assert plan.hours["partner_cohorts"] == 4 / 200_000  # the reserve is left to other calls


def test_a_report_of_a_run_shows_in_a_notebook(fake: FakeBraze) -> None:
    html = _sync(fake).run(sample_lines())._repr_html_()
    assert html.count("<table>") == 4
    assert "dormant_shopper" in html


def test_many_cohorts_go_side_by_side_and_each_alone() -> None:
    with FakeBraze(latency=0.02) as fake:
        fake.add_users(["u1"])
        calls = [
            call("u1", at, cohort=f"aud_{number}", key=f"key_{number}", member=at == 2)
            for at in range(3)
            for number in range(40)
        ]
        report = _sync(fake, concurrency=16).run(calls)
        fake.check()
        assert {key: cohort.members for key, cohort in fake.cohorts.items()} == {
            f"aud_{number}": {"u1"} for number in range(40)
        }
        assert report.outcomes["sent"] + report.outcomes["superseded"] == 120


@pytest.mark.parametrize(
    "stamp",
    [
        "0001-01-01T00:00:00Z",
        "1600-01-01T00:00:00Z",
        "2300-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_time_of_any_year_is_one_call_among_others(fake: FakeBraze, stamp: str) -> None:
    fake.add_users(["u1", "u2"])
    calls = [call("u1"), {**call("u2"), "timestamp": stamp}]
    sync = _sync(fake)
    assert sync.plan(calls).report.calls == 2
    assert str(sync.explain(calls[1]))
    report = sync.run(calls)
    assert sum(report.outcomes.values()) == 2
    assert report.outcomes["sent"] == 2


def test_an_older_call_of_a_later_run_renames_nothing(fake: FakeBraze) -> None:
    sync = _sync(fake)
    sync.run([call("u1", 9, key="vip_new")])
    sync.run([call("u2", 1, key="vip_old")])
    assert fake.cohorts[AUDIENCE].names == ["vip_new"]


def test_settle_holds_between_runs(fake: FakeBraze) -> None:
    fake.add_users(["u1"])
    sync = _sync(fake, settle=0.3)
    sync.run([call("u1", 1)])
    began = time.monotonic()
    sync.run([call("u1", 2, member=False)])
    assert time.monotonic() - began > 0.2
    assert fake.cohorts[AUDIENCE].members == set()


def test_only_what_is_sent_claims_a_key_for_its_space(fake: FakeBraze) -> None:
    ignored = EngageRules(overrides={"vip": Delivery.NONE})
    spaces = [call("u1", space="spa_1"), call("u2", space="spa_2")]
    assert _sync(fake, rules=ignored).run(spaces).reasons == {Reason.IGNORED: 2}
    bad = call("u1", space="spa_1", member="maybe")
    report = _sync(fake).run([bad, call("u2", space="spa_2")])
    assert report.reasons == {Reason.BAD_MEMBERSHIP: 1, Reason.ACCEPTED: 1}


def test_warnings_of_reading_are_counted(fake: FakeBraze) -> None:
    ahead = {**call("u1", 3_600), "receivedAt": "2026-11-02T00:00:00.000Z"}
    report = _sync(fake).run([ahead])
    assert [count for text, count in report.warnings.items() if "five minutes" in text] == [1]


def test_a_redirect_is_no_word_about_a_person(fake: FakeBraze) -> None:
    fake.fail("/partners/segment/cohorts/users", status=302, times=1)
    sync = _sync(fake)
    calls = [call(f"u{number}", message_id=f"m{number}") for number in range(20)]
    with pytest.raises(RunStopped, match="302"):
        sync.run(calls)
    assert sync.run(calls).outcomes["sent"] == 20


def test_a_run_within_a_run_is_refused_and_does_not_hang(fake: FakeBraze) -> None:
    sync = _sync(fake)

    def source() -> Iterator[object]:
        sync.run([call("u1")])
        yield call("u2")

    with pytest.raises(RunStopped, match="second EngageSync"):
        sync.run(source())
    assert sync.run([call("u3")]).outcomes["sent"] == 1


def test_thousands_of_cohorts_cost_no_more_each_than_a_few(fake: FakeBraze) -> None:
    calls = [call("u1", cohort=f"aud_{n}", key=f"key_{n}") for n in range(1_000)]
    plan = _sync(fake).plan(calls)
    assert plan.report.requests == 2_000
    report = _sync(fake, concurrency=4).run(calls)
    assert report.outcomes["sent"] == 1_000
