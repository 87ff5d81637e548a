"""Measures cohort import: ids a second that Braze acknowledged, beside the serial limit.

    python -m tests.bench cohorts

A cohort takes one request of 1,000 ids at a time, so that 1,000 ids a round trip are the limit of
each; a bare loop on one thread tells the round trip. Many cohorts go side by side. What names a
cohort, once in its life, is left out.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from braze_engage import CohortClient, Delivery, EngageRules, EngageSync
from braze_engage.limits import COHORT_IDS
from braze_engage.objects.values import dumps
from tests.bench.calls import membership
from tests.bench.rows import Row
from tests.bench.server import LATENCY, bare_seconds, server, set_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REQUESTS: Final = 20
"""Requests of each of many cohorts."""
LONGER: Final = 3
"""How many times as many one cohort gets, so that its beginning weighs less: a run reads a thousand
calls before the first request, and goes on reading beside the next few."""
ROUNDS: Final = 3
COHORTS: Final = (4, 16)
_RULES: Final = EngageRules(audiences=Delivery.COHORT)


def _client(url: str) -> CohortClient:
    return CohortClient("bench", data_center=url, partner="bench", partner_key="bench")


def through_client(url: str, cohorts: int, requests: int) -> float:
    """Fill cohorts with ``CohortClient.add``, each on a thread of its own.

    Args:
        url: Where the server is.
        cohorts: How many.
        requests: Requests of each.

    Returns:
        Seconds that it took.
    """

    def fill(cohort: int) -> None:
        ids = (f"u-{number}" for number in range(requests * COHORT_IDS))
        written = client.add(f"aud_{cohort}", user_ids=ids)
        assert (written.ids, written.requests) == (requests * COHORT_IDS, requests), written

    with _client(url) as client:
        threads = [threading.Thread(target=fill, args=(cohort,)) for cohort in range(cohorts)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - began


def through_sync(url: str, cohorts: int, requests: int) -> float:
    """Fill cohorts by a run over calls of audiences.

    Args:
        url: Where the server is.
        cohorts: How many.
        requests: Requests of each, if they are full.

    Returns:
        Seconds that it took.
    """
    calls = [membership(number, cohorts) for number in range(cohorts * requests * COHORT_IDS)]
    with (
        set_aside(),
        _client(url) as client,
        EngageSync(cohorts=client, rules=_RULES) as sync,
    ):
        for call in calls[:cohorts]:
            computation = call["context"]["personas"]
            client.recall_name(computation["computation_id"], computation["computation_key"])
        began = time.perf_counter()
        report = sync.run(calls)
        seconds = time.perf_counter() - began
    assert report.outcomes["sent"] == len(calls), report
    return seconds


def round_trip(url: str, requests: int) -> float:
    """Seconds that one request of 1,000 ids takes at the least.

    Args:
        url: Where the server is.
        requests: How many are sent to know it.
    """
    ids = [f"u-{number}" for number in range(COHORT_IDS)]
    body = dumps({"cohort_id": "aud_0", "cohort_changes": [{"user_ids": ids}]}).encode()
    return bare_seconds(url, [body] * requests, threads=1) / requests


def measure(
    requests: int = REQUESTS, rounds: int = ROUNDS, *, latency: float = LATENCY
) -> Iterator[Row]:
    """Measure one cohort and many.

    Args:
        requests: Requests of each of many cohorts.
        rounds: How often.
        latency: Seconds that the server takes.
    """
    ways: dict[str, Callable[[str, int, int], float]] = {
        "CohortClient.add": through_client,
        "a run": through_sync,
    }
    with server(latency) as url:
        serial = COHORT_IDS / min(round_trip(url, requests) for _ in range(rounds))
        yield Row("serial limit, 1,000 ids a round trip", serial, "ids/s")
        for name, way in ways.items():
            single = min(way(url, 1, LONGER * requests) for _ in range(rounds))
            rate = LONGER * requests * COHORT_IDS / single
            yield Row(f"one cohort by {name}", rate / serial, "times the limit", at_least=0.95)
            for cohorts in COHORTS:
                many = min(way(url, cohorts, requests) for _ in range(rounds))
                total = cohorts * requests * COHORT_IDS / many
                yield Row(f"  {cohorts} cohorts", total, "ids/s")
                yield Row(
                    f"  {cohorts} cohorts beside {cohorts} times one",
                    total / cohorts / rate,
                    "times",
                )
