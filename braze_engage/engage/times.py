"""Times of a call, in nanoseconds since 1970 UTC.

The reader is strict on purpose: a time that has to be guessed at (a number without unit,
05/01/2024, 30 February) would silently put a call before or after another one.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from braze_engage.engage.outcomes import Reason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SECOND_NS", "is_older", "parse_time", "read_stamps"]

SECOND_NS: Final = 1_000_000_000
_NS_PER_MS: Final = 1_000_000
_SECONDS_PER_DAY: Final = 86_400
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - all arithmetic is in UTC
_EPOCH_ORDINAL: Final = _EPOCH.toordinal()
_MILLISECOND_DIGITS: Final = 3
_NANOSECOND_DIGITS: Final = 9
_SEGMENT_SHAPE: Final = "--T::."
_SEGMENT_LENGTH: Final = len("2026-11-02T09:15:00.066Z")
_SECONDS: Final[dict[str, int]] = {}
"""Nanoseconds since 1970 by the second as Segment writes it: Engage computes for many people at
once, so of the same second come many calls."""
_SECONDS_KEPT: Final = 1_000
_CLOCK_TOLERANCE_NS: Final = 300 * SECOND_NS

_ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?"
    r"(?: ?(?:[Zz]|UTC|([+-])(\d\d)(?::?(\d\d))?))?)?",
    re.ASCII,
)

_AHEAD: Final = (
    "timestamp is more than five minutes after receivedAt, so receivedAt counts: "
    "the clock of the sender is ahead"
)
_RECEIVED_UNREADABLE: Final = "receivedAt cannot be read and counts as absent"


def is_older(time_ns: int, than: timedelta, *, now_ns: int) -> bool:
    """Tell whether something is older than a span.

    Args:
        time_ns: When it happened, nanoseconds since 1970 UTC.
        than: The span.
        now_ns: The moment, nanoseconds since 1970 UTC.
    """
    return now_ns - time_ns > than.total_seconds() * SECOND_NS


def parse_time(value: object) -> int | None:
    """Read a time.

    Args:
        value: ISO 8601 text with any number of fraction digits, a blank instead of the T, a
            zone as Z, +hh:mm, +hhmm or +hh; or a datetime or date. Without zone it is UTC.

    Returns:
        Nanoseconds since 1970 UTC, cut to whole nanoseconds; None where it cannot be read.
    """
    if not isinstance(value, str):
        return _parse_date(value) if isinstance(value, date) else None
    if value[4:20:3] != _SEGMENT_SHAPE or value[-1] != "Z":
        return _parse_iso(value)
    # what Segment writes: 2026-11-02T09:15:00.066Z, with three to nine digits
    digits = value[20:-1]
    if not (digits.isdecimal() and digits.isascii()):
        return None
    second_ns = _SECONDS.get(value[:19])
    if second_ns is None and (second_ns := _learned(value[:19])) is None:
        return None
    if len(digits) == _MILLISECOND_DIGITS:
        return second_ns + int(digits) * _NS_PER_MS
    return second_ns + (int(digits) if len(digits) == _NANOSECOND_DIGITS else _nanoseconds(digits))


def _learned(second: str) -> int | None:
    try:
        since = datetime.fromisoformat(second) - _EPOCH
    except ValueError:
        return None
    if len(_SECONDS) >= _SECONDS_KEPT:
        _SECONDS.clear()
    _SECONDS[second] = found = (since.days * _SECONDS_PER_DAY + since.seconds) * SECOND_NS
    return found


def _nanoseconds(digits: str) -> int:
    return int(digits[:_NANOSECOND_DIGITS].ljust(_NANOSECOND_DIGITS, "0"))


def _parse_iso(text: str) -> int | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, off_hours, off_minutes = match.groups()
    try:
        moment = datetime(  # noqa: DTZ001 - the offset is taken off below
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
        offset = timedelta(hours=int(off_hours or 0), minutes=_below_sixty(off_minutes))
    except ValueError:
        return None
    if offset.days:
        return None
    seconds = _utc_seconds(moment) - (-1 if sign == "-" else 1) * offset.seconds
    return seconds * SECOND_NS + _nanoseconds(fraction or "0")


def _below_sixty(text: str | None) -> int:
    minutes = int(text or 0)
    if minutes >= 60:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(text)
    return minutes


def _utc_seconds(moment: datetime) -> int:
    # as integers, because an offset may lead out of the years that datetime can hold
    days = moment.toordinal() - _EPOCH_ORDINAL
    return ((days * 24 + moment.hour) * 60 + moment.minute) * 60 + moment.second


def _parse_date(value: date) -> int | None:
    if not isinstance(value, datetime):
        return (value.toordinal() - _EPOCH_ORDINAL) * _SECONDS_PER_DAY * SECOND_NS
    try:
        offset = value.utcoffset() or timedelta(0)
        since = _utc_seconds(value) - offset.days * _SECONDS_PER_DAY - offset.seconds
        return since * SECOND_NS + (value.microsecond - offset.microseconds) * 1000
    except (TypeError, ValueError):  # the "not a time" of data frames is a datetime as well
        return None


def read_stamps(
    raw: Mapping[str, object], *, now_ns: int
) -> tuple[int, int | None, tuple[str, ...]]:
    """Read when a call happened and when it was received.

    The time is ``timestamp``; ``originalTimestamp`` adds the nanoseconds where both agree to the
    millisecond. An absent one falls back to ``originalTimestamp``, ``receivedAt`` and the moment
    of reading. A time more than five minutes after ``receivedAt`` counts as ``receivedAt``.

    Args:
        raw: The call.
        now_ns: The moment of reading, nanoseconds since 1970 UTC.

    Returns:
        When it happened, when it was received (None where the call does not say), and what was
        odd about the two, in words.

    Raises:
        Unreadable: The time is given and cannot be read.
    """
    received = raw.get("receivedAt")
    if received is None:
        received = raw.get("received_at")
    original = raw.get("originalTimestamp")
    if original is None:
        original = raw.get("original_timestamp")
    received_ns = None if received is None else parse_time(received)
    timestamp = raw.get("timestamp")
    if timestamp is not None:
        time_ns = (
            _readable(parse_time(timestamp), "timestamp")
            if original is None
            else _finest(timestamp, original)
        )
    elif original is not None:
        time_ns = _readable(parse_time(original), "originalTimestamp")
    elif received is not None:
        time_ns = _readable(received_ns, "receivedAt")
    else:
        time_ns = now_ns
    if received_ns is None:
        return time_ns, None, () if received is None else (_RECEIVED_UNREADABLE,)
    if time_ns > received_ns + _CLOCK_TOLERANCE_NS:
        return received_ns, received_ns, (_AHEAD,)
    return time_ns, received_ns, ()


def _readable(time_ns: int | None, field: str) -> int:
    if time_ns is None:
        raise Unreadable(
            Reason.BAD_TIME,
            f"{field} is not ISO 8601 such as 2026-11-02T09:15:00.066Z; numbers and other forms "
            "are not guessed at, send it as ISO 8601",
        )
    return time_ns


def _finest(timestamp: object, original: object) -> int:
    """The timestamp, with the digits that only originalTimestamp has."""
    if (
        isinstance(timestamp, str)
        and isinstance(original, str)
        and len(timestamp) == _SEGMENT_LENGTH
        and timestamp[-1] == original[-1:] == "Z"
        and original.startswith(timestamp[:-1])
    ):
        # ...00.066Z and ...00.066179717Z: whatever makes the latter valid holds for the former
        original_ns = parse_time(original)
        if original_ns is not None:
            return original_ns
    time_ns = _readable(parse_time(timestamp), "timestamp")
    original_ns = None if time_ns % _NS_PER_MS else parse_time(original)
    if original_ns is None or original_ns // _NS_PER_MS != time_ns // _NS_PER_MS:
        return time_ns
    return original_ns
