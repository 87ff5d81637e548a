"""One person and one computation: the last thing known, in words for a marketer."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.identity import Identity
from braze_engage.engage.outcomes import REASONS, Outcome, Reason
from braze_engage.sync.known import attribute_subject, cohort_subject
from braze_engage.sync.letters import Letters
from braze_engage.sync.state_rows import DOUBTFUL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.letters import Kept
    from braze_engage.sync.sqlite_state import SqliteState
    from braze_engage.sync.state_rows import Entry

__all__ = ["Why", "why"]

_KINDS: Final = ("external_id", "braze_id", "device_id", "email", "phone")
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
_MINUTE: Final = 60
_MEMBER: Final = {b"\xf1": "in the audience", b"\xf2": "not in the audience"}
_NOT_READABLE: Final = (
    "Braze cannot be asked, since it shows no members of cohorts. It ignores people whom it does "
    "not know at that moment."
)
_NEVER: Final = "Nothing of it was received for this person, as far as this state file goes back."


@attrs.frozen(kw_only=True)
class Why:
    """The last thing known of one person and one computation.

    Args:
        key: The computation key.
        outcome: What became of the last call that tells; None where none was received.
        reason: Why; None likewise.
        at: When; None where it is not known.
        text: It in words.
        also: What else is known, the last first.
    """

    key: str
    outcome: Outcome | None
    reason: Reason | None
    at: datetime | None
    text: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join((f"{self.key}: {self.text}", *(f"also: {text}" for text in self.also)))


class _Fact(NamedTuple):
    seconds: int
    rank: int
    reason: Reason
    text: str


def why(state: SqliteState, rules: EngageRules, *, person: str | Identity, key: str) -> Why:
    """Say what is known last of one person and one computation.

    Args:
        state: The state file.
        rules: Tell what is ignored, and which attribute a computation is written to.
        person: An identifier of whatever kind, or an identity.
        key: The computation key, or the id of a cohort.

    Raises:
        StateError: The file cannot be read.
    """
    seconds, letters = state.seconds, Letters(state, rules)
    identities = (
        [Identity(kind, person) for kind in _KINDS] if isinstance(person, str) else [person]
    )
    for identity in identities:
        found = sorted(_facts(state, letters, rules, identity, key, seconds), reverse=True)
        if found:
            last = found[0]
            return Why(
                key=key,
                outcome=last.reason.outcome,
                reason=last.reason,
                at=datetime.fromtimestamp(last.seconds, timezone.utc) if last.seconds else None,
                text=last.text,
                also=tuple(fact.text for fact in found[1:]),
            )
    ignored = rules.overrides.get(key)
    also = (f'The rule overrides["{key}"] ignores it.',) if ignored is Delivery.NONE else ()
    return Why(key=key, outcome=None, reason=None, at=None, text=_NEVER, also=also)


def _facts(
    state: SqliteState,
    letters: Letters,
    rules: EngageRules,
    identity: Identity,
    key: str,
    now: int,
) -> Iterator[_Fact]:
    for table, number in state.kept_of(identity):
        for kept in letters.read(table, [number]):
            if kept.key == key:
                yield _of_kept(kept, now)
    note = state.note(identity, key)
    if note is not None:
        reason = REASONS[note.reason]
        yield _Fact(note.seconds, 1, reason, _note_text(reason, note.rule, now - note.seconds))
    for name in (key, *_fields(rules, key)):
        entry = state.entry(attribute_subject(name), identity)
        if entry is not None:
            yield _of_attribute(entry, now)
    for cohort_id in (key, *state.cohorts_of(key)):
        entry = state.entry(cohort_subject(cohort_id), identity)
        if entry is not None:
            yield _of_membership(entry, now)
    deleted_ns = state.deleted_ns(identity)
    if deleted_ns is not None:
        yield _Fact(
            0,
            0,
            Reason.PERSON_DELETED,
            "The person was deleted; what happened before is never written again.",
        )


def _fields(rules: EngageRules, key: str) -> Iterator[str]:
    """The profile fields that a computation is written to."""
    for field, paths in rules.profile_fields.items():
        alternatives = (paths,) if isinstance(paths, str) else paths
        if any(str(path).endswith(f".{key}") for path in alternatives):
            yield field


def _of_kept(kept: Kept, now: int) -> _Fact:
    ago = _ago(now - kept.seconds)
    reason = kept.reason
    if reason.outcome is Outcome.HELD:
        text = f"Held back {ago}, because {reason.text}; it is sent by release({reason.value!r})."
    elif reason.outcome is Outcome.REJECTED:
        text = f"Braze refused it {ago}: {kept.detail}."
    elif reason.outcome is Outcome.UNKNOWN:
        text = f"Sent {ago}, and the answer was lost, so nobody knows whether Braze has it."
    else:
        text = f"Not sent {ago} ({reason.outcome.value}): {kept.detail}."
    return _Fact(kept.seconds, 3, reason, text)


def _note_text(reason: Reason, rule: str, age: int) -> str:
    if reason is Reason.ACCEPTED:
        return f"Sent as an event {_ago(age)}; Braze accepted it."
    if reason.outcome is Outcome.SUPERSEDED:
        return f"The call that came last, {_ago(age)}, was not sent: {reason.text}."
    return f"Left out {_ago(age)} by the rule {rule}: {reason.text}."


def _of_attribute(entry: Entry, now: int) -> _Fact:
    if entry.code == DOUBTFUL:
        return _doubtful(entry)
    text = f"Sent {_sent(entry, now)}; Braze accepted it."
    if not entry.sure:
        text += " If Braze did not know the person then, it ignored it."
    return _Fact(entry.minute * _MINUTE, 2, Reason.ACCEPTED, text)


def _of_membership(entry: Entry, now: int) -> _Fact:
    if entry.code == DOUBTFUL:
        return _doubtful(entry)
    member = _MEMBER.get(entry.code, "of an unknown state")
    text = f"Sent to the cohort {_sent(entry, now)}, as {member}. {_NOT_READABLE}"
    return _Fact(entry.minute * _MINUTE, 2, Reason.ACCEPTED, text)


def _doubtful(entry: Entry) -> _Fact:
    text = "A value was sent and the answer was lost; the next call is sent whatever it says."
    return _Fact(entry.minute * _MINUTE, 2, Reason.ANSWER_LOST, text)


def _sent(entry: Entry, now: int) -> str:
    if not entry.minute:
        return "before the profile came to be, so that the next call is sent again"
    return _ago(now - entry.minute * _MINUTE)


def _ago(seconds: int) -> str:
    for unit, name in _UNITS:
        count = seconds // unit
        if count > 0:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
