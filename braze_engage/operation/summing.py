"""Log lines that would repeat themselves, summed to one a minute."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Summing"]

_EVERY: Final = 60.0
_TEXTS_KEPT: Final = 200


class Summing:
    """Writes each text once, and then once a minute how often it came; safe for threads.

    Args:
        log: Where to.
        level: The level of the lines.
        monotonic: The clock.
    """

    def __init__(
        self,
        log: logging.Logger,
        *,
        level: int = logging.WARNING,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._level = level
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._since: dict[str, float] = {}
        self._times: dict[str, int] = {}

    def note(self, text: str, times: int = 1, *, with_error: bool = False) -> None:
        """Write a text, or count it where it was written within the last minute.

        Args:
            text: The line, without personal data.
            times: How often it came.
            with_error: Whether to write the exception that is being handled, too.
        """
        now = self._monotonic()
        with self._lock:
            since = self._since.get(text)
            if since is None and len(self._since) >= _TEXTS_KEPT:
                return
            times += self._times.pop(text, 0)
            if since is not None and now - since < _EVERY:
                self._times[text] = times
                return
            self._since[text] = now
        self._write(text, times, with_error=with_error)

    def look(self) -> None:
        """Write what was counted at least a minute ago."""
        now = self._monotonic()
        self._write_counted(lambda text: now - self._since[text] >= _EVERY, now)

    def flush(self) -> None:
        """Write everything that was counted and not written yet."""
        self._write_counted(lambda _: True, self._monotonic())

    def _write_counted(self, is_due: Callable[[str], bool], now: float) -> None:
        with self._lock:
            due = {text: times for text, times in self._times.items() if is_due(text)}
            for text in due:
                del self._times[text]
                self._since[text] = now
        for text, times in due.items():
            self._write(text, times)

    def _write(self, text: str, times: int, *, with_error: bool = False) -> None:
        counted = f" ({times:,} times)" if times > 1 else ""
        self._log.log(self._level, "%s%s", text, counted, exc_info=with_error)
