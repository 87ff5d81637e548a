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
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from braze_engage.cohorts.client import CohortClient
from braze_engage.data_centers import DataCenter
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.rules import EngageRules
from braze_engage.errors import BrazeError, ConfigurationError, StateError
from braze_engage.rest.client import BrazeClient
from braze_engage.sync.engine import EngageSync
from braze_engage.sync.missing_users import is_known_to_braze
from braze_engage.sync.progress import on_terminal
from braze_engage.sync.report import RunStopped
from braze_engage.sync.shell_clients import (
    GivenClients,
    clients_given,
    clients_offline,
    rest_given,
)
from braze_engage.sync.shell_state import add_state_commands
from braze_engage.sync.source import read_calls
from braze_engage.sync.sqlite_state import SqliteState
from braze_engage.sync.tables import text_table
from braze_engage.sync.why import why
from braze_engage.testing import FakeBraze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_DONE: Final = 0
_FAILURES: Final = 1
_USAGE: Final = 2
_CREDENTIALS: Final = 3
_RESUMABLE: Final = 75
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
        if isinstance(error, StateError):
            return _RESUMABLE
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
    sync.add_argument("--state", metavar="PATH", help="state file, such as engage.db")
    sync.add_argument("--workspace", metavar="NAME", help="workspace that the state file is of")
    sync.add_argument(
        "--checkpoint", metavar="NAME", help="with a state file; default: the name of FILE"
    )
    sync.add_argument(
        "--from-start", action="store_true", help="forget how far a stopped run of FILE came"
    )
    sync.set_defaults(command=_sync)

    known = commands.add_parser("why", help="say what is known of one person and computation")
    known.add_argument("person", metavar="PERSON", help="external id, or another identifier")
    known.add_argument("key", metavar="KEY", help="computation key, or id of a cohort")
    known.add_argument("--state", metavar="PATH", required=True, help="state file of the runs")
    known.add_argument(
        "--ask", action="store_true", help="ask Braze whether it knows the person; needs a REST key"
    )
    _where(known)
    known.set_defaults(command=_why)

    explain = commands.add_parser("explain", help="say of each call what becomes of it and why")
    explain.add_argument("file", metavar="FILE", help="JSON lines, plain or gzip")
    _deliveries(explain)
    explain.set_defaults(command=_explain)

    check = commands.add_parser("check", help="probe keys, data center and cohort access")
    _where(check)
    check.set_defaults(command=_check)

    add_state_commands(commands)
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
    if (options.checkpoint or options.from_start) and not options.state:
        given = "--checkpoint" if options.checkpoint else "--from-start"
        raise ConfigurationError(f"{given} needs a state file; give --state engage.db")
    with ExitStack() as stack:
        if options.dry_run:
            # what does not exist is not made by looking
            state = options.state if options.state and Path(options.state).exists() else None
            offline = clients_offline(options.data_center)
            planning = EngageSync(**offline, rules=rules, state=state, workspace=options.workspace)
            plan = stack.enter_context(planning).plan(calls)
            print(plan)
            return _FAILURES if plan.report.failures_total else _DONE
        clients = _clients(options)
        _close_after(stack, clients)
        progress = on_terminal(sys.stderr)
        kept = {"state": options.state, "workspace": options.workspace}
        sync = stack.enter_context(EngageSync(**clients, rules=rules, progress=progress, **kept))
        name = None
        if options.state:
            name = options.checkpoint or Path(options.file).name
            if options.from_start:
                sync.forget_checkpoint(name)
        report = sync.run(calls, checkpoint=name)
    print(report)
    return _FAILURES if report.failures_total else _DONE


def _why(options: argparse.Namespace) -> int:
    if not Path(options.state).is_file():
        raise ConfigurationError(f"state: there is no file {options.state}; name that of your runs")
    with ExitStack() as stack:
        asks = None
        if options.ask:
            rest = stack.enter_context(rest_given(options.data_center))
            asks = partial(is_known_to_braze, rest)
        state = SqliteState(options.state)
        stack.callback(state.close)
        rules = EngageRules()
        print(why(state, rules, person=options.person, key=options.key, is_known=asks))
    return _DONE


def _explain(options: argparse.Namespace) -> int:
    sync = EngageSync(**clients_offline(None), rules=_rules(options))
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


def _clients(options: argparse.Namespace, *, complete: bool = True) -> GivenClients:
    return clients_given(options.data_center, options.partner, complete=complete)


def _close_after(stack: ExitStack, clients: GivenClients) -> None:
    for client in (clients["rest"], clients["cohorts"], clients["erase"]):
        if client is not None:
            stack.enter_context(client)


if __name__ == "__main__":
    sys.exit(main())
