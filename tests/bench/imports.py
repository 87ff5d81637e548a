"""Measures what the library costs, as ratios in one run: ``python tests/bench/run.py``.

Nothing here runs with the tests; figures and the machine they were taken on are kept in
docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from braze_engage import CohortClient, EngageSync
from braze_engage.rest.groups import GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable

IMPORTS = 15
FAMILY_IMPORTS = 5
DEAREST = 5
CALLS = 100_000
ROUNDS = 3
COMPILED = tempfile.mkdtemp(prefix="braze-engage-bench-")
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPYCACHEPREFIX": COMPILED,
}
CLOCK = "import time; began = time.perf_counter(); {}; print(time.perf_counter() - began)"


def import_seconds(statement: str, before: str = "pass", times: int = IMPORTS) -> float:
    """Median time of an import in fresh interpreters, from compiled files as usual.

    Args:
        statement: The import.
        before: What is imported beforehand and not counted.
        times: How often it is measured.
    """
    code = f"{before}\n{CLOCK.format(statement)}"

    def once() -> float:
        return float(subprocess.check_output([sys.executable, "-c", code], env=ENVIRONMENT))

    once()  # compiles what is not compiled yet
    return statistics.median(once() for _ in range(times))


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
    print(f"import braze_engage            {package / requests:6.3f} x import requests")
    families = {
        group: import_seconds(
            f"import braze_engage.rest.{group}", "import cattrs, requests", FAMILY_IMPORTS
        )
        for group in GROUPS
    }
    for group in sorted(families, key=families.__getitem__, reverse=True)[:DEAREST]:
        ratio = families[group] / requests
        print(f"first use of {group + ',':25} {ratio:6.3f} x import requests, cattrs aside")

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
