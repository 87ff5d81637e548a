"""What is done with cohorts, whoever sends it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime, timezone
from typing import TYPE_CHECKING, TypeVar

import attrs

from braze_engage.cohorts.changes import CohortReply, CohortWrite, PartnerCohorts
from braze_engage.cohorts.cutting import cut
from braze_engage.cohorts.identifiers import listed
from braze_engage.cohorts.names import CohortNames
from braze_engage.errors import BadRequest, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from braze_engage.cohorts.changes import CohortChange
    from braze_engage.cohorts.identifiers import AliasLike
    from braze_engage.operation import Operation, Reply

__all__ = ["CohortWriter"]

R = TypeVar("R")


class CohortWriter(ABC):
    """Names, fills and empties cohorts; a client is one that can send.

    Args:
        partner: The partner's name in Braze's paths.
        now: Tells the time, in seconds since the epoch.
    """

    def __init__(self, partner: str, now: Callable[[], float]) -> None:
        self._partner = partner
        self._now = now
        self._names = CohortNames()

    @abstractmethod
    def perform(self, operation: Operation[..., R], request: object) -> Reply[R]:
        """Send one request of a row and read its answer.

        Args:
            operation: The row.
            request: An instance of its request class.
        """

    @property
    def partner(self) -> str:
        """The partner's name in Braze's paths."""
        return self._partner

    @property
    def _rows(self) -> PartnerCohorts:
        return PartnerCohorts(self)

    def name(self, cohort_id: str, name: str, *, created_at: datetime | None = None) -> CohortReply:
        """Register a cohort, or rename it. No derived name replaces this one later.

        Args:
            cohort_id: Id of the cohort, never to change.
            name: What the dashboard shows.
            created_at: When the cohort came to be; now by default, naive times are UTC.

        Raises:
            ConfigurationError: An argument is unusable; nothing was sent.
            TransportError: No whole answer arrived; the call may be repeated.
            ResponseError: Braze refused.
        """
        reply = self._names.give(
            cohort_id,
            name,
            lambda: self._send_name(cohort_id, name, created_at),
            explicit=True,
            again=True,
        )
        assert reply is not None, "it was to be sent again"
        return reply

    def ensure_named(
        self,
        cohort_id: str,
        name: str,
        *,
        created_at: datetime | None = None,
        explicit: bool = False,
    ) -> bool:
        """Register a cohort under a name unless this client did so before.

        Args:
            cohort_id: Id of the cohort, never to change.
            name: What the dashboard shows.
            created_at: When the cohort came to be; now by default, naive times are UTC.
            explicit: Whether somebody chose the name. A derived one, such as a computation key,
                leaves an explicit one alone.

        Returns:
            Whether a request was sent.

        Raises:
            ConfigurationError: An argument is unusable; nothing was sent.
            TransportError: No whole answer arrived; the call may be repeated.
            ResponseError: Braze refused.
        """
        reply = self._names.give(
            cohort_id,
            name,
            lambda: _taken(self._send_name(cohort_id, name, created_at)),
            explicit=explicit,
            again=False,
        )
        return reply is not None

    def is_named(self, cohort_id: str, name: str, *, explicit: bool = False) -> bool:
        """Tell whether `ensure_named` would send nothing.

        Args:
            cohort_id: Id of the cohort.
            name: What the dashboard is to show.
            explicit: Whether somebody chose the name.
        """
        return self._names.covers(cohort_id, name, explicit=explicit)

    def recall_name(self, cohort_id: str, name: str, *, explicit: bool = False) -> None:
        """Take it that a cohort was registered under a name before, as by another process.

        Args:
            cohort_id: Id of the cohort.
            name: What the dashboard shows.
            explicit: Whether somebody chose the name.
        """
        self._names.recall(cohort_id, name, explicit=explicit)

    def change(self, cohort_id: str, changes: Iterable[CohortChange]) -> CohortReply:
        """Add people to a cohort and take people out of it, in one request.

        Braze ignores people it does not know, without saying so.

        Args:
            cohort_id: Id of a cohort that has a name.
            changes: At least one, with at most 1,000 identifiers together; nobody both added and
                removed.

        Returns:
            What Braze said. Look at ``errors``: what an accepted request complains of is no
            exception.

        Raises:
            ConfigurationError: The changes break a rule; nothing was sent.
            TransportError: No whole answer arrived; the call may be repeated.
            ResponseError: Braze refused.
        """
        given = tuple(listed(changes, "changes"))
        if not given:
            raise ConfigurationError("changes: give at least one CohortChange")
        reply = self._rows.update_users.reply(
            partner=self._partner, cohort_id=cohort_id, cohort_changes=given
        )
        return attrs.evolve(reply.value, status=reply.status)

    def add(
        self,
        cohort_id: str,
        *,
        user_ids: Iterable[str] = (),
        device_ids: Iterable[str] = (),
        aliases: Iterable[AliasLike] = (),
    ) -> CohortWrite:
        """Add any number of people to a cohort, in as many requests as that takes.

        The identifiers are taken as they are sent, so an iterator may be of any length.

        Args:
            cohort_id: Id of a cohort that has a name.
            user_ids: External ids.
            device_ids: Braze device ids; those of identified people are ignored.
            aliases: `UserAlias` or pairs ``(alias_name, alias_label)``.

        Raises:
            BrazeError: As for `change`. What was accepted before is in the exception's ``done``, a
                `CohortWrite`; so it is where an iterator of yours raises.
        """
        return self._write(
            cohort_id, cut(user_ids=user_ids, device_ids=device_ids, aliases=aliases)
        )

    def remove(
        self,
        cohort_id: str,
        *,
        user_ids: Iterable[str] = (),
        device_ids: Iterable[str] = (),
        aliases: Iterable[AliasLike] = (),
    ) -> CohortWrite:
        """Take any number of people out of a cohort, in as many requests as that takes.

        Args:
            cohort_id: Id of a cohort that has a name.
            user_ids: External ids.
            device_ids: Braze device ids.
            aliases: `UserAlias` or pairs ``(alias_name, alias_label)``.

        Raises:
            BrazeError: As for `add`.
        """
        changes = cut(user_ids=user_ids, device_ids=device_ids, aliases=aliases, should_remove=True)
        return self._write(cohort_id, changes)

    def _send_name(self, cohort_id: str, name: str, created_at: datetime | None) -> CohortReply:
        now = datetime.fromtimestamp(self._now(), timezone.utc)
        reply = self._rows.create.reply(
            partner=self._partner, cohort_id=cohort_id, name=name, created_at=created_at or now
        )
        return attrs.evolve(reply.value, status=reply.status)

    def _write(self, cohort_id: str, changes: Iterator[CohortChange]) -> CohortWrite:
        done = CohortWrite()
        try:
            for change in changes:
                reply = self.change(cohort_id, (change,))
                done = CohortWrite(
                    done.ids + len(change), done.requests + 1, done.errors + reply.errors
                )
        except BaseException as error:
            vars(error)["done"] = done
            raise
        return done


def _taken(reply: CohortReply) -> CohortReply:
    # The caller gets no reply to look at, so what is a value elsewhere is an exception here.
    if reply.errors:
        raise BadRequest(
            reply.message or "no message",
            status=reply.status,
            method=PartnerCohorts.create.method,
            path=PartnerCohorts.create.path,
            errors=reply.errors,
            hint="Braze accepted the request, but not the name",
        )
    return reply
