"""Braze's data centers: which hosts belong to which instance.

Hosts follow no rule (US-06 is ``iad-06``, US-10 is ``us-10``), so all are written out:
https://www.braze.com/docs/api/basics and https://www.braze.com/docs/cohort_import.
"""

from __future__ import annotations

import inspect
import re
import warnings
from difflib import get_close_matches
from typing import Final, Literal, NoReturn, cast

import attrs

from braze_engage.errors import ConfigurationError

__all__ = ["DataCenter", "PartnerRegion", "Region", "UnconfirmedDataCenter"]

Region = Literal["us", "eu", "au", "id", "jp", "kr"]
PartnerRegion = Literal["us", "eu"]

# "?" marks what Braze does not state: the whole instance, or which partner key it takes.
_TABLE: Final = """
US-01   us  us   rest.iad-01.braze.com  sdk.iad-01.braze.com  dashboard-01.braze.com
US-02   us  us   rest.iad-02.braze.com  sdk.iad-02.braze.com  dashboard-02.braze.com
US-03   us  us   rest.iad-03.braze.com  sdk.iad-03.braze.com  dashboard-03.braze.com
US-04   us  us   rest.iad-04.braze.com  sdk.iad-04.braze.com  dashboard-04.braze.com
US-05   us  us   rest.iad-05.braze.com  sdk.iad-05.braze.com  dashboard-05.braze.com
US-06   us  us   rest.iad-06.braze.com  sdk.iad-06.braze.com  dashboard-06.braze.com
US-07   us  us   rest.iad-07.braze.com  sdk.iad-07.braze.com  dashboard-07.braze.com
US-08   us  us   rest.iad-08.braze.com  sdk.iad-08.braze.com  dashboard-08.braze.com
US-09?  us  us   rest.us-09.braze.com   sdk.us-09.braze.com   dashboard-09.braze.com
US-10   us  us?  rest.us-10.braze.com   sdk.us-10.braze.com   dashboard.us-10.braze.com
EU-01   eu  eu   rest.fra-01.braze.eu   sdk.fra-01.braze.eu   dashboard-01.braze.eu
EU-02   eu  eu   rest.fra-02.braze.eu   sdk.fra-02.braze.eu   dashboard-02.braze.eu
AU-01   au  us?  rest.au-01.braze.com   sdk.au-01.braze.com   dashboard.au-01.braze.com
ID-01   id  us?  rest.id-01.braze.com   sdk.id-01.braze.com   dashboard.id-01.braze.com
JP-01   jp  us?  rest.jp-01.braze.com   sdk.jp-01.braze.com   dashboard.jp-01.braze.com
KR-01   kr  us?  rest.kr-01.braze.com   sdk.kr-01.braze.com   dashboard.kr-01.braze.com
"""
_OTHER_DASHBOARDS: Final = {
    "dashboard.iad-01.braze.com": "us-01",
    "dashboard-10.braze.com": "us-10",
    "dashboard.eu-01.braze.com": "eu-01",
}
_OTHER_SDK_HOSTS: Final = {"sdk.api.appboy.eu": "eu-01"}
_LOGIN_FORWARDERS: Final = frozenset({"dashboard.braze.com", "dashboard.braze.eu"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})

_BLANKS: Final = " \t\r\n\f\v\xa0"
_ODD: Final = re.compile(r"[\x00-\x20\x7f-\x9f\s\\]")
_NON_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_ADDRESS: Final = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*)://)?([^/?#]*)(.*)")
_AUTHORITY: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::([0-9]{1,5}))?")
_HOST: Final = re.compile(r"(?!.{254})(?:(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!$)|$))+")
_BRAZES: Final = (".braze.com", ".braze.eu")
_LOOKALIKE: Final = re.compile(r"braze\.(?:com|eu)(?:\.|$)")
_LOOKALIKE_RATIO: Final = 0.9
_LONGEST_NAME: Final = 20
_LONGEST_HOST: Final = 60
_LAST_PORT: Final = 65_535
_FIND_IT: Final = (
    "the address of your dashboard after login names the instance, such as "
    "https://dashboard-06.braze.com for US-06"
)


class UnconfirmedDataCenter(UserWarning):
    """Braze's own pages do not list this data center; see that it is the one you mean."""


@attrs.frozen
class _Address:
    field: str
    scheme: str
    host: str
    port: int | None
    tail: str

    def refuse(self, why: str) -> NoReturn:
        # Never the whole value: query and port may hold secrets, and a long word without a dot
        # may be a key in the wrong place.
        if len(self.host) > (_LONGEST_HOST if "." in self.host else _LONGEST_NAME):
            raise ConfigurationError(f"{self.field}: a text of {len(self.host)} characters {why}")
        raise ConfigurationError(f"{self.field}: {self.host!r} {why}")

    def origin(self) -> str:
        local = self.host in _LOOPBACK
        if self.scheme != "https" and not (local and self.scheme == "http"):
            self.refuse("must begin with https:// (a loopback address may begin with http://)")
        if not local and not _HOST.fullmatch(self.host):
            self.refuse("is no host name")
        if self.tail not in {"", "/"}:
            self.refuse("must stand alone, without path, query or fragment")
        return f"{self.scheme}://{self.host}" + (f":{self.port}" if self.port else "")


def _parse(field: str, value: object) -> _Address:
    def refuse(why: str) -> NoReturn:
        raise ConfigurationError(f"{field}: {why}; {_FIND_IT}")

    if not isinstance(value, str):
        refuse(f"an instance such as 'US-06' or a URL is needed, not {type(value).__name__}")
    text = value.strip(_BLANKS)
    if odd := _ODD.search(text):
        refuse(f"blanks, control characters and backslashes are refused, found {odd[0]!a}")
    match = _ADDRESS.fullmatch(text)
    assert match is not None, "it takes any text of one line"
    scheme, authority, tail = match.groups(default="")
    if "@" in authority:
        refuse("a user name or password does not belong there")
    if "%" in authority:
        refuse("a host has no percent-encoding")
    if foreign := _NON_ASCII.search(authority):
        refuse(f"a host of Braze is plain ASCII, found {foreign[0]!a}")
    parts = _AUTHORITY.fullmatch(authority.lower())
    if parts is None or (parts[2] and not 0 < int(parts[2]) <= _LAST_PORT):
        refuse("a host is needed, and a port, where there is one, from 1 to 65535")
    return _Address(field, scheme.lower(), parts[1], int(parts[2]) if parts[2] else None, tail)


def _check_rest_url(_: DataCenter, attribute: attrs.Attribute[str], value: str) -> None:
    address = _parse(attribute.name, value)
    if address.origin() != value:
        address.refuse("is not in its plain form")


@attrs.frozen(kw_only=True)
class DataCenter:
    """An instance of Braze and its hosts.

    Attributes:
        instance: Name in Braze's tables, such as ``US-06``; ``CUSTOM`` or ``LOCAL`` otherwise.
        rest_url: Where requests go, without a trailing slash.
        dashboard_url: Where people work; None for a custom one.
        sdk_host: Where apps send to, never this library; None for a custom one.
        region: Where the data lies; for a custom one the partner region.
        partner_region: Which of a partner's keys cohort import takes.
        confirmed: Whether Braze's pages list the instance.
        partner_region_confirmed: Whether they say which partner key it takes.
    """

    instance: str
    rest_url: str = attrs.field(validator=_check_rest_url)
    dashboard_url: str | None = None
    sdk_host: str | None = None
    region: Region
    partner_region: PartnerRegion
    confirmed: bool = True
    partner_region_confirmed: bool = True

    def __str__(self) -> str:
        return f"{self.instance} ({self.rest_url})"

    @classmethod
    def resolve(cls, value: str | DataCenter) -> DataCenter:
        """Find the data center that a name, dashboard URL or REST host stands for.

        Args:
            value: ``US-06``, ``iad-06``, ``dashboard-06.braze.com``, ``rest.iad-06.braze.com``, in
                any case, as a host or as a URL of any path, or ``http://127.0.0.1:PORT``.

        Raises:
            ConfigurationError: It stands for none; the message says what to write instead.

        Warns:
            UnconfirmedDataCenter: Braze's pages do not list it.
        """
        if isinstance(value, DataCenter):
            return value
        address = _parse("data_center", value)
        if address.host in _LOOPBACK:
            return _build(address, "us")
        is_name = not (address.scheme or address.port or address.tail)
        found = (_NAMES.get(address.host) if is_name else None) or _by_host(address)
        _warn_unless_confirmed(found)
        return found

    @classmethod
    def known(cls) -> tuple[DataCenter, ...]:
        """List every instance."""
        return _KNOWN

    @classmethod
    def custom(cls, url: str, *, partner_region: PartnerRegion) -> DataCenter:
        """Describe a proxy of your own, or an instance that this version does not know.

        Args:
            url: ``https://HOST`` or ``https://HOST:PORT``; http only to loopback.
            partner_region: Which of the partner's keys cohort import takes there.

        Raises:
            ConfigurationError: The URL is not usable, or is or resembles a host of Braze.

        Warns:
            UnconfirmedDataCenter: It is a host of Braze that this version does not know.
        """
        if partner_region not in ("us", "eu"):
            raise ConfigurationError("partner_region: 'us' or 'eu' is needed")
        address = _parse("url", url)
        found = _build(address, partner_region)
        if address.host not in _LOOPBACK:
            _refuse_known(address)
            _refuse_lookalike(address)
        _warn_unless_confirmed(found)
        return found


def _build(address: _Address, partner_region: PartnerRegion) -> DataCenter:
    return DataCenter(
        instance="LOCAL" if address.host in _LOOPBACK else "CUSTOM",
        rest_url=address.origin(),
        region=partner_region,
        partner_region=partner_region,
        confirmed=not address.host.endswith(_BRAZES),
    )


def _by_host(address: _Address) -> DataCenter:
    _refuse_wrong_kind(address)
    found = _HOSTS.get(address.host)
    if found is None:
        pool = _HOSTS if "." in address.host else _NAMES
        short = address.host[:_LONGEST_HOST]
        alike = [name for name in pool if name[:2] == short[:2]]  # no US for a mistyped EU
        names = get_close_matches(short, alike or pool, n=1)
        near = [f"did you mean {pool[name]}?" for name in names]
        hint = near[0] if near else f"known are {', '.join(dc.instance for dc in _KNOWN)};"
        address.refuse(
            f"is no known instance or host of Braze; {hint} {_FIND_IT}; for a new instance or a "
            "proxy there is DataCenter.custom"
        )
    if address.scheme not in {"", "https"}:
        address.refuse(f"is reached by https only; write {found.rest_url}")
    if address.port:
        address.refuse(f"takes no port; write {found.rest_url}")
    return found


def _refuse_wrong_kind(address: _Address) -> None:
    host = address.host
    if host in _LOGIN_FORWARDERS:
        address.refuse(f"only forwards a login, whatever the instance; {_FIND_IT}")
    if host in _SDK_HOSTS:
        address.refuse(
            f"is the SDK host of {_SDK_HOSTS[host].instance}; write its REST host, "
            f"{_SDK_HOSTS[host].rest_url}"
        )
    if host.startswith("sdk.") and host.endswith(_BRAZES):
        address.refuse(f"is an SDK host; the REST host is needed; {_FIND_IT}")


def _refuse_known(address: _Address) -> None:
    _refuse_wrong_kind(address)
    if address.host in _HOSTS:
        address.refuse(f"is known; write DataCenter.resolve({_HOSTS[address.host].instance!r})")
    if address.host.startswith("dashboard") and address.host.endswith(_BRAZES):
        address.refuse("is a dashboard; the REST host is needed")


def _refuse_lookalike(address: _Address) -> None:
    if address.host.endswith(_BRAZES):
        return
    near = get_close_matches(address.host, _HOSTS, n=1, cutoff=_LOOKALIKE_RATIO)
    inside = any(known in address.host for known in _HOSTS)
    if near or inside or _LOOKALIKE.search(address.host):
        address.refuse(
            "looks like a host of Braze and is none; use DataCenter.resolve with the instance, or "
            "give the proxy a name without Braze's domain in it"
        )


def _warn_unless_confirmed(found: DataCenter) -> None:
    if found.confirmed:
        return
    # The caller to blame is the first outside this package, be it of resolve or of a client.
    level, frame = 1, inspect.currentframe()
    while frame and str(frame.f_globals.get("__name__")).partition(".")[0] == "braze_engage":
        level, frame = level + 1, frame.f_back
    warnings.warn(
        f"{found}: Braze's pages do not list this data center; compare it with your dashboard",
        UnconfirmedDataCenter,
        stacklevel=level,
    )


def _row(line: str) -> DataCenter:
    instance, region, partner_region, rest_host, sdk_host, dashboard = line.split()
    return DataCenter(
        instance=instance.rstrip("?"),
        rest_url=f"https://{rest_host}",
        dashboard_url=f"https://{dashboard}",
        sdk_host=sdk_host,
        region=cast("Region", region),
        partner_region=cast("PartnerRegion", partner_region.rstrip("?")),
        confirmed="?" not in instance,
        partner_region_confirmed="?" not in partner_region,
    )


def _host(url: str | None) -> str:
    return str(url).removeprefix("https://")


_KNOWN: Final = tuple(map(_row, _TABLE.split("\n")[1:-1]))
_NAMES: Final = {dc.instance.lower(): dc for dc in _KNOWN} | {
    _host(dc.rest_url).split(".")[1]: dc for dc in _KNOWN
}
_HOSTS: Final = (
    {_host(dc.rest_url): dc for dc in _KNOWN}
    | {_host(dc.dashboard_url): dc for dc in _KNOWN}
    | {host: _NAMES[name] for host, name in _OTHER_DASHBOARDS.items()}
)
_SDK_HOSTS: Final = {str(dc.sdk_host): dc for dc in _KNOWN} | {
    host: _NAMES[name] for host, name in _OTHER_SDK_HOSTS.items()
}
