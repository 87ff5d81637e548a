"""Every route the fake answers: what Braze documents, and what the fake does."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import attrs

from braze_engage.testing import (
    activity_routes,
    address_routes,
    campaign_routes,
    canvas_routes,
    catalog_item_routes,
    catalog_routes,
    cohort_routes,
    content_block_routes,
    email_template_routes,
    export_routes,
    message_routes,
    messaging,
    preference_center_routes,
    sdk_key_routes,
    segment_export_routes,
    segment_routes,
    subscription_routes,
    track_routes,
    transactional_routes,
    translation_routes,
    user_routes,
)
from braze_engage.testing.canned import canned
from braze_engage.testing.catalogue import Described, endpoints
from braze_engage.testing.exports import DOWNLOADS
from braze_engage.testing.messages import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage.testing.messages import Call, Handler
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import JsonObject

_CHECKED: Mapping[tuple[str, str], Handler] = {
    **activity_routes.HANDLERS,
    **address_routes.HANDLERS,
    **segment_export_routes.HANDLERS,
    **segment_routes.HANDLERS,
    **subscription_routes.HANDLERS,
    **content_block_routes.HANDLERS,
    **email_template_routes.HANDLERS,
    **preference_center_routes.HANDLERS,
    **sdk_key_routes.HANDLERS,
    **translation_routes.HANDLERS,
    **campaign_routes.HANDLERS,
    **canvas_routes.HANDLERS,
    **catalog_routes.HANDLERS,
    **catalog_item_routes.HANDLERS,
    **message_routes.HANDLERS,
    **transactional_routes.HANDLERS,
}
"""Handlers that get what is documented: all else is refused before."""

_CHECKING: Mapping[tuple[str, str], Handler] = {
    **cohort_routes.HANDLERS,
    **export_routes.HANDLERS,
    **track_routes.HANDLERS,
    **user_routes.HANDLERS,
}
"""Handlers that check bodies themselves, below the top-level fields."""

_NARROWED: Mapping[str, Callable[[JsonObject], str]] = {
    "users_export_ids": export_routes.bucket,
    "broadcast_sends": messaging.bucket,
}
"""Rate pool by content, where it depends on it."""


@attrs.frozen
class Route:
    """One endpoint.

    Args:
        described: What Braze documents.
        handler: What it does.
        checked: Whether parameters are checked in full before the handler gets them.
        fields: Documented top-level fields of the body.
        partner: Whether keys travel in the body.
        path: Template; a segment in braces is a placeholder.
    """

    described: Described
    handler: Handler
    checked: bool
    fields: frozenset[str]
    partner: bool
    path: str

    @property
    def method(self) -> str:
        """Verb."""
        return self.described.method

    @property
    def permission(self) -> str | None:
        """What a key needs; None where none is documented."""
        return self.described.permission

    def bucket(self, body: JsonObject | None) -> str:
        """Name the rate pool of a request.

        Args:
            body: What was sent; None for what cannot be read.
        """
        narrowed = _NARROWED.get(self.described.bucket)
        return self.described.bucket if narrowed is None or body is None else narrowed(body)


def _route(described: Described) -> Route:
    key = (described.method, described.path)
    own = _CHECKING.get(key)
    handler = own or _CHECKED.get(key) or _answering(described)
    return Route(
        described,
        handler,
        checked=own is None,
        fields=described.named("body"),
        partner=described.credential == "partner key",
        path=described.path,
    )


def _answering(described: Described) -> Handler:
    def answer(_: Workspace, call: Call) -> Answer:
        given = {**call.path, **call.query, **call.body}
        return Answer(described.status, canned(described, given))

    return answer


ROUTES: tuple[Route, ...] = tuple(map(_route, endpoints()))
HANDLED = frozenset(_CHECKED) | frozenset(_CHECKING)
"""Verb and path of the routes that do more than answer."""
PERMISSIONS = frozenset(
    route.described.permission for route in ROUTES if route.described.permission
)

_EXACT = {(route.method, route.path): route for route in ROUTES if "{" not in route.path}
_TEMPLATES: dict[tuple[str, int], list[Route]] = {}
for _one in ROUTES:
    if "{" in _one.path:
        _TEMPLATES.setdefault((_one.method, _one.path.count("/")), []).append(_one)


def find_route(method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """Find the route of a request and the values of its placeholders."""
    exact = _EXACT.get((method, path))
    if exact is not None:
        return exact, {}
    for route in _TEMPLATES.get((method, path.count("/")), ()):
        values = _match(route.path, path)
        if values is not None:
            return route, values
    return None


def documented_only(
    found: tuple[Route, Mapping[str, str]] | None,
) -> tuple[Route, Mapping[str, str]] | None:
    """Take the behaviour away: checked in full, answered with the documented shape.

    Args:
        found: What `find_route` says.
    """
    if found is None:
        return None
    route, values = found
    answer = _answering(route.described)
    return attrs.evolve(route, handler=answer, checked=True), values


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
    if path.startswith(DOWNLOADS):
        return DOWNLOADS
    routes = [route.path for route in ROUTES]
    fitting = (template for template in routes if _match(template, path) is not None)
    found = path if path in routes else next(fitting, None)
    if found is not None:
        return found
    known = ", ".join(dict.fromkeys(routes))
    raise ValueError(f"no route answers {path!r}; scripted faults are for one of: {known}")
