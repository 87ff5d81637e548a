"""What is written to a profile."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Annotated

import attrs

from braze_engage.errors import ConfigurationError
from braze_engage.limits import IMAGE_URL_CHARACTERS, STRING_CHARACTERS
from braze_engage.objects.aliases import UserAlias, check_person
from braze_engage.objects.checks import check_choice, check_flag, check_text, refused
from braze_engage.objects.custom import counts_twice, custom_value
from braze_engage.objects.fields import own_sequences, wire_name
from braze_engage.objects.models import model
from braze_engage.objects.profile import (
    FacebookProfile,
    Gender,
    Location,
    PushToken,
    SubscriptionGroup,
    SubscriptionState,
    TwitterProfile,
)
from braze_engage.objects.times import date_text, profile_time
from braze_engage.objects.values import CustomValue, JsonValue, check_key, is_mapping
from braze_engage.operation import UNSET, Unset

__all__ = ["CONTROL_FIELDS", "PROFILE_FIELDS", "UserAttributes"]

CONTROL_FIELDS = frozenset(
    {
        "_merge_objects",
        "_update_existing_only",
        "braze_id",
        "external_id",
        "push_token_import",
        "user_alias",
    }
)
"""Keys that steer how Braze reads an attributes object."""
PROFILE_FIELDS = frozenset(
    {
        "country",
        "current_location",
        "date_of_first_session",
        "date_of_last_session",
        "dob",
        "email",
        "email_click_tracking_disabled",
        "email_open_tracking_disabled",
        "email_subscribe",
        "facebook",
        "first_name",
        "gender",
        "home_city",
        "image_url",
        "language",
        "last_name",
        "marked_email_as_spam_at",
        "phone",
        "push_subscribe",
        "push_tokens",
        "subscription_groups",
        "time_zone",
        "twitter",
    }
)
"""Keys Braze keeps for itself, in exactly this case; any other key is a custom attribute."""
_NOT_CUSTOM: Mapping[str, str] = {
    **dict.fromkeys(CONTROL_FIELDS, "it steers the request: use the field of that name"),
    **dict.fromkeys(PROFILE_FIELDS, "it is a profile field: give it as UserAttributes({key}=...)"),
    "alias_label": "Braze reserves it: use users.create_aliases",
    "alias_name": "Braze reserves it: use users.create_aliases",
    "email_subscription_info": "Braze refuses it: use email_subscribe",
}


def _custom(values: Mapping[str, CustomValue]) -> Mapping[str, JsonValue]:
    if not is_mapping(values):
        raise refused("UserAttributes.custom", values, "give a mapping of names to values")
    cleaned: dict[str, JsonValue] = {}
    for key, value in values.items():
        name = check_key("UserAttributes.custom", key)
        # Braze strips surrounding blanks, so " email" would end up as the profile field.
        remedy = _NOT_CUSTOM.get(name.strip())
        if remedy is not None:
            raise ConfigurationError(
                f"UserAttributes.custom has the key {name!r}: "
                f"{remedy.format(key=name.strip())}, or name the custom attribute otherwise"
            )
        cleaned[name] = custom_value(f"UserAttributes.custom.{name}", value)
    return cleaned


def _instance(field: str, value: object, *, of: type[object]) -> None:
    if not isinstance(value, of):
        raise refused(field, value, f"give {of.__name__}(...)")


_short_text = partial(check_text, characters=STRING_CHARACTERS)
_states = partial(check_choice, choices=("opted_in", "subscribed", "unsubscribed"))
_CHECKS: Sequence[tuple[str, Callable[[str, object], None]]] = (
    ("first_name", _short_text),
    ("last_name", _short_text),
    ("gender", partial(check_choice, choices=("M", "F", "O", "N", "P"))),
    ("country", _short_text),
    ("home_city", _short_text),
    ("language", _short_text),
    ("time_zone", _short_text),
    ("current_location", partial(_instance, of=Location)),
    ("image_url", partial(check_text, characters=IMAGE_URL_CHARACTERS)),
    ("email_subscribe", _states),
    ("push_subscribe", _states),
    ("email_open_tracking_disabled", check_flag),
    ("email_click_tracking_disabled", check_flag),
    ("facebook", partial(_instance, of=FacebookProfile)),
    ("twitter", partial(_instance, of=TwitterProfile)),
)
_values_to_check = attrgetter(*(name for name, _ in _CHECKS))


@model(kw_only=True, field_transformer=own_sequences)
class UserAttributes:
    """One entry of ``attributes``: profile fields and custom attributes of one person.

    A field left out is not touched, None clears it. Values are checked and copied at construction;
    times are then held as the text that is sent (a time without zone counts as UTC).

    Args:
        external_id: At most 987 bytes. At most one of external_id, user_alias and braze_id.
        user_alias: Names the person by alias.
        braze_id: Names the person by Braze's own id.
        email: An address; names the person where none of the three above is given.
        phone: A number, E.164 advised; names the person where nothing above is given.
        update_existing_only: Whether unknown people are left alone; absent means no,
            but yes with user_alias.
        merge_objects: Whether objects are merged into the stored ones instead of replacing them;
            ``$update`` needs it.
        push_token_import: Whether push_tokens are those of an anonymous person.
        first_name: At most 255 characters.
        last_name: At most 255 characters.
        dob: Date of birth.
        gender: M, F, O (other), N (not applicable) or P (prefers not to say).
        country: ISO 3166-1 alpha-2.
        home_city: At most 255 characters.
        language: ISO 639-1.
        time_zone: IANA name.
        current_location: Longitude and latitude.
        image_url: At most 1,024 characters.
        email_subscribe: Subscription state of all profiles with the same address.
        push_subscribe: Subscription state of push.
        email_open_tracking_disabled: For SparkPost and SendGrid only.
        email_click_tracking_disabled: For SparkPost and SendGrid only.
        marked_email_as_spam_at: A time.
        date_of_first_session: A time.
        date_of_last_session: A time.
        subscription_groups: States of single groups.
        push_tokens: Tokens to add.
        facebook: Facebook profile.
        twitter: Twitter profile.
        custom: Custom attributes by name (at most 255 characters). Text has at most 255
            characters, a list 500 items, a list or object 100 KiB. None removes an attribute;
            ``{"inc": 1}``, ``{"add": [...], "remove": [...]}``, ``{"$add": [...]}``,
            ``{"$remove": [...]}`` and ``{"$update": [...]}`` change one in place.

    Raises:
        ConfigurationError: Braze would refuse the entry, or drop part of it without a word.

    https://www.braze.com/docs/api/objects_filters/user_attributes_object
    """

    external_id: str | None = None
    user_alias: UserAlias | None = None
    braze_id: str | None = None
    email: str | Unset | None = UNSET
    phone: str | Unset | None = UNSET
    update_existing_only: Annotated[bool | None, wire_name("_update_existing_only")] = None
    merge_objects: Annotated[bool, wire_name("_merge_objects")] = False
    push_token_import: bool = False
    first_name: str | Unset | None = UNSET
    last_name: str | Unset | None = UNSET
    dob: str | Unset | None = attrs.field(default=UNSET, converter=date_text)
    gender: Gender | Unset | None = UNSET
    country: str | Unset | None = UNSET
    home_city: str | Unset | None = UNSET
    language: str | Unset | None = UNSET
    time_zone: str | Unset | None = UNSET
    current_location: Location | Unset | None = UNSET
    image_url: str | Unset | None = UNSET
    email_subscribe: SubscriptionState | Unset | None = UNSET
    push_subscribe: SubscriptionState | Unset | None = UNSET
    email_open_tracking_disabled: bool | Unset | None = UNSET
    email_click_tracking_disabled: bool | Unset | None = UNSET
    marked_email_as_spam_at: str | Unset | None = attrs.field(default=UNSET, converter=profile_time)
    date_of_first_session: str | Unset | None = attrs.field(default=UNSET, converter=profile_time)
    date_of_last_session: str | Unset | None = attrs.field(default=UNSET, converter=profile_time)
    subscription_groups: Sequence[SubscriptionGroup] = ()
    push_tokens: Sequence[PushToken] | Unset | None = UNSET
    facebook: FacebookProfile | Unset | None = UNSET
    twitter: TwitterProfile | Unset | None = UNSET
    custom: Mapping[str, JsonValue] = attrs.field(factory=dict[str, JsonValue], converter=_custom)

    def __attrs_post_init__(self) -> None:
        self._check_identity()
        values: tuple[object, ...] = _values_to_check(self)
        if values.count(UNSET) < len(values):  # most entries write custom attributes only
            for (name, check), value in zip(_CHECKS, values, strict=True):
                if value is not UNSET and value is not None:
                    check(f"UserAttributes.{name}", value)
        if self.update_existing_only is not None:
            check_flag("UserAttributes.update_existing_only", self.update_existing_only)
        check_flag("UserAttributes.merge_objects", self.merge_objects)
        if self.push_token_import:
            self._check_import()

    def _check_identity(self) -> None:
        check_person(
            self,
            primary=(self.external_id, self.user_alias, self.braze_id),
            email=self.email,
            phone=self.phone,
            anonymous=self.push_token_import,
        )

    def _check_import(self) -> None:
        check_flag("UserAttributes.push_token_import", self.push_token_import)
        if self.external_id is not None or self.braze_id is not None:
            raise ConfigurationError(
                "UserAttributes.push_token_import imports tokens of anonymous people: "
                "leave out external_id and braze_id, or push_token_import"
            )
        if not self.push_tokens or self.push_tokens is UNSET:
            raise ConfigurationError(
                "UserAttributes.push_token_import imports push_tokens: give at least one"
            )

    def __repr__(self) -> str:
        given = (
            f"{field.name}={value!r}"
            for field in attrs.fields(type(self))
            if (value := getattr(self, field.name)) not in (field.default, {})
        )
        return f"{type(self).__name__}({', '.join(given)})"

    @property
    def repeatable(self) -> bool:
        """Whether sending this entry twice leaves the profile as sending it once."""
        return not any(map(counts_twice, self.custom.values()))
