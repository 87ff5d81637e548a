"""What the fake workspace holds besides users and cohorts, open to tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.scripting import Scripting

if TYPE_CHECKING:
    from braze_engage.testing.launches import Campaign, Canvas, Launches
    from braze_engage.testing.outbox import Outbox
    from braze_engage.testing.segments import Segments
    from braze_engage.testing.state import Workspace


@attrs.define(kw_only=True, slots=False, eq=False, repr=False)
class Content(Scripting):
    """Each group of endpoints with state is an attribute; ``add`` of it makes a new entry."""

    @property
    def campaigns(self) -> Launches[Campaign]:
        """Campaigns by API identifier, each with its ``sends`` and ``schedules``."""
        return self._settled().campaigns

    @property
    def canvases(self) -> Launches[Canvas]:
        """Canvases by API identifier, each with its ``sends`` and ``schedules``."""
        return self._settled().canvases

    @property
    def messages(self) -> Outbox:
        """What ``/messages/send`` sent, and what ``/messages/schedule/create`` scheduled."""
        return self._settled().messages

    @property
    def segments(self) -> Segments:
        """Segments by API identifier."""
        return self._settled().segments

    def _settled(self) -> Workspace:
        """The workspace, as far as writes have become visible."""
        workspace = self._service.workspace
        with workspace.lock:
            workspace.catch_up()
        return workspace
