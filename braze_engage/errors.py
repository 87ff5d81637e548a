"""The error tree.

::

    BrazeError
    ├── ConfigurationError      (also ValueError) wrong setting or argument; nothing was sent
    ├── MappingError            (also ValueError) a call cannot become a Braze object
    ├── StateError              the state file can no longer be read or written
    ├── TransportError
    │   ├── NotSent             Braze never saw the request; repeat it freely
    │   └── AnswerLost          it may have been accepted
    └── ResponseError           Braze answered
        ├── BadRequest          400 and other 4xx: mend the request
        ├── Unauthorized        401: mend the key or the data center
        ├── Forbidden           403: mend the permissions of the key
        ├── NotFound            404
        ├── PayloadTooLarge     413: send less at once
        ├── ResourceLocked      423: wait
        ├── RateLimited         429: wait until ``reset_at``
        ├── ServerError         5xx
        └── UnreadableResponse  a success that cannot be read

One class per thing a caller would do differently. Every error pickles, and none keeps a live
request or response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "AnswerLost",
    "BadRequest",
    "BareCause",
    "BrazeError",
    "ConfigurationError",
    "Forbidden",
    "MappingError",
    "NotFound",
    "NotSent",
    "PayloadTooLarge",
    "RateLimited",
    "ResourceLocked",
    "ResponseError",
    "ServerError",
    "StateError",
    "TransportError",
    "Unauthorized",
    "UnreadableResponse",
    "bare",
    "error_class",
    "is_ambiguous",
    "is_unsent",
]


def _rebuild(
    cls: type[BrazeError], args: tuple[object, ...], state: Mapping[str, object]
) -> BrazeError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class BrazeError(Exception):
    """Base of every error this library raises on purpose."""

    def __reduce__(
        self,
    ) -> tuple[
        Callable[[type[BrazeError], tuple[object, ...], Mapping[str, object]], BrazeError],
        tuple[type[BrazeError], tuple[object, ...], Mapping[str, object]],
    ]:
        return _rebuild, (type(self), self.args, self.__dict__)


class ConfigurationError(BrazeError, ValueError):
    """A setting or argument is wrong; the message says what to change and nothing was sent."""


class MappingError(BrazeError, ValueError):
    """A call cannot become a Braze object.

    Args:
        message: What is wrong.
        rule: The rule that decided, in the words of the rule's name.
        path: Where in the call, such as ``$.traits.vip``.
    """

    def __init__(self, message: str, *, rule: str = "", path: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.path = path


class StateError(BrazeError):
    """The state file can no longer be read or written, as on a full disk; what it holds is kept."""


class BareCause(Exception):
    """What is kept of a foreign exception: its class name and text, no frames, no request."""


def bare(error: BaseException, scrub: Callable[[str], str] = str) -> BareCause:
    """Reduce a foreign exception to its class name and scrubbed text.

    Exceptions of HTTP libraries hold the request, and their frames hold headers and bodies: a
    traceback printed with local variables would show keys.

    Args:
        error: The exception to reduce.
        scrub: Takes secrets out of its text.
    """
    return BareCause(f"{type(error).__module__}.{type(error).__qualname__}: {scrub(str(error))}")


class TransportError(BrazeError):
    """No answer of Braze was read.

    Args:
        message: What happened.
        method: HTTP verb.
        path: Path template of the endpoint, without values.
        attempts: How often it was tried.
    """

    def __init__(
        self, message: str, *, method: str = "", path: str = "", attempts: int = 1
    ) -> None:
        super().__init__(f"{method} {path}: {message}".strip(" :"))
        self.method = method
        self.path = path
        self.attempts = attempts


class NotSent(TransportError):
    """No connection was made: Braze never saw the request, so repeating it is always safe."""


class AnswerLost(TransportError):
    """The request left and no whole answer came back: Braze may have accepted it."""


class ResponseError(BrazeError):
    """Braze answered with something other than a readable success.

    Args:
        message: Braze's own text, scrubbed of secrets.
        status: HTTP status.
        method: HTTP verb.
        path: Path template of the endpoint, without values.
        attempts: How often it was tried.
        errors: Entries of Braze's ``errors`` list.
        hint: What to do, appended to the text.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        method: str = "",
        path: str = "",
        attempts: int = 1,
        errors: Sequence[object] = (),
        hint: str = "",
    ) -> None:
        text = f"{status} from {method} {path}: {message}"
        super().__init__(f"{text} - {hint}" if hint else text)
        self.message = message
        self.status = status
        self.method = method
        self.path = path
        self.attempts = attempts
        self.errors = tuple(errors)
        self.hint = hint


class BadRequest(ResponseError):
    """400, or a 4xx without a class of its own: Braze applied nothing; mend the request."""


class Unauthorized(ResponseError):
    """401: Braze does not know the key on this host; a wrong data center looks the same."""


class Forbidden(ResponseError):
    """403: the key lacks a permission, or the plan the feature.

    Attributes:
        permission: The permission the endpoint asks for, where Braze documents one.
    """

    permission: str | None = None


class NotFound(ResponseError):
    """404: no such path or object on this host."""


class PayloadTooLarge(ResponseError):
    """413: the body is over the limit; send less at once."""


class ResourceLocked(ResponseError):
    """423: another change of the same cohort is under way; nothing was accepted."""


class RateLimited(ResponseError):
    """429: the quota is used up and waiting for it would pass the deadline.

    Attributes:
        bucket: The rate pool of the endpoint.
        reset_at: When to try again, in seconds since the epoch; None where Braze did not say.
    """

    bucket: str = ""
    reset_at: float | None = None


class ServerError(ResponseError):
    """5xx: Braze or its edge failed."""


class UnreadableResponse(ResponseError):
    """A success whose body is not what Braze documents; the request was probably accepted.

    Attributes:
        problems: One ``reason @ $.path`` for each thing that could not be read.
    """

    problems: tuple[str, ...] = ()


_BY_STATUS: Mapping[int, type[ResponseError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    408: ServerError,  # nothing is wrong with the request, and it may have been accepted
    413: PayloadTooLarge,
    423: ResourceLocked,
    429: RateLimited,
}
_FIRST_SERVER_ERROR = 500
# Braze did not take the request: repeating it cannot do anything twice.
_NOT_ACCEPTED = frozenset({423, 429, 500, 502, 503})
# Somebody on the way gave up waiting; the last ones are the edge's own.
_AMBIGUOUS = frozenset({408, 504, *range(520, 528)})


def error_class(status: int) -> type[ResponseError]:
    """Tell which error stands for a status.

    Args:
        status: HTTP status that is not a success.
    """
    if status >= _FIRST_SERVER_ERROR:
        return ServerError
    return _BY_STATUS.get(status, BadRequest)


def is_unsent(error: BaseException) -> bool:
    """Tell whether Braze certainly did not accept the request, so that anything may be repeated.

    Args:
        error: What a call raised.
    """
    return isinstance(error, NotSent) or (
        isinstance(error, ResponseError) and error.status in _NOT_ACCEPTED
    )


def is_ambiguous(error: BaseException) -> bool:
    """Tell whether Braze may have accepted the request.

    Args:
        error: What a call raised.
    """
    return isinstance(error, AnswerLost | UnreadableResponse) or (
        isinstance(error, ResponseError) and error.status in _AMBIGUOUS
    )
