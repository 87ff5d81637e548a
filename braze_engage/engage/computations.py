"""Which audience, trait or journey step a call is about."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage import limits
from braze_engage.engage.outcomes import Reason, Unreadable
from braze_engage.engage.values import kind

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "IDENTIFIER_NAMES",
    "Computation",
    "ComputationClass",
    "known_computation",
    "read_computation",
]

_KEY_NAMES: Final = ("audience_key", "trait_key")
_ID_PREFIXES: Final = ("aud_", "tra_")
_REMEMBERED: Final = 1024
_PARTS: Final = (
    "computation_class",
    "computation_id",
    "space_id",
    "namespace",
    "event_emitter_id",
    "computation_run_id",
)
_LONGEST_TEXT: Final = 32 * limits.KIB
"""No event of Segment is larger, so nothing in it can be."""

# https://segment.com/docs/connections/spec/identify and the identifiers of Unify; what stands
# beside a computed value without being one
IDENTIFIER_NAMES: Final = frozenset(
    {
        *("user_id", "userId", "anonymous_id", "anonymousId", "external_id", "id", "braze_id"),
        *("group_id", "groupId", "email", "phone", "username", "ga_client_id"),
        *("cross_domain_id", "android.id", "android.idfa", "android.push_token"),
        *("ios.id", "ios.idfa", "ios.push_token"),
        *_KEY_NAMES,
    }
)
"""Names of traits that tell who or what a call is about."""
_IDENTITY_NAMES: Final = frozenset(
    {
        *IDENTIFIER_NAMES,
        *("address", "age", "avatar", "birthday", "company", "createdAt", "created_at"),
        *("description", "firstName", "first_name", "gender", "lastName", "last_name"),
        *("name", "title", "website"),
    }
)


class ComputationClass(Enum):
    """What Engage computed; an unknown class is ``OTHER``, one that nothing tells is ``NONE``."""

    AUDIENCE = "audience"
    TRAIT = "trait"
    JOURNEY_STEP = "journey_step"
    OTHER = "other"
    NONE = "none"


_TOLD_APART: Final = (ComputationClass.AUDIENCE, ComputationClass.TRAIT)
"""In the order of the key names and of the prefixes of ids."""

_CLASSES: Final = {
    "audience": ComputationClass.AUDIENCE,
    "trait": ComputationClass.TRAIT,
    "computed_trait": ComputationClass.TRAIT,
    "journey_step": ComputationClass.JOURNEY_STEP,
}


@attrs.frozen
class Computation:
    """The computation behind a call, from ``context.personas``.

    Args:
        computation_class: What kind it is.
        id: Its id, stable across renames; the cohort id in Braze.
        key: The name that carries the value in ``traits`` or ``properties``.
        space_id: The Engage space it belongs to.
        emitter_id: The activation of a linked audience or journey.
        run_id: The run in the warehouse that produced the call.
    """

    computation_class: ComputationClass
    id: str | None
    key: str
    space_id: str | None = None
    emitter_id: str | None = None
    run_id: str | None = None


def known_computation(personas: Mapping[str, object], values: object) -> Computation | None:
    """Find a computation that was read before from the same words.

    Of the same computation come thousands of calls.

    Args:
        personas: ``context.personas``.
        values: Where this type of call carries its values.

    Returns:
        The computation, None where `read_computation` has to look or the values lack its key.
    """
    key = personas.get("computation_key")
    if type(key) is str and type(values) is dict and key in values:
        known = _known.get(key)
        if known is not None and known[0] == personas:
            return known[1]
    return None


def read_computation(
    personas: Mapping[str, object], first: Mapping[str, object], second: Mapping[str, object]
) -> tuple[Computation | None, Mapping[str, object], tuple[str, ...]]:
    """Read what was computed, and choose the object that holds its value.

    Args:
        personas: ``context.personas``, empty where absent.
        first: Where this type of call carries its values.
        second: The other of ``traits`` and ``properties``.

    Returns:
        The computation, None for a call that is not Engage's; the object with the values; what
        was odd, in words.

    Raises:
        Unreadable: A part has the wrong type, or nothing tells the key.
    """
    key = _text(personas.get("computation_key"), "computation_key")
    warnings: tuple[str, ...] = ()
    if key is not None and key in first:
        values = first
    elif key is not None and key in second:
        values = second
    else:
        values = first or second
        if key is None or key.startswith(_ID_PREFIXES):
            key, warnings = _key_from_values(values, key, guess=bool(personas))
    if key is None:
        if personas:
            raise Unreadable(
                Reason.NO_COMPUTATION_KEY,
                "context.personas.computation_key is missing and the values do not tell it; "
                "it must name the trait or property that carries the value",
            )
        return None, values, ()
    try:
        computation = _computation(key, *map(personas.get, _PARTS))
    except TypeError:
        # parts that cannot be remembered are not text, and are refused by name
        computation = _computation.__wrapped__(key, *map(personas.get, _PARTS))
    if computation.computation_class is ComputationClass.NONE:
        found = _missing_class(values, key, computation.id)
        computation = attrs.evolve(computation, computation_class=found)
    elif not warnings and all(type(part) is str for part in personas.values()):
        if len(_known) >= _REMEMBERED:
            _known.clear()
        _known[key] = dict(personas), computation
    return computation, values, warnings


_known: Final[dict[str, tuple[Mapping[str, object], Computation]]] = {}
"""The last computation of each key with the words that named it, all of them text."""


@lru_cache(maxsize=_REMEMBERED)
def _computation(key: str, *parts: object) -> Computation:
    # of the same computation come thousands of calls
    named, computation_id, space_id, namespace, emitter_id, run_id = map(_text, parts, _PARTS)
    return Computation(
        ComputationClass.NONE if named is None else _CLASSES.get(named, ComputationClass.OTHER),
        computation_id,
        key,
        space_id or namespace,
        emitter_id,
        run_id,
    )


def _text(value: object, name: str) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Unreadable(
            Reason.BAD_CONTEXT, f"context.personas.{name} is {kind(value)}; it must be text"
        )
    return None if value.isspace() else _sendable(value, f"context.personas.{name}")


def _sendable(text: str, name: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Unreadable(
                Reason.BAD_CONTEXT, f"{name} holds half of a surrogate pair; send valid Unicode"
            ) from None
    if len(text) > _LONGEST_TEXT:
        raise Unreadable(Reason.BAD_CONTEXT, f"{name} is longer than an event of Segment can be")
    return text


def _key_from_values(
    values: Mapping[str, object], key: str | None, *, guess: bool
) -> tuple[str | None, tuple[str, ...]]:
    for name in _KEY_NAMES:
        named = values.get(name)
        if isinstance(named, str) and named and not named.isspace():
            return _sendable(named, name), (f"the key was taken from {name}",)
    if guess:
        rest = [name for name in values if name not in _IDENTITY_NAMES]
        if len(rest) == 1 and rest[0]:
            return _sendable(str(rest[0]), "the name of the only value"), (
                "the key was taken from the only value that is no identifier or profile field",
            )
    return key, ()


def _missing_class(
    values: Mapping[str, object], key: str, computation_id: str | None
) -> ComputationClass:
    for name, named in zip(_KEY_NAMES, _TOLD_APART, strict=True):
        if isinstance(values.get(name), str):
            return named
    if isinstance(values.get(key), bool):
        return ComputationClass.AUDIENCE
    for prefix, named in zip(_ID_PREFIXES, _TOLD_APART, strict=True):
        if computation_id is not None and computation_id.startswith(prefix):
            return named
    return ComputationClass.NONE
