"""The shell: ``python -m braze_engage``.

Keys come from the environment, never from arguments: ``BRAZE_REST_API_KEY``,
``BRAZE_DATA_IMPORT_KEY``, ``BRAZE_PARTNER_KEY``, and ``BRAZE_ERASE_API_KEY`` for deletions;
``BRAZE_DATA_CENTER`` and ``BRAZE_PARTNER`` give defaults. Exit codes: 0 done, 1 failures, 2 usage
or configuration, 3 credentials, 75 stopped and resumable.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
from collections import Counter
from contextlib import ExitStack
from importlib.resources import files
from typing import TYPE_CHECKING, Final, TypedDict, cast

from braze_engage.cohorts.client import CohortClient
from braze_engage.data_centers import DataCenter
from braze_engage.engage.rules import Delivery, EngageRules
from braze_engage.errors import BrazeError, ConfigurationError
from braze_engage.rest.client import BrazeClient
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
_REST_KEY: Final = "BRAZE_REST_API_KEY"
_ERASE_KEY: Final = "BRAZE_ERASE_API_KEY"
_COHORT_KEYS: Final = ("BRAZE_DATA_IMPORT_KEY", "BRAZE_PARTNER_KEY")
_DELIVERED: Final = ("audiences", "traits", "journeys")
_DEMO_AUDIENCES: Final = Delivery.COHORT | Delivery.IDENTIFY | Delivery.TRACK
_DEMO_TRAITS: Final = Delivery.IDENTIFY | Delivery.TRACK


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
        description="Carries Segment Engage computed traits and audiences into Braze. Without a "
        "command it shows the whole way on sample calls and a fake Braze.",
        epilog="Keys come from BRAZE_REST_API_KEY, BRAZE_DATA_IMPORT_KEY, BRAZE_PARTNER_KEY and, "
        "for deletions, BRAZE_ERASE_API_KEY.",
    )
    parser.set_defaults(command=_demo)
    commands = parser.add_subparsers(title="commands")

    sync = commands.add_parser("sync", help="send a file of calls")
    sync.add_argument("file", metavar="FILE", help="JSON lines, plain or gzip")
    sync.add_argument("--dry-run", action="store_true", help="show what would be sent; no keys")
    _where(sync)
    _deliveries(sync)
    sync.set_defaults(command=_sync)

    explain = commands.add_parser("explain", help="say of each call what becomes of it and why")
    explain.add_argument("file", metavar="FILE", help="JSON lines, plain or gzip")
    _deliveries(explain)
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


def _deliveries(parser: argparse.ArgumentParser) -> None:
    for what in _DELIVERED:
        parser.add_argument(
            f"--{what}",
            metavar="DELIVERY",
            type=_delivery,
            help=f"what {what} become: IDENTIFY, TRACK, COHORT, BOOLEAN or NONE, several joined "
            "by commas; default: what the keys allow",
        )


def _delivery(text: str) -> Delivery:
    delivery = Delivery.NONE
    for name in (part.strip().upper() for part in text.split(",")):
        if name not in Delivery.__members__:
            raise argparse.ArgumentTypeError(
                f"{name} is no delivery; give {', '.join(Delivery.__members__)}"
            )
        delivery |= Delivery[name]
    return delivery


def _rules(options: argparse.Namespace) -> EngageRules:
    return EngageRules(**{what: getattr(options, what) for what in _DELIVERED})


def _demo(_: argparse.Namespace) -> int:
    calls = list(_sample())
    with FakeBraze() as fake:
        print(f"A fake Braze listens at {fake.url}; {len(calls)} items of sample calls go in.\n")
        with (
            BrazeClient(fake.rest_api_key, data_center=fake.url) as rest,
            CohortClient(
                fake.data_import_key,
                data_center=fake.url,
                partner=fake.partner,
                partner_key=fake.partner_key,
            ) as cohorts,
        ):
            sync = EngageSync(
                rest=rest,
                cohorts=cohorts,
                erase=rest,
                rules=EngageRules(audiences=_DEMO_AUDIENCES, traits=_DEMO_TRAITS),
                settle=0.05,
                consistency_gap=0.05,
            )
            print(sync.run(calls))
        _show(fake)
    return _DONE


def _show(fake: FakeBraze) -> None:
    rows = [(c.name or "(no name)", key, len(c.members)) for key, c in fake.cohorts.items()]
    print("\nCohorts in the fake Braze afterwards\n")
    print(text_table(("cohort", "id", "members"), sorted(rows)))
    people = list(fake.users.values())
    holders = Counter(name for person in people for name in person.custom_attributes)
    print("\nCustom attributes\n")
    print(text_table(("attribute", "people"), sorted(holders.items())))
    events = Counter(event.name for person in people for event in person.custom_events)
    print("\nCustom events\n")
    print(text_table(("event", "times"), sorted(events.items())))


def _sample() -> Iterable[bytes]:
    data = files("braze_engage.testing") / "data" / "engage-sample.jsonl.gz"
    packed = data.read_bytes()
    return (line for line in gzip.decompress(packed).splitlines() if line.strip())


def _sync(options: argparse.Namespace) -> int:
    calls = read_calls(options.file)
    rules = _rules(options)
    with ExitStack() as stack:
        if options.dry_run:
            plan = EngageSync(**_offline(), rules=rules).plan(calls)
            print(plan)
            return _FAILURES if plan.report.failures_total else _DONE
        clients = _clients(options)
        _close_after(stack, clients)
        report = EngageSync(**clients, rules=rules).run(calls)
    print(report)
    return _FAILURES if report.failures_total else _DONE


def _explain(options: argparse.Namespace) -> int:
    sync = EngageSync(**_offline(), rules=_rules(options))
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
    clients = _clients(options, complete=False)
    with ExitStack() as stack:
        _close_after(stack, clients)
        found = EngageSync(**clients).check()
    print(found)
    if found.refused:
        return _CREDENTIALS
    return _DONE if found.ok else _FAILURES


def _data_center(options: argparse.Namespace) -> int:
    center = DataCenter.resolve(options.value)
    rows = [
        ("instance", center.instance),
        *(("REST address", center.rest_url), ("dashboard", center.dashboard_url)),
        *(("SDK host", center.sdk_host), ("region", center.region)),
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


class _Clients(TypedDict):
    rest: BrazeClient | None
    cohorts: CohortClient | None
    erase: BrazeClient | None


def _clients(options: argparse.Namespace, *, complete: bool = True) -> _Clients:
    given = [name for name in _COHORT_KEYS if os.environ.get(name)]
    if not complete and len(given) < len(_COHORT_KEYS):
        given = []
    if not given and not os.environ.get(_REST_KEY):
        raise ConfigurationError(
            f"no key is there; set {_REST_KEY} for attributes and events, "
            f"{' and '.join(_COHORT_KEYS)} for cohorts, or all of them"
        )
    return _Clients(
        rest=_rest(options, _REST_KEY),
        cohorts=_cohorts(options) if given else None,
        erase=_rest(options, _ERASE_KEY),
    )


def _close_after(stack: ExitStack, clients: _Clients) -> None:
    for client in (clients["rest"], clients["cohorts"], clients["erase"]):
        if client is not None:
            stack.enter_context(client)


def _rest(options: argparse.Namespace, variable: str) -> BrazeClient | None:
    if not os.environ.get(variable):
        return None
    return BrazeClient(os.environ[variable], data_center=_data_center_of(options))


def _cohorts(options: argparse.Namespace) -> CohortClient:
    missing = [name for name in _COHORT_KEYS if not os.environ.get(name)]
    if missing:
        raise ConfigurationError(
            f"set {' and '.join(missing)} in the environment, or unset the other key of the "
            "cohort import to do without cohorts"
        )
    partner = options.partner or os.environ.get("BRAZE_PARTNER")
    if not partner:
        raise ConfigurationError("the partner is not known; give --partner or set BRAZE_PARTNER")
    return CohortClient(
        os.environ["BRAZE_DATA_IMPORT_KEY"],
        data_center=_data_center_of(options),
        partner=partner,
        partner_key=os.environ["BRAZE_PARTNER_KEY"],
    )


def _offline() -> _Clients:
    # Plans and explanations send nothing, so they need clients but no keys of anybody. Which
    # deliveries there are still depends on the keys there are.
    rest = BrazeClient("offline", data_center="US-01")
    cohorts = CohortClient("offline", data_center="US-01", partner="offline", partner_key="offline")
    has_rest, has_erase = (bool(os.environ.get(name)) for name in (_REST_KEY, _ERASE_KEY))
    has_cohorts = any(os.environ.get(name) for name in _COHORT_KEYS)
    return _Clients(
        rest=rest if has_rest or not has_cohorts else None,
        cohorts=cohorts if has_cohorts or not has_rest else None,
        erase=rest if has_erase else None,
    )


if __name__ == "__main__":
    sys.exit(main())
