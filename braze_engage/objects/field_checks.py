"""Checks of fields by their names, for objects and requests that have many alike."""

from braze_engage.objects.checks import check_flag, check_text, refused

__all__ = ["check_flags", "check_given", "check_instance", "check_texts"]


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


def check_given(owner: object, *names: str) -> None:
    """Refuse fields that are neither left out nor text.

    Args:
        owner: The object.
        *names: Its fields.

    Raises:
        ConfigurationError: One is something else.
    """
    for name in names:
        if (value := getattr(owner, name)) is not None:
            check_text(f"{type(owner).__name__}.{name}", value)


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
