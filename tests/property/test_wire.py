"""Encoding, paths and answers, for any input."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import attrs
from hypothesis import given
from hypothesis import strategies as st

from braze_engage._wire import Unreadable, decode, encode, prepare, structure
from braze_engage.errors import ConfigurationError
from braze_engage.operation import Family, Operation, Replay
from braze_engage.rest.users import Users

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(json_values)
def test_what_is_encoded_reads_back_as_it_was(value: Any) -> None:
    try:
        body = encode(value)
    except ConfigurationError:
        text = json.dumps(value)
        assert "NaN" in text or "Infinity" in text or "\\ud" in text
        return
    assert decode(body) == value
    assert len(body) <= 4 * 1024 * 1024


@given(json_values, st.integers(0, 60))
def test_no_body_is_larger_than_its_limit(value: Any, limit: int) -> None:
    try:
        body = encode(value, limit=limit)
    except ConfigurationError:
        return
    assert len(body) <= limit


@attrs.frozen(kw_only=True)
class GetItem:
    catalog: str
    item: str


class Items(Family):
    group = "items"
    get = Operation(
        "GET",
        "/catalogs/{catalog}/items/{item}",
        GetItem,
        object,
        bucket="default",
        replay=Replay.ALWAYS,
        permission=None,
        docs="",
    )


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_no_value_breaks_out_of_its_segment(catalog: str, item: str) -> None:
    try:
        prepared = prepare(Items.get, GetItem(catalog=catalog, item=item))
    except ConfigurationError:
        assert {catalog, item} & {"", ".", ".."}
        return
    parts = prepared.path.split("/")
    assert parts[1::2] == ["catalogs", "items"]
    assert [unquote(part) for part in parts[2::2]] == [catalog, item]
    assert prepared.path.isascii()
    assert not set("?#") & set(prepared.path)


documents = st.dictionaries(
    st.sampled_from(
        ["message", "errors", "attributes_processed", "users", "deleted", "external_ids", "other"]
    ),
    json_values,
    max_size=5,
)


@given(json_values | documents, st.sampled_from(Users.operations()))
def test_any_answer_is_read_or_named_unreadable(document: Any, row: Operation[..., object]) -> None:
    try:
        value = structure(document, row.response)
    except Unreadable as unreadable:
        assert unreadable.problems  # noqa: PT017 - either outcome is right, but never a silent one
        assert all(" @ $" in problem for problem in unreadable.problems)  # noqa: PT017 - as above
        return
    assert isinstance(value, row.response)
