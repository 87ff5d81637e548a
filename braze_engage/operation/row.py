"""Rows, families of rows, and rows bound to a client."""

from __future__ import annotations

from enum import Enum
from itertools import chain
from typing import (
    TYPE_CHECKING,
    ClassVar,
    Final,
    Generic,
    Literal,
    ParamSpec,
    Protocol,
    TypeVar,
    cast,
    overload,
)

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "UNSET",
    "Availability",
    "Bound",
    "Credential",
    "Family",
    "Method",
    "Operation",
    "Performer",
    "Replay",
    "Reply",
    "Unset",
]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Availability = Literal["general", "early access", "limited beta", "beta", "deprecated", "unlisted"]
Credential = Literal["REST API key", "SCIM token", "client-side REST key", "partner key"]


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return self.name


UNSET: Final = Unset.UNSET
"""Not given, where ``None`` itself says something: ``None`` is sent as null and clears a field."""


class Replay(Enum):
    """What may be repeated when a request fails."""

    ALWAYS = "always"
    """Sending it twice ends in the same state: repeat it after an ambiguous answer too."""
    IF_UNSENT = "if unsent"
    """Sending it twice counts twice: repeat only what Braze certainly did not accept."""
    NEVER = "never"
    """One attempt."""


@attrs.frozen
class Reply(Generic[R_co]):
    """A result together with the answer that carried it.

    Args:
        value: What the plain call would have returned.
        status: HTTP status.
        headers: Headers of the answer under lower-case names.
        attempts: How often the request was sent, the successful time included.
    """

    value: R_co
    status: int
    headers: Mapping[str, str]
    attempts: int


class Performer(Protocol):
    """What carries a row out: a client."""

    def perform(self, operation: Operation[..., R], request: object) -> Reply[R]:
        """Send one request and read its answer.

        Args:
            operation: The row.
            request: An instance of the row's request class.
        """
        ...


class Family:
    """The rows of one group of Braze's documentation, bound to a client.

    Args:
        performer: The client that sends.
    """

    group: ClassVar[str] = ""

    def __init__(self, performer: Performer) -> None:
        self._performer = performer

    @property
    def performer(self) -> Performer:
        """The client that sends."""
        return self._performer

    @classmethod
    def operations(cls) -> tuple[Operation[..., object], ...]:
        """List the rows in the order they are stated, those of base classes included."""
        classes = cls.__mro__
        values: Iterable[object] = chain.from_iterable(vars(each).values() for each in classes)
        # isinstance knows no type arguments; every row is an Operation of something.
        return tuple(
            cast("Operation[..., object]", value)
            for value in values
            if isinstance(value, Operation)
        )


class Operation(Generic[P, R_co]):
    """One endpoint.

    Args:
        method: HTTP verb.
        path: Path with placeholders in braces, each named like a field of the request class.
        request: The request class; its signature becomes the signature of the call.
        response: The class a successful answer is read into.
        bucket: Rate pool the request counts against, at worst.
        replay: What may be repeated, at worst.
        permission: Permission the key needs, or None where Braze documents none.
        docs: Address of Braze's page.
        availability: Who may use it, as Braze says.
        credential: The kind of key it takes.

    A request class may narrow the worst case for its content with the methods
    ``narrowed_replay()`` and ``narrowed_bucket()``.
    """

    group: str = ""
    name: str = ""

    def __init__(  # noqa: PLR0913 - a row is its columns
        self,
        method: Method,
        path: str,
        request: Callable[P, object],
        response: type[R_co],
        *,
        bucket: str,
        replay: Replay,
        permission: str | None,
        docs: str,
        availability: Availability = "general",
        credential: Credential = "REST API key",
    ) -> None:
        self.method: Method = method
        self.path = path
        self.request = request
        self.response = response
        self.bucket = bucket
        self.replay = replay
        self.permission = permission
        self.docs = docs
        self.availability: Availability = availability
        self.credential: Credential = credential

    def __set_name__(self, owner: type[Family], name: str) -> None:
        self.group = owner.group
        self.name = name

    @overload
    def __get__(self, family: None, owner: type[Family]) -> Operation[P, R_co]: ...
    @overload
    def __get__(self, family: Family, owner: type[Family]) -> Bound[P, R_co]: ...
    def __get__(
        self, family: Family | None, owner: type[Family]
    ) -> Operation[P, R_co] | Bound[P, R_co]:
        if family is None:
            return self
        return Bound(self, family.performer)

    def __repr__(self) -> str:
        return f"<{self.group}.{self.name}: {self.method} {self.path}>"

    def replay_of(self, request: object) -> Replay:
        """Tell what may be repeated of this very request.

        Args:
            request: An instance of the row's request class.
        """
        narrow: Callable[[], Replay] | None = getattr(request, "narrowed_replay", None)
        return self.replay if narrow is None else narrow()

    def bucket_of(self, request: object) -> str:
        """Tell the rate pool of this very request.

        Args:
            request: An instance of the row's request class.
        """
        narrow: Callable[[], str] | None = getattr(request, "narrowed_bucket", None)
        return self.bucket if narrow is None else narrow()


class Bound(Generic[P, R_co]):
    """A row of a client, ready to be called.

    Args:
        operation: The row.
        performer: The client that sends.
    """

    __slots__ = ("_performer", "_row")

    def __init__(self, operation: Operation[P, R_co], performer: Performer) -> None:
        self._row = operation
        self._performer = performer

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Build the request, send it and return what the answer says.

        Args:
            *args: As the request class takes them.
            **kwargs: As the request class takes them.
        """
        return self._performer.perform(self._row, self._row.request(*args, **kwargs)).value

    def reply(self, *args: P.args, **kwargs: P.kwargs) -> Reply[R_co]:
        """Do the same and return status, headers and attempts with the result.

        Args:
            *args: As the call itself.
            **kwargs: As the call itself.
        """
        return self._performer.perform(self._row, self._row.request(*args, **kwargs))

    def __repr__(self) -> str:
        return f"<bound {self._row!r}>"
