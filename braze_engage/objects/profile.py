"""Parts of a user profile."""

from collections.abc import Sequence
from re import IGNORECASE
from re import compile as regex
from typing import Annotated, Literal, TypeAlias

from braze_engage.limits import DEVICE_ID_BYTES_MAX, DEVICE_ID_BYTES_MIN
from braze_engage.objects.checks import (
    check_bytes,
    check_choice,
    check_flag,
    check_text,
    is_number,
    refused,
)
from braze_engage.objects.fields import own_sequences, wire_name
from braze_engage.objects.models import model

__all__ = [
    "FacebookProfile",
    "Gender",
    "Location",
    "PushToken",
    "SubscriptionGroup",
    "SubscriptionState",
    "TwitterProfile",
    "check_group_id",
    "check_subscription",
]

Gender: TypeAlias = Literal["M", "F", "O", "N", "P"]
"""Male, female, other, not applicable, prefers not to say."""
SubscriptionState: TypeAlias = Literal["opted_in", "subscribed", "unsubscribed"]

_UUID = regex(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", IGNORECASE)


def check_group_id(owner: object) -> None:
    """Refuse a ``subscription_group_id`` that is no UUID.

    Args:
        owner: What holds it.

    Raises:
        ConfigurationError: It is something else.
    """
    field = f"{type(owner).__name__}.subscription_group_id"
    group_id: str = getattr(owner, "subscription_group_id", "")
    check_text(field, group_id)
    if not _UUID.fullmatch(group_id):
        raise refused(field, group_id, "give the UUID that the dashboard shows")


def check_subscription(owner: object) -> None:
    """Refuse a group, a state or a flag that is none.

    Args:
        owner: What holds them.

    Raises:
        ConfigurationError: One is something else.
    """
    check_group_id(owner)
    name, state = type(owner).__name__, getattr(owner, "subscription_state", None)
    check_choice(f"{name}.subscription_state", state, ("subscribed", "unsubscribed"))
    flag = getattr(owner, "use_double_opt_in_logic", None)
    check_flag(f"{name}.use_double_opt_in_logic", flag)


@model(kw_only=True)
class Location:
    """Where a person was last.

    Args:
        longitude: Degrees east, -180 to 180.
        latitude: Degrees north, -90 to 90.

    https://www.braze.com/docs/api/objects_filters/user_attributes_object
    """

    longitude: float
    latitude: float

    def __attrs_post_init__(self) -> None:
        _check_degrees("Location.longitude", self.longitude, 180)
        _check_degrees("Location.latitude", self.latitude, 90)


def _check_degrees(field: str, value: object, most: int) -> None:
    if not (is_number(value) and -most <= value <= most):
        raise refused(field, value, f"give degrees from -{most} to {most}")


@model(kw_only=True)
class PushToken:
    """A push token to import.

    Args:
        app_id: An app of the workspace; web push cannot be imported.
        token: The token.
        device_id: 8 to 255 bytes; made up by Braze where absent.

    https://www.braze.com/docs/api/objects_filters/user_attributes_object
    """

    app_id: str
    token: str
    device_id: str | None = None

    def __attrs_post_init__(self) -> None:
        check_text("PushToken.app_id", self.app_id)
        check_text("PushToken.token", self.token)
        if self.device_id is not None:
            check_bytes(
                "PushToken.device_id", self.device_id, DEVICE_ID_BYTES_MAX, DEVICE_ID_BYTES_MIN
            )


@model(kw_only=True)
class SubscriptionGroup:
    """A subscription state of one group.

    Args:
        subscription_group_id: The group's UUID.
        subscription_state: Subscribed or unsubscribed.
        use_double_opt_in_logic: Whether Braze asks the person to confirm.

    https://www.braze.com/docs/api/objects_filters/user_attributes_object
    """

    subscription_group_id: str
    subscription_state: Literal["subscribed", "unsubscribed"]
    use_double_opt_in_logic: bool = False

    def __attrs_post_init__(self) -> None:
        check_subscription(self)


@model(kw_only=True, field_transformer=own_sequences)
class FacebookProfile:
    """What is known of a person's Facebook profile.

    Args:
        facebook_id: Sent as ``id``.
        likes: Names of liked pages.
        num_friends: Number of friends.

    https://www.braze.com/docs/api/objects_filters/user_attributes_object
    """

    facebook_id: Annotated[str | None, wire_name("id")] = None
    likes: Sequence[str] = ()
    num_friends: int | None = None


@model(kw_only=True)
class TwitterProfile:
    """What is known of a person's Twitter profile.

    Args:
        twitter_id: Sent as ``id``.
        screen_name: Name without the at sign.
        followers_count: Number of followers.
        friends_count: Number of accounts followed.
        statuses_count: Number of posts.

    https://www.braze.com/docs/api/objects_filters/user_attributes_object
    """

    twitter_id: Annotated[int | None, wire_name("id")] = None
    screen_name: str | None = None
    followers_count: int | None = None
    friends_count: int | None = None
    statuses_count: int | None = None
