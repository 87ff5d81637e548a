from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from braze_engage.errors import ConfigurationError
from braze_engage.sync.source import Sources, read_calls

LINES = b'\xef\xbb\xbf{"a": 1}\n\n   \r\n[{"b": 2}]\r\n{"cut'


@pytest.mark.parametrize("packed", [False, True])
def test_blank_lines_and_a_byte_order_mark_are_left_out(tmp_path: Path, *, packed: bool) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(gzip.compress(LINES) if packed else LINES)
    calls = read_calls(path)
    assert list(calls) == [b'{"a": 1}', b'[{"b": 2}]', b'{"cut']
    assert list(calls) == list(read_calls(str(path)))


def test_an_empty_file_holds_no_calls(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.touch()
    assert list(read_calls(path)) == []


def test_a_missing_file_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.jsonl"):
        read_calls(tmp_path / "nowhere.jsonl")


def test_what_is_no_path_is_refused() -> None:
    wrong: Any = 5
    with pytest.raises(ConfigurationError, match="path: got int; give the path"):
        read_calls(wrong)


def test_a_json_array_over_several_lines_gets_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    path.write_text('\n[\n  {"type": "identify"}\n]\n')
    with pytest.raises(ConfigurationError, match=r"json\.load"):
        list(read_calls(path))


def test_read_calls_says_which_file_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.touch()
    assert "calls.jsonl" in repr(read_calls(path))


@pytest.mark.parametrize(
    ("calls", "remedy"),
    [
        ('{"type": "identify"}', r"splitlines\(\)"),
        (b"{}", "read_calls"),
        (bytearray(b"{}"), "read_calls"),
        ({"type": "identify"}, r"pass \[call\]"),
        (Path("calls.jsonl"), r"read_calls\(path\)"),
        (7, "iterable"),
        (None, "iterable"),
    ],
)
def test_what_is_no_collection_of_calls_is_refused(calls: object, remedy: str) -> None:
    with pytest.raises(TypeError, match=remedy):
        Sources().open(calls)


def test_an_iterator_read_before_is_refused() -> None:
    sources = Sources()
    calls = iter([1, 2])
    assert list(sources.open(calls)) == [1, 2]
    with pytest.raises(TypeError, match="read here before"):
        sources.open(calls)


def test_a_list_may_be_read_again() -> None:
    sources = Sources()
    calls = [1, 2]
    assert list(sources.open(calls)) == list(sources.open(calls)) == calls
