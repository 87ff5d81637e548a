from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from functools import partialmethod
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from braze_engage.__main__ import main
from braze_engage.sync.state_owner import lock
from braze_engage.sync.state_turn import Turn
from braze_engage.testing import FakeBraze
from tests.support.changes import AUDIENCE, call
from tests.support.sample import sample_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from braze_engage import Standing


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBraze]:
    with FakeBraze() as server:
        monkeypatch.setenv("BRAZE_DATA_CENTER", server.url)
        monkeypatch.setenv("BRAZE_PARTNER", server.partner)
        monkeypatch.setenv("BRAZE_DATA_IMPORT_KEY", server.data_import_key)
        monkeypatch.setenv("BRAZE_PARTNER_KEY", server.partner_key)
        monkeypatch.setenv("BRAZE_REST_API_KEY", server.rest_api_key)
        yield server


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    path = tmp_path / "calls.jsonl.gz"
    lines = "\n".join(json.dumps(call(f"u{number}")) for number in range(3))
    path.write_bytes(gzip.compress(lines.encode()))
    return path


def test_the_main_job_shows_outcomes_and_cohorts() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "braze_engage"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "419 calls" in done.stdout
    for word in ("sent", "malformed", "dormant_shopper", "members"):
        assert word in done.stdout


def test_sync_sends_a_file(
    fake: FakeBraze, calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.add_users(["u0", "u1", "u2"])
    assert main(["sync", str(calls)]) == 0
    assert fake.cohorts[AUDIENCE].members == {"u0", "u1", "u2"}
    assert "3 calls" in capsys.readouterr().out


@pytest.mark.parametrize("is_terminal", [True, False])
def test_sync_shows_progress_to_who_watches(
    fake: FakeBraze, calls: Path, is_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Standing] = []

    class Bar:
        def update(self, standing: Standing) -> None:
            shown.append(standing)

        def close(self) -> None: ...

    monkeypatch.setattr("braze_engage.sync.progress.TqdmProgress", Bar)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    assert main(["sync", str(calls)]) == 0
    assert [standing.done for standing in shown[-1:]] == [3] * is_terminal


def test_without_tqdm_nothing_is_shown(
    fake: FakeBraze, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["sync", str(calls)]) == 0


def test_a_dry_run_needs_no_keys_and_sends_nothing(
    fake: FakeBraze,
    calls: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("BRAZE_DATA_IMPORT_KEY", "BRAZE_PARTNER_KEY", "BRAZE_DATA_CENTER"):
        monkeypatch.delenv(name)
    assert main(["sync", str(calls), "--dry-run"]) == 0
    assert "vip" in capsys.readouterr().out
    assert len(fake.requests) == 0


def test_failures_give_exit_code_1(fake: FakeBraze, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text("{\n")
    assert main(["sync", str(path)]) == 1
    assert main(["sync", str(path), "--dry-run"]) == 1
    assert len(fake.requests) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sync", "nowhere.jsonl"], "nowhere.jsonl"),
        (["data-center", "sdk.iad-06.braze.com"], "rest.iad-06.braze.com"),
    ],
)
def test_wrong_input_gives_exit_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


def test_why_asks_braze_if_told_to(
    fake: FakeBraze, calls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = str(tmp_path / "engage.db")
    assert main(["sync", str(calls), "--state", state]) == 0
    capsys.readouterr()
    question = ["why", "u1", "vip", "--state", state]
    assert main(question) == 0
    assert "does not know the person" not in capsys.readouterr().out
    assert main([*question, "--ask"]) == 0
    assert "Braze does not know the person" in capsys.readouterr().out


def test_asking_needs_a_key(
    fake: FakeBraze, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: Path
) -> None:
    state = str(tmp_path / "engage.db")
    assert main(["sync", str(calls), "--state", state]) == 0
    monkeypatch.delenv("BRAZE_REST_API_KEY")
    assert main(["why", "u1", "vip", "--state", state, "--ask"]) == 2


def impatient(turn: Turn, wait_for: Callable[[Turn, int], None], descriptor: int) -> None:
    turn._timeout = 0.0
    wait_for(turn, descriptor)


def test_a_state_file_that_is_in_use_gives_exit_code_75(
    fake: FakeBraze,
    calls: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = tmp_path / "engage.db"
    monkeypatch.setattr(Turn, "_wait_for", partialmethod(impatient, Turn._wait_for))
    held = os.open(tmp_path / "engage.db-turn", os.O_CREAT | os.O_RDWR, 0o600)
    assert lock(held)
    before = fake.requests_total
    assert main(["sync", str(calls), "--state", str(state)]) == 75
    assert "in use by a run of another process" in capsys.readouterr().err
    assert fake.requests_total == before
    os.close(held)
    assert main(["sync", str(calls), "--state", str(state)]) == 0


def test_wrong_usage_gives_exit_code_2() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["sinc"])
    assert caught.value.code == 2


@pytest.mark.parametrize(
    "name", ["BRAZE_DATA_IMPORT_KEY", "BRAZE_PARTNER_KEY", "BRAZE_PARTNER", "BRAZE_DATA_CENTER"]
)
def test_a_missing_setting_is_named(
    fake: FakeBraze,
    calls: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv(name)
    assert main(["sync", str(calls)]) == 2
    assert name in capsys.readouterr().err
    assert len(fake.requests) == 0


def test_refused_keys_give_exit_code_3(
    fake: FakeBraze, calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.cohorts_enabled = False
    assert main(["sync", str(calls)]) == 3
    assert main(["check"]) == 3
    shown = capsys.readouterr()
    assert fake.data_import_key not in shown.out + shown.err


def test_check_finds_good_keys(fake: FakeBraze, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out.count("OK") == 2
    assert fake.cohorts == {}


def test_check_works_with_either_key_alone(
    fake: FakeBraze, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BRAZE_PARTNER_KEY")
    assert main(["check"]) == 0
    monkeypatch.delenv("BRAZE_REST_API_KEY")
    assert main(["check"]) == 2
    assert "BRAZE_REST_API_KEY" in capsys.readouterr().err
    assert fake.cohorts == {}


def test_check_without_an_answer_is_no_success(
    fake: FakeBraze, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BRAZE_PARTNER_KEY")
    fake.fail("/users/track", status=500, times=100)
    monkeypatch.setenv("BRAZE_DATA_CENTER", "http://127.0.0.1:9")
    assert main(["check"]) == 1
    fake.reset()


def test_a_stopped_run_gives_exit_code_75(
    fake: FakeBraze, calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.fail("/partners/segment/cohorts", status=404, json={"message": "Invalid URL"})
    assert main(["sync", str(calls)]) == 75
    shown = capsys.readouterr()
    assert "stopped after 3 items" in shown.err
    assert "failed" in shown.out


def test_explain_says_what_becomes_of_each_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(b"\n".join(sample_lines()))
    assert main(["explain", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.count("outcome") == 419
    assert "item 129[0]" in out


def test_data_center_shows_the_instance(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data-center", "https://dashboard-06.braze.com/x?y"]) == 0
    out = capsys.readouterr().out
    assert "US-06" in out
    assert "https://rest.iad-06.braze.com" in out


def test_a_reader_who_stops_reading_is_no_error() -> None:
    shell = subprocess.Popen(
        [sys.executable, "-m", "braze_engage"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert shell.stdout is not None
    assert shell.stderr is not None
    with shell.stdout, shell.stderr:
        shell.stdout.close()
        assert shell.stderr.read() == b""
    assert shell.wait() == 0


def test_the_main_job_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "Cohorts in the fake Braze afterwards" in capsys.readouterr().out


def test_a_damaged_file_is_a_matter_of_usage(
    fake: FakeBraze, calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls.write_bytes(calls.read_bytes()[:-9])
    for command in (["sync", str(calls)], ["sync", str(calls), "--dry-run"]):
        assert main(command) == 2
        assert "cut short" in capsys.readouterr().err
    assert main(["explain", str(calls)]) == 2
    assert fake.data_import_key not in capsys.readouterr().err


def test_sync_with_a_state_file_sends_nothing_twice_and_why_tells(
    fake: FakeBraze, calls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = str(tmp_path / "engage.db")
    assert main(["sync", str(calls), "--dry-run", "--state", state]) == 0
    assert not Path(state).exists()
    assert main(["sync", str(calls), "--state", state]) == 0
    before = len(fake.requests)
    assert main(["sync", str(calls), "--state", state]) == 0
    assert main(["sync", str(calls), "--dry-run", "--state", state]) == 0
    assert len(fake.requests) == before
    capsys.readouterr()
    assert main(["why", "u1", "vip", "--state", state]) == 0
    assert "Sent to the cohort just now, as in the audience" in capsys.readouterr().out
    assert main(["why", "u1", "vip", "--state", str(tmp_path / "other.db")]) == 2
    assert "no file" in capsys.readouterr().err
    assert not (tmp_path / "other.db").exists()


@pytest.mark.parametrize("option", [["--checkpoint", "mine"], ["--from-start"]])
def test_a_checkpoint_without_a_state_file_is_refused(
    fake: FakeBraze, calls: Path, option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sync", str(calls), *option]) == 2
    assert f"{option[0]} needs a state file; give --state" in capsys.readouterr().err
    assert not fake.requests


def test_a_stopped_run_of_a_file_goes_on_where_it_was(
    fake: FakeBraze, calls: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = str(tmp_path / "engage.db")
    fake.add_users(["u0", "u1", "u2", "u7"])
    fake.fail("/partners/segment/cohorts", status=404, json={"message": "Invalid URL"})
    assert main(["sync", str(calls), "--state", state, "--workspace", "shop"]) == 75
    assert main(["sync", str(calls), "--state", state]) == 2
    assert "workspace='shop'" in capsys.readouterr().err
    assert main(["sync", str(calls), "--state", state, "--workspace", "shop"]) == 0
    assert fake.cohorts[AUDIENCE].members == {"u0", "u1", "u2"}
    options = ["--state", state, "--workspace", "shop", "--checkpoint", "mine", "--from-start"]
    assert main(["sync", str(calls), *options]) == 0
    fake.check()
