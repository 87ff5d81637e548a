"""Real sockets: what happened on the wire decides between never sent and answer lost."""

from __future__ import annotations

import gc
import gzip
import logging
import pickle
import socket
import ssl
import struct
import threading
import time
import traceback
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest
import requests
from urllib3.response import HTTPResponse

from braze_engage._http.call import Call, Payload
from braze_engage._http.exchange import Exchange
from braze_engage._http.retry import RetryPolicy
from braze_engage._http.transport import transport_for
from braze_engage.credentials import DataImportKey, RestApiKey
from braze_engage.errors import AnswerLost, BadRequest, BrazeError, NotSent, TransportError
from braze_engage.operation import Replay
from braze_engage.testing import FakeBraze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from braze_engage._http.call import Answer
    from braze_engage._http.transport import Transport

KEY = RestApiKey("rest-api-key-0001")
IMPORT_KEY = DataImportKey("data-import-key-0002")
CERTIFICATE = Path(__file__).parents[1] / "data" / "loopback.pem"
OK = b'HTTP/1.1 201 Created\r\nContent-Length: 21\r\n\r\n{"message":"success"}'


@attrs.define
class Peer:
    """A server of one script: it reads a request, then does to the socket what the script says."""

    port: int
    requests: list[bytes] = attrs.field(factory=list, repr=False)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    while lengths and len(body) < lengths[0]:
        piece = connection.recv(65_536)
        body += piece
        data += piece
    return data


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextmanager
def peer(
    *answers: bytes | Callable[[socket.socket], None],
    greet: Callable[[socket.socket], socket.socket | None] = lambda connection: connection,
) -> Iterator[Peer]:
    """Serve one connection after the other; each request takes the next answer."""
    script = list(answers)
    server = socket.create_server(("127.0.0.1", 0))
    made = Peer(server.getsockname()[1])

    def talk(raw: socket.socket) -> None:
        connection = greet(raw)
        while connection is not None and script:
            request = read_request(connection)
            if not request:
                break
            made.requests.append(request)
            answer = script.pop(0)
            if callable(answer):
                answer(connection)
                connection.close()
                break
            connection.sendall(answer)
        if connection is not None:
            connection.close()

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                made.connections += 1
                with connection, suppress(OSError):
                    talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


@contextmanager
def silent_peer() -> Iterator[Peer]:
    done = threading.Event()

    def wait(_: socket.socket) -> None:
        done.wait(5)

    with peer(wait) as made:
        yield made
        done.set()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def call_to(url: str, *, deadline: float = 10.0) -> Call:
    return Call(
        method="POST",
        url=f"{url}/users/track?email=ana%40example.org",
        path="/users/track",
        bucket="users_track",
        replay=Replay.ALWAYS,
        body=Payload(b'{"client_secret":"data-import-key-0002","id":"ana-1"}'),
        authorization=KEY,
        secrets=(IMPORT_KEY,),
        deadline=deadline,
    )


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        yield made


@pytest.fixture(params=["urllib3", "requests"])
def transport(request: pytest.FixtureRequest, session: requests.Session) -> Iterator[Transport]:
    given = session if request.param == "requests" else None
    with closing(transport_for(given, user_agent="partner-Tests")) as made:
        yield made


def send(transport: Transport, url: str, *, read: float = 5.0, deadline: float = 10.0) -> Answer:
    return transport.send(call_to(url, deadline=deadline), connect=2.0, read=read)


def failure(
    transport: Transport, url: str, *, read: float = 5.0, deadline: float = 10.0
) -> TransportError:
    """Return what sending raises, after making sure that it shows nothing private."""
    with pytest.raises(TransportError) as caught:
        send(transport, url, read=read, deadline=deadline)
    error = caught.value
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    for text in ("".join(shown.format()), repr(error), repr(pickle.dumps(error))):
        for private in (KEY.reveal(), IMPORT_KEY.reveal(), "ana"):
            assert private not in text
    assert error.__cause__ is None or error.__cause__.__traceback__ is None
    assert error.__context__ is None
    return error


class TestNeverSent:
    def test_a_refused_connection(self, transport: Transport) -> None:
        error = failure(transport, f"http://127.0.0.1:{closed_port()}")
        assert type(error) is NotSent
        assert "ConnectionRefusedError" in str(error)

    def test_a_connection_nobody_accepts(
        self, transport: Transport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def time_out(*_: object, **__: object) -> socket.socket:
            raise TimeoutError("timed out")

        monkeypatch.setattr("urllib3.util.connection.create_connection", time_out)
        error = failure(transport, "http://127.0.0.1:9")
        assert type(error) is NotSent
        assert "no connection to 127.0.0.1:9 was made (TimeoutError)" in str(error)

    def test_an_unknown_host(self, transport: Transport) -> None:
        error = failure(transport, "https://no-such-host.invalid")
        assert type(error) is NotSent
        assert "gaierror" in str(error)

    def test_a_peer_that_speaks_no_tls(self, transport: Transport) -> None:
        def answer_in_plain(raw: socket.socket) -> None:
            raw.recv(65_536)
            raw.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        with peer(greet=answer_in_plain) as server:
            error = failure(transport, f"https://127.0.0.1:{server.port}")
        assert type(error) is NotSent
        assert "SSL" in str(error.__cause__)

    @pytest.mark.parametrize("leave", [socket.socket.close, reset])
    def test_a_peer_that_leaves_during_the_handshake(
        self, transport: Transport, leave: Callable[[socket.socket], None]
    ) -> None:
        def go(raw: socket.socket) -> None:
            raw.recv(65_536)
            leave(raw)

        with peer(greet=go) as server:
            error = failure(transport, f"https://127.0.0.1:{server.port}")
        assert type(error) is NotSent

    def test_a_handshake_without_end(self, transport: Transport) -> None:
        done = threading.Event()

        def stall(raw: socket.socket) -> None:
            done.wait(5)

        with peer(greet=stall) as server:
            call = call_to(f"https://127.0.0.1:{server.port}")
            with pytest.raises(NotSent, match=r"TimeoutError|timeout"):
                transport.send(call, connect=0.2, read=5.0)
            done.set()

    def test_a_certificate_nobody_vouches_for(self, transport: Transport) -> None:
        with peer(OK, greet=tls) as server:
            error = failure(transport, f"https://127.0.0.1:{server.port}")
        assert type(error) is NotSent
        assert "CERTIFICATE_VERIFY_FAILED" in str(error.__cause__)
        assert server.requests == []

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_a_proxy_that_is_not_there(
        self, transport: Transport, monkeypatch: pytest.MonkeyPatch, scheme: str
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://user:hunter2@127.0.0.1:{closed_port()}")
        error = failure(transport, "https://rest.iad-06.braze.com")
        assert type(error) is NotSent
        assert "hunter2" not in f"{error} {error.__cause__}"

    # http.client of older Pythons leaves the proxy's answer open; it is collected here and now.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_a_proxy_that_opens_no_tunnel(
        self, transport: Transport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with peer(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n") as server:
            monkeypatch.setenv("HTTPS_PROXY", server.url.replace("//", "//ana:hunter2@"))
            error = failure(transport, "https://rest.iad-06.braze.com")
        assert type(error) is NotSent
        assert server.requests[0].startswith(b"CONNECT rest.iad-06.braze.com:443")
        assert b"proxy-authorization: basic" in server.requests[0].lower()
        assert KEY.reveal().encode() not in server.requests[0]
        del error
        gc.collect()


def tls(raw: socket.socket) -> socket.socket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context.wrap_socket(raw, server_side=True)


class TestAnswerLost:
    def test_closed_without_an_answer(self, transport: Transport) -> None:
        with peer(socket.socket.close) as server:
            error = failure(transport, server.url)
        assert type(error) is AnswerLost
        assert "RemoteDisconnected" in str(error)
        assert len(server.requests) == 1

    def test_reset_without_an_answer(self, transport: Transport) -> None:
        with peer(reset) as server:
            error = failure(transport, server.url)
        assert type(error) is AnswerLost
        assert "ConnectionResetError" in str(error)

    def test_reset_in_the_middle_of_the_body(self, transport: Transport) -> None:
        def half(connection: socket.socket) -> None:
            connection.sendall(OK[:-5])
            time.sleep(0.1)
            reset(connection)

        with peer(half) as server:
            assert type(failure(transport, server.url)) is AnswerLost

    @pytest.mark.parametrize(
        "answer",
        [
            OK[:-5],
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n{",
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
            b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            b"HTTP/1.1 2",
            b"nonsense rest-api-key-0001\r\n\r\n",
        ],
    )
    def test_truncated_or_garbled(self, transport: Transport, answer: bytes) -> None:
        def say(connection: socket.socket) -> None:
            connection.sendall(answer)

        with peer(say) as server:
            assert type(failure(transport, server.url)) is AnswerLost

    def test_silence(self, transport: Transport) -> None:
        with silent_peer() as server:
            error = failure(transport, server.url, read=0.2)
        assert type(error) is AnswerLost
        assert "TimeoutError" in str(error) or "timeout" in str(error)

    def test_silence_until_the_deadline(self, transport: Transport) -> None:
        started = time.monotonic()
        with silent_peer() as server:
            error = failure(transport, server.url, deadline=0.3)
        assert type(error) is AnswerLost
        assert time.monotonic() - started < 2

    @pytest.mark.skipif(not hasattr(HTTPResponse, "read1"), reason="needs urllib3 2.1")
    @pytest.mark.parametrize("chunked", [False, True])
    def test_a_body_that_drips_past_the_deadline(self, transport: Transport, chunked: bool) -> None:
        def drip(connection: socket.socket) -> None:
            length = "Transfer-Encoding: chunked" if chunked else "Content-Length: 9999"
            connection.sendall(f"HTTP/1.1 201 Created\r\n{length}\r\n\r\n".encode())
            for _ in range(100):
                connection.sendall(b"1\r\n \r\n" if chunked else b" ")
                time.sleep(0.05)

        started = time.monotonic()
        with peer(drip) as server:
            error = failure(transport, server.url, deadline=0.4)
            assert time.monotonic() - started < 2
        assert type(error) is AnswerLost
        assert "deadline" in str(error)

    def test_after_a_handshake_it_may_have_arrived(
        self, transport: Transport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))

        def garble(connection: socket.socket) -> None:
            assert isinstance(connection, ssl.SSLSocket)
            with socket.socket(fileno=connection.detach()) as raw:
                raw.sendall(b"this is no TLS record at all")

        with peer(OK, garble, greet=tls) as server:
            url = f"https://127.0.0.1:{server.port}"
            assert send(transport, url).status == 201
            error = failure(transport, url)
        assert type(error) is AnswerLost
        assert "SSL" in str(error.__cause__)

    def test_a_stale_connection_cannot_be_told_apart(self, transport: Transport) -> None:
        def leave_late(connection: socket.socket) -> None:
            reset(connection)

        with peer(OK, leave_late) as server:
            send(transport, server.url)
            error = failure(transport, server.url)
        assert type(error) is AnswerLost
        assert server.connections == 1

    def test_a_refused_connection_the_caller_handles_does_not_count(
        self, transport: Transport
    ) -> None:
        with peer(reset) as server:
            try:
                requests.get(f"http://127.0.0.1:{closed_port()}", timeout=2)
            except requests.ConnectionError:
                with pytest.raises(AnswerLost):
                    send(transport, server.url)


class TestAnswers:
    def test_a_connection_is_used_again(self, transport: Transport) -> None:
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        empty = b"HTTP/1.1 204 No Content\r\n\r\n"
        with peer(OK, chunked, empty, OK) as server:
            bodies = [send(transport, server.url).body for _ in range(4)]
        assert bodies == [b'{"message":"success"}', b"{}", b"", b'{"message":"success"}']
        assert server.connections == 1

    def test_what_is_sent(self, transport: Transport) -> None:
        with peer(OK) as server:
            send(transport, server.url)
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        lines = head.decode().lower().split("\r\n")
        assert lines[0] == "post /users/track?email=ana%40example.org http/1.1"
        assert f"authorization: bearer {KEY.reveal()}" in lines
        assert "user-agent: partner-tests" in lines
        assert "content-type: application/json" in lines
        assert body == b'{"client_secret":"data-import-key-0002","id":"ana-1"}'

    def test_headers_come_under_lower_case_names(self, transport: Transport) -> None:
        with peer(OK.replace(b"Created\r\n", b"Created\r\nX-RateLimit-Reset: 7\r\n")) as server:
            assert send(transport, server.url).headers["x-ratelimit-reset"] == "7"

    @pytest.mark.parametrize(
        ("encoding", "pack"), [(b"gzip", gzip.compress), (b"deflate", zlib.compress)]
    )
    def test_compressed_ones_are_unpacked(
        self, transport: Transport, encoding: bytes, pack: Callable[[bytes], bytes]
    ) -> None:
        text = b'{"message":"' + b"x" * 300_000 + b'"}'
        packed = pack(text)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n"
        with peer(head % (encoding, len(packed)) + packed, OK) as server:
            assert send(transport, server.url).body == text
            assert send(transport, server.url).status == 201
        assert server.connections == 1

    def test_a_large_one_arrives_whole(self, transport: Transport) -> None:
        text = b"[" + b"1," * 500_000 + b"1]"
        with peer(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text) as server:
            assert send(transport, server.url).body == text

    def test_a_refusal_that_breaks_off_is_a_refusal(self, transport: Transport) -> None:
        def half(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 429 Slow\r\nContent-Length: 99\r\n\r\n{")

        with peer(half) as server:
            answer = send(transport, server.url)
        assert answer.status == 429
        assert b"{".startswith(answer.body)  # old urllib3 drops what came

    def test_urllib3_without_read1_is_read_too(
        self, transport: Transport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(HTTPResponse, "read1", raising=False)
        monkeypatch.delattr(HTTPResponse.__mro__[1], "read1", raising=False)
        assert not hasattr(HTTPResponse, "read1")

        def half(connection: socket.socket) -> None:
            connection.sendall(OK[:-5])

        with peer(OK, half) as server:
            assert send(transport, server.url).body == b'{"message":"success"}'
            assert type(failure(transport, server.url)) is AnswerLost


class TestNothingElseGoesAlong:
    def test_netrc(
        self, transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login ana password hunter2\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        with peer(OK, OK) as server:
            send(transport, server.url)
            bare = attrs.evolve(call_to(server.url), authorization=None)
            transport.send(bare, connect=2.0, read=5.0)
        assert f"Authorization: Bearer {KEY.reveal()}\r\n".encode() in server.requests[0]
        assert b"authorization" not in server.requests[1].lower()

    def test_cookies(self, session: requests.Session, transport: Transport) -> None:
        cookie = OK.replace(b"Created\r\n", b"Created\r\nSet-Cookie: session=1; Path=/\r\n")
        with peer(cookie, OK) as server:
            send(transport, server.url)
            send(transport, server.url)
        assert b"cookie" not in server.requests[1].lower()
        assert len(session.cookies) == 0

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_redirects(self, transport: Transport, status: int) -> None:
        with peer(OK) as elsewhere:
            to = f"HTTP/1.1 {status} Go\r\nLocation: {elsewhere.url}/x\r\nContent-Length: 0\r\n\r\n"
            with peer(to.encode()) as server:
                exchange = Exchange(transport)
                with pytest.raises(BadRequest, match="redirects are never followed"):
                    exchange.perform(call_to(server.url))
        assert elsewhere.connections == 0

    def test_proxies_of_the_environment_to_loopback(
        self, transport: Transport, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
        with peer(OK) as server:
            assert send(transport, server.url).status == 201


class TestManyThreads:
    def test_connections_are_shared(self, transport: Transport) -> None:
        with FakeBraze() as fake:
            urls = [fake.url] * 400
            with ThreadPoolExecutor(16) as threads:
                statuses = set(threads.map(lambda url: send(transport, url).status, urls))
            assert statuses == {401}  # the key is one of this file
            assert fake.requests_total == 400

    def test_what_was_closed_opens_again(self, transport: Transport) -> None:
        with peer(OK, OK) as server:
            assert send(transport, server.url).status == 201
            transport.close()
            assert send(transport, server.url).status == 201


class TestStaleConnections:
    def test_one_that_was_closed_meanwhile_is_replaced(self, transport: Transport) -> None:
        def answer_and_leave(connection: socket.socket) -> None:
            connection.sendall(OK)

        with peer(answer_and_leave, OK) as server:
            assert send(transport, server.url).status == 201
            time.sleep(0.05)
            assert send(transport, server.url).status == 201
        assert server.connections == 2

    def test_one_that_was_given_up_is_not_used_again(self, transport: Transport) -> None:
        def late(connection: socket.socket) -> None:
            time.sleep(0.3)
            connection.sendall(OK.replace(b"success", b"belated"))

        with peer(late, OK) as server:
            assert type(failure(transport, server.url, read=0.1)) is AnswerLost
            assert send(transport, server.url).body == b'{"message":"success"}'


def test_logs_of_urllib3_show_no_key(
    transport: Transport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with peer(OK, reset) as server:
        send(transport, server.url)
        failure(transport, server.url)
    assert "/users/track" in caplog.text
    for key in (KEY, IMPORT_KEY):
        assert key.reveal() not in caplog.text


class TestExchange:
    def test_it_repeats_until_answered(self, transport: Transport) -> None:
        html = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"
        busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
        exchange = Exchange(transport, retry=RetryPolicy(base=0, cap=0))
        with peer(html, busy, reset, OK) as server:
            assert exchange.perform(call_to(server.url)).attempts == 4
        assert len(set(server.requests)) == 1

    @pytest.mark.parametrize("text", [b"", OK[:-5], b"nonsense\r\n\r\n"])
    def test_what_it_raises_shows_nothing_private(self, transport: Transport, text: bytes) -> None:
        exchange = Exchange(transport, retry=RetryPolicy(attempts=2, base=0, cap=0))

        def say(connection: socket.socket) -> None:
            connection.sendall(text)

        with peer(say, say) as server:
            call = call_to(server.url)
            with pytest.raises(BrazeError) as caught:
                exchange.perform(call)
        made = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        for private in (KEY.reveal(), IMPORT_KEY.reveal(), "ana"):
            assert private not in "".join(made.format())
        assert isinstance(caught.value, AnswerLost)
        assert caught.value.attempts == 2
