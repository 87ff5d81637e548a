"""Handlers of the partner cohort import: both keys travel in the body.

https://www.braze.com/docs/cohort_import
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.testing import checks
from braze_engage.testing.messages import Answer, Refused

if TYPE_CHECKING:
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.state import Workspace


def create(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/partners/{partner}/cohorts``: a first name, or a new one."""
    cohort_id = checks.cohort_text(call.body, "cohort_id")
    name = checks.cohort_text(call.body, "name")
    created_at = checks.cohort_time(call.body)
    workspace.submit(
        lambda: workspace.name_cohort(cohort_id, name, created_at), after=f"cohort {cohort_id}"
    )
    return Answer(201, {"message": "success"})


def update_users(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/partners/{partner}/cohorts/users``; no changes only probe the keys."""
    cohort_id = checks.cohort_text(call.body, "cohort_id")
    changes = checks.cohort_changes(call.body)
    if changes:
        # Not after the one before: Braze promises no order between requests.
        workspace.submit(lambda: workspace.change_cohort(cohort_id, changes))
    return Answer(201, {"message": "success"})


def authorize(workspace: Workspace, call: Call, *, at_home: bool) -> None:
    """Refuse wrong keys, in the order Braze can know them.

    Args:
        workspace: Has the keys.
        call: Body with both keys, and the partner's name of the path.
        at_home: The host called is the one the keys belong to.
    """
    settings = workspace.settings
    secret = call.body.get("client_secret")
    if call.path["partner"] != settings.partner:
        raise Refused(401, "Unauthorized access")
    if not _accepted(call.body.get("partner_api_key"), settings.partner_key, settings.extra_keys):
        raise Refused(401, "Invalid Partner API key")
    if not at_home or not _accepted(secret, settings.data_import_key, settings.extra_keys):
        raise Refused(401, "Invalid client secret")
    if not settings.cohorts_enabled:
        # Braze's answer does echo the secret; clients have to take it out.
        raise Refused(401, f"Partner not enabled for client with client secret: {secret}")


def _accepted(key: object, own: str, extra: set[str]) -> bool:
    return isinstance(key, str) and (key == own or key in extra)


def locked_by(call: Call) -> str | None:
    """Name what two requests must not change at once."""
    cohort_id = call.body.get("cohort_id")
    return cohort_id if isinstance(cohort_id, str) else None


HANDLERS: Final[Handlers] = {
    ("POST", "/partners/{partner}/cohorts"): create,
    ("POST", "/partners/{partner}/cohorts/users"): update_users,
}
