"""A process that retires an audience and ends suddenly: ``python -m tests.support.killed_retire``.

Arguments are the address of a fake, a state file, and the number of the point at which it ends.
"""

from __future__ import annotations

import sys

from braze_engage import BrazeClient, CohortClient, Delivery, EngageRules, EngageSync
from braze_engage._http.exchange import Exchange
from braze_engage.sync.keeping import FileKeeper
from braze_engage.sync.state_db import Database
from braze_engage.testing import FakeBraze
from tests.support.changes import call
from tests.support.killed import Points

PEOPLE = 200


def sync(url: str, path: str) -> EngageSync:
    """A sync as the process makes it; keys of a fake are always the same."""
    keys = FakeBraze()
    return EngageSync(
        rest=BrazeClient(keys.rest_api_key, data_center=url),
        cohorts=CohortClient(
            keys.data_import_key,
            data_center=url,
            partner=keys.partner,
            partner_key=keys.partner_key,
        ),
        rules=EngageRules(audiences=Delivery.COHORT | Delivery.IDENTIFY),
        state=path,
        settle=0.0,
        consistency_gap=0.0,
        concurrency=2,
    )


def main(url: str, path: str, last: int) -> None:
    """Fill an audience, then retire it, or end at the point.

    Args:
        url: Address of the fake.
        path: The state file.
        last: Number of the point, counted from when it begins to retire.
    """
    with sync(url, path) as filling:
        filling.run(call(f"u{number}", 1) for number in range(PEOPLE))
    points = Points(last)
    points.around(Exchange, "perform")
    points.around(Database, "run", when=lambda _, statement, *__: statement == "COMMIT")
    points.around(FileKeeper, "sending")
    with sync(url, path) as retiring:
        report = retiring.retire("vip")
    assert not report.failures_total, report


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
