"""The cohort client: what it sends, what it makes of answers, and which keys it uses."""

from __future__ import annotations

import io
import itertools
import json
import pickle
import threading
import traceback
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from braze_engage._http.retry import RetryPolicy
from braze_engage.cohorts.candidates import RingKeys
from braze_engage.cohorts.changes import CohortChange, CohortReply, CohortWrite
from braze_engage.cohorts.client import CohortClient
from braze_engage.cohorts.key_choice import KeyChoice
from braze_engage.cohorts.partner_keys import PartnerKeyGuess
from braze_engage.credentials import DataImportKey, PartnerKey, RestApiKey
from braze_engage.data_centers import DataCenter
from braze_engage.data_import_keys import (
    CallableKeys,
    DataImportKeyRing,
    KeyState,
    StoredKey,
)
from braze_engage.errors import (
    AnswerLost,
    BadRequest,
    ConfigurationError,
    NotSent,
    RateLimited,
    Unauthorized,
)
from braze_engage.objects import Verdict
from tests.unit.exchange_doubles import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from braze_engage.cohorts.key_choice import KeyFallback

SECRET = "import-key-1"
PARTNER_KEY = "partner-key-1"
ACCEPTED: dict[str, Any] = {"message": "success"}
WRONG_SECRET = (401, {"message": "Invalid client secret"})
WRONG_PARTNER_KEY = (401, {"message": "Invalid Partner API key"})
NOT_ENABLED = (
    401,
    {"message": f"Partner not enabled for client with client secret: {SECRET}"},
)


class Braze(HTTPAdapter):
    """Answers with a script, then by what keys it knows."""

    def __init__(self, *script: tuple[int, Any] | Exception) -> None:
        super().__init__()
        self.script = list(script)
        self.known = {SECRET}
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.headers: dict[str, str] = {}
        self.reply_headers: dict[str, str] = {}
        self.on_request: Callable[[dict[str, Any]], object] = lambda _: None

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [body for _, body in self.sent]

    @property
    def secrets(self) -> list[str]:
        return [body["client_secret"] for body in self.bodies]

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        assert isinstance(request.body, bytes)
        body = json.loads(request.body)
        self.sent.append((str(request.url), body))
        self.headers = {name: str(value) for name, value in request.headers.items()}
        self.on_request(body)
        step = self.script.pop(0) if self.script else self._judge(body)
        if isinstance(step, Exception):
            raise step
        status, answer = step
        text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        raw = HTTPResponse(
            body=io.BytesIO(text),
            headers=self.reply_headers,
            status=status,
            preload_content=False,
        )
        return self.build_response(request, raw)

    def _judge(self, body: dict[str, Any]) -> tuple[int, Any]:
        return (201, ACCEPTED) if body["client_secret"] in self.known else WRONG_SECRET


def make_client(braze: Braze, key: Any = SECRET, **options: Any) -> CohortClient:
    session = requests.Session()
    session.mount("https://", braze)
    settings: dict[str, Any] = {
        "data_center": "US-06",
        "partner": "segment",
        "partner_key": PARTNER_KEY,
        "clock": FakeClock(),
        "retry": RetryPolicy(random=lambda: 0.5),
    }
    return CohortClient(key, session=session, **{**settings, **options})


# ---- what is sent ----


def test_a_name_is_sent() -> None:
    braze = Braze()
    with make_client(braze, user_agent="partner-ExampleOrganization") as client:
        moment = datetime(2026, 11, 23, 10, 15, tzinfo=timezone.utc)
        reply = client.name("aud_1", "Dormant shoppers", created_at=moment)
    assert reply == CohortReply("success", 201)
    assert braze.sent == [
        (
            "https://rest.iad-06.braze.com/partners/segment/cohorts",
            {
                "partner_api_key": PARTNER_KEY,
                "client_secret": SECRET,
                "cohort_id": "aud_1",
                "name": "Dormant shoppers",
                "created_at": "2026-11-23T10:15:00.000Z",
            },
        )
    ]
    assert braze.headers["User-Agent"] == "partner-ExampleOrganization"
    assert "Authorization" not in braze.headers


def test_a_name_has_a_time_even_if_none_is_given() -> None:
    braze = Braze()
    make_client(braze, clock=FakeClock(now=1_800_000_000.0)).name("aud_1", "Dormant")
    assert braze.bodies[0]["created_at"] == "2027-01-15T08:00:00.000Z"


def test_changes_are_sent_in_one_request() -> None:
    braze = Braze()
    changes = [
        CohortChange(user_ids=["u1", "ü2"]),
        CohortChange(user_ids=["u9"], should_remove=True),
    ]
    assert make_client(braze).change("aud_1", changes) == CohortReply("success", 201)
    assert braze.sent == [
        (
            "https://rest.iad-06.braze.com/partners/segment/cohorts/users",
            {
                "partner_api_key": PARTNER_KEY,
                "client_secret": SECRET,
                "cohort_id": "aud_1",
                "cohort_changes": [
                    {"user_ids": ["u1", "ü2"]},
                    {"user_ids": ["u9"], "should_remove": True},
                ],
            },
        )
    ]


def test_keys_with_signs_travel_whole() -> None:
    braze = Braze((201, ACCEPTED))
    make_client(braze, 'a"b\\c', partner_key='"\\').name("aud_1", "Dormant")
    assert braze.secrets == ['a"b\\c']
    assert braze.bodies[0]["partner_api_key"] == '"\\'


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([], "at least one"),
        (CohortChange(user_ids=["u1"]), "changes is of type CohortChange: give a list"),
        ([{"user_ids": ["u1"]}], "give a CohortChange"),
        ([CohortChange(user_ids=["u"] * 1_001)], "1001 identifiers"),
    ],
)
def test_what_breaks_a_rule_is_not_sent(changes: Any, message: str) -> None:
    braze = Braze()
    with pytest.raises(ConfigurationError, match=message):
        make_client(braze).change("aud_1", changes)
    assert braze.sent == []


def test_a_request_too_large_is_not_sent() -> None:
    braze = Braze()
    with pytest.raises(ConfigurationError, match="send it in parts"):
        make_client(braze).change("aud_1", [CohortChange(device_ids=["d" * 4_194_200])])
    assert braze.sent == []


def test_lists_of_any_length_are_cut() -> None:
    braze = Braze()
    client = make_client(braze)
    done = client.add(
        "aud_1", user_ids=(f"u{number}" for number in range(2_345)), aliases=[("n", "l")]
    )
    assert done == CohortWrite(ids=2_346, requests=3)
    assert client.remove("aud_1", device_ids=["d1"]) == CohortWrite(ids=1, requests=1)
    entries = [entry for body in braze.bodies for entry in body["cohort_changes"]]
    assert [len(entry.get("user_ids", ())) for entry in entries] == [1_000, 1_000, 345, 0]
    assert entries[-1] == {"device_ids": ["d1"], "should_remove": True}
    assert client.add("aud_1") == CohortWrite()


def test_a_lone_id_is_no_list() -> None:
    braze = Braze()
    client = make_client(braze)
    with pytest.raises(ConfigurationError, match="user_ids is of type str"):
        client.add("aud_1", user_ids="u1")
    assert braze.sent == []


# ---- answers ----


def test_complaints_of_a_success_are_values() -> None:
    braze = Braze(
        (201, {"message": "success", "errors": ["u1 is odd"]}),
        (200, {"message": "paused"}),
        (202, b""),
    )
    client = make_client(braze)
    replies = [client.change("aud_1", [CohortChange(user_ids=["u1"])]) for _ in range(3)]
    assert replies == [
        CohortReply("success", 201, ("u1 is odd",)),
        CohortReply("paused", 200, ("paused",)),
        CohortReply("", 202),
    ]


def test_complaints_about_a_long_list_are_kept() -> None:
    braze = Braze((201, {"message": "success", "errors": ["u1 is odd"]}))
    done = make_client(braze).add("aud_1", user_ids=[f"u{number}" for number in range(1_001)])
    assert done == CohortWrite(ids=1_001, requests=2, errors=("u1 is odd",))


def test_an_error_carries_what_was_done_before() -> None:
    braze = Braze((201, ACCEPTED), (201, ACCEPTED), (400, {"message": "bad `cohort_id`"}))
    with pytest.raises(BadRequest) as caught:
        make_client(braze).add("aud_1", user_ids=(f"u{number}" for number in range(9_999)))
    assert vars(caught.value)["done"] == CohortWrite(ids=2_000, requests=2)
    assert vars(pickle.loads(pickle.dumps(caught.value)))["done"].ids == 2_000


def test_a_failing_iterator_carries_what_was_done_before() -> None:
    def ids() -> Iterator[str]:
        yield from (f"u{number}" for number in range(1_500))
        raise OSError("the file ended")

    with pytest.raises(OSError, match="the file ended") as caught:
        make_client(Braze()).add("aud_1", user_ids=ids())
    assert vars(caught.value)["done"] == CohortWrite(ids=1_000, requests=1)


def test_a_locked_cohort_is_tried_again() -> None:
    braze = Braze((423, {"message": "Resource locked"}), (500, b"<html>"), (201, ACCEPTED))
    reply = make_client(braze).change("aud_1", [CohortChange(user_ids=["u1"])])
    assert reply == CohortReply("success", 201)
    assert len(braze.sent) == 3


def test_a_lost_answer_is_tried_again() -> None:
    braze = Braze(requests.ConnectionError("Connection aborted."), (201, ACCEPTED))
    assert make_client(braze).change("aud_1", [CohortChange(user_ids=["u1"])]).status == 201
    braze.script = [requests.ConnectionError("Connection aborted.")] * 5
    with pytest.raises(AnswerLost):
        make_client(braze).change("aud_1", [CohortChange(user_ids=["u1"])])


def test_a_derived_client_has_another_deadline() -> None:
    braze = Braze((429, {}), (429, {}))
    braze.reply_headers = {"X-Ratelimit-Retry-After": "30"}
    client = make_client(braze)
    hurried = client.with_options(deadline=10)
    with pytest.raises(RateLimited) as caught:
        hurried.name("aud_1", "Dormant")
    assert caught.value.bucket == "partner_cohorts"
    braze.reply_headers = {}
    client.name("aud_1", "Dormant")
    assert hurried.is_named("aud_1", "anything")
    assert hurried.ensure_named("aud_1", "derived") is False


@pytest.mark.parametrize("deadline", [0, -1, float("inf"), float("nan")])
def test_a_deadline_is_a_positive_number(deadline: float) -> None:
    with pytest.raises(ConfigurationError, match="deadline"):
        make_client(Braze(), deadline=deadline)
    with pytest.raises(ConfigurationError, match="deadline"):
        make_client(Braze()).with_options(deadline=deadline)


# ---- names ----


def test_a_derived_name_is_sent_once_and_again_when_it_changes() -> None:
    braze = Braze()
    client = make_client(braze)
    names = ["dormant", "dormant", "sleepers", "sleepers", "dormant"]
    assert [client.ensure_named("aud_1", name) for name in names] == [
        True,
        False,
        True,
        False,
        True,
    ]
    assert [body["name"] for body in braze.bodies] == ["dormant", "sleepers", "dormant"]


def test_an_explicit_name_is_never_replaced_by_a_derived_one() -> None:
    client = make_client(Braze())
    client.name("aud_1", "Dormant shoppers")
    assert client.ensure_named("aud_1", "dormant") is False
    assert client.ensure_named("aud_2", "dormant") is True
    assert client.ensure_named("aud_1", "Sleepers", explicit=True) is True
    assert client.ensure_named("aud_1", "dormant") is False
    assert client.is_named("aud_1", "dormant")
    assert not client.is_named("aud_1", "dormant", explicit=True)
    assert not client.is_named("aud_3", "dormant")


def test_a_derived_name_becomes_explicit_without_a_request() -> None:
    braze = Braze()
    client = make_client(braze)
    client.ensure_named("aud_1", "dormant")
    assert client.ensure_named("aud_1", "dormant", explicit=True) is False
    assert client.ensure_named("aud_1", "other") is False
    assert len(braze.sent) == 1


def test_a_name_given_again_is_sent_again() -> None:
    braze = Braze()
    client = make_client(braze)
    client.name("aud_1", "Dormant")
    client.name("aud_1", "Dormant")
    assert len(braze.sent) == 2


def test_a_name_that_braze_did_not_take_is_not_remembered() -> None:
    braze = Braze((400, {"message": "`name` must be a non-empty string"}))
    client = make_client(braze)
    with pytest.raises(BadRequest):
        client.ensure_named("aud_1", "dormant")
    braze.script = [(201, {"message": "success", "errors": ["no"]})]
    with pytest.raises(BadRequest, match="not the name") as caught:
        client.ensure_named("aud_1", "dormant")
    assert caught.value.errors == ("no",)
    braze.script = [(201, {"message": "", "errors": ["no"]})]
    with pytest.raises(BadRequest, match="no message"):
        client.ensure_named("aud_1", "dormant")
    assert client.ensure_named("aud_1", "dormant") is True


def test_threads_name_a_cohort_once() -> None:
    braze = Braze()
    entered, go = threading.Event(), threading.Event()

    def wait(_: object) -> None:
        entered.set()
        assert go.wait(10)

    braze.on_request = wait
    client = make_client(braze)
    sent: list[bool] = []
    threads = [
        threading.Thread(target=lambda: sent.append(client.ensure_named("aud_1", "dormant")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    assert entered.wait(10)
    # Other cohorts do not wait for this one.
    assert not client.is_named("aud_2", "other")
    go.set()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [False] * 7 + [True]
    assert len(braze.sent) == 1


# ---- construction ----


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data_center": None}, "data_center: give the instance"),
        ({"data_center": "sdk.iad-06.braze.com"}, "rest.iad-06.braze.com"),
        ({"partner": None}, "partner: give the name"),
        ({"partner": "a/b"}, "partner"),
        ({"partner": " "}, "partner"),
        ({"workspace": "shop-eu"}, "DataImportKeyRing only"),
        ({"key": "  "}, "DataImportKey: the key is blank"),
        ({"key": RestApiKey("r")}, "RestApiKey was given where a DataImportKey"),
        ({"key": None}, "DataImportKey"),
        ({"partner_key": ""}, "PartnerKey"),
        ({"partner_key": DataImportKey("d")}, "DataImportKey was given where a PartnerKey"),
        ({"partner_key": None}, "PartnerKey"),
        ({"partner_key": {"eu": "k"}}, "US-06 needs .* 'us', .* keys for 'eu' only; add an entry"),
        ({"partner_key": {}}, "keys for nothing only; add an entry 'us' or 'US-06'"),
        ({"partner_key": {"us": "k", "au": "k"}}, "'us', 'eu' or by instance"),
        ({"partner_key": {"us": " k"}}, "PartnerKey"),
        ({"connect_timeout": 0}, "connect"),
        ({"user_agent": "a\nb"}, "user agent"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make_client(Braze(), **options)


@pytest.mark.parametrize(
    ("data_center", "chosen"),
    [("US-06", "us-key"), ("EU-02", "eu-key"), ("AU-01", "au-key")],
)
def test_the_partner_key_goes_by_instance_or_region(data_center: str, chosen: str) -> None:
    braze = Braze()
    keys = {"us": "us-key", "eu": PartnerKey("eu-key"), " au-01 ": lambda: "au-key"}
    make_client(braze, data_center=data_center, partner_key=keys).name("aud_1", "Dormant")
    assert braze.bodies[0]["partner_api_key"] == chosen


@pytest.mark.parametrize("instance", ["US-10", "AU-01", "ID-01", "JP-01", "KR-01"])
def test_a_guess_is_warned_of(instance: str) -> None:
    with pytest.warns(PartnerKeyGuess, match=f"add an entry '{instance}'") as caught:
        make_client(Braze(), data_center=instance, partner_key={"us": "k", "eu": "e"})
    assert caught[0].filename == __file__
    # A key without a region is what somebody chose.
    make_client(Braze(), data_center=instance, partner_key="k")


def test_keys_are_read_again_within_a_minute() -> None:
    braze, clock = Braze(), FakeClock()
    keys = {"import": "import-1", "partner": "partner-1"}
    braze.known = {"import-1", "import-2"}
    client = make_client(
        braze, lambda: keys["import"], partner_key=lambda: keys["partner"], clock=clock
    )
    client.name("aud_1", "Dormant")
    keys.update({"import": "import-2", "partner": "partner-2"})
    clock.elapsed = 59.0
    client.name("aud_1", "Dormant")
    clock.elapsed = 60.0
    client.name("aud_1", "Dormant")
    assert braze.secrets == ["import-1", "import-1", "import-2"]
    assert braze.bodies[-1]["partner_api_key"] == "partner-2"


def test_a_client_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAZE_DATA_IMPORT_KEY", SECRET)
    monkeypatch.setenv("BRAZE_PARTNER_KEY", PARTNER_KEY)
    for name in ("BRAZE_DATA_CENTER", "BRAZE_PARTNER"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError, match="BRAZE_DATA_CENTER is not set; put the instance"):
        CohortClient.from_env()
    monkeypatch.setenv("BRAZE_DATA_CENTER", "EU-01")
    with pytest.raises(ConfigurationError, match="BRAZE_PARTNER is not set"):
        CohortClient.from_env()
    monkeypatch.setenv("BRAZE_PARTNER", "segment")
    client = CohortClient.from_env()
    assert (client.data_center, client.partner) == (DataCenter.resolve("EU-01"), "segment")
    other = CohortClient.from_env(data_center="US-01", partner="amplitude")
    assert (other.data_center.instance, other.partner) == ("US-01", "amplitude")
    monkeypatch.delenv("BRAZE_PARTNER_KEY")
    with pytest.raises(ConfigurationError, match="BRAZE_PARTNER_KEY"):
        CohortClient.from_env()


def test_a_client_shows_no_key_and_is_not_pickled() -> None:
    client = make_client(Braze())
    assert repr(client) == (
        "CohortClient(data_center=US-06 (https://rest.iad-06.braze.com), partner=segment)"
    )
    assert [row.name for row in client.operations()] == ["create", "update_users"]
    with pytest.raises(TypeError, match="give workers a callable"):
        pickle.dumps(client)


@pytest.mark.parametrize(
    "options",
    [
        {"key": "mark-77 ", "partner_key": "mark-77"},
        {"key": "mark-77", "partner_key": "mark-77 "},
        {"key": "mark-77", "partner_key": {"us": "mark-77", "eu": "mark-77 "}},
        {"key": "mark-77", "partner_key": {"eu": "mark-77"}},
        {"key": "mark-77", "partner_key": "mark-77", "data_center": "nowhere"},
        {"key": "mark-77", "partner_key": "mark-77", "deadline": 0},
        {"key": lambda: "mark-77 ", "partner_key": "mark-77"},
    ],
)
def test_no_refused_construction_shows_a_key(options: dict[str, Any]) -> None:
    settings: dict[str, Any] = {"data_center": "US-06", "partner": "segment", **options}
    key = settings.pop("key")
    with pytest.raises(ConfigurationError) as caught:
        CohortClient(key, **settings)
    assert "mark-77" not in shown(caught.value)


def shown(error: BaseException) -> str:
    """What a traceback with local variables shows of an error, our own frames only."""
    texts = [str(error)]
    summary: traceback.TracebackException | None
    summary = traceback.TracebackException.from_exception(error, capture_locals=True)
    while summary is not None:
        own = [frame for frame in summary.stack if "/braze_engage/" in frame.filename]
        texts += [f"{frame.name} {frame.locals}" for frame in own]
        summary = summary.__cause__ or summary.__context__
    assert len(texts) > 1
    return "\n".join(texts)


# ---- 401 ----


def test_a_refused_key_says_what_to_do_in_the_dashboard() -> None:
    braze = Braze(WRONG_SECRET)
    with pytest.raises(Unauthorized) as caught:
        make_client(braze).name("aud_1", "Dormant")
    text = str(caught.value)
    assert "Invalid client secret" in text
    assert " Partner Integrations > Technology Partners > segment" in text
    assert " Integrations > Technology Partners > segment" in text.replace("Partner Int", "")
    assert "a wrong data center looks the same, this is US-06" in text
    assert len(braze.sent) == 1
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (WRONG_PARTNER_KEY, "one key for US instances and another for EU ones"),
        (NOT_ENABLED, "boolean custom attribute"),
        ((401, {"message": "Unauthorized access"}), "compare the partner's name"),
    ],
)
def test_other_refusals_say_what_they_are_about(answer: tuple[int, Any], hint: str) -> None:
    braze = Braze(answer)
    with pytest.raises(Unauthorized, match=hint):
        make_client(braze).name("aud_1", "Dormant")
    assert len(braze.sent) == 1


def test_an_echoed_secret_is_scrubbed_everywhere() -> None:
    braze = Braze((401, {**NOT_ENABLED[1], "errors": [{"client_secret": SECRET}, PARTNER_KEY]}))
    client = make_client(braze)
    with pytest.raises(Unauthorized) as caught:
        client.name("aud_1", "Dormant")
    everything = [shown(caught.value), repr(caught.value), repr(vars(caught.value))]
    assert not [text for text in everything if SECRET in text or PARTNER_KEY in text]
    assert "client secret: [redacted]" in str(caught.value)
    braze.script = [NOT_ENABLED]
    assert SECRET not in repr(client.verify())
    braze.script = [(201, {"message": SECRET, "errors": [f"no {PARTNER_KEY}"]})]
    reply = client.change("aud_1", [CohortChange(user_ids=["u1"])])
    assert reply == CohortReply("[redacted]", 201, ("no [redacted]",))
    braze.script = [(201, {"message": "success", "errors": {SECRET: [True, 1]}})]
    reply = client.change("aud_1", [CohortChange(user_ids=["u1"])])
    assert reply.errors == ({"[redacted]": [True, 1]},)


def test_a_key_that_looks_like_json_breaks_no_answer() -> None:
    braze = Braze((201, {"message": "success", "errors": [True, 1]}))
    client = make_client(braze, "t", partner_key="1")
    reply = client.change("aud_1", [CohortChange(user_ids=["u1"])])
    assert (reply.message, reply.errors) == ("success", (True, 1))


def test_a_key_that_changed_in_the_store_is_used_at_once() -> None:
    braze, reads = Braze(), itertools.count()
    braze.known = {"import-2"}
    client = make_client(braze, lambda: "import-1" if next(reads) == 0 else "import-2")
    assert client.name("aud_1", "Dormant").status == 201
    assert braze.secrets == ["import-1", "import-2"]
    client.name("aud_1", "Dormant")
    assert braze.secrets[2:] == ["import-2"]


def test_a_store_that_fails_meanwhile_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    braze, reads = Braze(), itertools.count()
    braze.known = set()

    def vault() -> str:
        if next(reads):
            raise TimeoutError
        return SECRET

    with pytest.raises(Unauthorized, match="Invalid client secret"):
        make_client(braze, vault).name("aud_1", "Dormant")
    assert "after a refused data import key" in caplog.text


# ---- rings ----


class Keys:
    """A store in memory that counts."""

    def __init__(self, **states: str) -> None:
        self.entries: tuple[StoredKey, ...] = tuple(
            StoredKey("shop", key, data_center="US-06", partner="segment", state=state)
            for key, state in ((key.replace("_", "-"), state) for key, state in states.items())
        )
        self.reads = 0

    def read(self) -> tuple[StoredKey, ...]:
        self.reads += 1
        return self.entries

    def update(self, change: Callable[[tuple[StoredKey, ...]], tuple[StoredKey, ...]]) -> None:
        self.entries = change(self.entries)

    def states(self) -> dict[str, str]:
        return {entry.key.reveal(): entry.state.value for entry in self.entries}


class ReadOnly:
    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def read(self) -> tuple[StoredKey, ...]:
        return self.keys.read()


def ring_client(braze: Braze, store: Any, **options: Any) -> CohortClient:
    clock = FakeClock()
    ring = DataImportKeyRing(store, clock=clock.monotonic)
    settings = {"data_center": None, "partner": None, "workspace": "shop", "clock": clock}
    return make_client(braze, ring, **{**settings, **options})


def test_a_ring_knows_data_center_and_partner() -> None:
    client = ring_client(Braze(), Keys(key_1="active"))
    assert (client.data_center.instance, client.partner) == ("US-06", "segment")
    same = ring_client(Braze(), Keys(key_1="active"), data_center="us-06", partner="segment")
    assert same.partner == "segment"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workspace": None}, "workspace: give which"),
        ({"workspace": "elsewhere"}, "'elsewhere' has no key"),
        ({"data_center": "EU-01"}, r"data_center: EU-01 .* the ring says US-06"),
        ({"partner": "amplitude"}, "partner: amplitude was given, but the ring says segment"),
    ],
)
def test_a_ring_is_not_contradicted(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        ring_client(Braze(), Keys(key_1="active"), **options)


def test_a_ring_that_does_not_know_leaves_it_to_the_client() -> None:
    ring = DataImportKeyRing(CallableKeys(lambda: SECRET))
    braze = Braze()
    client = make_client(braze, ring, workspace="default", data_center="US-06")
    assert client.name("aud_1", "Dormant").status == 201
    with pytest.raises(ConfigurationError, match="data_center: give the instance"):
        make_client(braze, ring, workspace="default", data_center=None)


def test_a_key_that_moves_elsewhere_is_not_used() -> None:
    keys = Keys(key_1="active")
    client = ring_client(Braze(), keys, clock=(clock := FakeClock()))
    keys.entries = (StoredKey("shop", "key-2", data_center="EU-01", partner="segment"),)
    assert clock.elapsed == 0
    with pytest.raises(ConfigurationError, match=r"belongs to EU-01 .* make a new client"):
        client.verify()


def test_a_rotation_reaches_a_running_client() -> None:
    braze, keys = Braze(), Keys(key_1="active")
    braze.known = {"key-2"}
    client = ring_client(braze, keys)
    DataImportKeyRing(keys).rotate("shop", "key-2")
    client.name("aud_1", "Dormant")
    assert braze.secrets == ["key-1", "key-2"]
    # The old one is invalid now, because another works on the same host.
    assert keys.states() == {"key-1": "invalid", "key-2": "active"}


def test_a_retiring_key_steps_in_once_and_stays() -> None:
    told: list[KeyFallback] = []
    braze, keys = Braze(), Keys(key_1="retiring", key_2="active")
    braze.known = {"key-1"}
    client = ring_client(braze, keys, on_fallback=told.append)
    client.name("aud_1", "Dormant")
    assert braze.secrets == ["key-2", "key-1"]
    assert keys.states() == {"key-1": "active", "key-2": "invalid"}
    client.name("aud_1", "Dormant")
    assert braze.secrets == ["key-2", "key-1", "key-1"]
    assert [(each.workspace, each.refused.reveal(), each.used.reveal()) for each in told] == [
        ("shop", "key-2", "key-1")
    ]
    assert told[0].stored is True


def test_a_store_that_is_only_read_is_followed_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[KeyFallback] = []
    braze, keys = Braze(), Keys(key_1="retiring", key_2="active")
    braze.known = {"key-1", "key-3"}
    clock = FakeClock()
    ring = DataImportKeyRing(ReadOnly(keys), clock=clock.monotonic)
    client = make_client(braze, ring, workspace="shop", clock=clock, on_fallback=told.append)
    for _ in range(3):
        client.name("aud_1", "Dormant")
    assert braze.secrets == ["key-2", "key-1", "key-1", "key-1"]
    assert [each.stored for each in told] == [False]
    assert "stays in the store" in caplog.text
    keys.update(lambda _: Keys(key_3="active").entries)
    clock.elapsed = 60.0
    client.name("aud_1", "Dormant")
    assert braze.secrets[-1] == "key-3"


def test_without_a_working_key_nothing_is_called_invalid() -> None:
    braze, keys = Braze(), Keys(key_1="retiring", key_2="active")
    braze.known = set()
    told: list[KeyFallback] = []
    client = ring_client(braze, keys, on_fallback=told.append)
    for _ in range(2):
        with pytest.raises(Unauthorized, match="Partner Integrations"):
            client.name("aud_1", "Dormant")
    assert braze.secrets == ["key-2", "key-1"] * 2
    assert keys.states() == {"key-1": "retiring", "key-2": "active"}
    assert told == []


def test_a_key_found_in_the_store_may_fail_too() -> None:
    braze, keys = Braze(), Keys(key_0="retiring", key_1="active")
    client = ring_client(braze, keys)
    keys.update(lambda _: Keys(key_0="retiring", key_2="active").entries)
    braze.known = {"key-0"}
    client.name("aud_1", "Dormant")
    assert braze.secrets == ["key-1", "key-2", "key-0"]
    assert keys.states() == {"key-0": "active", "key-2": "invalid"}


def test_a_fallback_that_fails_later_is_looked_up_anew() -> None:
    braze, keys = Braze(), Keys(key_1="retiring", key_2="active")
    braze.known = {"key-1"}
    client = ring_client(braze, ReadOnly(keys))
    client.name("aud_1", "Dormant")
    braze.known = {"key-3"}
    keys.update(lambda _: Keys(key_1="retiring", key_2="active").entries)
    with pytest.raises(Unauthorized):
        client.name("aud_1", "Dormant")
    keys.update(lambda _: Keys(key_3="active").entries)
    client.name("aud_1", "Dormant")
    assert braze.secrets == ["key-2", "key-1", "key-1", "key-2", "key-3"]


@pytest.mark.parametrize("other", [{"data_center": "EU-01"}, {"partner": "amplitude"}])
def test_a_key_of_another_place_never_steps_in(other: dict[str, str]) -> None:
    braze, keys = Braze(), Keys(key_2="active")
    place: Any = {"data_center": "US-06", "partner": "segment", **other}
    keys.entries = (StoredKey("shop", "key-1", state=KeyState.RETIRING, **place), *keys.entries)
    braze.known = {"key-1"}
    with pytest.raises(Unauthorized):
        ring_client(braze, keys).name("aud_1", "Dormant")
    assert braze.secrets == ["key-2"]


def test_other_errors_than_a_refused_secret_touch_no_key() -> None:
    braze, keys = Braze(WRONG_PARTNER_KEY, NOT_ENABLED), Keys(key_1="retiring", key_2="active")
    client = ring_client(braze, keys)
    for _ in range(2):
        with pytest.raises(Unauthorized):
            client.name("aud_1", "Dormant")
    assert braze.secrets == ["key-2", "key-2"]


def test_without_time_left_no_other_key_is_tried() -> None:
    braze, keys, clock = Braze(), Keys(key_1="retiring", key_2="active"), FakeClock()
    braze.known = {"key-1"}
    client = ring_client(braze, keys, clock=clock)

    def slow(_: object) -> None:
        clock.elapsed += 61

    braze.on_request = slow
    with pytest.raises(Unauthorized):
        client.name("aud_1", "Dormant")
    assert braze.secrets == ["key-2"]


def test_a_failing_callback_breaks_no_delivery(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: KeyFallback) -> None:
        raise RuntimeError("pager is down")

    braze, keys = Braze(), Keys(key_1="retiring", key_2="active")
    braze.known = {"key-1"}
    client = ring_client(braze, keys, on_fallback=fail)
    assert client.name("aud_1", "Dormant").status == 201
    assert "on_fallback failed" in caplog.text


def test_a_success_from_before_the_refusal_proves_nothing() -> None:
    keys = Keys(key_1="retiring", key_2="active")
    ring = DataImportKeyRing(keys)
    choice = KeyChoice(RingKeys(ring, "shop", DataCenter.resolve("US-06"), "segment"))
    before = choice.current()
    after = choice.after_refusal(before)
    choice.works(before)
    assert keys.states() == {"key-1": "retiring", "key-2": "active"}
    assert after is not None
    choice.works(after)
    assert keys.states() == {"key-1": "active", "key-2": "invalid"}


def test_only_what_was_refused_this_time_is_called_invalid() -> None:
    braze, keys = Braze(), Keys(key_1="active")
    braze.known = {"key-2"}
    clock = FakeClock()
    store = CallableKeys(keys.read)  # nobody can write it, so that no state is kept there
    ring = DataImportKeyRing(store, clock=clock.monotonic)
    client = make_client(braze, ring, workspace="shop", clock=clock, data_center=None)
    keys.entries = Keys(key_1="retiring", key_2="active").entries
    client.name("aud_1", "Dormant")
    braze.known, keys.entries = {"key-1"}, Keys(key_2="retiring", key_1="active").entries
    client.name("aud_1", "Dormant")
    client.name("aud_1", "Dormant")
    assert braze.secrets == ["key-1", "key-2", "key-2", "key-1", "key-1"]


@pytest.mark.parametrize("valid", [{"key-1"}, set()])
def test_many_threads_look_for_another_key_once(valid: set[str]) -> None:
    told: list[KeyFallback] = []
    braze, keys = Braze(), Keys(key_1="retiring", key_2="active")
    braze.known = valid
    together = threading.Barrier(16)
    braze.on_request = lambda body: body["client_secret"] == "key-2" and together.wait(10)
    client = ring_client(braze, keys, on_fallback=told.append)
    reads = keys.reads
    refused: list[Unauthorized] = []

    def send() -> None:
        try:
            client.change("aud_1", [CohortChange(user_ids=["u1"])])
        except Unauthorized as error:
            refused.append(error)

    threads = [threading.Thread(target=send) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert braze.secrets.count("key-2") == 16
    assert len(refused) == (0 if valid else 16)
    assert len(told) == len(valid)
    # Once after the refusals, and once after what the store was told.
    assert keys.reads - reads == 1 + len(valid)


# ---- probes ----


def test_a_probe_changes_nothing() -> None:
    braze = Braze()
    found = make_client(braze).verify()
    assert (found.verdict, found.remedy) == (Verdict.OK, "")
    assert [body["cohort_changes"] for body in braze.bodies] == [[]]


@pytest.mark.parametrize(
    ("answer", "verdict", "key"),
    [
        ((400, {"message": "`cohort_changes` must be an array"}), Verdict.OK, "both"),
        ((400, b"<html><title>Bad gateway request</title>"), Verdict.UNCLEAR, "both"),
        ((415, {"message": "cohort_changes"}), Verdict.UNCLEAR, "both"),
        (WRONG_SECRET, Verdict.REFUSED, "data import key"),
        (WRONG_PARTNER_KEY, Verdict.REFUSED, "partner key"),
        (NOT_ENABLED, Verdict.REFUSED, "data import key"),
        ((403, {"message": "Forbidden"}), Verdict.REFUSED, "both"),
        ((404, {"message": "Invalid URL"}), Verdict.UNCLEAR, "both"),
        ((500, b""), Verdict.UNCLEAR, "both"),
    ],
)
def test_what_a_probe_finds(answer: tuple[int, Any], verdict: Verdict, key: str) -> None:
    braze = Braze(*[answer] * 5)
    found = make_client(braze).verify()
    both = "data import key and partner key"
    assert (found.verdict, found.key) == (verdict, both if key == "both" else key)
    assert bool(found.remedy) is (verdict is not Verdict.OK)
    assert found.detail


def test_a_probe_without_connection_is_unclear() -> None:
    braze = Braze(*[requests.ConnectTimeout()] * 5)
    found = make_client(braze).verify()
    assert found.verdict is Verdict.UNCLEAR
    braze.script = [requests.ConnectTimeout()] * 5
    with pytest.raises(NotSent):
        make_client(braze).name("aud_1", "Dormant")


def test_a_probe_asks_about_the_active_key_alone() -> None:
    braze, keys = Braze(), Keys(key_1="active")
    braze.known = {"key-1"}
    client = ring_client(braze, keys)
    DataImportKeyRing(keys).rotate("shop", "key-2")
    assert client.verify().verdict is Verdict.REFUSED
    assert keys.states() == {"key-1": "retiring", "key-2": "active"}
    assert braze.secrets == ["key-2"]
