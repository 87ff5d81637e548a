"""The workspace behind the fake: users, cohorts and writes on their way. Knows no HTTP."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from braze_engage.testing.catalogs import Catalogs
from braze_engage.testing.cohorts import Cohorts
from braze_engage.testing.content_blocks import ContentBlocks
from braze_engage.testing.definitions import Definitions
from braze_engage.testing.email_templates import EmailTemplates
from braze_engage.testing.exports import Exports
from braze_engage.testing.launches import Campaign, Canvas, Launches
from braze_engage.testing.outbox import Outbox
from braze_engage.testing.preference_centers import PreferenceCenters
from braze_engage.testing.sdk_keys import SdkKeys
from braze_engage.testing.segments import Segments
from braze_engage.testing.subscriptions import AddressLists, SubscriptionGroups
from braze_engage.testing.translations import Locales, Translations
from braze_engage.testing.users import Users

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from braze_engage.testing.attributes import Kind
    from braze_engage.testing.faults import Faults
    from braze_engage.testing.profiles import Member, Profile
    from braze_engage.testing.settings import Settings
    from braze_engage.testing.values import Alias, JsonObject

Write: TypeAlias = "Callable[[], None]"

_USUAL_CONVERGENCE = 0.1


class CohortChange(NamedTuple):
    """One entry of a membership request."""

    user_ids: Sequence[str]
    device_ids: Sequence[str]
    aliases: Sequence[Alias]
    remove: bool


class Workspace:
    """Users and cohorts of one workspace, with writes that become visible late and shuffled.

    Everything but ``now`` is called with ``lock`` held.

    Args:
        settings: Read at each use, so that a test may change them at any time.
        faults: What a test scripted.
    """

    def __init__(self, settings: Settings, faults: Faults) -> None:
        self.settings = settings
        self.faults = faults
        self.lock = threading.RLock()
        self.users = Users()
        self.cohorts = Cohorts()
        self.addresses = AddressLists()
        self.custom_attributes = Definitions()
        self.custom_events = Definitions()
        self.exports = Exports()
        self.campaigns = Launches(Campaign, self.now)
        self.canvases = Launches(Canvas, self.now)
        self.messages = Outbox(id="messages")
        self.segments = Segments(self.now)
        self.subscription_groups = SubscriptionGroups(self.users, self.now)
        self.catalogs = Catalogs(self.now)
        self.content_blocks = ContentBlocks(self.now)
        self.email_templates = EmailTemplates(self.now)
        self.locales = Locales(self.now)
        self.preference_centers = PreferenceCenters(self.now)
        self.sdk_keys = SdkKeys()
        self.tags: set[str] = set()
        self.translations = Translations()
        self.kinds: dict[str, Kind] = {}
        self.counts: Counter[str] = Counter()
        self._random = random.Random(settings.seed)  # noqa: S311 - order of writes, no secret
        self._waiting: list[tuple[float, int, Write]] = []
        self._order = itertools.count()
        self._last_due: dict[str, float] = {}

    def now(self) -> datetime:
        """Return the instant of the fake's clock in UTC."""
        return datetime.fromtimestamp(self.settings.clock.now(), timezone.utc)

    def submit(self, write: Write, *, after: str | None = None) -> None:
        """Take a write that becomes visible later, or at once where no lag is set.

        Args:
            write: Applies everything one request asked for.
            after: Writes of the same text keep their order.
        """
        lag, reorder = self.settings.lag, self.settings.reorder
        if not (lag or reorder or self._waiting):
            write()
            return
        window = lag or (_USUAL_CONVERGENCE if reorder else 0.0)
        delay = self._random.uniform(0.0, window) if reorder else window
        due = self.settings.clock.now() + delay
        if after is not None:
            due = max(due, self._last_due.get(after, due))
            self._last_due[after] = due
        heapq.heappush(self._waiting, (due, next(self._order), write))
        self.catch_up()

    def catch_up(self) -> None:
        """Apply the writes whose time has come."""
        self._apply_until(self.settings.clock.now())

    def settle(self) -> None:
        """Apply every write that waits, in the order of its time."""
        self._apply_until(float("inf"))

    def _apply_until(self, moment: float) -> None:
        while self._waiting and self._waiting[0][0] <= moment:
            _, _, write = heapq.heappop(self._waiting)
            write()
        if not self._waiting:
            self._last_due.clear()

    @contextmanager
    def relabelling(self, profile: Profile) -> Generator[None]:
        """Keep cohorts true while identifiers of a profile change."""
        before = profile.member
        yield
        if profile.member != before:
            self.cohorts.replace(before, profile.member)

    def give_device(self, profile: Profile, device_id: str) -> None:
        """Make a profile the owner of a device, whoever had it."""
        owner = self.users.by_device(device_id) or profile
        with self.relabelling(owner), self.relabelling(profile):
            self.users.add_device(profile, device_id)

    def delete(self, profile: Profile) -> None:
        """Delete a person from users and cohorts."""
        self.users.remove(profile)
        self.cohorts.replace(profile.member, None)

    def merge(self, gone: Profile, kept: Profile) -> None:
        """Merge one person into another; memberships go along."""
        before = gone.member
        with self.relabelling(kept):
            self.users.absorb(gone, kept)
        self.cohorts.replace(before, kept.member)

    def name_cohort(self, cohort_id: str, name: str, created_at: datetime) -> None:
        """Name a cohort, or give it another name."""
        self.cohorts.opened(cohort_id).rename(name, created_at)

    def change_cohort(self, cohort_id: str, changes: Sequence[CohortChange]) -> None:
        """Change who is in a cohort; the order of the entries is nobody's promise.

        https://www.braze.com/docs/cohort_import
        """
        cohort = self.cohorts.opened(cohort_id)
        for change in self._random.sample(changes, len(changes)):
            members = self._members(change)
            asked = len(change.user_ids) + len(change.device_ids) + len(change.aliases)
            cohort.ignored += asked - len(members)
            cohort.change(members, remove=change.remove, keep=self.settings.keep_members)

    def _members(self, change: CohortChange) -> list[Member]:
        if self.settings.known == "any":
            return self._any_members(change)
        users = self.users
        by_id = [users[known].member for known in change.user_ids if known in users]
        others = [users.by_alias(alias) for alias in change.aliases]
        for device_id in change.device_ids:
            owner = users.by_device(device_id)
            if owner is not None and owner.external_id is None:
                others.append(owner)
        return by_id + [found.member for found in others if found is not None]

    def _any_members(self, change: CohortChange) -> list[Member]:
        """Take unknown identifiers for people without a profile."""
        users = self.users
        members: list[Member] = [
            users[given].member if given in users else given for given in change.user_ids
        ]
        for alias in change.aliases:
            holder = users.by_alias(alias)
            members.append(holder.member if holder else alias)
        for device_id in change.device_ids:
            owner = users.by_device(device_id)
            if owner is None:
                members.append(device_id)
            elif owner.external_id is None:
                members.append(owner.member)
        return members

    def count(self, track: JsonObject) -> None:
        """Count the objects of a track request by array."""
        for name, items in track.items():
            self.counts[name] += len(items) if isinstance(items, list) else 0
