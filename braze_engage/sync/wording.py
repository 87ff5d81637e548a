"""What Braze said, without the people it said it of."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braze_engage.engage.identity import Identity

__all__ = ["without_identities", "without_identity"]


def without_identity(text: str, identity: Identity) -> str:
    """Write what Braze said of an item, without the identifier.

    Args:
        text: Braze's words.
        identity: Whom the item is about.
    """
    return f"Braze refused it: {without_identities(text, [identity])}"


def without_identities(text: str, identities: Iterable[Identity]) -> str:
    """Write what Braze said of a request, without any identifier.

    Args:
        text: Braze's words.
        identities: Whom the request is about.
    """
    forms = {half for identity in identities for half in (identity.value, identity.label)}
    forms |= {
        json.dumps(form, ensure_ascii=ascii_)[1:-1] for form in forms for ascii_ in (True, False)
    }
    for form in sorted(filter(None, forms), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", "[id]", text)
    return text
