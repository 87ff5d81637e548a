"""Measures what the library costs, as ratios in one run: ``python tests/bench/run.py``.

Nothing here runs with the tests; figures and the machine they were taken on are kept in
docs/benchmarks.md.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from braze_engage import CohortClient, EngageSync

if TYPE_CHECKING:
    from collections.abc import Callable

IMPORTS = 15
CALLS = 100_000
ROUNDS = 3
CLOCK = "import time; began = time.perf_counter(); {}; print(time.perf_counter() - began)"


def import_seconds(statement: str, before: str = "pass") -> float:
    """Median time of an import in fresh interpreters.

    Args:
        statement: The import.
        before: What is imported beforehand and not counted.
    """
    code = f"{before}\n{CLOCK.format(statement)}"
    return statistics.median(
        float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(IMPORTS)
    )


def membership(number: int) -> dict[str, object]:
    """One audience call of a person of their own."""
    return {
        "type": "track",
        "event": "Audience Entered",
        "messageId": f"m-{number}",
        "userId": f"u-{number}",
        "timestamp": "2026-11-02T07:25:30.277Z",
        "receivedAt": "2026-11-02T07:25:44.340Z",
        "context": {
            "personas": {
                "computation_class": "audience",
                "computation_id": f"aud_{number % 20}",
                "computation_key": f"audience_{number % 20}",
                "space_id": "spa_bench",
            }
        },
        "properties": {f"audience_{number % 20}": number % 3 > 0},
    }


def fastest(action: Callable[[], object]) -> float:
    """Seconds of the fastest of a few rounds."""

    def once() -> float:
        began = time.perf_counter()
        action()
        return time.perf_counter() - began

    return min(once() for _ in range(ROUNDS))


def main() -> None:
    """Print every figure."""
    requests = import_seconds("import requests")
    package = import_seconds("import braze_engage")
    family = import_seconds("import braze_engage.rest.users", "import cattrs, requests")
    print(f"import braze_engage            {package / requests:6.3f} x import requests")
    print(f"first use of users, w/o cattrs {family / requests:6.3f} x import requests")

    calls = [membership(number) for number in range(CALLS)]
    sync = EngageSync(
        cohorts=CohortClient("bench", data_center="US-01", partner="bench", partner_key="bench")
    )
    dumping = fastest(lambda: [json.dumps(call) for call in calls])
    planning = fastest(lambda: sync.plan(calls))
    print(f"plan of audience calls         {planning / dumping:6.2f} x json.dumps of the same")
    print(f"                               {CALLS / planning:,.0f} calls/s")


if __name__ == "__main__":
    main()
