"""Times of calls."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from braze_engage.engage.outcomes import Reason, Unreadable
from braze_engage.engage.times import parse_time, read_stamps

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
NINE = 1_793_610_900 * SECOND  # 2026-11-02T09:15:00Z


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("2026-11-02T09:15:00.066Z", NINE + 66 * MILLISECOND),
        ("2026-11-02T09:15:00.066179717Z", NINE + 66_179_717),
        ("2026-11-02T09:15:00.0661797179Z", NINE + 66_179_717),
        ("2026-11-02T09:15:00.5Z", NINE + SECOND // 2),
        ("2026-11-02T09:15:00.000001Z", NINE + 1000),
        ("2026-11-02T09:15:00Z", NINE),
        ("2026-11-02T09:15Z", NINE),
        ("2026-11-02t09:15:00z", NINE),
        ("2026-11-02 09:15:00", NINE),
        ("2026-11-02T09:15:00.066", NINE + 66 * MILLISECOND),
        ("2026-11-02T09:15:00,066Z", NINE + 66 * MILLISECOND),
        ("2026-11-02 09:15:00 UTC", NINE),
        ("2026-11-02 09:15:00.066 +0000", NINE + 66 * MILLISECOND),
        ("2026-11-02T10:15:00.066+01:00", NINE + 66 * MILLISECOND),
        ("2026-11-02T10:15:00+0100", NINE),
        ("2026-11-02T10:15:00+01", NINE),
        ("2026-11-02T03:45:00.066-05:30", NINE + 66 * MILLISECOND),
        ("2026-11-02", NINE - (9 * 60 + 15) * 60 * SECOND),
        ("1970-01-01T00:00:00.000Z", 0),
        ("1969-12-31T23:59:59.999Z", -MILLISECOND),
        ("2024-02-29T00:00:00.000Z", 1_709_164_800 * SECOND),
        ("0001-01-01T00:00:00+23:59", -62_135_596_800 * SECOND - 86_340 * SECOND),
    ],
)
def test_readable(text: str, nanoseconds: int) -> None:
    assert parse_time(text) == nanoseconds


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "yesterday",
        "05/01/2024",
        "May 1, 2024",
        "2024",
        "2024-5-1",
        "1714521600",
        "1714521600000",
        1714521600,
        1714521600000,
        1714521600.5,
        True,
        None,
        [],
        {},
        b"2026-11-02T09:15:00.066Z",
        # no such day or time
        "2026-02-30T00:00:00.000Z",
        "2026-02-30",
        "2023-02-29T00:00:00Z",
        "2026-13-01T00:00:00.000Z",
        "2026-00-01",
        "0000-01-01",
        "2026-11-02T24:00:00.000Z",
        "2026-11-02T25:00:00",
        "2026-11-02T09:60:00.000Z",
        "2026-11-02T23:59:60.000Z",
        "2026-11-02T09:15:00+24:00",
        "2026-11-02T09:15:00+01:60",
        # ISO 8601 that nobody means
        "2026-W45-1T09:15:00.066Z",
        "20261102T091500Z",
        "2026-306T09:15:00Z",
        "2026-11-02T09",
        # broken in the last place
        "2026-11-02T09:15:00.Z",
        "2026-11-02T09:15:00.+01Z",
        "2026-11-02T09:15:00.06 Z",
        "2026-11-02T09:15:00.1_0Z",
        "2026-11-02T09:15:00.066ZZ",
        " 2026-11-02T09:15:00.066Z",
        "2026-11-02T09:15:00.066Z\n",
        # digits of another script
        "2026-11-02T09:15:00.\u0660\u0666\u0666Z",
        "\u0662\u0660\u0662\u0666-11-02T09:15:00.066Z",
        "2026-11-02T09:15:00.06\u00b2Z",
    ],
)
def test_unreadable(value: object) -> None:
    assert parse_time(value) is None


@pytest.mark.parametrize(
    ("moment", "nanoseconds"),
    [
        (datetime(2026, 11, 2, 9, 15, tzinfo=timezone.utc), NINE),
        (datetime(2026, 11, 2, 9, 15, 0, 66179), NINE + 66_179_000),  # noqa: DTZ001 - a row without zone
        (datetime(2026, 11, 2, 10, 15, tzinfo=timezone(timedelta(hours=1))), NINE),
        (datetime(2026, 11, 2, 3, 45, tzinfo=timezone(-timedelta(hours=5, minutes=30))), NINE),
        (
            datetime(2026, 11, 2, 9, 15, tzinfo=timezone(timedelta(microseconds=250))),
            NINE - 250_000,
        ),
        (datetime(1, 1, 1, tzinfo=timezone.utc), -62_135_596_800 * SECOND),
        (date(2026, 11, 2), NINE - (9 * 60 + 15) * 60 * SECOND),
    ],
)
def test_rows_of_a_warehouse(moment: date, nanoseconds: int) -> None:
    assert parse_time(moment) == nanoseconds


def test_not_a_time_of_a_data_frame() -> None:
    class NotATime(datetime):
        def toordinal(self) -> int:
            raise ValueError("not a time")

    assert parse_time(NotATime(2026, 11, 2)) is None


def stamps(**raw: object) -> tuple[int, int | None, tuple[str, ...]]:
    return read_stamps(raw, now_ns=7)


AT = "2026-11-02T09:15:00.066Z"
AT_NS = NINE + 66 * MILLISECOND


@pytest.mark.parametrize(
    ("timestamp", "original", "nanoseconds"),
    [
        (AT, None, AT_NS),
        (AT, AT, AT_NS),
        (AT, "2026-11-02T09:15:00.066179717Z", AT_NS + 179_717),
        (AT, "2026-11-02T10:15:00.066179717+01:00", AT_NS + 179_717),
        (AT, "2026-11-02 09:15:00.066179", AT_NS + 179_000),
        ("2026-11-02T10:15:00.066+01:00", "2026-11-02T09:15:00.066179717Z", AT_NS + 179_717),
        # not the same millisecond: the clock of the sender was corrected
        (AT, "2026-11-02T09:15:00.067179717Z", AT_NS),
        (AT, "2026-11-02T08:15:00.066179717Z", AT_NS),
        ("2026-11-02T09:15:00Z", "2026-11-02T09:15:00.5Z", NINE),
        ("2026-11-02T09:15:00.06Z", "2026-11-02T09:15:00.066Z", NINE + 60 * MILLISECOND),
        # nothing that timestamp lacks
        ("2026-11-02T09:15:00.066179Z", AT, AT_NS + 179_000),
        # unreadable and not needed
        (AT, "", AT_NS),
        (AT, "yesterday", AT_NS),
        (AT, 17, AT_NS),
        (AT, AT[:-1] + "x5Z", AT_NS),
        (
            datetime(2026, 11, 2, 9, 15, tzinfo=timezone.utc),
            "2026-11-02T09:15:00.0001Z",
            NINE + 100_000,
        ),
    ],
)
def test_nanoseconds_of_the_original(timestamp: object, original: object, nanoseconds: int) -> None:
    assert stamps(timestamp=timestamp, originalTimestamp=original)[0] == nanoseconds


def test_fallbacks() -> None:
    original = "2026-11-02T09:15:00.000000001Z"
    received = "2026-11-02T09:15:01.000Z"
    every = stamps(timestamp=AT, originalTimestamp=original, receivedAt=received)
    assert every == (AT_NS, NINE + SECOND, ())
    assert stamps(timestamp=None, originalTimestamp=original, receivedAt=received)[0] == NINE + 1
    assert stamps(receivedAt=received) == (NINE + SECOND, NINE + SECOND, ())
    assert stamps() == (7, None, ())


def test_names_of_a_warehouse() -> None:
    assert stamps(original_timestamp=AT, received_at=AT) == (AT_NS, AT_NS, ())


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("timestamp", {"timestamp": "", "receivedAt": AT}),
        ("timestamp", {"timestamp": "yesterday", "originalTimestamp": AT}),
        ("timestamp", {"timestamp": 1714521600}),
        ("originalTimestamp", {"originalTimestamp": "", "receivedAt": AT}),
        ("receivedAt", {"receivedAt": "soon"}),
    ],
)
def test_an_unreadable_time_is_refused(field: str, raw: dict[str, object]) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_stamps(raw, now_ns=7)
    assert refusal.value.reason is Reason.BAD_TIME
    assert refusal.value.detail.startswith(field)
    assert "ISO 8601" in refusal.value.detail


def test_an_unreadable_arrival_counts_as_absent() -> None:
    time_ns, received_ns, (warning,) = stamps(timestamp=AT, receivedAt="soon")
    assert (time_ns, received_ns) == (AT_NS, None)
    assert "receivedAt" in warning


def test_a_clock_that_is_ahead() -> None:
    on_the_edge = stamps(
        timestamp="2026-11-02T09:20:00.000Z", receivedAt="2026-11-02T09:15:00.000Z"
    )
    assert on_the_edge == (NINE + 300 * SECOND, NINE, ())
    time_ns, received_ns, (warning,) = stamps(
        timestamp="2026-11-02T09:20:00.001Z", receivedAt="2026-11-02T09:15:00.000Z"
    )
    assert time_ns == received_ns == NINE
    assert "five minutes" in warning
