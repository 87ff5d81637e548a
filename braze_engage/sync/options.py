"""Checks the options of a sync, so that bad configuration fails at construction."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from braze_engage.engage.choices import OtherCalls
from braze_engage.engage.rules import Delivery, EngageRules
from braze_engage.errors import ConfigurationError
from braze_engage.sync.intake import Defaults
from braze_engage.sync.state import MemoryState, StateStore

if TYPE_CHECKING:
    from braze_engage.cohorts.client import CohortClient

_T = TypeVar("_T")


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


def defaults(rules: EngageRules, cohorts: CohortClient | None) -> Defaults:
    """Check that every delivery of the rules can be carried out, and fill in what they leave open.

    Args:
        rules: The rules.
        cohorts: The client of the cohort import, if any.

    Raises:
        ConfigurationError: It does not fit.
    """
    chosen = {
        "audiences": rules.audiences,
        "traits": rules.traits,
        "journeys": rules.journeys,
        **{f"overrides[{key!r}]": delivery for key, delivery in rules.overrides.items()},
    }
    later = {
        "null_guard": rules.null_guard is not None,
        "other_calls": rules.other_calls is OtherCalls.FORWARD,
    }
    for name in (name for name, given in later.items() if given):
        raise ConfigurationError(
            f"rules.{name}: it is about attributes and events, which this version maps but does "
            "not send; leave it out"
        )
    for name, delivery in chosen.items():
        if delivery is None or not delivery:
            continue
        if delivery & ~Delivery.COHORT:
            raise ConfigurationError(
                f"rules.{name}: {delivery} is not carried out by this version, which delivers "
                "memberships to cohorts; use Delivery.COHORT or Delivery.NONE"
            )
        if cohorts is None:
            raise ConfigurationError(
                f"rules.{name}: Delivery.COHORT needs a CohortClient; "
                "pass cohorts=CohortClient(...)"
            )
    if cohorts is None:
        raise ConfigurationError(
            "cohorts: None leaves nothing to deliver in this version; "
            "pass cohorts=CohortClient(...)"
        )
    return Defaults(audiences=Delivery.COHORT, traits=Delivery.NONE, journeys=Delivery.NONE)


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


def seconds(name: str, value: object) -> float:
    """Check a time of at least 0, in seconds.

    Args:
        name: The option.
        value: Seconds or a timedelta.

    Raises:
        ConfigurationError: It does not fit.
    """
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return float(value)
    raise ConfigurationError(f"{name}: got {value!r}; give a time of at least 0")


def store(state: object) -> StateStore:
    """Check a store; None stands for memory.

    Args:
        state: What was given.

    Raises:
        ConfigurationError: It does not fit.
    """
    if state is None:
        return MemoryState()
    if isinstance(state, str | os.PathLike):
        raise ConfigurationError(
            "state: this version keeps no state file; pass None to remember in memory, or a store"
        )
    if isinstance(state, StateStore):
        return state
    raise ConfigurationError(
        f"state: got {type(state).__name__}; pass None or an object with the methods of StateStore"
    )
