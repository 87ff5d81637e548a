"""One request out, one answer in, over ``urllib3``."""

from __future__ import annotations

import re
import time
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from urllib3.util import Retry, Timeout

from braze_engage._http import guard
from braze_engage._http.file_transport import Arriving, FileTransport
from braze_engage._http.pools import ConnectionPools
from braze_engage._http.reading import own_headers, pieces
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from urllib3 import HTTPResponse

    from braze_engage._http.call import Call

__all__ = ["POOL_SIZE", "Urllib3Transport"]

POOL_SIZE: Final = 512
"""Connections kept open for one host: more than the 128 requests a run has under way at once."""

_ONCE: Final = Retry(total=False)
_UNPACKED: Final = {"Accept-Encoding": "gzip, deflate"}
_ORIGIN: Final = re.compile(r"[a-zA-Z]+://[^/?#]*")
_HEADER: Final = re.compile(r"[\t -~\x80-\xff]*")


class Urllib3Transport(FileTransport):
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
        super().__init__(user_agent, monotonic)
        self._pools = ConnectionPools(pool_size)

    def close(self) -> None:
        """Close the connections."""
        self._pools.close()

    def _problem(self, call: Call) -> str | None:
        return guard.url_problem(call.url) or _header_problem(call)

    def _open(
        self,
        call: Call,
        connect: float,
        read: float,
        *,
        is_file: bool,  # noqa: ARG002 - here a file is as anything else
    ) -> Arriving | ConfigurationError:
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
        opened = pool.urlopen(
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
        response = cast("HTTPResponse", opened)
        return Arriving(
            response.status,
            response.headers,
            pieces(response),
            partial(_give_back, response),
        )


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
