"""Correct use passes both type checkers, and each wrong line is an error for both."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.meta.trees import PACKAGE, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = REPOSITORY / "tests" / "typing"
MARK = re.compile(r"\s*#\stype:\signore\[([\w, -]+)\].*")

Findings = dict[tuple[str, int], set[str]]
"""Name of the file and line -> codes of the errors there."""


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def by_mypy(folder: Path) -> Findings:
    config = folder / "mypy.ini"
    source = "" if "site-packages" in PACKAGE.parts else f"mypy_path = {PACKAGE.parent}\n"
    config.write_text(f"[mypy]\nstrict = True\npython_version = 3.10\n{source}", "utf-8")
    told = run(
        "mypy",
        f"--config-file={config}",
        f"--cache-dir={REPOSITORY / '.mypy_cache' / 'samples'}",
        "--follow-imports=silent",
        "--no-error-summary",
        "--hide-error-context",
        *sorted(path.name for path in folder.glob("*.py")),
        folder=folder,
    )
    found: Findings = {}
    for line in told.splitlines():
        match = re.fullmatch(r"(\w+\.py):(\d+): error: .*\[([\w-]+)\]", line)
        assert match or ": note: " in line, told
        if match:
            found.setdefault((match[1], int(match[2])), set()).add(match[3])
    return found


def by_pyright(folder: Path) -> Findings:
    config = {
        "include": ["."],
        "extraPaths": [str(PACKAGE.parent)],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.10",
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(config), "utf-8")
    told = run("pyright", "--outputjson", "--pythonpath", sys.executable, folder=folder)
    found: Findings = {}
    for entry in json.loads(told)["generalDiagnostics"]:
        line = entry["range"]["start"]["line"] + 1
        place = (Path(entry["file"]).name, line)
        found.setdefault(place, set()).add(entry.get("rule", "error"))
    return found


CHECKERS = [
    pytest.param(
        check,
        marks=[
            pytest.mark.slow,
            pytest.mark.skipif(find_spec(name) is None, reason=f"{name} is not installed"),
        ],
        id=name,
    )
    for name, check in (("mypy", by_mypy), ("pyright", by_pyright))
]


def samples(kind: str) -> list[Path]:
    """Files of correct or of wrong use, one of them for each group of endpoints."""
    return sorted(SAMPLES.glob(f"{kind}*.py"))


def without_marks(folder: Path) -> Findings:
    """Copy the wrong samples with nothing ignored; what they mark, by line."""
    marked: Findings = {}
    for sample in samples("wrong"):
        lines = sample.read_text("utf-8").splitlines()
        bare = "\n".join(MARK.sub("", line) for line in lines) + "\n"
        (folder / sample.name).write_text(bare, "utf-8")
        for number, line in enumerate(lines, 1):
            mark = MARK.search(line)
            if mark is not None:
                marked[sample.name, number] = set(mark[1].split(", "))
    return marked


@pytest.mark.parametrize("check", CHECKERS)
def test_correct_use_passes(check: Callable[[Path], Findings], tmp_path: Path) -> None:
    for sample in samples("correct"):
        (tmp_path / sample.name).write_text(sample.read_text("utf-8"), "utf-8")
    assert check(tmp_path) == {}


@pytest.mark.parametrize("check", CHECKERS)
def test_every_wrong_line_is_an_error(check: Callable[[Path], Findings], tmp_path: Path) -> None:
    marked = without_marks(tmp_path)
    found = check(tmp_path)
    assert sorted(found) == sorted(marked)
    if check is by_mypy:  # the codes in the marks are mypy's
        assert found == marked


def test_the_samples_mark_what_they_say(tmp_path: Path) -> None:
    marked = without_marks(tmp_path)
    assert len(marked) >= 40
    assert not [path for path in tmp_path.iterdir() if "type: ignore" in path.read_text("utf-8")]
