"""A process that syncs and ends suddenly: ``python -m tests.support.killed``.

Arguments are the address of a fake, a state file, and the number of the point at which it ends:
before and after everything that is sent or written. -1 never ends it; the number of points it
went through is printed.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from braze_engage import BrazeClient, CohortClient, Delivery, EngageRules, EngageSync
from braze_engage._http.exchange import Exchange
from braze_engage.sync.keeping import FileKeeper
from braze_engage.sync.resuming import Progress
from braze_engage.sync.state_db import Database
from braze_engage.testing import FakeBraze
from tests.support.changes import call
from tests.support.lasting import event, trait

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE = 45
KILLED = 9


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


def sync(url: str, path: str) -> EngageSync:
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
        rules=EngageRules(traits=Delivery.IDENTIFY | Delivery.TRACK),
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


def main(url: str, path: str, last: int) -> None:
    """Run once, or until the point.

    Args:
        url: Address of the fake.
        path: The state file.
        last: Number of the point.
    """
    syncing = sync(url, path)
    points = Points(last)
    points.around(Exchange, "perform")
    points.around(Database, "run", when=lambda _, statement, *__: statement == "COMMIT")
    points.around(FileKeeper, "sending")
    points.around(Progress, "write")
    with syncing:
        report = syncing.run(calls(), checkpoint="nightly")
    assert not report.failures_total, report
    sys.stdout.write(f"{points.passed}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
