"""Wrong ways to watch: every marked line, and no other, is an error; never run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage import EngageSync, Hook

if TYPE_CHECKING:
    from braze_engage import BrazeClient


class Waits(Hook):
    def on_wait(self, where: int, seconds: float, opens: float | None) -> None: ...  # type: ignore[override]  # an Endpoint


class Misspelt:
    def on_waits(self) -> None: ...


def watched(rest: BrazeClient) -> None:
    EngageSync(rest=rest, hooks=Waits())  # type: ignore[arg-type]  # no list
    EngageSync(rest=rest, hooks=[Misspelt()])  # type: ignore[list-item]  # no hook
    EngageSync(rest=rest, progress="bar")  # type: ignore[arg-type]  # no progress
    rest.with_options(priority="high")  # type: ignore[arg-type]  # no priority
