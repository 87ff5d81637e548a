"""The traits of one call on their way to an entry of attributes."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple

from braze_engage import limits
from braze_engage.engage.attribute_values import fit_attribute
from braze_engage.engage.choices import Nulls
from braze_engage.engage.fitting import MISSING, MOST_BITS, Dropped, fit_text, shown
from braze_engage.engage.outcomes import Reason, Unreadable
from braze_engage.engage.profile import profile_value
from braze_engage.engage.trait_plan import PLAIN, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from braze_engage.engage.identity import Identity
    from braze_engage.engage.rules import EngageRules
    from braze_engage.engage.trait_plan import Source, TraitUse

__all__ = ["TraitDraft"]

_LONGEST: Final = limits.STRING_CHARACTERS
_NULL: Final = "it is null, and a rule ignores nulls"
_NO_FIELD: Final = (
    "the key is the name of a profile field, which a membership cannot be; override its delivery"
)
_NAMES_THE_PERSON: Final = "it names the person here, so it cannot be changed by the same entry"
_WOULD_NAME: Final = (
    "beside a phone that names the person an e-mail would name them instead; add it to "
    "IdentityRules"
)


class _Candidate(NamedTuple):
    field: str
    rank: int
    trait: str | None
    where: str
    value: object


class TraitDraft:
    """Collects what one call writes.

    Args:
        rules: The rules.

    Attributes:
        attributes: Profile fields and custom attributes so far.
        merged: Names among them whose objects are merged into the stored ones.
        dropped: What is left out.
        refused: Why traits cannot be sent, by name.
        ignored: Whether a null was ignored.
    """

    __slots__ = ("_candidates", "_rules", "attributes", "dropped", "ignored", "merged", "refused")

    def __init__(self, rules: EngageRules) -> None:
        self._rules = rules
        self._candidates: list[_Candidate] = []
        self.attributes: dict[str, object] = {}
        self.merged: list[str] = []
        self.dropped: list[Dropped] = []
        self.refused: dict[str, tuple[Reason, str]] = {}
        self.ignored = False

    def take(self, values: Mapping[str, object]) -> None:
        """Take traits.

        Args:
            values: By name.
        """
        attributes = self.attributes
        plan = self._rules.trait_plan
        uses = plan.uses
        for name, value in values.items():
            use = uses.get(name) or plan.use(name)
            # almost all are short text, numbers and booleans under ordinary names
            if use is PLAIN:
                if isinstance(value, str):
                    short = len(value) <= _LONGEST and value.isascii()
                elif isinstance(value, int):
                    short = value.bit_length() <= MOST_BITS
                else:
                    short = isinstance(value, float) and isfinite(value)
                if short:
                    attributes[name] = value
                    continue
            self._take(name, value, use)

    def _take(self, name: str, value: object, use: TraitUse) -> None:
        if use.refusal is not None:
            self._refuse(name, *use.refusal)
            return
        if value is None and self._rules.nulls is Nulls.IGNORE:
            self.ignored = True
            self.leave_out(name, _NULL)
            return
        if use.field is not None:
            self._fill(use.field, name, value, name)
            return
        for source in use.sources:
            self._propose(source, name, walk(value, source.steps))
        if use.custom:
            self._write(name, value, use)

    def take_membership(self, name: str, value: object) -> None:
        """Take whether the person is in an audience.

        Args:
            name: The key of the audience.
            value: True, or what the attribute becomes on exit; None removes it, whatever the rule
                on nulls says.
        """
        plan = self._rules.trait_plan
        use = plan.uses.get(name) or plan.use(name)
        if use is PLAIN:
            self.attributes[name] = value
        elif use.refusal is not None:
            self._refuse(name, *use.refusal)
        elif not use.custom:
            self._refuse(name, Reason.BAD_ATTRIBUTE, _NO_FIELD)
        else:
            self._write(name, value, use)

    def leave_out(self, name: str, why: str) -> None:
        """Leave a trait out.

        Args:
            name: The trait.
            why: The reason.
        """
        self.dropped.append(Dropped(shown(name), why))

    def _propose(self, source: Source, trait: str | None, value: object) -> None:
        if value is MISSING or (value is None and self._rules.nulls is Nulls.IGNORE):
            return
        self._candidates.append(_Candidate(source.field, source.rank, trait, source.where, value))

    def _write(self, name: str, value: object, use: TraitUse) -> None:
        try:
            fitted = fit_attribute(name, value, self.dropped)
            self.attributes[name] = fit_text(fitted) if use.as_text else fitted
        except Unreadable as refusal:
            self._refuse(name, refusal.reason, refusal.detail)
            return
        if use.merged:
            self.merged.append(name)

    def _refuse(self, name: str, reason: Reason, detail: str) -> None:
        self.refused[name] = reason, detail
        self.leave_out(name, detail)

    def look_elsewhere(self, raw: Mapping[str, object]) -> None:
        """Take what the rules read outside the traits, where null is no removal.

        Args:
            raw: The call.
        """
        plan = self._rules.trait_plan
        for steps, sources in plan.elsewhere.items():
            at = walk(raw, steps)
            if at is not MISSING:
                for source in sources:
                    found = walk(at, source.steps)
                    self._propose(source, None, MISSING if found is None else found)
        for field, rank, text in plan.fixed:
            self._candidates.append(_Candidate(field, rank, None, "", text))

    def fill_fields(self) -> None:
        """Write the profile fields, each from the first of its sources that has a value."""
        if not self._candidates:
            return
        if len(self._candidates) == 1:
            field, _, trait, where, value = self._candidates[0]
            self._fill(field, trait, value, where)
            return
        chosen: dict[str, _Candidate] = {}
        for candidate in sorted(self._candidates, key=_preference):
            first = chosen.setdefault(candidate.field, candidate)
            if first is not candidate and candidate.trait is not None:
                self._pass_over(candidate, first)
        for field, _, trait, where, value in chosen.values():
            self._fill(field, trait, value, where)

    def _pass_over(self, candidate: _Candidate, first: _Candidate) -> None:
        trait = candidate.trait
        if trait is not None and trait not in self.attributes:
            self.leave_out(trait, f"{candidate.field} comes from {first.where or 'a rule'}")

    def _fill(self, field: str, trait: str | None, value: object, where: str) -> None:
        try:
            written = profile_value(field, value, self.dropped)
        except Unreadable as refusal:
            detail = f"{field} is not written: {refusal.detail}"
            if trait is not None and trait not in self.attributes:
                self._refuse(trait, refusal.reason, detail)
            else:
                self.dropped.append(Dropped(where, detail))
            return
        if written is not MISSING:
            self.attributes[field] = written
        elif trait is not None:
            self.leave_out(trait, f"nothing in it could be {field}")

    def leave_out_identifier(self, identity: Identity) -> None:
        """Take out what would name the person a second time.

        Args:
            identity: Who the entry is about.
        """
        for field in _SECONDARY.get(identity.kind, ()):
            if field not in self.attributes:
                continue
            value = self.attributes.pop(field)
            if field != identity.kind:
                self.dropped.append(Dropped(field, _WOULD_NAME))
            elif not isinstance(value, str) or value.lower() != identity.value.lower():
                self.dropped.append(Dropped(field, _NAMES_THE_PERSON))


_SECONDARY: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("email",),
    "phone": ("phone", "email"),
}


def _preference(candidate: _Candidate) -> tuple[bool, int]:
    return candidate.value is None, candidate.rank
