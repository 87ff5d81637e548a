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

Findings = dict[int, set[str]]
"""Line -> codes of the errors there."""


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def by_mypy(path: Path) -> Findings:
    config = path.with_name("mypy.ini")
    source = "" if "site-packages" in PACKAGE.parts else f"mypy_path = {PACKAGE.parent}\n"
    config.write_text(f"[mypy]\nstrict = True\npython_version = 3.10\n{source}", "utf-8")
    told = run(
        "mypy",
        f"--config-file={config}",
        f"--cache-dir={REPOSITORY / '.mypy_cache' / 'samples'}",
        "--follow-imports=silent",
        "--no-error-summary",
        "--hide-error-context",
        path.name,
        folder=path.parent,
    )
    found: Findings = {}
    for line in told.splitlines():
        match = re.fullmatch(rf"{path.name}:(\d+): error: .*\[([\w-]+)\]", line)
        assert match or ": note: " in line, told
        if match:
            found.setdefault(int(match[1]), set()).add(match[2])
    return found


def by_pyright(path: Path) -> Findings:
    config = {
        "include": [path.name],
        "extraPaths": [str(PACKAGE.parent)],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.10",
    }
    path.with_name("pyrightconfig.json").write_text(json.dumps(config), "utf-8")
    told = run("pyright", "--outputjson", "--pythonpath", sys.executable, folder=path.parent)
    found: Findings = {}
    for entry in json.loads(told)["generalDiagnostics"]:
        assert Path(entry["file"]).name == path.name, entry
        line = entry["range"]["start"]["line"] + 1
        found.setdefault(line, set()).add(entry.get("rule", "error"))
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


def without_marks(folder: Path) -> tuple[Path, Findings]:
    """Copy the wrong sample with nothing ignored; what it marks, by line."""
    lines = (SAMPLES / "wrong.py").read_text("utf-8").splitlines()
    marks = {number: MARK.search(line) for number, line in enumerate(lines, 1)}
    bare = folder / "sample.py"
    bare.write_text("\n".join(MARK.sub("", line) for line in lines) + "\n", "utf-8")
    return bare, {
        number: set(mark[1].split(", ")) for number, mark in marks.items() if mark is not None
    }


@pytest.mark.parametrize("check", CHECKERS)
def test_correct_use_passes(check: Callable[[Path], Findings], tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text((SAMPLES / "correct.py").read_text("utf-8"), "utf-8")
    assert check(sample) == {}


@pytest.mark.parametrize("check", CHECKERS)
def test_every_wrong_line_is_an_error(check: Callable[[Path], Findings], tmp_path: Path) -> None:
    sample, marked = without_marks(tmp_path)
    found = check(sample)
    assert sorted(found) == sorted(marked)
    if check is by_mypy:  # the codes in the marks are mypy's
        assert found == marked


def test_the_sample_marks_what_it_says(tmp_path: Path) -> None:
    bare, marked = without_marks(tmp_path)
    assert len(marked) >= 35
    assert "type: ignore" not in bare.read_text("utf-8")
