"""The group "live_activities" of the REST API."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from braze_engage.limits import RECIPIENTS
from braze_engage.objects import Accepted, CustomValue, LiveActivityNotification
from braze_engage.objects.aliases import check_external_ids
from braze_engage.objects.checks import at_most, exactly_one_of
from braze_engage.objects.json_objects import own_values
from braze_engage.objects.message_checks import check_flags, check_instance, check_texts
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.filter_values import Audience, connected_audience

__all__ = ["LiveActivities", "StartLiveActivity", "UpdateLiveActivity"]


@model(kw_only=True, field_transformer=own_values)
class StartLiveActivity:
    """A Live Activity, and exactly one way to say for whom.

    Args:
        app_id: The app.
        activity_id: A label of your own, by which it is updated.
        activity_attributes_type: Type that the app registered for push-to-start.
        activity_attributes: Values that stay.
        content_state: Values that change; they must match the app's ``ContentState``.
        notification: What is shown with the start.
        stale_date: From when on it counts as out of date.
        external_user_ids: At most 50.
        segment_id: API identifier.
        custom_audience: Filters, as `braze_engage.rest.filters` makes them.

    Raises:
        ConfigurationError: It is for nobody, or for people named in two ways.
    """

    app_id: str
    activity_id: str
    activity_attributes_type: str
    activity_attributes: Mapping[str, CustomValue]
    content_state: Mapping[str, CustomValue]
    notification: LiveActivityNotification
    stale_date: datetime | None = None
    external_user_ids: Sequence[str] = ()
    segment_id: str | None = None
    custom_audience: Audience | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "app_id", "activity_id", "activity_attributes_type")
        exactly_one_of(self, "external_user_ids", "segment_id", "custom_audience")
        at_most(self, RECIPIENTS, "external_user_ids")
        check_external_ids(self, "external_user_ids")
        if self.segment_id is not None:
            check_texts(self, "segment_id")
        if self.custom_audience is not None:
            connected_audience(self.custom_audience)
        check_instance(self, "notification", LiveActivityNotification)


@model(kw_only=True, field_transformer=own_values)
class UpdateLiveActivity:
    """What changes in a Live Activity.

    Args:
        app_id: The app.
        activity_id: The label given at its start.
        content_state: Values that change; they must match the app's ``ContentState``.
        end_activity: Whether it ends.
        dismissal_date: When it disappears after its end, at once if past; counts only with
            end_activity.
        stale_date: From when on it counts as out of date.
        notification: What is shown with the change.
    """

    app_id: str
    activity_id: str
    content_state: Mapping[str, CustomValue]
    end_activity: bool = False
    dismissal_date: datetime | None = None
    stale_date: datetime | None = None
    notification: LiveActivityNotification | None = None

    def __attrs_post_init__(self) -> None:
        check_texts(self, "app_id", "activity_id")
        check_flags(self, "end_activity")
        if self.notification is not None:
            check_instance(self, "notification", LiveActivityNotification)

    def narrowed_replay(self) -> Replay:
        """Allow repeats where no notification would be shown twice."""
        return Replay.ALWAYS if self.notification is None else Replay.IF_UNSENT


class LiveActivities(Family):
    """Live Activities on iOS, started and updated from here."""

    group = "live_activities"

    start = Operation(
        "POST",
        "/messages/live_activity/start",
        StartLiveActivity,
        Accepted,
        bucket="default",
        replay=Replay.IF_UNSENT,
        permission="messages.live_activity.start",
        docs="https://www.braze.com/docs/api/endpoints/messaging/live_activity/start",
    )
    """Start a Live Activity."""

    update = Operation(
        "POST",
        "/messages/live_activity/update",
        UpdateLiveActivity,
        Accepted,
        bucket="default",
        replay=Replay.IF_UNSENT,
        permission="messages.live_activity.update",
        docs="https://www.braze.com/docs/api/endpoints/messaging/live_activity/update",
    )
    """Update or end a Live Activity."""
