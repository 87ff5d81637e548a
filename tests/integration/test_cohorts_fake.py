"""The cohort client over a real socket."""

from __future__ import annotations

import threading
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage._http.retry import RetryPolicy
from braze_engage.cohorts.changes import CohortChange, CohortReply, CohortWrite
from braze_engage.cohorts.client import CohortClient
from braze_engage.errors import AnswerLost, BadRequest, RateLimited, ResourceLocked, Unauthorized
from braze_engage.objects import Verdict
from braze_engage.testing import FakeBraze

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = "/partners/{partner}/cohorts"
USERS = "/partners/{partner}/cohorts/users"
AT_ONCE = RetryPolicy(base=0.001, cap=0.001)


@pytest.fixture
def fake() -> Iterator[FakeBraze]:
    with FakeBraze() as server:
        yield server
        server.check()


def connect(fake: FakeBraze, **options: Any) -> CohortClient:
    settings: dict[str, Any] = {
        "data_center": fake.url,
        "partner": fake.partner,
        "partner_key": fake.partner_key,
        "retry": AT_ONCE,
        **options,
    }
    return CohortClient(fake.data_import_key, **settings)


def test_a_cohort_is_named_filled_and_emptied(fake: FakeBraze) -> None:
    fake.add_users(["u1", "u2", "u3"])
    fake.add_user("u4", aliases=[("ana@example.org", "email")])
    fake.add_user(devices=["d1"])
    with connect(fake) as cohorts:
        cohorts.name("aud_1", "Dormant shoppers")
        cohorts.add(
            "aud_1",
            user_ids=["u1", "u2", "nobody"],
            device_ids=["d1"],
            aliases=[("ana@example.org", "email")],
        )
        cohorts.change(
            "aud_1",
            [CohortChange(user_ids=["u3"]), CohortChange(user_ids=["u1"], should_remove=True)],
        )
        cohorts.remove("aud_1", device_ids=["d1"])
        cohorts.name("aud_1", "Sleepers")
    cohort = fake.cohorts["aud_1"]
    assert cohort.names == ["Dormant shoppers", "Sleepers"]
    assert cohort.members == {"u2", "u3", "u4"}
    assert cohort.ignored == 1


def test_a_long_list_arrives_whole(fake: FakeBraze) -> None:
    fake.known = "any"
    ids = [f"u{number}" for number in range(10_001)]
    with connect(fake) as cohorts:
        assert cohorts.add("aud_1", user_ids=iter(ids)) == CohortWrite(ids=10_001, requests=11)
    assert fake.cohorts["aud_1"].members == set(ids)


def test_threads_fill_many_cohorts_through_one_client(fake: FakeBraze) -> None:
    fake.known = "any"
    # Two threads share a cohort, so each may meet the other's lock again and again.
    with connect(fake, retry=RetryPolicy(attempts=50, base=0.01, cap=0.05)) as cohorts:

        def fill(cohort_id: str) -> None:
            cohorts.ensure_named(cohort_id, cohort_id.upper())
            cohorts.add(cohort_id, user_ids=[f"{cohort_id}-{number}" for number in range(2_000)])

        names = [f"aud_{number}" for number in range(8)]
        threads = [threading.Thread(target=fill, args=(name,)) for name in names * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {name: cohort.names for name, cohort in fake.cohorts.items()} == {
        name: [name.upper()] for name in names
    }
    assert all(len(cohort.members) == 2_000 for cohort in fake.cohorts.values())


def test_a_locked_cohort_and_a_lost_answer_are_repeated(fake: FakeBraze) -> None:
    fake.add_users(["u1"])
    fake.fail(USERS, status=423, json={"message": "Resource locked"}, times=2)
    fake.drop(USERS, when="after")
    fake.truncate(USERS)
    with connect(fake) as cohorts:
        reply = cohorts.change("aud_1", [CohortChange(user_ids=["u1"])])
        assert reply == CohortReply("success", 201)
    assert fake.cohorts["aud_1"].members == {"u1"}
    assert fake.requests_total == 5


def test_what_lasts_is_raised(fake: FakeBraze) -> None:
    with connect(fake, retry=RetryPolicy(attempts=2, base=0.0, cap=0.0)) as cohorts:
        fake.fail(NAMES, status=423, json={"message": "Resource locked"}, times=2)
        with pytest.raises(ResourceLocked, match="Resource locked"):
            cohorts.name("aud_1", "Dormant")
        fake.drop(NAMES, times=2)
        with pytest.raises(AnswerLost):
            cohorts.name("aud_1", "Dormant")
        fake.fail(NAMES, status=429, headers={"X-Ratelimit-Retry-After": "3600"})
        with pytest.raises(RateLimited) as caught:
            cohorts.name("aud_1", "Dormant")
    assert caught.value.bucket == "partner_cohorts"
    assert caught.value.reset_at is not None


def test_a_refused_item_leaves_the_account_of_what_was_done(fake: FakeBraze) -> None:
    fake.known = "any"
    fake.poison("u1500", text="only strings are allowed")
    with connect(fake) as cohorts, pytest.raises(BadRequest) as caught:
        cohorts.add("aud_1", user_ids=[f"u{number}" for number in range(3_000)])
    assert vars(caught.value)["done"] == CohortWrite(ids=1_000, requests=1)
    assert len(fake.cohorts["aud_1"].members) == 1_000


def test_an_echoed_secret_shows_nowhere(fake: FakeBraze) -> None:
    fake.cohorts_enabled = False
    with connect(fake) as cohorts:
        found = cohorts.verify()
        with pytest.raises(Unauthorized, match="boolean custom attribute") as caught:
            cohorts.name("aud_1", "Dormant")
    summary = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    own = [frame for frame in summary.stack if "/braze_engage/" in frame.filename]
    shown = repr([(frame.name, frame.locals) for frame in own]) + repr(vars(caught.value))
    for text in (shown, str(caught.value), repr(found)):
        assert "[redacted]" in text
        assert fake.data_import_key not in text
        assert fake.partner_key not in text


def test_probes_tell_which_key_is_refused(fake: FakeBraze) -> None:
    with connect(fake) as cohorts, connect(fake, partner_key="another") as other:
        assert cohorts.verify().verdict is Verdict.OK
        assert (other.verify().verdict, other.verify().key) == (Verdict.REFUSED, "partner key")
        fake.data_import_key = "replaced"
        assert (cohorts.verify().verdict, cohorts.verify().key) == (
            Verdict.REFUSED,
            "data import key",
        )
        fake.host = "rest.iad-01.braze.com"
        assert "a wrong data center looks the same" in cohorts.verify().remedy
    assert dict(fake.cohorts) == {}
    with connect(fake, data_center="http://127.0.0.1:9", connect_timeout=1) as nowhere:
        assert nowhere.verify().verdict is Verdict.UNCLEAR
