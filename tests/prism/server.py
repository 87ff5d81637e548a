"""Prism, a mock server of others, on a loopback port.

https://github.com/stoplightio/prism
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.prism.openapi import document

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

HOME = Path(os.environ.get("PRISM_HOME") or Path(__file__).parent)
"""Where ``npm ci`` was run."""

_CLI = HOME / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
_READY = re.compile(r"Prism is listening on (http://127\.0\.0\.1:\d+)")
_PATIENCE = 60.0
_REPORTED_LINES = 12


def why_not() -> str:
    """Why Prism cannot be started here; empty if it can."""
    if shutil.which("node") is None:
        return "there is no node"
    if not _CLI.exists():
        return "Prism is not installed: run npm ci --omit=dev --ignore-scripts in tests/prism"
    return ""


class Prism:
    """A mock server that refuses whatever the description does not allow.

    Args:
        folder: For the description and the log.
    """

    url: str

    def __init__(self, folder: Path) -> None:
        self._description = folder / "openapi.json"
        self._log = folder / "prism.log"

    def __enter__(self) -> Self:
        self._description.write_text(json.dumps(document()), "utf-8")
        node = shutil.which("node")
        assert node is not None
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [node, _CLI, "mock", self._description, "--errors", "--port", "0"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self.url = self._wait()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()

    def _wait(self) -> str:
        ends = time.monotonic() + _PATIENCE
        while time.monotonic() < ends and self._process.poll() is None:
            ready = _READY.search(self._log.read_text("utf-8"))
            if ready is not None:
                return ready[1]
            time.sleep(0.05)
        raise RuntimeError(f"Prism did not start:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of its log, which says what it did not like."""
        return "\n".join(self._log.read_text("utf-8").splitlines()[-_REPORTED_LINES:])
