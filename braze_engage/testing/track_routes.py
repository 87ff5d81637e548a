"""Handlers of the track family.

https://www.braze.com/docs/api/endpoints/user_data/post_user_track
https://www.braze.com/docs/api/endpoints/user_data/post_user_track_bulk
https://www.braze.com/docs/api/endpoints/user_data/post_user_track_synchronous
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.testing.checks import object_list, refuse
from braze_engage.testing.messages import Answer, Refused
from braze_engage.testing.track import CONTROL_KEYS, FIELDS, addressed, apply_track
from braze_engage.testing.track_checks import CHECKS
from braze_engage.testing.values import Json, JsonObject, iso

if TYPE_CHECKING:
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.profiles import CustomEvent, History, Profile, PurchaseRecord
    from braze_engage.testing.state import Workspace

TRACK_OBJECTS = 75
BULK_OBJECTS = 1_000
BULK_OBJECTS_PER_USER = 100

_TOO_MANY = "Max Input Length Exceeded"
_ALL_BAD = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
_IDENTIFIERS = ("external_id", "user_alias", "braze_id", "email", "phone")


class Checked(NamedTuple):
    """Objects that passed, by array that was sent, and what is wrong with the others."""

    passed: dict[str, list[JsonObject]]
    errors: list[Json]

    @property
    def body(self) -> JsonObject:
        """The objects that passed, in the shape of a request."""
        return {name: [*items] for name, items in self.passed.items()}


def track(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/track``."""
    arrays = _arrays(call)
    sizes = [len(items) for items in arrays.values()]
    counted = max(sizes) if workspace.settings.legacy_track_limit else sum(sizes)
    if counted > TRACK_OBJECTS:
        refuse(_TOO_MANY)
    return _queued(workspace, arrays)


def track_bulk(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/track/bulk``."""
    arrays = _arrays(call)
    items = [item for items in arrays.values() for item in items]
    per_user = Counter(_person(item) for item in items)
    if len(items) > BULK_OBJECTS:
        refuse(_TOO_MANY)
    if any(count > BULK_OBJECTS_PER_USER for count in per_user.values()):
        refuse("a single request may not contain more than 100 objects per user")
    return _queued(workspace, arrays)


def track_sync(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/track/sync`` with what became of the one object sent."""
    arrays = _arrays(call)
    if sum(len(items) for items in arrays.values()) != 1:
        refuse("exactly one attribute, event or purchase object is allowed per request")
    checked = _checked(workspace, arrays)
    apply_track(workspace, checked.body)
    workspace.count(checked.body)
    name, item = next((name, items[0]) for name, items in checked.passed.items() if items)
    profile = addressed(workspace, item, create=False)
    users: list[Json] = [] if profile is None else [_echo(name, item, profile)]
    return Answer(201, {"users": users, "message": "success"})


def _arrays(call: Call) -> dict[str, list[JsonObject]]:
    arrays = {name: object_list(call.body, name, most=None) for name in CHECKS if name in call.body}
    if not any(arrays.values()):
        refuse("No data parsed")
    return arrays


def _person(item: JsonObject) -> str:
    return next((f"{name}={item[name]}" for name in _IDENTIFIERS if name in item), "")


def _checked(workspace: Workspace, arrays: dict[str, list[JsonObject]]) -> Checked:
    checked = Checked({name: [] for name in arrays}, [])
    for name, items in arrays.items():
        for index, item in enumerate(items):
            error = _error(workspace, name, index, item)
            if error is None:
                checked.passed[name].append(item)
            else:
                checked.errors.append(error)
    if not any(checked.passed.values()):
        raise Refused(400, _ALL_BAD, checked.errors)
    return checked


def _error(workspace: Workspace, array: str, index: int, item: JsonObject) -> Json:
    refusal = workspace.faults.refusal(item)
    problem = CHECKS[array](item) or (refusal and refusal.problem)
    if problem is None:
        return None
    error: JsonObject = {"type": problem.spelled(code=workspace.settings.documented_codes)}
    if refusal is None or refusal.located:
        error |= {"input_array": array, "index": index}
    return error


def _queued(workspace: Workspace, arrays: dict[str, list[JsonObject]]) -> Answer:
    checked = _checked(workspace, arrays)
    body = checked.body
    workspace.count(body)
    if workspace.settings.keep_profiles:
        workspace.submit(lambda: apply_track(workspace, body))
    answer: JsonObject = {"message": "success"}
    answer.update({f"{name}_processed": len(items) for name, items in checked.passed.items()})
    if checked.errors:
        answer["errors"] = checked.errors
    return Answer(201, answer)


def _echo(array: str, item: JsonObject, profile: Profile) -> JsonObject:
    """Show the resulting values of what the request named, under the identifier it used."""
    identifier = next(name for name in _IDENTIFIERS if item.get(name) is not None)
    user: JsonObject = {identifier: item[identifier]}
    if array == "attributes":
        own = profile.custom_attributes
        keys = [key.strip() for key in item if key not in CONTROL_KEYS and key not in FIELDS]
        user["custom_attributes"] = {key: own[key] for key in keys if key in own}
    elif array == "events":
        user["custom_events"] = [summary(profile.custom_events, str(item["name"]))]
    else:
        product = summary(profile.purchases, str(item["product_id"]))
        user["purchase_events"] = [{"product_id": product.pop("name"), **product}]
    return user


def summary(history: History[CustomEvent] | History[PurchaseRecord], name: str) -> JsonObject:
    """Show the counts of one name as Braze does."""
    found = history[name]
    return {
        "name": name,
        "first": iso(found.first),
        "last": iso(found.last),
        "count": found.count,
    }


HANDLERS: Final[Handlers] = {
    ("POST", "/users/track"): track,
    ("POST", "/users/track/bulk"): track_bulk,
    ("POST", "/users/track/sync"): track_sync,
}
