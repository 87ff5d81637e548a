"""What has to be done before a request leaves, for whoever makes it from far above."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["before_leaving", "leaves"]

_BEFORE: Final[ContextVar[Callable[[], object] | None]] = ContextVar("before", default=None)


@contextmanager
def before_leaving(action: Callable[[], object]) -> Generator[None]:
    """Do something before each request of this thread, once it may leave and waits no more.

    Args:
        action: What to do. The request does not leave if that raises.
    """
    token = _BEFORE.set(action)
    try:
        yield
    finally:
        _BEFORE.reset(token)


def leaves() -> None:
    """Do what is to be done before the request that is about to leave."""
    action = _BEFORE.get()
    if action is not None:
        action()
