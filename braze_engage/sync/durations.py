"""Checks times that were given, in seconds."""

from __future__ import annotations

from datetime import timedelta

from braze_engage.errors import ConfigurationError

__all__ = ["seconds"]


def seconds(name: str, value: object) -> float:
    """Check a time of at least 0, in seconds.

    Args:
        name: The option.
        value: Seconds or a timedelta.

    Raises:
        ConfigurationError: It does not fit.
    """
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return float(value)
    raise ConfigurationError(f"{name}: got {value!r}; give a time of at least 0")
