"""The fake behind a ``requests.Session``: same answers and same exceptions, no socket.

Nothing of such a session ever reaches a network, whatever host it is asked for.
"""

from __future__ import annotations

import errno
import io
from http.client import RemoteDisconnected
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import (
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from braze_engage.testing.messages import Request, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from braze_engage.testing.service import Service


class InProcessSession(requests.Session):
    """A session that ends in this process.

    Args:
        scope: Whose quotas its requests count against.
    """

    def __init__(self, scope: Hashable) -> None:
        super().__init__()
        self.rate_scope = scope


def in_process_session(service: Callable[[], Service], scope: Hashable) -> requests.Session:
    """Build a session of which every request goes to the fake.

    Args:
        service: Gives the service of the moment.
        scope: The fake; two of them share no quota, though their keys are the same.
    """
    session = InProcessSession(scope)
    session.trust_env = False
    adapter = InProcessAdapter(service)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class InProcessAdapter(HTTPAdapter):
    """Carries requests to the fake.

    Args:
        service: Gives the service of the moment.
    """

    def __init__(self, service: Callable[[], Service]) -> None:
        super().__init__()
        self._service = service

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002, FBT001, FBT002 - fixed by the base class
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,  # noqa: ARG002, FBT001, FBT002 - fixed by the base class
        cert: str | tuple[str, str] | None = None,  # noqa: ARG002 - fixed by the base class
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002 - fixed by the base class
    ) -> requests.Response:
        """Answer a prepared request."""
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        reply = self._service().handle(_received(request), patience=patience)
        if reply.wire is not Wire.WHOLE:
            _raise_for(reply.wire, request, patience)
        body = reply.body[: len(reply.body) // 2] if reply.wire is Wire.TRUNCATED else reply.body
        raw = HTTPResponse(
            body=io.BytesIO(body),
            headers={**reply.headers, "content-length": str(len(reply.body))},
            status=reply.status,
            preload_content=False,
            request_method=request.method,
        )
        return self.build_response(request, raw)


def _received(request: requests.PreparedRequest) -> Request:
    parts = urlsplit(request.url or "")
    return Request(
        method=request.method or "",
        path=parts.path,
        query=parts.query,
        host=parts.netloc,
        headers={name.lower(): str(value) for name, value in request.headers.items()},
        body=_body(request),
    )


def _body(request: requests.PreparedRequest) -> bytes:
    body = request.body
    if body is None or isinstance(body, bytes):
        return body or b""
    if isinstance(body, str):
        return body.encode()
    raise TypeError("the fake reads bodies of bytes or text, not streams")


def _raise_for(wire: Wire, request: requests.PreparedRequest, patience: float | None) -> None:
    """Raise what requests raises when a socket fails that way."""
    pool = HTTPConnectionPool("fake.braze.invalid")
    path = urlsplit(request.url or "").path
    if wire is Wire.REFUSED:
        connection = HTTPConnection("fake.braze.invalid")
        reason = NewConnectionError(connection, "[Errno 111] Connection refused")
        raise requests.ConnectionError(MaxRetryError(pool, path, reason), request=request)
    if wire is Wire.LATE:
        message = f"Read timed out. (read timeout={patience})"
        raise requests.ReadTimeout(ReadTimeoutError(pool, path, message), request=request)
    if wire in (Wire.DROPPED, Wire.RESET):
        lost: OSError = RemoteDisconnected("Remote end closed connection without response")
        if wire is Wire.RESET:
            lost = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        error = ProtocolError("Connection aborted.", lost)
        raise requests.ConnectionError(error, request=request)
