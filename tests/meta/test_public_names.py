"""What users may import, and what importing costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import metadata

import pytest

import braze_engage
from braze_engage._homes import HOME
from tests.meta.trees import PACKAGE, REPOSITORY, read_module

SNAPSHOT = REPOSITORY / "tests" / "data" / "public_names.txt"
NAMES = SNAPSHOT.read_text("utf-8").split()


def run(code: str) -> str:
    """Run code in a fresh interpreter that sees the same package as this one."""
    source = f"import sys; sys.path[:] = {sys.path!r}\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_public_names_are_those_of_the_snapshot() -> None:
    assert sorted(braze_engage.__all__) == sorted(NAMES), f"if meant so, edit {SNAPSHOT}"


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_resolves_and_is_listed(name: str) -> None:
    value = getattr(braze_engage, name)
    assert value is not None
    assert name in dir(braze_engage)
    assert getattr(braze_engage, name) is value


def test_checkers_see_the_names_that_resolve() -> None:
    tree = read_module(PACKAGE / "__init__.py").tree
    seen = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("braze_engage.")
        for alias in node.names
        if node.module != "braze_engage._homes"
    }
    table = {name: f"braze_engage.{home}" for name, home in HOME.items()}
    assert seen == table
    assert sorted([*table, "__version__"]) == sorted(braze_engage.__all__)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "__version__"])
def test_a_public_name_lives_where_the_table_says(name: str) -> None:
    home = HOME[name]
    value = getattr(braze_engage, name)
    if isinstance(value, type):
        assert value.__module__.startswith(f"braze_engage.{home}".removesuffix(f".{name}"))
    assert name in vars(sys.modules[f"braze_engage.{home}"])


def test_every_public_name_is_in_the_reference() -> None:
    pages = (REPOSITORY / "docs" / "reference").glob("*.md")
    words = {word for page in pages for word in page.read_text("utf-8").split()}
    missing = [name for name in NAMES if f"braze_engage.{name}" not in words]
    assert missing == ["__version__"]


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'EngageSink'"):
        _ = braze_engage.EngageSink  # type: ignore[attr-defined]  # that is the point


def test_a_copy_without_metadata_has_no_known_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert braze_engage._version() == "0+unknown"


def test_importing_the_package_loads_no_module_of_it() -> None:
    code = (
        "import braze_engage\n"
        "print([n for n in sys.modules if n.startswith('braze_engage.')"
        " or n.partition('.')[0] in ('requests', 'urllib3', 'attr', 'attrs', 'cattrs', 'cattr')])"
    )
    assert run(code).strip() == "[]"


def test_the_core_works_without_the_network_library() -> None:
    code = (
        "import importlib, pkgutil\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('requests', 'urllib3'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "import braze_engage.engage as engage\n"
        "for found in pkgutil.iter_modules(engage.__path__, engage.__name__ + '.'):\n"
        "    print(importlib.import_module(found.name).__name__)"
    )
    loaded = run(code).split()
    assert loaded
    assert len(loaded) == len(list((PACKAGE / "engage").glob("[!_]*.py")))
