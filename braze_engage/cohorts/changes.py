"""Cohort changes, their limits, and the two endpoints of Braze's partner cohort import."""

from collections.abc import Iterable
from typing import Final

import attrs

from braze_engage.cohorts.identifiers import (
    AliasLike,
    aliases_in,
    device_ids_in,
    listed,
    user_ids_in,
)
from braze_engage.errors import ConfigurationError
from braze_engage.limits import COHORT_IDS, REQUEST_BYTES
from braze_engage.objects import UserAlias
from braze_engage.objects.checks import check_bytes, check_flag, refused
from braze_engage.objects.times import time_text
from braze_engage.objects.values import is_list, is_mapping
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "ChangeCohort",
    "CohortChange",
    "CohortReply",
    "CohortWrite",
    "NameCohort",
    "PartnerCohorts",
]

_DOCS: Final = "https://www.braze.com/docs/cohort_import"
_BUCKET: Final = "partner_cohorts"
_ACCEPTED: Final = frozenset({"", "success", "queued", "created", "ok"})


def _user_id_tuple(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(user_ids_in(values))


def _device_id_tuple(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(device_ids_in(values))


def _alias_tuple(values: Iterable[AliasLike]) -> tuple[UserAlias, ...]:
    return tuple(aliases_in(values))


@attrs.frozen(kw_only=True)
class CohortChange:
    """People to put into a cohort, or to take out of it.

    Args:
        user_ids: External ids, each a string of at most 987 bytes.
        device_ids: Braze device ids; Braze ignores those of identified users.
        aliases: `UserAlias` or pairs ``(alias_name, alias_label)``, at most 236 bytes each.
        should_remove: True takes them out; it holds for the whole change.

    Raises:
        ConfigurationError: An identifier is unusable, or there is none.

    https://www.braze.com/docs/cohort_import
    """

    user_ids: tuple[str, ...] = attrs.field(default=(), converter=_user_id_tuple)
    device_ids: tuple[str, ...] = attrs.field(default=(), converter=_device_id_tuple)
    aliases: tuple[UserAlias, ...] = attrs.field(default=(), converter=_alias_tuple)
    should_remove: bool = False

    def __attrs_post_init__(self) -> None:
        check_flag("CohortChange.should_remove", self.should_remove)
        if not len(self):
            raise ConfigurationError("a CohortChange needs at least one identifier")

    def __len__(self) -> int:
        return len(self.user_ids) + len(self.device_ids) + len(self.aliases)


@attrs.frozen
class CohortReply:
    """What Braze said about an accepted request.

    Args:
        message: Braze's own word, usually ``success``.
        status: HTTP status, a 2xx.
        errors: What Braze did not take although it accepted the request; also its message where
            that does not speak of success. These are values, not exceptions: look at them.
    """

    message: str = ""
    status: int = 0
    errors: tuple[object, ...] = ()

    @classmethod
    def from_wire(cls, answer: object) -> "CohortReply":
        """Read the body of a 2xx, whatever it is: Braze documents no more than ``message``.

        Args:
            answer: JSON, or None where there was none.
        """
        if answer is None:
            return cls()
        if not is_mapping(answer):
            return cls(errors=("the answer is no JSON object",))
        message, found = answer.get("message"), answer.get("errors")
        message = message if isinstance(message, str) else ""
        errors = tuple(found) if is_list(found) else () if found is None else (found,)
        if not errors and message.strip().lower() not in _ACCEPTED:
            errors = (message,)
        return cls(message=message, errors=errors)


@attrs.frozen
class CohortWrite:
    """What Braze accepted of a list of any length.

    Args:
        ids: Number of identifiers in accepted requests.
        requests: Number of accepted requests.
        errors: What the accepted requests complained of, see `CohortReply`.
    """

    ids: int = 0
    requests: int = 0
    errors: tuple[object, ...] = ()


def _non_empty(_: object, attribute: "attrs.Attribute[str]", value: object) -> None:
    check_bytes(attribute.name, value, REQUEST_BYTES)


def _change_tuple(changes: Iterable[CohortChange]) -> tuple[CohortChange, ...]:
    given = tuple(listed(changes, "cohort_changes"))
    for position, change in enumerate(given):
        _check_change(f"cohort_changes[{position}]", change)
    return given


def _check_change(field: str, change: object) -> None:
    if not isinstance(change, CohortChange):
        raise refused(field, change, "give a CohortChange")


def _people(changes: Iterable[CohortChange], *, removed: bool) -> set[tuple[str, object]]:
    found: set[tuple[str, object]] = set()
    for change in changes:
        if change.should_remove is removed:
            found.update(("user_ids", value) for value in change.user_ids)
            found.update(("device_ids", value) for value in change.device_ids)
            found.update(("aliases", value) for value in change.aliases)
    return found


@attrs.frozen(kw_only=True)
class NameCohort:
    """Register a cohort under a name, or rename it.

    Args:
        partner: The partner's name in Braze's paths, such as ``segment``.
        cohort_id: Id of the cohort, never to change.
        name: What the dashboard shows.
        created_at: When the cohort came to be, as a datetime (naive ones are UTC) or ISO 8601 text.
    """

    partner: str = attrs.field(validator=_non_empty)
    cohort_id: str = attrs.field(validator=_non_empty)
    name: str = attrs.field(validator=_non_empty)
    created_at: str = attrs.field(converter=time_text)


@attrs.frozen(kw_only=True)
class ChangeCohort:
    """Add people to a cohort and take people out of it, in one request.

    Args:
        partner: The partner's name in Braze's paths, such as ``segment``.
        cohort_id: Id of a cohort that has a name.
        cohort_changes: At most 1,000 identifiers over all changes; nobody both added and removed.

    Raises:
        ConfigurationError: There are too many, or somebody is both added and removed.
    """

    partner: str = attrs.field(validator=_non_empty)
    cohort_id: str = attrs.field(validator=_non_empty)
    cohort_changes: tuple[CohortChange, ...] = attrs.field(converter=_change_tuple)

    def __attrs_post_init__(self) -> None:
        total = sum(map(len, self.cohort_changes))
        if total > COHORT_IDS:
            raise ConfigurationError(
                f"{total} identifiers in one request; Braze takes at most {COHORT_IDS}: "
                "add() and remove() cut a list of any length"
            )
        both = _people(self.cohort_changes, removed=True)
        if both and (both := both & _people(self.cohort_changes, removed=False)):
            # The order Braze would apply them in is undefined.
            raise ConfigurationError(
                f"{len(both)} identifier(s) of {', '.join(sorted({kind for kind, _ in both}))} are "
                "both added and removed in one request: keep the newer change of each"
            )


class PartnerCohorts(Family):
    """Partner cohort import: the keys travel in the body, put there by the client."""

    group = "partner_cohorts"

    create = Operation(
        "POST",
        "/partners/{partner}/cohorts",
        NameCohort,
        CohortReply,
        bucket=_BUCKET,
        replay=Replay.ALWAYS,
        permission=None,
        credential="partner key",
        docs=_DOCS,
    )
    """Register or rename a cohort."""

    update_users = Operation(
        "POST",
        "/partners/{partner}/cohorts/users",
        ChangeCohort,
        CohortReply,
        bucket=_BUCKET,
        replay=Replay.ALWAYS,
        permission=None,
        credential="partner key",
        docs=_DOCS,
    )
    """Add users to a cohort or remove them."""
