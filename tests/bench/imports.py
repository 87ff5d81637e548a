"""Measures imports beside that of requests, in fresh interpreters and from compiled files.

python -m tests.bench imports
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Final

from braze_engage.rest.groups import GROUPS
from tests.bench.rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

IMPORTS: Final = 9
DEAREST: Final = 3
_STATEMENT: Final = "import braze_engage.rest.{}"
_BEFORE: Final = "import cattrs, requests"
_CLOCK: Final = "import time; began = time.perf_counter(); {}; print(time.perf_counter() - began)"


def import_seconds(statement: str, compiled: str, *, before: str = "pass") -> float:
    """Measure an import in a fresh interpreter.

    Args:
        statement: The import.
        compiled: Where compiled files are kept.
        before: What is imported beforehand and not counted.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPYCACHEPREFIX": compiled,
    }
    code = f"{before}\n{_CLOCK.format(statement)}"
    return float(subprocess.check_output([sys.executable, "-c", code], env=environment))


def ratio(statement: str, compiled: str, *, before: str = "pass", times: int) -> float:
    """Compare an import with that of requests, the two in turn, and the fastest of each.

    Args:
        statement: The import.
        compiled: Where compiled files are kept.
        before: What is imported beforehand and not counted.
        times: How often it is measured.
    """
    pairs = [
        (
            import_seconds("import requests", compiled),
            import_seconds(statement, compiled, before=before),
        )
        for _ in range(times)
    ]
    return min(other for _, other in pairs) / min(requests for requests, _ in pairs)


def measure(times: int = IMPORTS, groups: Sequence[str] = tuple(GROUPS)) -> Iterator[Row]:
    """Measure the package and its dearest groups of endpoints.

    Args:
        times: How often each is measured.
        groups: Which groups of endpoints.
    """
    with tempfile.TemporaryDirectory() as compiled:
        import_seconds("import requests, cattrs, braze_engage", compiled)
        package = ratio("import braze_engage", compiled, times=times)
        yield Row("import braze_engage", package, "times import requests", at_most=0.35)

        def once(group: str) -> float:
            return import_seconds(_STATEMENT.format(group), compiled, before=_BEFORE)

        for group in groups:
            once(group)  # what is compiled now is not counted
        for group in sorted(groups, key=once, reverse=True)[:DEAREST]:
            found = ratio(_STATEMENT.format(group), compiled, before=_BEFORE, times=times)
            yield Row(
                f"first use of {group}, cattrs' own import aside",
                found,
                "times import requests",
                at_most=0.5,
            )
