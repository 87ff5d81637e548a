"""What the rows of campaigns and of Canvases have in common: lists, details, links, copies."""

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Annotated, Literal

import attrs

from braze_engage.objects import LinkAlias
from braze_engage.objects.checks import check_choice, check_range, check_text, refused
from braze_engage.objects.fields import own_sequences, wire_name
from braze_engage.objects.message_checks import check_flags
from braze_engage.objects.models import model
from braze_engage.objects.times import is_time_text

__all__ = ["Copy", "CopyQueued", "Details", "LinkAliases", "ListEdited"]


def _to_the_second(moment: datetime | str | None) -> str | None:
    if isinstance(moment, datetime):
        if moment.tzinfo is not None:
            moment = moment.astimezone(timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%S")
    if moment is None or is_time_text(moment):
        return moment
    raise refused("last_edit_after", moment, "give a datetime")


@model(kw_only=True)
class ListEdited:
    """Which page of a list.

    Args:
        page: From 0.
        include_archived: Whether archived ones are listed too.
        sort_direction: By time of creation, oldest first unless told otherwise.
        last_edit_after: Only those edited after this time, to the second; without zone it counts
            as UTC. Sent as ``last_edit.time[gt]``.
    """

    page: int = 0
    include_archived: bool = False
    sort_direction: Literal["asc", "desc"] | None = None
    last_edit_after: Annotated[str | None, wire_name("last_edit.time[gt]")] = attrs.field(
        default=None, converter=_to_the_second
    )

    def __attrs_post_init__(self) -> None:
        name = type(self).__name__
        check_range(f"{name}.page", self.page, least=0)
        check_flags(self, "include_archived")
        if self.sort_direction is not None:
            check_choice(f"{name}.sort_direction", self.sort_direction, ("asc", "desc"))


@model(kw_only=True)
class Details:
    """What to show of one.

    Args:
        post_launch_draft_version: Whether the draft made after launch is shown, if there is one.
        include_has_translatable_content: Whether each message says if it can be translated.
    """

    post_launch_draft_version: bool = False
    include_has_translatable_content: bool = False

    def __attrs_post_init__(self) -> None:
        check_flags(self, "post_launch_draft_version", "include_has_translatable_content")


@model(kw_only=True)
class LinkAliases:
    """Links of one message variation.

    Args:
        message: ``success``.
        channel: Of the message.
        name: Of the variation.
        link_data: Its links.
    """

    message: str
    channel: str | None = None
    name: str | None = None
    link_data: tuple[LinkAlias, ...] = ()


@model(kw_only=True, field_transformer=own_sequences)
class Copy:
    """What a copy is to be.

    Args:
        name: Its name.
        description: Its description.
        tag_names: Tags that exist; they replace those of the original.
    """

    name: str
    description: str | None = None
    tag_names: Sequence[str] = ()

    def __attrs_post_init__(self) -> None:
        check_text(f"{type(self).__name__}.name", self.name)


@model(kw_only=True)
class CopyQueued:
    """Braze makes the copy later. Unconfirmed: Braze prints no body.

    Args:
        message: What Braze says, if anything.
    """

    message: str | None = None
