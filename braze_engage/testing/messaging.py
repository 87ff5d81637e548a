"""What the endpoints that send messages have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from braze_engage.testing.checks import refuse
from braze_engage.testing.identity import pick
from braze_engage.testing.track import apply_track
from braze_engage.testing.track_checks import attributes_problem
from braze_engage.testing.values import Json, JsonObject, as_object, objects, parse_time

if TYPE_CHECKING:
    from braze_engage.testing.messages import Call
    from braze_engage.testing.outbox import Outbox, Scheduled
    from braze_engage.testing.state import Workspace

_ONE_BY_ONE = ("recipients", "external_user_ids", "user_aliases")
_IDENTIFIERS = ("external_user_id", "user_alias", "braze_id", "email")
_LAST_ZONE = timedelta(hours=12)


class Reached(NamedTuple):
    """Recipients, each once, and what is wrong with others."""

    recipients: list[JsonObject]
    errors: list[Json]


def bucket(body: JsonObject) -> str:
    """Choose the small pool for broadcasts; sends to people named one by one use the common one.

    https://www.braze.com/docs/api/api_limits
    """
    named = any(body.get(name) for name in _ONE_BY_ONE)
    return "default" if named and not body.get("broadcast") else "broadcast_sends"


def check_broadcast(body: JsonObject) -> None:
    """Refuse a request that names people and broadcasts, or does neither.

    https://www.braze.com/docs/api/endpoints/messaging/send_messages/post_send_messages
    """
    named = [name for name in (*_ONE_BY_ONE, "attachments") if body.get(name)]
    if body.get("broadcast"):
        if named:
            refuse(f"'broadcast' cannot be true together with '{named[0]}'")
    elif not set(named).intersection(_ONE_BY_ONE):
        refuse("No Recipients")


def check_schedule(workspace: Workspace, schedule: Json) -> None:
    """Refuse a local time that has passed everywhere.

    https://www.braze.com/docs/api/objects_filters/schedule_object
    """
    moment = parse_time(as_object(schedule).get("time"))
    local = as_object(schedule).get("in_local_time") is True
    if local and moment is not None and moment + _LAST_ZONE < workspace.now():
        refuse("Bad Request")


def scheduled(outbox: Outbox, call: Call) -> Scheduled:
    """Find the schedule a request names."""
    found = outbox.schedules.get(str(call.body.get("schedule_id")))
    if found is None:
        refuse("Invalid Schedule ID")
    return found


def reach(workspace: Workspace, body: JsonObject) -> Reached:
    """Collapse recipients, the last entry of a person wins, and write their attributes.

    https://www.braze.com/docs/api/objects_filters/recipient_object
    """
    check_broadcast(body)
    entries = objects(body.get("recipients", [])) or []
    reached = Reached([], [])
    for entry in {_person(entry): entry for entry in entries}.values():
        problem = write_attributes(workspace, entry)
        if problem is None:
            reached.recipients.append(entry)
        else:
            reached.errors.append(problem)
    return reached


def _person(entry: JsonObject) -> str:
    name = next(name for name in _IDENTIFIERS if name in entry)
    value = as_object(entry[name])
    return f"{name} {sorted(value.items()) if value else entry[name]}"


def write_attributes(workspace: Workspace, entry: JsonObject) -> str | None:
    """Write the attributes of a recipient.

    Args:
        workspace: Whose lock is held.
        entry: The recipient, with one identifier.

    Returns:
        Why they were refused, or None.
    """
    attributes, identity = as_object(entry.get("attributes")), _identity(workspace, entry)
    if not attributes or identity is None:
        return None
    item: JsonObject = {**attributes, **identity}
    item["_update_existing_only"] = entry.get("send_to_existing_only") is not False
    problem = attributes_problem(item)
    if problem is not None:
        return problem.spelled(code=workspace.settings.documented_codes)
    if workspace.settings.keep_profiles:
        apply_track(workspace, {"attributes": [item]})
    return None


def _identity(workspace: Workspace, entry: JsonObject) -> JsonObject | None:
    """Name the profile as tracked objects do; None where priorities leave more than one."""
    if "external_user_id" in entry:
        return {"external_id": entry["external_user_id"]}
    email = entry.get("email")
    if isinstance(email, str):
        candidates = workspace.users.with_email(email)
        profile = pick(candidates, entry.get("prioritization"))
        if profile is None:
            return None if candidates else {"email": email}
        return {"braze_id": profile.braze_id}
    return {name: entry[name] for name in ("user_alias", "braze_id") if name in entry}
