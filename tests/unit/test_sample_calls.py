"""The packaged sample stream, read as its description says."""

from __future__ import annotations

from collections import Counter

import pytest

from braze_engage.engage import (
    CallType,
    ComputationClass,
    Delivery,
    EngageCall,
    EngageRules,
    Identity,
    MembershipChange,
    Outcome,
    Reason,
    Unusable,
    membership_change,
    net_membership,
    read_item,
    read_membership,
)
from tests.support.sample import sample_lines

NOW = 1_793_800_000_000_000_000
RULES = EngageRules(journeys=Delivery.COHORT)

MALFORMED = {
    27: Reason.BAD_VALUES,
    135: Reason.NOT_JSON,
    170: Reason.NOT_JSON,
    248: Reason.NOT_AN_OBJECT,
    280: Reason.BAD_TIME,
    318: Reason.UNKNOWN_TYPE,
    408: Reason.NOT_AN_OBJECT,
    409: Reason.NO_TYPE,
    410: Reason.BAD_CONTEXT,
}
WITHOUT_MEMBERSHIP = {186: Reason.NO_MEMBERSHIP, 355: Reason.BAD_MEMBERSHIP}
NOBODY = {155, 401}

BATCHES = {130, 380}
JOURNEYS_V1 = {91, 169, 213, 376, 386, 389, 396, 397, 400}
JOURNEYS_V2 = {7, 26, 86, 98, 123, 124, 129, 236, 297, 308}
ENTITIES = {31, 32, 298, 299, 300, 303, 304}
LINKED = {29, 30, 33, 301, 302}
ACCOUNTS = {100, 106, 109, 114, 171, 177, 179}
ORDINARY = {8, 34, 203, 247, 287, 288, 289}
DELETIONS = {392, 393}
SQL_TRAITS = {35, 36, 37, 38, 39, 182, 183, 184, 185}
OUT_OF_ORDER = [
    (41, 46),
    (75, 83),
    (76, 79),
    (87, 94),
    (90, 97),
    (193, 198),
    (212, 230),
    (264, 269),
    (317, 330),
    (371, 373),
]
SAME_MESSAGE = [
    (5, 6),
    (57, 61),
    (63, 64),
    (66, 70),
    (164, 165),
    (261, 263),
    (283, 286),
    (293, 295),
    (306, 307),
    (312, 316),
    (338, 340),
    (336, 347),
    (359, 360),
    (411, 412),
]

READ = {
    number: [call for _, call in read_item(line, now_ns=NOW)]
    for number, line in enumerate(sample_lines(), 1)
}


def usable(line: int) -> EngageCall:
    (call,) = READ[line]
    assert isinstance(call, EngageCall), call
    return call


def every_call() -> list[EngageCall]:
    return [call for calls in READ.values() for call in calls if isinstance(call, EngageCall)]


def key_of(line: int) -> str:
    computation = usable(line).computation
    assert computation is not None
    return computation.key


def test_416_calls_in_413_lines() -> None:
    assert len(READ) == 413
    # and three lines that hold no object at all
    assert sum(len(calls) for calls in READ.values()) == 416 + len({135, 248, 408})
    assert {line for line, calls in READ.items() if len(calls) != 1} == BATCHES


def test_types() -> None:
    counts = Counter(call.type for call in every_call())
    assert counts == {
        CallType.TRACK: 185,
        CallType.IDENTIFY: 218 - len({27, 170, 280, 410}),
        CallType.GROUP: 7,
        CallType.OTHER: 2,
        CallType.DELETE: 2,
    }


def test_malformed_lines() -> None:
    refused = {
        line: call.reason
        for line, calls in READ.items()
        for call in calls
        if isinstance(call, Unusable)
    }
    assert refused == MALFORMED
    assert {reason.outcome for reason in refused.values()} == {Outcome.MALFORMED}


@pytest.mark.parametrize(("line", "reason"), WITHOUT_MEMBERSHIP.items())
def test_lines_without_membership(line: int, reason: Reason) -> None:
    found = membership_change(usable(line), RULES)
    assert isinstance(found, Unusable)
    assert found.reason is reason


@pytest.mark.parametrize("line", sorted(NOBODY))
def test_lines_without_a_person(line: int) -> None:
    found = membership_change(usable(line), RULES)
    assert isinstance(found, Unusable)
    assert found.reason is Reason.NO_IDENTIFIER


def test_the_thirteen_defects_are_all_there() -> None:
    assert len(MALFORMED) + len(WITHOUT_MEMBERSHIP) + len(NOBODY) == 13


def test_what_every_line_comes_to_in_cohorts() -> None:
    """Each of the calls, delivered to cohorts where it has a membership."""
    counts: Counter[str] = Counter()
    for calls in READ.values():
        for call in calls:
            if isinstance(call, Unusable):
                counts[call.reason] += 1
                continue
            computation = call.computation
            if computation is not None and computation.computation_class is ComputationClass.TRAIT:
                counts["trait"] += 1
                continue
            found = membership_change(call, RULES)
            counts["change" if isinstance(found, MembershipChange) else found.reason] += 1
    expected: dict[str, int] = {
        "change": 183,
        "trait": 166,
        Reason.NO_IDENTIFIER: 29,
        Reason.JOURNEY_EVENT: 10,
        Reason.ENTITY_EVENT: 7,
        Reason.NOT_ENGAGE: 9,
        Reason.NOT_A_USER: 4,
        Reason.NO_MEMBERSHIP: 1,
        Reason.BAD_MEMBERSHIP: 1,
    }
    expected.update(Counter(MALFORMED.values()))
    assert counts == expected


def test_computations() -> None:
    classes = {
        line: call.computation and call.computation.computation_class
        for line, calls in READ.items()
        for call in calls
        if isinstance(call, EngageCall)
    }
    for line in JOURNEYS_V2:
        assert classes[line] is ComputationClass.JOURNEY_STEP
    for line in JOURNEYS_V1 | LINKED | ENTITIES:
        assert classes[line] is ComputationClass.AUDIENCE
    for line in SQL_TRAITS:
        assert classes[line] is ComputationClass.TRAIT
        assert key_of(line) == "crm_sql_export"
    assert {line for line, found in classes.items() if found is None} == ORDINARY | DELETIONS
    assert all(
        call.computation.space_id == "spa_9rXk2mVb7Lq4Tz6Yc1WdPf"
        for call in every_call()
        if call.computation is not None
    )


def test_entities_and_accounts() -> None:
    entities = {
        line
        for line, calls in READ.items()
        for call in calls
        if isinstance(call, EngageCall) and call.has_entities
    }
    assert entities == ENTITIES
    for line in ENTITIES:
        found = membership_change(usable(line), RULES)
        assert isinstance(found, Unusable)
        assert found.reason is Reason.ENTITY_EVENT
    for line in LINKED:
        assert isinstance(membership_change(usable(line), RULES), MembershipChange)
    for line in ACCOUNTS:
        assert usable(line).type is CallType.GROUP


def test_journeys() -> None:
    members = {line: read_membership(usable(line), RULES) for line in JOURNEYS_V1}
    by_event = members.pop(389)
    assert not isinstance(by_event, Unusable)
    assert by_event[0] is True
    assert by_event[1] is not None
    assert all(
        not isinstance(found, Unusable) and found == (line != 397, None)
        for line, found in members.items()
    )
    for line in JOURNEYS_V2:
        found = membership_change(usable(line), RULES)
        assert isinstance(found, Unusable)
        assert found.reason is Reason.JOURNEY_EVENT


def test_odd_but_valid_lines() -> None:
    # a missing class, told by the value and by the id
    assert usable(235).computation == usable(388).computation
    assert usable(385).computation == usable(14).computation
    # the key holds the id
    assert key_of(370) == "dormant_shopper"
    assert usable(370).warnings
    # the boolean contradicts the name of the event, and wins
    assert (usable(229).event, read_membership(usable(229), RULES)) == (
        "Audience Entered",
        (False, None),
    )
    assert (usable(332).event, read_membership(usable(332), RULES)) == (
        "Audience Exited",
        (True, None),
    )
    # audience_key is missing, or stands in traits
    for line in (1, 82, 234, 285, 359, 360):
        assert isinstance(read_membership(usable(line), RULES), tuple)
    # traits in place of properties
    assert usable(254).values["orders_count_90d"] == 2
    # null is a value
    assert usable(390).order.value == "null"
    assert {line for line in READ if any(getattr(call, "warnings", ()) for call in READ[line])} == {
        370
    }


@pytest.mark.parametrize(("newer", "older"), OUT_OF_ORDER)
def test_out_of_order(newer: int, older: int) -> None:
    first, second = usable(newer), usable(older)
    assert first.computation == second.computation
    assert first.received_ns is not None
    assert second.received_ns is not None
    assert first.received_ns < second.received_ns
    assert first.order > second.order


@pytest.mark.parametrize(("original", "repetition"), SAME_MESSAGE)
def test_duplicates(original: int, repetition: int) -> None:
    first, second = usable(original), usable(repetition)
    assert first.message_id == second.message_id is not None
    assert (first.time_ns, first.values) == (second.time_ns, second.values)


def test_nanoseconds_come_from_the_original_timestamp() -> None:
    assert usable(1).time_ns % 1_000_000 == 328_691
    # the event tester writes the same time twice
    assert usable(18).time_ns % 1_000_000 == 0


def test_net_membership_of_the_whole_stream() -> None:
    changes = [membership_change(call, RULES) for call in every_call()]
    net = net_membership(found for found in changes if isinstance(found, MembershipChange))
    backwards = net_membership(
        found for found in reversed(changes) if isinstance(found, MembershipChange)
    )
    assert net == backwards
    names = {found.cohort_name for people in net.values() for found in people.values()}
    assert names == {
        "dormant_shopper",
        "cart_abandoners",
        "vip_customers",
        "newsletter_readers",
        "high_value_accounts",
        "overdue_accounts",
        "j_o_winback__sms_offer_k3f9z",
    }
    assert all(identity.kind == "external_id" for people in net.values() for identity in people)
    # the exit of line 397 is newer than the entry of line 386
    (journey,) = [
        people
        for people in net.values()
        if any(found.key == "j_o_winback__sms_offer_k3f9z" for found in people.values())
    ]
    assert journey[Identity("external_id", "u-1049")].member is False
