"""Measures a reconcile against ``sort`` and ``comm``: ``python tests/bench/reconcile.py [people]``.

The list before stands in a snapshot, of the new one 1 in 100 differs. Nothing is sent: whatever
differs counts as accepted, and the time it takes to get there is not counted.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from braze_engage import CohortClient, EngageSync
from braze_engage.engage.outcomes import Reason
from braze_engage.sync import assembly, reconcile
from braze_engage.sync.id_lists import IdList
from braze_engage.sync.known import cohort_subject
from braze_engage.sync.partitions import Spill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from braze_engage.sync.lanes import Lane, MembershipWaiting
    from braze_engage.sync.sending import Finished

PEOPLE = 1_000_000
CHANGED = 0.01
COHORT = "aud_bench"
CHUNK = 100_000


class Accepting:
    """Stands in for Braze and accepts everything at once."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __call__(
        self,
        lane: Lane,
        batch: Sequence[MembershipWaiting],
        finished: Finished,
        pause: Callable[[float], bool],
    ) -> None:
        """Accept a batch.

        Args:
            lane: The cohort.
            batch: What would be sent.
            finished: Told of it.
            pause: Not used.
        """
        del lane, pause
        finished(batch, Reason.ACCEPTED)


class Watch:
    """Sums what something takes: seconds, and seconds of a processor."""

    def __init__(self) -> None:
        self.seconds = self.busy = 0.0

    def around(
        self, action: Callable[..., Any]
    ) -> Callable[..., Any]:  # Any: of whatever is watched
        """Measure every call of something."""

        def watched(*arguments: Any, **options: Any) -> Any:  # Any: likewise
            began, busy = time.perf_counter(), time.process_time()
            try:
                return action(*arguments, **options)
            finally:
                self.seconds += time.perf_counter() - began
                self.busy += time.process_time() - busy

        return watched


def write_lists(old: Path, new: Path, people: int) -> None:
    """Write two lists in any order, one id a line.

    Args:
        old: Where the list before goes.
        new: Where the new one goes.
        people: How long they are.
    """
    chance = random.Random(5)
    with old.open("w") as before, new.open("w") as after:
        for _ in range(0, people, CHUNK):
            ids = [f"user-{chance.getrandbits(52):013x}\n" for _ in range(CHUNK)]
            before.writelines(ids)
            other = (f"user-{chance.getrandbits(52):013x}\n" for _ in ids)
            ids = [
                two if chance.random() < CHANGED else one
                for one, two in zip(ids, other, strict=True)
            ]
            chance.shuffle(ids)
            after.writelines(ids)


def sorting_seconds(old: Path, new: Path) -> tuple[float, float]:
    """Seconds of ``sort`` of the new list and ``comm`` with the old one, which is sorted already.

    And those of a processor: ``sort`` takes two at once where there are.

    Args:
        old: The list before.
        new: The new one.
    """
    environment = {**os.environ, "LC_ALL": "C"}
    sorted_old, sorted_new = old.with_suffix(".sorted"), new.with_suffix(".sorted")
    subprocess.run(["sort", "-o", sorted_old, old], check=True, env=environment)
    began, busy = time.perf_counter(), children_busy()
    subprocess.run(["sort", "-u", "-o", sorted_new, new], check=True, env=environment)
    with Path(os.devnull).open("w") as nowhere:
        command = ["comm", "-3", str(sorted_old), str(sorted_new)]
        subprocess.run(command, check=True, env=environment, stdout=nowhere)
    return time.perf_counter() - began, children_busy() - busy


def children_busy() -> float:
    """Seconds of a processor that other programs took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ids_of(path: Path) -> Iterator[str]:
    """Read a list.

    Args:
        path: Where it lies.
    """
    with path.open() as file:
        yield from map(str.rstrip, file)


def make_snapshot(sync: EngageSync, old: Path) -> None:
    """Make the snapshot that a reconcile of the list before would leave.

    Args:
        sync: The sync.
        old: The list before.
    """
    assert sync._lasting is not None
    state = sync._lasting.state
    with state.snapshots() as snapshots:
        taken = snapshots.take(COHORT, cohort_subject(COHORT), valued=False)
        with closing(Spill(snapshots.files.directory)) as spill:
            listed = IdList(spill, COHORT, "members")
            listed.read(ids_of(old))
            snapshots.files.write(taken.subject, 1, taken.mark, listed.part)
        snapshots.point_to(taken, 1, 0)
        snapshots.release(taken)


def main() -> None:
    """Print every figure."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    assembly.CohortDelivery = Accepting  # type: ignore[attr-defined,assignment]  # nothing is sent
    sending = Watch()
    reconcile.carry_out = sending.around(reconcile.carry_out)  # type: ignore[attr-defined]  # watched
    cohorts = CohortClient("bench", data_center="US-01", partner="bench", partner_key="bench")
    with tempfile.TemporaryDirectory() as directory:
        old, new = Path(directory, "old"), Path(directory, "new")
        write_lists(old, new, people)
        sorting, sorting_busy = sorting_seconds(old, new)
        with EngageSync(cohorts=cohorts, state=Path(directory, "engage.db"), settle=0.0) as sync:
            make_snapshot(sync, old)
            began, busy = time.perf_counter(), time.process_time()
            report = sync.reconcile(COHORT, name="Bench", members=ids_of(new))
            comparing = time.perf_counter() - began - sending.seconds
            comparing_busy = time.process_time() - busy - sending.busy
    (counts,) = report.lists
    print(f"{counts.listed:,} people, {counts.added:,} added, {counts.removed:,} removed")
    print(f"sort and comm    {sorting:7.2f} s, of a processor {sorting_busy:7.2f} s")
    print(f"reconcile        {comparing:7.2f} s, of a processor {comparing_busy:7.2f} s")
    ratios = f"{comparing / sorting:.2f} x, {comparing_busy / sorting_busy:.2f} x"
    print(f"                 {ratios}; sending aside")
    print(f"  and sending    {sending.seconds:7.2f} s to make and note what differs")
    print(f"memory at most   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:7.0f} MB")


if __name__ == "__main__":
    main()
