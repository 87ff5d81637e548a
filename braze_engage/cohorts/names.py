"""Which cohort was named what through one client."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CohortNames"]

T = TypeVar("T")


@attrs.define
class _Named:
    lock: threading.Lock = attrs.field(factory=threading.Lock)
    name: str | None = None
    is_explicit: bool = False


class CohortNames:
    """Remembers names, and lets one thread at a time name a cohort.

    An explicit name is never replaced by a derived one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cohorts: dict[str, _Named] = {}

    def covers(self, cohort_id: str, name: str, *, explicit: bool) -> bool:
        """Tell whether the cohort bears this name already, or an explicit one that stays.

        Args:
            cohort_id: The cohort.
            name: The name it is to bear.
            explicit: Whether somebody chose the name; else it is derived from the calls.
        """
        known = self._cohorts.get(cohort_id)
        return known is not None and _covers(known, name, explicit=explicit)

    def recall(self, cohort_id: str, name: str, *, explicit: bool) -> None:
        """Take it that a cohort bears a name, unless more is known of it.

        Args:
            cohort_id: The cohort.
            name: Its name.
            explicit: Whether somebody chose it.
        """
        with self._lock:
            self._cohorts.setdefault(cohort_id, _Named(name=name, is_explicit=explicit))

    def give(
        self, cohort_id: str, name: str, send: Callable[[], T], *, explicit: bool, again: bool
    ) -> T | None:
        """Name a cohort and remember it, unless that is not needed; other threads wait meanwhile.

        Args:
            cohort_id: The cohort.
            name: The name.
            send: Tells Braze; what it raises leaves the memory as it was.
            explicit: Whether somebody chose the name.
            again: Whether to send a name the cohort bears already.

        Returns:
            What ``send`` gave; None if it was not called.
        """
        with self._lock:
            known = self._cohorts.setdefault(cohort_id, _Named())
        with known.lock:
            if not again and _covers(known, name, explicit=explicit):
                known.is_explicit = known.is_explicit or explicit
                return None
            result = send()
            known.name, known.is_explicit = name, explicit
            return result


def _covers(known: _Named, name: str, *, explicit: bool) -> bool:
    if known.name == name:
        return True
    return known.is_explicit and not explicit
