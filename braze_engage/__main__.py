"""The shell: ``python -m braze_engage``.

Keys come from the environment, never from arguments: ``BRAZE_REST_API_KEY``,
``BRAZE_DATA_IMPORT_KEY``, ``BRAZE_PARTNER_KEY``; ``BRAZE_DATA_CENTER`` and ``BRAZE_PARTNER`` give
defaults. Exit codes: 0 done, 1 failures, 2 usage or configuration, 3 credentials, 75 stopped and
resumable.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
from importlib.resources import files
from typing import TYPE_CHECKING, Final, cast

from braze_engage.cohorts.client import CohortClient
from braze_engage.data_centers import DataCenter
from braze_engage.engage.calls import read_item
from braze_engage.errors import BrazeError, ConfigurationError
from braze_engage.rest.client import BrazeClient
from braze_engage.sync.debugger import Check
from braze_engage.sync.engine import EngageSync
from braze_engage.sync.report import RunStopped
from braze_engage.sync.source import read_calls
from braze_engage.sync.tables import text_table
from braze_engage.testing import FakeBraze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_DONE: Final = 0
_FAILURES: Final = 1
_USAGE: Final = 2
_CREDENTIALS: Final = 3
_RESUMABLE: Final = 75
_KEYS: Final = ("BRAZE_DATA_IMPORT_KEY", "BRAZE_PARTNER_KEY")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: What stands behind the program's name; None takes the process's own.
    """
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except RunStopped as stopped:
        print(stopped.report)
        print(f"\n{stopped}", file=sys.stderr)
        if isinstance(stopped.__cause__, ConfigurationError):
            return _USAGE
        return _CREDENTIALS if stopped.credentials else _RESUMABLE
    except BrokenPipeError:
        # Whoever reads, such as head, has seen enough; the interpreter flushes once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _DONE
    except (BrazeError, OSError) as error:
        print(f"braze_engage: {error}", file=sys.stderr)
        return _USAGE if isinstance(error, ConfigurationError | OSError) else _FAILURES


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m braze_engage",
        description="Carries Segment Engage audiences into Braze cohorts. Without a command it "
        "shows the whole way on sample calls and a fake Braze.",
        epilog="Keys come from BRAZE_REST_API_KEY, BRAZE_DATA_IMPORT_KEY and BRAZE_PARTNER_KEY.",
    )
    parser.set_defaults(command=_demo)
    commands = parser.add_subparsers(title="commands")

    sync = commands.add_parser("sync", help="send a file of calls")
    sync.add_argument("file", metavar="FILE", help="JSON lines, plain or gzip")
    sync.add_argument("--dry-run", action="store_true", help="show what would be sent; no keys")
    _where(sync)
    sync.set_defaults(command=_sync)

    explain = commands.add_parser("explain", help="say of each call what becomes of it and why")
    explain.add_argument("file", metavar="FILE", help="JSON lines, plain or gzip")
    explain.set_defaults(command=_explain)

    check = commands.add_parser("check", help="probe keys, data center and cohort access")
    _where(check)
    check.set_defaults(command=_check)

    center = commands.add_parser("data-center", help="show the instance a value stands for")
    center.add_argument("value", metavar="VALUE", help="US-06, a dashboard address, a REST address")
    center.set_defaults(command=_data_center)
    return parser


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data-center", metavar="US-06", help="instance; default: BRAZE_DATA_CENTER"
    )
    parser.add_argument(
        "--partner", metavar="NAME", help="name Braze gave the partner; default: BRAZE_PARTNER"
    )


def _demo(_: argparse.Namespace) -> int:
    calls = list(_sample())
    with FakeBraze() as fake:
        fake.add_users(_user_ids(calls))
        print(f"A fake Braze listens at {fake.url}; {len(calls)} items of sample calls go in.\n")
        with CohortClient(
            fake.data_import_key,
            data_center=fake.url,
            partner=fake.partner,
            partner_key=fake.partner_key,
        ) as cohorts:
            report = EngageSync(cohorts=cohorts, settle=0.05).run(calls)
        print(report)
        rows = [(c.name or "(no name)", key, len(c.members)) for key, c in fake.cohorts.items()]
        print("\nCohorts in the fake Braze afterwards\n")
        print(text_table(("cohort", "id", "members"), sorted(rows)))
    return _DONE


def _sample() -> Iterable[bytes]:
    data = files("braze_engage.testing") / "data" / "engage-sample.jsonl.gz"
    packed = data.read_bytes()
    return (line for line in gzip.decompress(packed).splitlines() if line.strip())


def _user_ids(calls: Iterable[bytes]) -> set[str]:
    ids: set[str] = set()
    for line in calls:
        for _, call in read_item(line, now_ns=0):
            raw = getattr(call, "raw", {})
            if isinstance(raw.get("userId"), str) and raw["userId"]:
                ids.add(raw["userId"])
    return ids


def _sync(options: argparse.Namespace) -> int:
    calls = read_calls(options.file)
    if options.dry_run:
        with _offline() as cohorts:
            plan = EngageSync(cohorts=cohorts).plan(calls)
        print(plan)
        return _FAILURES if plan.report.failures_total else _DONE
    with _cohorts(options) as cohorts:
        report = EngageSync(cohorts=cohorts).run(calls)
    print(report)
    return _FAILURES if report.failures_total else _DONE


def _explain(options: argparse.Namespace) -> int:
    with _offline() as cohorts:
        sync = EngageSync(cohorts=cohorts)
        for position, line in enumerate(read_calls(options.file)):
            for index, call in _elements(line):
                place = f"item {position}" if index is None else f"item {position}[{index}]"
                print(f"{place}\n{sync.explain(call)}\n")
    return _DONE


def _elements(line: bytes) -> Iterable[tuple[int | None, object]]:
    try:
        parsed: object = json.loads(line)
    except (ValueError, RecursionError):
        return [(None, line)]
    if isinstance(parsed, list):
        return list(enumerate(cast("list[object]", parsed)))
    return [(None, line)]


def _check(options: argparse.Namespace) -> int:
    rest = None
    if "BRAZE_REST_API_KEY" in os.environ:
        rest = BrazeClient(os.environ["BRAZE_REST_API_KEY"], data_center=_data_center_of(options))
    if rest is None and not all(name in os.environ for name in _KEYS):
        raise ConfigurationError(
            f"nothing to check; set BRAZE_REST_API_KEY or {' and '.join(_KEYS)}"
        )
    cohorts = _cohorts(options) if all(name in os.environ for name in _KEYS) else None
    clients = [client for client in (rest, cohorts) if client is not None]
    found = Check(tuple(client.verify() for client in clients))
    print(found)
    for client in clients:
        client.close()
    if found.refused:
        return _CREDENTIALS
    return _DONE if found.ok else _FAILURES


def _data_center(options: argparse.Namespace) -> int:
    center = DataCenter.resolve(options.value)
    rows = [
        ("instance", center.instance),
        ("REST address", center.rest_url),
        ("dashboard", center.dashboard_url),
        ("SDK host", center.sdk_host),
        ("region", center.region),
        ("partner key region", center.partner_region),
        ("confirmed by Braze", "yes" if center.confirmed else "no"),
    ]
    print(text_table(("what", "value"), rows))
    return _DONE


def _data_center_of(options: argparse.Namespace) -> str:
    value = options.data_center or os.environ.get("BRAZE_DATA_CENTER")
    if not value:
        raise ConfigurationError(
            "the data center is not known; give --data-center or set BRAZE_DATA_CENTER"
        )
    return str(value)


def _cohorts(options: argparse.Namespace) -> CohortClient:
    missing = [name for name in _KEYS if not os.environ.get(name)]
    if missing:
        raise ConfigurationError(f"set {' and '.join(missing)} in the environment")
    partner = options.partner or os.environ.get("BRAZE_PARTNER")
    if not partner:
        raise ConfigurationError("the partner is not known; give --partner or set BRAZE_PARTNER")
    return CohortClient(
        os.environ["BRAZE_DATA_IMPORT_KEY"],
        data_center=_data_center_of(options),
        partner=partner,
        partner_key=os.environ["BRAZE_PARTNER_KEY"],
    )


def _offline() -> CohortClient:
    # Plans and explanations send nothing, so they need a client but no keys of anybody.
    return CohortClient("offline", data_center="US-01", partner="offline", partner_key="offline")


if __name__ == "__main__":
    sys.exit(main())
