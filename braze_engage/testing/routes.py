"""Every route the fake answers, typed in from Braze's pages and from nothing of this library."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote

import attrs

from braze_engage.testing import (
    cohort_routes,
    export_routes,
    track_routes,
    user_routes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage.testing.messages import Answer, Call
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import JsonObject

Handler: TypeAlias = "Callable[[Workspace, Call], Answer]"

MIB = 1024 * 1024
BULK_BYTES = 2_000_000


@attrs.frozen
class Route:
    """One endpoint.

    Args:
        method: Verb.
        path: Template; a segment in braces is a placeholder.
        permission: What a REST key needs; None where keys travel in the body.
        bucket: Rate pool.
        handler: What it does.
        fields: Documented top-level fields, as words.
        most: Bytes a body may have.
        narrowed: Rate pool by content, where it depends on it.
    """

    method: str
    path: str
    permission: str | None
    bucket: str
    handler: Handler
    fields: str
    most: int = 4 * MIB
    narrowed: Callable[[JsonObject], str] | None = None

    @property
    def partner(self) -> bool:
        """Whether keys travel in the body."""
        return self.path.startswith("/partners/")


_KINDS = "external_ids user_aliases braze_ids email_addresses phone_numbers"
_EXPORT = "external_ids user_aliases device_id braze_id email_address phone fields_to_export"
_IDENTIFY = "aliases_to_identify emails_to_identify phone_numbers_to_identify merge_behavior"
_COHORT = "partner_api_key client_secret cohort_id"
_TRACK = "attributes events purchases"

ROUTES: tuple[Route, ...] = (
    Route("POST", "/users/track", "users.track", "users_track", track_routes.track, _TRACK),
    Route(
        "POST",
        "/users/track/bulk",
        "users.track.bulk",
        "users_track_bulk",
        track_routes.track_bulk,
        _TRACK,
        most=BULK_BYTES,
    ),
    Route(
        "POST",
        "/users/track/sync",
        "users.track.sync",
        "users_track_sync",
        track_routes.track_sync,
        _TRACK,
    ),
    Route(
        "POST",
        "/users/alias/new",
        "users.alias.new",
        "user_identity",
        user_routes.alias_new,
        "user_aliases",
    ),
    Route(
        "POST",
        "/users/alias/update",
        "users.alias.update",
        "user_identity",
        user_routes.alias_update,
        "alias_updates",
    ),
    Route(
        "POST",
        "/users/identify",
        "users.identify",
        "user_identity",
        user_routes.identify,
        _IDENTIFY,
    ),
    Route(
        "POST", "/users/merge", "users.merge", "user_identity", user_routes.merge, "merge_updates"
    ),
    Route("POST", "/users/delete", "users.delete", "user_identity", user_routes.delete, _KINDS),
    Route(
        "POST",
        "/users/external_ids/rename",
        "users.external_ids.rename",
        "external_ids_rename",
        user_routes.external_ids_rename,
        "external_id_renames",
    ),
    Route(
        "POST",
        "/users/external_ids/remove",
        "users.external_ids.remove",
        "external_ids_remove",
        user_routes.external_ids_remove,
        "external_ids",
    ),
    Route(
        "POST",
        "/users/export/ids",
        "users.export.ids",
        "users_export_ids",
        export_routes.export_ids,
        _EXPORT,
        narrowed=export_routes.bucket,
    ),
    Route(
        "POST",
        "/partners/{partner}/cohorts",
        None,
        "partner_cohorts",
        cohort_routes.create,
        f"{_COHORT} name created_at",
    ),
    Route(
        "POST",
        "/partners/{partner}/cohorts/users",
        None,
        "partner_cohorts",
        cohort_routes.update_users,
        f"{_COHORT} cohort_changes",
    ),
)

PERMISSIONS = frozenset(route.permission for route in ROUTES if route.permission)


_EXACT = {(route.method, route.path): route for route in ROUTES if "{" not in route.path}
_TEMPLATES = tuple(route for route in ROUTES if "{" in route.path)


def find_route(method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """Find the route of a request and the values of its placeholders."""
    exact = _EXACT.get((method, path))
    if exact is not None:
        return exact, {}
    for route in _TEMPLATES:
        values = _match(route.path, path) if route.method == method else None
        if values is not None:
            return route, values
    return None


def _match(template: str, path: str) -> dict[str, str] | None:
    wanted, given = template.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    values: dict[str, str] = {}
    for word, value in zip(wanted, given, strict=True):
        if word.startswith("{") and value:
            values[word[1:-1]] = unquote(value)
        elif word != value:
            return None
    return values


def route_for_script(path: str) -> str:
    """Find the template a test means by a path, templates themselves included.

    Raises:
        ValueError: No route answers that path.
    """
    for route in ROUTES:
        if path == route.path or _match(route.path, path) is not None:
            return route.path
    known = ", ".join(dict.fromkeys(route.path for route in ROUTES))
    raise ValueError(f"no route answers {path!r}; scripted faults are for one of: {known}")
