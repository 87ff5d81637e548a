"""What can be set on a fake, before and during a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

from braze_engage.testing.clock import Clock, SystemClock
from braze_engage.testing.routes import PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping


_KEYS = {
    "REST API key": "rest_api_key",
    "SCIM token": "scim_token",
    "client-side REST key": "client_side_key",
}


@attrs.define(kw_only=True, slots=False, eq=False, repr=False)
class Settings:
    """Options of ``FakeBraze``; each may be changed at any time and is restored by ``reset``."""

    lag: float = 0.0
    """Seconds before an accepted write becomes visible."""
    reorder: bool = False
    """Apply writes of different requests in random order within ``lag`` (0.1 s where that is 0).
    Names of one cohort keep their order."""
    latency: float = 0.0
    """Seconds every answer takes."""
    seed: int = 0
    """Of the randomness: order of writes, and of entries in one membership request."""
    known: Literal["seeded", "any"] = "seeded"
    """"any": cohorts take every identifier for a known person."""
    keep_members: bool = True
    """False counts cohort changes without keeping members."""
    keep_profiles: bool = True
    """False checks and counts the objects of ``/users/track`` without applying them."""
    keep_bodies: bool = True
    """False records requests without their bodies."""
    export_seconds: float = 0.0
    """Seconds until the file of a segment export is there."""
    users_per_file: int = 5_000
    """Profiles in one file of a segment export."""
    own_storage: bool = False
    """Exports go to a storage of the customer's own, so that answers carry no address."""
    documented_codes: bool = False
    """Report per-object errors as the codes of the docs instead of the texts seen in traffic."""
    legacy_track_limit: bool = False
    """75 objects in each array of ``/users/track`` instead of 75 together."""
    largest_body: float = float("inf")
    """Bytes of a body at most, where Braze's own limits are larger; 413 beyond."""
    quotas: bool | Mapping[str, tuple[int, float]] = True
    """Enforce rate limits: Braze's, none, or some replaced by (requests, seconds)."""
    dialect: Literal["epoch", "mau"] = "epoch"
    """Which rate-limit headers ``/users/track`` sends."""
    clock: Clock = attrs.field(factory=SystemClock)

    partner: str = "segment"
    cohorts_enabled: bool = True
    """False: the customer is not enabled for the partner."""
    rest_api_key: str = "fake-rest-api-key"
    scim_token: str = "fake-scim-token"  # noqa: S105 - of a fake
    client_side_key: str = "fake-client-side-rest-key"
    data_import_key: str = "fake-data-import-key"
    partner_key: str = "fake-partner-key"
    extra_keys: set[str] = attrs.field(factory=set[str])
    """Further keys that are accepted, whatever their kind, as while keys are rotated."""
    permissions: set[str] = attrs.field(factory=lambda: set(PERMISSIONS))
    """Of the REST keys; every one that exists unless told otherwise."""
    host: str | None = None
    """The one host the keys belong to, such as ``rest.iad-06.braze.com``; None: any host."""
    port: int = 0
    """Of the loopback server; 0 takes a free one."""

    def key_of(self, credential: str) -> str:
        """The one key of a kind that travels in a header."""
        return str(getattr(self, _KEYS[credential]))
