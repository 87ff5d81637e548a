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
    also: tuple[str, ...] = ()
    """Names the minimal sample cannot do without."""


_ONE_NAME = "broadcast excludes recipients, and one of the two is needed"
_RECIPIENT = {"external_user_id": "u1", "attributes": {"first_name": "Ana"}}
_CAMPAIGN: dict[str, Any] = {"trigger_properties": {"coupon": "SPRING"}, **_RECIPIENT}
_CANVAS: dict[str, Any] = {"context": {"coupon": "SPRING"}, **_RECIPIENT}

DIFFERENT: dict[str, Different] = {
    "campaigns.trigger_schedule_create": Different(
        _ONE_NAME,
        left_out=("broadcast",),
        values={"recipients": [_CAMPAIGN]},
        also=("recipients",),
    ),
    "campaigns.trigger_send": Different(
        _ONE_NAME,
        left_out=("broadcast",),
        values={"recipients": [_CAMPAIGN]},
        also=("recipients",),
    ),
    "canvas.trigger_schedule_create": Different(
        f"{_ONE_NAME}; canvas_entry_properties is an older name of context",
        left_out=("broadcast", "canvas_entry_properties"),
        values={"recipients": [_CANVAS]},
        also=("recipients",),
    ),
    "canvas.trigger_send": Different(
        f"{_ONE_NAME}; canvas_entry_properties is an older name of context",
        left_out=("broadcast", "canvas_entry_properties"),
        values={"recipients": [_CANVAS]},
        also=("recipients",),
    ),
    "catalogs.create": Different(
        "the first field is always id of type string",
        values={
            "catalogs": [
                {
                    "name": "shoes",
                    "description": "What we sell",
                    "fields": [{"name": "id", "type": "string"}],
                }
            ]
        },
    ),
    **{
        f"catalog_items.{name}": Different(
            "several items bear their ids", values={"items": [{"id": "a", "price": 9.5}]}
        )
        for name in ("create_many", "replace_many", "update_many")
    },
    **{
        f"catalog_items.{name}": Different(
            "the id of a single item stands in the path alone", values={"items": [{"price": 9.5}]}
        )
        for name in ("create", "replace", "update")
    },
    "email.list_hard_bounces": Different(
        "an address goes without limit and offset, and a list starts before it ends",
        left_out=("email",),
        values={"start_date": "2026-11-01"},
    ),
    "email.list_unsubscribes": Different(
        "a list starts before it ends", values={"start_date": "2026-11-01"}
    ),
    "messages.schedule_create": Different(
        "broadcast excludes named people; without messages there is nothing to send",
        left_out=("broadcast",),
        also=("messages",),
    ),
    "messages.send": Different(
        "broadcast excludes named people; without messages there is nothing to send",
        left_out=("broadcast",),
        also=("messages",),
    ),
    "sms.list_invalid_phone_numbers": Different(
        "a list starts before it ends", values={"start_date": "2026-11-01"}
    ),
    "subscription_groups.set_status": Different(
        "e-mail addresses and phone numbers exclude each other", left_out=("phone",)
    ),
    "users.export_by_ids": Different(
        "of the single identifiers one is allowed at a time",
        left_out=("braze_id", "email_address", "phone"),
    ),
    "users.export_by_segment": Different(
        "single custom attributes are not exported beside all of them",
        values={"fields_to_export": ["email"]},
    ),
}
"""Group and name -> what is different."""
