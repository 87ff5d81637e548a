"""Preference centers of the fake workspace. Knows no HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.entries import Entries
from braze_engage.testing.values import Json, JsonObject, new_id

if TYPE_CHECKING:
    from datetime import datetime


@attrs.define(kw_only=True)
class PreferenceCenter:
    """One preference center; a test may change it at any time.

    Args:
        id: API identifier.
        name: Its name.
        created_at: When it was made.
        updated_at: When it was last changed.
        preference_center_title: Title of its page.
        preference_center_page_html: Its page.
        confirmation_page_html: The page that follows a change.
        redirect_page_html: The page to go on to, if any.
        options: What stands in the head of its page.
        state: "active" or "draft".
    """

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    preference_center_title: str = "Preference Center"
    preference_center_page_html: str = ""
    confirmation_page_html: str = ""
    redirect_page_html: str | None = None
    options: JsonObject = attrs.field(factory=dict[str, Json])
    state: str = "active"

    def url(self, user_id: str) -> str:
        """Make the link for a user.

        Args:
            user_id: External id.
        """
        token = new_id(f"preference center {self.id}", 0) + new_id(user_id, 0)
        return f"https://preferences.example.com/{token}"

    @property
    def liquid_tag(self) -> str:
        """What links to it in a message."""
        return f"{{{{preference_center.${{{self.name}}}}}}}"


class PreferenceCenters(Entries[PreferenceCenter]):
    """Preference centers by API identifier, oldest first."""

    def add(self, name: str) -> PreferenceCenter:
        """Put a preference center into the workspace.

        Args:
            name: Its name.
        """
        now = self._now()
        identifier = new_id("preference center", len(self))
        made = PreferenceCenter(id=identifier, name=name, created_at=now, updated_at=now)
        self._by_id[made.id] = made
        return made
