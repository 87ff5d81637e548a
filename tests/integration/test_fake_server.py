"""The fake over a real socket."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from braze_engage.testing import FakeBraze
from tests.support.fake_calls import MEMBERS, Answered, Caller

if TYPE_CHECKING:
    from collections.abc import Iterator

TRACK = "/users/track"
CONNECTIONS = 128


@pytest.fixture
def braze() -> Iterator[Caller]:
    with FakeBraze() as fake, requests.Session() as session:
        session.trust_env = False
        yield Caller(fake, session=session, host=fake.url, timeout=10)


def test_both_skins_show_one_state(braze: Caller) -> None:
    inside = Caller(braze.fake)
    over_socket, in_process = braze.attributes(a=1), inside.attributes(b=2)
    assert over_socket.status == in_process.status == 201
    assert over_socket.body == in_process.body
    assert braze.fake.users["u1"].custom_attributes == {"a": 1, "b": 2}
    hosts = [record.host for record in braze.fake.requests]
    assert hosts == [braze.fake.url.removeprefix("http://"), "rest.iad-06.braze.com"]


def test_a_connection_may_be_reset(braze: Caller) -> None:
    braze.fake.drop(TRACK, when="after", reset=True)
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        braze.attributes(a=1)
    assert braze.fake.users["u1"].custom_attributes == {"a": 1}
    assert braze.attributes().status == 201
    braze.fake.check()


def test_a_server_that_is_down_comes_back_with_all_it_held(braze: Caller) -> None:
    url = braze.fake.url
    assert braze.attributes(a=1).status == 201
    with braze.fake.down(), pytest.raises(requests.ConnectionError, match="refused"):
        braze.attributes(a=2)
    assert braze.fake.url == url
    assert braze.attributes(b=3).status == 201
    assert braze.fake.users["u1"].custom_attributes == {"a": 1, "b": 3}


def test_it_listens_on_the_loopback_interface_only(braze: Caller) -> None:
    assert braze.fake.url.startswith("http://127.0.0.1:")


def test_connections_are_kept_alive(braze: Caller) -> None:
    port = int(braze.fake.url.rpartition(":")[2])
    body = b'{"attributes": []}'
    request = (
        b"POST /users/track?x=1 HTTP/1.1\r\nHost: fake\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer fake-rest-api-key\r\nContent-Length: %d\r\n\r\n%s"
    ) % (len(body), body)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        stream = connection.makefile("rb")
        for _ in range(3):
            connection.sendall(request)
            head = b"".join(iter(stream.readline, b"\r\n"))
            assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
            length = int(re.findall(rb"content-length: (\d+)", head)[0])
            assert b"No data parsed" in stream.read(length)
        stream.close()
    assert [record.query for record in braze.fake.requests] == ["x=1"] * 3


def test_128_connections_at_once(braze: Caller) -> None:
    everyone = threading.Barrier(CONNECTIONS)
    adapter = HTTPAdapter(pool_maxsize=CONNECTIONS)
    braze.session.mount("http://", adapter)
    braze.fake.latency = 1.0

    def post(number: int) -> int:
        everyone.wait(30)
        return braze.track(attributes=[{"external_id": f"u{number}"}]).status

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        statuses = Counter(pool.map(post, range(CONNECTIONS)))
    assert statuses == {201: CONNECTIONS}
    assert len(braze.fake.users) == CONNECTIONS
    starts = [record.time for record in braze.fake.requests]
    ends = [record.finished or 0.0 for record in braze.fake.requests]
    assert max(starts) < max(ends)
    together = max(sum(start <= moment < end for start, end in zip(starts, ends, strict=True))
                   for moment in starts)  # fmt: skip
    assert together > CONNECTIONS // 2


def test_two_requests_for_one_cohort(braze: Caller) -> None:
    braze.fake.latency = 0.5
    both = threading.Barrier(2)

    def change(user: str) -> int:
        both.wait(10)
        return braze.change({"user_ids": [user]}).status

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(change, ["u1", "u2"])) == [201, 423]


@pytest.mark.parametrize(("when", "applied"), [("before", False), ("after", True)])
def test_dropped_connections(braze: Caller, when: Any, *, applied: bool) -> None:
    braze.fake.drop(TRACK, when=when)
    with pytest.raises(requests.ConnectionError, match="Remote end closed connection"):
        braze.attributes()
    assert ("u1" in braze.fake.users) is applied
    assert braze.attributes().status == 201
    braze.fake.check()


def test_truncated_answers(braze: Caller) -> None:
    braze.fake.truncate(MEMBERS)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        braze.change({"user_ids": ["u1"]})
    assert "aud_1" in braze.fake.cohorts


def test_answers_after_the_client_gave_up(braze: Caller) -> None:
    braze.fake.delay(TRACK, 0.4)
    braze.timeout = 0.1
    with pytest.raises(requests.ReadTimeout):
        braze.attributes()
    (record,) = braze.fake.requests
    for _ in range(500):
        if record.finished is not None:
            break
        time.sleep(0.01)
    assert "u1" in braze.fake.users
    braze.fake.check()


def test_statuses_without_a_phrase(braze: Caller) -> None:
    braze.fake.fail(TRACK, status=520, body="<html>")
    got = braze.session.post(braze.host + TRACK, timeout=10)
    assert (got.status_code, got.reason, got.text) == (520, "Unknown", "<html>")


def test_a_refused_connection_cannot_be_acted_out(braze: Caller) -> None:
    braze.fake.refuse_connection(TRACK)
    with pytest.raises(requests.ConnectionError):
        braze.attributes()
    with pytest.raises(AssertionError, match="refuse_connection works in process only"):
        braze.fake.check()


def test_it_stops_with_connections_open() -> None:
    with FakeBraze() as fake:
        session = requests.Session()
        address = fake.url
        assert Caller(fake, session=session, host=address).attributes().status == 201
    with pytest.raises(requests.ConnectionError):
        session.post(address + TRACK, timeout=10)
    session.close()
    with fake, requests.Session() as again:
        assert Caller(fake, session=again, host=fake.url).attributes().status == 201


def test_the_command_serves_a_seeded_fake(tmp_path: Any) -> None:
    file = tmp_path / "demo.json"
    file.write_text('{"users": [{"external_id": "u1"}]}')
    command = [sys.executable, "-m", "braze_engage.testing", "--seed", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        said = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
        got = requests.post(
            said["BRAZE_DATA_CENTER"] + "/users/export/ids",
            json={"external_ids": ["u1"], "fields_to_export": ["external_id"]},
            headers={"Authorization": f"Bearer {said['BRAZE_REST_API_KEY']}"},
            timeout=10,
        )
        process.terminate()
    answer = Answered(got.status_code, got.json(), got.headers)
    assert (answer.status, answer.body["users"]) == (201, [{"external_id": "u1"}])
