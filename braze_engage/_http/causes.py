"""What a failure of ``requests`` means: the request never left, or its answer was lost.

``requests`` reports a refused connection and one that broke after sending as the same class. What
was raised below ``connect()``, TLS handshake and proxy tunnel included, happened before a byte of
the request was written.
"""

from __future__ import annotations

from traceback import walk_tb
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import requests
from requests.exceptions import InvalidSchema, InvalidURL
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ClosedPoolError, ConnectTimeoutError, EmptyPoolError

from braze_engage.errors import AnswerLost, ConfigurationError, NotSent, bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage._http.call import Call
    from braze_engage.errors import BareCause, BrazeError

__all__ = ["explain", "lost"]

_UNSENT: Final = (
    requests.ConnectTimeout,
    ConnectTimeoutError,  # its subclasses: connection refused, unknown host
    EmptyPoolError,
    ClosedPoolError,
)
_CONNECTING: Final = frozenset({HTTPConnection.connect.__code__, HTTPSConnection.connect.__code__})
_CAUSE_CHARACTERS: Final = 300


def explain(
    call: Call, error: BaseException, handled: BaseException | None
) -> tuple[BrazeError, BareCause]:
    """Say what a failure to send means, and keep its cause without frames.

    Args:
        call: What was to be sent.
        error: What was raised.
        handled: What the caller was handling already; it is no part of this failure.
    """
    links = list(_links(error, handled))
    kind = type(links[-1]).__name__
    cause = _bare(call, links[-1])
    if isinstance(error, InvalidSchema | InvalidURL):  # of a proxy: the address was checked
        return ConfigurationError(f"the session or its proxies cannot be used ({kind})"), cause
    if any(_before_sending(link) for link in links):
        message = f"no connection to {urlsplit(call.url).netloc} was made ({kind})"
        return NotSent(message, method=call.method, path=call.path), cause
    return lost(call, kind), cause


def lost(call: Call, why: str) -> AnswerLost:
    """Say that an answer did not arrive whole.

    Args:
        call: What was sent.
        why: A few words without data.
    """
    message = f"no whole answer arrived ({why}); Braze may have accepted the request"
    return AnswerLost(message, method=call.method, path=call.path)


def _links(error: BaseException, handled: BaseException | None) -> Iterator[BaseException]:
    """Walk from an error to its cause, the cause of that, and so on."""
    seen = {id(handled)}
    link: BaseException | None = error
    while link is not None:
        yield link
        seen.add(id(link))
        # A stub of requests may hand the cause over as an argument or attribute only.
        inner = (link.__cause__, link.__context__, getattr(link, "reason", None), *link.args)
        causes = (one for one in inner if isinstance(one, BaseException) and id(one) not in seen)
        link = next(causes, None)


def _before_sending(error: BaseException) -> bool:
    return isinstance(error, _UNSENT) or any(
        frame.f_code in _CONNECTING for frame, _ in walk_tb(error.__traceback__)
    )


def _bare(call: Call, error: BaseException) -> BareCause:
    def clean(text: str) -> str:
        target = call.url.partition(urlsplit(call.url).netloc)[2]
        shown = text.replace(target, call.path) if len(target) > 1 else text
        return call.scrub(shown)[:_CAUSE_CHARACTERS]

    return bare(error, clean)
