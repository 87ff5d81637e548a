"""What is installed is what lies here."""

from __future__ import annotations

import configparser
import gzip
import re

from tests.meta.trees import PACKAGE, REPOSITORY

SOURCE = REPOSITORY / "braze_engage"


def shipped(root_name: str) -> dict[str, bytes]:
    root = PACKAGE if root_name == "installed" else SOURCE
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_package_under_test_is_this_one_and_whole() -> None:
    installed, source = shipped("installed"), shipped("source")
    assert sorted(installed) == sorted(source), "remove build/ and install again"
    assert [name for name in source if installed[name] != source[name]] == [], "install again"


def test_it_is_marked_as_typed_and_carries_the_sample() -> None:
    assert (PACKAGE / "py.typed").read_bytes() == b""
    packed = (PACKAGE / "testing" / "data" / "engage-sample.jsonl.gz").read_bytes()
    assert packed[3:8] == bytes(5), "no flags, no time: packed again it is the same file"
    assert len(gzip.decompress(packed).splitlines()) > 200


def test_nothing_else_is_needed_at_run_time() -> None:
    setup = configparser.ConfigParser()
    setup.read(REPOSITORY / "setup.cfg", "utf-8")
    needs = setup["options"]["install_requires"].split()
    assert [re.split(r"[<>=!~]", need)[0] for need in needs] == [
        "requests",
        "urllib3",
        "attrs",
        "cattrs",
    ]


def test_the_changelog_opens_with_what_is_unreleased() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert heads[0] == "Unreleased"
