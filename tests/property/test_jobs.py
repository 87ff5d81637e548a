"""Laws of exports and erasures."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage import BrazeClient
from braze_engage.rest.export_files import UnreadableLine, read_export
from braze_engage.testing import FakeBraze, ManualClock

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
PROFILES = st.fixed_dictionaries({"external_id": NAMES}, optional={"first_name": NAMES})
WRONG = st.sampled_from([b"nonsense", b"[]", b'{"external_id": 5}', b"\xff", b'"text"'])
LINES = st.lists(st.one_of(PROFILES, WRONG), max_size=12)
ADDRESSES = st.sampled_from(["ana@example.test", "bo@example.test", None])


def encoded(line: Any) -> bytes:
    return line if isinstance(line, bytes) else json.dumps(line).encode()


@given(files=st.lists(LINES, max_size=4), blanks=st.integers(0, 2))
def test_every_line_is_a_profile_or_reported(files: list[list[Any]], blanks: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for number, lines in enumerate(files):
            content = (b"\n" * (blanks + 1)).join(map(encoded, lines))
            made.writestr(f"{number}", content)
    bad: list[UnreadableLine] = []
    users = list(read_export(packed, on_unreadable=bad.append))
    profiles = [line for lines in files for line in lines if not isinstance(line, bytes)]
    assert [user.external_id for user in users] == [line["external_id"] for line in profiles]
    assert [user.first_name for user in users] == [line.get("first_name") for line in profiles]
    assert [(one.file, one.line) for one in bad] == [
        (f"{number}", index * (blanks + 1) + 1)
        for number, lines in enumerate(files)
        for index, line in enumerate(lines)
        if isinstance(line, bytes)
    ]


@given(people=st.sets(NAMES, max_size=12), per_file=st.integers(1, 5), seconds=st.integers(0, 900))
@settings(max_examples=30)
def test_an_export_holds_everyone_in_the_segment(
    people: set[str], per_file: int, seconds: int
) -> None:
    clock = ManualClock()
    fake = FakeBraze(clock=clock, users_per_file=per_file, export_seconds=seconds)
    fake.add_users(people)
    segment = fake.segments.add("Everyone")
    braze = BrazeClient(
        "fake-rest-api-key", data_center="US-06", session=fake.session(), clock=clock
    )
    job = braze.users.segment_export(segment_id=segment.id, fields_to_export=["external_id"])
    assert {user.external_id for user in job.wait()} == people
    fake.check()


@given(
    people=st.lists(st.tuples(st.booleans(), ADDRESSES), max_size=70),
    lag=st.integers(0, 250),
    reorder=st.booleans(),
)
@settings(max_examples=40)
def test_an_erasure_takes_everyone_behind_an_address_and_nobody_else(
    people: list[tuple[bool, str | None]],
    lag: int,
    reorder: bool,
) -> None:
    clock = ManualClock()
    fake = FakeBraze(clock=clock)
    for number, (identified, email) in enumerate(people):
        device = f"device-{number:04d}"
        fake.add_user(f"u{number}" if identified else None, devices=[device], email=email)
    others = {one.number for one in fake.users.everyone if one.email != "ana@example.test"}
    fake.lag, fake.reorder = lag, reorder
    braze = BrazeClient(
        "fake-rest-api-key", data_center="US-06", session=fake.session(), clock=clock
    )
    receipt = braze.users.erase(email="ana@example.test")
    assert receipt.complete
    assert receipt.found == receipt.deleted == len(people) - len(others)
    assert {one.number for one in fake.users.everyone} == others
    fake.check()
