"""The client: keys, options, what is sent, and what becomes of answers."""

from __future__ import annotations

import copy
import io
import json
import pickle
import threading
import traceback
from typing import TYPE_CHECKING, Any

import attrs
import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from braze_engage._http.retry import RetryPolicy
from braze_engage._http.urllib3_transport import Urllib3Transport
from braze_engage.cohorts.changes import PartnerCohorts
from braze_engage.credentials import RestApiKey, ScimToken
from braze_engage.data_centers import DataCenter
from braze_engage.errors import (
    AnswerLost,
    BadRequest,
    BrazeError,
    ConfigurationError,
    Forbidden,
    NotSent,
    PayloadTooLarge,
    RateLimited,
    ServerError,
    Unauthorized,
    UnreadableResponse,
)
from braze_engage.objects import Event, UserAttributes, Verdict
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.client import BrazeClient
from braze_engage.rest.groups import GROUPS
from braze_engage.rest.users import Users
from braze_engage.rest.users_track import TrackResult, TrackUsers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEY = "rest-key-mark-0001"
NEW_KEY = "rest-key-mark-0002"
ANA = UserAttributes(external_id="ana-mark", custom={"vip": True})
COUNTED = UserAttributes(external_id="ana-mark", custom={"visits": {"inc": 1}})


class ManualClock:
    def __init__(self) -> None:
        self.elapsed = 0.0

    def now(self) -> float:
        return 1_800_000_000.0 + self.elapsed

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds


@attrs.frozen
class Step:
    """One scripted answer; a status of 0 is a connection refused, of -1 a reset."""

    status: int = 201
    body: object = attrs.field(factory=lambda: {"message": "success"})
    headers: Mapping[str, str] = attrs.field(factory=dict)
    takes: float = 0.0


class Script(HTTPAdapter):
    """Plays steps and keeps what was asked."""

    def __init__(self, clock: ManualClock, *steps: Step) -> None:
        super().__init__()
        self.clock = clock
        self.steps = list(steps)
        self.asked: list[requests.PreparedRequest] = []
        self.closed = 0

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.asked.append(request)
        step = self.steps.pop(0)
        self.clock.elapsed += step.takes
        if step.status == 0:
            refused = NewConnectionError(HTTPConnection("localhost"), "refused")
            raise requests.ConnectionError(refused, request=request)
        if step.status < 0:
            raise requests.ConnectionError(ConnectionResetError(), request=request)
        body = step.body if isinstance(step.body, bytes) else json.dumps(step.body).encode()
        raw = HTTPResponse(io.BytesIO(body), step.headers, step.status, preload_content=False)
        return self.build_response(request, raw)

    def close(self) -> None:
        self.closed += 1


class Setup:
    """A client, its clock, and the script behind its session."""

    def __init__(self, *steps: Step, key: Any = KEY, **options: Any) -> None:
        self.clock = ManualClock()
        self.script = Script(self.clock, *steps)
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", self.script)
        self.client = BrazeClient(
            key,
            **{
                "data_center": "US-06",
                "session": session,
                "clock": self.clock,
                "retry": RetryPolicy(random=lambda: 0.5),
                **options,
            },
        )

    @property
    def authorizations(self) -> list[str]:
        return [str(request.headers["Authorization"]) for request in self.script.asked]


class Keys:
    """A store that counts its readers."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.reads = 0

    def __call__(self) -> str:
        self.reads += 1
        return self.keys[0]


# ---- what is sent ----


def test_a_call_sends_one_request_and_returns_its_typed_answer() -> None:
    setup = Setup(Step(body={"message": "success", "attributes_processed": 1}))
    done = setup.client.users.track(attributes=[ANA])
    assert done == TrackResult(message="success", attributes_processed=1)
    (asked,) = setup.script.asked
    assert (asked.method, asked.url) == ("POST", "https://rest.iad-06.braze.com/users/track")
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.headers["Content-Type"] == "application/json"
    assert str(asked.headers["User-Agent"]).startswith("braze_engage/")
    assert asked.body == b'{"attributes":[{"external_id":"ana-mark","vip":true}]}'


def test_a_reply_carries_status_headers_and_attempts() -> None:
    setup = Setup(Step(503), Step(202, headers={"X-RateLimit-Remaining": "7"}))
    reply = setup.client.users.track.reply(attributes=[ANA])
    assert reply.value == TrackResult(message="success")
    assert (reply.status, reply.attempts) == (202, 2)
    assert reply.headers["x-ratelimit-remaining"] == "7"


def test_a_request_may_be_performed_by_its_row() -> None:
    setup = Setup(Step())
    reply = setup.client.perform(Users.track, TrackUsers(attributes=[ANA]))
    assert reply.value.message == "success"


@attrs.frozen(kw_only=True)
class FindThings:
    name: str
    tags: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Things:
    things: tuple[str, ...]


class ThingsFamily(Family):
    group = "things"
    find = Operation(
        "GET",
        "/things/{name}",
        FindThings,
        Things,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="things.find",
        docs="",
    )


def test_a_get_has_its_fields_in_the_address_and_no_body() -> None:
    setup = Setup(Step(200, {"things": ["x"]}))
    found = ThingsFamily(setup.client).find(name="a b", tags=("c&d", "e"))
    assert found == Things(things=("x",))
    (asked,) = setup.script.asked
    assert asked.url == ("https://rest.iad-06.braze.com/things/a%20b?tags%5B%5D=c%26d&tags%5B%5D=e")
    assert asked.body is None


def test_partners_introduce_themselves() -> None:
    setup = Setup(Step(), user_agent="partner-Acme")
    setup.client.users.track(attributes=[ANA])
    assert setup.script.asked[0].headers["User-Agent"] == "partner-Acme"


def test_hooks_are_told() -> None:
    told: list[tuple[str, int]] = []

    class Hook:
        def on_request(self, call: Any, attempt: int) -> None:
            told.append((call.path, attempt))

        def on_retry(self, *_: Any) -> None:
            told.append(("again", 0))

        def on_wait(self, *_: Any) -> None:
            told.append(("wait", 0))

    setup = Setup(Step(500), Step(), hooks=[Hook()])
    setup.client.users.track(attributes=[ANA])
    assert told == [("/users/track", 1), ("again", 0), ("wait", 0), ("/users/track", 2)]


# ---- what is repeated ----


def test_sets_are_repeated_after_a_lost_answer_and_increments_are_not() -> None:
    setup = Setup(Step(-1), Step(504), Step())
    assert setup.client.users.track.reply(attributes=[ANA]).attempts == 3
    setup = Setup(Step(-1))
    with pytest.raises(AnswerLost):
        setup.client.users.track(attributes=[COUNTED])


def test_anything_is_repeated_that_was_not_sent() -> None:
    setup = Setup(Step(0), Step(429, headers={"Retry-After": "2"}), Step())
    event = Event(external_id="u1", name="Bought", time="2026-01-01T00:00:00Z")
    assert setup.client.users.track.reply(events=[event]).attempts == 3


def test_a_wait_beyond_the_deadline_is_an_error_at_once() -> None:
    setup = Setup(Step(429, headers={"X-Ratelimit-Retry-After": "3000"}))
    with pytest.raises(RateLimited) as caught:
        setup.client.users.track(attributes=[ANA])
    assert caught.value.bucket == "users_track"
    assert caught.value.reset_at == setup.clock.now() + 3_000
    assert setup.clock.elapsed == 0


def test_pools_are_those_of_the_request() -> None:
    setup = Setup(Step(429, headers={"X-Ratelimit-Retry-After": "3000"}), Step(200), Step(200))
    users = setup.client.users
    with pytest.raises(RateLimited) as caught:
        users.export_by_ids(external_ids=["u1"], fields_to_export=["campaigns_received"])
    assert caught.value.bucket == "users_export_ids"
    users.export_by_ids(external_ids=["u1"], fields_to_export=["email"])
    with pytest.raises(RateLimited):
        users.export_by_ids(external_ids=["u1"])
    assert len(setup.script.asked) == 2


# ---- what an answer becomes ----


@pytest.mark.parametrize(
    ("step", "kind", "text"),
    [
        (Step(400, {"message": "Max Input Length Exceeded"}), BadRequest, "Max Input Length"),
        (Step(401, {"message": "Invalid API Key"}), Unauthorized, "key"),
        (Step(403, {"message": "Access Denied"}), Forbidden, "users.track"),
        (Step(413, {"message": "too large"}), PayloadTooLarge, "send less"),
        (Step(500, b"<html>"), ServerError, "500"),
    ],
)
def test_a_refusal_is_an_error_of_its_kind(step: Step, kind: type[BrazeError], text: str) -> None:
    setup = Setup(step, retry=RetryPolicy(attempts=1))
    with pytest.raises(kind, match=text):
        setup.client.users.track(attributes=[ANA])


def test_a_missing_permission_is_named() -> None:
    with pytest.raises(Forbidden) as caught:
        Setup(Step(403, {})).client.users.delete(external_ids=["u1"])
    assert caught.value.permission == "users.delete"


@pytest.mark.parametrize("message", ["success", "Success", "queued"])
def test_success_and_maintenance_are_successes(message: str) -> None:
    setup = Setup(Step(202, {"message": message}))
    assert setup.client.users.track(attributes=[ANA]).message == message


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (Step(201, {"attributes_processed": 1}), "required field missing @ $.message"),
        (Step(201, {"message": 5}), "invalid value for type, expected str @ $.message"),
        (Step(201, b""), "required field missing @ $.message"),
        (Step(201, []), "invalid value @ $"),
        (Step(201, {"message": f"ups\n {KEY}"}), "neither success nor queued @ $.message"),
        (Step(201, b"<html>"), "no JSON @ $"),
    ],
)
def test_a_success_that_is_none_is_unreadable_and_not_repeated(step: Step, problem: str) -> None:
    setup = Setup(step)
    with pytest.raises(UnreadableResponse) as caught:
        setup.client.users.track(attributes=[COUNTED])
    assert caught.value.problems == (problem,)
    assert (caught.value.status, caught.value.attempts) == (201, 1)
    assert caught.value.path == "/users/track"
    assert "mark" not in str(caught.value)
    assert len(setup.script.asked) == 1


def test_a_contradicting_message_is_told_scrubbed_and_short() -> None:
    setup = Setup(Step(201, {"message": f"ups\n {KEY}" + "x" * 1_000}))
    with pytest.raises(UnreadableResponse) as caught:
        setup.client.users.track(attributes=[ANA])
    assert caught.value.message.startswith("ups [redacted]xxx")
    assert len(caught.value.message) == 300


def test_per_object_errors_are_values() -> None:
    errors = [{"type": "bad", "input_array": "attributes", "index": 0}]
    setup = Setup(Step(201, {"message": "success", "errors": errors}))
    assert setup.client.users.track(attributes=[ANA]).errors[0].index == 0


def test_a_request_over_the_limit_is_refused_before_sending() -> None:
    setup = Setup()
    big = [
        UserAttributes(external_id=f"u{i}", custom={f"k{j}": ["é" * 100] * 300 for j in range(2)})
        for i in range(75)
    ]
    with pytest.raises(ConfigurationError, match="bytes and Braze 4,194,304: send it in parts"):
        setup.client.users.track(attributes=big)
    assert setup.script.asked == []


# ---- keys ----


def test_a_key_may_be_text_a_secret_a_callable_or_a_store() -> None:
    class Store:
        def read(self) -> RestApiKey:
            return RestApiKey(KEY)

    keys: list[Any] = [KEY, RestApiKey(KEY), lambda: KEY, lambda: RestApiKey(KEY), Store()]
    for key in keys:
        setup = Setup(Step(), key=key)
        setup.client.users.track(attributes=[ANA])
        assert setup.authorizations == [f"Bearer {KEY}"]


def test_an_echoed_key_is_in_no_value() -> None:
    errors = [{"type": f"wrote with {KEY}", "input_array": "attributes", "index": 0}]
    setup = Setup(Step(201, {"message": "success", "errors": errors}))
    result = setup.client.users.track(attributes=[ANA])
    assert [error.type for error in result.errors] == ["wrote with [redacted]"]


def test_a_new_key_is_seen_within_a_minute() -> None:
    keys = Keys(KEY)
    setup = Setup(Step(), Step(), Step(), key=keys)
    setup.client.users.track(attributes=[ANA])
    keys.keys = [NEW_KEY]
    setup.clock.elapsed += 59
    setup.client.users.track(attributes=[ANA])
    setup.clock.elapsed += 1
    setup.client.users.track(attributes=[ANA])
    assert setup.authorizations == [f"Bearer {KEY}"] * 2 + [f"Bearer {NEW_KEY}"]


def test_after_a_401_the_key_is_read_again_and_anything_sent_again() -> None:
    keys = Keys(KEY)
    setup = Setup(Step(401, {}), Step(), key=keys)
    keys.keys = [NEW_KEY]
    event = Event(external_id="u1", name="Bought", time="2026-01-01T00:00:00Z")
    assert setup.client.users.track.reply(events=[event]).attempts == 2
    assert setup.authorizations == [f"Bearer {KEY}", f"Bearer {NEW_KEY}"]


def test_a_new_key_that_is_refused_too_is_not_tried_again() -> None:
    keys = Keys(KEY)
    setup = Setup(Step(401, {}), Step(401, {}), key=keys)
    keys.keys = [NEW_KEY]
    with pytest.raises(Unauthorized):
        setup.client.users.track(attributes=[ANA])
    assert len(setup.script.asked) == 2


def test_the_same_key_is_not_tried_again() -> None:
    keys = Keys(KEY)
    setup = Setup(Step(401, {"message": "Invalid API Key"}), key=keys)
    with pytest.raises(Unauthorized, match="a key gets the same answer from another instance"):
        setup.client.users.track(attributes=[ANA])
    assert keys.reads == 2


def test_a_store_that_fails_after_a_401_does_not_hide_it() -> None:
    keys = Keys(KEY)
    setup = Setup(Step(401, {}), key=keys)
    keys.keys = []
    with pytest.raises(Unauthorized):
        setup.client.users.track(attributes=[ANA])


def test_both_keys_share_one_deadline() -> None:
    keys = Keys(KEY)
    setup = Setup(Step(401, {}, takes=61), key=keys)
    keys.keys = [NEW_KEY]
    with pytest.raises(Unauthorized):
        setup.client.users.track(attributes=[ANA])
    assert len(setup.script.asked) == 1
    keys.keys = [KEY]
    setup = Setup(Step(401, {}, takes=40), Step(503, takes=15), Step(503, takes=15), key=keys)
    keys.keys = [NEW_KEY]
    with pytest.raises(ServerError):
        setup.client.users.track(attributes=[ANA])
    assert len(setup.script.asked) == 3


# ---- construction ----


def test_bad_settings_fail_at_construction() -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({"data_center": "sdk.iad-06.braze.com"}, "rest.iad-06.braze.com"),
        ({"data_center": "US-66"}, "data_center"),
        ({"deadline": 0}, "deadline is a positive number of seconds, not 0"),
        ({"deadline": float("inf")}, "deadline"),
        ({"connect_timeout": -1}, "connect"),
        ({"connect_timeout": "5"}, "connect is a positive number"),
        ({"read_timeout": 0}, "read"),
        ({"retry": 5}, "retry is a RetryPolicy, not int"),
        ({"quota": 400}, r"quota is a Quota, such as Quota\(hourly=400\), not int"),
        ({"user_agent": "a\nb"}, "user agent"),
        ({"key": ""}, "RestApiKey: the key is blank"),
        ({"key": 5}, "RestApiKey"),
        ({"key": lambda: " "}, "the key is blank"),
        ({"key": Keys()}, "IndexError"),
    ]
    for options, text in bad:
        with pytest.raises(ConfigurationError, match=text):
            Setup(**options)


def test_a_session_without_verification_is_refused() -> None:
    session = requests.Session()
    session.verify = False
    with pytest.raises(ConfigurationError, match="verify"):
        BrazeClient(KEY, data_center="US-06", session=session)


def test_a_data_center_may_be_given_in_any_form() -> None:
    forms = ["us-06", "https://dashboard-06.braze.com/x?y", DataCenter.resolve("US-06")]
    for form in forms:
        assert Setup(data_center=form).client.data_center == DataCenter.resolve("US-06")


def test_the_environment_gives_key_and_data_center(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAZE_REST_API_KEY", KEY)
    monkeypatch.delenv("BRAZE_DATA_CENTER", raising=False)
    with pytest.raises(ConfigurationError, match="BRAZE_DATA_CENTER: not set; put the instance"):
        BrazeClient.from_env()
    monkeypatch.setenv("BRAZE_DATA_CENTER", "EU-01")
    clock = ManualClock()
    session = requests.Session()
    script = Script(clock, Step())
    session.mount("https://", script)
    with BrazeClient.from_env(session=session, user_agent="partner-Acme") as client:
        assert client.data_center.instance == "EU-01"
        client.users.track(attributes=[ANA])
    assert script.asked[0].headers["Authorization"] == f"Bearer {KEY}"
    assert BrazeClient.from_env(data_center="US-01").data_center.instance == "US-01"
    monkeypatch.delenv("BRAZE_REST_API_KEY")
    with pytest.raises(ConfigurationError, match="BRAZE_REST_API_KEY"):
        BrazeClient.from_env()


# ---- options, sharing, closing ----


def test_a_derived_client_shares_all_but_its_deadline() -> None:
    keys = Keys(KEY)
    setup = Setup(Step(503), Step(503), Step(), key=keys, deadline=1_000)
    assert setup.client.users.performer is setup.client
    hasty = setup.client.with_options(deadline=0.1)
    assert hasty.users.performer is hasty
    assert hasty.data_center is setup.client.data_center
    with pytest.raises(ServerError):
        hasty.users.track(attributes=[ANA])
    assert setup.client.users.track.reply(attributes=[ANA]).attempts == 2
    assert keys.reads == 1
    with pytest.raises(ConfigurationError, match="deadline"):
        setup.client.with_options(deadline=-1)


def test_quotas_are_shared_with_derived_clients() -> None:
    setup = Setup(Step(429, headers={"X-Ratelimit-Retry-After": "3000"}))
    with pytest.raises(RateLimited):
        setup.client.users.track(attributes=[ANA])
    with pytest.raises(RateLimited):
        setup.client.with_options(deadline=10).users.track(attributes=[ANA])
    assert len(setup.script.asked) == 1


def test_a_session_given_stays_open() -> None:
    setup = Setup()
    with setup.client as client:
        assert client is setup.client
    assert setup.script.closed == 0


def test_own_connections_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    monkeypatch.setattr(Urllib3Transport, "close", lambda _: closed.append("own"))
    with BrazeClient(KEY, data_center="US-06"):
        pass
    assert closed == ["own"]


def test_one_client_serves_many_threads() -> None:
    setup = Setup(*[Step() for _ in range(64)])
    results: list[TrackResult] = []

    def work() -> None:
        results.extend(setup.client.users.track(attributes=[ANA]) for _ in range(8))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [TrackResult(message="success")] * 64


def test_rows_of_all_groups_are_listed() -> None:
    rows = BrazeClient.operations()
    assert rows[: len(Users.operations())] == Users.operations()
    assert {row.group for row in rows} >= {"users", "segments"}
    assert Users.track in rows


# ---- secrets ----


def test_a_client_shows_its_data_center_and_no_key() -> None:
    assert repr(Setup().client) == "BrazeClient(data_center='US-06')"
    assert KEY not in str(vars(Setup().client))


def test_a_client_is_neither_pickled_nor_copied() -> None:
    client = Setup().client
    for attempt in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="give workers a callable that makes one"):
            attempt(client)


def frames(error: BaseException) -> str:
    """Every local variable of the package's own frames, causes included."""
    shown: list[str] = []
    current: BaseException | None = error
    while current is not None:
        trace = traceback.TracebackException.from_exception(current, capture_locals=True)
        shown += [str(f.locals) for f in trace.stack if "/braze_engage/" in f.filename]
        current = current.__cause__ or current.__context__
    assert shown
    return "".join(shown)


@pytest.mark.parametrize(
    "options",
    [
        {"key": f" {KEY}"},
        {"key": f"{KEY}\u00e9"},
        {"key": KEY, "data_center": "US-66"},
        {"key": KEY, "deadline": 0},
        {"key": KEY, "connect_timeout": 0},
        {"key": lambda: f"{KEY} "},
    ],
)
def test_no_frame_shows_the_key_at_construction(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        BrazeClient(**{"data_center": "US-06", **options})
    assert "mark" not in frames(caught.value)
    assert "mark" not in str(caught.value)


@pytest.mark.parametrize("step", [Step(-1), Step(0), Step(400, {}), Step(201, b"<"), Step(201, {})])
def test_no_frame_shows_key_or_body_after_a_call(step: Step) -> None:
    setup = Setup(step, retry=RetryPolicy(attempts=1))
    request = TrackUsers(attributes=[COUNTED])
    with pytest.raises(BrazeError) as caught:
        setup.client.perform(Users.track, request)
    shown = frames(caught.value).replace(repr(request), "")
    assert "rest-key-mark" not in shown
    assert "ana-mark" not in shown


# ---- verify ----


@pytest.mark.parametrize(
    ("step", "verdict", "detail"),
    [
        (Step(400, {"message": "No data parsed"}), Verdict.OK, "No data parsed"),
        (Step(201), Verdict.OK, "took the probe"),
        (Step(401, {"message": "Invalid API Key"}), Verdict.REFUSED, "401: Invalid API Key"),
        (Step(400, {"message": "Invalid API key"}), Verdict.REFUSED, "400: Invalid API key"),
        (Step(403, {"message": "Access Denied"}), Verdict.REFUSED, "403: Access Denied"),
        (Step(404, {"message": "Invalid URL"}), Verdict.UNCLEAR, "404: Invalid URL"),
        (Step(415, {"message": "type"}), Verdict.UNCLEAR, "415: type"),
        (Step(500, {}), Verdict.UNCLEAR, "500"),
        (Step(0), Verdict.UNCLEAR, "/users/track"),
        (Step(-1), Verdict.UNCLEAR, "/users/track"),
    ],
)
def test_a_key_is_probed_without_writing(step: Step, verdict: Verdict, detail: str) -> None:
    setup = Setup(step, retry=RetryPolicy(attempts=1))
    found = setup.client.verify()
    assert (found.verdict, found.key) == (verdict, "REST API key")
    assert detail in found.detail
    assert bool(found.remedy) is (verdict is not Verdict.OK)
    assert setup.script.asked[0].body == b'{"attributes":[]}'


def test_a_refused_key_says_what_to_do() -> None:
    wrong = Setup(Step(401, {})).client.verify()
    assert "check the key and the data center" in wrong.remedy
    missing = Setup(Step(403, {})).client.verify()
    assert "users.track" in missing.remedy


def test_not_sent_is_told_apart() -> None:
    setup = Setup(Step(0), retry=RetryPolicy(attempts=1))
    with pytest.raises(NotSent):
        setup.client.users.track(attributes=[ANA])


def test_keys_are_read_once_for_many_calls() -> None:
    keys = Keys(KEY)
    setup = Setup(*[Step() for _ in range(5)], key=keys)
    calls: list[Callable[..., object]] = [setup.client.users.track] * 5
    for call in calls:
        call(attributes=[ANA])
    assert keys.reads == 1


# ---- other kinds of keys ----


class OtherKeys(Family):
    group = "others"
    scim = Operation(
        "GET",
        "/scim/v2/Users/{name}",
        FindThings,
        Things,
        bucket="scim",
        replay=Replay.ALWAYS,
        permission=None,
        docs="",
        credential="SCIM token",
    )
    banners = Operation(
        "POST",
        "/banners",
        FindThings,
        Things,
        bucket="device_messaging",
        replay=Replay.ALWAYS,
        permission=None,
        docs="",
        credential="client-side REST key",
    )


def test_a_row_is_called_with_the_kind_of_key_it_takes() -> None:
    answer = Step(200, {"things": []})
    setup = Setup(
        answer,
        answer,
        Step(),
        scim_token="scim-token",
        scim_origin="https://idp.example",
        client_side_key=lambda: "client-key",
    )
    others = OtherKeys(setup.client)
    others.scim(name="a")
    others.banners(name="a")
    setup.client.users.track(attributes=[ANA])
    assert setup.authorizations == ["Bearer scim-token", "Bearer client-key", f"Bearer {KEY}"]
    origins = [request.headers.get("X-Request-Origin") for request in setup.script.asked]
    assert origins == ["https://idp.example", None, None]


@pytest.mark.parametrize(
    ("row", "remedy"), [("scim", "scim_token and scim_origin"), ("banners", "client_side_key")]
)
def test_a_row_without_its_kind_of_key_is_refused(row: str, remedy: str) -> None:
    setup = Setup()
    with pytest.raises(ConfigurationError, match=remedy):
        getattr(OtherKeys(setup.client), row)(name="a")
    assert setup.script.asked == []


@pytest.mark.parametrize(
    "options",
    [
        {"scim_token": RestApiKey("x"), "scim_origin": "https://idp.example"},
        {"client_side_key": RestApiKey("x")},
        {"client_side_key": ""},
        {"scim_token": "x"},
        {"scim_origin": "https://idp.example"},
        {"key": ScimToken("x")},
        {"key": None},
    ],
)
def test_a_wrong_kind_of_key_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Setup(**options)


def test_other_kinds_of_keys_are_read_again_after_a_401() -> None:
    keys = Keys("old", "new")
    setup = Setup(Step(401), Step(200, {"things": []}), client_side_key=keys)
    keys.keys.pop(0)
    OtherKeys(setup.client).banners(name="a")
    assert setup.authorizations == ["Bearer old", "Bearer new"]


def test_the_environment_may_give_other_kinds_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAZE_REST_API_KEY", KEY)
    monkeypatch.setenv("BRAZE_SCIM_TOKEN", "scim-token")
    with pytest.raises(ConfigurationError, match="scim_origin"):
        BrazeClient.from_env(data_center="US-06")
    monkeypatch.setenv("BRAZE_SCIM_ORIGIN", "https://idp.example")
    BrazeClient.from_env(data_center="US-06").close()


def test_a_row_of_another_client_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="CohortClient"):
        PartnerCohorts(Setup().client).create(
            partner="p", cohort_id="c", name="n", created_at="2026-01-01T00:00:00Z"
        )


def test_every_group_is_an_attribute_made_once() -> None:
    client = Setup().client
    for name in GROUPS:
        family = getattr(client, name)
        assert family.group == name
        assert family.performer is client
        assert getattr(client, name) is family
    derived = client.with_options(deadline=1)
    assert derived.segments.performer is derived
