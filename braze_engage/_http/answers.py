"""What an answer says: a readable success, or which error, with Braze's own words.

https://www.braze.com/docs/api/errors
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from braze_engage.errors import (
    Forbidden,
    RateLimited,
    ResponseError,
    UnreadableResponse,
    error_class,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage._http.call import Answer, Call

__all__ = ["judge"]

_MESSAGE_CHARACTERS: Final = 300
_REDIRECTS: Final = range(300, 400)
_NO_JSON: Final = object()
_TITLE: Final = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
_HINTS: Final = {
    401: "check the key and the data center: a key gets the same answer from another instance, "
    "and this call went to {host}",
    403: "allow the key {permission}; else the plan lacks the feature, the key is older than the "
    "feature or refuses this IP address",
    404: "check the data center and the names in the path; this call went to {host}",
    413: "send less at once",
}


def judge(call: Call, answer: Answer, attempts: int, asked: float | None) -> ResponseError | None:
    """Tell which error an answer is; None for a success that is empty or readable JSON.

    Args:
        call: What was sent.
        answer: What came back.
        attempts: How often it was sent so far.
        asked: Epoch at which Braze asks to try again; None when it does not say.
    """
    document = _read(answer.body)
    if answer.ok and document is not _NO_JSON:
        return None
    error = _class_of(answer)(
        _message(answer, document, call.scrub),
        status=answer.status,
        method=call.method,
        path=call.path,
        attempts=attempts,
        errors=_entries(document, call.scrub),
        hint=_hint(call, answer.status),
    )
    if isinstance(error, UnreadableResponse):
        error.problems = ("no JSON @ $",)
    elif isinstance(error, Forbidden):
        error.permission = call.permission
    elif isinstance(error, RateLimited):
        error.bucket = call.bucket
        error.reset_at = asked
    return error


def _class_of(answer: Answer) -> type[ResponseError]:
    return UnreadableResponse if answer.ok else error_class(answer.status)


def _hint(call: Call, status: int) -> str:
    if status in _REDIRECTS:
        return "redirects are never followed, since keys would go along; check the data center"
    permission = f"the permission {call.permission}" if call.permission else "this endpoint"
    host = urlsplit(call.url).netloc
    return _HINTS.get(status, "").format(host=host, permission=permission)


def _read(body: bytes) -> object:
    try:
        return json.loads(body) if body.strip() else None
    except (ValueError, RecursionError):
        return _NO_JSON


def _message(answer: Answer, document: object, clean: Callable[[str], str]) -> str:
    text = _page(answer.body) if document is _NO_JSON else _stated(document)
    shown = "".join(char if char.isprintable() else " " for char in clean(text))
    return " ".join(shown.split())[:_MESSAGE_CHARACTERS] or "no message"


def _page(body: bytes) -> str:
    """Reduce what a balancer or the edge answers to its title."""
    text = body.decode("utf-8", "replace").strip()
    if not text.startswith("<"):
        return text
    title = _TITLE.search(text)
    return f"HTML page: {title[1].strip()}" if title else "an HTML page, not JSON"


def _stated(document: object) -> str:
    if isinstance(document, str):
        return document
    texts = (_member(document, key) for key in ("message", "error", "detail"))
    return next((text for text in texts if isinstance(text, str) and text.strip()), "")


def _member(document: object, key: str) -> object:
    return cast("dict[str, object]", document).get(key) if isinstance(document, dict) else None


def _entries(document: object, clean: Callable[[str], str]) -> tuple[object, ...]:
    """Take the ``errors`` list, in whatever shape the endpoint gives it, without secrets."""
    try:
        entries: object = json.loads(clean(json.dumps(_member(document, "errors"))))
    except (ValueError, RecursionError):
        return ()
    if isinstance(entries, list):
        return tuple(cast("list[object]", entries))
    return () if entries is None else (entries,)
