"""Cohort changes: what may be in one, how long lists are cut, and what the rows say."""

from __future__ import annotations

import itertools
import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage._wire import encode, prepare, structure
from braze_engage.cohorts.changes import (
    ChangeCohort,
    CohortChange,
    CohortReply,
    NameCohort,
    PartnerCohorts,
)
from braze_engage.cohorts.cutting import cut
from braze_engage.errors import ConfigurationError
from braze_engage.limits import COHORT_IDS, REQUEST_BYTES
from braze_engage.objects import UserAlias
from braze_engage.operation import Replay

if TYPE_CHECKING:
    from collections.abc import Iterator

ANA = UserAlias(alias_name="ana@example.org", alias_label="email")


def request(*changes: CohortChange) -> ChangeCohort:
    return ChangeCohort(partner="segment", cohort_id="aud_1", cohort_changes=changes)


def body_of(*changes: CohortChange) -> Any:  # JSON of a shape the test states
    return prepare(PartnerCohorts.update_users, request(*changes)).body


def test_only_what_is_given_is_sent() -> None:
    assert body_of(
        CohortChange(user_ids=["u1", "u2"], aliases=[("ana@example.org", "email")]),
        CohortChange(device_ids=("d1",), should_remove=True),
    ) == {
        "cohort_id": "aud_1",
        "cohort_changes": [
            {
                "user_ids": ["u1", "u2"],
                "aliases": [{"alias_name": "ana@example.org", "alias_label": "email"}],
            },
            {"device_ids": ["d1"], "should_remove": True},
        ],
    }


def test_a_request_without_changes_says_so() -> None:
    assert body_of() == {"cohort_id": "aud_1", "cohort_changes": []}


def test_names_travel_with_their_time() -> None:
    moment = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=2)))
    row = PartnerCohorts.create
    named = NameCohort(partner="my partner", cohort_id="aud_1", name="Vögel", created_at=moment)
    prepared = prepare(row, named)
    assert prepared.path == "/partners/my%20partner/cohorts"
    assert prepared.body == {
        "cohort_id": "aud_1",
        "name": "Vögel",
        "created_at": "2026-11-23T10:00:00.000Z",
    }


def test_the_rows() -> None:
    rows = PartnerCohorts.operations()
    assert [(row.group, row.name, row.method, row.path) for row in rows] == [
        ("partner_cohorts", "create", "POST", "/partners/{partner}/cohorts"),
        ("partner_cohorts", "update_users", "POST", "/partners/{partner}/cohorts/users"),
    ]
    assert {(row.bucket, row.replay, row.permission) for row in rows} == {
        ("partner_cohorts", Replay.ALWAYS, None)
    }


def test_identifiers_of_every_kind_are_counted() -> None:
    pair: Any = ["n", "l"]  # as JSON has pairs
    change = CohortChange(user_ids=["u1"], device_ids=["d1", "d2"], aliases=[ANA, pair])
    assert len(change) == 5
    assert change.aliases == (ANA, UserAlias(alias_name="n", alias_label="l"))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "at least one identifier"),
        ({"user_ids": []}, "at least one identifier"),
        ({"user_ids": "u1"}, "user_ids is of type str: give a list"),
        ({"user_ids": b"u1"}, "user_ids is of type bytes: give a list"),
        ({"device_ids": {"d1": 1}}, "device_ids is of type dict: give a list"),
        ({"user_ids": 7}, "user_ids is of type int: give a list"),
        ({"user_ids": ["u1", 7]}, r"user_ids\[1\] .*give str\(id\)"),
        ({"user_ids": [True]}, r"user_ids\[0\] .*give str\(id\)"),
        ({"user_ids": [None]}, r"user_ids\[0\] is None"),
        ({"user_ids": ["u1", ""]}, r"user_ids\[1\] .*non-empty"),
        ({"user_ids": ["x" * 988]}, r"user_ids\[0\] .*987 bytes"),
        ({"user_ids": ["ö" * 494]}, r"user_ids\[0\] .*987 bytes"),
        ({"user_ids": ["\ud800"]}, r"user_ids\[0\] .*lone surrogates"),
        ({"device_ids": [""]}, r"device_ids\[0\] .*non-empty"),
        ({"aliases": ["ab"]}, r"aliases\[0\] .*pair"),
        ({"aliases": [("a", "b", "c")]}, r"aliases\[0\] .*pair"),
        ({"aliases": [{"alias_name": "a", "alias_label": "b"}]}, r"aliases\[0\] .*pair"),
        ({"aliases": [("a", 1)]}, r"aliases\[0\]\.alias_label .*str\(id\)"),
        ({"aliases": [("", "b")]}, r"aliases\[0\]\.alias_name .*non-empty"),
        ({"aliases": [("x" * 237, "b")]}, r"aliases\[0\]\.alias_name .*236 bytes"),
        ({"user_ids": ["u1"], "should_remove": 1}, "should_remove is of type int"),
    ],
)
def test_what_is_no_change_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        CohortChange(**fields)


def test_no_message_shows_an_identifier() -> None:
    with pytest.raises(ConfigurationError) as caught:
        CohortChange(user_ids=["ana@example.org" * 100])
    assert "example" not in str(caught.value)


@pytest.mark.parametrize("longest", ["x" * 987, "ö" * 493 + "x"])
def test_the_longest_external_id_is_taken(longest: str) -> None:
    assert CohortChange(user_ids=[longest]).user_ids == (longest,)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([CohortChange(user_ids=["u"] * 1_001)], "1001 identifiers .* at most 1000: add"),
        (
            [CohortChange(user_ids=["u"] * 600), CohortChange(device_ids=["d"] * 401)],
            "1001 identifiers",
        ),
        (
            [
                CohortChange(user_ids=["u1", "u2"], aliases=[ANA]),
                CohortChange(user_ids=["u2"], aliases=[ANA], should_remove=True),
            ],
            r"2 identifier\(s\) of aliases, user_ids are both added and removed",
        ),
    ],
)
def test_what_is_no_request_is_refused(changes: list[CohortChange], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        request(*changes)


def test_a_change_is_no_mapping() -> None:
    row: Any = ChangeCohort  # called as somebody without a checker would
    with pytest.raises(ConfigurationError, match=r"cohort_changes\[0\] .*CohortChange"):
        row(partner="p", cohort_id="c", cohort_changes=[{"user_ids": ["u1"]}])
    with pytest.raises(ConfigurationError, match=r"cohort_changes is of type CohortChange"):
        row(partner="p", cohort_id="c", cohort_changes=CohortChange(user_ids=["u1"]))


@pytest.mark.parametrize("field", ["partner", "cohort_id"])
@pytest.mark.parametrize("value", ["", None, 5])
def test_ids_and_names_are_texts(field: str, value: object) -> None:
    fields: dict[str, Any] = {"partner": "p", "cohort_id": "c", field: value}
    with pytest.raises(ConfigurationError, match=field):
        ChangeCohort(cohort_changes=(), **fields)


def test_the_same_text_may_be_added_as_one_kind_and_removed_as_another() -> None:
    assert request(CohortChange(user_ids=["x"]), CohortChange(device_ids=["x"], should_remove=True))


def test_a_list_is_cut_at_a_thousand_over_all_kinds() -> None:
    changes = list(
        cut(
            user_ids=(f"u{number}" for number in range(1_500)),
            device_ids=[f"d{number}" for number in range(700)],
            aliases=[("n", "l")],
            should_remove=True,
        )
    )
    assert [len(change) for change in changes] == [1_000, 1_000, 201]
    assert [len(change.device_ids) for change in changes] == [0, 500, 200]
    assert all(change.should_remove for change in changes)


def test_nothing_is_cut_from_nothing() -> None:
    assert list(cut()) == []
    assert list(cut(user_ids=iter(()))) == []


def test_what_escaping_makes_long_is_cut_by_bytes() -> None:
    ids = [chr(0) * 980 + f"{number:07d}" for number in range(1_000)]
    changes = list(cut(user_ids=ids))
    assert [value for change in changes for value in change.user_ids] == ids
    assert len(changes) == 2
    for change in changes:
        body = prepare(PartnerCohorts.update_users, request(change)).body
        assert len(encode(body)) <= REQUEST_BYTES - 60_000


def test_an_identifier_longer_than_a_request_stands_alone() -> None:
    longest = "d" * REQUEST_BYTES
    changes = list(cut(device_ids=["d1", longest, "d2"]))
    assert [len(change) for change in changes] == [1, 1, 1]


def test_nothing_is_read_ahead() -> None:
    taken = itertools.count()

    def endless() -> Iterator[str]:
        while True:
            yield f"u{next(taken)}"

    changes = cut(user_ids=endless())
    assert next(changes).user_ids[-1] == "u999"
    assert next(taken) == COHORT_IDS


def test_a_bad_identifier_far_behind_is_found_at_its_place() -> None:
    changes = cut(user_ids=[*(f"u{number}" for number in range(1_234)), ""])
    assert len(next(changes)) == 1_000
    with pytest.raises(ConfigurationError, match=r"user_ids\[1234\]"):
        next(changes)


def test_a_lone_identifier_is_refused_before_anything_is_taken() -> None:
    with pytest.raises(ConfigurationError, match="aliases is of type str"):
        cut(user_ids=iter(["u1"]), aliases="ab")  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ("", CohortReply()),
        ('{"message": "success"}', CohortReply("success")),
        ('{"message": "Queued"}', CohortReply("Queued")),
        ('{"message": "success", "errors": []}', CohortReply("success")),
        ('{"message": "success", "errors": ["x"]}', CohortReply("success", errors=("x",))),
        ('{"message": "success", "errors": {"a": 1}}', CohortReply("success", errors=({"a": 1},))),
        ('{"message": "error", "errors": ["x"]}', CohortReply("error", errors=("x",))),
        (
            '{"message": "no such cohort"}',
            CohortReply("no such cohort", errors=("no such cohort",)),
        ),
        ('{"message": 5}', CohortReply()),
        ("[]", CohortReply(errors=("the answer is no JSON object",))),
    ],
)
def test_what_a_success_complains_of_is_a_value(answer: str, reply: CohortReply) -> None:
    assert structure(json.loads(answer) if answer else None, CohortReply) == reply
