"""Rate limits in fixed windows of the clock, told in either dialect of Braze's headers.

https://www.braze.com/docs/api/api_limits
"""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.testing.settings import Settings

MINUTE = 60.0
HOUR = 3600.0
DAY = 86_400.0

TRACK = "users_track"
TRACK_HOUR = "users_track_hour"

BRAZE_QUOTAS: Mapping[str, tuple[int, float]] = {
    TRACK: (3_000, 3.0),
    TRACK_HOUR: (1_000_000, HOUR),
    "users_track_bulk": (50, 1.0),
    "users_track_sync": (500, MINUTE),
    "user_identity": (20_000, MINUTE),
    "external_ids_rename": (1_000, MINUTE),
    "external_ids_remove": (1_000, MINUTE),
    "users_export_ids": (250, MINUTE),
    "users_export_ids_fields": (40, 1.0),
    "campaigns_data_series": (50_000, MINUTE),
    "broadcast_sends": (250, MINUTE),
    "duplicate": (100, MINUTE),
    "sends_id_create": (100, DAY),
    "events_purchases_lists": (1_000, HOUR),
    "subscription_status_set": (5_000, MINUTE),
    "catalogs_management": (50, MINUTE),
    "catalog_items_async": (16_000, MINUTE),
    "catalog_items_sync": (50, MINUTE),
    "catalog_fields_selections": (50, MINUTE),
    "preference_center_read": (1_000, MINUTE),
    "preference_center_write": (10, MINUTE),
    "cdi_list": (50, MINUTE),
    "cdi_job_status": (100, MINUTE),
    "cdi_sync": (20, MINUTE),
    "media_library_create": (100, HOUR),
    "media_library_replace": (100, HOUR),
    "scim": (5_000, DAY),
    "translations": (250_000, MINUTE),
    "data_objects_read": (50, MINUTE),
    "data_objects_write": (50, MINUTE),
    "partner_cohorts": (250_000, HOUR),
    "default": (250_000, HOUR),
}
"""Requests and seconds by bucket; what is not listed counts as ``default``, alone.

``users_track_hour`` applies to the dialect ``mau`` only, where contracts set it;
``users_export_ids_fields`` is the quicker limit of exports that name their fields and leave out
``campaigns_received`` and ``canvases_received``. No number is documented for
``email_user_subscription``, ``push_credential`` and ``device_messaging``; that of ``transactional``
is a matter of contract.
"""


class Admission(NamedTuple):
    """Whether a request fits its quota, and what its answer says of it."""

    granted: bool
    headers: Mapping[str, str]


class _Window(NamedTuple):
    limit: int
    left: int
    reset: float


class Quotas:
    """Counts requests by bucket.

    Args:
        settings: Read at each request: quotas, dialect and clock.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._used: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def admit(self, bucket: str) -> Admission:
        """Count a request of a bucket, unless its window is used up."""
        if self._settings.quotas is False:
            return Admission(granted=True, headers={})
        hourly = self._settings.dialect == "mau" and bucket == TRACK
        names = [bucket, TRACK_HOUR] if hourly else [bucket]
        now = self._settings.clock.now()
        with self._lock:
            windows = [self._window(name, now) for name in names]
            granted = all(window.left > 0 for window in windows)
            if granted:
                windows = [self._count(name, now) for name in names]
        if not hourly:
            return Admission(granted, _epoch_headers(windows[0]))
        if granted:
            return Admission(granted, _seconds_headers(windows[1], now))
        full = max(window.reset for window in windows if window.left == 0)
        return Admission(granted, {"x-ratelimit-retry-after": str(max(1, math.ceil(full - now)))})

    def _quota(self, name: str) -> tuple[int, float]:
        quotas = self._settings.quotas
        if not isinstance(quotas, bool) and name in quotas:
            return quotas[name]
        return BRAZE_QUOTAS.get(name, BRAZE_QUOTAS["default"])

    def _window(self, name: str, now: float) -> _Window:
        limit, seconds = self._quota(name)
        index = math.floor(now / seconds)
        at, used = self._used.get(name, (index, 0))
        return _Window(limit, limit - used if at == index else limit, (index + 1) * seconds)

    def _count(self, name: str, now: float) -> _Window:
        window = self._window(name, now)
        _, seconds = self._quota(name)
        self._used[name] = (math.floor(now / seconds), window.limit - window.left + 1)
        return window._replace(left=window.left - 1)


def _epoch_headers(window: _Window) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(window.limit),
        "x-ratelimit-remaining": str(window.left),
        "x-ratelimit-reset": str(math.ceil(window.reset)),
    }


def _seconds_headers(window: _Window, now: float) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(window.limit),
        "x-ratelimit-remaining": str(window.left),
        "x-ratelimit-reset": str(math.ceil(window.reset - now)),
    }
