"""Exports of segments in the fake workspace: under way, ready, gone. Knows no HTTP."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.testing.values import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from braze_engage.testing.values import JsonObject

DOWNLOADS: Final = "/exports/"
"""Where the files lie, on whatever host the fake answers."""
_LIVES: Final = 4 * 3600.0
_AT_A_TIME: Final = 100


@attrs.define(kw_only=True)
class Export:
    """One export; a test may change it at any time.

    Args:
        prefix: How the names of its parts begin; unique.
        segment_id: Of which segment; None for the Global Control Group.
        ready_at: When the file is there, in seconds since the epoch.
        file: A ZIP of files with one JSON object a line, as people were when it was started.
        cancelled: Whether it was cancelled; its file never comes then.
    """

    prefix: str
    segment_id: str | None
    ready_at: float
    file: bytes = attrs.field(repr=False)
    cancelled: bool = False


class Exports(Mapping[str, Export]):
    """The exports of a workspace by their prefix, oldest first.

    ``control_group`` holds the external ids of the people in the Global Control Group.
    """

    def __init__(self) -> None:
        self.control_group: set[str] = set()
        self._by_prefix: dict[str, Export] = {}

    def __getitem__(self, prefix: str) -> Export:
        return self._by_prefix[prefix]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_prefix)

    def __len__(self) -> int:
        return len(self._by_prefix)

    def busy(self, segment_id: str | None, now: float) -> bool:
        """Tell whether an export may not be started: one of the same is under way, or 100 are.

        Args:
            segment_id: Of which segment; None for the Global Control Group.
            now: The instant of the fake's clock.
        """
        running = [one for one in self.values() if one.ready_at > now and not one.cancelled]
        same = segment_id is not None and any(one.segment_id == segment_id for one in running)
        return same or len(running) >= _AT_A_TIME

    def start(
        self, segment_id: str | None, ready_at: float, users: Sequence[JsonObject], per_file: int
    ) -> Export:
        """Start an export.

        Args:
            segment_id: Of which segment; None for the Global Control Group.
            ready_at: When its file will be there.
            users: The profiles as they are exported.
            per_file: Lines of one file inside the ZIP.
        """
        prefix = new_id("export", len(self))
        file = _zipped(prefix, users, per_file)
        started = Export(prefix=prefix, segment_id=segment_id, ready_at=ready_at, file=file)
        self._by_prefix[prefix] = started
        return started

    def cancel(self, segment_id: str, now: float) -> None:
        """Cancel the exports of a segment that are under way.

        Args:
            segment_id: Of which segment.
            now: The instant of the fake's clock.
        """
        for one in self.values():
            if one.segment_id == segment_id and one.ready_at > now:
                one.cancelled = True

    def download(self, path: str, now: float) -> bytes | None:
        """Give the file of an export; None where there is none yet, or none any more.

        Args:
            path: As asked for.
            now: The instant of the fake's clock.
        """
        found = self.get(path.removeprefix(DOWNLOADS).removesuffix(".zip"))
        if found is None or found.cancelled or not found.ready_at <= now < found.ready_at + _LIVES:
            return None
        return found.file


def _zipped(prefix: str, users: Sequence[JsonObject], per_file: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, start in enumerate(range(0, len(users), per_file)):
            lines = [json.dumps(user, separators=(",", ":")) for user in users[start:][:per_file]]
            archive.writestr(f"{prefix}-{number:05d}.txt", "\n".join([*lines, ""]))
    return packed.getvalue()
