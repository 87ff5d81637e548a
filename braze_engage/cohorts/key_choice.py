"""Which data import key a request is sent with, and which one after Braze refused it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final, TypeVar

import attrs

from braze_engage.cohorts.refusals import Refusal
from braze_engage.errors import ConfigurationError, Unauthorized
from braze_engage.operation.summing import Summing

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.cohorts.candidates import Candidates
    from braze_engage.credentials import DataImportKey

__all__ = ["KeyChoice", "KeyFallback", "Pick"]

T = TypeVar("T")

_LOG: Final = logging.getLogger("braze_engage.cohorts")


@attrs.frozen(kw_only=True)
class KeyFallback:
    """Braze refused the active data import key, and the retiring one works.

    Args:
        workspace: Its label in the ring.
        refused: The key that was active.
        used: The key that is used from now on.
        stored: Whether the store could be told; else only this client knows.
    """

    workspace: str
    refused: DataImportKey
    used: DataImportKey
    stored: bool


@attrs.frozen
class Pick:
    """The key of one request.

    Args:
        key: The key.
        turn: How often the choice had changed by then.
    """

    key: DataImportKey
    turn: int


class KeyChoice:
    """Chooses a key, and another one when Braze refuses it; safe to use from threads.

    A refused key is looked up again in the store; if the store knows no other, the retiring key is
    tried once. However many threads are refused at the same time, that happens once: the others
    use what it found. A key is called invalid only when another one works on the same host,
    because a wrong data center looks the same as a wrong key.

    Args:
        candidates: The keys there are.
        on_fallback: Told when a retiring key had to step in, and works.
    """

    def __init__(
        self, candidates: Candidates, on_fallback: Callable[[KeyFallback], object] | None = None
    ) -> None:
        self._candidates = candidates
        self._on_fallback = on_fallback
        self._warned = Summing(_LOG)
        self._lock = threading.Lock()
        self._turn = 0
        self._refused: tuple[DataImportKey, ...] = ()
        self._hopeless: tuple[DataImportKey, ...] = ()
        self._stand_in: DataImportKey | None = None
        self._unproven = False

    def call(self, send: Callable[[DataImportKey, float], T], left: Callable[[], float]) -> T:
        """Send with the current key, and with others while Braze refuses the key.

        Args:
            send: Sends with a key within a number of seconds; raises `Unauthorized`.
            left: Seconds left altogether.

        Raises:
            Unauthorized: No key is left, or no time, or the data import key is not the matter.
        """
        pick = self.current()
        remaining = left()
        while True:
            try:
                result = send(pick.key, remaining)
            except Unauthorized as error:
                refused = error
            else:
                self.works(pick)
                return result
            other = self.after_refusal(pick) if _blames_key(refused) else None
            remaining = left()
            if other is None or remaining <= 0:
                raise refused
            pick = other

    def current(self) -> Pick:
        """Choose the key of a request.

        Raises:
            ConfigurationError: There is none.
        """
        active = self._candidates.active()
        with self._lock:
            return self._pick(active)

    def reread(self) -> DataImportKey:
        """Give the active key as the store has it now.

        Raises:
            ConfigurationError: There is none, or the store cannot be read.
        """
        self._candidates.reread()
        return self._candidates.active()

    def after_refusal(self, pick: Pick) -> Pick | None:
        """Choose another key, or None if there is no other.

        Args:
            pick: What Braze did not take.

        Raises:
            ConfigurationError: The store now has no usable key at all.
        """
        with self._lock:
            # Else another thread looked meanwhile, and what it found is as good here.
            if pick.turn == self._turn:
                self._look_for_another(pick.key)
            found = self._pick(self._candidates.active())
            hopeless = found.key in self._hopeless
        return None if hopeless or found.key == pick.key else found

    def works(self, pick: Pick) -> None:
        """Learn that Braze took a key.

        Args:
            pick: The key.
        """
        if not self._unproven:
            return
        with self._lock:
            if not self._unproven or pick.turn != self._turn or pick.key in self._refused:
                return
            self._unproven = False
            refused = self._refused
        stored = [self._store_invalid(key) for key in refused]
        if pick.key == self._stand_in:
            self._tell(
                KeyFallback(
                    workspace=self._candidates.workspace,
                    refused=refused[-1],
                    used=pick.key,
                    stored=all(stored),
                )
            )

    def _pick(self, active: DataImportKey) -> Pick:
        if self._stand_in is not None and active in self._refused:
            return Pick(self._stand_in, self._turn)
        return Pick(active, self._turn)

    def _look_for_another(self, refused: DataImportKey) -> None:
        self._turn += 1
        if refused != self._stand_in:
            self._reread_if_possible()
            if not self._unproven:
                self._refused = ()  # what was refused some other time may be valid again
        self._refused = (*self._refused, refused)
        self._stand_in, self._hopeless, self._unproven = None, (), True
        if self._candidates.active() not in self._refused:
            return
        spare = self._candidates.retiring()
        if spare is None or spare in self._refused:
            self._refused, self._hopeless, self._unproven = (), self._refused, False
            return
        self._stand_in = spare

    def _reread_if_possible(self) -> None:
        try:
            self._candidates.reread()
        except ConfigurationError as error:
            self._warned.note(f"after a refused data import key: {error}")

    def _store_invalid(self, key: DataImportKey) -> bool:
        try:
            self._candidates.invalidate(key)
        except ConfigurationError as error:
            self._warned.note(f"a data import key that Braze refuses stays in the store: {error}")
            return False
        return True

    def _tell(self, fallback: KeyFallback) -> None:
        if self._on_fallback is None:
            return
        try:
            self._on_fallback(fallback)
        except Exception:  # noqa: BLE001 - nothing a callback raises may break a delivery
            self._warned.note("on_fallback failed", with_error=True)


def _blames_key(error: Unauthorized) -> bool:
    return Refusal.of(error) is Refusal.CLIENT_SECRET
