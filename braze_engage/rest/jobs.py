"""What jobs of several requests need of a client."""

from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from braze_engage.errors import ConfigurationError
from braze_engage.operation import Operation, Performer, Reply

if TYPE_CHECKING:
    from typing import BinaryIO

    from braze_engage.credentials import Secret

__all__ = ["JobClient", "WaitingClock", "job_client"]

R = TypeVar("R")


class WaitingClock(Protocol):
    """Tells the time and waits."""

    def now(self) -> float:
        """Tell the seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Tell seconds that never go backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait.

        Args:
            seconds: How long, 0 or more.
        """
        ...


@runtime_checkable
class JobClient(Protocol):
    """Carries out rows, fetches files and waits: a `BrazeClient`."""

    @property
    def clock(self) -> WaitingClock:
        """What tells the time and waits."""
        ...

    def perform(self, operation: Operation[..., R], request: object) -> Reply[R]:
        """Send one request and read its answer.

        Args:
            operation: The row.
            request: An instance of the row's request class.
        """
        ...

    def download(
        self, address: "Secret", into: "BinaryIO | None" = None, *, timeout: float = 60.0
    ) -> int:
        """Fetch a file that Braze keeps elsewhere and tell the HTTP status.

        Args:
            address: Where it lies.
            into: Where a success is written; None to learn the status only.
            timeout: Seconds it may take.
        """
        ...


def job_client(performer: Performer) -> JobClient:
    """Take a client for jobs.

    Args:
        performer: What a family is bound to.

    Raises:
        ConfigurationError: It can carry out rows only.
    """
    if not isinstance(performer, JobClient):
        raise ConfigurationError(
            f"{type(performer).__name__} carries out single requests: jobs need a BrazeClient"
        )
    return performer
