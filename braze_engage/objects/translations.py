"""Texts of messages in several languages, and the requests for them.

https://www.braze.com/docs/api/endpoints/translations
"""

from collections.abc import Mapping
from typing import ClassVar, cast

import attrs

from braze_engage.objects.checks import (
    check_flag,
    check_pattern,
    check_text,
    quoted,
    refused,
    wrong_text,
)
from braze_engage.objects.models import model
from braze_engage.objects.values import is_mapping

__all__ = [
    "Locale",
    "MessageTexts",
    "OfMessage",
    "ReadDraftTranslations",
    "ReadTranslations",
    "SourceTexts",
    "Translation",
    "Translations",
    "UpdateTranslations",
]

_UUID = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


def _check_uuid(field: str, value: object) -> None:
    check_pattern(field, value, _UUID, "a UUID such as 1d3f4a5b-6c7d-4e8f-9a0b-1c2d3e4f5a6b")


def _texts(values: Mapping[str, str]) -> Mapping[str, str]:
    field = "translation_map"
    given = cast("object", values)
    if not is_mapping(given):
        raise refused(field, given, "give a mapping from tag ids to texts")
    copy: dict[str, str] = {}
    for tag, text in given.items():
        check_text(f"a key of {field}", tag)
        if not isinstance(text, str) or wrong_text(text):
            raise refused(f"{field}[{quoted(tag)}]", text, "give text without lone surrogates")
        copy[str(tag)] = text
    return copy


# ---- what requests of all groups have in common ----


@model(kw_only=True)
class OfMessage:
    """Which message; the classes below it have the fields."""

    ids: ClassVar[tuple[str, ...]] = ()
    """The fields that name the message."""

    def __attrs_post_init__(self) -> None:
        for name in self.ids:
            _check_uuid(f"{type(self).__name__}.{name}", getattr(self, name))


@model(kw_only=True)
class ReadTranslations(OfMessage):
    """Which locale; the classes below it say of which message."""

    locale_id: str | None = None

    def __attrs_post_init__(self) -> None:
        OfMessage.__attrs_post_init__(self)
        if self.locale_id is not None:
            _check_uuid(f"{type(self).__name__}.locale_id", self.locale_id)


@model(kw_only=True)
class ReadDraftTranslations(ReadTranslations):
    """Which locale, and whether of the draft; the classes below it say of which message."""

    post_launch_draft_version: bool = False

    def __attrs_post_init__(self) -> None:
        ReadTranslations.__attrs_post_init__(self)
        field = f"{type(self).__name__}.post_launch_draft_version"
        check_flag(field, self.post_launch_draft_version)


@model(kw_only=True)
class UpdateTranslations(OfMessage):
    """The texts of one locale; the classes below it say of which message."""

    locale_id: str
    translation_map: Mapping[str, str] = attrs.field(converter=_texts)

    def __attrs_post_init__(self) -> None:
        OfMessage.__attrs_post_init__(self)
        _check_uuid(f"{type(self).__name__}.locale_id", self.locale_id)


# ---- what Braze answers ----


@model(kw_only=True)
class Locale:
    """A language and country a workspace translates into.

    Args:
        uuid: API identifier.
        name: Such as ``es-MX``.
        country: The country.
        language: The language.
        locale_key: Such as ``es-mx``.
    """

    uuid: str
    name: str | None = None
    country: str | None = None
    language: str | None = None
    locale_key: str | None = None


@model(kw_only=True)
class Translation:
    """The texts of a message in one locale.

    Args:
        locale: Which one.
        translation_map: Id of a translation tag -> text.
    """

    locale: Locale
    translation_map: Mapping[str, str] = attrs.field(factory=dict[str, str])


@model(kw_only=True)
class Translations:
    """The texts of a message in several locales.

    Args:
        translations: One entry for each locale.
    """

    translations: tuple[Translation, ...] = ()


@model(kw_only=True)
class MessageTexts:
    """The texts of a message.

    Args:
        translation_map: Id of a translation tag -> text.
    """

    translation_map: Mapping[str, str] = attrs.field(factory=dict[str, str])


@model(kw_only=True)
class SourceTexts:
    """The texts of a message as they were written, before translation.

    Args:
        translations: The texts.
        message: ``success``, where Braze says it.
    """

    translations: MessageTexts
    message: str | None = None
