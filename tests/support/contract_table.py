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
    "users.export_by_ids": Different(
        "of the single identifiers one is allowed at a time",
        left_out=("braze_id", "email_address", "phone"),
    ),
}
"""Group and name -> what is different."""
