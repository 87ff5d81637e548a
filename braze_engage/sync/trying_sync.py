"""What a sync can be tried with: one call explained or sent for a test, and keys probed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from braze_engage.sync.asking_sync import AskingSync
from braze_engage.sync.budget import Budget
from braze_engage.sync.debugger import Check, SentTest, send_test, verify_erase
from braze_engage.sync.one_call import OneCall, look_into

if TYPE_CHECKING:
    from braze_engage.engage.rules import EngageRules
    from braze_engage.objects import Verification
    from braze_engage.sync.decider import Decider
    from braze_engage.sync.explaining import Explanation

__all__ = ["TryingSync"]


class TryingSync(AskingSync):
    """A sync that says of one call what would be done with it, and tries what it works with."""

    _rules: EngageRules
    _decider: Decider

    def explain(self, call: object) -> Explanation:
        """Say how one call is read, what it becomes and which rule decides.

        Args:
            call: A call, as mapping or JSON text.

        Raises:
            TypeError: It holds more or fewer calls than one.
        """
        return self._look_into(call).explanation

    def _look_into(self, call: object) -> OneCall:
        return look_into(call, self._rules, self._decider, self._state, self._paused)

    def send_test(self, call: object) -> SentTest:
        """Send one call to ``/users/track`` for a test and show request and answer.

        It is sent for identified people only, whether or not it was sent before; memberships of
        cohorts are not. An accepted test counts as sent, so that `run` does not repeat it.

        Args:
            call: A call, as mapping or JSON text.

        Returns:
            The exchange without keys, or why nothing was sent and what to change.

        Raises:
            TypeError: It holds more or fewer calls than one.
        """
        with self._turn():
            reading, decision, found = self._look_into(call)
            limit = self._rules.data_point_budget
            sent = send_test(
                self._clients.rest,
                decision,
                found,
                self._state,
                reading.message_id,
                budget=Budget(limit, self._state, now_ns=time.time_ns),
            )
            if self._lasting is not None:
                self._lasting.state.commit()
            return sent

    def check(self) -> Check:
        """Probe the keys, the data center and cohort access; changes nothing.

        Returns:
            One verdict for each client; `Check.raise_for_refused` makes a refusal final.
        """
        found: list[Verification] = []
        if self._clients.rest is not None:
            found.append(self._clients.rest.verify())
        if self._clients.cohorts is not None:
            found.append(self._clients.cohorts.verify())
        if self._clients.erase is not None:
            found.append(verify_erase(self._clients.erase))
        return Check(tuple(found))
