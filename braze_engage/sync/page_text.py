"""What comes from outside, on its way into the page: masked, made visible and escaped."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Final

from braze_engage.engage.values import is_list, is_object, kind
from braze_engage.sync.masks import DEEPEST, HIDDEN, scalar_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from braze_engage.sync.masks import Masks, Piece

__all__ = ["PageText"]

_TINTS: Final = 6
_Line = tuple[int, str]
"""How deep a line is indented, and what it says as HTML."""


class PageText:
    """Turns texts and objects into HTML.

    Args:
        masks: Know the identities.
    """

    def __init__(self, masks: Masks) -> None:
        self._masks = masks

    @property
    def shows_identities(self) -> bool:
        """Whether identities are shown as they are."""
        return self._masks.shows

    def text(self, text: str) -> str:
        """Write a text.

        Args:
            text: Any text.
        """
        return _html(self._masks.pieces(text))

    def plain(self, text: str) -> str:
        """Write a text where no markup may stand, such as in a title.

        Args:
            text: Any text.
        """
        return escape("".join(_visible(piece.text) for piece in self._masks.pieces(text)))

    def json(self, value: object) -> str:
        """Write an object as indented JSON.

        Args:
            value: A call, a request or an answer.
        """
        lines = "".join(
            f'<span class="line" style="--depth:{depth}">{"  " * depth}{line}</span>'
            for depth, line in self._lines(value, 0, "", "")
        )
        return f'<pre class="json">{lines}</pre>'

    def legend(self) -> list[tuple[str, str]]:
        """List every mask on the page with the names of where its identity stood."""
        return [
            (_html([piece]), ", ".join(self.text(name) for name in names))
            for piece, names in self._masks.legend()
        ]

    def _lines(self, value: object, depth: int, head: str, tail: str) -> Iterator[_Line]:
        if not value or not (is_object(value) or is_list(value)):
            yield depth, f"{head}{self._scalar(value)}{tail}"
            return
        opening, closing = "{}" if is_object(value) else "[]"
        if depth == DEEPEST:
            yield depth, f"{head}{opening}&hellip;{closing}{tail}"
            return
        yield depth, f"{head}{opening}"
        entries = self._entries(value)
        for place, (key, inner) in enumerate(entries, 1 - len(entries)):
            yield from self._lines(inner, depth + 1, key, "," if place else "")
        yield depth, f"{closing}{tail}"

    def _entries(self, value: object) -> Sequence[tuple[str, object]]:
        if is_object(value):
            return [(f"{self._quoted(str(key), 'key')}: ", inner) for key, inner in value.items()]
        return [("", inner) for inner in value] if is_list(value) else []

    def _quoted(self, text: str, role: str) -> str:
        return f'<span class="{role}">"{_html(self._masks.pieces(text), in_json=True)}"</span>'

    def _scalar(self, value: object) -> str:
        text = scalar_text(value)
        if isinstance(value, (int, float)) and text is not None:
            return f'<span class="plain">{_html([self._masks.number(text)])}</span>'
        if text is not None:
            return self._quoted(text, "string")
        if value is None or isinstance(value, bool):
            return f'<span class="plain">{json.dumps(value)}</span>'
        if is_object(value):
            return "{}"
        return "[]" if is_list(value) else f'<span class="plain">({escape(kind(value))})</span>'


def _html(pieces: Iterable[Piece], *, in_json: bool = False) -> str:
    parts: list[str] = []
    for text, mark in pieces:
        shown = escape(_visible(json.dumps(text, ensure_ascii=False)[1:-1] if in_json else text))
        if mark is None:
            parts.append(shown)
        elif mark == HIDDEN:
            parts.append(f'<em class="hidden">{shown}</em>')
        else:
            parts.append(f'<b class="id tint{mark % _TINTS}">{shown}</b>')
    return "".join(parts)


def _visible(text: str) -> str:
    """Write out what does not show: it could turn the direction of a line, or hide in it."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else json.dumps(character)[1:-1] for character in text
    )
