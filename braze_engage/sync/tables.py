"""Counts as tables: plain text for terminals, HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["html_table", "span", "text_table"]

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))


def span(seconds: float) -> str:
    """Write a length of time.

    Args:
        seconds: How long; negative for the other way round.
    """
    for unit, name in _UNITS:
        if abs(seconds) >= unit:
            return f"{seconds / unit:.1f} {name}"
    return f"{seconds:.1f} s"


def _cells(rows: Iterable[Sequence[object]]) -> list[list[str]]:
    return [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]


def text_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay rows out in columns, numbers to the right.

    Args:
        header: Names of the columns.
        rows: One sequence of cells a row, each as long as the header.
    """
    rows = list(rows)
    numeric = [
        bool(rows) and all(isinstance(row[column], int | float) for row in rows)
        for column in range(len(header))
    ]
    lines = [list(header), *_cells(rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )


def html_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay rows out as an HTML table, all text escaped.

    Args:
        header: Names of the columns.
        rows: One sequence of cells a row.
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in _cells(rows)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
