"""Which partner key belongs to which data center."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, cast

from braze_engage.credentials import KeySource, PartnerKey, key_source
from braze_engage.data_centers import DataCenter
from braze_engage.errors import ConfigurationError
from braze_engage.objects.values import is_mapping

__all__ = ["PartnerKeyGuess", "PartnerKeyLike", "PartnerKeys", "choose", "partner_key_sources"]

PartnerKeyLike: TypeAlias = (
    str | PartnerKey | Callable[[], str | PartnerKey] | KeySource[PartnerKey]
)
PartnerKeys: TypeAlias = "PartnerKeyLike | Mapping[str, PartnerKeyLike]"

_ANY: Final = ""
_REGIONS: Final = frozenset({"us", "eu"})


class PartnerKeyGuess(UserWarning):
    """Braze does not state which partner key this instance takes; a region's key was taken."""


def partner_key_sources(given: PartnerKeys) -> dict[str, KeySource[PartnerKey]]:
    """Turn what a client accepts into sources by instance or region; one key alone is for all.

    Args:
        given: A key, something that reads one, or a mapping of them.

    Raises:
        ConfigurationError: A key is unusable, or a name is no instance and no region.
    """
    try:
        if is_mapping(given):
            return _by_place(given)
        return {_ANY: key_source(PartnerKey, cast("PartnerKeyLike", given))}
    finally:
        del given


def _by_place(given: Mapping[object, object]) -> dict[str, KeySource[PartnerKey]]:
    sources: dict[str, KeySource[PartnerKey]] = {}
    name: object = None
    try:
        for name in given:
            sources[_place(str(name))] = key_source(PartnerKey, cast("PartnerKeyLike", given[name]))
    finally:
        # Whoever swaps names and keys has a key as name.
        del given, name
    return sources


def _place(name: str) -> str:
    if name in _REGIONS:
        return name
    try:
        return DataCenter.resolve(name).instance
    except ConfigurationError as error:
        flaw = str(error)
    finally:
        del name
    raise ConfigurationError(
        f"partner_key: its entries are named 'us', 'eu' or by instance, such as 'AU-01'; {flaw}"
    )


def choose(
    sources: Mapping[str, KeySource[PartnerKey]], center: DataCenter
) -> KeySource[PartnerKey]:
    """Choose the key for a data center.

    Args:
        sources: What `partner_key_sources` gave.
        center: Where requests go.

    Raises:
        ConfigurationError: There is none for it.

    Warns:
        PartnerKeyGuess: Braze does not state which region's key the instance takes.
    """
    for name in (_ANY, center.instance):
        if name in sources:
            return sources[name]
    region = center.partner_region
    if region not in sources:
        known = ", ".join(map(repr, sources)) or "nothing"
        raise ConfigurationError(
            f"partner_key: {center.instance} needs the key of partner region {region!r}, and there "
            f"are keys for {known} only; add an entry {region!r} or {center.instance!r}"
        )
    if not center.partner_region_confirmed:
        warnings.warn(
            f"Braze does not state which partner key {center.instance} takes, so the one of "
            f"{region!r} is used: ask Braze, and add an entry {center.instance!r} to partner_key",
            PartnerKeyGuess,
            stacklevel=3,  # whoever made the client
        )
    return sources[region]
