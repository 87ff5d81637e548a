"""Redacted secrets and the sources they are read from.

A key's plain text exists in two places only: inside its :class:`Secret` and in the request that
is being sent. A function that is handed plain text lets go of it before it raises, hence the
``finally: del value``: a traceback printed with local variables shows no key.
"""

from __future__ import annotations

import hmac
import logging
import os
import re
import threading
import time
from typing import TYPE_CHECKING, ClassVar, Generic, NoReturn, Protocol, TypeVar, runtime_checkable

from braze_engage.errors import BareCause, BrazeError, ConfigurationError, bare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import SupportsIndex

K = TypeVar("K", bound="Secret")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_HASH_KEY = os.urandom(32)


def _flaw(value: object) -> str:
    if not isinstance(value, str):
        return f"a key is text, not {type(value).__name__}"
    text = str.__str__(value)
    if not text.strip():
        return "the key is blank"
    if text != text.strip():
        return "there are blanks or line ends around the key"
    if not (text.isascii() and text.isprintable()):
        return "the key holds control or non-ASCII characters"
    return ""


class Secret:
    """A key whose text shows only through :meth:`reveal`, equal only to one of its own kind.

    Args:
        value: The key as Braze issued it: printable ASCII without blanks around it.

    Raises:
        ConfigurationError: It is no such text. The message does not show it.
    """

    # The text lives in a closure: no attribute, and no ``__getstate__``, gives it away.
    __slots__ = ("_held",)

    remedy: ClassVar[str] = "copy it again from where it was issued"

    def __init__(self, value: str) -> None:
        flaw = _flaw(value)
        if flaw:
            del value
            raise ConfigurationError(f"{type(self).__name__}: {flaw}; {self.remedy}")
        text = str.__str__(value)
        self._held: Callable[[], str] = lambda: text

    @classmethod
    def of(cls: type[K], value: str | Secret) -> K:  # noqa: PYI019 - Self needs Python 3.11
        """Make a key of this kind from text, or accept one that is it already.

        Raises:
            ConfigurationError: It is a key of another kind, or unusable text.
        """
        if isinstance(value, cls):
            return value
        if isinstance(value, Secret):
            raise ConfigurationError(
                f"a {type(value).__name__} was given where a {cls.__name__} belongs; {cls.remedy}"
            )
        try:
            return cls(value)
        finally:
            del value

    def reveal(self) -> str:
        """Give the plain text, for the request that needs it and nothing else."""
        return self._held()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(**********)"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret) or type(other) is not type(self):
            return NotImplemented
        return hmac.compare_digest(self._held(), other._held())

    def __hash__(self) -> int:
        return hash(hmac.digest(_HASH_KEY, self._held().encode(), "sha256"))

    def __deepcopy__(self, memo: object = None) -> Secret:
        return self

    __copy__ = __deepcopy__

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} is not pickled; give workers a callable that reads the key"
        )


class RestApiKey(Secret):
    """The key of the REST API, https://www.braze.com/docs/api/basics."""

    __slots__ = ()
    remedy = "copy it from Settings > APIs and Identifiers in the Braze dashboard"


class PartnerKey(Secret):
    """The key that Braze issues to a partner, https://www.braze.com/docs/cohort_import."""

    __slots__ = ()
    remedy = "Braze gives it to the partner, as a rule one for US and one for EU instances"


class DataImportKey(Secret):
    """The key of a workspace for one partner, https://www.braze.com/docs/cohort_import."""

    __slots__ = ()
    remedy = "copy it from (Partner) Integrations > Technology Partners in the Braze dashboard"


def _forms(char: str) -> str:
    code = f"{ord(char):02x}"
    escaped = r"\\{0,3}" if char in "\"'/\\" else ""
    plus = r"|\+" if char == " " else ""
    return rf"(?:{escaped}{re.escape(char)}|(?i:%(?:25)*{code}|\\{{1,2}}u00{code}){plus})"


def scrub(text: str, secrets: Iterable[Secret]) -> str:
    """Replace every occurrence of the secrets by ``[redacted]``.

    Found as they are, escaped in JSON, and percent-encoded. Scrub before cutting a text short: half
    a key is not found.

    Args:
        text: A text of others, such as an answer of Braze, which may echo the data import key.
        secrets: What must not be in it.
    """
    # Longest first, so that a key which begins like another leaves no rest.
    keys = sorted(secrets, key=lambda key: len(key.reveal()), reverse=True)
    forms = ("".join(map(_forms, key.reveal())) for key in keys)
    return re.compile("|".join(forms) or "(?!)").sub("[redacted]", text)


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
