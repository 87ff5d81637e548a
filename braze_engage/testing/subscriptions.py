"""Subscription groups, and lists of addresses, of the fake workspace. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from braze_engage.testing.users import normal_phone
from braze_engage.testing.values import new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing.profiles import Profile
    from braze_engage.testing.users import Users

_KEPT: Final = timedelta(days=30)


class Kept(NamedTuple):
    """A state set for an address, and when."""

    state: str
    since: datetime


class InvalidNumber(NamedTuple):
    """When and why a number was found invalid."""

    since: datetime
    reason: str


@attrs.define(kw_only=True)
class SubscriptionGroup:
    """One subscription group; states stand on the profiles.

    Args:
        id: Its UUID.
        name: Its name.
        channel: "email", "sms" or "whatsapp".
        kept: States set for addresses, which whoever gets the address within 30 days inherits.
    """

    id: str
    name: str
    channel: str = "email"
    kept: dict[str, Kept] = attrs.field(factory=dict[str, Kept], repr=False)

    def state_of(self, profile: Profile, now: datetime) -> str | None:
        """Tell the state of a person; None where none was ever set.

        Args:
            profile: The person.
            now: The instant of the fake's clock.
        """
        own = profile.subscription_groups.get(self.id)
        addresses = (one for one in (profile.email, profile.phone) if one is not None)
        return own or next(filter(None, (self.state_at(one, now) for one in addresses)), None)

    def state_at(self, address: str, now: datetime) -> str | None:
        """Tell the state kept for an address; None where there is none.

        Args:
            address: In lower case, or in E.164.
            now: The instant of the fake's clock.
        """
        kept = self.kept.get(address)
        return kept.state if kept is not None and now - kept.since <= _KEPT else None


class SubscriptionGroups(Mapping[str, SubscriptionGroup]):
    """Subscription groups by UUID.

    Args:
        users: Whose states they are.
        now: Tells the time.
    """

    def __init__(self, users: Users, now: Callable[[], datetime]) -> None:
        self._users = users
        self._now = now
        self._by_id: dict[str, SubscriptionGroup] = {}

    def __getitem__(self, group_id: str) -> SubscriptionGroup:
        return self._by_id[group_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, name: str, *, channel: str = "email") -> SubscriptionGroup:
        """Put a subscription group into the workspace.

        Args:
            name: Its name.
            channel: "email", "sms" or "whatsapp".
        """
        group_id = new_id("subscription group", len(self._by_id))
        made = SubscriptionGroup(id=group_id, name=name, channel=channel)
        self._by_id[group_id] = made
        return made

    def with_address(self, kind: str, address: str) -> list[Profile]:
        """List the people of an external id, an e-mail address or a phone number.

        Args:
            kind: "external_id", "email" or "phone", in the plural too.
            address: What they are known by.
        """
        users = self._users
        if kind.startswith("external_id"):
            return [users[address]] if address in users else []
        return users.with_email(address) if kind.startswith("email") else users.with_phone(address)

    def set(self, group: SubscriptionGroup, state: str, kind: str, address: str) -> None:
        """Set the state of everyone behind an identifier; one of nobody is kept if an address.

        Args:
            group: The group.
            state: "subscribed" or "unsubscribed".
            kind: As for `with_address`.
            address: As for `with_address`.
        """
        for profile in self.with_address(kind, address):
            profile.subscription_groups[group.id] = state
        if not kind.startswith("external_id"):
            group.kept[plain_address(kind, address)] = Kept(state, self._now())

    def status(self, group: SubscriptionGroup, kind: str, address: str) -> str:
        """Tell the state of an identifier as Braze spells it.

        Args:
            group: The group.
            kind: As for `with_address`.
            address: As for `with_address`.
        """
        now = self._now()
        states = [group.state_of(one, now) for one in self.with_address(kind, address)]
        states.append(group.state_at(plain_address(kind, address), now))
        return next(filter(None, states), "unknown").capitalize()


@attrs.define
class AddressLists:
    """Addresses with a history: each maps to when, numbers to when and why."""

    hard_bounces: dict[str, datetime] = attrs.field(factory=dict[str, datetime], repr=False)
    spam: dict[str, datetime] = attrs.field(factory=dict[str, datetime], repr=False)
    unsubscribes: dict[str, datetime] = attrs.field(factory=dict[str, datetime], repr=False)
    invalid_phone_numbers: dict[str, InvalidNumber] = attrs.field(
        factory=dict[str, InvalidNumber], repr=False
    )


def plain_address(kind: str, address: str) -> str:
    """Write an address as profiles have it."""
    return normal_phone(address) if kind.startswith("phone") else address.lower()
