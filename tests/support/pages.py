"""A page of the debugger, read the way a browser reads it."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from braze_engage import Explanation, SentTest

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "div", "section"),
    *("h1", "h2", "h3", "p", "ul", "li", "dl", "dt", "dd", "pre", "code", "span", "b", "em"),
}
ATTRIBUTES = {"charset", "class", "content", "http-equiv", "lang", "name", "style"}


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.sections: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], "every element is closed"
        self.text = "".join(self.sections)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")
        if tag in {"header", "section"}:
            self.sections.append("")
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.sections and "style" not in self._open:
            self.sections[-1] += data

    def section(self, heading: str) -> str:
        """The text of the one section with a heading."""
        (found,) = [text for text in self.sections if text.strip().startswith(heading)]
        return found


def html_of(found: Explanation | SentTest, *, show_identities: bool = False) -> str:
    """The page as it is written to a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        assert found.to_html(path, show_identities=show_identities) == path
        return path.read_text("utf-8")


def page_of(found: Explanation | SentTest, *, show_identities: bool = False) -> Page:
    """The page, read."""
    return Page(html_of(found, show_identities=show_identities))
