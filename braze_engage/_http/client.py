"""What every client does around its calls."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NoReturn, TypeVar

from braze_engage._http.call import checked_deadline
from braze_engage._http.quota import PRIORITIES
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import SupportsIndex

    from braze_engage._http.exchange import Exchange
    from braze_engage._http.quota import Priority
    from braze_engage._http.retry import Clock
    from braze_engage.operation.allowance import Allowance
    from braze_engage.operation.hooks import CallHook

__all__ = ["HttpClient"]

C = TypeVar("C", bound="HttpClient")


class HttpClient:
    """A client that owns an exchange: a context manager that is never pickled."""

    _exchange: Exchange
    _clock: Clock
    _deadline: float

    @property
    def clock(self) -> Clock:
        """What tells the time and waits."""
        return self._clock

    def allowance(self, bucket: str, *, priority: Priority = "realtime") -> Allowance:
        """Tell how many requests of a rate pool may be sent, as far as that is known beforehand.

        Args:
            bucket: The rate pool, such as ``"users_track"``.
            priority: What the calls are where its `Quota` does not say.
        """
        return self._exchange.allowance(bucket, priority)

    def with_options(  # noqa: PYI019 - Self needs Python 3.11
        self: C,
        *,
        deadline: float | None = None,
        hooks: Iterable[CallHook] = (),
        priority: Priority | None = None,
    ) -> C:
        """Derive a client with other options; connections, keys, names and quotas are shared.

        Args:
            deadline: Seconds a call may take, all attempts and waits included; None as before.
            hooks: Whom to tell beside those who are told already.
            priority: What its calls are where its `Quota` does not say: "backfill" leaves
                the reserve of the quota to others; None as before.

        Raises:
            ConfigurationError: An option is wrong.
        """
        if priority is not None and priority not in PRIORITIES:
            raise ConfigurationError(f"priority is 'realtime' or 'backfill', not {priority!r}")
        derived = object.__new__(type(self))
        bound = {
            name for name in vars(self) if isinstance(getattr(type(self), name, 0), cached_property)
        }  # groups of endpoints, which call the client they were made for
        vars(derived).update(
            (name, value) for name, value in vars(self).items() if name not in bound
        )
        if deadline is not None:
            derived._deadline = checked_deadline(deadline)
        derived._exchange = self._exchange.derived(hooks, priority)
        return derived

    def close(self) -> None:
        """Close the connections, also those of derived clients; a session given stays open."""
        self._exchange.close()

    def __enter__(self: C) -> C:  # noqa: PYI019 - Self needs Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} is not pickled: it holds keys and connections; "
            "give workers a callable that makes one"
        )
