"""Erasing people: find every profile, delete it, and look whether it is gone.

https://www.braze.com/docs/api/endpoints/user_data/post_user_delete
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.errors import BrazeError, ConfigurationError
from braze_engage.limits import IDENTIFIERS_PER_REQUEST
from braze_engage.objects.models import model
from braze_engage.rest.users_export import ExportField, ExportUsersByIds, UsersExport
from braze_engage.rest.users_identity import DeleteUsers, UsersIdentity

if TYPE_CHECKING:
    from braze_engage.rest.exported_user import ExportedUser
    from braze_engage.rest.jobs import JobClient

__all__ = ["Erasure", "erase"]

_FIELDS: Final[Sequence[ExportField]] = ("braze_id", "external_id")
_LONGEST_PAUSE: Final = 30.0


@model(kw_only=True)
class Erasure:
    """The receipt of an erasure; it shows counts and times, not who it was.

    Args:
        asked: Identifiers given.
        found: Profiles found behind them.
        deleted: Profiles that Braze was told to delete.
        left: Braze ids of profiles that were still there at the last look.
        started_at: When it began.
        finished_at: When Braze was last asked.
    """

    asked: int
    found: int
    deleted: int
    left: tuple[str, ...] = attrs.field(repr=False)
    started_at: datetime
    finished_at: datetime

    @property
    def complete(self) -> bool:
        """Whether a last look found nobody."""
        return not self.left


def erase(
    client: "JobClient",
    *,
    email: str | None = None,
    external_ids: Iterable[str] = (),
    patience: float = 300.0,
) -> Erasure:
    """Delete everyone behind an address or some external ids, and look whether they are gone.

    Args:
        client: Carries the requests; a ``BrazeClient``.
        email: An address; every profile that has it is deleted.
        external_ids: Any number; deprecated ones stand for the person they belonged to.
        patience: Seconds to wait for the deletions to show.

    Raises:
        ConfigurationError: Not exactly one of both is given, or one is no identifier.
        BrazeError: As for the rows; what was done before is in its ``done``, an `Erasure`.
    """
    return _Eraser(client, _requests(email, external_ids)).run(patience)


def _requests(email: str | None, external_ids: Iterable[str]) -> list[ExportUsersByIds]:
    if isinstance(external_ids, str):
        raise ConfigurationError("external_ids is a list, also for one person: give [external_id]")
    ids = tuple(dict.fromkeys(external_ids))
    if (email is None) is (not ids):
        raise ConfigurationError(
            "an erasure needs email or external_ids, and takes only one of them"
        )
    if email is not None:
        return [ExportUsersByIds(email_address=email, fields_to_export=_FIELDS)]
    return [ExportUsersByIds(external_ids=one, fields_to_export=_FIELDS) for one in _lists(ids)]


def _lists(items: Sequence[str]) -> Iterable[Sequence[str]]:
    most = IDENTIFIERS_PER_REQUEST
    return (items[start : start + most] for start in range(0, len(items), most))


class _Eraser:
    """One erasure under way."""

    def __init__(self, client: "JobClient", requests: list[ExportUsersByIds]) -> None:
        self._client = client
        self._asked = sum(len(one.external_ids) or 1 for one in requests)
        self._pending = requests
        self._seen: set[str] = set()
        self._told: set[str] = set()
        self._left: tuple[str, ...] = ()
        self._started_at = self._now()

    def run(self, patience: float) -> Erasure:
        clock = self._client.clock
        ends, pause = clock.monotonic() + patience, 1.0
        try:
            while True:
                self._look()
                self._delete([one for one in self._left if one not in self._told])
                wait = min(pause, ends - clock.monotonic())
                if not self._left or wait <= 0:
                    return self._receipt()
                clock.sleep(wait)
                pause = min(2 * pause, _LONGEST_PAUSE)
        except BrazeError as error:
            vars(error)["done"] = self._receipt()
            raise

    def _look(self) -> None:
        """Find who is there; identifiers of nobody are not looked up again."""
        found: dict[str, None] = {}
        pending: list[ExportUsersByIds] = []
        for request in self._pending:
            users = self._client.perform(UsersExport.export_by_ids, request).value.users
            found.update(dict.fromkeys(map(_braze_id, users)))
            if users:
                pending.append(request)
        self._pending = pending
        self._left = tuple(found)
        self._seen.update(found)

    def _delete(self, braze_ids: Sequence[str]) -> None:
        for some in _lists(braze_ids):
            self._client.perform(UsersIdentity.delete, DeleteUsers(braze_ids=some))
            self._told.update(some)

    def _receipt(self) -> Erasure:
        return Erasure(
            asked=self._asked,
            found=len(self._seen),
            deleted=len(self._told),
            left=self._left,
            started_at=self._started_at,
            finished_at=self._now(),
        )

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._client.clock.now(), timezone.utc)


def _braze_id(user: "ExportedUser") -> str:
    found = user.braze_id or user.older_braze_id
    if found is None:
        raise BrazeError("Braze exported a profile without its braze_id, by which it is deleted")
    return found
