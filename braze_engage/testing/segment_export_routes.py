"""Handlers of the exports of segments, and of the files they leave.

https://www.braze.com/docs/api/endpoints/export/user_data/post_users_segment
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from braze_engage.testing.checks import refuse
from braze_engage.testing.export_routes import exported
from braze_engage.testing.exports import DOWNLOADS
from braze_engage.testing.messages import Answer, Refused, Reply
from braze_engage.testing.values import as_object, strings

if TYPE_CHECKING:
    from braze_engage.testing.messages import Call, Handlers, Request
    from braze_engage.testing.profiles import Profile
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import Json, JsonObject

_XML: Final = {"content-type": "application/xml"}
_DENIED: Final = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
_KEY_SENT: Final = b"<Error><Code>InvalidArgument</Code></Error>"


def export_segment(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/export/segment``."""
    segment = workspace.segments.get(str(call.body["segment_id"]))
    if segment is None:
        refuse("Invalid Segment ID")
    people = [one for one in workspace.users.everyone if segment.holds(one)]
    return _start(workspace, call, people, segment.id, busy=segment.running_exports > 0)


def export_control_group(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/export/global_control_group``."""
    group = workspace.exports.control_group
    people = [one for one in workspace.users.everyone if one.external_id in group]
    return _start(workspace, call, people, None)


def _start(
    workspace: Workspace,
    call: Call,
    people: list[Profile],
    segment_id: str | None,
    *,
    busy: bool = False,
) -> Answer:
    settings, fields = workspace.settings, set(strings(call.body["fields_to_export"]) or [])
    if not fields:
        refuse("'fields_to_export' is required")
    if call.body.get("output_format") == "gzip" and not settings.own_storage:
        refuse("'output_format' may be gzip only where a storage of your own is connected")
    now = settings.clock.now()
    if busy or workspace.exports.busy(segment_id, now):
        raise Refused(429, "An export of this segment is already running")
    chosen = strings(call.body.get("custom_attributes_to_export", []))
    started = workspace.exports.start(
        segment_id,
        now + settings.export_seconds,
        [_chosen(exported(one, fields, workspace.now()), one, chosen) for one in people],
        settings.users_per_file,
    )
    host = urlsplit(call.url).netloc
    scheme = "http" if host.startswith(("127.", "localhost")) else "https"
    url: Json = f"{scheme}://{host}{DOWNLOADS}{started.prefix}.zip?signature=fake"
    answer: JsonObject = {"message": "success", "object_prefix": started.prefix}
    return Answer(201, answer if settings.own_storage else {**answer, "url": url})


def _chosen(shown: JsonObject, profile: Profile, names: list[str] | None) -> JsonObject:
    """Add the custom attributes that were asked for one by one."""
    if not names or "custom_attributes" in shown:
        return shown
    own = as_object(profile.custom_attributes)
    return {**shown, "custom_attributes": {name: own[name] for name in names if name in own}}


def download(workspace: Workspace, request: Request) -> Reply:
    """Answer for the storage that keeps the files: it takes no key, and 403 means not there.

    Args:
        workspace: Whose lock is held.
        request: As it came in.
    """
    if "authorization" in request.headers:
        return Reply(400, _KEY_SENT, _XML)
    file = workspace.exports.download(request.path, workspace.settings.clock.now())
    if file is None:
        return Reply(403, _DENIED, _XML)
    return Reply(200, file, {"content-type": "application/zip"})


HANDLERS: Final[Handlers] = {
    ("POST", "/users/export/segment"): export_segment,
    ("POST", "/users/export/global_control_group"): export_control_group,
}
