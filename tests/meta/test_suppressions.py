"""A rule is switched off only with a reason beside it."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from tests.meta.trees import PACKAGE, REPOSITORY

SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pyright:|pragma:)")
WITH_REASON = re.compile(
    r"#\s*(?:noqa:\s*[A-Z0-9, ]+?(?:\s+-|\s*\#)\s*\w"
    r"|type:\s*ignore\[[\w, -]+\]\s*\#\s*\w"
    r"|pyright:\s*\w+\[[\w, ]+\]\s*\#\s*\w"
    r"|pragma:\s*no\s+(?:cover|branch)\s+-\s*\w)"
)


def bare_suppressions(text: str) -> list[str]:
    return [
        line.strip()
        for line in text.splitlines()
        if len(SUPPRESSION.findall(line)) > len(WITH_REASON.findall(line))
    ]


def test_every_suppression_says_why() -> None:
    files = chain(PACKAGE.rglob("*.py"), (REPOSITORY / "tests").rglob("*.py"))
    found = {
        str(path): bare
        for path in files
        if path.name != "test_suppressions.py"
        and (bare := bare_suppressions(path.read_text("utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("x = 1  # noqa: E501", 1),
        ("x = 1  # noqa", 1),
        ("x = 1  # type: ignore", 1),
        ("x = 1  # type: ignore[misc]", 1),
        ("x = 1  # pragma: no cover", 1),
        ("x = 1  # pyright: ignore[reportUnknown]", 1),
        ("x = 1  # noqa: E501 - a link", 0),
        ("x = 1  # type: ignore[misc]  # the stub is wrong", 0),
        ("x = 1  # pyright: ignore[reportUnknown]  # a foreign type", 0),
        ("x = 1  # pragma: no cover - Windows only", 0),
    ],
)
def test_a_bare_one_is_seen(line: str, count: int) -> None:
    assert len(bare_suppressions(line)) == count
