"""A server that takes every ``/users/track`` request after a while; run as a process of its own.

    python tests/bench/slow_server.py SECONDS [CERTIFICATE]

It prints its port and serves until its input is closed. It reads no more of a request than where
it ends, so that what it costs is not what is measured.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from typing import Final

_ANSWER: Final = (
    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
    b"X-RateLimit-Limit: 9000000\r\nX-RateLimit-Remaining: 8000000\r\nX-RateLimit-Reset: 600\r\n"
    b'Content-Length: 47\r\n\r\n{"message":"success","attributes_processed":75}'
)


class Taking(asyncio.Protocol):
    """One connection: finds the end of each request and answers later."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
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
            self._transport.write(_ANSWER)


async def main() -> None:
    """Serve until nobody listens any more."""
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2])
    seconds = float(sys.argv[1])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Taking(seconds), "127.0.0.1", 0, ssl=context, backlog=512
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
