"""Measures all of docs/benchmarks.md: ``python -m tests.bench [WHAT...]``, see ``--help``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import cohorts, imports, mapping, memory, sending, state
from tests.bench.rows import markdown, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.rows import Row

ORACLE = "BRAZE_ENGAGE_ORACLE"


def parser() -> argparse.ArgumentParser:
    """Build the parser of arguments."""
    made = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    made.add_argument(
        "what", nargs="*", help=f"which of {', '.join(BENCHMARKS)}; all where none is named"
    )
    made.add_argument(
        "--oracle",
        default=os.environ.get(ORACLE),
        help=f"directory whose lib.js runs Segment's package in Node, else {ORACLE}",
    )
    made.add_argument(
        "--python310",
        help="a Python that can import braze-client of PyPI; it is installed apart",
    )
    made.add_argument("--requests", type=int, default=sending.REQUESTS, help="requests of a round")
    made.add_argument("--people", type=int, help="people of memory and state")
    made.add_argument("--rounds", type=int, help="how often what is compared takes turns")
    made.add_argument("--markdown", type=Path, help="a file that takes the table as well")
    made.add_argument(
        "--profile", action="store_true", help="tell where the time of a run goes, and no more"
    )
    return made


def _mapping(given: argparse.Namespace) -> Iterator[Row]:
    oracle = None if given.oracle is None else Path(given.oracle)
    return mapping.measure(rounds=given.rounds or mapping.ROUNDS, oracle=oracle)


def _sending(given: argparse.Namespace) -> Iterator[Row]:
    yield from sending.one_call()
    yield from sending.measure(given.requests, given.rounds or sending.ROUNDS, given.python310)


def _cohorts(given: argparse.Namespace) -> Iterator[Row]:
    return cohorts.measure(rounds=given.rounds or cohorts.ROUNDS)


def _memory(given: argparse.Namespace) -> Iterator[Row]:
    return memory.measure(given.people or memory.PEOPLE)


def _state(given: argparse.Namespace) -> Iterator[Row]:
    return state.measure(given.people or state.PEOPLE)


def _imports(_: argparse.Namespace) -> Iterator[Row]:
    return imports.measure()


BENCHMARKS: dict[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "imports": _imports,
    "mapping": _mapping,
    "sending": _sending,
    "cohorts": _cohorts,
    "state": _state,
    "memory": _memory,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is named and print one table.

    Args:
        arguments: Of the command line.
    """
    given = parser().parse_args(arguments)
    unknown = set(given.what) - BENCHMARKS.keys()
    if unknown:
        parser().error(f"there is no {', '.join(sorted(unknown))}; name {', '.join(BENCHMARKS)}")
    if given.profile:
        sending.profile()
        return
    rows: list[Row] = []
    for what in given.what or BENCHMARKS:
        print(f"measuring {what} ...", flush=True)
        rows += BENCHMARKS[what](given)
    print(table(rows))
    if given.markdown is not None:
        given.markdown.write_text(f"{markdown(rows)}\n")


if __name__ == "__main__":
    main()
