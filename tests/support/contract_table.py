"""What the contract tests cannot know of single rows from the catalogue, each with its reason."""

from __future__ import annotations

from typing import Any

import attrs


@attrs.frozen
class Different:
    """How the sample of a row differs from all that is documented."""

    reason: str
    left_out: tuple[str, ...] = ()
    """Names the full sample does without."""
    values: dict[str, Any] = attrs.field(factory=dict)
    """Values to give instead, in both samples where the name is in them."""


DIFFERENT: dict[str, Different] = {
    "email.list_hard_bounces": Different(
        "an address goes without limit and offset, and a list starts before it ends",
        left_out=("email",),
        values={"start_date": "2026-11-01"},
    ),
    "email.list_unsubscribes": Different(
        "a list starts before it ends", values={"start_date": "2026-11-01"}
    ),
    "sms.list_invalid_phone_numbers": Different(
        "a list starts before it ends", values={"start_date": "2026-11-01"}
    ),
    "subscription_groups.set_status": Different(
        "e-mail addresses and phone numbers exclude each other", left_out=("phone",)
    ),
    "users.export_by_segment": Different(
        "single custom attributes are not exported beside all of them",
        values={"fields_to_export": ["email"]},
    ),
    "users.export_by_ids": Different(
        "of the single identifiers one is allowed at a time",
        left_out=("braze_id", "email_address", "phone"),
    ),
}
"""Group and name -> what is different."""
