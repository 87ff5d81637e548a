"""What the rules make of each trait, worked out once for each name.

Of the same few names come millions of traits, so the checks of a name are not repeated.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from braze_engage.engage.fitting import MISSING, check_name
from braze_engage.engage.outcomes import Reason, Unreadable
from braze_engage.engage.paths import Lookup
from braze_engage.engage.profile import WRITABLE_FIELDS, profile_value
from braze_engage.engage.values import is_list, is_object
from braze_engage.errors import ConfigurationError
from braze_engage.objects.attributes import CONTROL_FIELDS, PROFILE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from braze_engage.engage.paths import PathRule

__all__ = ["PLAIN", "Source", "TraitPlan", "TraitUse", "walk"]

_TRAITS: Final = "traits"
_REMEMBERED: Final = 4096
_REFUSED_BY_BRAZE: Final = frozenset({"alias_label", "alias_name", "email_subscription_info"})
_CONTROL: Final = (
    "Braze reads this name as an instruction or identifier; rename the trait, or set "
    "IdentityRules if it names the person"
)
_UNMAPPED: Final = (
    "Braze keeps this name for a profile field; add it to profile_fields, or rename the trait"
)

Steps: TypeAlias = "tuple[tuple[str, int | None], ...]"


class Source(NamedTuple):
    """One of the places a profile field may come from.

    Args:
        field: The field.
        rank: Its place among the alternatives; the first present one wins.
        steps: The way on from the trait, or from where the search elsewhere stands: names and,
            where one is a number, places in lists.
        where: The path as the rule has it.
    """

    field: str
    rank: int
    steps: Steps
    where: str


class TraitUse(NamedTuple):
    """What becomes of traits of one name.

    Args:
        refusal: Why they can be no attribute.
        sources: The profile fields they may go to.
        field: The one they go to where nothing else can go there.
        custom: Whether they become a custom attribute.
        as_text: Whether it is written as text.
        merged: Whether an object is merged into the stored one.
    """

    refusal: tuple[Reason, str] | None
    sources: tuple[Source, ...]
    field: str | None
    custom: bool
    as_text: bool
    merged: bool


PLAIN: Final = TraitUse(None, (), None, custom=True, as_text=False, merged=False)
"""An ordinary custom attribute."""


def walk(value: object, steps: Steps) -> object:
    """Follow a path.

    Args:
        value: Where it begins.
        steps: Names, and places in lists.

    Returns:
        What is there, ``MISSING`` where nothing is; null is a value.
    """
    for name, place in steps:
        if is_object(value) and name in value:
            value = value[name]
        elif is_list(value) and place is not None and place < len(value):
            value = value[place]
        else:
            return MISSING
    return value


class TraitPlan:
    """The rules about traits, ready for use.

    Args:
        profile_fields: Braze's fields and where they come from.
        as_text: Attributes that are written as text.
        merge_objects: Attributes whose objects are merged into the stored ones.

    Attributes:
        uses: What became of the names seen so far; ask `use` for one that is not among them.
        elsewhere: Sources outside the traits, by the first two steps that they share.
        fixed: Fields with a text that is the same for everyone, as field, rank and text.

    Raises:
        ConfigurationError: A field that Braze does not have or that cannot come from a call, or
            a path that cannot be parsed.
    """

    def __init__(
        self,
        profile_fields: Mapping[str, PathRule],
        as_text: Collection[str],
        merge_objects: Collection[str],
    ) -> None:
        self._given = (profile_fields, as_text, merge_objects)
        self._as_text = as_text
        self._merge_objects = merge_objects
        self._by_trait: dict[str, list[Source]] = {}
        self._sources: dict[str, int] = {}
        self.uses: dict[str, TraitUse] = {}
        self.elsewhere: dict[Steps, list[Source]] = {}
        self.fixed: tuple[tuple[str, int, str], ...] = ()
        for field, rule in profile_fields.items():
            if field not in WRITABLE_FIELDS:
                raise ConfigurationError(_unknown_field(field))
            self._add(field, rule)

    def __reduce__(self) -> tuple[type[TraitPlan], tuple[object, ...]]:
        return TraitPlan, self._given

    def _add(self, field: str, rule: PathRule) -> None:
        where = f"profile_fields[{field!r}]"
        parts = Lookup.of(rule, where, literals=True).alternatives
        self._sources[field] = len(parts)
        texts = rule if isinstance(rule, tuple) else (rule,)
        for rank, (part, text) in enumerate(zip(parts, texts, strict=True)):
            if isinstance(part, str):
                self.fixed += ((field, rank, _checked(field, part)),)
                continue
            steps = tuple((step.name, step.place) for step in part.steps)
            if steps[0][0] == _TRAITS and len(steps) > 1:
                found = Source(field, rank, steps[2:], text)
                self._by_trait.setdefault(steps[1][0], []).append(found)
            else:
                found = Source(field, rank, steps[2:], text)
                self.elsewhere.setdefault(steps[:2], []).append(found)

    def use(self, name: object) -> TraitUse:
        """Tell what becomes of a trait.

        Args:
            name: Its name.
        """
        try:
            checked = check_name(name)
        except Unreadable as refusal:
            return PLAIN._replace(refusal=(refusal.reason, refusal.detail), custom=False)
        use = self._use(checked)
        if use == PLAIN:
            use = PLAIN
        if len(self.uses) >= _REMEMBERED:
            self.uses.clear()
        self.uses[checked] = use
        return use

    def _use(self, name: str) -> TraitUse:
        sources = tuple(self._by_trait.get(name, ()))
        # of a trait that goes to a field as a whole nothing is left for an attribute
        custom = not sources or any(source.steps for source in sources)
        # Braze strips surrounding blanks, so " email" would end up as the profile field
        reserved = _reserved(name.strip())
        if reserved is not None and sources:
            reserved, custom = None, False
        alone = len(sources) == 1 and not custom and self._sources[sources[0].field] == 1
        return TraitUse(
            reserved,
            sources,
            sources[0].field if alone else None,
            custom,
            name in self._as_text,
            name in self._merge_objects,
        )


def _checked(field: str, text: str) -> str:
    try:
        profile_value(field, text, [])
    except Unreadable as refusal:
        raise ConfigurationError(
            f"profile_fields[{field!r}] gives everyone {text!r}: {refusal.detail}; "
            "a path begins with '$.'"
        ) from None
    return text


def _reserved(name: str) -> tuple[Reason, str] | None:
    if name in CONTROL_FIELDS:
        return Reason.CONTROL_FIELD, _CONTROL
    if name in PROFILE_FIELDS:
        return Reason.BAD_ATTRIBUTE, _UNMAPPED
    if name in _REFUSED_BY_BRAZE:
        return Reason.CONTROL_FIELD, "Braze refuses this name; rename the trait"
    return None


def _unknown_field(field: object) -> str:
    if field in PROFILE_FIELDS:
        return (
            f"profile_fields cannot write {field} from a call; leave it out, and write it with "
            "BrazeClient.users.track"
        )
    near = get_close_matches(str(field), WRITABLE_FIELDS, n=1)
    remedy = (
        f"did you mean {near[0]}?" if near else f"it knows {', '.join(sorted(WRITABLE_FIELDS))}"
    )
    return f"profile_fields names {field!r}, which is no profile field of Braze; {remedy}"
