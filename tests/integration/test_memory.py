from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import sys
from braze_engage import CohortClient, EngageSync
from braze_engage.testing import FakeBraze

PERSONAS = [
    {
        "computation_class": "audience",
        "computation_id": f"aud_{number}",
        "computation_key": f"audience_{number}",
        "space_id": "spa_1",
    }
    for number in range(5)
]


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def events(count, every, sizes):
    for number in range(count):
        if number % every == every - 1:
            sizes.append(resident())
        member = number % 3 > 0
        key = f"audience_{number % 5}"
        yield {
            "type": "track",
            "event": "Audience Entered" if member else "Audience Exited",
            "messageId": f"personas_{number:027}",
            "userId": f"user-{number}",
            "timestamp": "2026-11-02T09:15:00.066Z",
            "receivedAt": "2026-11-02T09:15:11.402Z",
            "properties": {"audience_key": key, key: member},
            "context": {"personas": PERSONAS[number % 5]},
        }


count = int(sys.argv[1])
sizes = [resident()]
fake = FakeBraze(keep_members=False, quotas=False)
with CohortClient(
    fake.data_import_key,
    data_center="US-06",
    partner=fake.partner,
    partner_key=fake.partner_key,
    session=fake.session(),
) as cohorts:
    report = EngageSync(cohorts=cohorts, settle=0.0).run(events(count, count // 8, sizes))
assert report.outcomes["sent"] == count, report
assert report.forgotten > 0
print(*sizes)
"""
EVENTS = 2_000_000
MEGABYTE = 1024 * 1024


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process from /proc")
def test_memory_stays_flat_over_two_million_events() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(EVENTS)],
        capture_output=True,
        text=True,
        check=False,
        # One arena, so that what is measured is what the run holds and not how the C library
        # spreads what it freed over threads.
        env={**os.environ, "MALLOC_ARENA_MAX": "1"},
    )
    assert done.returncode == 0, done.stderr
    idle, *sizes = (int(size) / MEGABYTE for size in done.stdout.split())
    settled = sizes[2:]
    assert max(settled) - min(settled) < 24
    assert max(settled) - idle < 160
