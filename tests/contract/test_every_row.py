"""Every row against what Braze documents: requests of its fields, its answer, and less of it."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from braze_engage import BrazeClient
from braze_engage.credentials import RestApiKey
from braze_engage.errors import UnreadableResponse
from braze_engage.rest.answers import read_answer
from braze_engage.testing import FakeBraze
from braze_engage.testing.canned import example
from braze_engage.testing.parameters import read_query
from braze_engage.testing.routes import documented_only, find_route
from braze_engage.testing.values import parse_time
from tests.support.contract_table import DIFFERENT, Different
from tests.support.fake_calls import client_of
from tests.support.samples import Row, Sample, build, described, full, minimal, wire_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS: list[Row] = [*BrazeClient.operations()]
EACH_ROW = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.group}.{row.name}")


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeBraze]:
    """Answers every route with what is documented, once the request fits."""
    with pytest.MonkeyPatch.context() as patch, FakeBraze(quotas=False) as fake:
        patch.setattr(
            "braze_engage.testing.service.find_route",
            lambda method, path: documented_only(find_route(method, path)),
        )
        yield fake
        fake.check()


@pytest.fixture(scope="module")
def client(fake: FakeBraze) -> Iterator[BrazeClient]:
    with client_of(fake) as made:
        yield made


# ---- requests ----


def sample_of(row: Row, make: Callable[[Any], Sample]) -> Sample:
    different = DIFFERENT.get(f"{row.group}.{row.name}", Different(""))
    sample = {name: full(described(row))[name] for name in different.also} | make(described(row))
    return {
        name: different.values.get(name, value)
        for name, value in sample.items()
        if name not in different.left_out
    }


def without_defaults(value: Any, sample: Any) -> Any:
    """What is sent: fields that say what Braze assumes anyway are left out, at any depth."""
    if attrs.has(type(value)) and isinstance(sample, dict):
        fields = wire_names(type(value))
        return {
            name: without_defaults(getattr(value, fields[name].name), inner)
            for name, inner in sample.items()
            if name not in fields or getattr(value, fields[name].name) != fields[name].default
        }
    if isinstance(value, tuple) and isinstance(sample, list):
        return [without_defaults(*pair) for pair in zip(value, sample, strict=True)]
    return sample


def comparable(value: Any) -> Any:
    """The value with every time in one form, since the client writes them its own way."""
    if isinstance(value, dict):
        return {key: comparable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    moment = parse_time(value) if isinstance(value, str) and "T" in value else None
    return value if moment is None else moment


def sent(row: Row, fake: FakeBraze) -> Sample:
    """What the last request carried, by name."""
    record = fake.requests[-1]
    found = find_route(record.method, record.path)
    assert found is not None
    assert found[0].path == row.path
    query = read_query(found[0].described, record.query)
    if record.headers.get("content-type", "").startswith("multipart/"):
        return {**found[1], "(form)": record.body}
    body: Any = record.json or {}
    return {**found[1], **query, **(body if isinstance(body, dict) else {"(root)": body})}


@pytest.mark.parametrize("make", [minimal, full])
@EACH_ROW
def test_a_request_of_documented_fields_round_trips(
    row: Row, make: Callable[[Any], Sample], client: BrazeClient, fake: FakeBraze
) -> None:
    sample = sample_of(row, make)
    request = build(row.request, sample)
    reply = client.perform(row, request)
    assert isinstance(reply.value, row.response)
    assert reply.status == described(row).status
    carried = sent(row, fake)
    if "(form)" in carried:
        for name in sample:
            assert f'name="{name}"'.encode() in carried["(form)"] or name in carried
        return
    assert comparable(carried) == comparable(without_defaults(request, sample))


# ---- answers ----


def read(row: Row, document: Any) -> Any:
    return read_answer(
        row, json.dumps(document).encode(), status=200, attempts=1, key=RestApiKey("rest-key-mark")
    )


def instances(value: Any, document: Any, at: str = "$") -> Iterator[tuple[str, type, Any]]:
    """Every object that was read: its path, its class, and the JSON it was read from."""
    if attrs.has(type(value)) and isinstance(document, dict) and not hasattr(value, "from_wire"):
        yield at, type(value), document
        for name, field in wire_names(type(value)).items():
            if name in document:
                yield from instances(getattr(value, field.name), document[name], f"{at}.{name}")
    elif isinstance(value, tuple) and isinstance(document, list):
        for index, (item, part) in enumerate(zip(value, document, strict=True)):
            yield from instances(item, part, f"{at}[{index}]")
    elif isinstance(value, dict) and isinstance(document, dict):
        for key, item in value.items():
            yield from instances(item, document[key], f"{at}[{key!r}]")


@EACH_ROW
def test_the_documented_answer_is_read_whole(row: Row) -> None:
    document = example(described(row))
    value = read(row, document)
    assert isinstance(value, row.response)
    unread = {
        f"{at}.{name}"
        for at, kind, part in instances(value, document)
        for name in set(part) - set(wire_names(kind))
    }
    assert unread == set()


@EACH_ROW
def test_fields_nobody_expects_change_nothing(row: Row) -> None:
    document = example(described(row))
    value = read(row, document)
    for _, _, part in list(instances(value, document)):
        part["added_by_braze_some_day"] = {"deep": [1]}
    assert read(row, document) == value


@EACH_ROW
def test_an_answer_that_lacks_what_is_required_is_unreadable(row: Row) -> None:
    document = example(described(row))
    places = [
        (at, name)
        for at, kind, _ in instances(read(row, document), document)
        for name, field in wire_names(kind).items()
        if field.default is attrs.NOTHING
    ]
    for at, name in places:
        lacking = copy.deepcopy(document)
        for place, _, part in list(instances(read(row, lacking), lacking)):
            if place == at:
                del part[name]
        with pytest.raises(UnreadableResponse) as caught:
            read(row, lacking)
        assert any(f"{at}.{name}" in problem for problem in caught.value.problems)
        assert caught.value.path == row.path


@EACH_ROW
@pytest.mark.parametrize("document", [[], "text", 5])
def test_an_answer_that_is_no_object_is_unreadable(row: Row, document: Any) -> None:
    with pytest.raises(UnreadableResponse) as caught:
        read(row, document)
    assert caught.value.problems == ("invalid value @ $",)


# ---- the table of what is different ----


def test_what_is_different_belongs_to_a_row_and_says_why() -> None:
    assert {*DIFFERENT} <= {f"{row.group}.{row.name}" for row in ROWS}
    each = DIFFERENT.values()
    assert all(one.reason and (one.left_out or one.values or one.also) for one in each)
