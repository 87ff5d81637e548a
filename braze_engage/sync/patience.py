"""Sends until Braze answers with something that waiting does not change."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

from braze_engage.errors import (
    BadRequest,
    ConfigurationError,
    Forbidden,
    NotFound,
    RateLimited,
    ResourceLocked,
    ResponseError,
    ServerError,
    TransportError,
    Unauthorized,
    UnreadableResponse,
    is_ambiguous,
)
from braze_engage.sync.sending import Halt, Interrupted

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PROBE_EVERY", "Patience"]

_T = TypeVar("_T")
_BAD_REQUEST: Final = 400
PROBE_EVERY: Final = 30.0
_PASSING: Final = (
    TransportError,
    RateLimited,
    ServerError,
    ResourceLocked,
    UnreadableResponse,
)


class Patience:
    """Waits out quotas and outages; what no wait mends ends the run.

    Args:
        seconds: How long Braze may be out of reach.
        probe: Seconds between two attempts while it is; twice as many for a quota of which nobody
            says when it opens.
        monotonic: The clock for waiting.
        now: The clock of the world, seconds since the epoch.
    """

    def __init__(
        self,
        seconds: float,
        *,
        probe: float = PROBE_EVERY,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._seconds = seconds
        self._probe = probe
        self._monotonic = monotonic
        self._now = now
        self._down_since: float | None = None

    def persist(
        self, send: Callable[[], _T], pause: Callable[[float], bool], *, repeatable: bool = True
    ) -> _T:
        """Send until Braze answers.

        Args:
            send: Makes one call of a client.
            pause: Waits for seconds; false when the run was halted meanwhile.
            repeatable: Whether to send again what Braze may have accepted already.

        Returns:
            What the call returned.

        Raises:
            BadRequest: Braze refused the request.
            PayloadTooLarge: It is too large.
            AnswerLost: Braze may have accepted what must not be sent twice.
            ResponseError: Likewise.
            Halt: The run cannot go on.
            Interrupted: The run was halted meanwhile.
        """
        while True:
            try:
                answer = send()
            except BadRequest as error:
                if error.status != _BAD_REQUEST:
                    # A redirect or a proxy that asks who is there is no word about a person.
                    raise Halt(str(error)) from error
                raise
            except (Unauthorized, Forbidden) as error:
                raise Halt(str(error), credentials=True) from error
            except (NotFound, ConfigurationError) as error:
                raise Halt(str(error)) from error
            except _PASSING as error:
                if not repeatable and is_ambiguous(error):
                    raise
                wait = self._wait(error)
            else:
                self._down_since = None
                return answer
            if not pause(wait):
                raise Interrupted

    def _wait(self, error: TransportError | ResponseError) -> float:
        return self._quota(error) if isinstance(error, RateLimited) else self._outage(error)

    def _quota(self, error: RateLimited) -> float:
        if error.reset_at is None:
            return 2 * self._probe
        return max(error.reset_at - self._now(), 1.0)

    def _outage(self, error: TransportError | ResponseError) -> float:
        now = self._monotonic()
        if self._down_since is None:
            self._down_since = now
        left = self._seconds - (now - self._down_since)
        if left <= 0:
            raise Halt(
                f"Braze was out of reach for {self._seconds:.0f} s ({error}); "
                "run again when it is back, or raise outage_patience"
            ) from error
        return min(self._probe, left)
