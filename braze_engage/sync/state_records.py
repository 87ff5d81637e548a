"""What a state file holds of runs: what is under way, and how far they came."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final

from braze_engage.sync.state_changes import StoredChanges
from braze_engage.sync.state_checkpoints import Checkpoints
from braze_engage.sync.state_journal import Journal, Once, Written
from braze_engage.sync.state_messages import delivery_bit
from braze_engage.sync.state_notes import Note, Notes
from braze_engage.sync.state_rows import DOUBTFUL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from braze_engage.engage.deliveries import Delivery
    from braze_engage.engage.identity import Identity
    from braze_engage.engage.outcomes import Reason
    from braze_engage.sync.state_checkpoints import Checkpoint
    from braze_engage.sync.state_db import Database, Row, Value
    from braze_engage.sync.state_hashes import Hashes
    from braze_engage.sync.state_people import People
    from braze_engage.sync.trail import Mark

__all__ = ["StoredRecords"]

_SECOND_NS: Final = 1_000_000_000
_ENTRY: Final = "INSERT INTO journal (id, owner, content) VALUES (?, ?, ?)"
_ERASE: Final = "DELETE FROM journal WHERE id = ?"
_MOVE: Final = (
    "UPDATE checkpoints SET position = ?, token = ?, fingerprint = ?, at = ? WHERE name = ?"
)


class StoredRecords(StoredChanges):
    """What a state file holds of runs; safe to use from threads.

    Args:
        database: The file.
        path: Where it lies.
        people: The rows of people.
        hashes: What stands there instead of what is hashed.
        now_ns: The clock, nanoseconds since the epoch.
        reassert_minutes: How long it is believed that Braze holds what it may have ignored.
    """

    def __init__(
        self,
        database: Database,
        path: Path,
        people: People,
        hashes: Hashes,
        *,
        now_ns: Callable[[], int],
        reassert_minutes: float,
    ) -> None:
        super().__init__(people, hashes, now_ns=now_ns, reassert_minutes=reassert_minutes)
        self.path = path
        self._db = database
        self._journal = Journal(database, hashes, path)
        self._checkpoints = Checkpoints(database, self._journal)
        self._notes = Notes(database, hashes)
        self._keys: dict[str, str] = {}
        self._later: list[tuple[str, Sequence[Value]]] = []

    @abstractmethod
    def commit(self) -> None:
        """Write down everything noted so far, in one transaction.

        Raises:
            StateError: It could not be written, now or before; nothing noted is forgotten.
        """

    def later(self, statement: str, values: Sequence[Value]) -> None:
        """Run a statement with the next `commit`.

        Args:
            statement: The statement.
            values: What its question marks stand for.
        """
        with self._lock:
            self._later.append((statement, values))
            self._noted()

    # ---- what is under way ----

    def may_refer(self, identity: Identity) -> bool:
        """Tell whether `reference` has anything to refer to or to note of a person.

        Args:
            identity: The person.
        """
        with self._lock:
            return not self._person(identity).is_empty

    def reference(self, subject: str, identity: Identity) -> Written | None:
        """Refer to a value that a request is about to change; None where none is known.

        Args:
            subject: A cohort or an attribute.
            identity: The person.
        """
        with self._lock:
            entry = self._entry(subject, identity)
            number = None if entry is None else self._people.subject(subject)
            if entry is None or number is None or entry.code == DOUBTFUL:
                return None
            return Written(self._person(identity).person, number)

    def write_ahead(self, once: Sequence[Once], written: Sequence[Written]) -> int:
        """Note what is about to leave, by the next commit.

        Args:
            once: What must not be sent again.
            written: Values that may change.

        Returns:
            A number for `erase`.

        Raises:
            StateError: The mark of this process cannot be made.
        """
        with self._lock:
            entry = self._journal.entry(once, written)
            self._later.append((_ENTRY, entry))
            return entry[0]

    def erase(self, number: int) -> None:
        """Note that nothing of something is under way any more, by the next commit.

        Args:
            number: What `write_ahead` gave.
        """
        with self._lock:
            self._later.append((_ERASE, (number,)))

    def recover(self) -> None:
        """Go through what was under way in processes that are no more.

        Raises:
            StateError: The file cannot be read or written.
        """
        with self._lock:
            self.commit()
            self._journal.recover(self._now_ns())
            self._people.forget()

    def is_lost(self, delivery: Delivery, known_as: str) -> bool:
        """Tell whether something was under way when a process ended, and so must not go again.

        Args:
            delivery: A single delivery.
            known_as: What the call is remembered by.
        """
        with self._lock:
            return self._journal.is_lost(delivery_bit(delivery), known_as)

    def found(self, known_as: str) -> None:
        """Note that the call of something lost has turned up, so that its letter says all.

        Args:
            known_as: What the call is remembered by.
        """
        with self._lock:
            self.later("DELETE FROM lost WHERE message = ?", (self._journal.found(known_as),))

    def lost_rows(self) -> list[Row]:
        """List what was lost and has not turned up: message id, delivery, seconds since 1970.

        Raises:
            StateError: The file cannot be read.
        """
        with self._lock:
            return self._db.rows("SELECT message_id, delivery, at FROM lost ORDER BY at DESC")

    def forget_lost(self) -> None:
        """Forget what was lost, by the next commit; it is not sent again."""
        self.later("DELETE FROM lost", ())

    # ---- what became of last calls ----

    def take_note(self, identity: Identity, key: str, reason: Reason, rule: str) -> None:
        """Note what became of the last call of a person and a computation, by the next commit.

        Args:
            identity: The person.
            key: The computation key.
            reason: Why it ended so.
            rule: The rule that decided.
        """
        with self._lock:
            note = Note(reason.value, rule, self._now_ns() // _SECOND_NS)
            self._notes.take(identity, key, note)
            self._noted()

    def note(self, identity: Identity, key: str) -> Note | None:
        """Look up what became of the last call of a person and a computation.

        Args:
            identity: The person.
            key: The computation key.

        Raises:
            StateError: The file cannot be read.
        """
        with self._lock:
            return self._notes.find(identity, key)

    # ---- how far runs came ----

    def take_checkpoint(self, name: str) -> Mark | None:
        """Take a checkpoint for a run, and make it where there is none.

        Args:
            name: Its name.

        Returns:
            How far earlier runs came, None where there were none.

        Raises:
            ConfigurationError: A run that is under way uses it.
            StateError: The file cannot be read or written.
        """
        with self._lock:
            return self._checkpoints.take(name, self._now_ns() // _SECOND_NS)

    def check_checkpoint(self, name: str) -> None:
        """Refuse a checkpoint that a run uses.

        Args:
            name: Its name.

        Raises:
            ConfigurationError: A run that is under way uses it.
            StateError: The file cannot be read.
        """
        with self._lock:
            self._checkpoints.check_free(name)

    def move_checkpoint(self, name: str, mark: Mark) -> None:
        """Move a checkpoint, by the next commit.

        Args:
            name: Its name.
            mark: What is dealt with.
        """
        self.later(_MOVE, (*mark, self._now_ns() // _SECOND_NS, name))

    def release_checkpoint(self, name: str) -> None:
        """Let other runs take a checkpoint, by the next commit.

        Args:
            name: Its name.
        """
        with self._lock:
            self._checkpoints.let_go(name)
            self.later("UPDATE checkpoints SET owner = '' WHERE name = ?", (name,))

    def forget_checkpoint(self, name: str) -> None:
        """Forget a checkpoint, by the next commit.

        Args:
            name: Its name.
        """
        with self._lock:
            self._checkpoints.let_go(name)
            self.later("DELETE FROM checkpoints WHERE name = ?", (name,))

    def checkpoint(self, name: str) -> Checkpoint | None:
        """Look a checkpoint up; None where there is none.

        Args:
            name: Its name.

        Raises:
            StateError: The file cannot be read.
        """
        with self._lock:
            return self._checkpoints.find(name)
