"""The values that filters are: leaves and trees of them."""

# No lazy annotations: the converter reads them at run time.
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, ClassVar, Literal, NoReturn, TypeAlias

import attrs

from braze_engage._wire import unstructure
from braze_engage.errors import ConfigurationError
from braze_engage.limits import KEY_CHARACTERS
from braze_engage.objects import CONTROL_FIELDS, PROFILE_FIELDS, JsonValue, SubscriptionState
from braze_engage.objects.checks import check_choice, check_text, quoted, refused
from braze_engage.objects.fields import NOT_SENT, wire_name
from braze_engage.objects.models import model
from braze_engage.rest.filter_comparisons import (
    DataType,
    Value,
    check_moment,
    comparison_of,
)

__all__ = [
    "Audience",
    "ConnectedAudience",
    "ConnectedAudienceFilter",
    "CustomAttributeFilter",
    "DashboardOnly",
    "LastUsedAppFilter",
    "SubscriptionStatusFilter",
    "all_of",
    "any_of",
    "check_attribute_name",
    "connected_audience",
]

Operator: TypeAlias = Literal["all_of", "any_of"]


def check_attribute_name(name: object) -> None:
    """Refuse what cannot be the name of a custom attribute.

    Args:
        name: The name.

    Raises:
        ConfigurationError: It is too long, has blanks around it, or is no custom attribute.
    """
    field = "CustomAttributeFilter.custom_attribute_name"
    check_text(field, name, KEY_CHARACTERS)
    if isinstance(name, str) and name != name.strip():
        raise ConfigurationError(
            f"{field} is {quoted(name)}: leave the blanks around it out, Braze stores none"
        )
    if name in PROFILE_FIELDS or name in CONTROL_FIELDS:
        raise ConfigurationError(
            f"{field} is {quoted(name)}, which is no custom attribute: connected audiences filter "
            "by custom attributes only, make a segment in the dashboard for profile fields"
        )


@model(kw_only=True)
class CustomAttributeFilter:
    """A comparison of one custom attribute.

    Args:
        custom_attribute_name: At most 255 characters; a top-level attribute, case counts.
        comparison: As Braze spells it, one that fits the type.
        value: What to compare with; nothing for ``exists`` and ``does_not_exist``.
        data_type: What the attribute is in Braze; decides what is accepted and is not sent.

    Raises:
        ConfigurationError: The comparison does not fit the type, or the value the comparison.

    https://www.braze.com/docs/api/objects_filters/connected_audience
    """

    custom_attribute_name: str
    comparison: str
    value: Value | None = None
    data_type: Annotated[DataType, NOT_SENT]

    def __attrs_post_init__(self) -> None:
        name = self.custom_attribute_name
        check_attribute_name(name)
        check = comparison_of(name, self.data_type, self.comparison).check
        field = (
            f"CustomAttributeFilter.value of {quoted(name)} ({self.data_type}, {self.comparison})"
        )
        if check is not None:
            check(field, self.value)
        elif self.value is not None:
            raise refused(field, self.value, "existence has no value, leave it out")


@model(kw_only=True)
class SubscriptionStatusFilter:
    """A comparison of the subscription status of push or e-mail.

    Args:
        comparison: ``is`` or ``is_not``.
        value: ``opted_in``, ``subscribed`` or ``unsubscribed``.

    https://www.braze.com/docs/api/objects_filters/connected_audience
    """

    comparison: Literal["is", "is_not"]
    value: SubscriptionState

    def __attrs_post_init__(self) -> None:
        check_choice("SubscriptionStatusFilter.comparison", self.comparison, ("is", "is_not"))
        states = ("opted_in", "subscribed", "unsubscribed")
        check_choice("SubscriptionStatusFilter.value", self.value, states)


@model(kw_only=True)
class LastUsedAppFilter:
    """A comparison of the time somebody last used any app of the workspace.

    Args:
        comparison: ``after`` or ``before``.
        value: A moment; without zone it counts as UTC.

    https://www.braze.com/docs/api/objects_filters/connected_audience
    """

    comparison: Literal["after", "before"]
    value: datetime

    def __attrs_post_init__(self) -> None:
        check_choice("LastUsedAppFilter.comparison", self.comparison, ("after", "before"))
        check_moment("LastUsedAppFilter.value", self.value)


class _Combinable:
    """What can be sent as a connected audience, combined with ``&`` and ``|``."""

    __slots__ = ()

    def __and__(self, other: "Audience") -> "Audience":
        return _combined("all_of", (self, other))

    def __or__(self, other: "Audience") -> "Audience":
        return _combined("any_of", (self, other))

    def __bool__(self) -> bool:
        # "a and b" would be b alone, and the message would go to too many people.
        raise ConfigurationError("a filter is neither true nor false: combine with & and |")

    def to_json(self) -> JsonValue:
        """Give the JSON that Braze documents, as it is sent."""
        return unstructure(self)


@model(kw_only=True)
class ConnectedAudienceFilter(_Combinable):
    """One filter of a connected audience: exactly one of its fields is given.

    Args:
        custom_attribute: By a custom attribute.
        push_subscription_status: By the subscription status of push.
        email_subscription_status: By the subscription status of e-mail.
        last_used_app: By the last use of an app.

    Raises:
        ConfigurationError: None or several are given, or one is of the wrong class.

    https://www.braze.com/docs/api/objects_filters/connected_audience
    """

    custom_attribute: CustomAttributeFilter | None = None
    push_subscription_status: SubscriptionStatusFilter | None = None
    email_subscription_status: SubscriptionStatusFilter | None = None
    last_used_app: LastUsedAppFilter | None = None

    def __attrs_post_init__(self) -> None:
        kinds = {
            "custom_attribute": CustomAttributeFilter,
            "push_subscription_status": SubscriptionStatusFilter,
            "email_subscription_status": SubscriptionStatusFilter,
            "last_used_app": LastUsedAppFilter,
        }
        given = [name for name in kinds if getattr(self, name) is not None]
        if len(given) != 1:
            raise ConfigurationError(
                f"ConnectedAudienceFilter holds {' and '.join(given) or 'nothing'}: "
                f"give exactly one of {', '.join(kinds)}"
            )
        name, value = given[0], getattr(self, given[0])
        if not isinstance(value, kinds[name]):
            raise refused(
                f"ConnectedAudienceFilter.{name}", value, f"give {kinds[name].__name__}(...)"
            )


def _members(items: Iterable["Audience"]) -> tuple["Audience", ...]:
    if not isinstance(items, (list, tuple)):
        raise refused("ConnectedAudience", items, "give a list of filters")
    return tuple(map(connected_audience, items))


@model(kw_only=True)
class ConnectedAudience(_Combinable):
    """Several filters in one: exactly one of its fields is given.

    Args:
        all_of: People whom every one of these finds; sent as ``AND``.
        any_of: People whom at least one of these finds; sent as ``OR``.

    Raises:
        ConfigurationError: None or both are given, or they hold something that is no filter.

    https://www.braze.com/docs/api/objects_filters/connected_audience
    """

    # Quoted as a whole: Python 3.10 does not look for names inside tuple[...].
    all_of: "Annotated[tuple[Audience, ...], wire_name('AND')]" = attrs.field(
        default=(), converter=_members
    )
    any_of: "Annotated[tuple[Audience, ...], wire_name('OR')]" = attrs.field(
        default=(), converter=_members
    )

    def __attrs_post_init__(self) -> None:
        if bool(self.all_of) == bool(self.any_of):
            raise ConfigurationError(
                "ConnectedAudience needs exactly one of all_of and any_of, and at least one filter"
            )


Audience: TypeAlias = ConnectedAudience | ConnectedAudienceFilter
"""What Braze takes as ``audience``: a tree, or a filter alone."""
attrs.resolve_types(ConnectedAudience)  # it holds itself


class DashboardOnly:
    """What segments in the dashboard can filter by and connected audiences cannot."""

    __slots__ = ()
    remedy: ClassVar[str]

    def to_json(self) -> NoReturn:
        """Refuse to be sent.

        Raises:
            ConfigurationError: Always; it says why and what to use.
        """
        raise ConfigurationError(
            f"{type(self).__name__} cannot be sent: connected audiences filter by custom "
            "attributes, subscription status and last use only. Make a segment in the dashboard "
            f"with the filter that describe() names, or {self.remedy}"
        )

    def __and__(self, _: object) -> NoReturn:
        self.to_json()

    __or__ = __and__


def connected_audience(value: object) -> Audience:
    """Take a connected audience and refuse everything else; the converter of request fields.

    Args:
        value: What a caller gave.

    Raises:
        ConfigurationError: It is something else; for cohorts and events it says what to use.
    """
    if isinstance(value, DashboardOnly):
        value.to_json()
    if isinstance(value, (ConnectedAudience, ConnectedAudienceFilter)):
        return value
    raise refused(
        "a connected audience", value, "give filters made with attribute(...) and its like"
    )


def _combined(operator: Operator, items: Iterable[object]) -> Audience:
    members: list[Audience] = []
    for item in map(connected_audience, items):
        inner = getattr(item, operator, ())
        members += inner or (item,)
    if not members:
        raise ConfigurationError(f"{operator} needs at least one filter")
    return members[0] if len(members) == 1 else ConnectedAudience(**{operator: members})


def all_of(*filters: Audience) -> Audience:
    """Find people whom every filter finds; the same as ``&`` between them.

    Args:
        *filters: At least one; a single one stays as it is, and those that are themselves
            ``all_of`` are taken apart.
    """
    return _combined("all_of", filters)


def any_of(*filters: Audience) -> Audience:
    """Find people whom at least one filter finds; the same as ``|`` between them.

    Args:
        *filters: At least one; a single one stays as it is, and those that are themselves
            ``any_of`` are taken apart.
    """
    return _combined("any_of", filters)
