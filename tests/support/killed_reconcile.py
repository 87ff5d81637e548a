"""A process that reconciles and ends suddenly: ``python -m tests.support.killed_reconcile``.

It reads jobs from its input, a line each, carries every one out in a copy of itself, and writes
how that ended: `KILLED` at the point that the job names, minus a signal at the moment it names, or
0 at the end. There are points before and after everything that is sent or written.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from braze_engage import Delivery, EngageRules, EngageSync
from braze_engage._http.exchange import Exchange
from braze_engage.sync.keeping import FileKeeper
from braze_engage.sync.snapshot_files import SnapshotFiles
from braze_engage.sync.state_db import Database
from tests.meta.trees import REPOSITORY
from tests.support import killed
from tests.support.killed import KILLED, Points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COHORT = "aud_1"
BROKEN = 3
RULES = EngageRules(audiences=Delivery.COHORT | Delivery.BOOLEAN)
_WRITES = ("COMMIT", "UPDATE snapshots")


def sync(url: str, path: str) -> EngageSync:
    """A sync as the process makes it."""
    return killed.sync(url, path, RULES)


class Reconciler:
    """Such a process, seen by a test."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.support.killed_reconcile"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, cwd=REPOSITORY, stdin=pipe, stdout=pipe, text=True
        )

    def __call__(
        self, url: str, path: Path, members: Sequence[str], *, last: int = -1, after: float = 0.0
    ) -> int:
        """Reconcile, or end before.

        Args:
            url: Address of the fake.
            path: The state file.
            members: The list.
            last: Number of the point at which it ends; -1 for none.
            after: Seconds after which it is killed; 0 for never.
        """
        job = {"url": url, "path": str(path), "members": members, "last": last, "after": after}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def _carry_out(job: dict[str, Any]) -> None:  # Any: a job is JSON
    points = Points(job["last"])
    points.around(Exchange, "perform")
    points.around(Database, "run", when=lambda _, statement, *__: statement.startswith(_WRITES))
    points.around(FileKeeper, "sending")
    for name in ("write", "tidy"):
        points.around(SnapshotFiles, name)
    if job["after"]:
        signal.setitimer(signal.ITIMER_REAL, job["after"])  # which kills, where nobody minds it
    with sync(job["url"], job["path"]) as syncing:
        report = syncing.reconcile(
            COHORT, name="vip", key="vip", members=job["members"], max_removed=1.0
        )
    assert not report.failures_total, report


def _in_a_copy(job: dict[str, Any]) -> int:  # Any: a job is JSON
    child = os.fork()
    if not child:
        code = BROKEN
        try:
            _carry_out(job)
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Carry jobs out until there are no more."""
    for line in sys.stdin:
        sys.stdout.write(f"{_in_a_copy(json.loads(line))}\n")
        sys.stdout.flush()


__all__ = ["KILLED", "Reconciler", "sync"]

if __name__ == "__main__":
    main()
