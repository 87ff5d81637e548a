"""A file fits a few screens, a function fits one."""

from __future__ import annotations

import ast
import statistics

from tests.meta.trees import modules

FILE_LINES = 320
FUNCTION_LINES = 60
MEDIAN_FUNCTION_LINES = 12


def function_lengths() -> dict[str, int]:
    return {
        f"{module.name}:{node.name}:{node.lineno}": (node.end_lineno or node.lineno)
        - node.lineno
        + 1
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_no_file_is_long() -> None:
    lines = {module.name: len(module.text.splitlines()) for module in modules()}
    assert {name: count for name, count in lines.items() if count > FILE_LINES} == {}


def test_no_function_is_long() -> None:
    lengths = function_lengths()
    assert {name: count for name, count in lengths.items() if count > FUNCTION_LINES} == {}


def test_most_functions_are_short() -> None:
    assert statistics.median(function_lengths().values()) <= MEDIAN_FUNCTION_LINES
