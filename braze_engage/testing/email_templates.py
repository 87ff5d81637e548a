"""E-mail templates of the fake workspace. Knows no HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.entries import Entries
from braze_engage.testing.values import new_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@attrs.define(kw_only=True)
class EmailTemplate:
    """One e-mail template; a test may change it at any time.

    Args:
        id: API identifier.
        template_name: Its name, not unique.
        created_at: When it was made.
        updated_at: When it was last changed.
        description: What somebody typed in the dashboard.
        subject: Subject line.
        preheader: What inboxes show behind it.
        body: HTML.
        plaintext_body: The same as plain text.
        should_inline_css: Whether styles are moved into the elements.
        tags: Tags.
        drag_and_drop: Whether it was made in the drag-and-drop editor; lists leave those out.
    """

    id: str
    template_name: str
    created_at: datetime
    updated_at: datetime
    description: str = ""
    subject: str = ""
    preheader: str = ""
    body: str = ""
    plaintext_body: str = ""
    should_inline_css: bool = False
    tags: list[str] = attrs.field(factory=list[str])
    drag_and_drop: bool = False


class EmailTemplates(Entries[EmailTemplate]):
    """E-mail templates by API identifier, oldest first."""

    def add(
        self, template_name: str, *, subject: str = "", body: str = "", tags: Iterable[str] = ()
    ) -> EmailTemplate:
        """Put an e-mail template into the workspace.

        Args:
            template_name: Its name.
            subject: Subject line.
            body: HTML.
            tags: Tags.
        """
        now = self._now()
        made = EmailTemplate(
            id=new_id("email template", len(self)),
            template_name=template_name,
            created_at=now,
            updated_at=now,
            subject=subject,
            body=body,
            tags=[*tags],
        )
        self._by_id[made.id] = made
        return made
