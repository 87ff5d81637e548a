"""Rate limits in fixed windows, told in both dialects."""

from __future__ import annotations

import pytest

from braze_engage.testing import FakeBraze, ManualClock
from tests.support.fake_calls import Answered, Caller

START = 1_795_000_000.0
HOUR_LEFT = 3600 - START % 3600


def limited(quotas: dict[str, tuple[int, float]], **options: object) -> tuple[Caller, ManualClock]:
    clock = ManualClock(START)
    return Caller(FakeBraze(clock=clock, quotas=quotas, **options)), clock  # type: ignore[arg-type]  # options of FakeBraze


def shown(answer: Answered) -> tuple[str | None, ...]:
    names = ("limit", "remaining", "reset", "retry-after")
    return tuple(answer.headers.get(f"x-ratelimit-{name}") for name in names)


def test_a_used_up_window_opens_again_on_the_clock() -> None:
    braze, clock = limited({"users_track": (2, 3)})
    window_end = str(int(START // 3 * 3 + 3))
    assert shown(braze.attributes()) == ("2", "1", window_end, None)
    assert shown(braze.attributes()) == ("2", "0", window_end, None)
    refused = braze.attributes()
    assert (refused.status, refused.body) == (429, {"message": "Rate Limited"})
    assert shown(refused) == ("2", "0", window_end, None)
    clock.sleep(float(window_end) - clock.now())
    assert shown(braze.attributes()) == ("2", "1", str(int(window_end) + 3), None)
    assert braze.fake.requests[2].status == 429


def test_mau_contracts_count_seconds_of_the_hour() -> None:
    quotas = {"users_track": (3, 3.0), "users_track_hour": (4, 3600.0)}
    braze, clock = limited(quotas, dialect="mau")
    assert shown(braze.attributes()) == ("4", "3", str(int(HOUR_LEFT)), None)
    braze.attributes()
    braze.attributes()
    burst = braze.attributes()  # the burst window is in no header
    assert (burst.status, shown(burst)) == (429, (None, None, None, str(3 - int(START % 3))))
    clock.sleep(3)
    assert shown(braze.attributes()) == ("4", "0", str(int(HOUR_LEFT - 3)), None)
    steady = braze.attributes()
    assert (steady.status, shown(steady)) == (429, (None, None, None, str(int(HOUR_LEFT - 3))))


def test_the_mau_dialect_is_of_track_alone() -> None:
    braze, clock = limited({}, dialect="mau")
    reset = shown(braze.change())[2]
    assert reset is not None
    assert float(reset) > clock.now()


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/users/track", "3000"),
        ("/users/track/bulk", "50"),
        ("/users/track/sync", "500"),
        ("/users/alias/new", "20000"),
        ("/users/delete", "20000"),
        ("/users/external_ids/rename", "1000"),
        ("/users/external_ids/remove", "1000"),
        ("/users/export/ids", "250"),
    ],
)
def test_the_limits_braze_states(path: str, limit: str) -> None:
    braze = Caller(FakeBraze())
    assert braze.post(path, {}).headers["x-ratelimit-limit"] == limit


def test_identity_endpoints_share_a_bucket_and_others_do_not() -> None:
    braze, _ = limited({"user_identity": (2, 60)})
    assert [braze.post(path, {}).status for path in ("/users/alias/new", "/users/merge")] == [
        400
    ] * 2
    for path in ("/users/alias/update", "/users/delete", "/users/identify"):
        assert braze.post(path, {}).status == 429
    assert braze.attributes().status == 201


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        (["email"], "40"),
        (["email", "campaigns_received"], "250"),
        (["canvases_received"], "250"),
        ([], "250"),
        (None, "250"),
    ],
)
def test_exports_that_name_quick_fields_have_a_limit_of_their_own(
    fields: list[str] | None, limit: str
) -> None:
    body = {"external_ids": ["u1"]} | ({} if fields is None else {"fields_to_export": fields})
    answer = Caller(FakeBraze()).post("/users/export/ids", body)
    assert answer.headers["x-ratelimit-limit"] == limit


def test_cohorts_have_their_own_bucket() -> None:
    braze, clock = limited({"partner_cohorts": (1, 3600.0)})
    first = braze.change()
    assert shown(first) == ("1", "0", str(int(START + HOUR_LEFT)), None)
    assert braze.name().status == 429
    clock.sleep(HOUR_LEFT)
    assert braze.name().status == 201


def test_limits_may_be_off() -> None:
    braze = Caller(FakeBraze(quotas=False))
    answer = braze.attributes()
    assert (answer.status, shown(answer)) == (201, (None,) * 4)
