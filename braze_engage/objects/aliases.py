"""Who is meant: aliases, and the identifiers of tracked objects."""

from typing import TYPE_CHECKING

from braze_engage.errors import ConfigurationError
from braze_engage.limits import ALIAS_BYTES, EXTERNAL_ID_BYTES
from braze_engage.objects.checks import check_bytes, check_email, check_text
from braze_engage.objects.models import model

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "NewUserAlias",
    "UserAlias",
    "UserAliasUpdate",
    "check_external_id",
    "check_external_ids",
    "check_person",
    "check_user_alias",
]


def check_external_id(owner: object, name: str) -> None:
    """Refuse an external id that is empty or over 987 bytes.

    Args:
        owner: The object that holds it.
        name: The field.

    Raises:
        ConfigurationError: It is no such id.
    """
    check_bytes(f"{type(owner).__name__}.{name}", getattr(owner, name), EXTERNAL_ID_BYTES)


def check_external_ids(owner: object, name: str) -> None:
    """Refuse a list with an external id that is over 987 bytes.

    Args:
        owner: The object that holds the list.
        name: The field.

    Raises:
        ConfigurationError: One is no such id.
    """
    ids: Sequence[str] = getattr(owner, name)
    for index, external_id in enumerate(ids):
        check_bytes(f"{type(owner).__name__}.{name}[{index}]", external_id, EXTERNAL_ID_BYTES)


def _check_alias_names(owner: object, *names: str) -> None:
    for name in names:
        check_bytes(f"{type(owner).__name__}.{name}", getattr(owner, name), ALIAS_BYTES)


@model(kw_only=True)
class UserAlias:
    """Another name of a person; the pair is unique in the workspace, and case counts.

    Args:
        alias_name: 1 to 236 bytes.
        alias_label: 1 to 236 bytes.

    https://www.braze.com/docs/api/objects_filters/user_alias_object
    """

    alias_name: str
    alias_label: str

    def __attrs_post_init__(self) -> None:
        _check_alias_names(self, "alias_name", "alias_label")


def check_user_alias(owner: object, alias: object) -> None:
    """Refuse what is not a `UserAlias`.

    Args:
        owner: The object whose ``user_alias`` it is.
        alias: What stands there.

    Raises:
        ConfigurationError: It is something else.
    """
    if not isinstance(alias, UserAlias):
        raise ConfigurationError(
            f"{type(owner).__name__}.user_alias is no alias: "
            "give UserAlias(alias_name=..., alias_label=...)"
        )


def check_person(
    owner: object,
    *,
    primary: tuple[object, object, object],
    email: object,
    phone: object,
    anonymous: bool = False,
) -> None:
    """Check the identifiers of one entry of ``/users/track``.

    Args:
        owner: The entry.
        primary: External id, user alias and braze id.
        email: E-mail address, an identifier only where no primary one is present.
        phone: Phone number, likewise.
        anonymous: Whether the entry may do without.

    Raises:
        ConfigurationError: There is none, there are several primary ones, or one is malformed.
    """
    name = type(owner).__name__
    external_id, user_alias, braze_id = primary
    if external_id is not None:
        check_bytes(f"{name}.external_id", external_id, EXTERNAL_ID_BYTES)
    if user_alias is not None:
        check_user_alias(owner, user_alias)
    if braze_id is not None:
        check_text(f"{name}.braze_id", braze_id)
    given = 3 - primary.count(None)
    if given > 1:
        raise ConfigurationError(
            f"{name} names a person {given} times: "
            "give only one of external_id, user_alias and braze_id, Braze drops the entry otherwise"
        )
    if isinstance(email, str):
        check_email(f"{name}.email", email)
    if isinstance(phone, str):
        check_text(f"{name}.phone", phone)
    if not (given or anonymous or isinstance(email, str) or isinstance(phone, str)):
        raise ConfigurationError(
            f"{name} names no person: give external_id, user_alias, braze_id, email or phone"
        )


@model(kw_only=True)
class NewUserAlias:
    """An alias to create.

    Args:
        alias_name: 1 to 236 bytes.
        alias_label: 1 to 236 bytes.
        external_id: Whose alias it becomes; without it, of a new alias-only profile.

    https://www.braze.com/docs/api/endpoints/user_data/post_user_alias
    """

    alias_name: str
    alias_label: str
    external_id: str | None = None

    def __attrs_post_init__(self) -> None:
        _check_alias_names(self, "alias_name", "alias_label")
        if self.external_id is not None:
            check_external_id(self, "external_id")


@model(kw_only=True)
class UserAliasUpdate:
    """An alias to rename.

    Args:
        alias_label: 1 to 236 bytes.
        old_alias_name: 1 to 236 bytes.
        new_alias_name: 1 to 236 bytes.

    https://www.braze.com/docs/api/endpoints/user_data/post_users_alias_update
    """

    alias_label: str
    old_alias_name: str
    new_alias_name: str

    def __attrs_post_init__(self) -> None:
        _check_alias_names(self, "alias_label", "old_alias_name", "new_alias_name")
