"""Pools of connections by origin, reached as the environment says."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict, cast
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from requests.utils import (
    DEFAULT_CA_BUNDLE_PATH,
    get_environ_proxies,
    prepend_scheme_if_needed,
    select_proxy,
)
from urllib3.util.ssl_ import create_urllib3_context

from braze_engage._http import guard
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool

__all__ = ["ConnectionPools"]

_ORIGINS: Final = 16


class _Tls(TypedDict, total=False):
    """What urllib3 is told about certificates."""

    ssl_context: ssl.SSLContext
    cert_reqs: str


class ConnectionPools(HTTPAdapter):
    """Keeps one pool of connections an origin; safe to share by threads.

    How an origin is reached is decided when it is first used: certificates are checked against
    ``REQUESTS_CA_BUNDLE``, ``CURL_CA_BUNDLE`` or the bundle of ``certifi``, and the environment's
    proxies are used, all as ``requests`` does. To loopback no proxy is used.

    Args:
        size: Connections kept open for an origin.
    """

    def __init__(self, size: int) -> None:
        # The adapter of requests is a maker of pools here, with or without proxy; it sends nothing.
        super().__init__(pool_connections=_ORIGINS, pool_maxsize=size)
        self._lock = threading.Lock()
        self._pools: dict[str, HTTPConnectionPool] = {}
        self._contexts: dict[str, ssl.SSLContext] = {}

    def of(self, origin: str) -> HTTPConnectionPool:
        """Give the pool of an origin.

        Args:
            origin: Scheme, host and port of an address that was checked.

        Raises:
            ConfigurationError: A CA bundle is missing or unreadable.
            Exception: Whatever requests and urllib3 raise for a proxy they cannot use.
        """
        pool = self._pools.get(origin)
        if pool is not None:
            return pool
        with self._lock:
            pool = self._pools.get(origin) or self._make(origin)
            self._pools[origin] = pool
            return pool

    def close(self) -> None:
        """Close the connections that are not in use; what is asked for later is made anew."""
        with self._lock:
            self._pools.clear()
            super().close()

    def _make(self, origin: str) -> HTTPConnectionPool:
        parts = urlsplit(origin)
        tls = self._tls() if parts.scheme == "https" else _Tls()
        proxies = {} if guard.is_loopback(origin) else get_environ_proxies(origin)
        proxy = select_proxy(origin, proxies)
        manager: Any = self.poolmanager  # requests states no types of urllib3's managers
        if proxy:
            manager = self._by_proxy(prepend_scheme_if_needed(proxy, "http"), tls)
        made = manager.connection_from_host(
            parts.hostname, port=parts.port, scheme=parts.scheme, pool_kwargs=tls
        )
        return cast("HTTPConnectionPool", made)

    def _by_proxy(self, proxy: str, tls: _Tls) -> Any:
        if not urlsplit(proxy).hostname:
            raise ConfigurationError("a proxy of the environment has no host")
        if proxy.lower().startswith("https:"):
            return self.proxy_manager_for(proxy, proxy_ssl_context=tls.get("ssl_context"))
        return self.proxy_manager_for(proxy)

    def _tls(self) -> _Tls:
        bundle = guard.environment_bundle() or DEFAULT_CA_BUNDLE_PATH
        problem = guard.file_problem(bundle, None)
        if problem:
            raise ConfigurationError(problem)
        if bundle not in self._contexts:
            # Made once, since reading a bundle takes longer than all else of a connection.
            self._contexts[bundle] = _context(bundle)
        return {"ssl_context": self._contexts[bundle], "cert_reqs": "CERT_REQUIRED"}


def _context(bundle: str) -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    try:
        if Path(bundle).is_dir():
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    except OSError:  # ssl.SSLError is one
        pass
    else:
        return context
    raise ConfigurationError(f"no certificates can be read from {bundle}")
