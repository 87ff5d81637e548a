"""What is sent over connections of urllib3, and what is refused before anything leaves."""

from __future__ import annotations

import io
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.poolmanager import ProxyManager
from urllib3.util import Timeout

from braze_engage._http import pools
from braze_engage._http.pools import ConnectionPools
from braze_engage._http.urllib3_transport import Urllib3Transport
from braze_engage.errors import AnswerLost, BrazeError, ConfigurationError
from tests.unit.exchange_doubles import KEY, OTHER_KEY, make_call
from tests.unit.test_transport import BODY, HERE, NOWHERE, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage._http.call import Answer, Call

HOST = "https://rest.iad-06.braze.com"
CERTIFICATE = str(Path(__file__).parents[1] / "data" / "loopback.pem")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


class Pool:
    """Stands in for every pool of connections, and notes what it is to send."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[tuple[str, str, Mapping[str, object]]] = []
        self.body: io.RawIOBase | io.BytesIO = io.BytesIO(b"{}")
        self.error: Exception | None = None
        monkeypatch.setattr(HTTPConnectionPool, "urlopen", self._open)

    def _open(self, method: str, url: str, **options: object) -> HTTPResponse:
        self.sent.append((method, url, options))
        if self.error:
            raise self.error
        return HTTPResponse(
            self.body, {"X-Mixed-Case": "kept"}, 201, preload_content=False, decode_content=False
        )

    @property
    def headers(self) -> Mapping[str, str]:
        ((_, _, options),) = self.sent
        headers = options["headers"]
        assert isinstance(headers, dict)
        return headers


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    return Pool(monkeypatch)


def send(call: Call, transport: Urllib3Transport | None = None) -> Answer:
    made = Urllib3Transport(user_agent="partner-Tests") if transport is None else transport
    return made.send(call, connect=5.0, read=30.0)


def failure(call: Call, transport: Urllib3Transport | None = None) -> BrazeError:
    with pytest.raises(BrazeError) as caught:
        send(call, transport)
    return caught.value


class TestRequest:
    def test_it_carries_key_agent_type_and_body(self, pool: Pool) -> None:
        answer = send(make_call(headers={"X-Extra": "1"}, deadline=7.0))
        ((method, target, options),) = pool.sent
        assert (method, target) == ("POST", "/users/track?email=ana%40example.org")
        assert options["body"] == BODY
        assert pool.headers == {
            "X-Extra": "1",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": "partner-Tests",
            "Authorization": f"Bearer {KEY.reveal()}",
            "Content-Type": "application/json",
        }
        timeout = options["timeout"]
        assert isinstance(timeout, Timeout)
        assert (timeout.connect_timeout, timeout.total) == (5.0, 7.0)
        assert (answer.status, answer.body) == (201, b"{}")
        assert answer.headers == {"x-mixed-case": "kept"}

    def test_without_body_and_key_it_carries_neither(self, pool: Pool) -> None:
        send(make_call(method="GET", body=None, authorization=None))
        assert pool.sent[0][2]["body"] is None
        assert not {"Authorization", "Content-Type"} & set(pool.headers)

    @pytest.mark.parametrize(
        ("url", "target"),
        [
            (f"{HOST}/catalogs/%2E%2E/items?a=%7E", "/catalogs/%2E%2E/items?a=%7E"),
            (HOST, "/"),
            (f"{HOST}?a=https://b/c", "/?a=https://b/c"),
            (f"{HOST.upper()}/x#y", "/x"),
        ],
    )
    def test_the_target_is_what_follows_the_origin(self, pool: Pool, url: str, target: str) -> None:
        send(make_call(url=url))
        assert pool.sent[0][1] == target

    @pytest.mark.parametrize("value", ["a\nb", "\u20ac", "a\x00"])
    def test_a_header_that_cannot_be_sent_is_refused(self, pool: Pool, value: str) -> None:
        error = failure(make_call(headers={"X-Request-Origin": value}))
        assert isinstance(error, ConfigurationError)
        assert "header" in str(error)
        assert pool.sent == []

    @pytest.mark.parametrize(
        "url",
        [
            "http://rest.iad-06.braze.com/users/track",
            "http://127.0.0.1.example/",
            "https://user:hunter2@rest.iad-06.braze.com/",
            "https://rest.iad-06.braze.com\\@evil.example/",
        ],
    )
    def test_an_address_that_is_none_is_refused(self, pool: Pool, url: str) -> None:
        error = failure(make_call(url=url))
        assert isinstance(error, ConfigurationError)
        assert pool.sent == []
        assert "hunter2" not in shown(error)


class TestReading:
    def test_one_that_drips_past_the_deadline_is_given_up(self, pool: Pool) -> None:
        class Drip(io.RawIOBase):
            def read(self, size: int = -1) -> bytes:
                return b"{"

            read1 = read

        pool.body = Drip()
        seconds = iter([0.0, 4.0, 8.0, 11.0])
        transport = Urllib3Transport(user_agent="a", monotonic=lambda: next(seconds))
        raised = failure(make_call(deadline=10.0), transport)
        assert type(raised) is AnswerLost
        assert "deadline" in str(raised)
        assert next(seconds, None) is None

    @pytest.mark.parametrize("error", [OSError(f"{KEY.reveal()} ana"), RuntimeError()])
    def test_tracebacks_with_locals_show_no_key(self, pool: Pool, error: Exception) -> None:
        pool.error = error
        told = shown(failure(make_call()))
        assert "raise failure from cause" in told
        assert KEY.reveal() not in told
        assert OTHER_KEY.reveal() not in told


class TestPools:
    def test_each_origin_has_one(self) -> None:
        made = ConnectionPools(3)
        assert made.of(HOST) is made.of(HOST)
        assert made.of(HOST) is not made.of("http://127.0.0.1:1")
        assert made.of(HOST).pool is not None

    def test_certificates_are_checked(self) -> None:
        made = ConnectionPools(1)
        context = made.of(HOST).conn_kw["ssl_context"]
        assert isinstance(context, ssl.SSLContext)
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.cert_store_stats()["x509_ca"] > 50

    @pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
    def test_the_bundle_of_the_environment_counts(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setenv(name, CERTIFICATE)
        made = ConnectionPools(1)
        made.of(HOST)
        assert list(made._contexts) == [CERTIFICATE]

    def test_a_directory_of_certificates_is_read(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
        assert ConnectionPools(1).of(HOST)

    @pytest.mark.parametrize(
        ("bundle", "message"),
        [(NOWHERE, "no such certificate file"), (HERE, "no certificates can be read from")],
    )
    def test_a_bundle_that_is_none_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, bundle: str, message: str
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
        error = failure(make_call())
        assert isinstance(error, ConfigurationError)
        assert message in str(error)

    @pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
    def test_proxies_of_the_environment_count(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setenv(name, "proxy.example:1")
        made = ConnectionPools(1)
        assert str(made.of(HOST).proxy) == "http://proxy.example:1"
        assert made.of("https://127.0.0.1:1").proxy is None

    def test_no_proxy_counts_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:1")
        monkeypatch.setenv("NO_PROXY", "braze.com")
        assert ConnectionPools(1).of(HOST).proxy is None

    def test_a_proxy_behind_tls_is_checked_like_the_host(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "https://proxy.example:1")
        made = ConnectionPools(1)
        made.of(HOST)
        manager = made.proxy_manager["https://proxy.example:1"]
        assert isinstance(manager, ProxyManager)
        assert manager.proxy_config is not None
        assert manager.proxy_config.ssl_context in made._contexts.values()

    @pytest.mark.parametrize(
        "proxy", ["http://", "socks5h://user:hunter2@proxy.example:1", "ftp://user:hunter2@a:1"]
    )
    def test_an_unusable_proxy_is_a_matter_of_configuration(
        self, monkeypatch: pytest.MonkeyPatch, proxy: str
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        error = failure(make_call())
        assert isinstance(error, ConfigurationError)
        assert "prox" in str(error)
        assert "hunter2" not in shown(error)

    def test_the_environment_is_asked_once_a_host(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []

        def note(origin: str) -> dict[str, str]:
            asked.append(origin)
            return {}

        monkeypatch.setattr(pools, "get_environ_proxies", note)
        made = ConnectionPools(1)
        for _ in range(3):
            made.of(HOST)
        assert asked == [HOST]


def test_a_pool_holds_a_connection() -> None:
    with pytest.raises(ConfigurationError, match="1 connection or more, not 0"):
        Urllib3Transport(user_agent="a", pool_size=0)
