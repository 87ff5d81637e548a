"""Reads one call, decides about it and explains it, for those who ask about a single one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from braze_engage.engage.calls import read_item
from braze_engage.engage.rules import Repeats
from braze_engage.sync.explaining import explain
from braze_engage.sync.foreseeing import Foresight

if TYPE_CHECKING:
    from collections.abc import Collection

    from braze_engage.engage.calls import EngageCall, Unusable
    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.decider import Decider, Decision
    from braze_engage.sync.explaining import Explanation
    from braze_engage.sync.state import StateStore

__all__ = ["OneCall", "look_into"]


class OneCall(NamedTuple):
    """A call and what becomes of it.

    Args:
        reading: The call as it was read.
        decision: What the rules decide.
        explanation: That in words.
    """

    reading: EngageCall | Unusable
    decision: Decision
    explanation: Explanation


def look_into(
    call: object,
    rules: EngageRules,
    decider: Decider,
    state: StateStore,
    paused: Collection[str],
) -> OneCall:
    """Read, decide and explain one call.

    Args:
        call: A call, as mapping or JSON text.
        rules: The rules.
        decider: Applies them; left as it is.
        state: What is remembered.
        paused: Computation keys that are paused.

    Raises:
        TypeError: It holds more or fewer calls than one.
    """
    now_ns = time.time_ns()
    readings = read_item(call, now_ns=now_ns)
    if len(readings) != 1:
        raise TypeError(f"call: holds {len(readings)} calls; explain one at a time")
    reading = readings[0][1]
    decision = decider.copy().decide(reading, now_ns=now_ns)
    foresight = Foresight(
        state,
        suppress_repeats=rules.repeats is Repeats.SUPPRESS,
        paused=frozenset(paused),
    )
    found = explain(reading, decision, rules=rules, foresight=foresight, now_ns=now_ns)
    return OneCall(reading, decision, found)
