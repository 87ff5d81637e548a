"""A run that is watched: hooks, the log, and progress."""

from __future__ import annotations

import gzip
import json
import logging
import sys
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import (
    BrazeClient,
    CallOutcome,
    ConfigurationError,
    Delivery,
    EngageRules,
    EngageSync,
    FakeBraze,
    Hook,
    Reason,
    RunStopped,
    Standing,
    UserAttributes,
    read_calls,
)
from braze_engage.sync.progress import TqdmProgress, progress_of
from tests.support.clocks import START, SharedClock
from tests.support.lasting import ONCE, event, trait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from braze_engage import BrazeError, Endpoint

MARK = "zx81mark"
TRACK = "/users/track"


class Everything(Hook):
    def __init__(self) -> None:
        self.requests: list[Endpoint] = []
        self.retries: list[BrazeError] = []
        self.waits: list[float | None] = []
        self.ended: list[CallOutcome] = []

    def on_request(self, endpoint: Endpoint, _: int, /) -> None:
        self.requests.append(endpoint)

    def on_retry(self, _: Endpoint, __: int, error: BrazeError, ___: float, /) -> None:
        self.retries.append(error)

    def on_wait(self, _: Endpoint, __: float, opens: float | None, /) -> None:
        self.waits.append(opens)

    def on_outcome(self, ended: CallOutcome, /) -> None:
        self.ended.append(ended)


class Outcomes:
    """Derives from nothing and has one method."""

    def __init__(self) -> None:
        self.ended: list[CallOutcome] = []

    def on_outcome(self, ended: CallOutcome) -> None:
        self.ended.append(ended)


@pytest.fixture
def clock() -> SharedClock:
    return SharedClock()


@pytest.fixture
def fake(clock: SharedClock) -> Iterator[FakeBraze]:
    with FakeBraze(clock=clock) as server:
        yield server


def client_of(fake: FakeBraze, **options: Any) -> BrazeClient:  # Any: of BrazeClient
    given = {"retry": ONCE, "clock": fake.clock, **options}
    return BrazeClient(fake.rest_api_key, data_center=fake.url, **given)


def sync_of(fake: FakeBraze, **options: Any) -> EngageSync:  # Any: of EngageSync
    rules = EngageRules(traits=Delivery.IDENTIFY | Delivery.TRACK)
    given = {"rest": client_of(fake), "settle": 0.0, "concurrency": 4, **options}
    return EngageSync(rules=rules, **given)


def calls() -> list[object]:
    people = [f"{MARK}-{number}" for number in range(30)]
    return [
        *(trait(person, 1, message_id=f"m-{person}", ltv=MARK) for person in people),
        event(people[0], 2),
        [trait(f"{MARK}-x", 3, ltv=2), {"type": "group"}],
        b"no json",
    ]


# ---- hooks ----


def test_a_hook_is_told_of_each_outcome_once_and_of_each_request(fake: FakeBraze) -> None:
    hook = Everything()
    fake.fail(TRACK, status=503)
    report = sync_of(fake, hooks=[hook]).run(calls())
    assert len(hook.ended) == report.calls == 34
    assert Counter(ended.reason for ended in hook.ended) == report.reasons
    assert [endpoint.path for endpoint in hook.requests] == [TRACK] * len(fake.requests)
    assert len(hook.retries) == 1
    assert hook.waits == [None]


def test_it_learns_the_computation_the_delivery_and_nobodys_identifier(fake: FakeBraze) -> None:
    hook = Everything()
    sync_of(fake, hooks=[hook]).run(calls())
    (tracked,) = (ended for ended in hook.ended if ended.delivery is Delivery.TRACK)
    assert (tracked.key, tracked.outcome, tracked.position) == ("ltv", "sent", 30)
    (broken,) = (ended for ended in hook.ended if ended.reason is Reason.NOT_JSON)
    assert (broken.key, broken.delivery, broken.position) == (None, None, 32)
    assert {ended.index for ended in hook.ended if ended.position == 31} == {0, 1}
    shown = [repr(ended) for ended in hook.ended if ended.message_id is None]
    assert shown
    assert MARK not in "".join(shown)
    assert MARK not in repr(hook.requests)


def test_a_hook_may_implement_only_what_it_wants(fake: FakeBraze) -> None:
    hook = Outcomes()
    report = sync_of(fake, hooks=[hook]).run(calls())
    assert len(hook.ended) == report.calls


@pytest.mark.parametrize("method", ["on_request", "on_retry", "on_wait", "on_outcome"])
def test_a_hook_that_raises_loses_no_call(
    fake: FakeBraze, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    hook: Any = type("Broken", (), {method: broken})()
    after = Outcomes()
    fake.fail(TRACK, status=503)
    report = sync_of(fake, hooks=[hook, after]).run(calls())
    assert report.outcomes["sent"] == 32
    assert len(after.ended) == report.calls
    assert "the hook Broken failed" in caplog.messages


def test_one_given_to_the_client_too_is_told_once(fake: FakeBraze) -> None:
    hook = Everything()
    rest = client_of(fake, hooks=[hook])
    sync_of(fake, rest=rest, hooks=[hook]).run(calls())
    assert len(hook.requests) == len(fake.requests)


def test_clients_keep_their_hooks_to_themselves(fake: FakeBraze) -> None:
    hook = Everything()
    rest = client_of(fake)
    sync_of(fake, rest=rest, hooks=[hook]).run(calls())
    told = len(hook.requests)
    rest.users.track(attributes=[UserAttributes(external_id="u1", custom={"a": 1})])
    assert len(hook.requests) == told


@pytest.mark.parametrize("hooks", [[object()], Everything()])
def test_what_is_no_hook_is_refused(fake: FakeBraze, hooks: object) -> None:
    with pytest.raises(ConfigurationError, match="hooks"):
        sync_of(fake, hooks=hooks)


# ---- the log ----


def test_the_log_tells_of_runs_failures_and_oddities_and_of_nobody(
    fake: FakeBraze, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "braze_engage")
    fake.refuse_items(lambda one: "ltv" in one, text=f"{MARK} is not allowed")
    sync_of(fake).run(calls())
    told = [record for record in caplog.records if record.name == "braze_engage.sync"]
    lines = [record.getMessage() for record in told]
    assert lines[0] == "a run begins"
    assert lines[-1].startswith("the run took ")
    warned = {record.getMessage() for record in told if record.levelno == logging.WARNING}
    assert "calls end as rejected: Braze refused it (31 times)" in warned
    assert "calls end as malformed: the text is not valid JSON" in warned
    assert MARK not in caplog.text


def test_the_log_says_what_stopped_a_run(fake: FakeBraze, caplog: pytest.LogCaptureFixture) -> None:
    fake.fail(TRACK, status=401, body=f'{{"message": "{MARK}"}}', times=9)
    with pytest.raises(RunStopped):
        sync_of(fake).run(calls())
    assert "401 from POST /users/track - check the key" in caplog.text
    assert MARK not in caplog.text


# ---- progress ----


class Shown:
    """A progress of the caller's own."""

    def __init__(self) -> None:
        self.seen: list[Standing] = []
        self.closed = 0

    def update(self, standing: Standing) -> None:
        self.seen.append(standing)

    def close(self) -> None:
        self.closed += 1


def test_progress_begins_with_nothing_and_ends_with_all(fake: FakeBraze) -> None:
    shown = Shown()
    sync = sync_of(fake, progress=shown)
    for _ in range(2):
        report = sync.run(calls())
    assert shown.closed == 2
    assert (shown.seen[0].done, shown.seen[0].total, shown.seen[0].calls) == (0, 33, 0)
    last = shown.seen[-1]
    assert (last.done, last.total, last.calls) == (33, 33, 34)
    assert last.outcomes == {name: count for name, count in report.outcomes.items() if count}
    assert last.requests == report.requests


def test_progress_may_be_a_function_and_the_source_without_length(fake: FakeBraze) -> None:
    seen: list[Standing] = []
    sync_of(fake, progress=seen.append).run(iter(calls()))
    assert (seen[-1].done, seen[-1].total, seen[-1].left) == (33, None, None)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_has_about_the_length_its_size_tells(
    fake: FakeBraze, tmp_path: Path, packed: bool
) -> None:
    seen: list[Standing] = []
    lines = b"\n".join(json.dumps(trait(f"u{number}", 1, ltv=1)).encode() for number in range(300))
    path = tmp_path / "calls.jsonl"
    path.write_bytes(gzip.compress(lines) if packed else lines)
    source = read_calls(path)
    sync_of(fake, progress=seen.append).run(source)
    assert (seen[0].total, seen[-1].total) == (None, 300)
    first = iter(source)
    for _ in range(10):
        next(first)
    expected = source.expected()
    assert expected is not None
    assert 10 <= expected <= (300 if packed else 310)


def test_progress_that_raises_changes_nothing(
    fake: FakeBraze, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Standing) -> None:
        raise ZeroDivisionError

    report = sync_of(fake, progress=broken).run(calls())
    assert report.outcomes["sent"] == 32
    assert "the hook CallableProgress failed" in caplog.text


def test_it_is_shown_from_the_first_moment_and_while_the_run_waits(fake: FakeBraze) -> None:
    seen = threading.Event()

    def show(standing: Standing) -> None:
        if standing.done == 30:
            seen.set()

    def slow() -> Iterator[object]:
        yield from calls()[:30]
        assert seen.wait(20)

    assert sync_of(fake, progress=show).run(slow()).outcomes["sent"] == 30


def test_a_wait_for_quota_is_told_with_its_end(clock: SharedClock) -> None:
    hook = Everything()
    quotas = {"users_track_hour": (2, 3_600.0)}
    with FakeBraze(clock=clock, dialect="mau", quotas=quotas) as fake:
        sync = sync_of(fake, hooks=[hook], concurrency=1, progress=lambda _: None)
        report = sync.run(trait(f"u{number}", 1, ltv=number) for number in range(75 * 3))
    assert report.outcomes["sent"] == 75 * 3
    assert START + 3_600 in hook.waits


class HeldClock(SharedClock):
    """Lets nobody sleep through a long wait before somebody has looked."""

    def __init__(self) -> None:
        super().__init__()
        self.is_long = False
        self.seen = threading.Event()

    def sleep(self, seconds: float) -> None:
        assert not self.is_long or self.seen.wait(20)
        super().sleep(seconds)


@pytest.mark.parametrize("is_outage", [True, False])
@pytest.mark.parametrize("deadline", [60.0, 7_200.0])
def test_progress_says_what_the_run_waits_for(is_outage: bool, deadline: float) -> None:
    clock = HeldClock()
    shown: set[str] = set()

    class Looking(Hook):
        def on_wait(self, _: Endpoint, seconds: float, __: float | None, /) -> None:
            clock.is_long = seconds >= 30

    def show(standing: Standing) -> None:
        if standing.waits_for:
            shown.add(standing.waits_for)
            clock.seen.set()

    quotas = {"users_track_hour": (1_000 if is_outage else 2, 3_600.0)}
    with FakeBraze(clock=clock, dialect="mau", quotas=quotas) as fake:
        if is_outage:
            fake.fail(TRACK, status=503, times=2)
        sync = sync_of(
            fake,
            rest=client_of(fake, deadline=deadline),
            concurrency=1,
            hooks=[Looking()],
            progress=show,
        )
        report = sync.run(trait(f"u{number}", 1, ltv=number) for number in range(75 * 3))
    assert report.outcomes["sent"] == 75 * 3
    said = "Braze out of reach since" if is_outage else "quota until"
    assert shown
    assert all(one.startswith(said) for one in shown)


@pytest.mark.parametrize("value", [3, "bar", object()])
def test_what_shows_no_progress_is_refused(value: object) -> None:
    with pytest.raises(ConfigurationError, match="progress: got"):
        progress_of(value)


@pytest.mark.parametrize("value", [None, False])
def test_no_progress_is_none(value: object) -> None:
    assert progress_of(value) is None


def test_without_tqdm_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'braze_engage\[progress\]'"):
        EngageSync(rest=BrazeClient("key", data_center="US-06"), progress=True)


class Bar:
    """Stands in for tqdm: counts as it does."""

    def __init__(self, *, total: int | None, initial: int, **_: object) -> None:
        self.total = total
        self.n = self.initial = initial
        self.text = ""
        self.closed = False

    def set_postfix_str(self, text: str, *, refresh: bool) -> None:
        assert not refresh
        self.text = text

    def update(self, count: int) -> None:
        self.n += count

    def refresh(self) -> None:
        assert not self.closed

    def close(self) -> None:
        self.closed = True


def standing(done: int, **changes: Any) -> Standing:  # Any: of Standing
    given = {"total": 100, "outcomes": {"sent": done}, "requests": 1, "seconds": 1.0, "rate": 5.0}
    return Standing(done=done, **{**given, **changes})


def test_a_bar_shows_items_outcomes_and_waits() -> None:
    bars: list[Bar] = []

    def make(**options: Any) -> Bar:
        bars.append(Bar(**options))
        return bars[-1]

    progress = TqdmProgress(make)
    progress.update(standing(0))
    (bar,) = bars
    progress.update(standing(50, skipped=40, waits_for="quota until 14:00"))
    assert (bar.total, bar.n, bar.initial) == (100, 50, 40)
    assert bar.text == "50 sent, quota until 14:00"
    progress.update(standing(60, outcomes={"sent": 2, "filtered": 1}))
    assert (bar.n, bar.text) == (60, "1 filtered, 2 sent")
    progress.close()
    progress.close()
    assert bar.closed
    progress.update(standing(0))
    assert len(bars) == 2


def test_a_real_bar_is_drawn(fake: FakeBraze, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    sync_of(fake, progress=True).run(calls())
    drawn = capsys.readouterr().err
    assert "33/33" in drawn
    assert "items/s" in drawn
    assert "32 sent" in drawn
