"""What goes wrong with a fake, phase by phase."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tests.support.chaos_calls import CURSED, MURKY, PHASES, VENOM

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from braze_engage.testing import FakeBraze

TRACK, DELETE = "/users/track", "/users/delete"
NAME, MEMBERS = "/partners/segment/cohorts", "/partners/segment/cohorts/users"
_AMPLE: Final = {"users_track": (3_000, 3.0), "partner_cohorts": (3_000, 3.0)}
_WELL: Final = 4
"""How many requests go well for one that does not."""
_CHANGES: Final = 12
"""How often the weather changes in a phase."""


class Weather:
    """Makes trouble for a fake while a source is read.

    Args:
        fake: Braze.
        rng: What trouble comes when.
        refusals: How often a key is refused in mid-run.
        speed: Seconds of the fake in one of ours.
    """

    PATIENCE: ClassVar[float] = 1.5
    """Seconds that a client waits for an answer, by our clock: so many that a machine under load
    does not make it wait in vain, because what takes effect after that could undo what is newer."""

    def __init__(self, fake: FakeBraze, rng: random.Random, *, refusals: int, speed: float) -> None:
        self._fake = fake
        self._random = rng
        self._speed = speed
        self._done = -1
        self._refusals = sorted(rng.uniform(0.1, 0.9) for _ in range(refusals))
        self.brewed: Counter[str] = Counter()
        fake.refuse_items(lambda one: CURSED in one)
        fake.refuse_items(lambda one: MURKY in one, located=False)
        fake.poison(VENOM)

    def at(self, part: float) -> None:
        """Change the weather.

        Args:
            part: How much of the source is read.
        """
        while self._refusals and part >= self._refusals[0]:
            del self._refusals[0]
            self.brewed["key refused"] += 1
            path = self._random.choice([TRACK, MEMBERS, DELETE])
            self._fake.forget_faults()
            self._fake.fail(path, status=401, times=2)
        now = int(part * PHASES * _CHANGES)
        if now > self._done:
            self._done = now
            phase = now // _CHANGES
            self._season(phase)
            for _ in range(12):
                self._trouble()
            if phase in (3, 5) and now % 4 == 0:
                self._restart()
            if phase == 4 and now % 4 == 0:
                self._too_slow()

    def clear(self) -> None:
        """End all trouble."""
        self._fake.forget_faults()

    def _season(self, phase: int) -> None:
        fake = self._fake
        # windows of one length, as of one contract: a client believes what it was told of the last
        fake.quotas, fake.largest_body, fake.dialect = _AMPLE, float("inf"), "epoch"
        if phase == 1:
            fake.quotas = {"users_track": (6, 3.0), "partner_cohorts": (4, 3.0)}
        elif phase == 2:
            fake.dialect = "mau"
            fake.quotas = {**_AMPLE, "users_track": (6, 3.0), "users_track_hour": (40, 30.0)}
        elif phase == 4:
            fake.largest_body = 3_000

    def _restart(self) -> None:
        self.brewed["restart"] += 1
        with self._fake.down():
            self._fake.clock.sleep(self._random.uniform(0.5, 5.0))

    def _too_slow(self) -> None:
        self.brewed["too slow"] += 1
        path = self._random.choice([TRACK, MEMBERS])
        self._fake.delay(path, 1.5 * self.PATIENCE * self._speed, when="after")

    def _trouble(self) -> None:
        path = self._random.choice([TRACK, TRACK, TRACK, MEMBERS, MEMBERS, NAME, DELETE])
        for _ in range(self._random.randrange(_WELL * 2)):
            self._fake.delay(path, 0.0)
        name, happen = self._random.choice(self._troubles(path))
        self.brewed[name] += 1
        happen()

    def _troubles(self, path: str) -> list[tuple[str, Callable[[], None]]]:
        fake = self._fake
        moment = str(int(fake.clock.now()) + 3)

        def failing(status: int, **more: Any) -> tuple[str, Callable[[], None]]:
            return str(status), lambda: fake.fail(path, status=status, **more)

        def lost(status: int, *, applied: bool) -> tuple[str, Callable[[], None]]:
            words = "after" if applied else "before"
            return f"{status} {words}", lambda: fake.fail(path, status=status, applied=applied)

        storm = self._random.randrange(2, 9)
        return [
            failing(429, times=storm),
            failing(429, headers={"X-RateLimit-Reset": moment}, times=storm),
            failing(429, headers={"X-RateLimit-Retry-After": "2"}, times=storm),
            *(failing(status, times=2) for status in (500, 502, 503)),
            failing(503, body="<html>down for maintenance</html>", times=6),
            failing(500, body=""),
            *(
                lost(status, applied=applied)
                for status in (408, 504, 522)
                for applied in (False, True)
            ),
            ("drop before", lambda: fake.drop(path, when="before")),
            ("drop after", lambda: fake.drop(path, when="after")),
            ("reset before", lambda: fake.drop(path, when="before", reset=True)),
            ("reset after", lambda: fake.drop(path, when="after", reset=True)),
            ("cut short", lambda: fake.truncate(path)),
            ("slow", lambda: fake.delay(path, self._random.uniform(0.5, 3.0))),
            (
                "html for json",
                lambda: fake.fail(path, status=201, body="<html>accepted</html>", applied=True),
            ),
            ("json as text", lambda: fake.disguise(path, "text/plain")),
            *([failing(423, times=storm)] if path in (NAME, MEMBERS) else ()),
        ]
