"""Rows, catalogue and fake are three entries of the same facts."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import textwrap
from typing import Any, TypeAlias, get_type_hints

import attrs
import pytest

from braze_engage import BrazeClient, CohortChange
from braze_engage.cohorts.changes import PartnerCohorts
from braze_engage.operation import Family, Operation, Replay
from braze_engage.testing.routes import ROUTES
from tests.meta.trees import PACKAGE, REPOSITORY, imports, read_module

Row: TypeAlias = Operation[Any, Any]  # rows of every kind side by side
Entry: TypeAlias = dict[str, Any]  # as in the JSON file

CATALOGUE: list[Entry] = json.loads((REPOSITORY / "tests/data/catalogue.json").read_text("utf-8"))
ROWS: list[Row] = [*BrazeClient.operations(), *PartnerCohorts.operations()]
ADDED_BY_THE_CLIENT = {"partner_api_key", "client_secret"}
NESTED = {"cohort_changes": CohortChange}


def identity(row: Row) -> str:
    return f"{row.group}.{row.name}"


def wire_names(request: object) -> dict[str, bool]:
    """Name on the wire -> whether it must be given."""
    assert isinstance(request, type)
    hints = get_type_hints(request, include_extras=True)
    names: dict[str, bool] = {}
    for field in attrs.fields(request):
        notes = getattr(hints[field.name], "__metadata__", ())
        if any(getattr(note, "omit", False) for note in notes):
            continue
        renames = (getattr(note, "rename", None) for note in notes)
        name = next(filter(None, renames), field.name)
        names[name] = field.default is attrs.NOTHING
        nested = NESTED.get(name)
        if nested:
            names |= {f"{name}[].{inner}": False for inner in wire_names(nested)}
    return names


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
    assert sorted(map(identity, ROWS)) == sorted(f"{e['group']}.{e['name']}" for e in CATALOGUE)


@pytest.mark.parametrize("row", ROWS, ids=identity)
def test_a_row_says_what_the_catalogue_says(row: Row) -> None:
    (entry,) = (e for e in CATALOGUE if (e["group"], e["name"]) == (row.group, row.name))
    stated = {
        "method": row.method,
        "path": row.path,
        "permission": row.permission,
        "rate_limit_bucket": row.bucket,
        "availability": row.availability,
        "docs": row.docs,
    }
    assert stated == {column: entry[column] for column in stated}
    assert wire_names(row.request) == {
        param["name"]: param["required"]
        for param in entry["params"]
        if param["name"] not in ADDED_BY_THE_CLIENT
    }


@pytest.mark.parametrize("row", ROWS, ids=identity)
def test_a_row_is_complete(row: Row) -> None:
    assert row.docs.startswith("https://www.braze.com/docs/")
    assert isinstance(row.replay, Replay)
    assert row.bucket
    assert attrs.has(row.response)
    (family,) = {family for family in Family.__subclasses__() if row in vars(family).values()}
    assert docstrings(family)[row.name].strip().endswith(".")
    assert (inspect.getdoc(row.request) or "").strip()


def test_rows_and_fake_state_the_same_routes() -> None:
    stated = {
        (row.method, row.path): (
            row.permission,
            row.bucket,
            {
                name
                for name in wire_names(row.request)
                if "[]." not in name and f"{{{name}}}" not in row.path
            }
            | (ADDED_BY_THE_CLIENT if row.path.startswith("/partners/") else set()),
        )
        for row in ROWS
    }
    answered = {
        (route.method, route.path): (route.permission, route.bucket, set(route.fields.split()))
        for route in ROUTES
    }
    assert stated == answered


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
