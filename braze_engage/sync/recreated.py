"""Watches that one key stays one computation, and that what is retired stays silent."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from braze_engage.engage.calls import EngageCall
from braze_engage.engage.deliveries import Delivery
from braze_engage.sync.state_computations import KnownComputation

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.engage.calls import Computation, Unusable
    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.sqlite_state import SqliteState

__all__ = ["Recreated"]

_WATCHED: Final = 10_000
_SECOND_NS: Final = 1_000_000_000


class Recreated:
    """Compares the computations of a run with those that a state file knows.

    An audience that is deleted and made anew keeps its key and gets another id. Calls of the new
    one go through, and what the old one left in Braze stays there until it is retired. Calls of
    what was retired go through as well: whoever retired it is told, and nothing is lost.

    Of the first 10,000 computations; not safe for threads by itself.

    Args:
        state: The state file.
        rules: Tell which computations are ignored.
        writes: Whether what is new is written down; not by a run that only looks ahead.

    Attributes:
        warn: Told what is odd.
    """

    def __init__(self, state: SqliteState, rules: EngageRules, *, writes: bool = True) -> None:
        self._writes = writes
        self._state = state
        self._rules = rules
        self.warn: Callable[[str], None] = _tell_nobody
        self._known: dict[str, KnownComputation] = {}
        self._changed: set[str] = set()

    def begin(self) -> None:
        """Begin a run with what the file knows.

        Raises:
            StateError: The file cannot be read.
        """
        self._known = {one.id or f"({one.key})": one for one in self._state.computations()}
        self._changed.clear()

    def came(self, call: EngageCall | Unusable) -> None:
        """Take a call in.

        Args:
            call: The call.
        """
        if not isinstance(call, EngageCall):
            return
        computation = call.computation
        if computation is None or computation.id is None:
            return
        known = self._known.get(computation.id)
        if known is None:
            self._first(computation, computation.id, call.time_ns)
            return
        if known.key != computation.key:
            self._renamed(known, computation.key)
        if call.time_ns > known.last_ns:
            known.last_ns = call.time_ns
            self._changed.add(known.id)
        elif call.time_ns < known.first_ns:
            known.first_ns = call.time_ns
            self._changed.add(known.id)
        if known.retired_ns is not None and call.time_ns > known.retired_ns:
            self._again(known)

    def _first(self, computation: Computation, identifier: str, time_ns: int) -> None:
        rules, key, space_id = self._rules, computation.key, computation.space_id
        if rules.overrides.get(key) is Delivery.NONE or len(self._known) >= _WATCHED:
            return
        if rules.spaces is not None and space_id not in rules.spaces:
            return
        new = KnownComputation(
            id=identifier, key=key, space_id=space_id, first_ns=time_ns, last_ns=time_ns
        )
        others = self._others(new)
        self._known[identifier] = new
        if self._writes:
            self._state.put_computations([new])
        for other in others:
            self._beside(other, new)

    def _renamed(self, known: KnownComputation, key: str) -> None:
        """Take the key of a call: a full list may have had only a name to go by."""
        known.key = key
        self._changed.add(known.id)
        for other in self._others(known):
            self._beside(other, known)

    def _others(self, new: KnownComputation) -> list[KnownComputation]:
        # a full list says nothing of spaces, and unless rules name several there is one
        is_anywhere = new.space_id is None and self._rules.spaces is None
        return [
            one
            for one in self._known.values()
            if one is not new
            and one.key == new.key
            and (is_anywhere or one.space_id in (new.space_id, None))
        ]

    def _beside(self, other: KnownComputation, new: KnownComputation) -> None:
        if not other.id:
            if other.retired_ns is not None and new.last_ns > other.retired_ns:
                self._again(other)
            return
        old, young = sorted((other, new), key=lambda one: one.last_ns)
        said = (
            f"the key {new.key!r} comes under the computation ids {old.id} and {young.id}, the "
            "latter later, so it was created anew"
        )
        if old.retired_ns is None:
            said += f"; sync.retire({old.id!r}) takes out of Braze what {old.id} left there"
        self.warn(said)

    def _again(self, retired: KnownComputation) -> None:
        assert retired.retired_ns is not None
        day = datetime.fromtimestamp(retired.retired_ns // _SECOND_NS, timezone.utc).date()
        name = f"{retired.key!r} ({retired.id})" if retired.id else repr(retired.key)
        self.warn(
            f"the computation {name} was retired on {day}, and calls of it came that happened "
            "later; they went through. Delete it in Segment and retire it again, or take the mark "
            f"back with sync.revive({retired.id or retired.key!r})"
        )

    def write(self) -> None:
        """Note what changed, by the next commit."""
        self._state.put_computations(self._known[identifier] for identifier in self._changed)
        self._changed.clear()


def _tell_nobody(_: str) -> None:
    pass
