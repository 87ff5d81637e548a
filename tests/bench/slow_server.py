"""A server that takes every request after a while; run as a process of its own.

    python tests/bench/slow_server.py SECONDS [--certificate FILE] [--refuse SHARE] [--reject SHARE]

It prints its port and serves until its input is closed. It reads no more of a request than where
it ends, so that what it costs is not what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import ssl
import sys
from typing import Final

_HEAD: Final = (
    b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
    b"X-RateLimit-Limit: 9000000\r\nX-RateLimit-Remaining: 8000000\r\nX-RateLimit-Reset: 600\r\n"
    b"Content-Length: %d\r\n\r\n%s"
)
_TAKEN: Final = b'{"message":"success","attributes_processed":75}'
_PARTLY: Final = (
    b'{"message":"success","attributes_processed":74,"errors":'
    b'[{"type":"a value is not valid","input_array":"attributes","index":0}]}'
)
_REFUSED: Final = b'{"message":"Rate limit exceeded"}'


def _answer(status: bytes, body: bytes) -> bytes:
    return _HEAD % (status, len(body), body)


class Answers:
    """Chooses what to answer.

    Args:
        refuse: The share of requests that get a 429.
        reject: The share of the others of which the first object is not taken.
    """

    def __init__(self, refuse: float, reject: float) -> None:
        self._chance = random.Random(1)
        self._refuse = refuse
        self._reject = reject
        self._taken = _answer(b"201 Created", _TAKEN)
        self._partly = _answer(b"201 Created", _PARTLY)
        self._refused = _answer(b"429 Too Many Requests", _REFUSED)

    def one(self) -> bytes:
        """Choose an answer."""
        if self._refuse and self._chance.random() < self._refuse:
            return self._refused
        if self._reject and self._chance.random() < self._reject:
            return self._partly
        return self._taken


class Taking(asyncio.Protocol):
    """One connection: finds the end of each request and answers later."""

    def __init__(self, seconds: float, answers: Answers) -> None:
        self._seconds = seconds
        self._answers = answers
        self._held = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers go to."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what came, and answer each request that is whole."""
        held = self._held
        held += data
        while (head := held.find(b"\r\n\r\n")) >= 0:
            mark = held.lower().index(b"content-length:", 0, head) + len("content-length:")
            end = head + 4 + int(held[mark : held.index(b"\r\n", mark)])
            if len(held) < end:
                return
            del held[:end]
            asyncio.get_running_loop().call_later(self._seconds, self._answer)

    def _answer(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(self._answers.one())


async def main() -> None:
    """Serve until nobody listens any more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", type=float)
    parser.add_argument("--certificate")
    parser.add_argument("--refuse", type=float, default=0.0)
    parser.add_argument("--reject", type=float, default=0.0)
    given = parser.parse_args()
    context = None
    if given.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate)
    answers = Answers(given.refuse, given.reject)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Taking(given.seconds, answers), "127.0.0.1", 0, ssl=context, backlog=512
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
