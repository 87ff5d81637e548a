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
]

Gender: TypeAlias = Literal["M", "F", "O", "N", "P"]
"""Male, female, other, not applicable, prefers not to say."""
SubscriptionState: TypeAlias = Literal["opted_in", "subscribed", "unsubscribed"]

_UUID = regex(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", IGNORECASE)


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
        check_text("SubscriptionGroup.subscription_group_id", self.subscription_group_id)
        if not _UUID.fullmatch(self.subscription_group_id):
            raise refused(
                "SubscriptionGroup.subscription_group_id",
                self.subscription_group_id,
                "give the UUID that the dashboard shows",
            )
        check_choice(
            "SubscriptionGroup.subscription_state",
            self.subscription_state,
            ("subscribed", "unsubscribed"),
        )
        check_flag("SubscriptionGroup.use_double_opt_in_logic", self.use_double_opt_in_logic)


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
