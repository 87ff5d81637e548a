"""Campaigns and Canvases of the fake workspace. Knows no HTTP."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

import attrs

from braze_engage.testing.outbox import Outbox, Scheduled, Send
from braze_engage.testing.values import JsonObject, as_object, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime


@attrs.define(kw_only=True)
class Launch(Outbox):
    """What campaigns and Canvases have in common; a test may change it at any time.

    Args:
        name: Its name.
        created_at: When it was made.
        updated_at: When it was last changed.
        description: Its description.
        tags: Tags.
        teams: Teams it belongs to.
        archived: Whether it is archived.
        draft: Whether it is a draft.
        enabled: False is paused.
        has_post_launch_draft: Whether there is a draft made after launch.
        schedule_type: How it is started.
        next_send_time: When the dashboard will send it.
        links: Link aliases by id of the message variation, as they are answered.
    """

    name: str
    created_at: datetime
    updated_at: datetime
    description: str = ""
    tags: list[str] = attrs.field(factory=list[str])
    teams: list[str] = attrs.field(factory=list[str])
    archived: bool = False
    draft: bool = False
    enabled: bool = True
    has_post_launch_draft: bool = False
    schedule_type: str = "action_based"
    next_send_time: datetime | None = None
    links: dict[str, list[JsonObject]] = attrs.field(factory=dict[str, list[JsonObject]])


@attrs.define(kw_only=True)
class Campaign(Launch):
    """One campaign.

    Args:
        is_api_campaign: Whether messages come with requests.
        transactional: Whether it is for transactional messages.
        messages: Message variations by id, as they are answered; ``channel`` must be there.
        conversion_behaviors: What counts as a conversion, as it is answered.
    """

    is_api_campaign: bool = False
    transactional: bool = False
    messages: dict[str, JsonObject] = attrs.field(factory=dict[str, JsonObject])
    conversion_behaviors: list[JsonObject] = attrs.field(factory=list[JsonObject])


@attrs.define(kw_only=True)
class Canvas(Launch):
    """One Canvas.

    Args:
        variants: Variants, as they are answered; ``id`` must be there.
        steps: Steps, as they are answered; ``id`` must be there.
    """

    variants: list[JsonObject] = attrs.field(factory=list[JsonObject])
    steps: list[JsonObject] = attrs.field(factory=list[JsonObject])

    @property
    def messages(self) -> dict[str, JsonObject]:
        """Message variations of all steps, by id."""
        steps = [as_object(step.get("messages")) for step in self.steps]
        return {key: as_object(value) for step in steps for key, value in step.items()}


L = TypeVar("L", bound=Launch)


class Launches(Mapping[str, L]):
    """Campaigns or Canvases by API identifier, oldest first.

    Args:
        make: Their class.
        now: Tells the time.
    """

    def __init__(self, make: type[L], now: Callable[[], datetime]) -> None:
        self._make = make
        self._now = now
        self._by_id: dict[str, L] = {}

    def __getitem__(self, key: str) -> L:
        return self._by_id[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, name: str, *, tags: Iterable[str] = ()) -> L:
        """Put one into the workspace; everything else about it may be set afterwards.

        Args:
            name: Its name.
            tags: Tags.
        """
        now = self._now()
        made = self._make(
            id=self._new_id(), name=name, created_at=now, updated_at=now, tags=list(tags)
        )
        return self._put(made)

    def duplicate(self, original: L, name: str) -> L:
        """Put a copy into the workspace, of which nothing was sent.

        Args:
            original: Which one.
            name: Name of the copy.
        """
        made = copy.deepcopy(original)
        made.id, made.name = self._new_id(), name
        made.created_at = made.updated_at = self._now()
        made.sends, made.schedules = list[Send](), dict[str, Scheduled]()
        return self._put(made)

    def _new_id(self) -> str:
        return new_id(self._make.__name__, len(self._by_id))

    def _put(self, made: L) -> L:
        self._by_id[made.id] = made
        return made
