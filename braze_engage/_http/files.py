"""Files from addresses that open them to anyone: no key goes along, no address is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage._http.call import SUCCESS, Call
from braze_engage._http.causes import explain
from braze_engage.errors import AnswerLost
from braze_engage.operation import Replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

    from braze_engage.credentials import Secret
    from braze_engage.errors import BrazeError

__all__ = ["file_call", "not_opened", "save"]


def file_call(address: Secret, total: float) -> Call:
    """Make the request for a file.

    Args:
        address: Complete.
        total: Seconds the whole file may take.
    """
    return Call(
        method="GET",
        url=address.reveal(),
        path="(a file)",
        bucket="",
        replay=Replay.ALWAYS,
        deadline=total,
    )


def not_opened(call: Call, error: Exception, handled: BaseException | None) -> BrazeError:
    """Tell why no answer came, without the address.

    Args:
        call: The request.
        error: What was raised.
        handled: The exception being handled before, whose context is not this.
    """
    failure, _ = explain(call, error, handled)
    return _cut(call, type(error).__name__) if isinstance(failure, AnswerLost) else failure


def save(
    call: Call,
    status: int,
    body: Iterable[bytes],
    into: BinaryIO | None,
    is_late: Callable[[], bool],
) -> int | AnswerLost:
    """Write a file as it arrives, and return the status.

    Args:
        call: The request.
        status: HTTP status; nothing is written of what is no success.
        body: Its pieces, decompressed.
        into: Where to write; None to learn the status only.
        is_late: Tells whether the deadline has passed.
    """
    if into is None or status not in SUCCESS:
        return status
    pieces = iter(body)
    while True:
        try:
            piece = next(pieces, b"")
        except Exception as error:  # noqa: BLE001 - whatever broke, the file is not whole
            return _cut(call, type(error).__name__)
        if not piece:
            return status
        into.write(piece)
        if is_late():
            return _cut(call, "deadline")


def _cut(call: Call, why: str) -> AnswerLost:
    return AnswerLost(f"it did not arrive whole ({why})", method=call.method, path=call.path)
