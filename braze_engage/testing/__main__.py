"""Serve a fake Braze on the loopback interface: ``python -m braze_engage.testing``."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from braze_engage.testing.fake import FakeBraze
from braze_engage.testing.values import JsonObject, as_object, objects, parse_json, strings

if TYPE_CHECKING:
    from collections.abc import Sequence

_USAGE_ERROR = 2
_SEED_FIELDS = frozenset(
    {"external_id", "aliases", "devices", "email", "phone", "custom_attributes"}
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print address and keys as settings of a shell and serve until interrupted.

    Args:
        arguments: Of the command line; those of the process unless given.
    """
    options = _parser().parse_args(arguments)
    fake = FakeBraze(port=options.port, lag=options.lag, reorder=options.reorder)
    try:
        seed(fake, options.seed)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"--seed {options.seed}: {error}\n")
        return _USAGE_ERROR
    with fake:
        for name, value in _environment(fake).items():
            sys.stdout.write(f"export {name}={value}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            wait()
    return 0


def wait() -> None:
    """Serve until Ctrl-C."""
    threading.Event().wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m braze_engage.testing", description=__doc__)
    parser.add_argument("--seed", type=Path, help='JSON file: {"users": [{"external_id": ...}]}')
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--lag", type=float, default=0.0, help="seconds before writes show")
    parser.add_argument("--reorder", action="store_true", help="apply requests out of order")
    return parser


def _environment(fake: FakeBraze) -> dict[str, str]:
    return {
        "BRAZE_DATA_CENTER": fake.url,
        "BRAZE_REST_API_KEY": fake.rest_api_key,
        "BRAZE_DATA_IMPORT_KEY": fake.data_import_key,
        "BRAZE_PARTNER": fake.partner,
        "BRAZE_PARTNER_KEY": fake.partner_key,
    }


def seed(fake: FakeBraze, path: Path | None) -> None:
    """Put the people of a file into a fake.

    Args:
        fake: The fake.
        path: JSON object with a list ``users``; each with the arguments of
            ``FakeBraze.add_user``, ``aliases`` as objects with ``alias_name`` and
            ``alias_label``. None seeds nothing.

    Raises:
        ValueError: The file is something else.
    """
    if path is None:
        return
    content = parse_json(path.read_bytes())
    users = objects(content.get("users", [])) if isinstance(content, dict) else None
    if users is None:
        raise ValueError('expected {"users": [...]}')
    for user in users:
        _seed_user(fake, user)


def _seed_user(fake: FakeBraze, user: JsonObject) -> None:
    unknown = sorted(set(user) - _SEED_FIELDS)
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}; known: {', '.join(sorted(_SEED_FIELDS))}")
    pairs = objects(user.get("aliases", [])) or []
    fake.add_user(
        _text(user, "external_id"),
        aliases=[(str(pair["alias_name"]), str(pair["alias_label"])) for pair in pairs],
        devices=strings(user.get("devices", [])) or [],
        email=_text(user, "email"),
        phone=_text(user, "phone"),
        custom_attributes=as_object(user.get("custom_attributes")),
    )


def _text(user: JsonObject, name: str) -> str | None:
    value = user.get(name)
    return value if isinstance(value, str) else None


if __name__ == "__main__":
    sys.exit(main())
