"""Keywords of rules, checked with a message that helps."""

from __future__ import annotations

import functools
import inspect
from difflib import get_close_matches
from typing import TypeVar

from braze_engage.errors import ConfigurationError

__all__ = ["UnknownKeyword", "checked_keywords"]

_T = TypeVar("_T")


class UnknownKeyword(ConfigurationError, TypeError):
    """A rule that does not exist, or one given without its name or not given at all."""


def checked_keywords(cls: type[_T]) -> type[_T]:
    """Make a class of options say which keyword was meant.

    The signature, as editors and type checkers see it, stays the one attrs writes.

    Args:
        cls: A class whose arguments are all keyword-only.
    """
    plain = cls.__init__
    signature = inspect.signature(cls)
    known = list(signature.parameters)

    @functools.wraps(plain)
    def checked(self: _T, *args: object, **given: object) -> None:
        if args:
            raise UnknownKeyword(f"{cls.__name__} takes keywords only, as in {known[0]}=...")
        for name in given:
            if name not in known:
                raise UnknownKeyword(_unknown(cls.__name__, name, known))
        try:
            signature.bind(**given)
        except TypeError as error:
            raise UnknownKeyword(f"{cls.__name__}: {error}") from None
        plain(self, **given)

    # not by assignment, which type checkers hold against the signature of the method
    type.__setattr__(cls, "__init__", checked)
    return cls


def _unknown(owner: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"it knows {', '.join(known)}"
    return f"{owner} knows no {name}; {remedy}"
