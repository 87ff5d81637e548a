"""Sends until Braze answers with something that waiting does not change."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final, TypeVar

from braze_engage.errors import (
    BadRequest,
    ConfigurationError,
    Forbidden,
    NotSent,
    PayloadTooLarge,
    RateLimited,
    ResourceLocked,
    ResponseError,
    ServerError,
    TransportError,
    Unauthorized,
    UnreadableResponse,
    is_ambiguous,
)
from braze_engage.operation.hooks import Endpoint, Teller
from braze_engage.operation.summing import Summing
from braze_engage.sync.clock import pausing
from braze_engage.sync.final_words import told, without_words
from braze_engage.sync.outage import ASK_EVERY, Outage
from braze_engage.sync.sending import Halt, Interrupted
from braze_engage.sync.standing import clock_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.rest.jobs import WaitingClock

__all__ = ["Patience"]

_T = TypeVar("_T")
_LOG: Final = logging.getLogger("braze_engage.waits")
_BAD_REQUEST: Final = 400
_MOMENT: Final = 0.1
_FAILING: Final = (TransportError, ServerError, UnreadableResponse)


class Patience:
    """Waits out quotas and outages; what no wait mends ends the run.

    Args:
        seconds: How long Braze may be out of reach.
        probe: Seconds between two attempts while it is; twice as many for a quota of which nobody
            says when it opens.
        monotonic: The clock for waiting.
        now: The clock of the world, seconds since the epoch.
        clock: Tells both and waits; None waits as the run does.
        outage: Of the host that is called, shared by all who call it; None for one alone.
        teller: Tells hooks.
        bucket: The rate pool of what is sent.
    """

    def __init__(  # noqa: PLR0913 - collaborators, put together in one place
        self,
        seconds: float,
        *,
        probe: float = ASK_EVERY,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        clock: WaitingClock | None = None,
        outage: Outage | None = None,
        teller: Teller | None = None,
        bucket: str = "",
    ) -> None:
        self._seconds = seconds
        self._probe = probe
        self._monotonic = monotonic if clock is None else clock.monotonic
        self._now = now if clock is None else clock.now
        self._clock = clock
        self._outage = outage or Outage(
            seconds, every=probe, monotonic=self._monotonic, now=self._now
        )
        self._teller = teller
        self._bucket = bucket
        self._waits = Summing(_LOG, level=logging.INFO, monotonic=self._monotonic)

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
        request = _Request(self._monotonic)
        wait = pause if self._clock is None else pausing(self._clock, pause)
        try:
            while self._outage.admit(request, wait):
                try:
                    answer = send()
                except (TransportError, ResponseError, ConfigurationError) as error:
                    seconds = self._after(request, error, repeatable=repeatable)
                else:
                    self._outage.answered()
                    return answer
                if seconds and not wait(seconds):
                    break
        finally:
            self._outage.leave(request)
        raise Interrupted

    def _after(
        self,
        request: _Request,
        error: TransportError | ResponseError | ConfigurationError,
        *,
        repeatable: bool,
    ) -> float:
        """Tell how many seconds to wait before it is sent again; or raise."""
        if isinstance(error, NotSent) and not error.attempts:
            self._outage.leave(request)  # it had no turn in time, which tells nothing of the host
            return _MOMENT
        if isinstance(error, _FAILING):
            left = self._outage.failed(request, _what(error))
            if not repeatable and is_ambiguous(error):
                raise error
            self._be_patient(request, error, left)
            return 0.0  # whoever failed waits in line
        if isinstance(error, RateLimited):
            if error.attempts:
                self._outage.answered()
            else:
                self._outage.leave(request)  # nothing was sent: others may find out
            return self._quota(error)
        self._outage.answered()
        if isinstance(error, ResourceLocked):
            self._be_patient(request, error, self._seconds)
            return self._probe
        if isinstance(error, PayloadTooLarge) or (
            # A redirect or a proxy that asks who is there is no word about a person.
            isinstance(error, BadRequest) and error.status == _BAD_REQUEST
        ):
            raise error
        refused = isinstance(error, Unauthorized | Forbidden)
        raise Halt(told(error), credentials=refused) from without_words(error)

    def _be_patient(
        self, request: _Request, error: TransportError | ResponseError, left: float
    ) -> None:
        left = min(left, self._seconds - request.failing_for())
        if left <= 0:
            locked = isinstance(error, ResourceLocked)
            raise Halt(
                f"Braze {'kept a cohort locked' if locked else 'was out of reach'} for "
                f"{self._seconds:.0f} s ({told(error)}); "
                "run again when it is back, or raise outage_patience"
            ) from without_words(error)
        if self._teller is not None:
            endpoint, delay = self._endpoint(error), min(self._probe, left)
            self._teller.retry(endpoint, error.attempts, error, delay)
            self._teller.wait(endpoint, delay, None)

    def _quota(self, error: RateLimited) -> float:
        now = self._now()
        opens = now + 2 * self._probe if error.reset_at is None else error.reset_at
        seconds = max(opens - now, 1.0)
        self._waits.note(
            f"the run waits until {clock_time(opens, now)} for its quota of {error.bucket}"
        )
        if self._teller is not None:
            self._teller.wait(self._endpoint(error), seconds, opens)
        return seconds

    def _endpoint(self, error: TransportError | ResponseError) -> Endpoint:
        return Endpoint(error.method, error.path, self._bucket)


class _Request:
    """Something that is to be sent, whatever number of times."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._failed_at: float | None = None

    def failing_for(self) -> float:
        """Tell the seconds since it failed first."""
        now = self._monotonic()
        if self._failed_at is None:
            self._failed_at = now
        return now - self._failed_at


def _what(error: TransportError | ResponseError) -> str:
    said = error.status if isinstance(error, ResponseError) else type(error).__name__
    return f"{error.method} {error.path} fails with {said}"
