"""What resolves is a known instance, whatever is thrown at it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braze_engage.data_centers import DataCenter, UnconfirmedDataCenter
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

HOST_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-."
BLANKS = st.text(" \t\r\n", max_size=3)
TAILS = st.one_of(
    st.just(""),
    st.tuples(
        st.sampled_from("/?#"), st.text(st.characters(min_codepoint=0x21, max_codepoint=0x5B))
    ).map("".join),
)


def host_of(url: str | None) -> str:
    assert url is not None
    return url.removeprefix("https://")


HOSTS = [host_of(url) for dc in DataCenter.known() for url in (dc.rest_url, dc.dashboard_url)]
FRAGMENTS = [
    *HOSTS,
    *(dc.instance for dc in DataCenter.known()),
    *("https://", "http://", "sdk.", "@", ":", "443", "%2e", "\\", "/", "?", "#", ".", "-", "evil"),
    *("127.0.0.1", "localhost", "[::1]", "\u0430", "\uff0e", "\x00", "\n", " "),
]
JUNK = st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join))


def resolve(value: str) -> DataCenter:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnconfirmedDataCenter)
        return DataCenter.resolve(value)


def custom(value: str) -> DataCenter:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnconfirmedDataCenter)
        return DataCenter.custom(value, partner_region="us")


def found_or_message(find: Callable[[str], DataCenter], value: str) -> DataCenter | str:
    try:
        return find(value)
    except ConfigurationError as error:
        return str(error)


@st.composite
def cased(draw: st.DrawFn, text: str) -> str:
    uppers = draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))
    return "".join(
        char.upper() if upper else char.lower() for char, upper in zip(text, uppers, strict=True)
    )


@st.composite
def documented_forms(draw: st.DrawFn, dc: DataCenter) -> str:
    host = draw(st.sampled_from([host_of(dc.rest_url), host_of(dc.dashboard_url)]))
    site = host_of(dc.rest_url).split(".")[1]
    form = draw(
        st.one_of(
            cased(dc.instance),
            cased(site),
            st.tuples(cased(host), TAILS).map("".join),
            st.tuples(cased(f"https://{host}"), TAILS).map("".join),
        )
    )
    return draw(BLANKS) + form + draw(BLANKS)


@given(data=st.data(), dc=st.sampled_from(DataCenter.known()))
def test_every_documented_form_resolves_to_the_same_object(
    data: st.DataObject, dc: DataCenter
) -> None:
    form = data.draw(documented_forms(dc))
    assert resolve(form) is dc


@given(JUNK)
def test_junk_is_known_or_local_or_refused_as_configuration(junk: str) -> None:
    found = found_or_message(resolve, junk)
    if isinstance(found, str):
        assert len(found) < 600
        assert found.isprintable()
    else:
        assert found in DataCenter.known() or found.instance == "LOCAL"


@given(st.one_of(JUNK, JUNK.map("https://{}".format)))
def test_junk_makes_no_custom_data_center_without_tls_or_like_a_known_one(junk: str) -> None:
    found = found_or_message(custom, junk)
    if isinstance(found, str):
        assert len(found) < 600
        assert found.isprintable()
    else:
        assert found.instance == "LOCAL" or found.rest_url.startswith("https://")
        assert not any(host in found.rest_url for host in HOSTS if found.confirmed)


@given(
    host=st.sampled_from(HOSTS),
    scheme=st.sampled_from(["", "https://"]),
    before=st.text(HOST_CHARACTERS, max_size=8),
    after=st.text(HOST_CHARACTERS, max_size=8),
    tail=TAILS,
)
def test_a_known_host_inside_a_longer_one_is_refused(
    host: str, scheme: str, before: str, after: str, tail: str
) -> None:
    longer = before + host + after
    if longer == host:
        longer += "."
    with pytest.raises(ConfigurationError):
        resolve(scheme + longer + tail)


@given(
    host=st.sampled_from(HOSTS),
    before=st.text("abc-", min_size=1, max_size=5),
    after=st.text("abc-.", min_size=1, max_size=5),
)
def test_a_look_alike_is_no_proxy_either(host: str, before: str, after: str) -> None:
    for lookalike in (host + after, f"{host}.{before}.example", f"{before}.{host}.example"):
        with pytest.raises(ConfigurationError):
            custom(f"https://{lookalike}")
