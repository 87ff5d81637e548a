"""Reads the syntax trees of the package under test."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

import braze_engage

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(braze_engage.__file__).parent
REPOSITORY = Path(__file__).parents[2]


@attrs.frozen
class Module:
    name: str
    """Dotted, without the package's own name; empty for the package itself."""
    path: Path
    text: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]


def read_module(path: Path) -> Module:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    text = path.read_text("utf-8")
    name = ".".join(part for part in parts if part != "__init__")
    return Module(name, path, text, ast.parse(text))


def modules() -> list[Module]:
    return [read_module(path) for path in sorted(PACKAGE.rglob("*.py"))]


def imports(module: Module) -> Iterator[str]:
    """Every dotted name the module imports anywhere, those for the type checker included."""
    here = ["braze_engage", *filter(None, module.name.split("."))]
    if not module.is_package:
        here.pop()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{source}.{alias.name}" for alias in node.names)
