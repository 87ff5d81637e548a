"""What a sync with a state file does beyond one in memory."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from braze_engage.errors import ConfigurationError, StateError
from braze_engage.sync.keeping import FileKeeper, Keeper, LookingKeeper
from braze_engage.sync.kept_calls import FileHolding
from braze_engage.sync.letters import Letters
from braze_engage.sync.missing_users import is_known_to_braze
from braze_engage.sync.recreated import Recreated
from braze_engage.sync.resuming import Progress
from braze_engage.sync.state_turn import Turn
from braze_engage.sync.why import why

if TYPE_CHECKING:
    from collections.abc import Callable

    from braze_engage.engage.identity import Identity
    from braze_engage.engage.rules import EngageRules
    from braze_engage.rest.client import BrazeClient
    from braze_engage.sync.assembly import Clients
    from braze_engage.sync.sqlite_state import SqliteState
    from braze_engage.sync.why import Why

__all__ = ["Lasting", "checkpoint_name"]


def checkpoint_name(value: object) -> str:
    """Check the name of a checkpoint.

    Args:
        value: What was given.

    Raises:
        ConfigurationError: It is no text, or an empty one.
    """
    if isinstance(value, str) and value:
        return value
    raise ConfigurationError(
        f"checkpoint: got {type(value).__name__}; give it a name, such as checkpoint='nightly'"
    )


class Lasting:
    """A state file and what belongs to it.

    Args:
        state: The file.
        rules: The rules of the sync.
        clients: The clients of the sync.
        workspace: Name of the workspace, None where it has none.
        repeats_lost: Whether events are sent again when nobody knows if Braze took them.

    Raises:
        ConfigurationError: The file belongs to another host or workspace.
    """

    def __init__(
        self,
        state: SqliteState,
        rules: EngageRules,
        clients: Clients,
        *,
        workspace: str | None,
        repeats_lost: bool,
    ) -> None:
        self.state = state
        self.letters = Letters(state, rules)
        self._rules = rules
        self.holding = FileHolding(self.letters)
        self._cohorts = clients.cohorts
        self._repeats_lost = repeats_lost
        self.turn = Turn(state.path, timeout=state.turn_timeout)
        self._recreated = Recreated(state, rules)
        given = (clients.rest, clients.cohorts, clients.erase)
        hosts = {client.data_center.rest_url for client in given if client is not None}
        state.bind(hosts=hosts, workspace=workspace)
        self._recall_names()

    def _recall_names(self) -> None:
        if self._cohorts is None:
            return
        try:
            names = self.state.cohort_names()
        except StateError as error:
            raise ConfigurationError(str(error)) from None
        for cohort_id, name, explicit in names:
            self._cohorts.recall_name(cohort_id, name, explicit=explicit)

    def begin(self, checkpoint: str | None) -> Progress | None:
        """Begin a run: write down what could not be written before, and look what was left behind.

        Args:
            checkpoint: Name of the checkpoint, None for a run without.

        Returns:
            How far the source has been dealt with; None without a checkpoint.

        Raises:
            ConfigurationError: A run that is under way uses the checkpoint.
            StateError: The state file cannot be read or written.
        """
        self.state.try_again()
        self.state.recover()
        self._recreated.begin()
        return None if checkpoint is None else Progress(self.state, checkpoint)

    def looking_keeper(self, warn: Callable[[str], None]) -> Keeper:
        """Make what a run that only looks ahead watches computations with.

        Args:
            warn: Told what is odd.
        """
        recreated = Recreated(self.state, self._rules, writes=False)
        recreated.warn = warn
        try:
            recreated.begin()
        except StateError:
            # the next run says what is wrong with the file; a plan reads what it can
            return Keeper()
        return LookingKeeper(recreated)

    def why(self, person: str | Identity, key: str, rest: BrazeClient | None) -> Why:
        """Say in words what is known last of one person and one computation.

        Args:
            person: An identifier of the person, of whatever kind.
            key: The computation key, or the id of a cohort.
            rest: Asks Braze whether it knows the person; None asks nobody.

        Raises:
            StateError: The state file cannot be read.
        """
        is_known = None if rest is None else partial(is_known_to_braze, rest)
        return why(self.state, self._rules, person=person, key=key, is_known=is_known)

    def keeper(self, progress: Progress | None) -> Keeper:
        """Make what a run writes things down with.

        Args:
            progress: How far the source has been dealt with; None without a checkpoint.
        """
        return FileKeeper(
            self.state,
            self.letters,
            progress=progress,
            recreated=self._recreated,
            repeats_lost=self._repeats_lost,
        )
