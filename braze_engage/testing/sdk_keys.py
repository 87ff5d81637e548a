"""SDK authentication keys of the apps of the fake workspace. Knows no HTTP."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import attrs

from braze_engage.testing.values import new_id


@attrs.define(kw_only=True)
class SdkKey:
    """One key of an app.

    Args:
        id: API identifier.
        rsa_public_key: In PEM.
        description: What it is for.
        is_primary: Whether it is the one to use.
    """

    id: str
    rsa_public_key: str
    description: str = ""
    is_primary: bool = False


class SdkKeys(Mapping[str, list[SdkKey]]):
    """Keys by API identifier of their app, oldest first; an unknown app has none."""

    def __init__(self) -> None:
        self._by_app: dict[str, list[SdkKey]] = {}
        self._numbers = itertools.count()

    def __getitem__(self, app_id: str) -> list[SdkKey]:
        return self._by_app.get(app_id, [])

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_app)

    def __len__(self) -> int:
        return len(self._by_app)

    def add(
        self, app_id: str, rsa_public_key: str, *, description: str = "", primary: bool = False
    ) -> SdkKey:
        """Give an app a key.

        Args:
            app_id: API identifier of the app.
            rsa_public_key: In PEM.
            description: What it is for.
            primary: Whether it takes the place of the primary key.
        """
        made = SdkKey(
            id=new_id("SDK authentication key", next(self._numbers)),
            rsa_public_key=rsa_public_key,
            description=description,
        )
        self._by_app.setdefault(app_id, []).append(made)
        if primary:
            self.make_primary(app_id, made)
        return made

    def make_primary(self, app_id: str, key: SdkKey) -> None:
        """Make a key the only primary one of its app.

        Args:
            app_id: API identifier of the app.
            key: The key.
        """
        for one in self[app_id]:
            one.is_primary = one is key
