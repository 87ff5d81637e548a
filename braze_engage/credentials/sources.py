"""Where keys are read from."""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, runtime_checkable

from braze_engage.credentials.secrets import Secret
from braze_engage.errors import BareCause, BrazeError, ConfigurationError, bare

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CachedSource", "CallableKey", "EnvironmentKey", "FixedKey", "KeySource", "key_source"]

K = TypeVar("K", bound=Secret)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@runtime_checkable
class KeySource(Protocol[T_co]):
    """Any store of keys: a vault, a keyring, a file, the environment."""

    def read(self) -> T_co:
        """Read what the store holds now, or raise a ConfigurationError."""
        ...


def _ask(read: Callable[[], T], name: str) -> T:
    try:
        return read()
    except BrazeError as error:
        told, cause = str(error), error.__cause__
    except Exception as error:  # noqa: BLE001 - a store may fail in any way
        # Its text stays in the cause: it may name addresses and tokens.
        told, cause = type(error).__qualname__, bare(error)
    finally:
        del read
    # Raised outside the handlers, so that no frame of the store comes along.
    raise ConfigurationError(f"{name}: {told}") from (
        cause if isinstance(cause, BareCause) else None
    )


class CachedSource(Generic[T]):
    """A source that is read again when what is known of it is old; safe to use from threads.

    Args:
        source: The store.
        max_age: Seconds after which a change in the store is seen.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        source: KeySource[T],
        *,
        max_age: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not max_age >= 0:
            raise ConfigurationError("max_age: 0 or more seconds are needed, 60 is usual")
        self._source = source
        self._max_age = max_age
        self._clock = clock
        self._lock = threading.Lock()
        # When the read began that gave it, or the last that failed; and what it gave.
        self._known: tuple[float, T] | None = None

    def get(self) -> T:
        """Give what is known, read anew where it is older than ``max_age``.

        While the store cannot be read, the last value known stays in use, a warning is logged, and
        the store is asked again after another ``max_age``.

        Raises:
            ConfigurationError: The store cannot be read and nothing is known yet.
        """
        with self._lock:
            known = self._known
            if known is None:
                return self._read()
            if self._clock() - known[0] < self._max_age:
                return known[1]
            try:
                return self._read()
            except ConfigurationError as error:
                logging.getLogger(__name__).warning("%s (the last value known stays in use)", error)
            self._known = (self._clock(), known[1])
            return known[1]

    def reread(self) -> T:
        """Read the store now, as after an answer that refused the key.

        Raises:
            ConfigurationError: The store cannot be read; :meth:`get` still gives the last value.
        """
        with self._lock:
            return self._read()

    def _read(self) -> T:
        # Dated from before the read: what changes during a slow one is not seen late.
        began = self._clock()
        value = _ask(self._source.read, type(self._source).__qualname__)
        self._known = (began, value)
        return value


class FixedKey(Generic[K]):
    """A key that is known from the start."""

    def __init__(self, key: K) -> None:
        self._key = key

    def read(self) -> K:
        """Give the key."""
        return self._key


class CallableKey(Generic[K]):
    """A key, or its text, that a callable reads; what it gives is checked each time."""

    def __init__(self, kind: type[K], call: Callable[[], str | K]) -> None:
        self._kind = kind
        self._call = call
        # Not its repr: that of a functools.partial shows the arguments.
        self._name = str(getattr(call, "__qualname__", type(call).__qualname__))

    def read(self) -> K:
        """Call it; what it raises becomes the cause of a ConfigurationError, without frames."""
        return _ask(lambda: self._kind.of(self._call()), self._name)


class EnvironmentKey(Generic[K]):
    """A key in an environment variable, looked up at each read."""

    def __init__(self, kind: type[K], variable: str) -> None:
        if not str(variable).isidentifier():
            del variable  # people hand in the key itself
            raise ConfigurationError("variable: a name is needed, such as BRAZE_REST_API_KEY")
        self._kind = kind
        self._variable = variable

    def read(self) -> K:
        """Look the variable up."""
        return _ask(self._look_up, f"environment variable {self._variable}")

    def _look_up(self) -> K:
        if self._variable not in os.environ:
            raise ConfigurationError(
                f"not set; put the {self._kind.__name__} there: {self._kind.remedy}"
            )
        return self._kind.of(os.environ[self._variable])


def key_source(
    kind: type[K], value: str | K | Callable[[], str | K] | KeySource[K]
) -> KeySource[K]:
    """Make a source of one key from whatever a client accepts as a key.

    Args:
        kind: Which kind of key is needed.
        value: The key, its text, a callable that reads it, or a store.

    Raises:
        ConfigurationError: It is none of these, or no usable key.
    """
    try:
        if isinstance(value, (str, Secret)):
            return FixedKey(kind.of(value))
        if isinstance(value, KeySource):
            return CallableKey(kind, value.read)
        if callable(value):
            return CallableKey(kind, value)
        raise ConfigurationError(
            f"{kind.__name__}: text, a callable or a KeySource is needed, not "
            f"{type(value).__name__}"
        )
    finally:
        del value
