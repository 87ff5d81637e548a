"""The benchmarks run, at sizes that tell nothing but that they work."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bench import __main__ as command
from tests.bench import cohorts, imports, mapping, memory, sending, state
from tests.bench.calls import enriched
from tests.bench.rows import Row, markdown, table

if TYPE_CHECKING:
    from collections.abc import Iterator

ORACLE = os.environ.get(command.ORACLE)


def figures(rows: Iterator[Row]) -> dict[str, float]:
    found = list(rows)
    assert table(found).count("\n") == len(found)
    return {row.what.strip(): row.value for row in found}


def test_mapping_gives_a_figure_for_every_kind_of_call() -> None:
    found = figures(mapping.measure(calls=80, rounds=1))
    assert list(found) == [case.name for case in mapping.CASES]
    assert all(value > 0 for value in found.values())


def test_mapping_makes_full_requests() -> None:
    calls = [enriched(number) for number in range(75)]
    (body,) = mapping.attribute_bodies(calls)
    assert body.count(b'"external_id"') == 75
    (body,) = mapping.cohort_bodies([mapping.CASES[3].make(number) for number in range(75)])
    assert body.count(b'"u-') == 75


@pytest.mark.skipif(
    ORACLE is None or shutil.which("node") is None, reason="Segment's package is not here"
)
def test_mapping_stands_beside_segments_package() -> None:
    found = mapping.measure(calls=75, rounds=1, oracle=Path(ORACLE or ""))
    assert [row.at_least for row in found if row.at_least] == [4, 4, 1.5, 1.5]


def test_sending_sends_everything_over_http_and_tls() -> None:
    found = figures(sending.measure(2, 1, latency=0.0))
    assert {"bare loop over http", "bare loop over TLS"} < found.keys()
    assert len(list(sending.one_call(2))) == 3


def test_cohorts_are_filled_by_client_and_run() -> None:
    found = figures(cohorts.measure(1, 1, latency=0.0))
    assert {"one cohort by CohortClient.add", "one cohort by a run"} < found.keys()


def test_memory_is_told_of_a_run_with_failures() -> None:
    found = figures(memory.measure(300, latency=0.0))
    assert found["of them rejected"] > 0


def test_a_state_leaves_out_what_is_unchanged() -> None:
    found = figures(state.measure(40, 150))
    assert 90 < found["of its calls unchanged"] < 100


def test_imports_are_compared() -> None:
    found = figures(imports.measure(1, ("users",)))
    assert found["import braze_engage"] < 1


def test_a_row_tells_whether_its_goal_is_reached() -> None:
    rows = [
        Row("fast", 2.0, "times", at_least=1.5),
        Row("slow", 1.0, "times", at_least=1.5),
        Row("small", 0.123456, "MB", at_most=1),
        Row("many", 1_234_567.0, "calls/s"),
    ]
    assert [row.is_reached for row in rows] == [True, False, True, None]
    assert markdown(rows).splitlines()[2:] == [
        "| fast | 2 times | ≥ 1.5 | yes |",
        "| slow | 1 times | ≥ 1.5 | no |",
        "| small | 0.123 MB | ≤ 1 | yes |",
        "| many | 1,234,567 calls/s |  |  |",
    ]


def test_the_command_measures_what_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        command.BENCHMARKS, "mapping", lambda given: mapping.measure(75, given.rounds)
    )
    file = tmp_path / "table.md"
    command.main(["mapping", "--rounds", "1", "--markdown", str(file)])
    assert "identify → attributes, one trait" in capsys.readouterr().out
    assert file.read_text().startswith("| What | Figure | Goal | Reached |")


def test_the_command_refuses_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["mappings"])
    assert "there is no mappings; name imports, mapping" in capsys.readouterr().err
