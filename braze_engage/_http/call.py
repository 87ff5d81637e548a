"""One request and one answer, as values that show neither keys nor personal data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NoReturn, cast

import attrs

from braze_engage.credentials import scrub
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.credentials import Secret
    from braze_engage.operation import Replay

__all__ = ["SUCCESS", "Answer", "Call", "Payload", "checked_deadline"]

SUCCESS: Final = range(200, 300)


class Payload:
    """A request body that does not show itself: it may hold keys and personal data.

    Args:
        data: The encoded body.
    """

    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        return f"Payload(<{len(self._data)} bytes>)"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Payload is not pickled, because it may hold keys")

    def reveal(self) -> bytes:
        """Return the body itself."""
        return self._data


def is_time(seconds: object) -> bool:
    """Tell whether something is a time that can be waited for.

    Args:
        seconds: What was given.
    """
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return is_number and 0 < cast("float", seconds) < math.inf


def checked_deadline(seconds: float) -> float:
    """Check a deadline and return it.

    Args:
        seconds: What all attempts and waits of a call may take together.

    Raises:
        ConfigurationError: It is not a positive number.
    """
    if not is_time(seconds):
        raise ConfigurationError(f"deadline is a positive number of seconds, not {seconds!r}")
    return seconds


@attrs.frozen(kw_only=True, eq=False)
class Call:
    """One request, whatever the number of attempts.

    Args:
        method: HTTP verb.
        url: Complete, with query; never shown, since it may hold ids.
        path: Path template, for logs and errors.
        bucket: Rate pool.
        replay: What may be repeated.
        body: Encoded, or None.
        content_type: What the body is.
        authorization: The key to send as bearer, or None.
        headers: Further headers.
        permission: What the key must be allowed, where Braze documents it.
        secrets: Other secrets the answer may echo.
        deadline: Seconds all attempts and waits may take together.

    Raises:
        ConfigurationError: The deadline is not a positive number.
    """

    method: str
    url: str = attrs.field(repr=False)
    path: str
    bucket: str
    replay: Replay
    body: Payload | None = None
    content_type: str = "application/json"
    authorization: Secret | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    permission: str | None = None
    secrets: tuple[Secret, ...] = ()
    deadline: float = attrs.field(default=60.0, converter=checked_deadline)

    def scrub(self, text: str) -> str:
        """Take every secret of this call out of a text.

        Args:
            text: What Braze or a library said.
        """
        known = self.secrets if self.authorization is None else (self.authorization, *self.secrets)
        return scrub(text, known)


@attrs.frozen(eq=False)
class Answer:
    """What came back, whatever the status.

    Args:
        status: HTTP status.
        headers: Under lower-case names.
        body: Decompressed.
        attempts: How often the request was sent.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    attempts: int = 1

    @property
    def ok(self) -> bool:
        """Whether the status is any success; Braze answers 200, 201 and 202."""
        return self.status in SUCCESS
