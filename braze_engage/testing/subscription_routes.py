"""Handlers of the group "subscription_groups".

https://www.braze.com/docs/api/endpoints/subscription_groups
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.testing.checks import refuse
from braze_engage.testing.messages import Answer
from braze_engage.testing.paging import limited
from braze_engage.testing.values import objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.profiles import Profile
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.subscriptions import SubscriptionGroup
    from braze_engage.testing.values import Json, JsonObject

_NAMES = ("external_id", "email", "phone")
_BOTH = "Either an email address or a phone number should be provided, but not both."


def get_status(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/subscription/status/get``."""
    group = _group(workspace, call.query)
    if not call.query.get("external_id"):
        _refuse_both(call.query, "email", "phone")
    groups = workspace.subscription_groups
    status: JsonObject = {
        address: groups.status(group, kind, address)
        for kind, address in _addresses(call.query, _NAMES)
    }
    return Answer(200, {"status": status, "message": "success"})


def list_for_users(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/subscription/user/status``."""
    found: dict[int, Profile] = {}
    for kind, address in _addresses(call.query, _NAMES):
        people = workspace.subscription_groups.with_address(kind, address)
        found.update((one.number, one) for one in people)
    page = limited(call, list(found.values()))
    users: list[Json] = [
        {
            "email": one.email,
            "phone": one.phone,
            "external_id": one.external_id,
            "subscription_groups": _groups_of(workspace, one),
        }
        for one in page
    ]
    return Answer(200, {"users": users, "total_count": len(found), "message": "success"})


def _groups_of(workspace: Workspace, profile: Profile) -> list[Json]:
    """List the groups in which the person's state was ever changed."""
    now = workspace.now()
    states = {
        group.id: group.state_of(profile, now) for group in workspace.subscription_groups.values()
    }
    return [
        {
            "id": group.id,
            "name": group.name,
            "channel": group.channel,
            "status": str(states[group.id]).capitalize(),
        }
        for group in workspace.subscription_groups.values()
        if states[group.id] is not None
    ]


def set_status(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/subscription/status/set``."""
    return _set(workspace, [call.body], _NAMES)


def set_status_v2(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/v2/subscription/status/set``."""
    updates = objects(call.body["subscription_groups"]) or []
    names = ("external_ids", "emails", "phones")
    for update in updates:
        if not any(update.get(name) for name in names):
            refuse(f"one of {', '.join(names)} is required")
    _refuse_both({name: True for one in updates for name in names if one.get(name)}, *names[1:])
    return _set(workspace, updates, names)


def _set(workspace: Workspace, updates: list[JsonObject], names: tuple[str, ...]) -> Answer:
    groups = [_group(workspace, update) for update in updates]
    for update in updates:
        _refuse_both(update, *names[1:])

    def write() -> None:
        for group, update in zip(groups, updates, strict=True):
            state = str(update["subscription_state"])
            for kind, address in _addresses(update, names):
                workspace.subscription_groups.set(group, state, kind, address)

    workspace.submit(write)
    return Answer(201, {"message": "success"})


def _refuse_both(values: JsonObject, email: str, phone: str) -> None:
    if values.get(email) and values.get(phone):
        refuse(_BOTH)


def _group(workspace: Workspace, values: JsonObject) -> SubscriptionGroup:
    found = workspace.subscription_groups.get(str(values["subscription_group_id"]))
    if found is None:
        refuse("Invalid subscription group ID")
    return found


def _addresses(values: JsonObject, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in names:
        value = values.get(name, [])
        for item in value if isinstance(value, list) else [value]:
            yield name, str(item)


HANDLERS: Final[Handlers] = {
    ("GET", "/subscription/status/get"): get_status,
    ("GET", "/subscription/user/status"): list_for_users,
    ("POST", "/subscription/status/set"): set_status,
    ("POST", "/v2/subscription/status/set"): set_status_v2,
}
