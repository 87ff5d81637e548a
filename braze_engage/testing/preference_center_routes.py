"""Handlers of the group "preference_centers".

https://www.braze.com/docs/api/endpoints/preference_center
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.testing.messages import Answer, Refused
from braze_engage.testing.values import iso

if TYPE_CHECKING:
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.preference_centers import PreferenceCenter
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import JsonObject

_ONE: Final = "/preference_center/v1/{preferenceCenterExternalID}"


def list_centers(workspace: Workspace, _: Call) -> Answer:
    """Answer ``/preference_center/v1/list``."""
    centers = workspace.preference_centers.values()
    return Answer(
        200, {"message": "success", "preference_centers": [_summary(one) for one in centers]}
    )


def get(workspace: Workspace, call: Call) -> Answer:
    """Answer ``GET /preference_center/v1/{preferenceCenterExternalID}``."""
    center = _center(workspace, call)
    return Answer(
        200,
        {
            "message": "success",
            **_summary(center),
            "preference_center_title": center.preference_center_title,
            "preference_center_page_html": center.preference_center_page_html,
            "confirmation_page_html": center.confirmation_page_html,
            "redirect_page_html": center.redirect_page_html,
            "preference_center_options": {**center.options},
            "state": center.state,
        },
    )


def create_url(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/preference_center/v1/{preferenceCenterExternalID}/url/{userID}``."""
    url = _center(workspace, call).url(call.path["userID"])
    return Answer(200, {"message": "success", "preference_center_url": url})


def create(workspace: Workspace, call: Call) -> Answer:
    """Answer ``POST /preference_center/v1``."""
    made = workspace.preference_centers.add(str(call.body["name"]))
    workspace.preference_centers.change(made, call.body)
    return Answer(
        201,
        {
            "message": "success",
            "preference_center_api_id": made.id,
            "liquid_tag": made.liquid_tag,
            "created_at": iso(made.created_at),
        },
    )


def update(workspace: Workspace, call: Call) -> Answer:
    """Answer ``PUT /preference_center/v1/{preferenceCenterExternalID}``."""
    center = _center(workspace, call)
    workspace.preference_centers.change(center, call.body)
    told = _summary(center)
    del told["name"]
    return Answer(200, {"message": "success", **told})


def _summary(center: PreferenceCenter) -> JsonObject:
    return {
        "preference_center_api_id": center.id,
        "name": center.name,
        "created_at": iso(center.created_at),
        "updated_at": iso(center.updated_at),
    }


def _center(workspace: Workspace, call: Call) -> PreferenceCenter:
    found = workspace.preference_centers.get(call.path["preferenceCenterExternalID"])
    if found is None:
        raise Refused(404, "Preference center not found")
    return found


HANDLERS: Final[Handlers] = {
    ("GET", "/preference_center/v1/list"): list_centers,
    ("GET", _ONE): get,
    ("GET", f"{_ONE}/url/{{userID}}"): create_url,
    ("POST", "/preference_center/v1"): create,
    ("PUT", _ONE): update,
}
