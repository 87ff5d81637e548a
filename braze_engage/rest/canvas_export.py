"""Rows that read Canvases."""

from collections.abc import Mapping
from typing import cast

import attrs

from braze_engage.objects import CampaignMessage
from braze_engage.objects.message_checks import check_flags, check_texts
from braze_engage.objects.models import model
from braze_engage.operation import Family, Operation, PagedOperation, PageNumbers, Replay
from braze_engage.rest.campaign_parts import Details, LinkAliases, ListEdited

__all__ = [
    "CanvasDetails",
    "CanvasExport",
    "CanvasPage",
    "CanvasPath",
    "CanvasStep",
    "CanvasVariant",
    "GetCanvas",
    "GetCanvasLinkAliases",
    "ListCanvases",
    "ListedCanvas",
]


@model(kw_only=True)
class ListCanvases(ListEdited):
    """Which page of Canvases.

    Args:
        page: From 0.
        include_archived: Whether archived ones are listed too.
        sort_direction: By time of creation, oldest first unless told otherwise.
        last_edit_after: Only those edited after this time, to the second; without zone it counts
            as UTC. Sent as ``last_edit.time[gt]``.
    """


@model(kw_only=True)
class ListedCanvas:
    """A Canvas as listed.

    Args:
        id: API identifier.
        name: Its name.
        last_edited: When, in ISO 8601.
        tags: Its tags.
    """

    id: str
    name: str
    last_edited: str | None = None
    tags: tuple[str, ...] = ()


@model(kw_only=True)
class CanvasPage:
    """Up to 100 Canvases.

    Args:
        message: ``success``.
        canvases: Those of the page.
    """

    message: str
    canvases: tuple[ListedCanvas, ...] = ()


@model(kw_only=True)
class GetCanvas(Details):
    """Which Canvas.

    Args:
        canvas_id: API identifier.
        post_launch_draft_version: Whether the draft made after launch is shown, if there is one.
        include_has_translatable_content: Whether each message says if it can be translated.
    """

    canvas_id: str

    def __attrs_post_init__(self) -> None:
        Details.__attrs_post_init__(self)
        check_texts(self, "canvas_id")


@model(kw_only=True)
class CanvasVariant:
    """A variant of a Canvas.

    Args:
        id: API identifier.
        name: Its name.
        first_step_ids: Where people enter.
        first_step_id: The same in Canvases made before 2017.
    """

    id: str
    name: str | None = None
    first_step_ids: tuple[str, ...] = ()
    first_step_id: str | None = None


@model(kw_only=True)
class CanvasPath:
    """A way on from a step.

    Args:
        name: Its name.
        next_step_id: Where it leads.
    """

    name: str | None = None
    next_step_id: str | None = None


def _no_messages() -> Mapping[str, CampaignMessage]:
    return cast("Mapping[str, CampaignMessage]", {})


@model(kw_only=True)
class CanvasStep:
    """A step of a Canvas.

    Args:
        id: API identifier.
        name: Its name.
        type: Its kind.
        next_step_ids: The steps that follow.
        next_paths: The ways on, by name.
        channels: Channels it uses.
        messages: Message variations by id.

    https://www.braze.com/docs/api/endpoints/export/canvas/get_canvas_details
    """

    id: str | None = None
    name: str | None = None
    type: str | None = None
    next_step_ids: tuple[str, ...] = ()
    next_paths: tuple[CanvasPath, ...] = ()
    channels: tuple[str, ...] = ()
    messages: Mapping[str, CampaignMessage] = attrs.field(factory=_no_messages)


@model(kw_only=True)
class CanvasDetails:
    """One Canvas; times in ISO 8601.

    Args:
        message: ``success``.
        name: Its name.
        created_at: When it was made.
        updated_at: When it was last changed.
        description: Its description.
        archived: Whether it is archived.
        draft: Whether it is a draft.
        enabled: Whether it is active.
        has_post_launch_draft: Whether there is a draft made after launch.
        schedule_type: How it is started.
        first_entry: When somebody entered first.
        last_entry: When somebody entered last.
        channels: Channels it uses.
        variants: Its variants.
        tags: Its tags.
        teams: Teams it belongs to.
        steps: Its steps.
    """

    message: str
    name: str
    created_at: str | None = None
    updated_at: str | None = None
    description: str = ""
    archived: bool = False
    draft: bool = False
    enabled: bool = False
    has_post_launch_draft: bool = False
    schedule_type: str | None = None
    first_entry: str | None = None
    last_entry: str | None = None
    channels: tuple[str, ...] = ()
    variants: tuple[CanvasVariant, ...] = ()
    tags: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    steps: tuple[CanvasStep, ...] = ()


@model(kw_only=True)
class GetCanvasLinkAliases:
    """Which message variation (unlisted; names of parameters are unconfirmed).

    Args:
        canvas_id: API identifier.
        message_variation_id: Of an e-mail.
        canvas_step_id: The step it belongs to.
        includes_link_id: Whether ids of links are shown too.
    """

    canvas_id: str
    message_variation_id: str
    canvas_step_id: str | None = None
    includes_link_id: bool = False

    def __attrs_post_init__(self) -> None:
        check_texts(self, "canvas_id", "message_variation_id")
        if self.canvas_step_id is not None:
            check_texts(self, "canvas_step_id")
        check_flags(self, "includes_link_id")


class CanvasExport(Family):
    """Rows that read Canvases."""

    group = "canvas"

    list = PagedOperation(
        "GET",
        "/canvas/list",
        ListCanvases,
        CanvasPage,
        items=lambda page: page.canvases,
        paging=PageNumbers(100),
        bucket="default",
        replay=Replay.ALWAYS,
        permission="canvas.list",
        docs="https://www.braze.com/docs/api/endpoints/export/canvas/get_canvases",
    )
    """List Canvases."""

    get = Operation(
        "GET",
        "/canvas/details",
        GetCanvas,
        CanvasDetails,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="canvas.details",
        docs="https://www.braze.com/docs/api/endpoints/export/canvas/get_canvas_details",
    )
    """Read one Canvas with variants and steps."""

    link_alias_details = Operation(
        "GET",
        "/canvas/url_info/details",
        GetCanvasLinkAliases,
        LinkAliases,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="canvas.url_info.details",
        docs="https://www.braze.com/docs/get_canvas_link_alias",
        availability="unlisted",
    )
    """List link aliases of one message variation in a step.

    Unlisted and unconfirmed: Braze names path, purpose and permission only.
    """
