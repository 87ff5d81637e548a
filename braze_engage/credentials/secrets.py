"""Redacted secrets, by kind."""

from __future__ import annotations

import hmac
import os
import re
from typing import TYPE_CHECKING, ClassVar, NoReturn, TypeVar

from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import SupportsIndex

__all__ = [
    "ClientSideRestKey",
    "DataImportKey",
    "PartnerKey",
    "RestApiKey",
    "ScimToken",
    "Secret",
    "scrub",
]

K = TypeVar("K", bound="Secret")

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


class ScimToken(Secret):
    """The token of SCIM provisioning, https://www.braze.com/docs/scim/automated_user_provisioning."""

    __slots__ = ()
    remedy = "create it under Settings > Company Settings > SCIM Provisioning in the dashboard"


class ClientSideRestKey(Secret):
    """The key that device messaging takes, which is no key of the REST API."""

    __slots__ = ()
    remedy = "Braze issues it for one app; a REST API key must never be in a client"


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
