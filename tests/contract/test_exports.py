"""Exports of segments as jobs, against the fake."""

from __future__ import annotations

import io
import logging
import traceback
import zipfile
from typing import TYPE_CHECKING

import pytest

from braze_engage import AnswerLost, BrazeClient, NotSent, RateLimited
from braze_engage.errors import ConfigurationError
from braze_engage.rest.exports import (
    ExportFailed,
    ExportNotReady,
    ExportRunning,
    UnreadableLine,
    UserExport,
    read_export,
)
from braze_engage.rest.users_export import ExportField, UsersExport
from braze_engage.rest.users_jobs import UsersJobs
from braze_engage.testing import FakeBraze, ManualClock
from braze_engage.testing.exports import DOWNLOADS
from tests.support.fake_calls import Caller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIELDS: list[ExportField] = ["external_id", "custom_attributes"]


@pytest.fixture
def clock(fake_braze: FakeBraze) -> ManualClock:
    fake_braze.clock = clock = ManualClock()
    return clock


@pytest.fixture
def braze(fake_braze: FakeBraze, clock: ManualClock) -> Iterator[BrazeClient]:
    with BrazeClient(fake_braze.rest_api_key, data_center=fake_braze.url, clock=clock) as client:
        yield client


def segment_of(fake: FakeBraze, *people: str) -> str:
    for person in people:
        fake.add_user(person, custom_attributes={"name": person, "secret": True})
    segment = fake.segments.add("People")
    segment.members = set(people)
    return segment.id


def refuse(line: UnreadableLine) -> None:
    raise AssertionError(line)


def start(braze: BrazeClient, segment_id: str) -> UserExport:
    return braze.users.segment_export(segment_id=segment_id, fields_to_export=FIELDS)


def archive(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("folder/", b"")
        for name, content in files.items():
            made.writestr(name, content)
    return packed.getvalue()


# ---- the rows ----


def test_the_row_answers_what_braze_documents(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    started = braze.users.export_by_segment.reply(
        segment_id=segment_of(fake_braze, "u1"), fields_to_export=["external_id"]
    )
    assert started.status == 201
    assert started.value.object_prefix in fake_braze.exports
    assert started.value.url is not None
    assert started.value.url not in repr(started)


def test_the_control_group_has_a_row_of_its_own(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    fake_braze.add_users(["u1", "u2"])
    fake_braze.exports.control_group.add("u2")
    started = braze.users.export_global_control_group(fields_to_export=["external_id"])
    assert started.message == "success"
    job = braze.users.control_group_export(fields_to_export=["external_id"])
    assert [user.external_id for user in job.wait()] == ["u2"]


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    by_segment, of_control = braze.users.export_by_segment, braze.users.export_global_control_group
    attempts: list[Callable[[], object]] = [
        lambda: by_segment(segment_id="", fields_to_export=["email"]),
        lambda: by_segment(segment_id="s", fields_to_export=[]),
        lambda: by_segment(segment_id="s", fields_to_export=["shoe_size"]),  # type: ignore[list-item]  # on purpose
        lambda: by_segment(
            segment_id="s", fields_to_export=["email"], custom_attributes_to_export=["a"] * 501
        ),
        lambda: by_segment(
            segment_id="s",
            fields_to_export=["custom_attributes"],
            custom_attributes_to_export=["a"],
        ),
        lambda: by_segment(
            segment_id="s", fields_to_export=["email"], callback_endpoint="ftp://example.test"
        ),
        lambda: of_control(fields_to_export=["email"], output_format="tar"),  # type: ignore[arg-type]  # on purpose
        lambda: of_control(fields_to_export=()),
    ]
    for wrong in attempts:
        with pytest.raises(ConfigurationError):
            wrong()
    assert fake_braze.requests == []


# ---- waiting and reading ----


def test_an_export_is_waited_for_and_read(
    braze: BrazeClient, fake_braze: FakeBraze, clock: ManualClock
) -> None:
    fake_braze.export_seconds, fake_braze.users_per_file = 100, 2
    people = [f"u{number}" for number in range(5)]
    fake_braze.add_user("outsider")
    job = start(braze, segment_of(fake_braze, *people))
    began, told = clock.now(), list[float]()
    assert job.wait(timeout=600, progress=told.append) is job
    assert 100 <= clock.now() - began < 140
    assert told == [0, 1, 3, 7, 15, 31, 61, 91]
    users = list(job)
    assert [user.external_id for user in users] == people
    assert users[0].custom_attributes == {"name": "u0", "secret": True}
    with zipfile.ZipFile(io.BytesIO(fake_braze.exports[job.object_prefix or ""].file)) as zipped:
        assert len(zipped.namelist()) == 3
    assert (job.unreadable, job.unreadable_total) == ([], 0)


def test_single_custom_attributes_are_exported(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    job = braze.users.segment_export(
        segment_id=segment_of(fake_braze, "u1"),
        fields_to_export=["external_id"],
        custom_attributes_to_export=["name", "absent"],
    )
    (user,) = job.wait()
    assert user.custom_attributes == {"name": "u1"}


def test_a_running_export_is_told_apart_from_a_rate_limit(
    braze: BrazeClient, fake_braze: FakeBraze, clock: ManualClock
) -> None:
    fake_braze.export_seconds = 1_000
    segment_id = segment_of(fake_braze, "u1")
    start(braze, segment_id)
    with pytest.raises(ExportRunning, match=r"already running.*cancel_export") as running:
        start(braze, segment_id)
    assert (running.value.status, running.value.bucket) == (429, "default")
    assert isinstance(running.value, RateLimited)
    assert running.value.__context__ is None
    braze.segments.cancel_export(segment_id=segment_id)
    start(braze, segment_id)
    fake_braze.quotas = {"default": (1, 3_600.0)}
    clock.sleep(2_000)
    with pytest.raises(RateLimited) as limited:
        start(braze, segment_id)
    assert not isinstance(limited.value, ExportRunning)


def test_the_fake_refuses_exports_that_cannot_be(fake_braze: FakeBraze) -> None:
    caller = Caller(fake_braze, host=fake_braze.url)
    known = segment_of(fake_braze, "u1")
    for segment_id, fields, more, words in (
        ("unknown", ["email"], {}, "Invalid Segment ID"),
        (known, [], {}, "'fields_to_export' is required"),
        (known, ["email"], {"output_format": "gzip"}, "a storage of your own"),
    ):
        body = {"segment_id": segment_id, "fields_to_export": fields, **more}
        answer = caller.post("/users/export/segment", body)
        assert (answer.status, words in answer.body["message"]) == (400, True)


def test_an_export_of_somebody_else_runs_too(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    segment_id = segment_of(fake_braze, "u1")
    fake_braze.segments[segment_id].running_exports = 1
    with pytest.raises(ExportRunning):
        start(braze, segment_id)


def test_only_what_runs_is_cancelled(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    first = segment_of(fake_braze, "u1")
    done = start(braze, first)
    fake_braze.export_seconds = 60
    second = fake_braze.segments.add("Others").id
    waiting = start(braze, second)
    braze.segments.cancel_export(segment_id=first)
    assert list(done.wait())
    assert list(waiting.wait())
    assert len(fake_braze.exports) == len(list(fake_braze.exports)) == 2


def test_a_hundred_exports_are_the_most_of_a_company(fake_braze: FakeBraze) -> None:
    exports = fake_braze.exports
    for number in range(100):
        exports.start(str(number), 10.0, [], 1)
    assert exports.busy("another", 5.0)
    assert exports.busy(None, 5.0)
    assert not exports.busy("another", 10.0)


def test_waiting_comes_to_an_end(
    braze: BrazeClient, fake_braze: FakeBraze, clock: ManualClock
) -> None:
    fake_braze.export_seconds = 1_000
    job = start(braze, segment_of(fake_braze, "u1"))
    began = clock.now()
    with pytest.raises(ExportNotReady, match="not ready after 60 s"):
        job.wait(timeout=60)
    assert clock.now() - began == 60
    with pytest.raises(ExportNotReady, match="call wait"):
        next(iter(job))
    assert [user.external_id for user in job.wait()] == ["u1"]


def test_a_passing_failure_of_the_storage_is_waited_out(
    braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    job = start(braze, segment_of(fake_braze, "u1"))
    fake_braze.fail(DOWNLOADS, status=503)
    fake_braze.drop(DOWNLOADS)
    job.wait()
    fake_braze.fail(DOWNLOADS, status=500)
    fake_braze.truncate(DOWNLOADS)
    assert [user.external_id for user in job] == ["u1"]


def test_a_storage_that_never_gives_the_file_is_given_up(
    braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    job = start(braze, segment_of(fake_braze, "u1")).wait()
    fake_braze.truncate(DOWNLOADS, times=5)
    with pytest.raises(AnswerLost, match="did not arrive whole"):
        list(job)
    fake_braze.fail(DOWNLOADS, status=503, times=5)
    with pytest.raises(ExportFailed, match="503: try again later"):
        list(job)
    fake_braze.fail(DOWNLOADS, status=503)
    with pytest.raises(ExportFailed, match="503: try again later"):
        list(job.users(timeout=1))
    fake_braze.fail(DOWNLOADS, status=404)
    with pytest.raises(ExportFailed, match="404"):
        start(braze, segment_of(fake_braze, "u1")).wait()


def test_redirects_are_not_followed(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    job = start(braze, segment_of(fake_braze, "u1"))
    elsewhere = {"location": f"{fake_braze.url}/elsewhere"}
    fake_braze.fail(DOWNLOADS, status=302, headers=elsewhere)
    with pytest.raises(ExportFailed, match="302"):
        job.wait()
    assert [one.path for one in fake_braze.requests if one.path == "/elsewhere"] == []


def test_an_address_that_ran_out_is_no_longer_waited_for(
    braze: BrazeClient, fake_braze: FakeBraze, clock: ManualClock
) -> None:
    job = start(braze, segment_of(fake_braze, "u1")).wait()
    clock.sleep(5 * 3_600)
    for use in (job.wait, lambda: list(job)):
        with pytest.raises(ExportFailed, match="start another export"):
            use()


def test_an_export_started_elsewhere_is_taken_up(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    url = start(braze, segment_of(fake_braze, "u1")).url
    assert url is not None
    assert [user.external_id for user in braze.users.export_at(url).wait()] == ["u1"]


def test_a_storage_of_ones_own_is_told(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    fake_braze.own_storage = True
    job = start(braze, segment_of(fake_braze, "u1"))
    assert job.url is None
    assert job.object_prefix
    for use in (job.wait, lambda: list(job)):
        with pytest.raises(ExportFailed, match=f"begin with {job.object_prefix}.*read_export"):
            use()
    there = io.BytesIO(fake_braze.exports[job.object_prefix].file)
    assert [user.external_id for user in read_export(there, on_unreadable=refuse)] == ["u1"]


def test_lines_that_are_no_profiles_are_reported(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    job = start(braze, segment_of(fake_braze, "u1")).wait()
    bad = b'{"email": 5}\nnonsense\n\n{"external_id": "u2"}'
    fake_braze.exports[job.object_prefix or ""].file = archive(a=b'{"external_id": "u1"}\n', b=bad)
    assert [user.external_id for user in job] == ["u1", "u2"]
    assert [(one.file, one.line) for one in job.unreadable] == [("b", 1), ("b", 2)]
    assert "@ $.email" in job.unreadable[0].problems[0]
    assert job.unreadable[1].problems == ("no JSON @ $",)
    fake_braze.exports[job.object_prefix or ""].file = archive(a=b"x\n" * 150)
    assert list(job) == []
    assert (len(job.unreadable), job.unreadable_total) == (100, 150)


def test_what_is_no_archive_is_damaged(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    job = start(braze, segment_of(fake_braze, "u1")).wait()
    fake_braze.exports[job.object_prefix or ""].file = b"<html>"
    with pytest.raises(ExportFailed, match="damaged"):
        list(job)


# ---- what must not happen ----


def test_no_key_goes_along(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    job = start(braze, segment_of(fake_braze, "u1")).wait()
    assert list(job)
    downloads = [one for one in fake_braze.requests if one.path.startswith(DOWNLOADS)]
    assert len(downloads) == 2
    for one in downloads:
        assert "authorization" not in one.headers
        assert fake_braze.rest_api_key not in str(one.headers)
    answer = fake_braze.session().get(job.url or "", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 400


def test_the_address_shows_nowhere(
    braze: BrazeClient, fake_braze: FakeBraze, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="braze_engage")
    job = start(braze, segment_of(fake_braze, "u1"))
    token = (job.url or "").partition("?")[2]
    assert token
    assert token not in f"{job} {job!r} {vars(job)}"
    fake_braze.fail(DOWNLOADS, status=404)
    fake_braze.truncate(DOWNLOADS, times=5)
    errors: list[Exception] = []
    for use in (job.wait, lambda: list(job)):
        with pytest.raises((ExportFailed, AnswerLost)) as caught:
            use()
        errors.append(caught.value)
    gone = braze.users.export_at(f"http://127.0.0.1:1/exports/x?{token}")
    with pytest.raises(NotSent) as lost:
        list(gone)
    for error in (*errors, lost.value):
        printed = "".join(traceback.TracebackException.from_exception(error).format())
        assert token not in printed
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        inside = [frame for frame in frames if "braze_engage" in frame.f_code.co_filename]
        assert [frame for frame in inside if token in repr(frame.f_locals)] == []
    assert token not in caplog.text


@pytest.mark.parametrize(
    "url", ["http://example.test/file", "ftp://example.test/file", "https://user@example.test/"]
)
def test_only_https_is_used(braze: BrazeClient, fake_braze: FakeBraze, url: str) -> None:
    job = braze.users.export_at(url)
    for use in (job.wait, lambda: list(job)):
        with pytest.raises(ConfigurationError):
            use()
    assert fake_braze.requests == []


def test_an_address_that_is_none_is_refused(braze: BrazeClient) -> None:
    with pytest.raises(ConfigurationError, match="ExportAddress"):
        braze.users.export_at("")


def test_jobs_need_a_whole_client() -> None:
    class OnlyRows:
        perform = None

    with pytest.raises(ConfigurationError, match="jobs need a BrazeClient"):
        UsersJobs(OnlyRows()).export_at("https://example.test/x")  # type: ignore[arg-type]  # on purpose


def test_the_rows_stay_as_they_are() -> None:
    assert UsersExport.export_by_segment.replay.name == "IF_UNSENT"
    assert UsersJobs.operations() == ()
