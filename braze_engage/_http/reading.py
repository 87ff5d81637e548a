"""What every transport does alike: its own headers, and reading an answer piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, cast

from braze_engage._http.call import Answer
from braze_engage._http.causes import lost
from braze_engage.errors import ConfigurationError, bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from urllib3.response import HTTPResponse

    from braze_engage._http.call import Call
    from braze_engage.errors import BareCause, BrazeError

__all__ = ["PIECE", "Failure", "checked_user_agent", "own_headers", "pieces", "receive"]

PIECE: Final = 64 * 1024
"""Bytes read at once, at most."""

Failure: TypeAlias = "tuple[BrazeError, BareCause | None]"
"""What to raise, and from which cause."""


def checked_user_agent(name: str | None) -> str:
    """Check what a client introduces itself as, and return it.

    Args:
        name: None for the name and version of this library.

    Raises:
        ConfigurationError: It is no single line of ASCII.
    """
    given = cast("object", _own_name() if name is None else name)
    if isinstance(given, str) and given.strip() and given.isascii() and given.isprintable():
        return given
    raise ConfigurationError("a user agent is one line of printable ASCII")


def own_headers(call: Call, user_agent: str) -> dict[str, str]:
    """Give the headers that a transport sets itself, whatever those of the call say.

    Args:
        call: What is sent.
        user_agent: What to introduce itself as.
    """
    headers = {"Accept": "application/json", "User-Agent": user_agent}
    if call.authorization is not None:
        headers["Authorization"] = f"Bearer {call.authorization.reveal()}"
    if call.body is not None:
        headers["Content-Type"] = call.content_type
    return headers


def pieces(raw: HTTPResponse) -> Iterator[bytes]:
    """Read as bytes arrive, so that a slow answer can be given up between them.

    Args:
        raw: A response whose head was read.
    """
    if not hasattr(raw, "read1"):  # urllib3 before 2.1
        yield from raw.stream(PIECE, decode_content=True)
        return
    while piece := raw.read1(PIECE, decode_content=True):
        yield piece


def receive(
    call: Call,
    status: int,
    headers: Mapping[str, str],
    body: Iterable[bytes],
    is_late: Callable[[], bool],
) -> Answer | Failure:
    """Read an answer, whatever its status; a success must arrive whole.

    Args:
        call: What was sent.
        status: HTTP status.
        headers: In any case.
        body: Its pieces, decompressed.
        is_late: Tells whether the deadline of the call has passed.
    """
    arrived: list[bytes] = []
    failure: Failure | None = None
    try:
        for piece in body:
            arrived.append(piece)
            if is_late():  # each piece came in time, all together did not
                failure = lost(call, "deadline"), None
                break
    except Exception as error:  # noqa: BLE001 - it came after the request, whatever it is
        failure = lost(call, type(error).__name__), bare(error, call.scrub)
    names = {name.lower(): value for name, value in headers.items()}
    answer = Answer(status, names, b"".join(arrived))
    # A refusal is known by its status, however little of its text arrived.
    return failure if failure and answer.ok else answer


def _own_name() -> str:
    from braze_engage import __version__  # noqa: PLC0415 - reading it is slow

    return f"braze_engage/{__version__}"
