"""What is known of one person in memory.

Hundreds of thousands of these live long among many objects that live short, which would leave the
memory of a process in pieces, so a change is one text. Of most of them nothing is ever asked again,
so they are made at little cost and read at more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeAlias

from braze_engage.engage.calls import OrderKey
from braze_engage.objects.values import dumps
from braze_engage.sync.known import Known, attribute_subject, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Memory", "add", "known_of", "pack", "pack_attributes", "size", "time_of"]

Memory: TypeAlias = "str | dict[str, str]"
"""One packed change; or the change that counts, subject by subject."""

_END: Final = "\0"
_MIDDLE: Final = "\1"
_SINGLE: Final = "="
_SHORT: Final = "#"
_LONGEST: Final = 64
"""Characters of an attribute that are kept as they are."""


def pack(subject: str, known: Known) -> str:
    """Pack what is known of one subject.

    Args:
        subject: A cohort or an attribute.
        known: Its time and value.
    """
    return _packed(known.order, f"{_SINGLE}{subject}{_MIDDLE}{known.value}")


def pack_attributes(order: OrderKey, attributes: Mapping[str, object], text: str | None) -> str:
    """Pack what a change of attributes writes.

    Args:
        order: Its place in time.
        attributes: Attributes by name.
        text: These as JSON, where they were encoded already.
    """
    if text is None:
        text = dumps(attributes)
    if len(text) > _LONGEST * len(attributes):
        text = _SHORT + dumps({name: short(dumps(value)) for name, value in attributes.items()})
    return _packed(order, text)


def _packed(order: OrderKey, content: str) -> str:
    time_ns, received_ns, message_id, value = order
    if len(value) > _LONGEST:
        value = short(value)
    return f"{time_ns}\0{received_ns}\0{message_id}\0{value}\0{content}"


def time_of(packed: str) -> int:
    """Tell when a packed change happened, nanoseconds since 1970 UTC.

    Args:
        packed: The change.
    """
    return int(packed[: packed.index(_END)])


def _order_of(packed: str) -> OrderKey:
    times_and_message, value, _ = packed.rsplit(_END, 2)
    time_ns, received_ns, message_id = times_and_message.split(_END, 2)
    return OrderKey(int(time_ns), int(received_ns), message_id, value)


def _values(packed: str) -> dict[str, str]:
    """Give the values of a packed change by subject."""
    content = packed[packed.rindex(_END) + 1 :]
    if content.startswith(_SINGLE):
        subject, value = content[1:].rsplit(_MIDDLE, 1)
        return {subject: value}
    if content.startswith(_SHORT):
        return {attribute_subject(name): value for name, value in json.loads(content[1:]).items()}
    return {
        attribute_subject(name): short(dumps(value)) for name, value in json.loads(content).items()
    }


def known_of(memory: Memory, subject: str) -> Known | None:
    """Tell what is known of a subject.

    Args:
        memory: What is known of a person.
        subject: A cohort or an attribute.
    """
    packed = memory if isinstance(memory, str) else memory.get(subject)
    value = None if packed is None else _values(packed).get(subject)
    return None if packed is None or value is None else Known(_order_of(packed), value)


def size(memory: Memory) -> int:
    """Tell for how many entries it counts.

    Args:
        memory: What is known of a person.
    """
    return 1 if isinstance(memory, str) else len(memory)


def add(memory: Memory, packed: str, subjects: Iterable[str], *, always: bool) -> Memory:
    """Add a change to what is known of a person.

    Args:
        memory: What is known; it may be changed.
        packed: The change.
        subjects: What it writes.
        always: Whether it counts even where something newer is known.
    """
    if isinstance(memory, str):
        memory = dict.fromkeys(_values(memory), memory)
    order = None if always else _order_of(packed)
    for subject in subjects:
        known = memory.get(subject)
        if known is None or order is None or _order_of(known) <= order:
            memory[subject] = packed
    if all(one is packed for one in memory.values()):
        return packed
    return memory
