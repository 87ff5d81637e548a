"""Who may import whom."""

from __future__ import annotations

import ast
import sys

import attrs
import pytest

from tests.meta.trees import PACKAGE, Module, imports, modules

LEVELS = {
    "_homes": 0,
    "errors": 0,
    "limits": 0,
    "credentials": 1,
    "data_centers": 1,
    "operation": 2,
    "objects": 2,
    "_wire": 2,
    "_http": 3,
    "engage": 3,
    "rest": 4,
    "cohorts": 4,
    "data_import_keys": 4,
    "sync": 5,
    "testing": 6,
    "integrations": 6,
    "__main__": 7,
}
SAME_LEVEL = {
    ("objects", "operation"),
    ("_wire", "operation"),
    ("_wire", "objects"),
    ("cohorts", "data_import_keys"),
}
FRONT_DOOR = ""
"""The package itself: it imports nothing but may name everything, lazily."""

HTTP_USERS = {"rest.client", "cohorts.client"}
HTTP_ROOMS = {"_http", "testing"}
THIRD_PARTIES = {
    "attr": set(LEVELS),
    "attrs": set(LEVELS),
    "cattrs": {"operation", "objects", "_wire"},
    "requests": HTTP_ROOMS | HTTP_USERS,
    "urllib3": HTTP_ROOMS,
    "pytest": {"testing.pytest_plugin"},
    "tqdm": {"sync.progress"},
    "typing_extensions": set(LEVELS),
}
PURE_ROOM = "engage"
IMPURE = {
    "asyncio",
    "http",
    "io",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
IMPURE_NAMES = {"breakpoint", "input", "now", "open", "print", "today", "utcnow"}


def room_of(dotted: str) -> str:
    """The room a dotted name of the package lies in."""
    first = dotted.split(".")[1] if "." in dotted else ""
    return first if first in LEVELS else FRONT_DOOR


def may_import(importer: Module, dotted: str) -> bool:
    room, here = room_of(dotted), importer.room
    if room == FRONT_DOOR:
        return dotted == "braze_engage.__version__" or here == "__main__"
    if room == "_http" and here not in HTTP_ROOMS:
        return importer.name in HTTP_USERS
    return room == here or LEVELS[room] < LEVELS[here] or (here, room) in SAME_LEVEL


def breaches(module: Module) -> list[str]:
    found: list[str] = []
    for dotted in imports(module):
        top = dotted.partition(".")[0]
        if top == "braze_engage":
            allowed = module.name == FRONT_DOOR or may_import(module, dotted)
        elif top in sys.stdlib_module_names:
            allowed = module.room != PURE_ROOM or top not in IMPURE
        else:
            allowed = bool({module.room, module.name} & THIRD_PARTIES.get(top, set()))
        if not allowed:
            found.append(f"{module.name or 'braze_engage'} may not import {dotted}")
    return found


def test_every_module_lies_in_a_room_of_the_table() -> None:
    assert {module.room for module in modules()} <= {*LEVELS, FRONT_DOOR}


def test_no_module_imports_what_its_level_forbids() -> None:
    assert [breach for module in modules() for breach in breaches(module)] == []


def at_run_time(module: Module) -> Module:
    """The module without what only checkers read."""
    kept = [
        node
        for node in module.tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return attrs.evolve(module, tree=ast.Module(kept, module.tree.type_ignores))


def test_what_only_annotations_may_name_is_not_loaded() -> None:
    loaded = [
        f"{module.name}: {dotted}"
        for module in modules()
        for dotted in imports(at_run_time(module))
        if dotted.startswith("typing_extensions.")
        or (module.name in HTTP_USERS and dotted.partition(".")[0] == "requests")
    ]
    assert loaded == []


def test_only_the_two_lazy_packages_import_by_name() -> None:
    users = [module.name for module in modules() if "import_module" in module.text]
    assert set(users) <= {FRONT_DOOR, "objects"}


def test_the_core_neither_reads_clocks_nor_files() -> None:
    calls = [
        f"{module.name}: {ast.unparse(node)}"
        for module in modules()
        if module.room == PURE_ROOM
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) in IMPURE_NAMES
    ]
    assert calls == []


def planted(name: str, text: str) -> Module:
    return Module(name, PACKAGE / "planted.py", text, ast.parse(text))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("errors", "import requests"),
        ("credentials", "from braze_engage.data_centers import DataCenter"),
        ("credentials", "from braze_engage import DataCenter"),
        ("objects", "from . import _wire"),
        ("engage.calls", "import time"),
        ("engage.calls", "from .._http.transport import Call"),
        ("engage.calls", "from .. import _http"),
        ("rest.users", "from braze_engage._http import exchange"),
        ("rest.client", "from braze_engage.cohorts import client"),
        ("data_import_keys", "from braze_engage.cohorts.client import CohortClient"),
        ("sync.engine", "from braze_engage.testing import FakeBraze"),
        ("sync.engine", "def late():\n    import requests"),
        ("sync.engine", "if TYPE_CHECKING:\n    from braze_engage._http.retry import Clock"),
        ("rest.users", "import cattrs"),
        ("sync.plan", "import numpy"),
    ],
)
def test_a_breach_is_seen(name: str, line: str) -> None:
    assert breaches(planted(name, line))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("objects", "from braze_engage.operation import UNSET"),
        ("cohorts.client", "from braze_engage._http.exchange import Exchange"),
        ("cohorts.client", "from braze_engage.data_import_keys import DataImportKeyRing"),
        ("sync.engine", "from .plan import Plan"),
        ("testing.routes", "import urllib3"),
        ("__main__", "from braze_engage import EngageSync"),
    ],
)
def test_what_is_allowed_is_no_breach(name: str, line: str) -> None:
    assert breaches(planted(name, line)) == []
