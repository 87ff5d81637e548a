"""One request out, one answer in, over ``urllib3``."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING, Final, cast

from urllib3.util import Retry, Timeout

from braze_engage._http import guard
from braze_engage._http.call import Answer
from braze_engage._http.causes import explain
from braze_engage._http.files import file_call, not_opened, save
from braze_engage._http.pools import ConnectionPools
from braze_engage._http.reading import checked_user_agent, own_headers, pieces, receive
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from urllib3 import HTTPResponse

    from braze_engage._http.call import Call
    from braze_engage._http.reading import Failure
    from braze_engage.credentials import Secret
    from braze_engage.errors import BrazeError

__all__ = ["POOL_SIZE", "Urllib3Transport"]

POOL_SIZE: Final = 512
"""Connections kept open for one host: more than the 128 requests a run has under way at once."""

_ONCE: Final = Retry(total=False)
_UNPACKED: Final = {"Accept-Encoding": "gzip, deflate"}
_ORIGIN: Final = re.compile(r"[a-zA-Z]+://[^/?#]*")
_HEADER: Final = re.compile(r"[\t -~\x80-\xff]*")


class Urllib3Transport:
    """Sends prepared bodies over connections of its own; safe to share by threads.

    Certificates are checked and the environment's proxies and CA bundle used as ``requests`` does,
    both read when a host is first called. Redirects are not followed, nothing is repeated, and
    neither cookies nor ``.netrc`` are used; to loopback no proxy is used. A connection that the
    peer has closed meanwhile is replaced before sending; one that breaks afterwards is told as
    `AnswerLost`, also when it was used before, since nobody knows what arrived.

    Args:
        user_agent: What to introduce itself as; None for the name and version of this library.
        pool_size: Connections kept open for a host, one per concurrent request. Further ones are
            opened and not kept.
        monotonic: Measures the time an answer takes to arrive.

    Raises:
        ConfigurationError: The user agent is no single line of ASCII, or the pool holds nothing.
    """

    def __init__(
        self,
        *,
        user_agent: str | None = None,
        pool_size: int = POOL_SIZE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if pool_size < 1:
            raise ConfigurationError(f"a pool holds 1 connection or more, not {pool_size}")
        self._user_agent = checked_user_agent(user_agent)
        self._pools = ConnectionPools(pool_size)
        self._monotonic = monotonic

    def send(self, call: Call, *, connect: float, read: float) -> Answer:
        """Send once and return the answer, whatever its status.

        Args:
            call: The request; its deadline is what is left for this attempt.
            connect: Seconds to wait for a connection.
            read: Seconds to wait for the next bytes.

        Raises:
            ConfigurationError: The address, a header, a proxy or the CA bundle cannot be used.
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
        """Close the connections."""
        self._pools.close()

    def _send(self, call: Call, connect: float, read: float) -> Answer | Failure:
        handled = sys.exc_info()[1]
        late = self._monotonic() + call.deadline
        problem = guard.url_problem(call.url) or _header_problem(call)
        if problem:
            return ConfigurationError(f"{call.method} {call.path}: {problem}"), None
        try:
            response = self._open(call, connect, read)
        except Exception as error:  # noqa: BLE001 - the frames of any error below hold the key
            return explain(call, error, handled)
        if isinstance(response, ConfigurationError):
            return response, None
        try:
            return receive(
                call,
                response.status,
                response.headers,
                pieces(response),
                lambda: self._monotonic() > late,
            )
        finally:
            _give_back(response)

    def _fetch(
        self, address: Secret, into: BinaryIO | None, connect: float, read: float, total: float
    ) -> int | BrazeError:
        handled = sys.exc_info()[1]
        late = self._monotonic() + total
        call = file_call(address, total)
        problem = guard.url_problem(call.url)
        if problem:
            return ConfigurationError(f"{call.path}: {problem}")
        try:
            response = self._open(call, connect, read)
        except Exception as error:  # noqa: BLE001 - the frames of any error below hold the address
            return not_opened(call, error, handled)
        if isinstance(response, ConfigurationError):
            return response
        try:
            return save(
                call, response.status, pieces(response), into, lambda: self._monotonic() > late
            )
        finally:
            _give_back(response)

    def _open(self, call: Call, connect: float, read: float) -> HTTPResponse | ConfigurationError:
        origin, target = _parts(call.url)
        try:
            pool = self._pools.of(origin)
        except ConfigurationError as error:
            return ConfigurationError(str(error))
        except Exception as error:  # noqa: BLE001 - its text may hold the password of a proxy
            return ConfigurationError(
                f"the environment's proxies cannot be used ({type(error).__name__})"
            )
        timeout = Timeout(connect=connect, read=read, total=call.deadline)
        response = pool.urlopen(
            call.method,
            target,
            body=None if call.body is None else call.body.reveal(),
            headers={**_UNPACKED, **call.headers, **own_headers(call, self._user_agent)},
            retries=_ONCE,
            redirect=False,
            assert_same_host=False,
            timeout=timeout,
            preload_content=False,
            decode_content=False,
        )
        return cast("HTTPResponse", response)


def _parts(url: str) -> tuple[str, str]:
    """Cut an address that was checked into origin and target, without reading the latter."""
    found = _ORIGIN.match(url)
    end = found.end() if found else len(url)
    target = url[end:].partition("#")[0]
    return url[:end], target if target.startswith("/") else f"/{target}"


def _header_problem(call: Call) -> str | None:
    if all(map(_HEADER.fullmatch, (*call.headers.values(), call.content_type))):
        return None
    return "a header is one line of Latin-1 text"


def _give_back(response: HTTPResponse) -> None:
    """Return the connection of an answer that was read; close that of one that was given up."""
    response.close()
    response.release_conn()
