"""The attributes of a call whose traits are ordinary, written without a second look.

Millions of calls carry the same few sets of traits, and almost all values are short text, numbers
and booleans. What the rules make of such a set is worked out once; a call that holds anything out
of the ordinary is left to `TraitDraft`, which knows every case and finds the words.
"""

from __future__ import annotations

from math import isfinite
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from braze_engage import limits
from braze_engage.engage.attribute_values import is_flat_list, is_flat_object
from braze_engage.engage.choices import Nulls
from braze_engage.engage.fitting import MISSING, MOST_BITS
from braze_engage.engage.outcomes import Unreadable
from braze_engage.engage.profile import field_writer
from braze_engage.engage.values import is_entity_name, is_list, is_object
from braze_engage.objects.checks import wrong_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from braze_engage.engage.rules import EngageRules
    from braze_engage.engage.trait_plan import Source, Steps, TraitPlan

__all__ = ["TraitShapes", "shapes_for"]

_LONGEST: Final = limits.STRING_CHARACTERS
_REMEMBERED: Final = 1024
_MOST_NAMES: Final = 256
_SECTION: Final = len(("context", "location"))
_MAY_STAY_EMPTY: Final = frozenset({"current_location"})


class _Unusual(Exception):
    """Something needs a closer look."""


_Writer: TypeAlias = "Callable[[object], object]"


class _Place(NamedTuple):
    """One of several places a field may come from.

    Args:
        trait: The trait, None for a place outside the traits.
        section: The number of that place.
        name: The name within it, None where it is meant as a whole.
        is_whole: Whether the trait goes nowhere else.
    """

    trait: str | None
    section: int
    name: str | None
    is_whole: bool


class _Field(NamedTuple):
    """A field that has several places it may come from, the first present one counts."""

    name: str
    writer: _Writer
    places: Sequence[_Place]


class _Shape(NamedTuple):
    """What becomes of one set of traits.

    Args:
        single: For each trait the one field it goes to with what writes it; without that for a
            trait of which only ``fields`` tells; None where it is an attribute of its own name.
        fields: The fields that have several places they may come from.
        has_parts: Whether traits are among those places.
    """

    single: Sequence[tuple[str, _Writer | None] | None]
    fields: Sequence[_Field]
    has_parts: bool


_UNUSUAL: Final = _Shape((), (), has_parts=False)


def shapes_for(rules: EngageRules) -> TraitShapes:
    """Make ready what writes ordinary traits.

    Args:
        rules: The rules.
    """
    return TraitShapes(rules.trait_plan, rules.nulls is Nulls.FORWARD)


class TraitShapes:
    """Writes the attributes of ordinary traits.

    Args:
        plan: The rules about traits.
        takes_null: Whether a null is written.
    """

    def __init__(self, plan: TraitPlan, takes_null: bool) -> None:  # noqa: FBT001 - for pickle
        self._plan = plan
        self._takes_null = takes_null
        self._shapes: dict[tuple[object, ...], _Shape] = {}
        self._sections: list[tuple[str, str]] = []
        self._elsewhere: dict[str, list[tuple[int, _Place]]] = {}
        self._is_usable = not plan.fixed
        for number, (steps, sources) in enumerate(plan.elsewhere.items()):
            self._sections.append((steps[0][0], steps[-1][0]))
            for source in sources:
                place = _Place(None, number, _inner(source), is_whole=False)
                self._elsewhere.setdefault(source.field, []).append((source.rank, place))
            if len(steps) != _SECTION or not (_are_names(steps) and all(map(_is_near, sources))):
                self._is_usable = False
        self._not_alone = _MAY_STAY_EMPTY | self._elsewhere.keys()

    def __reduce__(self) -> tuple[type[TraitShapes], tuple[TraitPlan, bool]]:
        return TraitShapes, (self._plan, self._takes_null)

    def attributes(  # noqa: C901 - every branch is a kind of value that millions of calls carry
        self, values: Mapping[str, object], raw: Mapping[str, object]
    ) -> dict[str, object] | None:
        """Write profile fields and custom attributes.

        Args:
            values: The traits.
            raw: The call, for what the rules read outside the traits.

        Returns:
            By name; None where `TraitDraft` has to look, and where traits are about entities.
        """
        names = tuple(values)
        shape = self._shapes.get(names) or self._learn(names)
        if shape is _UNUSUAL:
            return None
        attributes: dict[str, object] = {}
        try:
            for name, value, field in zip(values, values.values(), shape.single, strict=True):
                if field is not None:
                    if field[1] is not None:
                        attributes[field[0]] = self._null() if value is None else field[1](value)
                elif isinstance(value, str):
                    if len(value) > _LONGEST or wrong_text(value):
                        return None
                    attributes[name] = value
                elif isinstance(value, int):
                    if value.bit_length() > MOST_BITS:
                        return None
                    attributes[name] = value
                elif isinstance(value, float) and isfinite(value):
                    attributes[name] = value
                else:
                    attributes[name] = self._null() if value is None else _copied(value)
            self._fill(values, raw, shape, attributes)
        except (Unreadable, _Unusual):
            return None
        return attributes

    def _null(self) -> object:
        if not self._takes_null:
            raise _Unusual
        return None

    def _fill(
        self,
        values: Mapping[str, object],
        raw: Mapping[str, object],
        shape: _Shape,
        attributes: dict[str, object],
    ) -> None:
        """Write the fields that have several places they may come from."""
        sections: list[object] = []
        is_any = shape.has_parts
        for first, second in self._sections:
            outer = raw.get(first)
            section = outer.get(second) if is_object(outer) else None
            is_any = is_any or section is not None
            sections.append(section)
        if not is_any:
            return
        for name, writer, places in shape.fields:
            value, is_trait = _first(places, values, sections)
            if value is None:
                continue
            written = writer(value)
            if written is not MISSING:
                attributes[name] = written
            elif is_trait:
                raise _Unusual

    def _learn(self, names: tuple[object, ...]) -> _Shape:
        """Work out what becomes of a set of traits."""
        shape = _UNUSUAL
        if self._is_usable and 0 < len(names) <= _MOST_NAMES:
            known = [name for name in names if isinstance(name, str) and not is_entity_name(name)]
            shape = self._shape(known) if len(known) == len(names) else _UNUSUAL
        if len(self._shapes) >= _REMEMBERED:
            self._shapes.clear()
        self._shapes[names] = shape
        return shape

    def _shape(self, names: Sequence[str]) -> _Shape:
        plan = self._plan
        uses = [(name, plan.uses.get(name) or plan.use(name)) for name in names]
        single: list[tuple[str, _Writer | None] | None] = []
        places: dict[str, list[tuple[int, _Place]]] = {
            field: list(found) for field, found in self._elsewhere.items()
        }
        fields = [source.field for _, use in uses for source in use.sources]
        for name, use in uses:
            if use.refusal or use.as_text or use.merged or not all(map(_is_near, use.sources)):
                return _UNUSUAL
            field = use.sources[0].field if len(use.sources) == 1 and not use.custom else ""
            if fields.count(field) == 1 and field not in self._not_alone:
                single.append((field, field_writer(field)))
                continue
            single.append(None if use.custom else (name, None))
            for source in use.sources:
                place = _Place(name, 0, _inner(source), is_whole=not use.custom)
                places.setdefault(source.field, []).append((source.rank, place))
        return _Shape(
            single,
            [_field(name, found) for name, found in places.items()],
            has_parts=any(place.trait for found in places.values() for _, place in found),
        )


def _field(name: str, places: Sequence[tuple[int, _Place]]) -> _Field:
    writer = field_writer(name)
    assert writer is not None
    return _Field(name, writer, [place for _, place in sorted(places, key=itemgetter(0))])


def _are_names(steps: Steps) -> bool:
    return all(place is None for _, place in steps)


def _is_near(source: Source) -> bool:
    """Tell whether a source is one that is read without following a path."""
    return (
        len(source.steps) <= 1
        and _are_names(source.steps)
        and field_writer(source.field) is not None
    )


def _inner(source: Source) -> str | None:
    return source.steps[-1][0] if source.steps else None


def _first(
    places: Sequence[_Place], values: Mapping[str, object], sections: Sequence[object]
) -> tuple[object, bool]:
    """Read the first place that has a value, and tell whether that is a trait."""
    value: object = None
    is_trait = False
    for trait, section, name, is_whole in places:
        if value is not None:
            if is_whole:
                raise _Unusual  # a trait that goes nowhere needs a word
            continue
        at = sections[section] if trait is None else values[trait]
        if name is None:
            value = at
        elif is_object(at):
            value = at.get(name)
            if value is None and name not in at:
                continue
        else:
            continue
        is_trait = trait is not None
        if is_trait and value is None:
            raise _Unusual  # it clears the field unless another place has a value
    return value, is_trait


def _copied(value: object) -> object:
    if is_object(value):
        if is_flat_object(value):
            return dict(value)
    elif is_list(value) and is_flat_list(value):
        return list(value)
    raise _Unusual
