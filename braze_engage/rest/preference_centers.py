"""The group "preference_centers" of the REST API."""

from typing import Annotated, Literal, TypeAlias

from braze_engage.objects import PreferenceCenterOptions
from braze_engage.objects.checks import check_choice, check_pattern, check_text
from braze_engage.objects.fields import wire_name
from braze_engage.objects.models import model
from braze_engage.objects.preference_centers import PreferenceCenterHead
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "CreatePreferenceCenter",
    "CreatePreferenceCenterUrl",
    "GetPreferenceCenter",
    "ListPreferenceCenters",
    "PreferenceCenter",
    "PreferenceCenterCreated",
    "PreferenceCenterDetails",
    "PreferenceCenterList",
    "PreferenceCenterState",
    "PreferenceCenterUpdated",
    "PreferenceCenterUrl",
    "PreferenceCenters",
    "UpdatePreferenceCenter",
]

PreferenceCenterState: TypeAlias = Literal["active", "draft"]

_STATES = ("active", "draft")


@model(kw_only=True)
class ListPreferenceCenters:
    """All preference centers."""


@model(kw_only=True)
class PreferenceCenter:
    """A preference center as listed.

    Args:
        preference_center_api_id: API identifier.
        name: Its name.
        created_at: When it was made, in ISO 8601.
        updated_at: When it was last changed, in ISO 8601.
    """

    preference_center_api_id: str
    name: str
    created_at: str | None = None
    updated_at: str | None = None


@model(kw_only=True)
class PreferenceCenterList:
    """All preference centers.

    Args:
        message: ``success``, where Braze says it.
        preference_centers: One entry for each.
    """

    message: str | None = None
    preference_centers: tuple[PreferenceCenter, ...] = ()


@model(kw_only=True)
class GetPreferenceCenter:
    """Which preference center.

    Args:
        preference_center_id: API identifier.
    """

    preference_center_id: Annotated[str, wire_name("preferenceCenterExternalID")]

    def __attrs_post_init__(self) -> None:
        check_text("GetPreferenceCenter.preference_center_id", self.preference_center_id)


@model(kw_only=True)
class PreferenceCenterDetails:
    """One preference center.

    Args:
        preference_center_api_id: API identifier.
        name: Its name.
        message: ``success``, where Braze says it.
        created_at: When it was made, in ISO 8601.
        updated_at: When it was last changed, in ISO 8601.
        preference_center_title: Title of its page.
        preference_center_page_html: Its page.
        confirmation_page_html: The page that follows a change.
        redirect_page_html: The page to go on to, if any.
        preference_center_options: What stands in the head of its page.
        state: ``active`` or ``draft``.
    """

    preference_center_api_id: str
    name: str
    message: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    preference_center_title: str | None = None
    preference_center_page_html: str | None = None
    confirmation_page_html: str | None = None
    redirect_page_html: str | None = None
    preference_center_options: PreferenceCenterHead | None = None
    state: str | None = None


@model(kw_only=True)
class CreatePreferenceCenterUrl:
    """Whose link to which preference center.

    Args:
        preference_center_id: API identifier.
        user_id: External id of the user.
    """

    preference_center_id: Annotated[str, wire_name("preferenceCenterExternalID")]
    user_id: Annotated[str, wire_name("userID")]

    def __attrs_post_init__(self) -> None:
        check_text("CreatePreferenceCenterUrl.preference_center_id", self.preference_center_id)
        check_text("CreatePreferenceCenterUrl.user_id", self.user_id)


@model(kw_only=True)
class PreferenceCenterUrl:
    """A link for one user; whoever has it can change what the user gets.

    Args:
        preference_center_url: The link.
        message: ``success``, where Braze says it.
    """

    preference_center_url: str
    message: str | None = None


@model(kw_only=True)
class CreatePreferenceCenter:
    """A new preference center.

    Args:
        name: Letters, digits, - and _; it cannot be changed later.
        preference_center_page_html: Its page.
        confirmation_page_html: The page that follows a change.
        preference_center_title: Title of its page.
        state: Whether messages may link to it yet.
        options: What stands in the head of its page.
    """

    name: str
    preference_center_page_html: str
    confirmation_page_html: str
    preference_center_title: str = "Preference Center"
    state: PreferenceCenterState = "active"
    options: PreferenceCenterOptions | None = None

    def __attrs_post_init__(self) -> None:
        words = "letters, digits, - and _"
        check_pattern("CreatePreferenceCenter.name", self.name, r"[A-Za-z0-9_-]+", words)
        _check_pages(self)
        check_choice("CreatePreferenceCenter.state", self.state, _STATES)


@model(kw_only=True)
class PreferenceCenterCreated:
    """The new preference center.

    Args:
        message: ``success``.
        preference_center_api_id: API identifier.
        liquid_tag: What links to it in a message.
        created_at: When it was made, in ISO 8601.
    """

    message: str
    preference_center_api_id: str
    liquid_tag: str | None = None
    created_at: str | None = None


@model(kw_only=True)
class UpdatePreferenceCenter:
    """What a preference center becomes.

    Args:
        preference_center_id: API identifier.
        preference_center_page_html: Its page.
        confirmation_page_html: The page that follows a change.
        preference_center_title: Title of its page.
        state: Whether messages may link to it yet.
        options: What stands in the head of its page.
    """

    preference_center_id: Annotated[str, wire_name("preferenceCenterExternalID")]
    preference_center_page_html: str
    confirmation_page_html: str
    preference_center_title: str | None = None
    state: PreferenceCenterState | None = None
    options: PreferenceCenterOptions | None = None

    def __attrs_post_init__(self) -> None:
        check_text("UpdatePreferenceCenter.preference_center_id", self.preference_center_id)
        _check_pages(self)
        if self.state is not None:
            check_choice("UpdatePreferenceCenter.state", self.state, _STATES)


@model(kw_only=True)
class PreferenceCenterUpdated:
    """The preference center that was changed.

    Args:
        message: ``success``.
        preference_center_api_id: API identifier.
        created_at: When it was made, in ISO 8601.
        updated_at: When it was last changed, in ISO 8601.
    """

    message: str
    preference_center_api_id: str
    created_at: str | None = None
    updated_at: str | None = None


def _check_pages(request: CreatePreferenceCenter | UpdatePreferenceCenter) -> None:
    owner = type(request).__name__
    check_text(f"{owner}.preference_center_page_html", request.preference_center_page_html)
    check_text(f"{owner}.confirmation_page_html", request.confirmation_page_html)


class PreferenceCenters(Family):
    """Preference centers and links to them."""

    group = "preference_centers"

    list = Operation(
        "GET",
        "/preference_center/v1/list",
        ListPreferenceCenters,
        PreferenceCenterList,
        bucket="preference_center_read",
        replay=Replay.ALWAYS,
        permission="preference_center.list",
        docs="https://www.braze.com/docs/api/endpoints/preference_center/get_list_preference_center",
    )
    """List preference centers."""

    get = Operation(
        "GET",
        "/preference_center/v1/{preferenceCenterExternalID}",
        GetPreferenceCenter,
        PreferenceCenterDetails,
        bucket="preference_center_read",
        replay=Replay.ALWAYS,
        permission="preference_center.get",
        docs="https://www.braze.com/docs/api/endpoints/preference_center/get_view_details_preference_center",
    )
    """Read one preference center."""

    create_url = Operation(
        "GET",
        "/preference_center/v1/{preferenceCenterExternalID}/url/{userID}",
        CreatePreferenceCenterUrl,
        PreferenceCenterUrl,
        bucket="preference_center_read",
        replay=Replay.ALWAYS,
        permission="preference_center.user.get",
        docs="https://www.braze.com/docs/api/endpoints/preference_center/get_create_url_preference_center",
    )
    """Make the link to a preference center for one user."""

    create = Operation(
        "POST",
        "/preference_center/v1",
        CreatePreferenceCenter,
        PreferenceCenterCreated,
        bucket="preference_center_write",
        replay=Replay.IF_UNSENT,
        permission="preference_center.update",
        docs="https://www.braze.com/docs/api/endpoints/preference_center/post_create_preference_center",
    )
    """Create a preference center."""

    update = Operation(
        "PUT",
        "/preference_center/v1/{preferenceCenterExternalID}",
        UpdatePreferenceCenter,
        PreferenceCenterUpdated,
        bucket="preference_center_write",
        replay=Replay.ALWAYS,
        permission="preference_center.update",
        docs="https://www.braze.com/docs/api/endpoints/preference_center/put_update_preference_center",
    )
    """Change a preference center."""
