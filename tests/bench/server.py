"""Runs the slow server, and posts to it as barely as can be."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HERE: Final = Path(__file__).parent
CERTIFICATE: Final = HERE.parent / "data" / "loopback.pem"
KEY: Final = "bench"
HEADERS: Final = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
LATENCY: Final = 0.1
_ACCEPTED: Final = 201


@contextmanager
def set_aside() -> Iterator[None]:
    """Keep Python's collector off all that is there by now.

    Programs read their calls and forget them; what a benchmark holds ready would be gone through
    again and again.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def trusting() -> Iterator[None]:
    """Trust the certificate of the server, meanwhile no other."""
    before = os.environ.get("REQUESTS_CA_BUNDLE")
    os.environ["REQUESTS_CA_BUNDLE"] = str(CERTIFICATE)
    try:
        yield
    finally:
        del os.environ["REQUESTS_CA_BUNDLE"]
        if before is not None:
            os.environ["REQUESTS_CA_BUNDLE"] = before


@contextmanager
def server(
    seconds: float = LATENCY, *, tls: bool = False, refuse: float = 0.0, reject: float = 0.0
) -> Iterator[str]:
    """Run the server and give its address.

    Args:
        seconds: How long it takes to answer.
        tls: Whether it speaks TLS.
        refuse: The share of requests that get a 429.
        reject: The share of the others of which the first object is not taken.
    """
    command = [sys.executable, str(HERE / "slow_server.py"), str(seconds)]
    command += [f"--refuse={refuse}", f"--reject={reject}"]
    if tls:
        command.append(f"--certificate={CERTIFICATE}")
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield f"{'https' if tls else 'http'}://127.0.0.1:{process.stdout.readline().strip()}"


def posting_seconds(
    bodies: Sequence[bytes], post: Callable[[bytes], int], *, threads: int
) -> float:
    """Post ready-made bodies.

    Args:
        bodies: Which.
        post: Posts one and tells the status.
        threads: On how many threads.
    """
    todo: SimpleQueue[bytes] = SimpleQueue()
    for one in bodies:
        todo.put(one)

    def work() -> None:
        try:
            while True:
                assert post(todo.get_nowait()) == _ACCEPTED
        except Empty:
            pass

    workers = [threading.Thread(target=work) for _ in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - began


def bare_seconds(url: str, bodies: Sequence[bytes], *, threads: int) -> float:
    """Post ready-made bodies with urllib3 alone.

    Args:
        url: Where the server is.
        bodies: Which.
        threads: On how many threads.
    """
    manager = urllib3.PoolManager(maxsize=threads, ca_certs=str(CERTIFICATE))

    def post(one: bytes) -> int:
        return manager.request("POST", f"{url}/users/track", body=one, headers=HEADERS).status

    return posting_seconds(bodies, post, threads=threads)
