"""All profiles of the fake workspace, found by any identifier."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from braze_engage.testing.profiles import FILLED_BY_MERGE, Profile

if TYPE_CHECKING:
    from datetime import datetime

    from braze_engage.testing.values import Alias


_V = TypeVar("_V")
_US_DIGITS = 10


class Users(Mapping[str, Profile]):
    """Profiles by external id, a renamed person's deprecated ids included.

    ``everyone`` has the anonymous profiles too, ``find`` looks up by the other identifiers.
    """

    def __init__(self) -> None:
        self._by_number: dict[int, Profile] = {}
        self._by_external_id: dict[str, Profile] = {}
        self._by_alias: dict[Alias, Profile] = {}
        self._by_device: dict[str, Profile] = {}
        self._by_email: dict[str, dict[int, Profile]] = {}
        self._by_phone: dict[str, dict[int, Profile]] = {}
        self._numbers = itertools.count(1)
        self._updates = itertools.count(1)

    def __getitem__(self, external_id: str) -> Profile:
        return self._by_external_id[external_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_external_id)

    def __contains__(self, external_id: object) -> bool:
        return external_id in self._by_external_id

    def __len__(self) -> int:
        return len(self._by_external_id)

    def __repr__(self) -> str:
        return f"<Users: {len(self)} external ids, {len(self._by_number)} profiles>"

    @property
    def everyone(self) -> tuple[Profile, ...]:
        """Every profile, with and without external id."""
        return tuple(self._by_number.values())

    def by_alias(self, alias: Alias) -> Profile | None:
        """Find the holder of an alias; both parts are case-sensitive."""
        return self._by_alias.get(alias)

    def by_device(self, device_id: str) -> Profile | None:
        """Find the owner of a device."""
        return self._by_device.get(device_id)

    def by_braze_id(self, braze_id: str) -> Profile | None:
        """Find a profile by the id Braze assigned."""
        try:
            return self._by_number.get(int(braze_id, 16))
        except ValueError:
            return None

    def with_email(self, email: str) -> list[Profile]:
        """List the profiles of an address, whatever its case."""
        return list(self._by_email.get(email.lower(), {}).values())

    def with_phone(self, phone: str) -> list[Profile]:
        """List the profiles of a number."""
        return list(self._by_phone.get(normal_phone(phone), {}).values())

    def create(self, now: datetime, external_id: str | None = None) -> Profile:
        """Add a profile."""
        profile = Profile(next(self._numbers), now, external_id)
        self._by_number[profile.number] = profile
        if external_id is not None:
            self._by_external_id[external_id] = profile
        self.touch(profile)
        return profile

    def touch(self, profile: Profile) -> None:
        """Make a profile the one most recently updated."""
        profile.updated = next(self._updates)

    def set_external_id(self, profile: Profile, external_id: str) -> None:
        """Give a profile its primary external id; an old one stays as deprecated."""
        if profile.external_id is not None:
            profile.deprecated_external_ids.append(profile.external_id)
        profile.external_id = external_id
        self._by_external_id[external_id] = profile

    def drop_deprecated(self, external_id: str) -> None:
        """Forget a deprecated external id."""
        profile = self._by_external_id.pop(external_id)
        profile.deprecated_external_ids.remove(external_id)

    def add_alias(self, profile: Profile, alias: Alias) -> bool:
        """Give a profile an alias, unless the pair or the label is taken."""
        label_used = any(own.alias_label == alias.alias_label for own in profile.aliases)
        if alias in self._by_alias or label_used:
            return False
        profile.aliases.append(alias)
        self._by_alias[alias] = profile
        return True

    def rename_alias(self, old: Alias, new: Alias) -> bool:
        """Change the name of an alias, unless it is unknown or the new pair is taken."""
        profile = self._by_alias.get(old)
        if profile is None or new in self._by_alias:
            return False
        del self._by_alias[old]
        profile.aliases[profile.aliases.index(old)] = new
        self._by_alias[new] = profile
        return True

    def add_device(self, profile: Profile, device_id: str) -> None:
        """Give a profile a device, taking it from whoever had it."""
        owner = self._by_device.get(device_id)
        if owner is not None:
            owner.devices.remove(device_id)
        profile.devices.append(device_id)
        self._by_device[device_id] = profile

    def set_email(self, profile: Profile, email: str | None) -> None:
        """Write the address, in lower case as Braze keeps it."""
        _unlist(self._by_email, profile.email, profile)
        profile.email = None if email is None else email.lower()
        _enlist(self._by_email, profile.email, profile)

    def set_phone(self, profile: Profile, phone: str | None) -> None:
        """Write the number in E.164."""
        _unlist(self._by_phone, profile.phone, profile)
        profile.phone = None if phone is None else normal_phone(phone)
        _enlist(self._by_phone, profile.phone, profile)

    def remove(self, profile: Profile) -> None:
        """Delete a profile under all its identifiers."""
        del self._by_number[profile.number]
        for external_id in (profile.external_id, *profile.deprecated_external_ids):
            if external_id is not None:
                del self._by_external_id[external_id]
        for alias in profile.aliases:
            del self._by_alias[alias]
        for device_id in profile.devices:
            del self._by_device[device_id]
        _unlist(self._by_email, profile.email, profile)
        _unlist(self._by_phone, profile.phone, profile)

    def absorb(self, gone: Profile, kept: Profile) -> None:
        """Merge one profile into another: values of the kept one win, gaps are filled.

        https://www.braze.com/docs/api/endpoints/user_data/post_users_merge
        """
        self.remove(gone)
        for name in FILLED_BY_MERGE:
            if name not in {"email", "phone"} and getattr(kept, name) is None:
                setattr(kept, name, getattr(gone, name))
        if kept.email is None:
            self.set_email(kept, gone.email)
        if kept.phone is None:
            self.set_phone(kept, gone.phone)
        for alias in gone.aliases:
            self.add_alias(kept, alias)
        for device_id in gone.devices:
            self.add_device(kept, device_id)
        _fill(kept.custom_attributes, gone.custom_attributes)
        _fill(kept.subscription_groups, gone.subscription_groups)
        kept.push_tokens.extend(gone.push_tokens)
        for event in gone.custom_events:
            kept.custom_events.append(event)
        for purchase in gone.purchases:
            kept.purchases.append(purchase)
        self.touch(kept)


def best(candidates: Iterable[Profile]) -> Profile | None:
    """Choose among profiles of one address: identified ones first, then the latest updated."""
    return max(
        candidates,
        key=lambda found: (found.external_id is not None, found.updated),
        default=None,
    )


def normal_phone(phone: str) -> str:
    """Write a number in E.164; ten digits without a plus are a number of the US."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    return (
        f"+1{digits}" if len(digits) == _US_DIGITS and not phone.startswith("+") else f"+{digits}"
    )


def _fill(kept: dict[str, _V], gone: Mapping[str, _V]) -> None:
    for key, value in gone.items():
        kept.setdefault(key, value)


def _enlist(index: dict[str, dict[int, Profile]], key: str | None, profile: Profile) -> None:
    if key is not None:
        index.setdefault(key, {})[profile.number] = profile


def _unlist(index: dict[str, dict[int, Profile]], key: str | None, profile: Profile) -> None:
    if key is not None:
        listed = index[key]
        del listed[profile.number]
        if not listed:
            del index[key]
