"""What was sent and what is scheduled, of one campaign, one Canvas, or by messages of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from braze_engage.testing.values import JsonObject, as_object, new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@attrs.frozen(kw_only=True)
class Send:
    """One transmission.

    Args:
        dispatch_id: Names it.
        time: When the request came.
        request: Its body.
        recipients: Those it named, each once; whether there are such people is not looked at.
    """

    dispatch_id: str
    time: datetime
    request: JsonObject
    recipients: Sequence[JsonObject] = ()

    @property
    def broadcast(self) -> bool:
        """Whether it went to a whole audience."""
        return self.request.get("broadcast") is True

    @property
    def send_id(self) -> str | None:
        """What tracks it apart, if anything."""
        given = self.request.get("send_id")
        return str(given) if given else self.dispatch_id if self.broadcast else None


@attrs.define(kw_only=True)
class Scheduled:
    """A send that waits; it stays here when its time has come.

    Args:
        schedule_id: Names the schedule.
        dispatch_id: Names the transmission.
        schedule: Its time and how that is meant.
        request: Body of the request that made it, changed by updates.
        recipients: Those it named, each once.
    """

    schedule_id: str
    dispatch_id: str
    schedule: JsonObject
    request: JsonObject
    recipients: Sequence[JsonObject] = ()


@attrs.define(kw_only=True)
class Outbox:
    """Sends in their order, and schedules by id.

    Args:
        id: Whose they are.
        sends: What was sent.
        schedules: What is scheduled, until it is deleted.
    """

    id: str
    sends: list[Send] = attrs.field(factory=list[Send])
    schedules: dict[str, Scheduled] = attrs.field(factory=dict[str, Scheduled])
    _made: int = attrs.field(default=0, init=False, repr=False)

    def send(self, now: datetime, body: JsonObject, recipients: Sequence[JsonObject] = ()) -> Send:
        """Record a send.

        Args:
            now: When.
            body: The request.
            recipients: Those it names.
        """
        made = Send(
            dispatch_id=self._new_id("dispatch"), time=now, request=body, recipients=recipients
        )
        self.sends.append(made)
        return made

    def schedule(self, body: JsonObject, recipients: Sequence[JsonObject] = ()) -> Scheduled:
        """Record a schedule.

        Args:
            body: The request.
            recipients: Those it names.
        """
        made = Scheduled(
            schedule_id=self._new_id("schedule"),
            dispatch_id=self._new_id("dispatch"),
            schedule=as_object(body["schedule"]),
            request=body,
            recipients=recipients,
        )
        self.schedules[made.schedule_id] = made
        return made

    def _new_id(self, kind: str) -> str:
        self._made += 1
        return new_id(f"{kind} of {self.id}", self._made)
