"""Follows a source item by item and tells it from others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Final, NamedTuple, cast

from braze_engage.engage.values import maker
from braze_engage.errors import ConfigurationError
from braze_engage.objects.values import json_writer

__all__ = ["NO_TOKEN", "Mark", "Trail", "content_hash", "token_text", "with_token"]

NO_TOKEN: Final = object()
"""Stands for the token of an item that has none."""

_DIGEST_BYTES: Final = 16
_PAIR: Final = 2


class Mark(NamedTuple):
    """The end of a part of a source that begins with its first item.

    Args:
        position: How many items it has.
        token: The token of its last item as JSON, None without.
        fingerprint: What its items without tokens hash to.
    """

    position: int
    token: str | None
    fingerprint: bytes


_make_mark: Final[Callable[[tuple[int, str | None, bytes]], Mark]] = maker(Mark)


def with_token(item: object) -> tuple[object, object]:
    """Take an item apart into token and call.

    Args:
        item: A call, or a pair of a token and a call. A pair of two calls is an array of calls.
    """
    if isinstance(item, tuple):
        parts = cast("tuple[object, ...]", item)
        if len(parts) == _PAIR and not isinstance(parts[0], Mapping):
            return parts[0], parts[1]
        return NO_TOKEN, parts
    return NO_TOKEN, item


def token_text(token: object) -> str:
    """Write a token down.

    Args:
        token: Anything that is JSON.

    Raises:
        ConfigurationError: It is not.
    """
    try:
        return json.dumps(token, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError):
        pass
    raise ConfigurationError(
        f"calls: the token of an item is {type(token).__name__}; make it text, a number, or "
        "anything else that is JSON"
    )


class Trail:
    """The part of a source that was taken so far.

    Args:
        begin: What was dealt with before, where tokens tell; the items of it do not come again.
    """

    def __init__(self, begin: Mark | None = None) -> None:
        self._hash = blake2b(digest_size=_DIGEST_BYTES)
        self._has_tokens = None if begin is None else True
        self.mark = begin or Mark(0, None, self._hash.digest())

    def add(self, token: object, call: object) -> None:
        """Take the next item.

        Args:
            token: Its token, or `NO_TOKEN`.
            call: What else it holds.

        Raises:
            ConfigurationError: The token is no JSON, or others have one and this has not.
        """
        has_token = token is not NO_TOKEN
        if self._has_tokens is None:
            self._has_tokens = has_token
        if self._has_tokens is not has_token:
            raise ConfigurationError(
                "calls: some items are (token, call) and others are not; give all of them a token "
                "or none"
            )
        position = self.mark[0] + 1
        if has_token:
            self.mark = Mark(position, token_text(token), self.mark.fingerprint)
            return
        text = _canonical(call)
        self._hash.update(b"%d:%b" % (len(text), text))
        self.mark = _make_mark((position, None, self._hash.digest()))


def content_hash(call: object) -> bytes:
    """Hash what an item holds.

    Args:
        call: A call, JSON text, or an array of calls.
    """
    return blake2b(_canonical(call), digest_size=_DIGEST_BYTES).digest()


def _canonical(call: object) -> bytes:
    if isinstance(call, str):
        return call.encode("utf-8", "surrogatepass")
    if isinstance(call, bytes | bytearray):
        return bytes(call)
    try:
        return _WRITE(call).encode()
    except (TypeError, ValueError, RecursionError):
        # of what is no JSON, and so no call, the kind has to do
        return type(call).__name__.encode()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", value))
    return type(value).__name__


_WRITE: Final = json_writer(json.JSONEncoder(sort_keys=True, default=_plain))
