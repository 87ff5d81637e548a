"""Checks that messages of several channels make."""

from collections.abc import Mapping, Sequence

from braze_engage.errors import ConfigurationError
from braze_engage.objects.checks import check_choice, check_flag, check_text, refused
from braze_engage.objects.values import CustomValue, dumps

__all__ = ["check_button", "check_flags", "check_instance", "check_push_bytes", "check_texts"]

_LEADING = ("URI", "DEEP_LINK")


def check_texts(owner: object, *names: str) -> None:
    """Refuse fields that must be given and are empty or no text.

    Args:
        owner: The object.
        *names: Its fields.

    Raises:
        ConfigurationError: One is no text.
    """
    for name in names:
        check_text(f"{type(owner).__name__}.{name}", getattr(owner, name))


def check_flags(owner: object, *names: str) -> None:
    """Refuse fields that are no boolean.

    Args:
        owner: The object.
        *names: Its fields.

    Raises:
        ConfigurationError: One is something else.
    """
    for name in names:
        check_flag(f"{type(owner).__name__}.{name}", getattr(owner, name))


def check_instance(owner: object, name: str, kind: type[object]) -> None:
    """Refuse a field that is not of its class.

    Args:
        owner: The object.
        name: Its field.
        kind: The class.

    Raises:
        ConfigurationError: It is something else.
    """
    value: object = getattr(owner, name)
    if not isinstance(value, kind):
        raise refused(f"{type(owner).__name__}.{name}", value, f"give {kind.__name__}(...)")


def check_button(button: object, action: str | None, actions: Sequence[str]) -> None:
    """Refuse a button whose action Braze does not know, or that leads nowhere.

    Args:
        button: The button; it has a ``uri``.
        action: What it does.
        actions: What buttons of its platform may do.

    Raises:
        ConfigurationError: The action is unknown, or needs an address.
    """
    name = type(button).__name__
    if action is not None:
        check_choice(f"{name}.action", action, actions)
    if action in _LEADING and getattr(button, "uri", None) is None:
        raise ConfigurationError(f"{name}.uri is missing: {action} needs to lead somewhere")


def check_push_bytes(
    push: object, alert: str | None, extra: Mapping[str, CustomValue] | None, most: int
) -> None:
    """Refuse a push whose text and own values alone are too large.

    Args:
        push: The push.
        alert: Its text.
        extra: Its own values, checked before.
        most: The most bytes of the platform.

    Raises:
        ConfigurationError: They have more.
    """
    size = len((alert or "").encode()) + (0 if extra is None else len(dumps(extra).encode()))
    if size > most:
        raise ConfigurationError(
            f"{type(push).__name__} holds alert and extra of {size:,} bytes: "
            f"Braze takes {most:,} together, shorten them"
        )
