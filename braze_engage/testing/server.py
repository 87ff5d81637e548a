"""The fake on a loopback socket: HTTP/1.1, keep-alive, a thread for each connection."""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from braze_engage.testing.messages import UNANSWERED, Reply, Request, Wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.testing.service import Service

_ADDRESS = "127.0.0.1"
_PATIENCE_ON_CLOSING = 2.0
_AT_ONCE = struct.pack("ii", 1, 0)
"""Closes a socket by a reset instead of a farewell."""


class LoopbackServer:
    """Serves a service until closed.

    Args:
        service: Gives the service of the moment; ``reset`` replaces it.
        port: 0 for a free one.
    """

    def __init__(self, service: Callable[[], Service], port: int = 0) -> None:
        self._server = _Server(service, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="fake-braze", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Address without a slash at its end."""
        return f"http://{_ADDRESS}:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop, and close every connection."""
        self._server.shutdown()
        self._thread.join(_PATIENCE_ON_CLOSING)
        self._server.close_connections()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, service: Callable[[], Service], port: int) -> None:
        self.service = service
        self._open: dict[socket.socket, threading.Thread] = {}
        self._opening = threading.Lock()
        super().__init__((_ADDRESS, port), _Handler)

    def process_request_thread(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        with self._opening:
            self._open[request] = threading.current_thread()
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._opening:
                del self._open[request]

    def close_connections(self) -> None:
        with self._opening:
            open_now = dict(self._open)
        for connection in open_now:
            _hang_up(connection)
        for thread in open_now.values():
            thread.join(_PATIENCE_ON_CLOSING)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - fixed by the base class
        failure = sys.exc_info()[1]
        # A client that hung up is everyday life under test.
        if failure is not None and not isinstance(failure, OSError):
            self.service().failures.append(failure)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        path, _, query = self.path.partition("?")
        request = Request(
            method=self.command,
            path=path,
            query=query,
            host=self.headers.get("Host", ""),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        assert isinstance(self.server, _Server)
        self._reply(self.server.service().handle(request))

    # The base class looks for these names.
    do_DELETE = _serve  # noqa: N815 - see above
    do_GET = _serve  # noqa: N815 - see above
    do_PATCH = _serve  # noqa: N815 - see above
    do_POST = _serve  # noqa: N815 - see above
    do_PUT = _serve  # noqa: N815 - see above

    def _reply(self, reply: Reply) -> None:
        if reply.wire in UNANSWERED:
            self.close_connection = True
            if reply.wire is Wire.RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                os.close(self.connection.detach())
            if reply.wire is Wire.REFUSED:
                raise RuntimeError("refuse_connection works in process only: use drop")
            return
        try:
            phrase = HTTPStatus(reply.status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = [f"HTTP/1.1 {reply.status} {phrase}", f"content-length: {len(reply.body)}"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        if reply.wire is Wire.TRUNCATED:
            self.close_connection = True
            self.wfile.write(head + reply.body[: len(reply.body) // 2])
            return
        self.wfile.write(head + reply.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - fixed by the base class
        """Stay silent."""


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
