"""Rate pools by name, shared by all clients of the process.

Windows of Braze are fixed clock periods, so backing off blindly meets the same wall until the
period turns; and several clients with one key share one quota, whether they know it or not.

https://www.braze.com/docs/api/api_limits
"""

from __future__ import annotations

import threading
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from braze_engage import limits
from braze_engage._http.quota import Quota
from braze_engage._http.rate_pool import RatePool
from braze_engage._http.retry import SystemClock
from braze_engage.errors import ConfigurationError
from braze_engage.operation.allowance import Allowance

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from braze_engage._http.call import Call
    from braze_engage._http.quota import Priority
    from braze_engage._http.retry import Clock

__all__ = ["BURSTS", "HOURLY_REQUESTS", "Throttle"]

HOURLY_REQUESTS: Final[Mapping[str, int]] = MappingProxyType(
    {"partner_cohorts": limits.COHORT_REQUESTS_PER_HOUR}
)
"""Buckets Braze reports in no header: requests per clock hour, counted here."""

_MINUTE: Final = 60.0
BURSTS: Final[Mapping[str, tuple[int, float]]] = MappingProxyType(
    {
        "users_track": (limits.TRACK_BURST_REQUESTS, float(limits.TRACK_BURST_SECONDS)),
        "users_track_bulk": (limits.BULK_REQUESTS_PER_SECOND, 1.0),
        "users_track_sync": (limits.TRACK_SYNC_REQUESTS_PER_MINUTE, _MINUTE),
        "user_identity": (limits.IDENTITY_REQUESTS_PER_MINUTE, _MINUTE),
        "external_ids_rename": (limits.EXTERNAL_ID_REQUESTS_PER_MINUTE, _MINUTE),
        "external_ids_remove": (limits.EXTERNAL_ID_REQUESTS_PER_MINUTE, _MINUTE),
    }
)
"""Requests and seconds by bucket. Buckets of which customers have different limits are left out:
what headers say of them is more than what is documented."""

_POOLS: Final[WeakValueDictionary[Hashable, RatePool]] = WeakValueDictionary()
_LOCK: Final = threading.Lock()


class Throttle:
    """The rate pools of one client; safe to share by threads.

    A pool is named by host, key and bucket, or by the name of the quota and the bucket. As long as
    one client that uses it lives, every other one of the same name uses it too, if they go by one
    clock.

    Args:
        clock: Tells the time; None for the machine's.
        quota: Figures of the contract, and how much of it may be used; None for what Braze
            documents.
        bucket: The bucket the figures concern.
        scope: What the pools are shared within; None for the process.

    Raises:
        ConfigurationError: The quota is none.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        quota: Quota | None = None,
        bucket: str = "users_track",
        scope: Hashable = None,
    ) -> None:
        if quota is not None and not isinstance(cast("object", quota), Quota):
            raise ConfigurationError(
                f"quota is a Quota, such as Quota(hourly=400), not {type(quota).__name__}"
            )
        self._clock = SystemClock() if clock is None else clock
        self._quota = Quota() if quota is None else quota
        self._bucket = bucket
        machine = isinstance(self._clock, SystemClock)
        self._scope = (scope, None if machine else id(self._clock))
        self._used: dict[Hashable, RatePool] = {}

    def share(self, priority: Priority = "realtime") -> float:
        """Tell the part of each limit that may be used.

        Args:
            priority: What the calls are where the quota does not say.
        """
        return self._quota.share(priority)

    def allowance(self, bucket: str, priority: Priority = "realtime") -> Allowance:
        """Tell what may be sent of a bucket, as far as that is known beforehand.

        Args:
            bucket: The bucket.
            priority: What the calls are where the quota does not say.
        """
        burst, hourly = BURSTS.get(bucket), HOURLY_REQUESTS.get(bucket)
        if bucket == self._bucket:
            burst, hourly = self._quota.burst or burst, self._quota.hourly or hourly
        share = self.share(priority)
        return Allowance(burst, None if hourly is None else max(1, int(hourly * share)))

    def pool(self, call: Call) -> RatePool:
        """Give the pool of a call.

        Args:
            call: What is to be sent.
        """
        whose: Hashable = self._quota.pool
        if whose is None:
            whose = (urlsplit(call.url).netloc, call.authorization, call.secrets)
        name = (self._scope, whose, call.bucket)
        pool = self._used.get(name)
        return self._join(name, call.bucket) if pool is None else pool

    def _join(self, name: Hashable, bucket: str) -> RatePool:
        with _LOCK:
            pool = _POOLS.get(name)
            if pool is None:
                pool = _POOLS[name] = RatePool(
                    self._clock, burst=BURSTS.get(bucket), hourly=HOURLY_REQUESTS.get(bucket)
                )
            if bucket == self._bucket:
                pool.configure(burst=self._quota.burst, hourly=self._quota.hourly)
            self._used[name] = pool
            return pool
