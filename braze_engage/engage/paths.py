"""Paths into a call, in the notation of Segment's own mappings.

``$.context.traits.email`` walks down names, ``$.context.externalIds[0].id`` also into lists, and
``$.traits['android.id']`` takes a name as it stands.
https://segment.com/docs/connections/destinations/actions
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import attrs

from braze_engage.engage.values import is_list, is_object
from braze_engage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Lookup", "PathRule"]

PathRule: TypeAlias = "str | tuple[str, ...]"
"""A path, a literal, or alternatives of which the first present one wins."""

_PREFIX: Final = "$."
_STEP: Final = re.compile(r"""\.([^.\[\]'"]+)|\[(\d+)\]|\[(['"])(.+?)\3\]""")

# https://segment.com/docs/connections/spec/common; warehouse rows and the Profile API write these
_SNAKE: Final = {
    "userId": "user_id",
    "anonymousId": "anonymous_id",
    "messageId": "message_id",
    "externalIds": "external_ids",
}


class _Step(NamedTuple):
    name: str
    snake: str | None
    place: int | None


@attrs.frozen
class _Path:
    steps: tuple[_Step, ...]

    @classmethod
    def parse(cls, text: str) -> _Path:
        steps: list[_Step] = []
        end = len(_PREFIX) - 1
        while match := _STEP.match(text, end):
            end = match.end()
            dotted, place, _, quoted = match.groups()
            name = dotted or place or quoted
            steps.append(_Step(name, _SNAKE.get(name), int(name) if name.isdecimal() else None))
        if end < len(text):
            raise ConfigurationError(
                f"{text!r} is no path from character {end} on; write paths like $.userId, "
                "$.context.externalIds[0].id or $.traits['a.b']"
            )
        return cls(tuple(steps))

    def walk(self, raw: object) -> object:
        at = raw
        for name, snake, place in self.steps:
            if is_object(at):
                found = at.get(name)
                at = at.get(snake) if found is None and snake is not None else found
            elif is_list(at) and place is not None and place < len(at):
                at = at[place]
            else:
                return None
        return at


def _is_absent(value: object) -> bool:
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


@attrs.frozen
class Lookup:
    """A rule that has been parsed once and reads any number of calls.

    Args:
        alternatives: Parsed paths, and literals as they stand.
        top: The step of a rule that is one path of one step, which needs no walk.
    """

    alternatives: tuple[_Path | str, ...]
    top: _Step | None

    @classmethod
    def of(cls, rule: PathRule, name: str, *, literals: bool = False) -> Lookup:
        """Parse a rule.

        Args:
            rule: Text that begins with ``$.`` is a path, other text a literal; a tuple lists
                alternatives.
            name: Name of the rule, for messages.
            literals: Whether a literal makes sense, that is, may be the same for everyone.

        Raises:
            ConfigurationError: A path that cannot be parsed, or a literal without sense.
        """
        texts = rule if isinstance(rule, tuple) else (rule,)
        if not texts:
            raise ConfigurationError(f"{name} lists no alternative; give a path, or None")
        parts = tuple(_part(text, name, literals=literals) for text in texts)
        first = parts[0]
        if len(parts) == 1 and isinstance(first, _Path) and len(first.steps) == 1:
            return cls(parts, first.steps[0])
        return cls(parts, None)

    @property
    def varies(self) -> bool:
        """Whether the rule reads anything from the call."""
        return any(isinstance(part, _Path) for part in self.alternatives)

    def find(self, raw: Mapping[str, object]) -> object:
        """Read the first present value, None where there is none.

        Args:
            raw: The call.
        """
        if self.top is not None:
            name, snake, _ = self.top
            value = raw.get(name)
            if value is None and snake is not None:
                value = raw.get(snake)
            if isinstance(value, str):
                return value if value and not value.isspace() else None
            return value
        for part in self.alternatives:
            value = part if isinstance(part, str) else part.walk(raw)
            if not _is_absent(value):
                return value
        return None


def _part(text: object, name: str, *, literals: bool) -> _Path | str:
    if not isinstance(text, str):
        raise ConfigurationError(
            f"{name} must be a path such as '$.userId', or a tuple of paths, "
            f"not {type(text).__name__}"
        )
    if text.startswith(_PREFIX):
        return _Path.parse(text)
    if _is_absent(text) or text.startswith("$") or not literals:
        raise ConfigurationError(
            f"{name} is {text!r}, which is no path; a path begins with '$.', "
            "as in '$.userId', and anything else would be the same for everyone"
        )
    return text
