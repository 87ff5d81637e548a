"""JSON values and times as Braze reads them."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timedelta, timezone
from typing import NamedTuple, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = "dict[str, Json]"

_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.:,](?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_SLASHES = re.compile(r"(?P<month>\d\d)/(?P<day>\d\d)/(?P<year>\d{4})")
_WEEKDAY = re.compile(
    r"[A-Za-z]{3} (?P<month>\d\d) (?P<day>\d\d) "
    r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)[. ](?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d) "
    r"(?P<year>\d{4})"
)
_LAST_YEAR = 3000


class Alias(NamedTuple):
    """A user alias; always a pair, equal to the plain tuple."""

    alias_name: str
    alias_label: str


def parse_json(body: bytes) -> Json:
    """Read a request body as strictly as an edge would.

    Args:
        body: UTF-8 bytes.

    Raises:
        ValueError: It is not JSON, not UTF-8, or holds NaN or Infinity.
    """
    try:
        parsed: Json = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return parsed


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def encoded_size(value: Json) -> int:
    """Count the bytes of a value as compact UTF-8 JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return byte_length(text)


def byte_length(text: str) -> int:
    """Count the bytes of a text in UTF-8, lone surrogates included."""
    return len(text.encode("utf-8", "surrogatepass"))


def parse_time(value: Json) -> datetime | None:
    """Read a time in any of the forms Braze documents.

    Args:
        value: A text; without an offset it is UTC.

    Returns:
        The instant in UTC, or None for what Braze does not take for a time.
    """
    if not isinstance(value, str):
        return None
    match = _ISO.fullmatch(value) or _SLASHES.fullmatch(value) or _WEEKDAY.fullmatch(value)
    if match is None:
        return None
    parts = match.groupdict()
    try:
        local = datetime(
            year=int(parts["year"]),
            month=int(parts["month"]),
            day=int(parts["day"]),
            hour=int(parts.get("hour") or 0),
            minute=int(parts.get("minute") or 0),
            second=int(parts.get("second") or 0),
            microsecond=int((parts.get("fraction") or "0").ljust(6, "0")[:6]),
            tzinfo=_zone(parts.get("zone")),
        )
        return local.astimezone(timezone.utc) if local.year <= _LAST_YEAR else None
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if text is None or text[0] not in "+-":
        return timezone.utc
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(offset if text[0] == "+" else -offset)


def iso(moment: datetime) -> str:
    """Write an instant as ISO 8601 with milliseconds and Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def export_time(moment: datetime) -> str:
    """Write an instant as profile exports do, which differs from what is accepted."""
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} UTC"


def is_number(value: Json) -> bool:
    """Tell numbers from booleans, which Python counts among them."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_object(value: Json) -> JsonObject:
    """Read an object; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def strings(value: Json) -> list[str] | None:
    """Read a list of texts; None when it is anything else."""
    if not isinstance(value, list):
        return None
    texts = [item for item in value if isinstance(item, str)]
    return texts if len(texts) == len(value) else None


def objects(value: Json) -> list[JsonObject] | None:
    """Read a list of objects; None when it is anything else."""
    if not isinstance(value, list):
        return None
    found = [item for item in value if isinstance(item, dict)]
    return found if len(found) == len(value) else None


def new_id(kind: str, number: int) -> str:
    """Make an identifier as Braze's are, the same in every run.

    Args:
        kind: Of what.
        number: How many there are before it.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {number}"))


def days_until(ending_at: Json, length: Json, now: datetime) -> list[str]:
    """List the days of a data series, oldest first.

    Args:
        ending_at: The last day; None for today.
        length: How many.
        now: The instant of the call.
    """
    last = parse_time(ending_at) or now
    count = length if isinstance(length, int) else 0
    return [f"{last - timedelta(days=back):%Y-%m-%d}" for back in range(count - 1, -1, -1)]
