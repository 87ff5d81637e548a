"""Figures of the benchmarks beside their goals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Row", "markdown", "table"]

_HEADS: Final = ("What", "Figure", "Goal", "Reached")


class Row(NamedTuple):
    """One figure.

    Args:
        what: What was measured.
        value: The figure.
        unit: What it counts, written after it.
        at_least: The goal, where more is better.
        at_most: The goal, where less is better.
    """

    what: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.at_least is not None:
            return self.value >= self.at_least
        return None if self.at_most is None else self.value <= self.at_most

    def cells(self) -> tuple[str, str, str, str]:
        """Write it for a table."""
        goal = ""
        if self.at_least is not None:
            goal = f"≥ {_number(self.at_least)}"
        elif self.at_most is not None:
            goal = f"≤ {_number(self.at_most)}"
        reached = {True: "yes", False: "no", None: ""}[self.is_reached]
        return self.what, f"{_number(self.value)} {self.unit}", goal, reached


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(rows: Iterable[Row]) -> str:
    """Write rows for a terminal.

    Args:
        rows: The figures.
    """
    return "\n".join(_aligned([_HEADS, *(row.cells() for row in rows)]))


def markdown(rows: Iterable[Row]) -> str:
    """Write rows as the table of docs/benchmarks.md.

    Args:
        rows: The figures.
    """
    lines = [_HEADS, ("---",) * len(_HEADS), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
