"""Locales and translated messages of the fake workspace. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

from braze_engage.testing.entries import Entries
from braze_engage.testing.values import new_id

if TYPE_CHECKING:
    from braze_engage.testing.values import JsonObject

Kind: TypeAlias = Literal[
    "campaign", "canvas", "content block", "email template", "webhook template"
]
Key: TypeAlias = tuple[str, ...]
"""Kind of a message, and the identifiers that name it."""


@attrs.frozen(kw_only=True)
class Locale:
    """A language and country.

    Args:
        uuid: API identifier.
        name: Such as "es-MX".
    """

    uuid: str
    name: str

    @property
    def told(self) -> JsonObject:
        """As answers tell it."""
        language, _, country = self.name.partition("-")
        return {
            "uuid": self.uuid,
            "name": self.name,
            "country": country,
            "language": language,
            "locale_key": self.name.lower(),
        }


class Locales(Entries[Locale]):
    """Locales by API identifier, in the order they were added."""

    def add(self, name: str) -> Locale:
        """Let the workspace translate into a locale.

        Args:
            name: Language and country, such as "es-MX".
        """
        made = Locale(uuid=new_id("locale", len(self)), name=name)
        self._by_id[made.uuid] = made
        return made


@attrs.define(kw_only=True)
class TranslatedMessage:
    """The texts of a message, which a test may change at any time.

    Args:
        source: As written, by id of the translation tag.
        by_locale: Translations by API identifier of the locale, each by id of the tag.
        draft: The texts of a draft that follows the launch, if there is one.
    """

    source: dict[str, str]
    by_locale: dict[str, dict[str, str]] = attrs.field(factory=dict[str, dict[str, str]])
    draft: TranslatedMessage | None = None


class Translations(Mapping[Key, TranslatedMessage]):
    """Translated messages by kind and identifiers, such as ("campaign", id, variation id)."""

    def __init__(self) -> None:
        self._by_key: dict[Key, TranslatedMessage] = {}

    def __getitem__(self, key: Key) -> TranslatedMessage:
        return self._by_key[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)

    def add(self, kind: Kind, *ids: str, source: Mapping[str, str]) -> TranslatedMessage:
        """Put a message with texts to translate into the workspace.

        Content Blocks and e-mail templates that hold translation tags are there by themselves.

        Args:
            kind: Of what.
            *ids: What names it, in the order of the endpoint's parameters.
            source: Its texts by id of the translation tag; none for a message in one language.
        """
        return self._by_key.setdefault((kind, *ids), TranslatedMessage(source={**source}))
