"""The exchange loop: waiting, sending, judging and repeating, until an answer or an error."""

from __future__ import annotations

import copy
import logging
import math
from typing import TYPE_CHECKING, Final, cast

import attrs

from braze_engage._http.answers import judge
from braze_engage._http.call import is_time
from braze_engage._http.retry import RetryPolicy, SystemClock
from braze_engage._http.throttle import Throttle
from braze_engage.errors import (
    ConfigurationError,
    NotSent,
    RateLimited,
    TransportError,
    is_ambiguous,
    is_unsent,
)
from braze_engage.operation import Replay
from braze_engage.operation.hooks import CALL_HOOKS, Endpoint, Teller, checked_hooks
from braze_engage.operation.leaving import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from braze_engage._http.call import Answer, Call
    from braze_engage._http.quota import Priority
    from braze_engage._http.rate_pool import RatePool
    from braze_engage._http.retry import Clock
    from braze_engage._http.transport import Transport
    from braze_engage.errors import BrazeError
    from braze_engage.operation.allowance import Allowance
    from braze_engage.operation.hooks import CallHook

__all__ = ["Exchange"]

_LOG: Final = logging.getLogger("braze_engage.http")


class Exchange:
    """Makes calls: one loop over one frozen `Call`, with one clock and one deadline.

    Args:
        transport: Carries each request.
        retry: How often and how long to try; None for the default policy.
        throttle: The rate pools; None for those of the host and key of each call.
        clock: Tells the time and waits; None for the machine's.
        connect: Seconds to wait for a connection.
        read: Seconds to wait for the next bytes of an answer.
        hooks: Whom to tell.

    Raises:
        ConfigurationError: A time-out is not a positive number, or the policy is none.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        retry: RetryPolicy | None = None,
        throttle: Throttle | None = None,
        clock: Clock | None = None,
        connect: float = 5.0,
        read: float = 30.0,
        hooks: Iterable[CallHook] = (),
    ) -> None:
        for name, seconds in (("connect", connect), ("read", read)):
            if not is_time(seconds):
                raise ConfigurationError(
                    f"{name} is a positive number of seconds to wait, not {seconds!r}"
                )
        if retry is not None and not isinstance(cast("object", retry), RetryPolicy):
            raise ConfigurationError(f"retry is a RetryPolicy, not {type(retry).__name__}")
        self._transport = transport
        self._retry = RetryPolicy() if retry is None else retry
        self._clock = SystemClock() if clock is None else clock
        self._throttle = Throttle(self._clock) if throttle is None else throttle
        self._share = self._throttle.share()
        self._connect = connect
        self._read = read
        self._hooks = self._teller(checked_hooks(hooks, CALL_HOOKS))

    def _teller(self, hooks: Sequence[CallHook]) -> Teller | None:
        return Teller(hooks, monotonic=self._clock.monotonic) if hooks else None

    def derived(self, hooks: Iterable[CallHook], priority: Priority | None) -> Exchange:
        """Give an exchange over the same connections and pools.

        Args:
            hooks: Whom to tell beside those who are told already.
            priority: What its calls are where the quota does not say; None as it is.

        Raises:
            ConfigurationError: It is no list of hooks.
        """
        known = () if self._hooks is None else self._hooks.hooks
        new = (hook for hook in checked_hooks(hooks, CALL_HOOKS) if hook not in known)
        made = copy.copy(self)
        made.__dict__.update(
            _hooks=self._teller((*known, *new)),
            _share=self._share if priority is None else self._throttle.share(priority),
        )
        return made

    def allowance(self, bucket: str, priority: Priority) -> Allowance:
        """Tell what may be sent of a bucket, as far as that is known beforehand.

        Args:
            bucket: The bucket.
            priority: What the calls are where the quota does not say.
        """
        return self._throttle.allowance(bucket, priority)

    def perform(self, call: Call) -> Answer:
        """Make a call and return its answer: a 2xx whose body is empty or readable JSON.

        Args:
            call: What to send.

        Raises:
            TransportError: No whole answer arrived, or the deadline passed before sending.
            ResponseError: Braze refused, or its answer cannot be read.
            ConfigurationError: The address or the session is not one to send keys through.
        """
        ends = self._clock.monotonic() + call.deadline
        pool = self._throttle.pool(call)
        policy = self._retry
        sent = 0
        failure: BrazeError | None = None
        while True:
            too_late = self._admit(call, pool, sent, ends)
            if too_late is not None:
                raise too_late if isinstance(too_late, RateLimited) else failure or too_late
            try:
                left = ends - self._clock.monotonic()
                if left <= 0:
                    raise failure or _late(call)
                sent += 1
                outcome = self._attempt(call, pool, sent, left)
            finally:
                pool.done()
            if not isinstance(outcome, _Setback):
                return outcome
            failure = outcome.error
            if not outcome.is_quota:  # a wait for quota is no failure and takes no attempt away
                policy = policy.after(outcome.what)
            delay = outcome.asked or policy.delay()
            if policy.exhausted or not _may_repeat(call, failure) or not self._fits(delay, ends):
                raise failure
            self._back_off(call, sent, outcome, delay)

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()

    def _admit(self, call: Call, pool: RatePool, sent: int, ends: float) -> BrazeError | None:
        """Wait until the rate pool is open; an error when that is too late."""
        while (wait := pool.take(self._share, ends)) > 0:
            if wait == math.inf:
                return _late(call)
            opens = self._clock.now() + wait
            if not self._fits(wait, ends):
                error = RateLimited(
                    f"the quota of {call.bucket} is used up",
                    status=429,
                    method=call.method,
                    path=call.path,
                    attempts=sent,
                    hint=f"it opens in {wait:.0f} s",
                )
                error.bucket = call.bucket
                error.reset_at = opens
                return error
            _LOG.info("%s %s waits %.1f s for %s", call.method, call.path, wait, call.bucket)
            self._wait(call, wait, opens)
        return None

    def _attempt(self, call: Call, pool: RatePool, attempt: int, left: float) -> Answer | _Setback:
        leaves()
        if self._hooks is not None:
            self._hooks.request(_endpoint(call), attempt)
        started = self._clock.monotonic()
        outcome = self._send(call, pool, attempt, left, started)
        _LOG.debug(
            "%s %s -> %s (bucket %s, attempt %d, %.3f s)",
            call.method,
            call.path,
            outcome.what if isinstance(outcome, _Setback) else outcome.status,
            call.bucket,
            attempt,
            self._clock.monotonic() - started,
        )
        return outcome

    def _send(
        self, call: Call, pool: RatePool, attempt: int, left: float, started: float
    ) -> Answer | _Setback:
        try:
            answer = self._transport.send(
                attrs.evolve(call, deadline=left),
                connect=min(self._connect, left),
                read=min(self._read, left),
            )
        except TransportError as failure:
            pool.failed()
            failure.attempts = attempt
            return _Setback(failure, type(failure).__name__)
        asked = pool.note(answer.status, answer.headers, started)
        opens = None if asked is None else self._clock.now() + asked
        error = judge(call, answer, attempt, opens)
        if error is None:
            return attrs.evolve(answer, attempts=attempt)
        return _Setback(error, str(answer.status), asked)

    def _back_off(self, call: Call, sent: int, failed: _Setback, delay: float) -> None:
        _LOG.info(
            "%s %s failed with %s (bucket %s, attempt %d), again in %.1f s",
            call.method,
            call.path,
            failed.what,
            call.bucket,
            sent,
            delay,
        )
        if self._hooks is not None:
            self._hooks.retry(_endpoint(call), sent, failed.error, delay)
        self._wait(call, delay, self._clock.now() + delay if failed.is_quota else None)

    def _wait(self, call: Call, seconds: float, opens: float | None) -> None:
        if self._hooks is not None:
            self._hooks.wait(_endpoint(call), seconds, opens)
        self._clock.sleep(seconds)

    def _fits(self, delay: float, ends: float) -> bool:
        return self._clock.monotonic() + delay < ends


@attrs.frozen
class _Setback:
    """An attempt that brought no usable answer, and the seconds Braze asks to wait."""

    error: BrazeError
    what: str
    asked: float | None = None

    @property
    def is_quota(self) -> bool:
        """Whether Braze refused for a quota and says when that opens."""
        return bool(self.asked) and isinstance(self.error, RateLimited)


def _endpoint(call: Call) -> Endpoint:
    return Endpoint(call.method, call.path, call.bucket)


def _may_repeat(call: Call, failure: BrazeError) -> bool:
    if call.replay is Replay.NEVER:
        return False
    return is_unsent(failure) or (call.replay is Replay.ALWAYS and is_ambiguous(failure))


def _late(call: Call) -> NotSent:
    return NotSent(
        f"the deadline of {call.deadline:g} s passed before sending",
        method=call.method,
        path=call.path,
        attempts=0,
    )
