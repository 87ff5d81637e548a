"""The commands of the shell that are about a state file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from braze_engage.sync.state_migrate import migrate

if TYPE_CHECKING:
    import argparse

__all__ = ["add_state_commands"]

_DONE: Final = 0
_PATH: Final = "engage.db"


def add_state_commands(commands: Any) -> None:  # Any: argparse names the class in private
    """Add ``state migrate``.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` gave.
    """
    state = commands.add_parser("state", help="look after a state file")
    about = state.add_subparsers(title="commands", required=True)
    migrating = about.add_parser(
        "migrate",
        help="bring it up to date for this version; goes on where it was interrupted",
        description="No run may use the file meanwhile. Make a copy of it and its key before.",
    )
    migrating.add_argument("path", metavar="PATH", nargs="?", default=_PATH, help="the file")
    migrating.add_argument(
        "--dry-run", action="store_true", help="only say what there is to do and how long it takes"
    )
    migrating.set_defaults(command=_migrate)


def _migrate(options: argparse.Namespace) -> int:
    migrate(options.path, dry_run=options.dry_run)
    return _DONE
