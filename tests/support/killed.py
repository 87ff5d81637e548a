"""Processes that sync and end suddenly: ``python -m tests.support.killed ADDRESS``.

The process imports everything once and begins a copy of itself for each line it reads: a state
file, the number of the point at which the copy ends, and the seconds after which it ends, as JSON.
Points are before and after everything that is sent, answered or written. -1 and null never end it.
What is printed is how the copy ended, and through how many points it went if it came to its end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection

from braze_engage import BrazeClient, CohortClient, Delivery, EngageRules, EngageSync, Reason
from braze_engage._http.exchange import Exchange
from braze_engage.sync.keeping import FileKeeper
from braze_engage.sync.resuming import Progress
from braze_engage.sync.state_db import Database
from braze_engage.testing import FakeBraze
from tests.meta.trees import REPOSITORY
from tests.support.changes import call
from tests.support.lasting import event, trait

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

PEOPLE = 45
KILLED = 9
RULES = EngageRules(traits=Delivery.IDENTIFY | Delivery.TRACK)
_WELL = (Reason.ACCEPTED, Reason.NEWER_KNOWN, Reason.SAME_STATE, Reason.SAME_MESSAGE)


def calls() -> list[dict[str, Any]]:  # Any: a call is JSON
    """Events with and without ids, attributes that change, and memberships of two cohorts."""
    found: list[dict[str, Any]] = []
    for number in range(PEOPLE):
        person, at = f"u{number}", 60 * number
        found += [
            event(person, at, message_id=f"e{number}", name=f"With id {number}"),
            event(person, at + 1, name=f"Without id {number}"),
            trait(person, at + 2, message_id=f"t{number}", size=number),
            call(person, at + 3, message_id=f"c{number}", member=number % 3 > 0),
            call(person, at + 4, cohort="aud_2", key="loyal"),
            trait(person, at + 5, size=number + 1),
        ]
    return found


def sync(url: str, path: str, rules: EngageRules = RULES) -> EngageSync:
    """A sync as the process makes it; keys of a fake are always the same."""
    keys = FakeBraze()
    cohorts = CohortClient(
        keys.data_import_key,
        data_center=url,
        partner=keys.partner,
        partner_key=keys.partner_key,
    )
    return EngageSync(
        rest=BrazeClient(keys.rest_api_key, data_center=url),
        cohorts=cohorts,
        rules=rules,
        state=path,
        settle=0.0,
        consistency_gap=0.0,
        concurrency=2,
    )


class Points:
    """Counts points and ends the process at one of them."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.passed = 0

    def here(self) -> None:
        if self.passed == self.last:
            os._exit(KILLED)
        self.passed += 1

    def around(self, kind: type, name: str, *, when: Callable[..., bool] = lambda *_: True) -> None:
        """Put a point before and one after a method."""
        real = getattr(kind, name)

        def wrapped(*arguments: Any, **options: Any) -> Any:  # Any: of whatever is wrapped
            if not when(*arguments):
                return real(*arguments, **options)
            self.here()
            result = real(*arguments, **options)
            self.here()
            return result

        setattr(kind, name, wrapped)


def run_once(url: str, path: str, last: int) -> int:
    """Run once, or until the point.

    Args:
        url: Address of the fake.
        path: The state file.
        last: Number of the point.

    Returns:
        Through how many points it went.
    """
    syncing = sync(url, path)
    points = Points(last)
    points.around(Exchange, "perform")
    points.around(HTTPConnection, "getresponse")
    points.around(Database, "run", when=lambda _, statement, *__: statement == "COMMIT")
    points.around(FileKeeper, "sending")
    points.around(Progress, "write")
    with syncing:
        is_first = syncing.checkpoint("nightly") is None
        report = syncing.run(calls(), checkpoint="nightly")
    # one that goes on may find what was under way
    assert set(report.reasons) <= {*_WELL, *(() if is_first else (Reason.ANSWER_LOST,))}, report
    return points.passed


def copy_of_this(url: str, path: str, last: int, seconds: float | None) -> tuple[int, int]:
    """Run once in a copy of this process.

    Args:
        url: Address of the fake.
        path: The state file.
        last: Number of the point at which it ends.
        seconds: After which it ends.

    Returns:
        How it ended, and through how many points it went; 0 where it did not come to its end.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            if seconds is not None:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends a process at once
                signal.setitimer(signal.ITIMER_REAL, seconds)
            os.write(writing, str(run_once(url, path, last)).encode())
            os._exit(0)
        except BaseException:  # noqa: BLE001 - whatever it is, a copy must not read more lines
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        return os.waitstatus_to_exitcode(status), int(pipe.read() or b"0")


class Killed:
    """Begins processes that end suddenly; a context manager.

    Args:
        url: Address of the fake.
    """

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "tests.support.killed", url]
        self._process = subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, path: object, *, last: int = -1, seconds: float | None = None) -> tuple[int, int]:
        """Run in a process of its own.

        Args:
            path: The state file.
            last: Number of the point at which it ends.
            seconds: After which it ends, or not before its end where that is sooner.

        Returns:
            As of `copy_of_this`.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps([str(path), last, seconds]) + "\n")
        stdin.flush()
        status, passed = json.loads(stdout.readline())
        return status, passed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


def main(url: str) -> None:
    """Begin copies until there are no more lines.

    Args:
        url: Address of the fake.
    """
    for line in sys.stdin:
        path, last, seconds = json.loads(line)
        sys.stdout.write(json.dumps(copy_of_this(url, path, last, seconds)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
