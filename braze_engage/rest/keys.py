"""The keys of a client by kind, and which of them a row takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from braze_engage.credentials import (
    CachedSource,
    ClientSideRestKey,
    RestApiKey,
    ScimToken,
    key_source,
)
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage.credentials import Secret
    from braze_engage.operation import Credential, Operation

__all__ = ["Keys"]

_MAX_AGE: Final = 60.0
_SCIM: Final = "SCIM token"
_KINDS: Final[Mapping[Credential, type[Secret]]] = {
    "REST API key": RestApiKey,
    "SCIM token": ScimToken,
    "client-side REST key": ClientSideRestKey,
}
_OPTIONS: Final[Mapping[Credential, str]] = {
    "SCIM token": "scim_token and scim_origin",
    "client-side REST key": "client_side_key",
}


class Keys:
    """What a client was given of each kind of key.

    Args:
        held: A REST API key, a SCIM token and a client-side REST key, each in any form a client
            takes or None; the list is emptied, so that no frame shows them.
        scim_origin: Origin registered for SCIM.
        clock: Seconds that never go back.

    Raises:
        ConfigurationError: A key is unusable or of another kind, or the token comes without its
            origin.
    """

    def __init__(
        self,
        held: list[Any],  # Any: the client states the types, key_source checks what is there
        *,
        scim_origin: str | None,
        clock: Callable[[], float],
    ) -> None:
        self._sources: dict[Credential, CachedSource[Secret]] = {}
        try:
            for credential, kind in _KINDS.items():
                if held[0] is None and credential in _OPTIONS:
                    del held[0]
                    continue
                source = key_source(kind, held.pop(0))
                self._sources[credential] = CachedSource(source, max_age=_MAX_AGE, clock=clock)
        finally:
            held.clear()
        if (scim_origin is None) is (_SCIM in self._sources):
            raise ConfigurationError(
                "scim_token and scim_origin belong together: give the origin registered for SCIM "
                "with the token, or neither"
            )
        self._scim_origin = scim_origin

    def read_all(self) -> None:
        """Read every key once.

        Raises:
            ConfigurationError: One cannot be read.
        """
        for source in self._sources.values():
            source.get()

    def of(self, row: Operation[..., object]) -> Secret:
        """Give the key of the kind a row takes.

        Args:
            row: What is called.

        Raises:
            ConfigurationError: The client was given none of that kind, or it cannot be read.
        """
        source = self._sources.get(row.credential)
        if source is None:
            option = _OPTIONS.get(row.credential)
            remedy = f"give the client {option}" if option else "CohortClient calls it"
            raise ConfigurationError(
                f"{row.group}.{row.name} takes a {row.credential}, which is missing: {remedy}"
            )
        return source.get()

    def headers(self, row: Operation[..., object]) -> dict[str, str]:
        """Give the headers that go with the key a row takes.

        Args:
            row: What is called.
        """
        if row.credential != _SCIM or self._scim_origin is None:
            return {}
        return {"X-Request-Origin": self._scim_origin}

    def newer(self, row: Operation[..., object], refused: Secret | None) -> Secret | None:
        """Read a key again, and give it if it is another one.

        Args:
            row: What was called.
            refused: The key Braze did not know.
        """
        try:
            key = self._sources[row.credential].reread()
        except ConfigurationError:
            return None  # what Braze answered says more
        return None if key == refused else key
