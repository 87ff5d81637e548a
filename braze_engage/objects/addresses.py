"""Lists of people by external id, e-mail address or phone number, as several groups take them."""

from collections.abc import Callable, Mapping, Sequence

from braze_engage.errors import ConfigurationError
from braze_engage.limits import EXTERNAL_ID_BYTES, IDENTIFIERS_PER_REQUEST
from braze_engage.objects.checks import at_most, check_bytes, check_email, check_text, missing

__all__ = ["check_addresses", "one_kind_of_address"]


def _check_external_id(field: str, value: object) -> None:
    check_bytes(field, value, EXTERNAL_ID_BYTES)


_CHECKS: Mapping[str, Callable[[str, object], None]] = {
    "email": check_email,
    "external_id": _check_external_id,
    "phone": check_text,
}
"""Name of a field, in the singular -> the check of one item."""


def check_addresses(request: object, *names: str) -> None:
    """Refuse lists that are too long, and items that cannot be what they are called.

    Args:
        request: The request.
        *names: Fields that hold one text or several; the check of an item follows the name.

    Raises:
        ConfigurationError: A list has more than 50 items, or an item is no such address.
    """
    for name in names:
        value: str | Sequence[str] = getattr(request, name)
        field, check = f"{type(request).__name__}.{name}", _CHECKS[name.removesuffix("s")]
        if isinstance(value, str):
            check(field, value)
            continue
        at_most(request, IDENTIFIERS_PER_REQUEST, name)
        for index, item in enumerate(value):
            check(f"{field}[{index}]", item)


def one_kind_of_address(request: object, email: str = "email", phone: str = "phone") -> None:
    """Refuse e-mail addresses and phone numbers in one request.

    Args:
        request: The request.
        email: Field of the addresses.
        phone: Field of the numbers.

    Raises:
        ConfigurationError: Both are given.
    """
    if not (missing(getattr(request, email)) or missing(getattr(request, phone))):
        raise ConfigurationError(
            f"{type(request).__name__} holds {email} and {phone}: give one of them, "
            "and the other in another request"
        )
