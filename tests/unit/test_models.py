"""Classes made by ``model`` behave like those of ``attrs.frozen``."""

from __future__ import annotations

import copy
import pickle

import attrs
import pytest

from braze_engage.objects.models import model


@model(kw_only=True)
class Shoe:
    size: int
    laces: tuple[str, ...] = ()
    owner: str = attrs.field(default="", repr=False)
    worn: int = attrs.field(default=0, eq=False)


@model()
class Boot(Shoe):
    height: int = 10


@model(kw_only=True)
class Loud:
    size: int = 1

    def __repr__(self) -> str:
        return "LOUD"


def test_equality_is_by_class_and_compared_fields() -> None:
    assert Shoe(size=1, worn=3) == Shoe(size=1)
    assert Shoe(size=1) != Shoe(size=2)
    assert Shoe(size=1) != Boot(size=1)
    assert Shoe(size=1).__eq__(1) is NotImplemented


def test_equal_values_hash_alike() -> None:
    assert len({Shoe(size=1), Shoe(size=1, worn=2), Shoe(size=2), Boot(size=1)}) == 3


def test_it_shows_what_attrs_shows() -> None:
    assert repr(Shoe(size=1, owner="ana")) == "Shoe(size=1, laces=(), worn=0)"
    assert repr(Boot(size=1)) == "Boot(size=1, laces=(), worn=0, height=10)"
    assert repr(Loud()) == "LOUD"

    @model()
    class Inner:
        size: int = 1

    assert repr(Inner()) == "Inner(size=1)"


def test_it_is_frozen_slotted_and_known_to_attrs() -> None:
    shoe = Shoe(size=1)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        shoe.size = 2  # type: ignore[misc]  # that is the point
    assert not hasattr(shoe, "__dict__")
    assert attrs.evolve(shoe, size=2) == Shoe(size=2)
    assert pickle.loads(pickle.dumps(shoe)) == shoe
    assert copy.deepcopy(shoe) == shoe
