"""One request out, one answer in, over ``requests``.

What fails is told apart: `NotSent` when no connection was made, `AnswerLost` when the request may
have arrived. ``requests`` reports both as one class, so the cause inside decides.
"""

from __future__ import annotations

import sys
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, cast

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidHeader
from requests.utils import get_environ_proxies
from urllib3.response import HTTPResponse
from urllib3.util import Timeout

from braze_engage._http import guard
from braze_engage._http.call import SUCCESS, Answer, Call, Payload
from braze_engage._http.causes import explain, lost
from braze_engage.errors import AnswerLost, ConfigurationError, bare
from braze_engage.operation import Replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

    from requests.adapters import BaseAdapter

    from braze_engage.credentials import Secret
    from braze_engage.errors import BareCause, BrazeError

__all__ = ["Answer", "Call", "Payload", "RequestsTransport", "Transport"]

_PIECE: Final = 64 * 1024


_Failure: TypeAlias = "tuple[BrazeError, BareCause | None]"


class Transport(Protocol):
    """What carries one request."""

    def send(self, call: Call, *, connect: float, read: float) -> Answer:
        """Send once and return the answer, whatever its status.

        Args:
            call: The request; its deadline is what is left for this attempt.
            connect: Seconds to wait for a connection.
            read: Seconds to wait for the next bytes.

        Raises:
            NotSent: No connection was made.
            AnswerLost: The request may have arrived.
        """
        ...

    def close(self) -> None:
        """Give back what the transport opened itself."""
        ...


class RequestsTransport:
    """Sends through a ``requests`` session.

    Of a session that is given, adapters, ``verify``, ``cert``, proxies and plain headers are used
    and nothing is changed. Its ``auth``, ``params``, cookies and hooks are not, nor is ``.netrc``;
    the environment's proxies, read once, and CA bundle count while ``trust_env`` is on. Redirects
    are not followed, and to loopback no proxy is used.

    Args:
        session: A session to use; None for one of its own, which `close` closes.
        user_agent: What to introduce itself as; None for the name and version of this library.
        pool_size: Connections kept open, one per concurrent request.
        monotonic: Measures the time an answer takes to arrive.

    Raises:
        ConfigurationError: The session does not verify certificates or repeats requests itself, or
            the user agent is no single line of ASCII.
    """

    def __init__(
        self,
        session: requests.Session | None = None,
        *,
        user_agent: str | None = None,
        pool_size: int = 128,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if pool_size < 1:
            raise ConfigurationError(f"a pool holds 1 connection or more, not {pool_size}")
        name = cast("object", _own_name() if user_agent is None else user_agent)
        if not (isinstance(name, str) and name.strip() and name.isascii() and name.isprintable()):
            raise ConfigurationError("a user agent is one line of printable ASCII")
        self._owned = session is None
        self._session = _own_session(pool_size) if session is None else session
        problem = guard.session_problem(self._session)
        if problem:
            raise ConfigurationError(problem)
        self._user_agent = name
        self._monotonic = monotonic
        # Asking the environment costs more than all else that is done here for a request.
        self._environment = lru_cache(maxsize=16)(get_environ_proxies)

    def send(self, call: Call, *, connect: float, read: float) -> Answer:
        """Send once and return the answer, whatever its status.

        Args:
            call: The request; its deadline is what is left for this attempt.
            connect: Seconds to wait for a connection.
            read: Seconds to wait for the next bytes.

        Raises:
            ConfigurationError: The address or the session is not one to send secrets through.
            NotSent: No connection was made.
            AnswerLost: The request may have arrived.
        """
        outcome = self._send(call, connect, read)
        if isinstance(outcome, Answer):
            return outcome
        failure, cause = outcome
        # No exception is being handled here, so none is kept as context, with frames and request.
        raise failure from cause

    def fetch(
        self, address: Secret, into: BinaryIO | None, *, connect: float, read: float, total: float
    ) -> int:
        """Get a file from an address that opens it to anyone: no key and no header goes along.

        Args:
            address: Complete; it shows nowhere.
            into: Where a success is written; None to learn the status only.
            connect: Seconds to wait for a connection.
            read: Seconds to wait for the next bytes.
            total: Seconds the whole file may take.

        Returns:
            The status, whatever it is; redirects are not followed.

        Raises:
            ConfigurationError: The address or the session is not one to use.
            NotSent: No connection was made.
            AnswerLost: The file did not arrive whole; a part of it may be written.
        """
        outcome = self._fetch(address, into, connect, read, total)
        if isinstance(outcome, int):
            return outcome
        raise outcome  # without a cause, which would show the address

    def close(self) -> None:
        """Close the session, unless it was given."""
        if self._owned:
            self._session.close()

    def _send(self, call: Call, connect: float, read: float) -> Answer | _Failure:
        handled = sys.exc_info()[1]
        late = self._monotonic() + call.deadline
        problem = guard.url_problem(call.url) or guard.session_problem(self._session)
        if problem:
            return ConfigurationError(f"{call.method} {call.path}: {problem}"), None
        try:
            response = self._open(call, self._plain_headers(), connect, read)
        except Exception as error:  # noqa: BLE001 - the frames of any error below hold the key
            return explain(call, error, handled)
        if isinstance(response, ConfigurationError):
            return response, None
        try:
            return self._receive(call, response, late)
        finally:
            response.close()

    def _fetch(
        self, address: Secret, into: BinaryIO | None, connect: float, read: float, total: float
    ) -> int | BrazeError:
        handled = sys.exc_info()[1]
        late = self._monotonic() + total
        call = _file_call(address, total)
        problem = guard.url_problem(call.url) or guard.session_problem(self._session)
        if problem:
            return ConfigurationError(f"{call.path}: {problem}")
        try:
            response = self._open(call, {}, connect, read)
        except Exception as error:  # noqa: BLE001 - the frames of any error below hold the address
            failure, _ = explain(call, error, handled)
            return _cut(call, type(error).__name__) if isinstance(failure, AnswerLost) else failure
        if isinstance(response, ConfigurationError):
            return response
        try:
            if into is None or response.status_code not in SUCCESS:
                return response.status_code
            return self._save(call, response, into, late) or response.status_code
        finally:
            response.close()

    def _save(
        self, call: Call, response: requests.Response, into: BinaryIO, late: float
    ) -> AnswerLost | None:
        pieces = _pieces(response)
        while True:
            try:
                piece = next(pieces, b"")
            except Exception as error:  # noqa: BLE001 - whatever broke, the file is not whole
                return _cut(call, type(error).__name__)
            if not piece:
                return None
            into.write(piece)
            if self._monotonic() > late:
                return _cut(call, "deadline")

    def _plain_headers(self) -> dict[str, str]:
        return {
            name: value
            for name, value in self._session.headers.items()
            if name.lower() not in guard.PLAIN_HEADERS_EXCEPT and value
        }

    def _open(
        self, call: Call, plain: Mapping[str, str], connect: float, read: float
    ) -> requests.Response | ConfigurationError:
        adapter = self._session.get_adapter(call.url)
        route = guard.route(self._session, call.url, self._environment)
        problem = guard.file_problem(route["verify"], None)
        if problem:
            return ConfigurationError(problem)
        try:
            prepared = self._prepare(call, plain)
        except (InvalidHeader, UnicodeEncodeError):
            return ConfigurationError("a header of the session is no single line of Latin-1 text")
        # The adapter, not the session: a session stores cookies and looks into redirects.
        timeout = _timeout(adapter, connect, read, call.deadline)
        return adapter.send(prepared, stream=True, timeout=timeout, **route)

    def _prepare(self, call: Call, plain: Mapping[str, str]) -> requests.PreparedRequest:
        headers = {**plain, **call.headers}
        "".join(headers.values()).encode("latin-1")
        prepared = requests.PreparedRequest()
        prepared.prepare_method(call.method)
        prepared.url = call.url  # as it is: preparing it would fold dots of a path parameter
        prepared.prepare_headers(headers)
        prepared.headers["Accept"] = "application/json"
        prepared.headers["User-Agent"] = self._user_agent
        if call.authorization is not None:
            prepared.headers["Authorization"] = f"Bearer {call.authorization.reveal()}"
        if call.body is not None:
            prepared.headers["Content-Type"] = call.content_type
        prepared.prepare_body(None if call.body is None else call.body.reveal(), None)
        return prepared

    def _receive(self, call: Call, response: requests.Response, late: float) -> Answer | _Failure:
        headers = {name.lower(): value for name, value in response.headers.items()}
        pieces: list[bytes] = []
        failure: _Failure | None = None
        try:
            for piece in _pieces(response):
                pieces.append(piece)
                if self._monotonic() > late:  # each piece came in time, all together did not
                    failure = lost(call, "deadline"), None
                    break
        except Exception as error:  # noqa: BLE001 - it came after the request, whatever it is
            failure = lost(call, type(error).__name__), bare(error, call.scrub)
        answer = Answer(response.status_code, headers, b"".join(pieces))
        # A refusal is known by its status, however little of its text arrived.
        return failure if failure and answer.ok else answer


def _file_call(address: Secret, total: float) -> Call:
    return Call(
        method="GET",
        url=address.reveal(),
        path="(a file)",
        bucket="",
        replay=Replay.ALWAYS,
        deadline=total,
    )


def _cut(call: Call, why: str) -> AnswerLost:
    return AnswerLost(f"it did not arrive whole ({why})", method=call.method, path=call.path)


def _own_session(pool_size: int) -> requests.Session:
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=pool_size))
    return session


def _timeout(
    adapter: BaseAdapter, connect: float, read: float, total: float
) -> tuple[float, float]:
    if type(adapter).send is not HTTPAdapter.send:
        return connect, read  # what adapters of others are documented to get
    # The type requests states leaves out urllib3's own, which alone bounds the two together.
    return cast("tuple[float, float]", Timeout(connect=connect, read=read, total=total))


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """Read as bytes arrive, so that a slow answer can be given up between them."""
    raw: object = response.raw
    if isinstance(raw, HTTPResponse) and hasattr(raw, "read1"):  # urllib3 2.1 and later
        while piece := raw.read1(_PIECE, decode_content=True):
            yield piece
    else:
        yield from response.iter_content(_PIECE)


def _own_name() -> str:
    from braze_engage import __version__  # noqa: PLC0415 - reading it is slow

    return f"braze_engage/{__version__}"
