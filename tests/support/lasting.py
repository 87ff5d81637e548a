"""Syncs with a state file, in front of a fake in the same process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from braze_engage import BrazeClient, CohortClient, Delivery, EngageRules, EngageSync, SqliteState
from braze_engage._http.retry import RetryPolicy
from braze_engage.testing import FakeBraze
from tests.support.stores import Clock

if TYPE_CHECKING:
    from pathlib import Path

    from braze_engage import Report

TRACK = "/users/track"
ONCE = RetryPolicy(attempts=1)
"""So that one fault is one failed request."""


def trait(
    person: str, at: int = 0, *, message_id: str | None = None, **values: object
) -> dict[str, Any]:  # Any: a call is JSON
    """An identify call of a computed trait; its first value is the computed one."""
    key = next(iter(values), "ltv")
    return _call(person, at, message_id, key, "trait", type="identify", traits=values)


def event(
    person: str, at: int = 0, *, message_id: str | None = None, name: str = "Bought"
) -> dict[str, Any]:  # Any: a call is JSON
    """A track call of a computed trait."""
    return _call(
        person, at, message_id, "ltv", "trait", type="track", event=name, properties={"ltv": at}
    )


def _call(
    person: str, at: int, message_id: str | None, key: str, kind: str, **parts: object
) -> dict[str, Any]:  # Any: a call is JSON
    raw: dict[str, Any] = {
        **parts,
        "userId": person,
        "timestamp": f"2026-11-02T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}.000Z",
        "context": {
            "personas": {
                "computation_class": kind,
                "computation_id": f"cmp_{key}",
                "computation_key": key,
                "space_id": "spa_1",
            }
        },
    }
    if message_id is not None:
        raw["messageId"] = message_id
    return raw


class Shop:
    """One workspace of Braze and one state file, opened as often as processes start."""

    def __init__(self, directory: Path, **options: Any) -> None:  # Any: of EngageSync
        self.path = directory / "engage.db"
        self.fake = FakeBraze()
        self.clock = Clock()
        self.options = options

    def sync(self, **options: Any) -> EngageSync:  # Any: of EngageSync
        """Open the file, as a process does when it starts."""
        fake, session = self.fake, self.fake.session()
        rest = BrazeClient(fake.rest_api_key, data_center="US-06", session=session, retry=ONCE)
        cohorts = CohortClient(
            fake.data_import_key,
            data_center="US-06",
            partner=fake.partner,
            partner_key=fake.partner_key,
            session=session,
            retry=ONCE,
        )
        given = {**self.options, **options}
        rules = given.pop("rules", None) or EngageRules(
            traits=Delivery.IDENTIFY | Delivery.TRACK, **given.pop("rule", {})
        )
        state = given.pop("state", None) or SqliteState(self.path, now_ns=self.clock)
        return EngageSync(
            **{
                "rest": rest,
                "cohorts": cohorts,
                "rules": rules,
                "state": state,
                "settle": 0.0,
                "consistency_gap": 0.0,
                **given,
            }
        )

    def run(self, calls: object, *, checkpoint: str | None = None, **options: Any) -> Report:
        """Start a process, run, and end it."""
        sync = self.sync(**options)
        try:
            return sync.run(calls, checkpoint=checkpoint)
        finally:
            close(sync)

    def sent(self, array: str = "attributes") -> list[Any]:  # Any: entries of /users/track
        """Every entry of an array that was sent so far."""
        bodies: list[Any] = [
            request.json for request in self.fake.requests if request.path == TRACK
        ]
        return [entry for body in bodies for entry in body.get(array, ())]

    @property
    def requests(self) -> int:
        return len(self.fake.requests)


def close(sync: EngageSync) -> None:
    """Close the state file of a sync that was given one."""
    assert sync._lasting is not None
    sync._lasting.state.close()
