"""Membership changes and calls for tests, short to write."""

from __future__ import annotations

from typing import Any

from braze_engage.engage.audiences import MembershipChange
from braze_engage.engage.calls import OrderKey
from braze_engage.engage.identity import Identity

AUDIENCE = "aud_1"
SECOND = 1_000_000_000


def change(
    person: str, at: int = 0, *, member: bool = True, cohort: str = AUDIENCE, name: str = "vip"
) -> MembershipChange:
    """A change of one person at a second of a made-up day."""
    return MembershipChange(
        cohort_id=cohort,
        cohort_name=name,
        name_is_explicit=False,
        identity=Identity("external_id", person),
        member=member,
        order=OrderKey(at * SECOND, at * SECOND, "", str(member).lower()),
        key=name,
        space_id=None,
        warning=None,
    )


def call(
    person: str | None,
    at: int = 0,
    *,
    member: object = True,
    cohort: str = AUDIENCE,
    key: str = "vip",
    message_id: str | None = None,
    space: str = "spa_1",
) -> dict[str, Any]:  # Any: a call is JSON
    """An identify call of an audience, as Engage sends it."""
    raw: dict[str, Any] = {
        "type": "identify",
        "traits": {key: member},
        "timestamp": f"2026-11-02T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}.000Z",
        "context": {
            "personas": {
                "computation_class": "audience",
                "computation_id": cohort,
                "computation_key": key,
                "space_id": space,
            }
        },
    }
    if person is not None:
        raw["userId"] = person
    if message_id is not None:
        raw["messageId"] = message_id
    return raw
