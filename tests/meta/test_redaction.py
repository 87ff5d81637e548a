"""No key and no body shows where people look."""

from __future__ import annotations

import ast
import importlib
import inspect
import logging
import pickle
import re
import tempfile
import traceback
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from braze_engage import (
    BrazeClient,
    CallableKeys,
    CohortClient,
    DataImportKey,
    DataImportKeyRing,
    PartnerKey,
    RestApiKey,
    Secret,
    SqliteState,
    StoredKey,
)
from braze_engage._http.call import Call, Payload
from braze_engage.cohorts.candidates import OneKey, RingKeys
from braze_engage.cohorts.key_choice import KeyChoice, KeyFallback, Pick
from braze_engage.credentials import (
    CachedSource,
    CallableKey,
    ClientSideRestKey,
    EnvironmentKey,
    FixedKey,
    KeySource,
    ScimToken,
)
from braze_engage.data_centers import DataCenter
from braze_engage.operation import Replay
from braze_engage.rest.keys import Keys
from tests.meta.trees import modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARK = "mark-4be1c7"
"""Part of every key made here, so that any trace of one is found."""

HOLDS_A_KEY = re.compile(
    r"\b(?:Secret|RestApiKey|PartnerKey|DataImportKey|ScimToken|ClientSideRestKey|KeySource|CachedSource|StoredKey|Payload"
    r"|Candidates)\b"
)
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
UNLOGGABLE = {
    "authorization",
    "body",
    "content",
    "external_id",
    "headers",
    "identity",
    "payload",
    "reveal",
    "secret",
    "secrets",
    "url",
    "user_ids",
}
MAY_REVEAL = {
    "credentials.secrets",
    "_http.files",
    "_http.reading",
    "_http.transport",
    "_http.urllib3_transport",
    "cohorts.client",
    "cohorts.partner_keys",
    "data_import_keys.stores",
    "sync.state_key",
    "rest.exports",
}


def stored_key() -> StoredKey:
    return StoredKey(
        workspace="shop",
        key=f"import-{MARK}",
        data_center=DataCenter.resolve("US-01"),
        partner="segment",
    )


def ring() -> DataImportKeyRing:
    return DataImportKeyRing(CallableKeys(lambda: [stored_key()]))


def cached() -> CachedSource[DataImportKey]:
    source = CachedSource(FixedKey(DataImportKey(f"import-{MARK}")))
    source.get()
    return source


def keys() -> Keys:
    held = [f"rest-{MARK}", f"scim-{MARK}", f"client-{MARK}"]
    made = Keys(held, scim_origin="https://idp.example", clock=lambda: 0.0)
    made.read_all()
    return made


def call() -> Call:
    return Call(
        method="POST",
        url=f"https://rest.iad-01.braze.com/x?key={MARK}",
        path="/x",
        bucket="x",
        replay=Replay.NEVER,
        body=Payload(f'{{"partner_api_key":"{MARK}"}}'.encode()),
        authorization=RestApiKey(f"rest-{MARK}"),
        headers={"x-key": MARK},
        secrets=(PartnerKey(f"partner-{MARK}"),),
    )


def cohort_client() -> CohortClient:
    return CohortClient(
        f"import-{MARK}", data_center="US-01", partner="segment", partner_key=f"partner-{MARK}"
    )


def state_file() -> SqliteState:
    with tempfile.TemporaryDirectory() as directory:
        state = SqliteState(f"{directory}/engage.db", key=f"state-key-{MARK}")
        state.close()
        return state


HOLDERS: dict[str, Callable[[], object]] = {
    "BrazeClient": lambda: BrazeClient(f"rest-{MARK}", data_center="US-01"),
    "CachedSource": cached,
    "Call": call,
    "CallableKey": lambda: CallableKey(RestApiKey, lambda: f"rest-{MARK}"),
    "CallableKeys": lambda: CallableKeys(lambda: [stored_key()]),
    "ClientSideRestKey": lambda: ClientSideRestKey(f"client-{MARK}"),
    "CohortClient": cohort_client,
    "DataImportKey": lambda: DataImportKey(f"import-{MARK}"),
    "DataImportKeyRing": ring,
    "EnvironmentKey": lambda: EnvironmentKey(RestApiKey, "BRAZE_REST_API_KEY"),
    "FixedKey": lambda: FixedKey(RestApiKey(f"rest-{MARK}")),
    "Keys": keys,
    "KeyChoice": lambda: KeyChoice(OneKey(cached())),
    "KeyFallback": lambda: KeyFallback(
        workspace="shop",
        refused=DataImportKey(f"old-{MARK}"),
        used=DataImportKey(f"new-{MARK}"),
        stored=False,
    ),
    "OneKey": lambda: OneKey(cached()),
    "PartnerKey": lambda: PartnerKey(f"partner-{MARK}"),
    "Payload": lambda: Payload(MARK.encode()),
    "Pick": lambda: Pick(DataImportKey(f"import-{MARK}"), 0),
    "RestApiKey": lambda: RestApiKey(f"rest-{MARK}"),
    "RingKeys": lambda: RingKeys(ring(), "shop", DataCenter.resolve("US-01"), "segment"),
    "ScimToken": lambda: ScimToken(f"scim-{MARK}"),
    "Secret": lambda: Secret(MARK),
    "SqliteState": state_file,
    "StoredKey": stored_key,
}


def classes_that_hold_a_key() -> Iterator[str]:
    """Every class whose name or constructor speaks of a key or a body."""
    for module in modules():
        if module.name in {"", "__main__"} or module.room == "testing":
            continue  # the fake's keys are examples
        loaded = importlib.import_module(f"braze_engage.{module.name}")
        for name, value in vars(loaded).items():
            if not isinstance(value, type) or value.__module__ != loaded.__name__:
                continue
            if getattr(value, "_is_protocol", False) or issubclass(value, BaseException):
                continue
            if HOLDS_A_KEY.search(name) or HOLDS_A_KEY.search(arguments(value)):
                yield name


def arguments(kind: type) -> str:
    try:
        return str(inspect.signature(kind))
    except ValueError:  # a plain subclass of dict and the like
        return ""


def test_every_class_that_holds_a_key_is_tried_here() -> None:
    found = set(classes_that_hold_a_key())
    assert len(found) > len(HOLDERS) / 2
    assert found <= set(HOLDERS)


@pytest.mark.parametrize("name", HOLDERS)
def test_no_textual_form_shows_a_key(name: str) -> None:
    holder = HOLDERS[name]()
    forms = [repr(holder), str(holder), f"{holder}", format(holder), f"{[holder]}"]
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "%s %r", (holder, holder), None)
    forms.append(record.getMessage())
    assert [form for form in forms if MARK in form] == []


def is_shown(field: attrs.Attribute[object], _: object) -> bool:
    return bool(field.repr)


def test_fields_as_a_dict_show_no_key() -> None:
    shown = []
    for name, make in HOLDERS.items():
        holder: Any = make()  # attrs has no class to narrow it to
        if attrs.has(type(holder)):
            shown.append((name, attrs.asdict(holder, filter=is_shown)))
    assert len(shown) > 2
    assert [name for name, fields in shown if MARK in repr(fields)] == []


@pytest.mark.parametrize("name", HOLDERS)
def test_no_pickle_holds_a_key(name: str) -> None:
    try:
        pickled = pickle.dumps(HOLDERS[name]())
    except (TypeError, AttributeError, pickle.PicklingError):
        return
    assert MARK.encode() not in pickled


def safe_repr(value: object) -> str:
    """As a traceback with locals shows it; an object that is half built cannot say much."""
    try:
        return repr(value)
    except AttributeError:
        return ""


@pytest.mark.parametrize(
    "make",
    [
        lambda: BrazeClient(f"rest-{MARK}", data_center="nowhere"),
        lambda: BrazeClient(f" rest-{MARK}", data_center="US-01"),
        lambda: BrazeClient(
            f"rest-{MARK} ",
            data_center="US-01",
            scim_token=f"scim-{MARK}",
            client_side_key=f"client-{MARK}",
        ),
        lambda: BrazeClient(f"rest-{MARK}", data_center="US-01", scim_token=f"scim-{MARK}"),
        lambda: BrazeClient(f"rest-{MARK}", data_center="US-01", client_side_key=f"{MARK}\n"),
        lambda: CohortClient(f"import-{MARK}", data_center="nowhere", partner="p", partner_key="k"),
        lambda: CohortClient(
            f"import-{MARK}\n", data_center="US-01", partner="p", partner_key=f"k-{MARK}"
        ),
        lambda: CohortClient(
            f"import-{MARK}", data_center="US-01", partner="p", partner_key={"eu": f"k-{MARK}"}
        ),
        lambda: DataImportKey(f"{MARK} "),
        lambda: StoredKey(workspace="", key=f"{MARK}\t"),
        lambda: SqliteState("nowhere/engage.db", key=f"state-key-{MARK}"),
        lambda: SqliteState("engage.db", key=f"{MARK}\n"),
    ],
)
def test_a_refused_construction_shows_no_key(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        make()
    shown = [
        f"{frame.f_code.co_name}: {name}"
        for frame, _ in traceback.walk_tb(caught.value.__traceback__)
        if "braze_engage" in frame.f_code.co_filename
        for name, value in frame.f_locals.items()
        if MARK in safe_repr(value)
    ]
    assert shown == []
    assert MARK not in str(caught.value)


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    for module in modules():
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LOG_METHODS
                and "log" in ast.unparse(node.func.value).lower()
            ):
                yield module.name, node


def words(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)} | {
        inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)
    }


def test_no_log_call_names_a_body_or_a_person() -> None:
    told = [
        f"{name}: {ast.unparse(node)}"
        for name, node in log_calls()
        if any(words(argument) & UNLOGGABLE for argument in node.args)
    ]
    assert told == []


def test_log_calls_are_found() -> None:
    assert list(log_calls())


def test_plain_text_of_keys_is_used_in_few_places_and_in_no_message() -> None:
    revealed = {
        module.name
        for module in modules()
        if module.room != "testing"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "reveal"
    }
    assert revealed <= MAY_REVEAL
    in_messages = [
        f"{module.name}: {ast.unparse(node)}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Raise | ast.JoinedStr) and "reveal(" in ast.unparse(node)
    ]
    assert in_messages == ["_http.reading: f'Bearer {call.authorization.reveal()}'"]


def test_protocols_are_no_holders() -> None:
    assert getattr(KeySource, "_is_protocol", False)
