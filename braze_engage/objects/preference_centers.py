"""What preference centers are made of."""

from collections.abc import Sequence
from typing import Annotated, Literal

from braze_engage.objects.checks import check_choice, check_text
from braze_engage.objects.fields import own_sequences, wire_name
from braze_engage.objects.models import model

__all__ = [
    "PreferenceCenterHead",
    "PreferenceCenterIcon",
    "PreferenceCenterLinkTag",
    "PreferenceCenterOptions",
]

_RELATIONS = ("icon", "shortcut icon", "apple-touch-icon")
_TYPES = ("image/png", "image/svg", "image/gif", "image/x-icon", "image/svg+xml", "mask-icon")


@model(kw_only=True)
class PreferenceCenterLinkTag:
    """An icon of a preference center, as a link element of its page.

    Args:
        rel: What the icon is for.
        href: Where it is.
        type: Its media type.
        sizes: Such as ``32x32``.
        color: Its colour, with the type ``mask-icon``.
    """

    rel: Literal["icon", "shortcut icon", "apple-touch-icon"]
    href: str
    type: (
        Literal["image/png", "image/svg", "image/gif", "image/x-icon", "image/svg+xml", "mask-icon"]
        | None
    ) = None
    sizes: str | None = None
    color: str | None = None

    def __attrs_post_init__(self) -> None:
        check_choice("PreferenceCenterLinkTag.rel", self.rel, _RELATIONS)
        check_text("PreferenceCenterLinkTag.href", self.href)
        if self.type is not None:
            check_choice("PreferenceCenterLinkTag.type", self.type, _TYPES)


@model(kw_only=True, field_transformer=own_sequences)
class PreferenceCenterOptions:
    """What stands in the head of the page.

    Args:
        meta_viewport_content: Content of its viewport meta element.
        links_tags: Its icons. Unconfirmed: Braze also spells it ``link-tags``.

    https://www.braze.com/docs/api/endpoints/preference_center/post_create_preference_center
    """

    meta_viewport_content: Annotated[str | None, wire_name("meta-viewport-content")] = None
    links_tags: Annotated[Sequence[PreferenceCenterLinkTag], wire_name("links-tags")] = ()


@model(kw_only=True)
class PreferenceCenterIcon:
    """An icon as Braze tells it, with whatever somebody gave.

    Args:
        rel: What the icon is for.
        href: Where it is.
        type: Its media type.
        sizes: Such as ``32x32``.
        color: Its colour.
    """

    rel: str | None = None
    href: str | None = None
    type: str | None = None
    sizes: str | None = None
    color: str | None = None


@model(kw_only=True)
class PreferenceCenterHead:
    """What stands in the head of the page, as Braze tells it.

    Args:
        meta_viewport_content: Content of its viewport meta element.
        links_tags: Its icons. Unconfirmed: Braze also spells it ``link-tags``.
    """

    meta_viewport_content: Annotated[str | None, wire_name("meta-viewport-content")] = None
    links_tags: Annotated[tuple[PreferenceCenterIcon, ...], wire_name("links-tags")] = ()
