"""Redacted secrets and the sources they are read from.

A key's plain text exists in two places only: inside its :class:`Secret` and in the request that
is being sent. A function that is handed plain text lets go of it before it raises, hence the
``finally: del value``: a traceback printed with local variables shows no key.
"""

from braze_engage.credentials.secrets import (
    ClientSideRestKey,
    DataImportKey,
    PartnerKey,
    RestApiKey,
    ScimToken,
    Secret,
    scrub,
)
from braze_engage.credentials.sources import (
    CachedSource,
    CallableKey,
    EnvironmentKey,
    FixedKey,
    KeySource,
    key_source,
)

__all__ = [
    "CachedSource",
    "CallableKey",
    "ClientSideRestKey",
    "DataImportKey",
    "EnvironmentKey",
    "FixedKey",
    "KeySource",
    "PartnerKey",
    "RestApiKey",
    "ScimToken",
    "Secret",
    "key_source",
    "scrub",
]
