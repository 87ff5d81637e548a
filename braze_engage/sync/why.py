"""One person and one computation: the last thing known, in words for a marketer."""

from __future__ import annotations

from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs

from braze_engage.engage.calls import EngageCall, read_item
from braze_engage.engage.deliveries import Delivery
from braze_engage.engage.identity import Identity
from braze_engage.engage.outcomes import REASONS, Outcome, Reason
from braze_engage.engage.profile import attribute_names
from braze_engage.sync.known import attribute_subject, cohort_subject
from braze_engage.sync.letters import Letters
from braze_engage.sync.state_holders import LEFT
from braze_engage.sync.state_rows import DOUBTFUL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from braze_engage.engage.rules import EngageRules
    from braze_engage.sync.letters import Kept
    from braze_engage.sync.sqlite_state import SqliteState
    from braze_engage.sync.state_rows import Entry

__all__ = ["Ending", "Why", "why"]

_KINDS: Final = ("external_id", "braze_id", "device_id", "email", "phone")
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
_MINUTE: Final = 60
_LATER: Final = 4
"""Among facts of one second."""
_SECOND_NS: Final = 1_000_000_000
_MEMBER: Final = {b"\xf1": "in the audience", b"\xf2": "not in the audience"}
_NOT_READABLE: Final = "Braze cannot be asked for it, since it shows no members of cohorts"
_IGNORES: Final = "It ignores people whom it does not know at that moment."
_IGNORED: Final = "If Braze did not know the person then, it ignored it."
_KNOWS: Final = "Braze knows the person."
_ABSENT: Final = (
    "Braze does not know the person, so it ignored it. Let the profile come to be, such as by "
    "sending an attribute; then the next call is sent again."
)
_NEVER: Final = "Nothing of it was received for this person, as far as this state file goes back."


class Ending(Enum):
    """What is known last of one person and one computation."""

    NEVER_RECEIVED = "never received"
    """No call of it came for this person, as far as the state file goes back."""
    FILTERED = "filtered"
    """A rule left it out; the text names the rule."""
    SUPERSEDED = "superseded"
    """Something newer was known."""
    HELD = "held"
    """It is kept back, and ``EngageSync.release`` sends it."""
    REJECTED = "rejected"
    """Braze refused it."""
    NOT_DELIVERED = "not delivered"
    """It could not be sent; the text says what to do."""
    ANSWER_LOST = "answer lost"
    """It was sent, and nobody knows whether it arrived."""
    SENT = "sent"
    """Braze accepted it."""
    PROFILE_ABSENT = "profile absent in Braze"
    """Braze accepted it and ignored it, because it does not know the person."""
    NOT_READABLE = "sent but not readable"
    """Braze accepted a membership, and shows nobody the members of a cohort."""
    DELETED = "deleted"
    """The person was deleted."""


@attrs.frozen(kw_only=True)
class Why:
    """The last thing known of one person and one computation.

    Args:
        key: The computation key.
        ending: What it comes to.
        outcome: What became of the last call that tells; None where none was received.
        reason: Why; None likewise.
        at: When; None where it is not known.
        text: It in words.
        also: What else is known, the last first.
    """

    key: str
    ending: Ending
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
    ending: Ending
    # what is to be said if nobody asks Braze whether it knows the person; empty where that is no
    # matter
    unless_known: str = ""

    def asked(self, is_known: bool | None) -> _Fact:  # noqa: FBT001 - an answer, not a switch
        """Take in what Braze says about whether it knows the person.

        Args:
            is_known: None where it does not say, or nobody asked.
        """
        if is_known is None:
            return self
        if not is_known:
            return self._replace(unless_known=_ABSENT, ending=Ending.PROFILE_ABSENT)
        return self._replace(unless_known=_KNOWS)

    @property
    def whole(self) -> str:
        """Everything there is to say."""
        return f"{self.text} {self.unless_known}" if self.unless_known else self.text


_ENDINGS: Final = {
    Outcome.FILTERED: Ending.FILTERED,
    Outcome.SUPERSEDED: Ending.SUPERSEDED,
    Outcome.HELD: Ending.HELD,
    Outcome.REJECTED: Ending.REJECTED,
    Outcome.UNKNOWN: Ending.ANSWER_LOST,
    Outcome.SENT: Ending.SENT,
}


def why(
    state: SqliteState,
    rules: EngageRules,
    *,
    person: str | Identity,
    key: str,
    is_known: Callable[[Identity], bool | None] | None = None,
) -> Why:
    """Say what is known last of one person and one computation.

    Args:
        state: The state file.
        rules: Tell what is ignored, and which attribute a computation is written to.
        person: An identifier of whatever kind, or an identity.
        key: The computation key, or the id of a cohort.
        is_known: Asks Braze whether it knows a person, and gives None where it does not say;
            None where nobody can ask.

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
            if last.unless_known and is_known is not None:
                last = last.asked(is_known(identity))
            return Why(
                key=key,
                ending=last.ending,
                outcome=last.reason.outcome,
                reason=last.reason,
                at=datetime.fromtimestamp(last.seconds, timezone.utc) if last.seconds else None,
                text=last.whole,
                also=(*(fact.whole for fact in found[1:]), *_retired(state, key)),
            )
    ignored = rules.overrides.get(key)
    also = (f'The rule overrides["{key}"] ignores it.',) if ignored is Delivery.NONE else ()
    return Why(
        key=key,
        ending=Ending.NEVER_RECEIVED,
        outcome=None,
        reason=None,
        at=None,
        text=_NEVER,
        also=(*also, *_retired(state, key)),
    )


def _retired(state: SqliteState, key: str) -> Iterator[str]:
    for one in state.computations():
        if one.retired_ns is not None and key in (one.key, one.id):
            day = datetime.fromtimestamp(one.retired_ns // _SECOND_NS, timezone.utc).date()
            yield f"The computation {one.id or one.key} was retired on {day}."


def _facts(
    state: SqliteState,
    letters: Letters,
    rules: EngageRules,
    identity: Identity,
    key: str,
    now: int,
) -> Iterator[_Fact]:
    ended = [
        kept
        for table, number in state.kept_of(identity)
        for kept in letters.read(table, [number])
        if kept.key == key
    ]
    yield from (_of_kept(kept, now) for kept in ended)
    if (note := state.note(identity, key)) is not None:
        reason = REASONS[note.reason]
        text = _note_text(reason, note.rule, now - note.seconds)
        yield _Fact(note.seconds, 1, reason, text, _ENDINGS[reason.outcome])
    for name in attribute_names(rules.profile_fields, key):
        entry = state.entry(attribute_subject(name), identity)
        if entry is not None:
            yield _after(_of_attribute(entry, now), entry, ended)
    for cohort_id in (key, *state.cohorts_of(key)):
        entry = state.entry(cohort_subject(cohort_id), identity)
        if entry is not None:
            yield _after(_of_membership(entry, now), entry, ended)
    deleted_ns = state.deleted_ns(identity)
    if deleted_ns is not None:
        yield _Fact(
            0,
            0,
            Reason.PERSON_DELETED,
            "The person was deleted; what happened before is never written again.",
            Ending.DELETED,
        )


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
    ending = _ENDINGS.get(reason.outcome, Ending.NOT_DELIVERED)
    return _Fact(kept.seconds, 3, reason, text, ending)


def _after(fact: _Fact, entry: Entry, ended: Iterable[Kept]) -> _Fact:
    """Put what was accepted behind what ended badly in the same minute and happened before.

    Of what is accepted only the minute is kept.
    """
    for kept in ended:
        seconds = kept.seconds
        if seconds >= fact.seconds and seconds // _MINUTE == entry.minute:
            for _, call in read_item(kept.call, now_ns=seconds * _SECOND_NS):
                if isinstance(call, EngageCall) and call.time_ns < entry.order.time_ns:
                    fact = fact._replace(seconds=seconds, rank=_LATER)
    return fact


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
    return _Fact(
        entry.minute * _MINUTE,
        2,
        Reason.ACCEPTED,
        text,
        Ending.SENT,
        "" if entry.sure else _IGNORED,
    )


def _of_membership(entry: Entry, now: int) -> _Fact:
    if entry.code == DOUBTFUL:
        return _doubtful(entry)
    member = _MEMBER.get(entry.code, "of an unknown state")
    text = f"Sent to the cohort {_sent(entry, now)}, as {member}. {_NOT_READABLE}."
    return _Fact(
        entry.minute * _MINUTE,
        2,
        Reason.ACCEPTED,
        text,
        Ending.NOT_READABLE,
        "" if entry.code == LEFT else _IGNORES,
    )


def _doubtful(entry: Entry) -> _Fact:
    text = "A value was sent and the answer was lost; the next call is sent whatever it says."
    return _Fact(entry.minute * _MINUTE, 2, Reason.ANSWER_LOST, text, Ending.ANSWER_LOST)


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
