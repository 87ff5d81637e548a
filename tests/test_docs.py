"""Every Python block of the README and of the documentation runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from tests.meta.trees import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [
    REPOSITORY / "README.md",
    *sorted(page for page in (REPOSITORY / "docs").rglob("*.md") if "_build" not in page.parts),
]
BLOCK = re.compile(r"^\s*```python$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_block_of_a_page_runs(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sybil = Sybil(parsers=[PythonCodeBlockParser()], path=str(page.parent), encoding="utf-8")
    examples = list(sybil.parse(page).examples())
    assert len(examples) >= len(BLOCK.findall(page.read_text("utf-8")))
    for example in examples:
        example.evaluate()
