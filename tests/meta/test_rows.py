"""Rows, catalogue and fake are three entries of the same facts."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import textwrap
from typing import Any, TypeAlias, get_args

import attrs
import pytest

from braze_engage import BrazeClient, UserAttributes
from braze_engage.cohorts.changes import PartnerCohorts
from braze_engage.operation import (
    Family,
    Links,
    Offsets,
    Operation,
    PagedOperation,
    PageNumbers,
    Replay,
    ToldOffsets,
)
from braze_engage.testing.catalogue import endpoints, shapes
from braze_engage.testing.routes import HANDLED
from tests.meta.trees import PACKAGE, REPOSITORY, imports, read_module
from tests.support.samples import hints_of, wire_names

Row: TypeAlias = Operation[Any, Any]  # rows of every kind side by side
Entry: TypeAlias = dict[str, Any]  # as in the JSON file

CATALOGUE: list[Entry] = json.loads((REPOSITORY / "tests/data/catalogue.json").read_text("utf-8"))
ROWS: list[Row] = [*BrazeClient.operations(), *PartnerCohorts.operations()]
ADDED_BY_THE_CLIENT = {"partner_api_key", "client_secret"}


def identity(row: Row) -> str:
    return f"{row.group}.{row.name}"


def entry_of(row: Row) -> Entry:
    (entry,) = (e for e in CATALOGUE if (e["group"], e["name"]) == (row.group, row.name))
    return entry


def docstrings(family: type[Family]) -> dict[str, str]:
    """The string below each assignment in the class body."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(family))).body
    assert isinstance(body, ast.ClassDef)
    return {
        above.targets[0].id: below.value.value
        for above, below in itertools.pairwise(body.body)
        if isinstance(above, ast.Assign)
        and isinstance(above.targets[0], ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def test_rows_and_catalogue_name_the_same_endpoints() -> None:
    rows = set(map(identity, ROWS))
    documented = {f"{entry['group']}.{entry['name']}" for entry in CATALOGUE}
    assert len(rows) == len(ROWS)
    assert rows == documented


@pytest.mark.parametrize("row", ROWS, ids=identity)
def test_a_row_says_what_the_catalogue_says(row: Row) -> None:
    entry = entry_of(row)
    stated = {
        "method": row.method,
        "path": row.path,
        "permission": row.permission,
        "credential": row.credential,
        "rate_limit_bucket": row.bucket,
        "availability": row.availability,
        "docs": row.docs,
    }
    assert stated == {column: entry[column] for column in stated}
    required = {
        name: field.default is attrs.NOTHING for name, field in wire_names(row.request).items()
    }
    assert required == {
        param["name"]: param["required"]
        for param in entry["params"]
        if param["name"] not in ADDED_BY_THE_CLIENT
    }


@pytest.mark.parametrize("row", ROWS, ids=identity)
def test_what_counts_twice_is_never_repeated_blindly(row: Row) -> None:
    assert entry_of(row)["idempotent"] or row.replay is not Replay.ALWAYS


@pytest.mark.parametrize("row", ROWS, ids=identity)
def test_paged_rows_are_those_the_catalogue_pages(row: Row) -> None:
    paging = entry_of(row)["paging"]
    told = "has_more" in {field.name for field in attrs.fields(row.response)}
    expected = {
        None: None,
        "page": paging and PageNumbers(paging["page_size"]),
        "offset": ToldOffsets() if told else paging and Offsets(paging["page_size"]),
        "link": Links(),
    }[paging and paging["style"]]
    assert (row.paging if isinstance(row, PagedOperation) else None) == expected


@pytest.mark.parametrize("row", ROWS, ids=identity)
def test_what_braze_marks_is_marked(row: Row) -> None:
    """Who may use a row is a column; a reader of its docstring or of its classes learns it too."""
    (family,) = families_of(row)
    told = " ".join([docstrings(family)[row.name], *map(described, (row.request, row.response))])
    marks: list[str] = [row.availability] if row.availability != "general" else []
    vague = entry_of(row)["unconfirmed"]
    if vague is True or {"response", "response.fields", "params"}.intersection(vague):
        marks.append("unconfirmed")
    assert [mark for mark in marks if mark not in told.lower()] == []


@pytest.mark.parametrize("row", ROWS, ids=identity)
def test_a_row_is_complete(row: Row) -> None:
    assert row.docs.startswith("https://www.braze.com/docs/")
    assert isinstance(row.replay, Replay)
    assert row.bucket
    assert attrs.has(row.response)
    (family,) = families_of(row)
    assert docstrings(family)[row.name].strip().endswith(".")
    assert described(row.request).strip()


def families_of(row: Row) -> set[type[Family]]:
    return {family for family in Family.__subclasses__() if row in vars(family).values()}


def described(kind: object) -> str:
    return inspect.getdoc(kind) or ""


def test_every_object_has_the_fields_the_catalogue_gives_it() -> None:
    known = shapes()
    wrong = {}
    for kind in {kind for row in ROWS for kind in classes_within(row.request)}:
        shape = known.get(kind.__name__)
        if shape is not None and kind is not UserAttributes:
            documented = {field.name: field.required for field in shape.fields}
            stated = {
                name: field.default is attrs.NOTHING for name, field in wire_names(kind).items()
            }
            if stated != documented:
                wrong[kind.__name__] = (stated, documented)
    assert wrong == {}


def classes_within(kind: Any) -> set[type]:
    """The attrs classes a request holds, at any depth."""
    found: set[type] = set()
    waiting = list(hints_of(kind).values())
    while waiting:
        hint = waiting.pop()
        waiting += get_args(hint)
        if isinstance(hint, type) and attrs.has(hint) and hint not in found:
            found.add(hint)
            waiting += hints_of(hint).values()
    return found


def test_rows_and_fake_state_the_same_routes() -> None:
    stated = {
        (row.method, row.path): (
            row.permission,
            row.credential,
            row.bucket,
            set(wire_names(row.request))
            | (ADDED_BY_THE_CLIENT if row.path.startswith("/partners/") else set()),
        )
        for row in ROWS
    }
    answered = {
        (one.method, one.path): (
            one.permission,
            one.credential,
            one.bucket,
            {param.name for param in one.params},
        )
        for one in endpoints()
    }
    assert stated == {key: answered[key] for key in stated}


def test_the_fake_answers_what_the_catalogue_lists() -> None:
    columns = ("permission", "credential", "rate_limit_bucket")
    listed = {
        (e["method"], e["path"]): (
            *(e[column] for column in columns),
            sorted((p["name"], p["in"], p["required"]) for p in e["params"]),
        )
        for e in CATALOGUE
    }
    answered = {
        (one.method, one.path): (
            one.permission,
            one.credential,
            one.bucket,
            sorted((param.name, param.place, param.required) for param in one.params),
        )
        for one in endpoints()
    }
    assert answered == listed
    assert set(answered) >= HANDLED


def test_the_fake_is_an_entry_of_its_own() -> None:
    client_side = ("operation", "objects", "_wire", "rest", "cohorts", "data_import_keys")
    borrowed = [
        f"{path.name}: {dotted}"
        for path in (PACKAGE / "testing").glob("*.py")
        for dotted in imports(read_module(path))
        if dotted.startswith(tuple(f"braze_engage.{room}" for room in client_side))
    ]
    assert borrowed == []


def test_a_missing_docstring_would_be_seen() -> None:
    class Bare(Family):
        """A family."""

        group = "bare"
        lone = Operation(
            "GET", "/x", dict, dict, bucket="x", replay=Replay.NEVER, permission=None, docs=""
        )
        told = Operation(
            "GET", "/y", dict, dict, bucket="y", replay=Replay.NEVER, permission=None, docs=""
        )
        """Is told."""

    assert docstrings(Bare) == {"told": "Is told."}
