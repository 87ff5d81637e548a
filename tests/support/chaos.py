"""Everything that can go wrong with Braze, over a real socket: ``python -m tests.support.chaos``.

A round sends calls of every kind through all weathers and compares what the fake holds at the end
with a model. ``--calls 1000000`` sends a million in rounds of 25,000, each with a seed of its own;
the seed is printed where a round fails.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from braze_engage import (
    BrazeClient,
    CohortClient,
    EngageRules,
    EngageSync,
    Outcome,
    RunStopped,
)
from braze_engage._http.retry import RetryPolicy
from braze_engage.sync.state import MemoryState
from braze_engage.testing import FakeBraze
from tests.support.chaos_calls import RULES, Calls, Model, is_guest, is_refused, number_of
from tests.support.chaos_watch import SPEED, HurriedClock, Watched
from tests.support.chaos_weather import Weather

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from braze_engage import Failure, Report
    from tests.support.chaos_calls import Raw

ROUND: Final = 25_000
CALLS_A_PERSON: Final = 12
STOPS: Final = 20


@attrs.frozen(kw_only=True)
class Round:
    """What a round is like.

    Args:
        seed: Of everything random.
        calls: How many, about.
        late: Seconds, by the clock of the fake, until writes show, in any order.
        on_file: Whether there is a state file, and a checkpoint from which stopped runs go on.
        repeat: Whether events are sent again after a lost answer.
        refusals: How often the key is refused in mid-run.
    """

    seed: int
    calls: int = ROUND
    late: float = 0.0
    on_file: bool = False
    repeat: bool = False
    refusals: int = 0


class Chaos:
    """Carries a round out.

    Args:
        fake: A fake that serves a socket, at a hurried clock.
        given: The round.
        directory: Where a state file may lie.
    """

    def __init__(self, fake: FakeBraze, given: Round, directory: Path) -> None:
        self.fake = fake
        self.given = given
        self.calls = Calls(given.seed, given.calls, max(given.calls // CALLS_A_PERSON, 60))
        self.model = Model(self.calls.items)
        self.reports: list[Report] = []
        self.failed: dict[int, Failure] = {}
        self._directory = directory
        fake.add_users(one for one in self.calls.people if not is_guest(one))
        self.weather = Weather(
            fake, random.Random(given.seed), refusals=given.refusals, speed=SPEED
        )
        self.watched = Watched()

    def run(self) -> None:
        """Send everything, again after each stop."""
        with self._sync() as sync:
            for _ in range(STOPS):
                if self._once(sync):
                    break
            else:
                raise AssertionError("it stopped again and again")
        self.weather.clear()
        self.fake.settle()

    def _once(self, sync: EngageSync) -> bool:
        name = "chaos" if self.given.on_file else None
        try:
            self._ended(sync.run(self._items(), checkpoint=name))
        except RunStopped as stopped:
            if not stopped.credentials:
                raise
            self._ended(stopped.report)
            return False
        return True

    def _items(self) -> Iterator[Raw]:
        """The calls, while the weather changes."""
        items = self.calls.items
        for position, raw in enumerate(items):
            self.weather.at(position / len(items))
            yield raw

    def _ended(self, report: Report) -> None:
        assert report.calls == sum(report.outcomes.values()), "every call has one outcome"
        assert report.failures_total == len(report.failures)
        self.reports.append(report)
        # the end of a call is that of the last run that took it, but a lost answer stays lost
        kept = {
            position: one
            for position, one in self.failed.items()
            if position < report.skipped or one.outcome is Outcome.UNKNOWN
        }
        self.failed = {**{one.position: one for one in report.failures}, **kept}

    def _sync(self) -> EngageSync:
        fake, given = self.fake, self.given
        where: Raw = {
            "data_center": fake.url,
            # a long outage comes through to the sync itself
            "retry": RetryPolicy(attempts=4, base=0.2, cap=2.0),
            "clock": fake.clock,
            "deadline": 3_600.0,
            "read_timeout": Weather.PATIENCE,
        }
        rest = BrazeClient(fake.rest_api_key, **where)
        cohorts = CohortClient(
            fake.data_import_key, partner=fake.partner, partner_key=fake.partner_key, **where
        )
        erase = BrazeClient(fake.rest_api_key, **where)
        for client in (rest, cohorts, erase):
            client._exchange._transport = self.watched.over(client._exchange._transport)
        # what was written has to show before more of the same person follows
        gap = 1.5 * given.late / SPEED
        sync = EngageSync(
            rest=rest,
            cohorts=cohorts,
            erase=erase,
            rules=EngageRules(**RULES),
            state=self._directory / "engage.db" if given.on_file else MemoryState(10_000_000),
            concurrency=8,
            settle=gap,
            consistency_gap=gap,
            repeat_after_lost_answer=given.repeat,
        )
        sync._options = attrs.evolve(sync._options, linger=0.005, surge=150, probe=0.02)
        return sync

    # ---- what has to hold ----

    def check(self) -> None:
        """Compare what the fake holds, and what the reports say, with the model.

        Raises:
            AssertionError: With the seed and all counts.
        """
        problems = [
            *self._outcomes(),
            *self._events(),
            *_differences("attributes", self._attributes(), self.model.attributes),
            *self._members(),
        ]
        if problems:
            shown = "\n".join(problems[:20])
            raise AssertionError(f"{self.summary()}\n{len(problems)} problems:\n{shown}")
        self.fake.check()

    def _outcomes(self) -> Iterator[str]:
        for position, raw in enumerate(self.calls.items):
            failure = self.failed.get(position)
            if failure is None or (failure.outcome is Outcome.REJECTED and is_refused(raw)):
                continue
            if failure.outcome is Outcome.UNKNOWN and number_of(raw) in self.watched.doubtful:
                continue
            yield f"call {position} of {raw['type']} is {failure.outcome}: {failure.reason}"

    def _events(self) -> Iterator[str]:
        counted: Counter[int] = Counter()
        for person in self.fake.users.values():
            for event in person.custom_events:
                number = event.properties["number"]
                assert isinstance(number, int)
                counted[number] += 1
        unknown = {
            number_of(self.calls.items[position])
            for position, one in self.failed.items()
            if one.outcome is Outcome.UNKNOWN
        }
        for number in counted.keys() | self.model.events.keys():
            is_wanted = number in self.model.events
            least = int(is_wanted and number not in unknown)
            most = int(is_wanted) * (1_000 if self.given.repeat else 1)
            if not least <= counted[number] <= most:
                yield f"event {number} happened {counted[number]} times, not {least} to {most}"

    def _attributes(self) -> dict[str, Raw]:
        return {
            name: person.custom_attributes
            for name, person in self.fake.users.items()
            if person.custom_attributes
        }

    def _members(self) -> Iterator[str]:
        for name, wanted in self.model.members.items():
            found = {str(one) for one in self.fake.cohorts[name].members}
            for who, words in ((found - wanted, "in"), (wanted - found, "not in")):
                yield from (f"{person} is {words} {name}" for person in sorted(who))

    def summary(self) -> str:
        """The seed and what was met, for those who look for the fault."""
        outcomes = [
            {str(name): count for name, count in report.outcomes.items() if count}
            for report in self.reports
        ]
        return (
            f"{self.given}\n{len(self.calls.items)} calls: {outcomes}\n"
            f"answers: {dict(self.watched.answers.most_common())}\n"
            f"troubles in store: {dict(self.weather.brewed.most_common())}"
        )


def _differences(what: str, found: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            yield f"{what} of {name}: {_short(found.get(name))}, not {_short(wanted.get(name))}"


def _short(value: Any) -> str:
    return str(value)[:120]


def carry_out(given: Round) -> Chaos:
    """Carry a round out and check it.

    Args:
        given: The round.

    Raises:
        AssertionError: Something does not hold.
    """
    with tempfile.TemporaryDirectory() as directory:
        fake = FakeBraze(
            clock=HurriedClock(), keep_bodies=False, lag=given.late, reorder=bool(given.late)
        )
        with fake:
            chaos = Chaos(fake, given, Path(directory))
            chaos.run()
            chaos.check()
            return chaos


def rounds(calls: int, seed: int) -> Iterator[Round]:
    """Rounds of all kinds.

    Args:
        calls: How many in all.
        seed: Of the first.
    """
    for number in range(max(calls // ROUND, 1)):
        kind = number % 4
        yield Round(
            seed=seed + number,
            calls=min(calls, ROUND),
            late=2.0 if kind == 1 else 0.0,
            on_file=kind == 2,
            repeat=kind == 3,
            refusals=3 if kind >= 2 else 0,
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    began = time.monotonic()
    for one in rounds(given.calls, given.seed):
        found = carry_out(one).summary()
        sys.stdout.write(f"{found}\nall holds, after {time.monotonic() - began:.0f} s\n\n")


if __name__ == "__main__":
    main()
