"""Checks of single rules: each copies what was given, and names the rule in its message."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import NoReturn, TypeVar, cast

from braze_engage import limits
from braze_engage.engage.choices import DataPointBudget, Enrichment, Nulls, OtherCalls
from braze_engage.engage.identity import IdentityRules
from braze_engage.engage.paths import Lookup, PathRule
from braze_engage.errors import ConfigurationError
from braze_engage.objects.checks import wrong_text

__all__ = [
    "age",
    "app_id",
    "as_text",
    "audience_exit",
    "cadence",
    "cohort_names",
    "data_point_budget",
    "enrichment",
    "event_names",
    "identity",
    "instance",
    "merge_objects",
    "name",
    "null_guard",
    "nulls",
    "other_calls",
    "pairs",
    "profile_fields",
    "refuse",
    "spaces",
    "time",
    "update_existing_only",
]

_T = TypeVar("_T")


def refuse(message: str) -> NoReturn:
    """Raise what a wrong rule raises.

    Args:
        message: What to change.

    Raises:
        ConfigurationError: Always.
    """
    raise ConfigurationError(message)


def name(value: object, where: str) -> str:
    """Take a name.

    Args:
        value: What was given.
        where: The rule.

    Raises:
        ConfigurationError: It is no text, or blank.
    """
    if not isinstance(value, str):
        refuse(f"{where} must hold text, not {type(value).__name__}")
    if not value.strip():
        refuse(f"{where} holds an empty name; leave it out, or write the name")
    return value


def pairs(value: object, where: str, example: str) -> Mapping[object, object]:
    """Take a mapping.

    Args:
        value: What was given.
        where: The rule.
        example: How to write it.

    Raises:
        ConfigurationError: It is none.
    """
    if not isinstance(value, Mapping):
        refuse(f"{where} must be a mapping such as {example}, not {type(value).__name__}")
    return cast("Mapping[object, object]", value)


def instance(value: object, kind: type[_T], where: str) -> _T:
    """Take a value of one type.

    Args:
        value: What was given.
        kind: The type.
        where: The rule.

    Raises:
        ConfigurationError: It is of another type.
    """
    if not isinstance(value, kind):
        refuse(f"{where} must be of type {kind.__name__}, not {type(value).__name__}")
    return value


def _several(value: object, where: str, example: str, instead: str) -> Collection[object]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Collection):
        refuse(f"{where} must be a collection of {example}; {instead}")
    return cast("Collection[object]", value)


def _names(value: object, where: str, example: str) -> Mapping[str, str]:
    return {name(a, where): name(b, where) for a, b in pairs(value, where, example).items()}


def _keys(value: object, where: str) -> frozenset[str]:
    keys = _several(value, where, "attribute names such as {'ltv_90d'}", "leave it out for none")
    return frozenset(name(key, where) for key in keys)


def _is_share(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


# one for each rule, named like it


def event_names(value: Mapping[str, str]) -> Mapping[str, str]:
    """Check ``event_names``."""
    names = _names(value, "event_names", '{"Joined": "Audience Entered"}')
    for told in names.values():
        if told[0] == "$" or len(told) > limits.EVENT_NAME_CHARACTERS or wrong_text(told):
            refuse(
                f"event_names tells Braze a name of {len(told)} characters that it would not take; "
                f"give at most {limits.EVENT_NAME_CHARACTERS}, the first of which is no $"
            )
    return names


def cohort_names(value: Mapping[str, str]) -> Mapping[str, str]:
    """Check ``cohort_names``."""
    return _names(value, "cohort_names", '{"vip": "VIP customers"}')


def spaces(value: Collection[str] | None) -> Collection[str] | None:
    """Check ``spaces``."""
    if value is None:
        return None
    given = _several(value, "spaces", "space ids such as {'spa_1'}", "use None for any one")
    listed = frozenset(name(space, "spaces") for space in given)
    if not listed:
        refuse("spaces lists no space, so nothing would be taken; use None for any one")
    return listed


def identity(value: IdentityRules) -> IdentityRules:
    """Check ``identity``."""
    return instance(value, IdentityRules, "identity")


def age(value: timedelta | None) -> timedelta | None:
    """Check ``drop_older_than``."""
    if value is not None and instance(value, timedelta, "drop_older_than") <= timedelta(0):
        refuse("drop_older_than must be longer than nothing; use None to keep calls of any age")
    return value


def cadence(value: Mapping[str, timedelta]) -> Mapping[str, timedelta]:
    """Check ``cadence``."""
    given = pairs(value, "cadence", '{"vip": timedelta(minutes=5)}')
    found: dict[str, timedelta] = {}
    for key, within in given.items():
        if instance(within, timedelta, "cadence") <= timedelta(0):
            refuse("cadence must be longer than nothing; leave a key out where any age is expected")
        found[name(key, "cadence")] = cast("timedelta", within)
    return found


def data_point_budget(value: int | DataPointBudget | None) -> DataPointBudget | None:
    """Check ``data_point_budget``."""
    if value is None or isinstance(value, DataPointBudget):
        return value
    if not isinstance(cast("object", value), int) or isinstance(value, bool):
        refuse(
            "data_point_budget must be a whole number of data points a run may spend, or a "
            f"DataPointBudget, not {type(value).__name__}"
        )
    return DataPointBudget(per_run=value)


def profile_fields(value: Mapping[str, PathRule]) -> Mapping[str, PathRule]:
    """Check ``profile_fields``, all but the paths."""
    given = pairs(value, "profile_fields", '{"first_name": "$.traits.firstName"}')
    for field in given:
        name(field, "profile_fields")
    return dict(value)


def enrichment(value: Enrichment) -> Enrichment:
    """Check ``enrichment``."""
    return instance(value, Enrichment, "enrichment")


def nulls(value: Nulls) -> Nulls:
    """Check ``nulls``."""
    return instance(value, Nulls, "nulls")


def other_calls(value: OtherCalls) -> OtherCalls:
    """Check ``other_calls``."""
    return instance(value, OtherCalls, "other_calls")


def as_text(value: Collection[str]) -> frozenset[str]:
    """Check ``as_text``."""
    return _keys(value, "as_text")


def merge_objects(value: Collection[str]) -> frozenset[str]:
    """Check ``merge_objects``."""
    return _keys(value, "merge_objects")


def audience_exit(value: bool | None) -> bool | None:  # noqa: FBT001 - attrs gives the value alone
    """Check ``audience_exit``."""
    if value is not None and value is not False:
        refuse("audience_exit must be False or None, which is what an attribute becomes on exit")
    return value


def null_guard(value: float | None) -> float | None:
    """Check ``null_guard``."""
    if value is not None and not _is_share(value):
        refuse("null_guard must be a share from 0 to 1, such as 0.2; use None for no guard")
    return value


def time(value: PathRule) -> PathRule:
    """Check ``time``."""
    Lookup.of(value, "time")
    return value


def update_existing_only(value: bool | None) -> bool | None:  # noqa: FBT001 - attrs gives the value alone
    """Check ``update_existing_only``."""
    return None if value is None else instance(value, bool, "update_existing_only")


def app_id(value: str | None) -> str | None:
    """Check ``app_id``."""
    return None if value is None else name(value, "app_id")
