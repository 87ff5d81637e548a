"""Exports of segments as jobs: started, waited for, read profile by profile.

https://www.braze.com/docs/api/endpoints/export/user_data/post_users_segment
"""

import tempfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from braze_engage.credentials import Secret
from braze_engage.errors import BrazeError, RateLimited, TransportError
from braze_engage.rest.export_files import ExportFailed, UnreadableLine, read_export

if TYPE_CHECKING:
    from typing import BinaryIO

    from typing_extensions import Self

    from braze_engage.operation import Operation
    from braze_engage.rest.exported_user import ExportedUser
    from braze_engage.rest.jobs import JobClient
    from braze_engage.rest.users_export import ExportStarted

__all__ = [
    "ExportFailed",
    "ExportNotReady",
    "ExportRunning",
    "UnreadableLine",
    "UserExport",
    "read_export",
    "start_export",
]

_NOT_YET: Final = 403
_PASSING: Final = frozenset({408, 429, *range(500, 600)})
_SUCCESS: Final = range(200, 300)
_LONGEST_PAUSE: Final = 30.0
_ATTEMPTS: Final = 5
_KEPT_LINES: Final = 100


class ExportRunning(RateLimited):
    """429 that is no rate limit: an export of this segment is running, or 100 of the company are.

    Wait for the one that runs, or cancel it with ``braze.segments.cancel_export``.
    """


class ExportNotReady(BrazeError):
    """The file is not there yet; `UserExport.wait` may be called again."""


class _Passing(ExportFailed):
    """The storage is overloaded or down; told only when it stays so."""


class ExportAddress(Secret):
    """Where an export lies; anyone who knows it may have the profiles."""

    __slots__ = ()
    remedy = "give the url of the answer or of the callback as it is"


class UserExport:
    """An export of profiles under way: wait for it, then iterate over its profiles.

    Iterating downloads the file into a temporary one, which is deleted at the end, and reads it
    line by line. Each iteration downloads again.

    Args:
        client: Carries the requests; a ``BrazeClient``.
        url: Where the file will be; None where Braze writes to an object storage of your own.
        object_prefix: How the names of its files begin.

    Attributes:
        object_prefix: How the names of its files begin.
        unreadable: The first 100 lines of the last iteration that were no profiles.
        unreadable_total: How many there were.
    """

    def __init__(
        self, client: "JobClient", *, url: str | None, object_prefix: str | None = None
    ) -> None:
        self.object_prefix = object_prefix
        self.unreadable: list[UnreadableLine] = []
        self.unreadable_total = 0
        self._client = client
        self._address = None if url is None else ExportAddress(url)
        self._was_there = False

    @property
    def url(self) -> str | None:
        """Where the file will be, for a few hours; keep it like a key.

        None where Braze writes the files to an object storage of your own.
        """
        return None if self._address is None else self._address.reveal()

    def wait(
        self, timeout: float = 7_200.0, progress: Callable[[float], object] | None = None
    ) -> "Self":
        """Wait until the file is there.

        Args:
            timeout: Seconds; an export of 20 million profiles can take over an hour.
            progress: Is told after each look how many seconds have passed.

        Returns:
            The export itself.

        Raises:
            ExportNotReady: The time is over.
            ExportFailed: It will never be there, or lies in a storage of your own.
        """
        address, clock = self._known_address(), self._client.clock
        began, pause = clock.monotonic(), 1.0
        while not self._is_there(address):
            waited = clock.monotonic() - began
            if progress is not None:
                progress(waited)
            if waited >= timeout:
                raise ExportNotReady(
                    f"the export is not ready after {waited:,.0f} s: wait on, or if it was "
                    "started hours ago, start another one"
                )
            clock.sleep(min(pause, timeout - waited))
            pause = min(2 * pause, _LONGEST_PAUSE)
        return self

    def users(self, *, timeout: float = 3_600.0) -> Iterator["ExportedUser"]:
        """Download the file and iterate over its profiles; memory stays flat.

        Lines that are no profiles are left out and stand in ``unreadable``.

        Args:
            timeout: Seconds the download may take.

        Raises:
            ExportNotReady: While iterating: the file is not there yet.
            ExportFailed: While iterating: it is no longer there, or damaged.
            TransportError: While iterating: the download broke off every time.
        """
        address = self._known_address()
        self.unreadable, self.unreadable_total = [], 0
        with tempfile.TemporaryFile() as file:
            self._download(address, file, timeout)
            yield from read_export(file, on_unreadable=self._note)

    def __iter__(self) -> Iterator["ExportedUser"]:
        return self.users()

    def __repr__(self) -> str:
        return f"<UserExport {self.object_prefix or 'without prefix'}>"

    def _known_address(self) -> ExportAddress:
        if self._address is None:
            raise ExportFailed(
                "Braze writes this export to the object storage connected to the workspace, under "
                f"names that begin with {self.object_prefix or 'its object_prefix'}: read the "
                "files there, each with read_export()"
            )
        return self._address

    def _is_there(self, address: ExportAddress) -> bool:
        try:
            status = self._client.download(address)
        except TransportError:
            return False
        if status in _SUCCESS:
            self._was_there = True
            return True
        if status in _PASSING or (status == _NOT_YET and not self._was_there):
            return False
        raise self._refusal(status)

    def _download(self, address: ExportAddress, file: "BinaryIO", timeout: float) -> None:
        clock = self._client.clock
        ends = clock.monotonic() + timeout
        attempt = 1
        while (error := self._attempt(address, file, ends - clock.monotonic())) is not None:
            pause = 2.0**attempt
            passing = isinstance(error, TransportError | _Passing)
            if attempt == _ATTEMPTS or not passing or clock.monotonic() + pause >= ends:
                raise error
            clock.sleep(pause)
            attempt += 1

    def _attempt(
        self, address: ExportAddress, file: "BinaryIO", timeout: float
    ) -> BrazeError | None:
        file.seek(0)
        file.truncate()
        try:
            status = self._client.download(address, file, timeout=timeout)
        except TransportError as error:
            return error
        if status not in _SUCCESS:
            return self._refusal(status)
        self._was_there = True
        return None

    def _refusal(self, status: int) -> BrazeError:
        if status in _PASSING:
            return _Passing(f"the storage answered {status}: try again later")
        if status == _NOT_YET and not self._was_there:
            return ExportNotReady("the export is not ready: call wait() before reading it")
        remedy = "its address works for a few hours only: start another export"
        return ExportFailed(f"the storage answered {status}; {remedy}")

    def _note(self, line: UnreadableLine) -> None:
        self.unreadable_total += 1
        if len(self.unreadable) < _KEPT_LINES:
            self.unreadable.append(line)


def start_export(
    client: "JobClient", operation: "Operation[..., ExportStarted]", request: object
) -> UserExport:
    """Start an export and take it up.

    Args:
        client: Carries the requests; a ``BrazeClient``.
        operation: A row that starts an export.
        request: Its request.

    Raises:
        ExportRunning: One of the same segment is running, or 100 are.
    """
    try:
        started = client.perform(operation, request).value
    except RateLimited as limited:
        if limited.reset_at is not None:
            raise
        # Braze names no moment to try again, so its quota is not used up.
        refused = limited
    else:
        return UserExport(client, url=started.url, object_prefix=started.object_prefix)
    running = ExportRunning(
        refused.message,
        status=refused.status,
        method=refused.method,
        path=refused.path,
        attempts=refused.attempts,
        hint="wait for the export that is running, or cancel it with segments.cancel_export",
    )
    running.bucket = refused.bucket
    raise running
