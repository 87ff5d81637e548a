"""Which of several profiles with the same e-mail address or phone number is meant."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from braze_engage.errors import ConfigurationError

__all__ = ["Prioritization", "check_prioritization", "follows_recency"]

Prioritization: TypeAlias = Literal[
    "identified", "unidentified", "most_recently_updated", "least_recently_updated"
]
"""How one of several profiles with the same e-mail or phone is chosen."""
_EXCLUSIVE = (
    ("identified", "unidentified"),
    ("most_recently_updated", "least_recently_updated"),
)


def follows_recency(prioritization: Sequence[str]) -> bool:
    """Tell whether a repeat may choose another profile than the first time.

    Args:
        prioritization: Of an entry that names a person by e-mail or phone.
    """
    return any(choice in _EXCLUSIVE[1] for choice in prioritization)


def check_prioritization(owner: object, prioritization: Sequence[str]) -> None:
    """Refuse priorities that are absent or exclude each other.

    Args:
        owner: The object that names a person by e-mail or phone.
        prioritization: Its priorities.

    Raises:
        ConfigurationError: There are none, or two of a pair.
    """
    name = type(owner).__name__
    if not prioritization:
        raise ConfigurationError(
            f"{name}.prioritization is empty: say which profile is meant if several match, "
            'such as ("unidentified", "most_recently_updated")'
        )
    for pair in _EXCLUSIVE:
        if sum(prioritization.count(choice) for choice in pair) > 1:
            raise ConfigurationError(
                f"{name}.prioritization: give at most one of {' and '.join(pair)}, once"
            )
