"""What must hold before anything is sent: where to, and through what.

Each check gives the remedy as a text, or None. Nothing raises here, because a traceback that shows
local variables would show an address, which may hold ids, or the password of a proxy.
"""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from requests.adapters import BaseAdapter

__all__ = [
    "PLAIN_HEADERS_EXCEPT",
    "Route",
    "environment_bundle",
    "file_problem",
    "is_loopback",
    "route",
    "session_problem",
    "url_problem",
]

PLAIN_HEADERS_EXCEPT: Final = frozenset(
    {
        "authorization",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "proxy-authorization",
        "transfer-encoding",
    }
)
"""Headers of a session that are never taken over."""

_PLAIN_URL: Final = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without blanks and backslashes, which parsers read differently."""


class Route(TypedDict):
    """How an adapter is to connect."""

    verify: bool | str
    cert: str | tuple[str, str] | None
    proxies: dict[str, str]


def url_problem(url: str) -> str | None:
    """Refuse an address that is neither https nor loopback, or that parsers may read differently.

    Args:
        url: Complete address.
    """
    if not _PLAIN_URL.fullmatch(url):
        return "an address is printable ASCII without blanks and backslashes"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "the host or port of the address cannot be read"
    if not host:
        return "the address has no host"
    if "@" in parts.netloc:
        return "an address carries no user name or password"
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback_host(host)):
        return None
    return f"{parts.scheme}://{host} is refused: only https is used, and http to loopback"


def is_loopback(url: str) -> bool:
    """Tell whether an address, checked before, stays on this machine.

    Args:
        url: Complete address.
    """
    return _is_loopback_host(urlsplit(url).hostname or "")


def _is_loopback_host(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # Versions of Python differ on IPv4 addresses written as IPv6 ones, and nobody needs them.
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None


def session_problem(session: object) -> str | None:
    """Refuse what is no session, or one that does not verify certificates.

    Args:
        session: Looked at before every request, since its attributes may change.
    """
    if not isinstance(session, requests.Session):
        return f"a session is a requests.Session, not {type(session).__name__}"
    if not session.verify:  # None and "" switch verification off as False does
        return (
            "the session does not verify certificates, so anyone on the way could read the keys: "
            "set session.verify to True or to the path of a CA bundle"
        )
    if any(map(_repeats, session.adapters.values())):
        return (
            "an adapter of the session repeats requests itself, which could send events twice: "
            "mount HTTPAdapter(max_retries=0); this library repeats what is safe to repeat"
        )
    return file_problem(session.verify, session.cert)


def _repeats(adapter: BaseAdapter) -> bool:
    if not isinstance(adapter, HTTPAdapter):
        return False
    retries = adapter.max_retries
    return retries.total != 0 or bool(retries.status_forcelist)  # a total of None is no limit


def file_problem(verify: object, cert: str | tuple[str, str] | None) -> str | None:
    """Refuse certificate files that are not there.

    Args:
        verify: Path of a CA bundle, or True for the usual one.
        cert: A client certificate, with or without its key beside it.
    """
    names = [verify] if isinstance(verify, str) else []
    names.extend([cert] if isinstance(cert, str) else cert or ())
    missing = [name for name in names if not Path(name).exists()]
    return f"no such certificate file: {missing[0]}" if missing else None


def environment_bundle() -> str | None:
    """Tell which CA bundle the environment names, as ``requests`` reads it."""
    bundles = map(os.environ.get, ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))
    return next(filter(None, bundles), None)


def route(
    session: requests.Session, url: str, environment: Callable[[str], Mapping[str, str]]
) -> Route:
    """Work out how to connect as ``requests`` would, the environment included.

    Args:
        session: Its own settings, and whether the environment counts.
        url: Where to.
        environment: Tells the environment's proxies for an origin.
    """
    trusted, verify, proxies = session.trust_env, session.verify, dict[str, str]()
    if not is_loopback(url):  # a proxy would carry away what is meant for this machine
        proxies.update(session.proxies)
        if trusted:
            scheme, host = urlsplit(url)[:2]
            proxies.update(environment(f"{scheme}://{host}"))
    if trusted and verify is True:
        verify = environment_bundle() or verify
    return {"verify": verify, "cert": session.cert, "proxies": proxies}
