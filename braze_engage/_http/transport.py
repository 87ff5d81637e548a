"""One request out, one answer in: over ``urllib3``, or over a ``requests`` session that is given.

What fails is told apart: `NotSent` when no connection was made, `AnswerLost` when the request may
have arrived. ``requests`` reports both as one class, so the cause inside decides.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, cast

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidHeader
from requests.utils import get_environ_proxies
from urllib3.response import HTTPResponse
from urllib3.util import Timeout

from braze_engage._http import guard
from braze_engage._http.call import Answer, Call, Payload
from braze_engage._http.file_transport import Arriving, FileTransport
from braze_engage._http.reading import PIECE, own_headers, pieces
from braze_engage._http.urllib3_transport import Urllib3Transport
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from requests.adapters import BaseAdapter

__all__ = [
    "Answer",
    "Call",
    "FileTransport",
    "Payload",
    "RequestsTransport",
    "Transport",
    "Urllib3Transport",
    "scope_of",
    "transport_for",
]


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


def transport_for(session: requests.Session | None, *, user_agent: str | None) -> FileTransport:
    """Make the transport of a client.

    Args:
        session: A session to send through; None for connections of urllib3, which take two thirds
            of its processor time.
        user_agent: What to introduce itself as; None for the name and version of this library.

    Raises:
        ConfigurationError: The session or the user agent cannot be used.
    """
    if session is None:
        return Urllib3Transport(user_agent=user_agent)
    return RequestsTransport(session, user_agent=user_agent)


def scope_of(session: requests.Session | None) -> Hashable:
    """Tell what rate pools are shared within: None, or a service of its own behind a session.

    Args:
        session: The session given, such as that of a fake, whose quotas are no other's.
    """
    scope: Hashable = getattr(session, "rate_scope", None)
    return scope


class RequestsTransport(FileTransport):
    """Sends through a ``requests`` session that is given.

    Of the session, adapters, ``verify``, ``cert``, proxies and plain headers are used and nothing
    is changed. Its ``auth``, ``params``, cookies and hooks are not, nor is ``.netrc``; the
    environment's proxies, read once, and CA bundle count while ``trust_env`` is on. Redirects are
    not followed, and to loopback no proxy is used.

    Args:
        session: The session; it stays open.
        user_agent: What to introduce itself as; None for the name and version of this library.
        monotonic: Measures the time an answer takes to arrive.

    Raises:
        ConfigurationError: The session does not verify certificates or repeats requests itself, or
            the user agent is no single line of ASCII.
    """

    def __init__(
        self,
        session: requests.Session,
        *,
        user_agent: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(user_agent, monotonic)
        problem = guard.session_problem(session)
        if problem:
            raise ConfigurationError(problem)
        self._session = session
        # Asking the environment costs more than all else that is done here for a request.
        self._environment = lru_cache(maxsize=16)(get_environ_proxies)

    def close(self) -> None:
        """Do nothing: a session that was given stays open."""

    def _problem(self, call: Call) -> str | None:
        return guard.url_problem(call.url) or guard.session_problem(self._session)

    def _plain_headers(self) -> dict[str, str]:
        return {
            name: value
            for name, value in self._session.headers.items()
            if name.lower() not in guard.PLAIN_HEADERS_EXCEPT and value
        }

    def _open(
        self, call: Call, connect: float, read: float, *, is_file: bool
    ) -> Arriving | ConfigurationError:
        adapter = self._session.get_adapter(call.url)
        route = guard.route(self._session, call.url, self._environment)
        problem = guard.file_problem(route["verify"], None)
        if problem:
            return ConfigurationError(problem)
        try:
            prepared = self._prepare(call, {} if is_file else self._plain_headers())
        except (InvalidHeader, UnicodeEncodeError):
            return ConfigurationError("a header of the session is no single line of Latin-1 text")
        # The adapter, not the session: a session stores cookies and looks into redirects.
        timeout = _timeout(adapter, connect, read, call.deadline)
        response = adapter.send(prepared, stream=True, timeout=timeout, **route)
        return Arriving(response.status_code, response.headers, _pieces(response), response.close)

    def _prepare(self, call: Call, plain: Mapping[str, str]) -> requests.PreparedRequest:
        headers = {**plain, **call.headers}
        "".join(headers.values()).encode("latin-1")
        prepared = requests.PreparedRequest()
        prepared.prepare_method(call.method)
        prepared.url = call.url  # as it is: preparing it would fold dots of a path parameter
        prepared.prepare_headers(headers)
        prepared.headers.update(own_headers(call, self._user_agent))
        prepared.prepare_body(None if call.body is None else call.body.reveal(), None)
        return prepared


def _timeout(
    adapter: BaseAdapter, connect: float, read: float, total: float
) -> tuple[float, float]:
    if type(adapter).send is not HTTPAdapter.send:
        return connect, read  # what adapters of others are documented to get
    # The type requests states leaves out urllib3's own, which alone bounds the two together.
    return cast("tuple[float, float]", Timeout(connect=connect, read=read, total=total))


def _pieces(response: requests.Response) -> Iterator[bytes]:
    raw: object = response.raw
    return pieces(raw) if isinstance(raw, HTTPResponse) else response.iter_content(PIECE)
