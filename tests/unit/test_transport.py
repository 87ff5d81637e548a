"""What is sent through which session, and what is refused before anything leaves."""

from __future__ import annotations

import io
import pickle
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
)
from urllib3.util import Retry, Timeout

from braze_engage._http import guard
from braze_engage._http.call import Payload
from braze_engage._http.transport import RequestsTransport, transport_for
from braze_engage.errors import AnswerLost, BrazeError, ConfigurationError, NotSent
from tests.unit.exchange_doubles import KEY, OTHER_KEY, make_call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage._http.call import Answer, Call

BODY = b'{"private":"ana"}'
HERE = str(Path(__file__))
NOWHERE = str(Path(__file__).with_suffix(".missing"))


class Stub(BaseAdapter):
    """Notes what it is to send and answers, or raises, as told."""

    def __init__(self, outcome: Exception | requests.Response | None = None) -> None:
        super().__init__()
        self.outcome = outcome
        self.prepared: list[requests.PreparedRequest] = []
        self.options: list[Mapping[str, object]] = []

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:  # type: ignore[override]  # all options as one
        self.prepared.append(request)
        self.options.append(options)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return response() if self.outcome is None else self.outcome

    def close(self) -> None:
        self.options.append({"closed": True})


def response(status: int = 201, raw: object = None) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made.headers["X-Mixed-Case"] = "kept"
    made.raw = io.BytesIO(b"{}") if raw is None else raw
    return made


def session_with(adapter: BaseAdapter) -> requests.Session:
    session = requests.Session()
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def transport_over(adapter: BaseAdapter) -> RequestsTransport:
    return RequestsTransport(session_with(adapter), user_agent="partner-Tests")


def send(transport: RequestsTransport, call: Call) -> Answer:
    return transport.send(call, connect=5.0, read=30.0)


def failure(transport: RequestsTransport, call: Call) -> BrazeError:
    with pytest.raises(BrazeError) as caught:
        send(transport, call)
    return caught.value


class TestRequest:
    def test_it_carries_key_agent_type_and_body(self) -> None:
        stub = Stub()
        answer = send(transport_over(stub), make_call(headers={"X-Extra": "1"}))
        (prepared,) = stub.prepared
        assert prepared.method == "POST"
        assert prepared.url == make_call().url
        assert prepared.body == BODY
        assert prepared.headers["Authorization"] == f"Bearer {KEY.reveal()}"
        assert prepared.headers["User-Agent"] == "partner-Tests"
        assert prepared.headers["Content-Type"] == "application/json"
        assert prepared.headers["Content-Length"] == str(len(BODY))
        assert prepared.headers["Accept"] == "application/json"
        assert prepared.headers["X-Extra"] == "1"
        assert (answer.status, answer.body) == (201, b"{}")
        assert answer.headers == {"x-mixed-case": "kept"}

    def test_without_body_and_key_it_carries_neither(self) -> None:
        stub = Stub()
        send(transport_over(stub), make_call(method="GET", body=None, authorization=None))
        (prepared,) = stub.prepared
        assert prepared.body is None
        assert not {"Authorization", "Content-Type", "Content-Length"} & set(prepared.headers)

    def test_dots_in_a_path_parameter_stay(self) -> None:
        stub = Stub()
        url = "https://rest.iad-06.braze.com/catalogs/%2E%2E/items?a=%7E"
        send(transport_over(stub), make_call(url=url))
        assert stub.prepared[0].url == url

    def test_connecting_and_reading_are_bounded_together(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        timeouts: list[Timeout] = []

        def note(*_: object, timeout: Timeout, **__: object) -> requests.Response:
            timeouts.append(timeout)
            return response()

        monkeypatch.setattr(HTTPAdapter, "send", note)
        with requests.Session() as session:
            transport = RequestsTransport(session, user_agent="a")
            transport.send(make_call(deadline=7.0), connect=5.0, read=30.0)
        (timeout,) = timeouts
        timeout.start_connect()
        assert timeout.connect_timeout == 5.0
        assert timeout.total == 7.0

    def test_adapters_of_others_get_two_numbers(self) -> None:
        stub = Stub()
        transport_over(stub).send(make_call(), connect=5.0, read=30.0)
        assert stub.options[0]["timeout"] == (5.0, 30.0)


class TestUsersSession:
    def test_its_own_state_is_neither_used_nor_changed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NETRC", NOWHERE)
        stub = Stub()
        session = session_with(stub)
        session.auth = ("user", "password")
        session.params = {"tracking": "1"}
        session.cookies.set("session", "1")
        session.headers.update(
            {
                "X-Gateway": "pass",
                "Cookie": "a=b",
                "authorization": "Basic x",
                "Content-Type": "text/plain",
                "Proxy-Authorization": "Basic y",
            }
        )
        before = dict(vars(session)), dict(session.headers), session.cookies.get_dict()
        call = make_call(authorization=None)
        send(RequestsTransport(session, user_agent="partner-Tests"), call)
        (prepared,) = stub.prepared
        assert prepared.url == call.url
        assert prepared.headers["X-Gateway"] == "pass"
        assert prepared.headers["Content-Type"] == "application/json"
        assert not {"Cookie", "Authorization", "Proxy-Authorization"} & set(prepared.headers)
        assert (dict(vars(session)), dict(session.headers), session.cookies.get_dict()) == before

    def test_a_header_set_to_none_is_left_out(self) -> None:
        stub = Stub()
        session = session_with(stub)
        session.headers["Accept-Encoding"] = None  # type: ignore[assignment]  # requests' own idiom
        send(RequestsTransport(session, user_agent="a"), make_call())
        assert "Accept-Encoding" not in stub.prepared[0].headers

    @pytest.mark.parametrize("value", ["a\nb", "\u20ac"])
    def test_a_header_that_cannot_be_sent_is_refused(self, value: str) -> None:
        stub = Stub()
        session = session_with(stub)
        session.headers["X-Gateway"] = value
        error = failure(RequestsTransport(session, user_agent="a"), make_call())
        assert isinstance(error, ConfigurationError)
        assert "header of the session" in str(error)
        assert stub.prepared == []

    def test_its_certificates_and_proxies_are_used(self) -> None:
        stub = Stub()
        session = session_with(stub)
        session.trust_env = False
        session.verify = HERE
        session.cert = (HERE, HERE)
        session.proxies = {"https": "http://proxy.example:1"}
        send(RequestsTransport(session, user_agent="a"), make_call())
        (options,) = stub.options
        assert options["verify"] == HERE
        assert options["cert"] == (HERE, HERE)
        assert options["proxies"] == {"https": "http://proxy.example:1"}
        assert options["stream"] is True

    @pytest.mark.parametrize("verify", [False, None, "", 0])
    def test_it_must_verify(self, verify: object) -> None:
        stub = Stub()
        session = session_with(stub)
        transport = RequestsTransport(session, user_agent="a")
        session.verify = verify  # type: ignore[assignment]  # what people try
        with pytest.raises(ConfigurationError, match=r"set session\.verify to True"):
            RequestsTransport(session, user_agent="a")
        error = failure(transport, make_call())
        assert isinstance(error, ConfigurationError)
        assert "set session.verify to True" in str(error)
        assert stub.prepared == []

    @pytest.mark.parametrize(
        "retries",
        [3, Retry(3), Retry(None, connect=2), Retry(0, status_forcelist=[500]), Retry(True)],
    )
    def test_it_must_not_repeat_itself(self, retries: int | Retry) -> None:
        session = requests.Session()
        transport = RequestsTransport(session, user_agent="a")
        session.mount("https://", HTTPAdapter(max_retries=retries))
        with pytest.raises(ConfigurationError, match="mount HTTPAdapter"):
            RequestsTransport(session, user_agent="a")
        assert isinstance(failure(transport, make_call()), ConfigurationError)

    @pytest.mark.parametrize("retries", [0, Retry(0), Retry(False), Retry(0, read=False)])
    def test_adapters_that_do_not_are_welcome(self, retries: int | Retry) -> None:
        session = requests.Session()
        session.mount("https://", HTTPAdapter(max_retries=retries))
        assert guard.session_problem(session) is None

    def test_its_files_must_be_there(self) -> None:
        session = requests.Session()
        session.verify = NOWHERE
        with pytest.raises(ConfigurationError, match=r"no such certificate file: .*missing"):
            RequestsTransport(session, user_agent="a")
        session.verify = True
        session.cert = NOWHERE
        with pytest.raises(ConfigurationError, match="no such certificate file"):
            RequestsTransport(session, user_agent="a")

    def test_it_must_be_one(self) -> None:
        with pytest.raises(ConfigurationError, match=r"a session is a requests\.Session, not str"):
            RequestsTransport("session", user_agent="a")  # type: ignore[arg-type]  # the mistake

    def test_one_without_adapter_is_refused(self) -> None:
        session = requests.Session()
        session.adapters.clear()
        error = failure(RequestsTransport(session, user_agent="a"), make_call())
        assert isinstance(error, ConfigurationError)

    def test_it_stays_open(self) -> None:
        stub = Stub()
        transport_over(stub).close()
        assert stub.options == []


class TestEnvironment:
    @pytest.fixture(autouse=True)
    def environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:1")
        monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:1")
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)

    def test_its_proxies_count(self) -> None:
        stub = Stub()
        send(transport_over(stub), make_call())
        proxies = stub.options[0]["proxies"]
        assert isinstance(proxies, dict)
        assert proxies["https"] == "http://proxy.example:1"

    def test_unless_the_session_does_not_trust_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", HERE)
        stub = Stub()
        session = session_with(stub)
        session.trust_env = False
        send(RequestsTransport(session, user_agent="a"), make_call())
        assert stub.options[0]["proxies"] == {}
        assert stub.options[0]["verify"] is True

    @pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:99", "127.8.8.8"])
    def test_nothing_meant_for_this_machine_passes_a_proxy(self, host: str) -> None:
        for scheme in ("http", "https"):
            stub = Stub()
            send(transport_over(stub), make_call(url=f"{scheme}://{host}/users/track"))
            assert stub.options[0]["proxies"] == {}

    @pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
    def test_its_ca_bundle_counts(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        monkeypatch.setenv(name, HERE)
        stub = Stub()
        send(transport_over(stub), make_call())
        assert stub.options[0]["verify"] == HERE

    def test_a_bundle_that_is_not_there_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", NOWHERE)
        error = failure(transport_over(Stub()), make_call())
        assert isinstance(error, ConfigurationError)
        assert "no such certificate file" in str(error)

    @pytest.mark.parametrize("proxy", ["http://", "socks5h://proxy.example:1", "ftp://a:1"])
    def test_an_unusable_proxy_is_a_matter_of_configuration(self, proxy: str) -> None:
        session = requests.Session()
        session.trust_env = False
        session.proxies = {"https": proxy}
        error = failure(RequestsTransport(session, user_agent="a"), make_call())
        assert isinstance(error, ConfigurationError)
        assert "proxies cannot be used" in str(error)


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "https://rest.iad-06.braze.com/users/track",
            "https://braze.proxy.example:8443/users/track?a=b%20c",
            "http://127.0.0.1:1/x",
            "http://127.250.0.1/x",
            "http://localhost:1",
            "http://LOCALHOST/x",
            "http://[::1]:1/x",
        ],
    )
    def test_https_and_loopback_are_fine(self, url: str) -> None:
        assert guard.url_problem(url) is None

    @pytest.mark.parametrize(
        "url",
        [
            "http://rest.iad-06.braze.com/users/track",
            "http://10.0.0.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://127.0.0.1.example/",
            "http://localhost.example/",
            "http://0.0.0.0/",
            "http://127.1/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "//rest.iad-06.braze.com/",
            "rest.iad-06.braze.com",
            "",
            "https://",
            "https:///users/track",
            "https://user:hunter2@rest.iad-06.braze.com/",
            "http://127.0.0.1@rest.iad-06.braze.com/",
            "https://rest.iad-06.braze.com\\@evil.example/",
            "https://rest.iad-06.braze.com/a b",
            "https://rest.iad-06.braze.com/\r\nX: y",
            "https://rest.iad-06.br\u0430ze.com/",
            "https://[::1/",
            "https://rest.iad-06.braze.com:port/",
            "https://rest.iad-06.braze.com:99999/",
        ],
    )
    def test_all_else_is_refused_before_sending(self, url: str) -> None:
        stub = Stub()
        error = failure(transport_over(stub), make_call(url=url))
        assert isinstance(error, ConfigurationError)
        assert str(error).startswith("POST /users/track: ")
        assert stub.prepared == []
        assert "hunter2" not in shown(error)


def refused() -> Exception:
    return NewConnectionError(None, "refused")  # type: ignore[arg-type]  # a stub has no connection


class TestStubbedFailures:
    """What stubs of requests raise, without the frames of a real connection."""

    @pytest.mark.parametrize(
        "error",
        [
            requests.ConnectTimeout(),
            requests.ConnectionError(refused()),
            requests.ConnectionError(MaxRetryError(None, "/x", refused())),  # type: ignore[arg-type]  # a stub has no pool
            ConnectTimeoutError(),
        ],
    )
    def test_no_connection_means_not_sent(self, error: Exception) -> None:
        raised = failure(transport_over(Stub(error)), make_call())
        assert type(raised) is NotSent
        assert "no connection to rest.iad-06.braze.com was made" in str(raised)

    @pytest.mark.parametrize(
        "error",
        [
            requests.ConnectionError(),
            requests.ConnectionError(ProtocolError("aborted", ConnectionResetError())),
            requests.ReadTimeout(),
            requests.exceptions.SSLError(),
            requests.exceptions.ChunkedEncodingError(),
            requests.exceptions.InvalidHeader("Content-Length twice"),
            requests.exceptions.RetryError(),
            ConnectionResetError(),
            RuntimeError("of an adapter"),
        ],
    )
    def test_anything_else_may_have_arrived(self, error: Exception) -> None:
        raised = failure(transport_over(Stub(error)), make_call())
        assert type(raised) is AnswerLost
        assert (raised.method, raised.path) == ("POST", "/users/track")
        assert "may have accepted" in str(raised)

    def test_what_the_caller_was_handling_does_not_count(self) -> None:
        transport = transport_over(Stub(requests.ConnectionError("reset")))
        try:
            raise refused()
        except NewConnectionError:
            raised = failure(transport, make_call())
        assert type(raised) is AnswerLost

    def test_a_circle_of_causes_ends(self) -> None:
        error, other = requests.ConnectionError("one"), OSError("two")
        error.__cause__, other.__cause__ = other, error
        assert type(failure(transport_over(Stub(error)), make_call())) is AnswerLost

    @pytest.mark.parametrize("error", [requests.ConnectTimeout, requests.ConnectionError])
    def test_the_cause_is_kept_without_what_is_private(
        self, error: type[requests.RequestException]
    ) -> None:
        call = make_call()
        told = f"{call.url} and {call.url[29:]} with {KEY.reveal()} {OTHER_KEY.reveal()}"
        raised = failure(transport_over(Stub(error(told))), call)
        cause = raised.__cause__
        assert str(cause) == (
            f"requests.exceptions.{error.__name__}: https://rest.iad-06.braze.com/users/track"
            " and /users/track with [redacted] [redacted]"
        )
        assert cause is not None
        assert cause.__traceback__ is None
        assert raised.__context__ is None

    def test_an_address_without_path_is_no_reason_to_replace(self) -> None:
        raised = failure(
            transport_over(Stub(OSError("a/b"))), make_call(url="https://rest.iad-06.braze.com/")
        )
        assert str(raised.__cause__) == "builtins.OSError: a/b"


class TestReading:
    def test_a_body_that_breaks_off_is_lost(self) -> None:
        raised = failure(transport_over(Stub(response(201, Broken()))), make_call())
        assert type(raised) is AnswerLost
        assert "OSError" in str(raised)
        assert "[redacted]" in str(raised.__cause__)

    def test_of_a_refusal_the_status_is_enough(self) -> None:
        answer = send(transport_over(Stub(response(429, Broken()))), make_call())
        assert (answer.status, answer.body) == (429, b"{")

    def test_one_that_drips_past_the_deadline_is_given_up(self) -> None:
        seconds = iter([0.0, 4.0, 8.0, 11.0])
        session = session_with(Stub(response(201, Drip())))
        transport = RequestsTransport(session, user_agent="a", monotonic=lambda: next(seconds))
        raised = failure(transport, make_call(deadline=10.0))
        assert type(raised) is AnswerLost
        assert "deadline" in str(raised)
        assert next(seconds, None) is None


class Drip:
    def read(self, size: int) -> bytes:
        return b"{"

    def close(self) -> None:
        pass


class Broken(Drip):
    def __init__(self) -> None:
        self.pieces = [b"{"]

    def read(self, size: int) -> bytes:
        if self.pieces:
            return self.pieces.pop()
        raise OSError(f"gone with {KEY.reveal()}")


@pytest.mark.parametrize("session", [None, requests.Session()])
@pytest.mark.parametrize("agent", ["", " ", "a\nb", "a\x00", "partner-\u00c4"])
def test_a_user_agent_is_one_line(agent: str, session: requests.Session | None) -> None:
    with pytest.raises(ConfigurationError, match="user agent"):
        transport_for(session, user_agent=agent)


def test_values_show_nothing_private() -> None:
    call = make_call(headers={"X-Partner": OTHER_KEY.reveal()})
    assert len(Payload(BODY)) == len(BODY)
    for shown_one in (repr(call), str(call), f"{call}", repr(call.body), repr(Payload(BODY))):
        assert "ana" not in shown_one
        assert KEY.reveal() not in shown_one
        assert OTHER_KEY.reveal() not in shown_one
    assert "/users/track" in repr(call)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(call)
    answer = send(transport_over(Stub()), call)
    assert repr(answer) == "Answer(status=201, attempts=1)"


def shown(error: BaseException) -> str:
    made = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(made.format())


@pytest.mark.parametrize(
    "outcome",
    [
        OSError(f"{KEY.reveal()} ana"),
        requests.ConnectionError(),
        UnicodeEncodeError("latin-1", KEY.reveal(), 0, 1, "ordinal"),
        response(201, Broken()),
    ],
)
def test_tracebacks_with_locals_show_no_key(outcome: Exception | requests.Response) -> None:
    told = shown(failure(transport_over(Stub(outcome)), make_call()))
    assert "raise failure from cause" in told
    assert KEY.reveal() not in told
    assert OTHER_KEY.reveal() not in told
