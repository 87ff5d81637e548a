"""What every client does around its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from typing import SupportsIndex

    from braze_engage._http.exchange import Exchange

__all__ = ["HttpClient"]

C = TypeVar("C", bound="HttpClient")


class HttpClient:
    """A client that owns an exchange: a context manager that is never pickled."""

    _exchange: Exchange

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
