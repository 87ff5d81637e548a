"""Lists of any length, cut into changes that each fit into one request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

import attrs

from braze_engage.cohorts.changes import CohortChange
from braze_engage.cohorts.identifiers import aliases_in, device_ids_in, user_ids_in
from braze_engage.limits import COHORT_IDS, KIB, REQUEST_BYTES
from braze_engage.objects.values import encoded_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from braze_engage.cohorts.identifiers import AliasLike
    from braze_engage.objects import UserAlias

__all__ = ["cut"]

T = TypeVar("T")

_ENVELOPE_BYTES: Final = 64 * KIB  # both keys, the cohort id and the punctuation around the ids
_ESCAPED: Final = 6  # bytes: a character becomes at most \u00XX in JSON
_SURELY_FITS: Final = 600  # characters: a thousand such texts fit however they are escaped


def _text_bytes(text: str) -> int:
    if len(text) <= _SURELY_FITS:
        return _SURELY_FITS * _ESCAPED
    return encoded_size(text)


def _alias_bytes(_: UserAlias) -> int:
    # At most 472 bytes of text, 34 of keys and quotes.
    return _SURELY_FITS * _ESCAPED


@attrs.define
class _Room:
    """What still fits into the request being filled."""

    ids: int = COHORT_IDS
    bytes: int = REQUEST_BYTES - _ENVELOPE_BYTES


class _Source(Generic[T]):
    """Identifiers of one kind, taken as far as there is room."""

    def __init__(self, values: Iterator[T], size: Callable[[T], int]) -> None:
        self._values = values
        self._size = size
        self._held: T | None = None

    def take(self, room: _Room) -> list[T]:
        taken: list[T] = []
        while room.ids:
            value = next(self._values, None) if self._held is None else self._held
            self._held = None
            if value is None:
                break
            size = self._size(value) + 1
            if size > room.bytes and room.ids < COHORT_IDS:
                self._held = value
                break
            room.ids -= 1
            room.bytes -= size
            taken.append(value)
        return taken


def cut(
    *,
    user_ids: Iterable[str] = (),
    device_ids: Iterable[str] = (),
    aliases: Iterable[AliasLike] = (),
    should_remove: bool = False,
) -> Iterator[CohortChange]:
    """Cut identifiers of any number into changes that each fit into one request.

    Nothing is read ahead: the identifiers of a change are taken when it is asked for.

    Args:
        user_ids: External ids.
        device_ids: Braze device ids.
        aliases: `UserAlias` or pairs ``(alias_name, alias_label)``.
        should_remove: True where the people are to leave the cohort.

    Raises:
        ConfigurationError: Something other than a list of identifiers was given, or, while the
            changes are taken, an identifier is unusable.
    """
    return _changes(
        _Source(user_ids_in(user_ids), _text_bytes),
        _Source(device_ids_in(device_ids), _text_bytes),
        _Source(aliases_in(aliases), _alias_bytes),
        should_remove=should_remove,
    )


def _changes(
    users: _Source[str],
    devices: _Source[str],
    aliases: _Source[UserAlias],
    *,
    should_remove: bool,
) -> Iterator[CohortChange]:
    while True:
        room = _Room()
        user_ids, device_ids, pairs = users.take(room), devices.take(room), aliases.take(room)
        if room.ids == COHORT_IDS:
            return
        yield CohortChange(
            user_ids=user_ids, device_ids=device_ids, aliases=pairs, should_remove=should_remove
        )
