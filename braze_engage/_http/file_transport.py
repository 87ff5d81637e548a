"""What all transports do alike: one request out, one answer or one file in."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from braze_engage._http.call import Answer
from braze_engage._http.causes import explain
from braze_engage._http.files import file_call, not_opened, save
from braze_engage._http.reading import checked_user_agent, receive
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

    from braze_engage._http.call import Call
    from braze_engage._http.reading import Failure
    from braze_engage.credentials import Secret
    from braze_engage.errors import BrazeError

__all__ = ["Arriving", "FileTransport"]


class Arriving(NamedTuple):
    """An answer whose head has arrived.

    Args:
        status: HTTP status.
        headers: In any case.
        body: Its pieces, decompressed.
        close: Gives its connection back, or gives it up.
    """

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]
    close: Callable[[], None]


class FileTransport(ABC):
    """Carries one request, or gets one file.

    What fails inside is returned and raised outside, where no exception is being handled: else it
    would keep that one as its context, with frames that hold keys.

    Args:
        user_agent: What to introduce itself as; None for the name and version of this library.
        monotonic: Measures the time an answer takes to arrive.

    Raises:
        ConfigurationError: The user agent is no single line of ASCII.
    """

    def __init__(self, user_agent: str | None, monotonic: Callable[[], float]) -> None:
        self._user_agent = checked_user_agent(user_agent)
        self._monotonic = monotonic

    def send(self, call: Call, *, connect: float, read: float) -> Answer:
        """Send once and return the answer, whatever its status.

        Args:
            call: The request; its deadline is what is left for this attempt.
            connect: Seconds to wait for a connection.
            read: Seconds to wait for the next bytes.

        Raises:
            ConfigurationError: The address, a header, the session, a proxy or the CA bundle cannot
                be used.
            NotSent: No connection was made.
            AnswerLost: The request may have arrived.
        """
        outcome = self._send(call, connect, read)
        if isinstance(outcome, Answer):
            return outcome
        failure, cause = outcome
        raise failure from cause

    def fetch(
        self, address: Secret, into: BinaryIO | None, *, connect: float, read: float, total: float
    ) -> int:
        """Get a file from an address that opens it to anyone: no key and no header goes along.

        Args:
            address: Complete; it shows nowhere.
            into: Where a success is written; None to learn the status only.
            connect: Seconds to wait for a connection.
            read: Seconds to wait for the next bytes.
            total: Seconds the whole file may take.

        Returns:
            The status, whatever it is; redirects are not followed.

        Raises:
            ConfigurationError: The address or the session is not one to use.
            NotSent: No connection was made.
            AnswerLost: The file did not arrive whole; a part of it may be written.
        """
        outcome = self._fetch(address, into, connect, read, total)
        if isinstance(outcome, int):
            return outcome
        raise outcome  # without a cause, which would show the address

    @abstractmethod
    def close(self) -> None:
        """Give back what the transport opened itself."""

    @abstractmethod
    def _problem(self, call: Call) -> str | None:
        """Say why a request must not leave; None where it may."""

    @abstractmethod
    def _open(
        self, call: Call, connect: float, read: float, *, is_file: bool
    ) -> Arriving | ConfigurationError:
        """Send a request, or ask for a file, and wait for the head of the answer."""

    def _send(self, call: Call, connect: float, read: float) -> Answer | Failure:
        handled = sys.exc_info()[1]
        late = self._monotonic() + call.deadline
        problem = self._problem(call)
        if problem:
            return ConfigurationError(f"{call.method} {call.path}: {problem}"), None
        try:
            found = self._open(call, connect, read, is_file=False)
        except Exception as error:  # noqa: BLE001 - the frames of any error below hold the key
            return explain(call, error, handled)
        if isinstance(found, ConfigurationError):
            return found, None
        try:
            return receive(
                call, found.status, found.headers, found.body, lambda: self._monotonic() > late
            )
        finally:
            found.close()

    def _fetch(
        self, address: Secret, into: BinaryIO | None, connect: float, read: float, total: float
    ) -> int | BrazeError:
        handled = sys.exc_info()[1]
        late = self._monotonic() + total
        call = file_call(address, total)
        problem = self._problem(call)
        if problem:
            return ConfigurationError(f"{call.path}: {problem}")
        try:
            found = self._open(call, connect, read, is_file=True)
        except Exception as error:  # noqa: BLE001 - the frames of any error below hold the address
            return not_opened(call, error, handled)
        if isinstance(found, ConfigurationError):
            return found
        try:
            return save(call, found.status, found.body, into, lambda: self._monotonic() > late)
        finally:
            found.close()
