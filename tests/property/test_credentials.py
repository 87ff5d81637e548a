"""No text form of anything shows a key, whatever the key."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from braze_engage.credentials import (
    CallableKey,
    DataImportKey,
    FixedKey,
    PartnerKey,
    RestApiKey,
    Secret,
    key_source,
    scrub,
)
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
# With a head that no message holds by chance.
HEAD = "hunter2 "
TEXTS = st.text(PRINTABLE, min_size=1, max_size=40).map(lambda text: (HEAD + text.strip()).strip())
KINDS = st.sampled_from([RestApiKey, PartnerKey, DataImportKey])
BROKEN = st.tuples(TEXTS, st.sampled_from([" ", "\n", "\x00", "\x7f", "\u00e9", "\udc80"])).map(
    "".join
)


def escaped_slashes(text: str) -> str:
    return json.dumps(text)[1:-1].replace("/", "\\/")


WRITTEN: list[Callable[[str], str]] = [
    str,
    lambda text: json.dumps(text)[1:-1],
    escaped_slashes,
    lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    lambda text: json.dumps(json.dumps(text))[3:-3],
    quote,
    lambda text: quote(text, safe=""),
    lambda text: quote(text, safe="").lower() if text.islower() else quote(text, safe=""),
    quote_plus,
    lambda text: quote(quote(text, safe=""), safe=""),
]


@attrs.frozen
class Holder:
    key: Secret
    source: object


@given(text=TEXTS, kind=KINDS)
def test_no_textual_form_shows_the_key(text: str, kind: type[Secret]) -> None:
    key = kind(text)
    holder = Holder(key, FixedKey(key))
    shown = [
        repr(holder),
        repr(attrs.asdict(holder)),
        repr(vars(holder.source)),
        f"{key} {key!s:>60} {copy.deepcopy(key)!a}",
        json.dumps([key], default=repr),
        repr([getattr(key, name) for name in dir(key)]),
    ]
    assert HEAD.strip() not in "".join(shown)
    with pytest.raises(TypeError):
        pickle.dumps(holder)


@given(text=TEXTS, other=TEXTS, kind=KINDS)
def test_equality_and_hash_follow_text_and_kind(text: str, other: str, kind: type[Secret]) -> None:
    assert kind(text) == kind(text)
    assert hash(kind(text)) == hash(kind(text))
    assert (kind(text) == kind(other)) is (text == other)
    assert kind(text).reveal() == text
    assert kind(text) != Secret(text)


@given(data=st.data(), kind=KINDS)
def test_a_refused_key_shows_nowhere_not_even_in_local_variables(
    data: st.DataObject, kind: type[Secret]
) -> None:
    box = [data.draw(BROKEN)]  # no local of this test, nor of what it calls, holds it

    def give() -> str:
        return box[0]

    acts: list[Callable[[], object]] = [
        lambda: kind(give()),
        lambda: kind.of(give()),
        lambda: key_source(kind, give()),
        CallableKey(kind, give).read,
    ]
    for act in acts:
        with pytest.raises(ConfigurationError) as caught:
            act()
        told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        for frame in told.stack:
            if frame.filename != __file__:
                assert HEAD.strip() not in str(frame.locals)
        assert HEAD.strip() not in str(caught.value)


@given(text=TEXTS, write=st.sampled_from(WRITTEN), before=st.text(), after=st.text())
def test_scrubbing_leaves_no_written_form(
    text: str, write: Callable[[str], str], before: str, after: str
) -> None:
    written = write(text)
    scrubbed = scrub(before + written + after, [PartnerKey("another-key"), RestApiKey(text)])
    assert "[redacted]" in scrubbed
    assert written not in scrubbed


@given(text=TEXTS, other=st.text())
def test_scrubbing_changes_nothing_else(text: str, other: str) -> None:
    assume(not set(other) & set("%\\+"))
    assume(text not in other)
    assert scrub(other, [RestApiKey(text)]) == other
