"""What Braze answers, where several endpoints answer alike."""

from enum import Enum

from braze_engage.objects.models import model

__all__ = ["Accepted", "Verdict", "Verification"]


@model(kw_only=True)
class Accepted:
    """Braze took the request; nothing says that it changed anything.

    Args:
        message: ``success``, or ``queued`` while Braze is under maintenance.
    """

    message: str


class Verdict(Enum):
    """What a probe of a key found."""

    OK = "ok"
    """Braze knows the key here and lets it do what is needed."""
    REFUSED = "refused"
    """Braze does not: the key, its permissions or the data center must change."""
    UNCLEAR = "unclear"
    """The probe did not get far enough to tell."""


@model(kw_only=True)
class Verification:
    """The result of probing a key without changing anything.

    Args:
        verdict: What was found.
        key: Which key: "REST API key", "data import key" or "partner key".
        detail: What Braze said, or why the probe failed.
        remedy: What to do; empty if all is well.
    """

    verdict: Verdict
    key: str
    detail: str
    remedy: str = ""
