"""Who is told of calls as they happen, and what of them: no body, no key, nobody's identifier."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, ParamSpec, Protocol, TypeVar, cast

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.operation.summing import Summing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from braze_engage.errors import BrazeError

__all__ = ["CALL_HOOKS", "CallHook", "Endpoint", "Teller", "checked_hooks", "is_told"]

H = TypeVar("H")
P = ParamSpec("P")

_LOG: Final = logging.getLogger("braze_engage.hooks")

CALL_HOOKS = ("on_request", "on_retry", "on_wait")
"""What a hook of a client may be told."""


@attrs.frozen
class Endpoint:
    """Where a call goes.

    Args:
        method: HTTP verb.
        path: Path template, without values.
        bucket: Rate pool.
    """

    method: str
    path: str
    bucket: str


class CallHook(Protocol):
    """What is told about calls as they happen, from the thread that makes the call.

    A hook has as many of these methods as it wants; a class derived from this one inherits the
    others, which do nothing. What a hook raises is logged and changes nothing.
    """

    def on_request(self, endpoint: Endpoint, attempt: int, /) -> None:  # noqa: ARG002 - for those who override it
        """Learn that a request is about to be sent.

        Args:
            endpoint: Where it goes.
            attempt: Which time, from 1.
        """
        return

    def on_retry(
        self,
        endpoint: Endpoint,  # noqa: ARG002 - for those who override it
        attempt: int,  # noqa: ARG002 - for those who override it
        error: BrazeError,  # noqa: ARG002 - for those who override it
        delay: float,  # noqa: ARG002 - for those who override it
        /,
    ) -> None:
        """Learn that an attempt failed and another follows.

        Args:
            endpoint: Where it went.
            attempt: Which time, from 1.
            error: Why it failed. Its text may hold Braze's own words, which may name people.
            delay: Seconds until the next attempt.
        """
        return

    def on_wait(
        self,
        endpoint: Endpoint,  # noqa: ARG002 - for those who override it
        seconds: float,  # noqa: ARG002 - for those who override it
        opens: float | None,  # noqa: ARG002 - for those who override it
        /,
    ) -> None:
        """Learn that a call waits, for its rate pool or before an attempt is repeated.

        Args:
            endpoint: Where it is to go.
            seconds: How long.
            opens: Epoch at which its rate pool opens; None when the wait is a back-off.
        """
        return


def is_told(hook: object, names: Sequence[str]) -> bool:
    """Tell whether a hook has at least one of some methods.

    Args:
        hook: The hook.
        names: The methods.
    """
    return any(callable(getattr(hook, name, None)) for name in names)


def checked_hooks(hooks: Iterable[H], names: Sequence[str]) -> tuple[H, ...]:
    """Check hooks and return them.

    Args:
        hooks: What was given.
        names: The methods of which each has at least one.

    Raises:
        ConfigurationError: It is no list, or a hook has none of the methods.
    """
    if not isinstance(cast("object", hooks), Iterable):
        raise ConfigurationError("hooks is a list of hooks, also for a single one")
    given = tuple(hooks)
    for hook in given:
        if not is_told(hook, names):
            raise ConfigurationError(
                f"hooks: {type(hook).__name__} has none of the methods {', '.join(names)}"
            )
    return given


class Teller:
    """Tells hooks; safe to use from threads. That a hook failed is logged, once a minute for each.

    Args:
        hooks: Whom.
        monotonic: The clock.
    """

    def __init__(
        self,
        hooks: Sequence[CallHook],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.hooks = hooks
        self._failed = Summing(_LOG, monotonic=monotonic)
        self._on_request = [hook.on_request for hook in hooks if hasattr(hook, "on_request")]
        self._on_retry = [hook.on_retry for hook in hooks if hasattr(hook, "on_retry")]
        self._on_wait = [hook.on_wait for hook in hooks if hasattr(hook, "on_wait")]

    def request(self, endpoint: Endpoint, attempt: int) -> None:
        """Tell that a request is about to be sent.

        Args:
            endpoint: Where it goes.
            attempt: Which time, from 1.
        """
        self.tell(self._on_request, endpoint, attempt)

    def retry(self, endpoint: Endpoint, attempt: int, error: BrazeError, delay: float) -> None:
        """Tell that an attempt failed and another follows.

        Args:
            endpoint: Where it went.
            attempt: Which time, from 1.
            error: Why it failed.
            delay: Seconds until the next attempt.
        """
        self.tell(self._on_retry, endpoint, attempt, error, delay)

    def wait(self, endpoint: Endpoint, seconds: float, opens: float | None) -> None:
        """Tell that a call waits.

        Args:
            endpoint: Where it is to go.
            seconds: How long.
            opens: Epoch at which its rate pool opens; None when the wait is a back-off.
        """
        self.tell(self._on_wait, endpoint, seconds, opens)

    def tell(
        self, told: Sequence[Callable[P, object]], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Call methods of hooks; nothing they raise comes out.

        Args:
            told: The methods.
            *args: What they are told.
            **kwargs: Likewise.
        """
        for method in told:
            self._call(method, *args, **kwargs)

    def _call(self, method: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(*args, **kwargs)
        except Exception:  # noqa: BLE001 - nothing a hook raises may break a call
            whose = type(getattr(method, "__self__", method)).__qualname__
            self._failed.note(f"the hook {whose} failed", with_error=True)
