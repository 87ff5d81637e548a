"""Checks the options of a sync, so that bad configuration fails at construction."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar, cast

from braze_engage.engage.choices import OtherCalls
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.identity import Identity
from braze_engage.engage.outcomes import REASONS
from braze_engage.engage.rules import EngageRules
from braze_engage.errors import ConfigurationError
from braze_engage.objects import TrackLimits
from braze_engage.sync.decider import Defaults
from braze_engage.sync.sqlite_state import SqliteState
from braze_engage.sync.state import MemoryState, StateStore

if TYPE_CHECKING:
    from braze_engage.cohorts.client import CohortClient
    from braze_engage.engage.outcomes import Reason
    from braze_engage.rest.client import BrazeClient

_T = TypeVar("_T")
_PROFILE_BY_CALL: Final = Delivery.IDENTIFY | Delivery.TRACK
_PROFILE: Final = _PROFILE_BY_CALL | Delivery.BOOLEAN


def client(name: str, value: object, kind: type[_T]) -> _T | None:
    """Check an optional client.

    Args:
        name: The option.
        value: What was given.
        kind: What it should be.

    Raises:
        ConfigurationError: It does not fit.
    """
    if value is None or isinstance(value, kind):
        return value
    raise ConfigurationError(f"{name}: got {type(value).__name__}; pass a {kind.__name__}")


def rules(value: object) -> EngageRules:
    """Check the rules; None stands for the defaults.

    Args:
        value: What was given.

    Raises:
        ConfigurationError: It does not fit.
    """
    if value is None:
        return EngageRules()
    if isinstance(value, EngageRules):
        return value
    raise ConfigurationError(f"rules: got {type(value).__name__}; pass an EngageRules")


def defaults(
    rules: EngageRules,
    *,
    rest: BrazeClient | None,
    cohorts: CohortClient | None,
    erase: BrazeClient | None,
) -> Defaults:
    """Check that every delivery of the rules can be carried out, and fill in what they leave open.

    Args:
        rules: The rules.
        rest: The client of the REST API, if any.
        cohorts: The client of the cohort import, if any.
        erase: The client that may delete people, if any.

    Raises:
        ConfigurationError: A delivery lacks its client.
    """
    chosen = {
        "audiences": rules.audiences,
        "traits": rules.traits,
        "journeys": rules.journeys,
        **{f"overrides[{key!r}]": delivery for key, delivery in rules.overrides.items()},
    }
    for name, delivery in chosen.items():
        if delivery is None:
            continue
        if Delivery.COHORT in delivery and cohorts is None:
            raise ConfigurationError(
                f"rules.{name}: Delivery.COHORT needs a CohortClient; "
                "pass cohorts=CohortClient(...), or where Braze did not open cohort import to "
                "you use Delivery.BOOLEAN, which needs only rest=BrazeClient(...)"
            )
        if delivery & _PROFILE and rest is None:
            raise ConfigurationError(
                f"rules.{name}: {delivery & _PROFILE} needs a BrazeClient; "
                "pass rest=BrazeClient(...)"
            )
    about_profiles = {
        "other_calls": rules.other_calls is OtherCalls.FORWARD,
        "null_guard": rules.null_guard is not None,
        "data_point_budget": rules.data_point_budget is not None,
    }
    for name in (name for name, given in about_profiles.items() if given and rest is None):
        raise ConfigurationError(
            f"rules.{name}: it is about attributes and events, which need a BrazeClient; "
            "pass rest=BrazeClient(...), or leave it out"
        )
    return Defaults(
        audiences=_PROFILE_BY_CALL if cohorts is None else Delivery.COHORT,
        traits=Delivery.IDENTIFY if rest is not None else Delivery.NONE,
        journeys=Delivery.TRACK if rest is not None else Delivery.NONE,
        erases=erase is not None,
    )


def positive(name: str, value: object) -> int:
    """Check a whole number of at least 1.

    Args:
        name: The option.
        value: What was given.

    Raises:
        ConfigurationError: It does not fit.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ConfigurationError(f"{name}: got {value!r}; give a whole number of at least 1")


def keys(value: tuple[object, ...]) -> set[str]:
    """Check the computation keys of a pause.

    Args:
        value: What was given.

    Raises:
        ConfigurationError: None is given, or something that is no key.
    """
    found = {key for key in value if isinstance(key, str) and key}
    if not value or len(found) < len(set(value)):
        raise ConfigurationError("pause: name the computation keys, such as sync.pause('vip')")
    return found


def computation_key(value: object) -> str:
    """Check the key of a computation.

    Args:
        value: What was given.

    Raises:
        ConfigurationError: It is no text, or an empty one.
    """
    if isinstance(value, str) and value:
        return value
    raise ConfigurationError(
        f"key: got {_told(value)}; give the key of a computation, such as 'vip'"
    )


def person(value: object) -> str | Identity:
    """Check an identifier of a person.

    Args:
        value: What was given.

    Raises:
        ConfigurationError: It is neither text nor an identity, or an empty text.
    """
    if isinstance(value, Identity) or (isinstance(value, str) and value):
        return value
    raise ConfigurationError(
        f"person: got {_told(value)}; give an identifier of the person, such as 'u1', or an "
        "Identity"
    )


def _told(value: object) -> str:
    return "an empty text" if value == "" else type(value).__name__


def flag(name: str, value: object) -> bool:
    """Check a switch.

    Args:
        name: The option.
        value: What was given.

    Raises:
        ConfigurationError: It is neither True nor False.
    """
    if isinstance(value, bool):
        return value
    raise ConfigurationError(f"{name}: got {type(value).__name__}; give True or False")


def track_limits(value: object) -> TrackLimits:
    """Check ``track_limits``.

    Args:
        value: What was given.

    Raises:
        ConfigurationError: It does not fit.
    """
    if isinstance(value, TrackLimits):
        return value
    raise ConfigurationError(
        f"track_limits: got {type(value).__name__}; pass one of TrackLimits, such as "
        "TrackLimits.COMBINED_75"
    )


def reason_of(value: object) -> Reason:
    """Check a reason, or the word for it.

    Args:
        value: What was given.

    Raises:
        ConfigurationError: There is no such reason.
    """
    found = REASONS.get(value) if isinstance(value, str) else None
    if found is not None:
        return found
    raise ConfigurationError("reason: there is no such reason; give a member of Reason")


def workspace(value: object) -> str | None:
    """Check the name of a workspace.

    Args:
        value: What was given.

    Raises:
        ConfigurationError: It is no text, or an empty one.
    """
    if value is None or (isinstance(value, str) and value):
        return value
    raise ConfigurationError(
        f"workspace: got {type(value).__name__}; give the name of the workspace, such as 'shop-eu'"
    )


def store(state: object, reassert_after: float) -> StateStore:
    """Check a store; None stands for memory, and a path for a state file.

    Args:
        state: What was given.
        reassert_after: Seconds for which it is believed that Braze holds what it may have
            ignored.

    Raises:
        ConfigurationError: It does not fit.
    """
    if state is None:
        return MemoryState()
    if isinstance(state, str | os.PathLike):
        if not os.fspath(state):
            raise ConfigurationError("state: the path is empty; give one such as 'engage.db'")
        return SqliteState(
            cast("str | os.PathLike[str]", state), reassert_after=timedelta(seconds=reassert_after)
        )
    if isinstance(state, StateStore):
        return state
    raise ConfigurationError(
        f"state: got {type(state).__name__}; pass a path, None, or an object with the methods of "
        "StateStore"
    )
