"""Clients for the shell, made of the keys in the environment, or of none."""

from __future__ import annotations

import os
from typing import Final, TypedDict

from braze_engage.cohorts.client import CohortClient
from braze_engage.errors import ConfigurationError
from braze_engage.rest.client import BrazeClient

__all__ = ["GivenClients", "clients_given", "clients_offline", "rest_given"]

_REST_KEY: Final = "BRAZE_REST_API_KEY"
_ERASE_KEY: Final = "BRAZE_ERASE_API_KEY"
_COHORT_KEYS: Final = ("BRAZE_DATA_IMPORT_KEY", "BRAZE_PARTNER_KEY")
_DATA_CENTER: Final = "BRAZE_DATA_CENTER"


class GivenClients(TypedDict):
    """Who carries out what, as options of a sync."""

    rest: BrazeClient | None
    cohorts: CohortClient | None
    erase: BrazeClient | None


def clients_given(
    data_center: str | None, partner: str | None, *, complete: bool = True
) -> GivenClients:
    """Make the clients that there are keys for.

    Args:
        data_center: The instance; None takes ``BRAZE_DATA_CENTER``.
        partner: The partner; None takes ``BRAZE_PARTNER``.
        complete: Whether one of two keys of the cohort import without the other is an error.

    Raises:
        ConfigurationError: There is no key, or something else is missing.
    """
    given = [name for name in _COHORT_KEYS if os.environ.get(name)]
    if not complete and len(given) < len(_COHORT_KEYS):
        given = []
    if not given and not os.environ.get(_REST_KEY):
        raise ConfigurationError(
            f"no key is there; set {_REST_KEY} for attributes and events, "
            f"{' and '.join(_COHORT_KEYS)} for cohorts, or all of them"
        )
    return GivenClients(
        rest=_rest(data_center, _REST_KEY),
        cohorts=_cohorts(data_center, partner) if given else None,
        erase=_rest(data_center, _ERASE_KEY),
    )


def rest_given(data_center: str | None) -> BrazeClient:
    """Make the client of the REST API.

    Args:
        data_center: The instance; None takes ``BRAZE_DATA_CENTER``.

    Raises:
        ConfigurationError: There is no key, or the instance is not known.
    """
    rest = _rest(data_center, _REST_KEY)
    if rest is None:
        raise ConfigurationError(f"the key of the REST API is missing; set {_REST_KEY}")
    return rest


def _instance(data_center: str | None) -> str:
    value = data_center or os.environ.get(_DATA_CENTER)
    if not value:
        raise ConfigurationError(
            f"the data center is not known; give --data-center or set {_DATA_CENTER}"
        )
    return value


def _rest(data_center: str | None, variable: str) -> BrazeClient | None:
    if not os.environ.get(variable):
        return None
    return BrazeClient(os.environ[variable], data_center=_instance(data_center))


def _cohorts(data_center: str | None, partner: str | None) -> CohortClient:
    missing = [name for name in _COHORT_KEYS if not os.environ.get(name)]
    if missing:
        raise ConfigurationError(
            f"set {' and '.join(missing)} in the environment, or unset the other key of the "
            "cohort import to do without cohorts"
        )
    named = partner or os.environ.get("BRAZE_PARTNER")
    if not named:
        raise ConfigurationError("the partner is not known; give --partner or set BRAZE_PARTNER")
    return CohortClient(
        os.environ["BRAZE_DATA_IMPORT_KEY"],
        data_center=_instance(data_center),
        partner=named,
        partner_key=os.environ["BRAZE_PARTNER_KEY"],
    )


def clients_offline(data_center: str | None) -> GivenClients:
    """Make clients for plans and explanations, which send nothing and so need no keys.

    Which deliveries there are still depends on the keys there are.

    Args:
        data_center: The instance; None takes ``BRAZE_DATA_CENTER``, or any where that is not set.
    """
    where = data_center or os.environ.get(_DATA_CENTER) or "US-01"
    rest = BrazeClient("offline", data_center=where)
    cohorts = CohortClient("offline", data_center=where, partner="offline", partner_key="offline")
    has_rest, has_erase = (bool(os.environ.get(name)) for name in (_REST_KEY, _ERASE_KEY))
    has_cohorts = any(os.environ.get(name) for name in _COHORT_KEYS)
    return GivenClients(
        rest=rest if has_rest or not has_cohorts else None,
        cohorts=cohorts if has_cohorts or not has_rest else None,
        erase=rest if has_erase else None,
    )
