"""Tells the identities on a page, and says what stands in their place."""

from __future__ import annotations

import json
import re
from datetime import date
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage.engage.values import is_email, is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["DEEPEST", "HIDDEN", "Masks", "Piece", "scalar_text"]

DEEPEST: Final = 64
"""Levels of an object that are looked at; calls of Segment have fewer than ten."""
HIDDEN: Final = 0
"""The mark of secrets."""

_ANYWHERE: Final = 6
"""Characters from which an identity is also found inside a longer word."""


def _names(text: str) -> frozenset[str]:
    return frozenset(name.removesuffix("s") for name in text.split())


# the last words of a name, without case, punctuation and plural
# https://segment.com/docs/connections/spec/identify, .../connections/spec/common
# https://segment.com/docs/unify/identity-resolution/externalids
_PERSONAL: Final = _names(
    "advertisingid aliasname androidid androididfa anonymousid avatar birthday brazeid contactid"
    " contactname cookie cookieid crmid crossdomainid customerid customername dateofbirth deviceid"
    " displayname dob email emailaddress externalid familyname firstname fullname gaclientid"
    " givenname idfa idfv iosid ip ipaddress lastname latitude longitude memberid middlename"
    " mobile mobilenumber nickname personid phone phonenumber postalcode previousid profileid"
    " pushtoken street subscriberid surname userid username zip zipcode"
)
_WITHIN: Final = {
    "device": _names("id name token"),
    "trait": _names("id imageurl name"),
    "user": _names("id name"),
}
_BESIDE: Final = _names("aliaslabel collection encoding prioritization type")
"""What stands beside an identifier and is none."""
_SECRET_NAMES: Final = _names(
    "accesstoken apikey authorization authtoken dataimportkey partnerkey password secret writekey"
)
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_MOST_WORDS: Final = 4

_BARE: Final = r"\s@<>()\[\]{}\"'`,;:|\\=/?&"
_EMAIL: Final = rf"[^{_BARE}]+@[^{_BARE}]*[^{_BARE}.!]"
_PHONE: Final = r"(?<![\w.])\+[0-9](?:[ ()./-]{0,2}[0-9]){7,14}"


class _Kind(Enum):
    PERSON = auto()
    SECRET = auto()


class Piece(NamedTuple):
    """A stretch of text.

    Args:
        text: What to show.
        mark: The number of the identity that it is, or ``HIDDEN``; None for plain text.
    """

    text: str
    mark: int | None = None


def scalar_text(value: object) -> str | None:
    """Write text, a number or a date as text.

    Args:
        value: Any value.

    Returns:
        The text, None for any other kind of value.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return json.dumps(value)
    except ValueError:  # of a whole number with more than some thousand digits
        return f"{value:#x}" if isinstance(value, int) else None


class Masks:
    """Finds the same identity wherever it stands, and gives it the same short name.

    Identities are learnt where they are known to stand, such as ``userId``; from then on they are
    found in any text. E-mail addresses, and phone numbers that begin with a plus, are found
    without that.

    Args:
        show: Whether identities are shown as they are; secrets never are.
    """

    def __init__(self, *, show: bool) -> None:
        self.shows = show
        self._marks: dict[str, int] = {}
        self._names: dict[int, list[str]] = {}
        self._pattern: re.Pattern[str] | None = None
        self._stem = "id"

    def add(self, name: str, value: object) -> None:
        """Learn an identity.

        Args:
            name: What it is called where it stands.
            value: The identity; blank texts, booleans and null are none.
        """
        text = scalar_text(value)
        if text is None or not text.strip():
            return
        plain = text.lower() if is_email(text) else text
        mark = self._marks.get(plain, len(self._names) + 1)
        if mark == HIDDEN:
            return
        for spelling in _spellings(plain, text):
            self._marks.setdefault(spelling, mark)
        names = self._names.setdefault(mark, [])
        if name not in names:
            names.append(name)
        self._pattern = None

    def learn(self, value: object) -> None:
        """Learn the identities and secrets that an object holds.

        Args:
            value: A call, a request or an answer.
        """
        self._walk(value, "", None, DEEPEST)

    def pieces(self, text: str) -> Iterator[Piece]:
        """Cut a text into identities and what stands between them.

        Args:
            text: Any text.
        """
        pattern = self._pattern or self._compile()
        if text in self._marks:
            yield self._piece(text)
            return
        end = 0
        for match in pattern.finditer(text):
            if end < match.start():
                yield Piece(text[end : match.start()])
            yield self._piece(match[0])
            end = match.end()
        if end < len(text):
            yield Piece(text[end:])

    def number(self, text: str) -> Piece:
        """Take a number, which is an identity as a whole or not at all.

        Args:
            text: The number as it is written.
        """
        return self._piece(text) if text in self._marks else Piece(text)

    def legend(self) -> list[tuple[Piece, Sequence[str]]]:
        """List what was learnt so far, with the names of where it stood."""
        return [(Piece(f"{self._stem}-{mark}", mark), names) for mark, names in self._names.items()]

    def _walk(self, value: object, name: str, kind: _Kind | None, depth: int) -> None:
        if depth == 0:
            return
        if is_object(value):
            for key, inner in value.items():
                of_inner = _kind_of(name, str(key), kind)
                self._walk(inner, str(key), of_inner, depth - 1)
        elif is_list(value):
            for inner in value:
                self._walk(inner, name, kind, depth - 1)
        elif kind is _Kind.SECRET:
            self._hide(value)
        elif kind is _Kind.PERSON:
            self.add(name, value)

    def _hide(self, value: object) -> None:
        text = scalar_text(value)
        if text is not None and text.strip():
            self._marks.update(dict.fromkeys(_spellings(text), HIDDEN))
            self._pattern = None

    def _compile(self) -> re.Pattern[str]:
        longest_first = sorted(self._marks, key=lambda text: (-len(text), text))
        far = [re.escape(text) for text in longest_first if len(text) >= _ANYWHERE]
        near = [
            rf"(?<![^\W_]){re.escape(text)}(?![^\W_])"
            for text in longest_first
            if len(text) < _ANYWHERE
        ]
        while any(re.fullmatch(rf"{self._stem}-\d+", text) for text in self._marks):
            self._stem = f"x{self._stem}"
        self._pattern = re.compile("|".join([*far, _EMAIL, _PHONE, *near]))
        return self._pattern

    def _piece(self, text: str) -> Piece:
        if text not in self._marks:
            self.add("text", text)
        mark = self._marks[text]
        if mark == HIDDEN:
            return Piece("hidden", HIDDEN)
        return Piece(text if self.shows else f"{self._stem}-{mark}", mark)


def _spellings(*texts: str) -> list[str]:
    # the last two as messages write what is no valid Unicode or must stand in one line
    text = texts[-1]
    return [*texts, text.encode("utf-8", "backslashreplace").decode(), " ".join(text.split())]


def _kind_of(within: str, name: str, kind: _Kind | None) -> _Kind | None:
    """Say whether a value is personal or secret: by its name, or because what holds it is."""
    tails = _tails(name)
    if kind is _Kind.SECRET or tails & _SECRET_NAMES:
        return _Kind.SECRET
    if tails & _BESIDE:
        return None
    if tails & _PERSONAL or _plain_name(name) in _WITHIN.get(_plain_name(within), ()):
        return _Kind.PERSON
    return kind


def _plain_name(name: str) -> str:
    return "".join(_WORD.findall(name)).lower().removesuffix("s")


def _tails(name: str) -> frozenset[str]:
    """The last words of a name, put together: of ``crm_user_ids`` ``ids``, ``userid`` and so on."""
    words = [word.lower() for word in _WORD.findall(name)][-_MOST_WORDS:]
    return frozenset("".join(words[place:]).removesuffix("s") for place in range(len(words)))
