"""What the fake workspace holds besides users and cohorts, open to tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.scripting import Scripting

if TYPE_CHECKING:
    from braze_engage.testing.segments import Segments
    from braze_engage.testing.state import Workspace


@attrs.define(kw_only=True, slots=False, eq=False, repr=False)
class Content(Scripting):
    """Each group of endpoints with state is an attribute; ``add`` of it makes a new entry."""

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
