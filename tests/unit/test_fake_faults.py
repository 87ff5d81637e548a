"""What a test can script to go wrong, as the in-process session shows it."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from urllib3.exceptions import (
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from braze_engage.testing import FakeBraze, ManualClock
from tests.support.fake_calls import MEMBERS, Caller, caller

TRACK = "/users/track"


def applied(fake: FakeBraze) -> bool:
    return "u1" in fake.users


def test_faults_are_met_in_order_and_then_it_works() -> None:
    braze = caller()
    braze.fake.fail(TRACK, status=503, times=2)
    braze.fake.fail(TRACK, status=429, headers={"X-RateLimit-Reset": "1"})
    braze.fake.fail(TRACK, status=500, json={"message": "sorry"})
    got = [braze.attributes() for _ in range(5)]
    assert [answer.status for answer in got] == [503, 503, 429, 500, 201]
    assert [answer.body["message"] for answer in got[:2]] == ["Service Unavailable"] * 2
    assert got[2].headers["X-RateLimit-Reset"] == "1"
    assert got[3].body == {"message": "sorry"}
    braze.fake.check()


def test_an_edge_answers_html() -> None:
    fake = FakeBraze()
    fake.fail(TRACK, status=520, body="<html>")
    got = fake.session().post(f"https://rest.iad-01.braze.com{TRACK}")
    assert (got.status_code, got.text, got.headers["content-type"]) == (520, "<html>", "text/html")


def test_an_answer_may_claim_to_be_something_else() -> None:
    braze = caller()
    braze.fake.disguise(TRACK, "text/html")
    got = [braze.attributes() for _ in range(2)]
    assert [answer.headers["content-type"].partition(";")[0] for answer in got] == [
        "text/html",
        "application/json",
    ]
    assert got[0].body == got[1].body


@pytest.mark.parametrize("applied_all_the_same", [True, False])
def test_a_gateway_that_gave_up(*, applied_all_the_same: bool) -> None:
    braze = caller()
    braze.fake.fail(TRACK, status=504, applied=applied_all_the_same)
    assert braze.attributes(vip=True).status == 504
    assert applied(braze.fake) is applied_all_the_same


def test_a_scripted_success_hides_no_refusal() -> None:
    braze = caller()
    braze.fake.poison("u7")
    braze.fake.fail(TRACK, status=201, body="", applied=True, times=2)
    assert braze.track(attributes=[{"external_id": "u7"}]).status == 400
    assert braze.attributes().status == 201
    assert list(braze.fake.users) == ["u1"]
    braze.fake.fail(TRACK, status=201, json={"message": "success"})
    assert braze.attributes(vip=True).status == 201


def test_routes_have_queues_of_their_own() -> None:
    braze = caller()
    braze.fake.fail("/partners/{partner}/cohorts/users", status=500)
    braze.fake.fail(MEMBERS, status=502)
    assert braze.attributes().status == 201
    assert [braze.change().status for _ in range(3)] == [500, 502, 201]


@pytest.mark.parametrize("when", ["before", "after"])
def test_dropped_connections(when: Any) -> None:
    braze = caller()
    braze.fake.drop(TRACK, when=when)
    with pytest.raises(requests.ConnectionError) as caught:
        braze.attributes()
    assert isinstance(caught.value.args[0], ProtocolError)
    assert applied(braze.fake) is (when == "after")
    assert [record.status for record in braze.fake.requests] == [None]
    braze.fake.check()


@pytest.mark.parametrize("when", ["before", "after"])
def test_reset_connections(when: Any) -> None:
    braze = caller()
    braze.fake.drop(TRACK, when=when, reset=True)
    with pytest.raises(requests.ConnectionError) as caught:
        braze.attributes()
    assert isinstance(caught.value.args[0].args[1], ConnectionResetError)
    assert applied(braze.fake) is (when == "after")
    assert [record.status for record in braze.fake.requests] == [None]


def test_refused_connections() -> None:
    braze = caller()
    braze.fake.refuse_connection(TRACK)
    with pytest.raises(requests.ConnectionError) as caught:
        braze.attributes()
    assert isinstance(caught.value.args[0], MaxRetryError)
    assert isinstance(caught.value.args[0].reason, NewConnectionError)
    assert not applied(braze.fake)


def test_truncated_answers() -> None:
    braze = caller()
    braze.fake.truncate(TRACK)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        braze.attributes()
    assert applied(braze.fake)


@pytest.mark.parametrize("timeout", [2.0, (9.0, 2.0)])
def test_a_client_that_stops_waiting_is_served_nevertheless(timeout: Any) -> None:
    clock = ManualClock()
    fake = FakeBraze(clock=clock)
    braze = Caller(fake, timeout=timeout)
    start = clock.now()
    fake.delay(TRACK, 5.0, times=2)
    with pytest.raises(requests.ReadTimeout) as caught:
        braze.attributes()
    assert isinstance(caught.value.args[0], ReadTimeoutError)
    assert (clock.now() - start, applied(fake)) == (2.0, True)
    braze.timeout = None
    assert braze.attributes().status == 201
    assert clock.now() - start == 7.0


def test_an_answer_may_come_late_to_what_took_effect_at_once() -> None:
    clock = ManualClock()
    fake = FakeBraze(clock=clock)
    braze = Caller(fake, timeout=2.0)
    start = clock.now()
    fake.delay(TRACK, 1.5, when="after")
    fake.delay(TRACK, 5.0, when="after")
    assert (braze.attributes().status, clock.now() - start) == (201, 1.5)
    with pytest.raises(requests.ReadTimeout):
        braze.attributes(vip=True)
    assert (clock.now() - start, applied(fake)) == (3.5, True)


def test_bodies_may_be_limited() -> None:
    braze = caller(largest_body=200)
    assert braze.attributes().status == 201
    assert braze.attributes(text="x" * 150).status == 413
    braze.fake.largest_body = 1_000
    assert braze.attributes(text="x" * 150).status == 201


def test_every_answer_may_take_its_time() -> None:
    clock = ManualClock()
    braze = caller(clock=clock, latency=0.5)
    start = clock.now()
    braze.attributes()
    braze.fake.fail(TRACK, status=500)
    braze.attributes()
    assert clock.now() - start == 1.0
    braze.timeout = 0.1
    braze.fake.fail(TRACK, status=500)
    with pytest.raises(requests.ReadTimeout):
        braze.attributes()


@pytest.mark.parametrize("identifier", ["u7", "a7", "a7@b.co"])
def test_poison_refuses_whatever_names_an_identifier(identifier: str) -> None:
    braze = caller(known="any")
    braze.fake.poison(identifier, text="Invalid id")
    item = {"external_id": "u7", "x": ["a7", {"y": "a7@b.co"}]}
    for _ in range(2):
        answer = braze.track(attributes=[{"external_id": "u1"}, item])
        assert (answer.status, answer.body) == (400, {"message": "Invalid id"})
    assert braze.attributes().status == 201
    if identifier == "u7":
        assert braze.change({"user_ids": ["u1", "u7"]}).status == 400
        assert braze.change({"user_ids": ["u1"]}).status == 201
    braze.fake.reset()
    assert braze.track(attributes=[item]).status == 201


def test_poisoned_items_are_listed() -> None:
    braze = caller()
    braze.fake.poison("u7", item=True)
    answer = braze.track(attributes=[{"external_id": "u1"}, {"external_id": "u7"}])
    text = "provided external_id is blacklisted and disallowed"
    assert answer.body["errors"] == [{"type": text, "input_array": "attributes", "index": 1}]
    braze.fake.documented_codes = True
    answer = braze.track(attributes=[{"external_id": "u7"}])
    assert answer.status == 400
    assert answer.body["errors"][0]["type"] == "BLACKLISTED_EXTERNAL_USER_ID"


def test_refused_items_may_come_without_their_place() -> None:
    braze = caller()
    braze.fake.refuse_items(lambda item: "bad" in item, text="is bad", located=False)
    answer = braze.track(attributes=[{"external_id": "u1"}, {"external_id": "u7", "bad": 1}])
    assert answer.body["errors"] == [{"type": "is bad"}]
    assert list(braze.fake.users) == ["u1"]


def test_check_names_what_was_not_met() -> None:
    braze = caller()
    braze.fake.fail(TRACK, status=503, times=2)
    braze.fake.drop(MEMBERS, when="after")
    with pytest.raises(AssertionError) as caught:
        braze.fake.check()
    assert f"2 unused fault(s) for {TRACK}, next: status 503" in str(caught.value)
    assert "next: drop after" in str(caught.value)


def test_faults_may_be_forgotten() -> None:
    braze = caller()
    braze.fake.fail(TRACK, status=503, times=9)
    braze.attributes()
    braze.fake.forget_faults()
    assert braze.attributes().status == 201
    braze.fake.check()


def test_check_raises_what_failed_inside() -> None:
    def fails(item: object) -> bool:
        raise KeyError(item)

    braze = caller()
    braze.fake.refuse_items(fails)
    answer = braze.attributes()
    assert (answer.status, answer.body) == (500, {"message": "Internal Server Error"})
    with pytest.raises(AssertionError, match="the fake failed: KeyError") as caught:
        braze.fake.check()
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize("path", ["/users/trac", "users/track", "/users/track/"])
def test_only_routes_can_be_scripted(path: str) -> None:
    with pytest.raises(ValueError, match=r"no route answers .* one of: /users/track,"):
        FakeBraze().fail(path, status=500)


def test_bodies_of_a_session_are_bytes_or_text() -> None:
    fake = FakeBraze()
    session = fake.session()
    headers = {
        "Authorization": f"Bearer {fake.rest_api_key}",
        "Content-Type": "application/json",
    }
    url = f"http://anywhere.example{TRACK}"
    assert session.post(url, data='{"attributes": []}', headers=headers).status_code == 400
    assert session.post(url, headers=headers).status_code == 400
    with pytest.raises(TypeError, match="bytes or text"):
        session.post(url, data=iter([b"{}"]), headers=headers)
