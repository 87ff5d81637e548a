"""The debugger's page: one call, what becomes of it and why, in one HTML file.

The page holds all it needs and runs no script. Whatever comes from outside passes `PageText`.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from braze_engage.engage.deliveries import Delivery, delivery_name
from braze_engage.engage.outcomes import Outcome, Reason
from braze_engage.errors import ConfigurationError
from braze_engage.sync.masks import Masks
from braze_engage.sync.options import flag
from braze_engage.sync.page_style import STYLE
from braze_engage.sync.page_text import PageText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from braze_engage.engage.identity import Identity
    from braze_engage.sync.debugger import SentTest
    from braze_engage.sync.explaining import ExplainedDelivery, Explanation

__all__ = ["write_page"]

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""Should anything ever slip through, a browser neither runs nor loads it."""

_WORDS: Final = {
    Outcome.FILTERED: ("left out", "quiet"),
    Outcome.DUPLICATE: ("handled before", "quiet"),
    Outcome.SUPERSEDED: ("overtaken", "quiet"),
    Outcome.UNCHANGED: ("nothing new", "quiet"),
    Outcome.SENT: ("would be sent", "good"),
    Outcome.HELD: ("would be held back", "care"),
    Outcome.UNIDENTIFIED: ("nobody to send it for", "bad"),
    Outcome.MALFORMED: ("cannot be used", "bad"),
    Outcome.REJECTED: ("would be refused", "bad"),
    Outcome.FAILED: ("cannot be delivered", "bad"),
    Outcome.UNKNOWN: ("uncertain", "bad"),
}
_BECOMES: Final = {
    Delivery.IDENTIFY: "custom attributes",
    Delivery.BOOLEAN: "a boolean attribute",
    Delivery.TRACK: "a custom event",
    Delivery.COHORT: "a change of a cohort",
}
_WOULD: Final = "a run would send it"


def write_page(
    path: str | os.PathLike[str],
    explanation: Explanation,
    *,
    test: SentTest | None = None,
    show_identities: bool = False,
) -> Path:
    """Write the page about one call, readable by its owner alone.

    Args:
        path: The file; one that exists is replaced as a whole.
        explanation: What becomes of the call.
        test: The test that was made with it, if any.
        show_identities: Whether identifiers and names of people are shown and not masked.

    Returns:
        The path.

    Raises:
        ConfigurationError: It cannot be written there, or an argument is wrong.
    """
    masks = Masks(show=flag("show_identities", show_identities))
    page = _Page(masks, explanation, test).html()
    target = Path(path)
    failure = _write(target, page.encode())
    if failure:
        raise ConfigurationError(
            f"path: {target} cannot be written: {failure}; name a file in a directory that exists "
            "and that you may write to"
        )
    return target


def _write(target: Path, content: bytes) -> str:
    """Replace a file; what comes back says what went wrong and is empty otherwise."""
    try:
        real = target.resolve()
        if real.is_symlink():  # links in a circle, which Python 3.13 lets pass
            return "it leads nowhere"
        if real.exists() and not real.is_file():
            return "it is no file"
        # mkstemp creates it readable by its owner alone, whatever the umask.
        descriptor, temporary = tempfile.mkstemp(prefix=".page.", dir=real.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            Path(temporary).replace(real)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        return error.strerror or type(error).__name__
    except (RuntimeError, ValueError):  # links in a circle before that, a zero byte
        return "it leads nowhere"
    return ""


class _Page:
    def __init__(self, masks: Masks, explanation: Explanation, test: SentTest | None) -> None:
        self._explanation = explanation
        self._test = test
        self._show = PageText(masks)
        for one in explanation.deliveries:
            if one.identity is not None:
                masks.add(one.identity.kind, one.identity.value)
        masks.learn(explanation.call)
        # a test sends no more than these, and an answer has no identities of its own
        for one in explanation.deliveries:
            masks.learn(one.body)

    def html(self) -> str:
        head, left, right = self._head(), self._event(), "".join(self._right())
        # last, because identities are also found while the rest is written
        legend = self._legend()
        title = self._show.plain(self._explanation.reading.get("call", "a call"))
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n'
            '<meta name="robots" content="noindex">\n'
            f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
            f"<header>{head}</header>\n<main>\n"
            f'<div class="left">\n{left}{legend}</div>\n<div class="right">\n{right}</div>\n'
            "</main>\n</body>\n</html>\n"
        )

    def _head(self) -> str:
        explanation = self._explanation
        call = self._show.text(explanation.reading.get("call", "a call"))
        status, tone = _WORDS[explanation.outcome]
        why = _why(explanation.worst)
        if self._test is not None:
            status, tone, why = _test_words(self._test)
        return f"<h1>{call}</h1>\n<p>{_status(status, tone)} {self._show.text(why)}</p>"

    def _event(self) -> str:
        call = self._explanation.call
        if call is None:
            return _section(
                "The event",
                '<p class="soft">It could not be read as a call, so it is not shown; beside it '
                "stands what is wrong with it.</p>",
            )
        return _section("The event, as it came", self._show.json(call))

    def _legend(self) -> str:
        rows = self._show.legend()
        if not rows:
            return ""
        if self._show.shows_identities:
            return _section(
                "Identities are shown",
                '<p class="soft">This page holds personal data: each identity has one colour '
                "wherever it stands. Without show_identities they are masked.</p>",
            )
        return _section(
            "Identities are masked",
            '<p class="soft">The same mask is the same identity wherever it stands.</p>'
            f"<dl>{''.join(f'<dt>{mask}</dt><dd>{names}</dd>' for mask, names in rows)}</dl>",
        )

    def _right(self) -> Iterator[str]:
        explanation = self._explanation
        if self._test is not None:
            yield self._exchange(self._test)
        if explanation.warnings:
            points = "".join(f"<li>{self._show.text(text)}</li>" for text in explanation.warnings)
            yield _section("Worth knowing", f"<ul>{points}</ul>", css="warnings")
        read = [(name, self._show.text(text)) for name, text in explanation.reading.items()]
        named = self._show.text(delivery_name(explanation.delivery))
        yield _section(
            "How it was read",
            _facts([*read, ("rule", self._show.text(explanation.rule)), ("delivery", named)]),
        )
        for one in explanation.deliveries:
            yield self._delivery(one)

    def _delivery(self, one: ExplainedDelivery) -> str:
        why = self._show.text(_why(one))
        if one.reason is not Reason.ACCEPTED:
            why += f' <span class="soft">({one.outcome}, {one.reason})</span>'
        facts = [("why", why)]
        if one.identity is not None:
            facts.append(("identity", self._identity(one.identity)))
        body = ""
        if one.path is not None:
            facts.append(("request", f"<code>POST {escape(one.path)}</code>"))
            facts.append(("data points", f"{one.data_points:,}"))
            body = self._show.json(one.body)
        left_out = [(self._show.text(name), self._show.text(why)) for name, why in one.dropped]
        return _section(
            _title(one),
            _facts(facts),
            body,
            f"<h3>Left out</h3>{_facts(left_out)}" if left_out else "",
            status=_WORDS[one.outcome],
        )

    def _identity(self, identity: Identity) -> str:
        label = f" with label {self._show.text(identity.label)}" if identity.label else ""
        return f"{escape(identity.kind)} {self._show.text(identity.value)}{label}"

    def _exchange(self, test: SentTest) -> str:
        status, tone, why = _test_words(test)
        if not test.sent:
            return _section("The test", f"<p>{self._show.text(why)}</p>", status=(status, tone))
        answer = "none" if test.status is None else str(test.status)
        return _section(
            "The test",
            _facts([("request", f"<code>POST {escape(test.path)}</code>")]),
            self._show.json(test.request),
            f"<h3>Answer of Braze</h3>{_facts([('status', answer)])}",
            self._show.json(test.answer),
            status=(status, tone),
        )


def _why(one: ExplainedDelivery) -> str:
    # the words of what is accepted speak of an answer, and nothing was sent
    return _WOULD if one.reason is Reason.ACCEPTED else one.detail


def _test_words(test: SentTest) -> tuple[str, str, str]:
    if not test.sent:
        return "test not sent", "care", test.why_not
    if test.accepted:
        return "test accepted", "good", "Braze took everything the test sent"
    if test.status is None:
        return "no answer", "bad", "the test was made and no answer came"
    return "test refused", "bad", f"Braze answered {test.status} and did not take everything"


def _title(one: ExplainedDelivery) -> str:
    named = [words for delivery, words in _BECOMES.items() if delivery in one.delivery]
    if not named:
        return "A deletion" if one.path is not None else "What becomes of it"
    return f"{delivery_name(one.delivery)}: {' and '.join(named)}"


def _section(
    title: str, *content: str, status: tuple[str, str] | None = None, css: str = ""
) -> str:
    head = f"<h2>{escape(title)}</h2>"
    if status is not None:
        head = f'<div class="head">{head}{_status(*status)}</div>'
    opening = f'<section class="{css}">' if css else "<section>"
    return f"{opening}\n{head}\n{''.join(content)}\n</section>\n"


def _status(words: str, tone: str) -> str:
    return f'<span class="status {tone}">{escape(words)}</span>'


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{value}</dd>' for name, value in rows)}</dl>"
