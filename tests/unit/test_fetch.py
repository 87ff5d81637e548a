"""Files fetched from an address that opens them to anyone."""

from __future__ import annotations

import io

import pytest
import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    ProtocolError,
)

from braze_engage._http.transport import RequestsTransport
from braze_engage.credentials import Secret
from braze_engage.errors import AnswerLost, BrazeError, ConfigurationError, NotSent
from tests.unit.test_transport import Stub, response, session_with, transport_over

ADDRESS = Secret("https://files.example.test/export.zip?token=abc")


class Breaking(io.BytesIO):
    """Gives one piece and breaks."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ProtocolError("token=abc")
        return super().read(size and 4)


def fetch(
    transport: RequestsTransport, into: io.BytesIO | None = None, address: Secret = ADDRESS
) -> int:
    return transport.fetch(address, into, connect=5.0, read=30.0, total=60.0)


def test_nothing_but_the_agent_goes_along() -> None:
    stub = Stub(response(200, io.BytesIO(b"PK")))
    session = session_with(stub)
    session.headers.update({"X-Key": "of somebody", "Authorization": "Bearer key"})
    session.auth = ("user", "password")
    session.cookies.set("session", "1")
    into = io.BytesIO()
    assert fetch(RequestsTransport(session, user_agent="tests"), into) == 200
    (prepared,) = stub.prepared
    assert (prepared.method, prepared.url, prepared.body) == ("GET", ADDRESS.reveal(), None)
    assert dict(prepared.headers) == {"Accept": "application/json", "User-Agent": "tests"}
    assert into.getvalue() == b"PK"


def test_without_a_file_the_status_is_learnt_only() -> None:
    raw = io.BytesIO(b"PK")
    assert fetch(transport_over(Stub(response(200, raw)))) == 200
    assert raw.closed or raw.tell() == 0


@pytest.mark.parametrize("status", [302, 403, 404, 503])
def test_of_a_refusal_nothing_is_written(status: int) -> None:
    into = io.BytesIO()
    assert fetch(transport_over(Stub(response(status, io.BytesIO(b"no")))), into) == status
    assert into.getvalue() == b""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (requests.ConnectTimeout("token=abc"), NotSent),
        (
            requests.ConnectionError(
                MaxRetryError(None, "/export.zip?token=abc", ConnectTimeoutError("token=abc"))  # type: ignore[arg-type]  # no pool
            ),
            NotSent,
        ),
        (requests.ReadTimeout("token=abc"), AnswerLost),
        (requests.ConnectionError(ProtocolError("token=abc")), AnswerLost),
    ],
)
def test_failures_are_told_apart_and_show_no_address(
    error: Exception, kind: type[BrazeError]
) -> None:
    with pytest.raises(kind) as caught:
        fetch(transport_over(Stub(error)))
    assert "abc" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_file_that_breaks_off_is_lost() -> None:
    into = io.BytesIO()
    with pytest.raises(AnswerLost, match="did not arrive whole") as caught:
        fetch(transport_over(Stub(response(200, Breaking(b"abcdefgh")))), into)
    assert "abc" not in str(caught.value)
    assert into.getvalue() == b"abcd"


def test_a_file_that_takes_too_long_is_given_up() -> None:
    times = iter([0.0, 61.0])
    session = session_with(Stub(response(200, io.BytesIO(b"abc"))))
    transport = RequestsTransport(session, user_agent="tests", monotonic=lambda: next(times))
    with pytest.raises(AnswerLost, match="deadline"):
        fetch(transport, io.BytesIO())


@pytest.mark.parametrize(
    "address", ["http://files.example.test/x", "https://u:p@files.example.test/", "file:///etc/x"]
)
def test_an_address_that_is_not_safe_is_refused(address: str) -> None:
    stub = Stub()
    with pytest.raises(ConfigurationError, match=r"\(a file\)"):
        fetch(transport_over(stub), address=Secret(address))
    assert stub.prepared == []


def test_a_session_that_verifies_nothing_is_refused() -> None:
    stub = Stub()
    session = session_with(stub)
    transport = RequestsTransport(session, user_agent="tests")
    session.verify = False
    with pytest.raises(ConfigurationError, match="verify"):
        fetch(transport)
    session.verify = "/no/such/bundle.pem"
    with pytest.raises(ConfigurationError, match="certificate file"):
        fetch(transport)
    assert stub.prepared == []


def test_a_bundle_of_the_environment_that_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    stub = Stub()
    with pytest.raises(ConfigurationError, match="certificate file"):
        fetch(transport_over(stub))
    assert stub.prepared == []


def test_a_full_disk_is_told_as_it_is() -> None:
    class Full(io.BytesIO):
        def write(self, piece: object, /) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        fetch(transport_over(Stub(response(200, io.BytesIO(b"abc")))), Full())
