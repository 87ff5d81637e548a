"""What an answer means: a typed value, an error, or a verdict on a key, and how to ask for one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from braze_engage._wire import Prepared, Unreadable, decode, scrubbed, structure
from braze_engage.credentials import scrub
from braze_engage.errors import (
    BadRequest,
    ConfigurationError,
    Forbidden,
    ResponseError,
    Unauthorized,
    UnreadableResponse,
)
from braze_engage.objects import Verdict, Verification
from braze_engage.objects.values import is_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from braze_engage.credentials import Secret
    from braze_engage.errors import BrazeError
    from braze_engage.objects.values import JsonValue
    from braze_engage.operation import Operation

__all__ = ["probe_of", "read_answer", "verdict_of"]

R = TypeVar("R")

_ACCEPTED: Final = frozenset({"success", "queued"})
_BAD_REQUEST: Final = 400
_MESSAGE_CHARACTERS: Final = 300
_KEY: Final = "REST API key"
_PROBES: Final[Mapping[str, JsonValue]] = {
    "/users/track": {"attributes": []},
    "/users/delete": {"external_ids": []},
}


def read_answer(
    operation: Operation[..., R], body: bytes, *, status: int, attempts: int, key: Secret
) -> R:
    """Read a success into the row's response class.

    Args:
        operation: The row.
        body: JSON, or nothing, which counts as an object without members.
        status: HTTP status, a 2xx.
        attempts: How often the request was sent.
        key: What must show in no error and no value, should Braze echo it.

    Raises:
        UnreadableResponse: It is not what Braze documents, or its message is neither ``success``
            nor ``queued``.
    """
    document: object = decode(body or b"{}")
    text = body.decode("utf-8", "replace")
    if (clean := partial(scrub, secrets=[key]))(text) != text:  # rare, and large answers are slow
        document = scrubbed(document, clean)
    said = document.get("message") if is_mapping(document) else None
    if isinstance(said, str) and said.lower() not in _ACCEPTED:
        problems: Sequence[str] = ["neither success nor queued @ $.message"]
    else:
        try:
            return structure(document, operation.response)
        except Unreadable as unreadable:
            problems = unreadable.problems
    error = UnreadableResponse(
        _shown(said, key) if isinstance(said, str) else "no message",
        status=status,
        method=operation.method,
        path=operation.path,
        attempts=attempts,
        hint=f"the request was probably accepted, but the answer has {'; '.join(problems)}",
    )
    error.problems = tuple(problems)
    raise error


def _shown(message: str, key: Secret) -> str:
    return " ".join(scrub(message, [key]).split())[:_MESSAGE_CHARACTERS]


def probe_of(row: Operation[..., object]) -> Prepared:
    """Give the request of a row that changes nothing.

    Args:
        row: The row.

    Raises:
        ConfigurationError: There is none.
    """
    body = _PROBES.get(row.path)
    if body is None:
        raise ConfigurationError(
            f"verify: {row.path} has no request that changes nothing; probe Users.track or "
            "Users.delete"
        )
    return Prepared(path=row.path, body=body)


def verdict_of(error: BrazeError | None) -> Verification:
    """Tell what a probe of a key found.

    Args:
        error: What the probe raised; None if Braze took it.
    """
    if error is None:
        return Verification(verdict=Verdict.OK, key=_KEY, detail="Braze took the probe")
    if not isinstance(error, ResponseError):
        return Verification(
            verdict=Verdict.UNCLEAR,
            key=_KEY,
            detail=str(error),
            remedy="check the data center and the way to it, then probe again",
        )
    # Braze looks at the key before it looks at the body.
    key_was_fine = isinstance(error, BadRequest) and error.status == _BAD_REQUEST
    if key_was_fine and "api key" not in error.message.lower():
        return Verification(
            verdict=Verdict.OK, key=_KEY, detail=f"Braze knows the key: {error.message}"
        )
    if key_was_fine or isinstance(error, (Unauthorized, Forbidden)):
        return Verification(
            verdict=Verdict.REFUSED,
            key=_KEY,
            detail=f"{error.status}: {error.message}",
            remedy=error.hint or "check the key and the data center",
        )
    return Verification(
        verdict=Verdict.UNCLEAR,
        key=_KEY,
        detail=f"{error.status}: {error.message}",
        remedy="probe again later",
    )
