"""The reference of every endpoint, made from the rows themselves.

The ``rows`` directive writes one section for each group and in it one entry for each row: how it is
called, what its docstring and that of its request class say, verb and path, key and permission,
limits, what may be repeated, who may use it, and Braze's page. ``coverage`` counts the rows against
the list of all that Braze documents.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import re
import textwrap
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.util.docutils import SphinxDirective

from braze_engage import BrazeClient
from braze_engage.cohorts.changes import PartnerCohorts
from braze_engage.limits import MIB, REQUEST_BYTES
from braze_engage.operation import Family, Operation, PagedOperation, Replay
from braze_engage.testing.quotas import BRAZE_QUOTAS

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

Row = Operation[Any, Any]  # rows of every kind side by side

REPEATED = {
    Replay.ALWAYS: "also after a lost answer: sent twice, it ends in the same state",
    Replay.IF_UNSENT: "only where Braze surely accepted nothing: sent twice, it counts twice",
    Replay.NEVER: "never",
}
PERIODS = {1.0: "second", 3.0: "3 seconds", 60.0: "minute", 3_600.0: "hour", 86_400.0: "day"}
CATALOGUE = Path(__file__).parents[2] / "tests" / "data" / "catalogue.json"
SECTION = re.compile(r"^(Args|Raises|Returns):$", re.MULTILINE)
FIELD = re.compile(r"^    (\*{0,2}\w+): ", re.MULTILINE)


def row_docstrings(family: type[Family]) -> dict[str, str]:
    """The string below each assignment in the class body, by name."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(family))).body
    assert isinstance(body, ast.ClassDef)
    return {
        above.targets[0].id: inspect.cleandoc(below.value.value)
        for above, below in itertools.pairwise(body.body)
        if isinstance(above, ast.Assign)
        and isinstance(above.targets[0], ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def families() -> dict[Row, str]:
    """Every row with its docstring, in the order they are stated."""
    rows = [*BrazeClient.operations(), *PartnerCohorts.operations()]
    texts = {
        row: text
        for family in Family.__subclasses__()
        for name, text in row_docstrings(family).items()
        if isinstance(row := vars(family)[name], Operation)
    }
    return {row: texts[row] for row in rows}


def signature(row: Row) -> str:
    """How the row is called, in the words of its request class."""
    parts: list[str] = []
    for parameter in inspect.signature(row.request).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        default = parameter.default
        shown = str(default) if isinstance(default, Enum) else repr(default)
        parts.append(parameter.name if default is parameter.empty else f"{parameter.name}={shown}")
    return ", ".join(parts)


def markdown(docstring: str) -> str:
    """A docstring in Google's form as Markdown: sections become bold, their entries lists."""
    text = re.sub(r"``(.+?)``", r"`\1`", inspect.cleandoc(docstring))
    text = re.sub(r":\w+:`[~.]*([^`]+)`", r"`\1`", text)
    text = SECTION.sub(r"**\1**\n", text)
    text = FIELD.sub(r"- `\1`: ", text)
    return re.sub(r"(?<![<\w])(https://\S+[\w/])", r"<\1>", text)


def pool(bucket: str) -> str:
    """A rate pool with its usual limit, where Braze documents a number."""
    if bucket not in BRAZE_QUOTAS:
        return f"`{bucket}`, no number documented"
    requests, seconds = BRAZE_QUOTAS[bucket]
    return f"`{bucket}`, {requests:,} requests per {PERIODS[seconds]} unless agreed otherwise"


def size(row: Row) -> str:
    """The most bytes of a body."""
    limit: int = getattr(row.request, "body_bytes", REQUEST_BYTES)
    return f"{limit // MIB} MiB" if limit % MIB == 0 else f"{limit:,} bytes"


def availability(row: Row) -> str:
    """Who may use the row; anything but everybody stands out."""
    return row.availability if row.availability == "general" else f"**{row.availability}**"


def entry(row: Row, text: str) -> str:
    """One row in Markdown."""
    client = "" if row.group == PartnerCohorts.group else "braze."
    facts = {
        "Request": f"`{row.method} {row.path}`",
        "Key": row.credential,
        "Permission": f"`{row.permission}`" if row.permission else "none documented",
        "Rate pool": pool(row.bucket),
        "Body": f"at most {size(row)}" if row.method != "GET" else "",
        "Pages": "`.pages()` and `.items()`" if isinstance(row, PagedOperation) else "",
        "Repeated": REPEATED[row.replay],
        "Availability": availability(row),
        "Braze": f"<{row.docs}>",
    }
    described = inspect.getdoc(row.request) or ""
    return "\n".join(
        [
            f"````{{py:function}} {client}{row.group}.{row.name}({signature(row)})",
            "",
            markdown(text),
            "",
            *(f"- {name}: {fact}" for name, fact in facts.items() if fact),
            "",
            *markdown(described).splitlines()[1:],
            "````",
            "",
        ]
    )


class Rows(SphinxDirective):
    """Writes the entries where it stands."""

    def run(self) -> list[nodes.Node]:
        text: list[str] = []
        for group, rows in itertools.groupby(families().items(), key=lambda pair: pair[0].group):
            text += [f"## {group}", "", *(entry(row, words) for row, words in rows)]
        return self.parse_text_to_nodes("\n".join(text), allow_section_headings=True)


def coverage() -> list[str]:
    """A table in Markdown: of each group what is documented, what is a row, what is missing."""
    rows = {(row.group, row.name): row for row in families()}
    documented = json.loads(CATALOGUE.read_text("utf-8"))
    lines = ["| Group | Documented | Rows | Marked | Not yet |", "|---|---:|---:|---|---|"]
    for group, listed in itertools.groupby(documented, key=lambda one: one["group"]):
        entries = list(listed)
        names = [one["name"] for one in entries]
        missing = [f"`{name}`" for name in names if (group, name) not in rows]
        marked = [
            f"`{one['name']}` {one['availability']}"
            for one in entries
            if one["availability"] != "general"
        ]
        counts = f"{len(names)} | {len(names) - len(missing)}"
        lines.append(f"| `{group}` | {counts} | {', '.join(marked)} | {', '.join(missing)} |")
    lines.append(f"| all | {len(documented)} | {len(rows)} | | |")
    return lines


class Coverage(SphinxDirective):
    """Writes the table where it stands."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(CATALOGUE))
        return self.parse_text_to_nodes("\n".join(coverage()))


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the directives known to Sphinx."""
    app.add_directive("rows", Rows)
    app.add_directive("coverage", Coverage)
    return {"parallel_read_safe": True}
