"""What e-mail templates and Content Blocks have in common: tags, Liquid, lists by time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from braze_engage.testing.checks import refuse
from braze_engage.testing.paging import limited
from braze_engage.testing.values import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from braze_engage.testing.messages import Call
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import Json

_T = TypeVar("_T")

_INCLUDED = re.compile(r"\{\{\s*content_blocks\.\$\{\s*([\w-]+)\s*\}")
_TRANSLATED = re.compile(
    r"\{%\s*translation\s+(\S+)\s*%\}(.*?)\{%\s*endtranslation\s*%\}", re.DOTALL
)


def included_blocks(text: Json) -> list[str]:
    """Names of the Content Blocks that a text includes."""
    return _INCLUDED.findall(text) if isinstance(text, str) else []


def source_texts(*texts: str) -> dict[str, str]:
    """What stands between the translation tags of texts, by tag id.

    https://www.braze.com/docs/api/endpoints/translations
    """
    return {tag: source for text in texts for tag, source in _TRANSLATED.findall(text)}


def is_malformed(text: str) -> bool:
    """Tell whether some Liquid is opened and not closed."""
    return any(text.count(begin) != text.count(end) for begin, end in (("{{", "}}"), ("{%", "%}")))


def check_tags(workspace: Workspace, tags: Json) -> None:
    """Refuse tags that the workspace does not know.

    Args:
        workspace: The workspace.
        tags: What was sent, if anything.
    """
    if isinstance(tags, list) and not workspace.tags.issuperset(map(str, tags)):
        refuse("Some tags could not be found")


def changed_page(
    call: Call, items: Iterable[_T], changed: Callable[[_T], datetime]
) -> Sequence[_T]:
    """Cut the page of those changed between two times, both included.

    Args:
        call: The request.
        items: The whole list.
        changed: Tells when an item was last changed.
    """
    first = parse_time(call.query.get("modified_after"))
    last = parse_time(call.query.get("modified_before"))
    if first and last and first > last:
        refuse("Modified after time must be earlier than or the same as modified before time.")
    fitting = [
        item
        for item in items
        if (first is None or changed(item) >= first) and (last is None or changed(item) <= last)
    ]
    return limited(call, fitting)
