"""What a 401 of the cohort endpoints means, and what to do about it.

https://www.braze.com/docs/cohort_import
"""

from __future__ import annotations

import re
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from braze_engage.errors import BadRequest, Forbidden, Unauthorized
from braze_engage.objects import Verdict, Verification

if TYPE_CHECKING:
    from braze_engage.data_centers import DataCenter
    from braze_engage.errors import ResponseError, TransportError

__all__ = ["Refusal", "explained", "verdict_of"]

_BOTH: Final = "data import key and partner key"
_NAVIGATION: Final = (
    "Partner Integrations > Technology Partners > {partner} (in older dashboards Integrations > "
    "Technology Partners > {partner})"
)
_INPUT: Final = re.compile(
    r"cohort_|user_ids|device_ids|aliases|created_at|\bname\b", re.IGNORECASE
)


class Refusal(Enum):
    """Why Braze answers 401, told apart by its text: there is no code."""

    PARTNER_KEY = "invalid partner api key"
    CLIENT_SECRET = "invalid client secret"  # noqa: S105 - Braze's words
    NOT_ENABLED = "partner not enabled"
    OTHER = ""

    @classmethod
    def of(cls, error: Unauthorized) -> Refusal:
        """Read the text of an answer.

        Args:
            error: The answer.
        """
        text = error.message.lower()
        return next(refusal for refusal in cls if refusal.value in text)

    @property
    def key(self) -> str:
        """Which key it is about."""
        return "partner key" if self is Refusal.PARTNER_KEY else "data import key"

    def remedy(self, center: DataCenter, partner: str) -> str:
        """Say what to do.

        Args:
            center: Where the request went.
            partner: Name of the partner.
        """
        return _REMEDIES[self].format(
            host=center.rest_url.partition("://")[2],
            instance=center.instance,
            partner=partner,
            navigation=_NAVIGATION.format(partner=partner),
        )


_REMEDIES: Final = {
    Refusal.PARTNER_KEY: "the partner key is wrong for {host}: Braze gives a partner one key for "
    "US instances and another for EU ones; a wrong data center looks the same, this is {instance}",
    Refusal.CLIENT_SECRET: "{host} does not know the data import key: open {navigation} in the "
    "Braze dashboard and compare it, or create a new one and use that; the page shows the REST "
    "endpoint too, since a wrong data center looks the same, this is {instance}",
    Refusal.NOT_ENABLED: "Braze opens cohort import to its partners only, and did not enable this "
    "workspace for {partner}: ask Braze to, or deliver memberships as a boolean custom attribute "
    "with Delivery.BOOLEAN, which needs only a BrazeClient",
    Refusal.OTHER: "compare the partner's name ({partner}), the partner key and the data import "
    "key (in the Braze dashboard: {navigation}); a wrong data center looks the same as a wrong "
    "key, this is {instance}",
}


def explained(error: Unauthorized, center: DataCenter, partner: str) -> Unauthorized:
    """Say what to do in the words of the cohort import; the exchange knows no endpoint.

    Args:
        error: What the exchange raised.
        center: Where the request went.
        partner: Name of the partner.
    """
    return Unauthorized(
        error.message,
        status=error.status,
        method=error.method,
        path=error.path,
        attempts=error.attempts,
        errors=error.errors,
        hint=Refusal.of(error).remedy(center, partner),
    )


def verdict_of(
    error: TransportError | ResponseError | None, center: DataCenter, partner: str
) -> Verification:
    """Say what a probe without changes found out about the keys.

    Args:
        error: What it raised; None if Braze accepted it.
        center: Where it went.
        partner: Name of the partner.
    """
    if isinstance(error, Unauthorized):
        refusal = Refusal.of(error)
        return Verification(
            verdict=Verdict.REFUSED,
            key=refusal.key,
            detail=error.message,
            remedy=refusal.remedy(center, partner),
        )
    if isinstance(error, Forbidden):
        return Verification(
            verdict=Verdict.REFUSED, key=_BOTH, detail=error.message, remedy=error.hint
        )
    # Braze reads the contents only after it took the keys.
    if error is None or (isinstance(error, BadRequest) and _is_about_input(error)):
        return Verification(verdict=Verdict.OK, key=_BOTH, detail="Braze accepts both keys")
    return Verification(
        verdict=Verdict.UNCLEAR,
        key=_BOTH,
        detail=str(error),
        remedy="nothing is known about the keys; probe again later",
    )


def _is_about_input(error: BadRequest) -> bool:
    return error.status == HTTPStatus.BAD_REQUEST and bool(_INPUT.search(error.message))
