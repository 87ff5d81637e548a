"""What the fake remembers of requests."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from braze_engage.testing.messages import RecordedRequest

if TYPE_CHECKING:
    from braze_engage.testing.messages import Request

KEPT_REQUESTS = 10_000
KEPT_BYTES = 8 * 1024 * 1024


class RequestLog:
    """The last requests, bounded in number and in bytes of their bodies; ``total`` counts all."""

    def __init__(self) -> None:
        self.total = 0
        self._records: deque[RecordedRequest] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    def add(self, request: Request, now: float, *, keep_body: bool) -> RecordedRequest:
        """Record a request on arrival."""
        record = RecordedRequest(
            method=request.method,
            path=request.path,
            query=request.query,
            host=request.host,
            headers=request.headers,
            time=now,
            body=request.body if keep_body else b"",
        )
        with self._lock:
            self.total += 1
            self._records.append(record)
            self._bytes += len(record.body)
            while len(self._records) > KEPT_REQUESTS or self._bytes > KEPT_BYTES:
                self._bytes -= len(self._records.popleft().body)
        return record

    def records(self) -> list[RecordedRequest]:
        """List what is kept, oldest first."""
        with self._lock:
            return list(self._records)
