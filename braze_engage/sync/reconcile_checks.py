"""Checks the arguments of a reconcile, and what a list would remove."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braze_engage.sync.state_snapshots import Snapshot

__all__ = ["MaxRemoved", "check_removals", "cohort_id", "list_time", "lists", "max_removed", "text"]

MaxRemoved: TypeAlias = "float | int | None"

_SHARE: Final = 0.05
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND: Final = timedelta(microseconds=1)
_MICROSECOND_NS: Final = 1_000
_AHEAD_NS: Final = 300_000_000_000
_EARLIEST_NS: Final = -9_223_372_036_854_775_000
"""In the year 1677; no database keeps an older one as a number."""


def cohort_id(value: object) -> str:
    """Check the id of a cohort.

    Args:
        value: What was given.

    Raises:
        ConfigurationError: It is no text, or an empty one.
    """
    if isinstance(value, str) and value.strip():
        return value
    raise ConfigurationError(
        f"cohort: got {type(value).__name__}; give the id of the audience, such as 'aud_1'"
    )


def text(name: str, value: object) -> str | None:
    """Check an optional text.

    Args:
        name: The argument.
        value: What was given.

    Raises:
        ConfigurationError: It is no text, or an empty one.
    """
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    raise ConfigurationError(f"{name}: got {type(value).__name__}; give a text that is not empty")


def max_removed(value: object) -> MaxRemoved:
    """Check how many may be removed.

    Args:
        value: A share from 0 to 1 as float, a number of people as int, or None.

    Raises:
        ConfigurationError: It is something else.
    """
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, float) and 0 <= value <= 1:
        return value
    raise ConfigurationError(
        f"max_removed: got {value!r}; give a share from 0.0 to 1.0, or a number of people such as "
        "500"
    )


def moment(value: object, now_ns: int) -> int | None:
    """Check when a list was taken: nanoseconds since 1970 UTC, None for nobody said.

    Args:
        value: What was given.
        now_ns: The moment, nanoseconds since 1970 UTC.

    Raises:
        ConfigurationError: It is no datetime with a time zone, or it lies ahead.
    """
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None or value.utcoffset() is None:
        said = "a datetime without time zone" if isinstance(value, datetime) else type(value)
        named = said if isinstance(said, str) else said.__name__
        raise ConfigurationError(
            f"as_of: got {named}; give the moment the list was taken as a datetime with a time "
            "zone, such as datetime.now(timezone.utc)"
        )
    found = max((value - _EPOCH) // _MICROSECOND * _MICROSECOND_NS, _EARLIEST_NS)
    if found > now_ns + _AHEAD_NS:
        raise ConfigurationError(
            "as_of: it lies ahead of the clock of this machine, so every call until then would "
            "count as older; give the moment the list was taken"
        )
    return found


def list_time(
    audience: str,
    given: int | None,
    snapshots: Iterable[Snapshot],
    called_ns: int | None,
    now_ns: int,
) -> int:
    """Tell when a list was taken, and refuse one of which that matters and nobody says it.

    Args:
        audience: What people call it.
        given: What was said, nanoseconds since 1970 UTC.
        snapshots: What is known of earlier lists.
        called_ns: When the latest call of it happened that came, accepted or not, or the latest
            list was taken, nanoseconds since 1970 UTC; None for none.
        now_ns: The moment, nanoseconds since 1970 UTC.

    Raises:
        ConfigurationError: Nobody says it though calls are known, or a later list is known.
    """
    snapshots = list(snapshots)
    earlier = [one.as_of for one in snapshots if one.as_of is not None]
    if given is None:
        # what is held back or was refused was never accepted, and may be newer than the list too
        is_newer = called_ns is not None and called_ns > max(earlier, default=_EARLIEST_NS)
        if is_newer or any(one.called for one in snapshots):
            raise ConfigurationError(
                f"as_of: the state file holds calls of {audience!r}, and nothing tells whether "
                "they are newer than the list; give the moment the list was taken"
            )
        now_ns = now_ns // _MICROSECOND_NS * _MICROSECOND_NS
        return max([now_ns, *(one + _MICROSECOND_NS for one in earlier)])
    if any(one > given for one in earlier):
        raise ConfigurationError(
            f"as_of: a list of {audience!r} that was taken later is known, so nothing was sent; "
            "give the newest list"
        )
    return given


def check_removals(
    audience: str, *, listed: int, known: int, removed: int, most: MaxRemoved, field: str
) -> None:
    """Refuse a list that removes more people than it may.

    Args:
        audience: What people call it.
        listed: People in the list.
        known: People whom Braze is known to hold.
        removed: How many of these are not in the list.
        most: What was said about it.
        field: The argument that the list came by.

    Raises:
        ConfigurationError: It is empty, or removes too many.
    """
    if most is None and not listed:
        raise ConfigurationError(
            f"{field}: the list of {audience!r} is empty, and nothing was sent; if it is meant "
            "to be, say so by max_removed=1.0"
        )
    allowed = _SHARE * known if most is None else most * known if isinstance(most, float) else most
    if removed > allowed:
        raise ConfigurationError(
            f"{field}: {removed:,} of {known:,} people would be removed from {audience!r} "
            f"({removed / known:.1%}), and nothing was sent; if that is meant, say so by "
            f"max_removed={removed}"
        )


def lists(value: object) -> dict[str, object]:
    """Check a mapping of audiences to their lists.

    Args:
        value: What was given.

    Raises:
        TypeError: It is no mapping.
        ConfigurationError: It is empty.
    """
    if not isinstance(value, Mapping):
        raise TypeError(
            f"lists: got {type(value).__name__}; pass a mapping such as "
            "{'aud_1': FullList(members=ids)}"
        )
    given = cast("Mapping[object, object]", value)
    if not given:
        raise ConfigurationError("lists: it is empty; give a list for at least one audience")
    return {cohort_id(cohort): one for cohort, one in given.items()}
