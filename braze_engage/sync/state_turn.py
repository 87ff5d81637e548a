"""Lets one run at a time send, of all syncs and processes that share a state file.

Braze keeps no order between requests, so no two of them may write the same person or cohort at
once, whoever sends them. A lease on the whole file is the plainest way to that: a locked file
beside it, which the system lets go of when its process ends, however it ends.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, ClassVar, Final, cast

from braze_engage.errors import ConfigurationError, StateError
from braze_engage.sync.state_owner import hold, let_go, lock, unlock

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

__all__ = ["Turn"]

_LOOK_SECONDS: Final = 0.05
_MOST_BYTES: Final = 4_096


class Turn:
    """The turn of one sync; safe to use from threads.

    Args:
        path: The state file.
        timeout: Seconds to wait while others have theirs.
        monotonic: The clock, the same for all processes of the machine.
        sleep: Waits for seconds.
    """

    _threads: ClassVar[dict[Path, int]] = {}

    def __init__(
        self,
        path: Path,
        *,
        timeout: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._beside = path.with_name(f"{path.name}-turn")
        self._timeout = timeout
        self._monotonic = monotonic
        self._sleep = sleep
        self._name = secrets.token_hex(8)

    @contextmanager
    def take(self, settle: float) -> Generator[None]:
        """Take a turn; wait until nobody else has it, and until what they wrote has settled.

        Args:
            settle: Seconds between two writes of one person.

        Raises:
            ConfigurationError: The turn is this thread's own already.
            StateError: Somebody else has it for too long, or no file can be made.
        """
        if self._threads.get(self._path) == threading.get_ident():
            raise ConfigurationError(
                "calls: the source of a run starts a run of another EngageSync with the same state "
                "file, which would wait for itself; hand the calls on instead, or use another file"
            )
        process = os.getpid()
        descriptor = self._locked()
        hold(descriptor)
        try:
            self._threads[self._path] = threading.get_ident()
            self._settle(_read(descriptor), settle)
            self._note(descriptor, None)
            yield
        finally:
            # a copy of this process may come here too, and the turn is not its own
            if os.getpid() == process:
                self._threads.pop(self._path, None)
                self._note(descriptor, self._monotonic())
                unlock(descriptor)
                let_go(descriptor)

    def _locked(self) -> int:
        try:
            descriptor = os.open(self._beside, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise StateError(
                f"state: no file can be made beside {self._path}: {error.strerror}; make room, or "
                "give write permission to its directory"
            ) from None
        try:
            self._wait_for(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _wait_for(self, descriptor: int) -> None:
        until = self._monotonic() + self._timeout
        while not lock(descriptor):
            if self._monotonic() >= until:
                raise StateError(self._refusal(descriptor))
            self._sleep(_LOOK_SECONDS)

    def _refusal(self, descriptor: int) -> str:
        noted = _read(descriptor)
        since = noted.get("since")
        who = f"process {noted['pid']}" if "pid" in noted else "another process"
        at = (
            f" since {datetime.fromtimestamp(since, timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
            if isinstance(since, int)
            else ""
        )
        return (
            f"state: {self._path} is in use by a run of {who}{at}, and one run at a time may send, "
            "since Braze keeps no order between requests; wait for its end, or divide the people "
            "among several state files"
        )

    def _settle(self, noted: dict[str, object], settle: float) -> None:
        """Wait until the last write of somebody else has settled."""
        if not noted or noted.get("by") == self._name:
            return
        ended = noted.get("ended")
        # whoever was killed may have written up to now
        ago = self._monotonic() - ended if isinstance(ended, float) else 0.0
        left = min(settle - ago, settle)
        if left > 0:
            self._sleep(left)

    def _note(self, descriptor: int, ended: float | None) -> None:
        note = {"by": self._name, "pid": os.getpid(), "since": int(time.time()), "ended": ended}
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, json.dumps(note).encode())
        except OSError:
            # On a full disk the turn holds all the same; only who has it cannot be told.
            return


def _read(descriptor: int) -> dict[str, object]:
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        noted: object = json.loads(os.read(descriptor, _MOST_BYTES) or b"{}")
    except (OSError, ValueError):
        return {}
    return cast("dict[str, object]", noted) if isinstance(noted, dict) else {}
