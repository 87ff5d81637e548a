"""Runs ``braze-client`` of PyPI in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from braze_engage.limits import TRACK_OBJECTS
from tests.bench.server import HERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BEFORE: Final = dict(os.environ)
"""What pip needs, before the certificate of the server is the only one that is trusted."""


@contextmanager
def braze_client(
    python: str | None, url: str, count: int, *, threads: int
) -> Iterator[Callable[[], float] | None]:
    """Install ``braze-client`` apart, and give what sends one round and tells its seconds.

    Args:
        python: A Python that can import it, 3.10 at most; None to leave it out.
        url: Where the server is.
        count: How many requests.
        threads: On how many threads.
    """
    if python is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as directory:
        subprocess.check_call([python, "-m", "venv", directory])
        mine = str(Path(directory, "bin", "python"))
        install = [mine, "-m", "pip", "install", "-qqq", "braze-client", "requests<3"]
        subprocess.check_call(install, env=_BEFORE)
        sizes = (str(count), str(TRACK_OBJECTS), str(threads))
        with subprocess.Popen(
            [mine, str(HERE / "braze_client_peer.py"), url, *sizes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:

            def once() -> float:
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write("\n")
                process.stdin.flush()
                return float(process.stdout.readline())

            yield once
            assert process.stdin is not None
            process.stdin.close()
