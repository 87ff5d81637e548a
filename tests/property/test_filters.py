"""Whatever the builders accept is what Braze documents, and can be told to people."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from braze_engage._wire import decode, encode
from braze_engage.errors import ConfigurationError
from braze_engage.rest.filters import (
    Audience,
    ConnectedAudience,
    ConnectedAudienceFilter,
    EventCountFilter,
    all_of,
    any_of,
    attribute,
    describe,
    email_subscription,
    last_used_app,
    push_subscription,
)

if TYPE_CHECKING:
    from collections.abc import Callable

EXISTENCE = {"exists", "does_not_exist"}
DAYS = {
    f"{less}_than_x_days_{when}"
    for less in ("less", "greater")
    for when in ("ago", "in_the_future")
}
MOMENTS = {"after", "before"}
REGEX = {"matches_regex", "does_not_match_regex"}
ITEMS = {"includes_value", "does_not_include_value"}
ORDERS = {"greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to"}
EQUALITY = {"equals", "not_equal"}
DOCUMENTED = {
    "text": EQUALITY | REGEX,
    "number": EQUALITY | ORDERS,
    "boolean": EQUALITY,
    "array": ITEMS,
    "time": DAYS | MOMENTS,
}
STATES = ["opted_in", "subscribed", "unsubscribed"]
SENT_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
PYTHON = re.compile(r"\b(?:True|False|None|datetime|Decimal)\b|\w+\(|[\[\]{}]|'|<\w")

ZONES: Any = st.sampled_from(
    [None, timezone.utc, timezone(timedelta(hours=-7))]
)  # Any: the stub knows either no zone or always one
MOMENT = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - bounds have no zone
WORDS = st.text("abcdefghijklmnopqrstuvwxyz_ 0123456789", min_size=1, max_size=20)
NAMES = WORDS.map(lambda word: f"k{word}k")
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(0, 60),
    st.sampled_from([10**400, -(10**400)]),
    st.floats(),
    st.text(st.characters(), max_size=300),
    st.binary(max_size=3),
    MOMENT,
    st.dates(),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
COMPARISONS = st.sampled_from(
    [(kind, name) for kind, names in DOCUMENTED.items() for name in sorted(names | EXISTENCE)]
)


def method(name: str, kind: str, comparison: str) -> Callable[..., ConnectedAudienceFilter]:
    found: Callable[..., ConnectedAudienceFilter] = getattr(
        getattr(attribute(name), kind), comparison
    )
    return found


def fits(kind: str, comparison: str, value: object) -> bool:
    """Tell what Braze documents, written down a second time."""
    if comparison in MOMENTS:
        return isinstance(value, str) and bool(SENT_TIME.fullmatch(value))
    if comparison in DAYS:
        return type(value) is int and value >= 0
    if comparison in REGEX:
        return isinstance(value, str) and 0 < len(value) <= 32_764
    if kind == "boolean":
        return isinstance(value, bool)
    is_text = isinstance(value, str) and len(value) <= 255
    is_number = type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]  # just checked
    return {"text": is_text, "number": is_number, "array": is_text or is_number}[kind]


def fitting(kind: str, comparison: str) -> st.SearchStrategy[object]:
    numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**20), 10**20)
    if comparison in MOMENTS:
        return MOMENT
    if comparison in DAYS:
        return st.integers(1, 10_000)
    return {"text": WORDS, "number": numbers, "boolean": st.booleans()}.get(kind, WORDS | numbers)


def made_or_message(
    make: Callable[..., ConnectedAudienceFilter], comparison: str, value: object
) -> ConnectedAudienceFilter | str:
    try:
        return make() if comparison in EXISTENCE else make(value)
    except ConfigurationError as error:
        return str(error)


@settings(max_examples=300)
@given(NAMES, COMPARISONS, st.data())
def test_what_is_accepted_has_the_documented_shape(
    name: str, pair: tuple[str, str], data: st.DataObject
) -> None:
    kind, comparison = pair
    value = data.draw(ANYTHING | fitting(kind, comparison))
    audience = made_or_message(method(name, kind, comparison), comparison, value)
    if isinstance(audience, str):
        assert repr(name) in audience
        return
    sent = decode(encode(audience.to_json()))
    leaf = {"custom_attribute_name": name, "comparison": comparison}
    if comparison in EXISTENCE:
        assert sent == {"custom_attribute": leaf}
        return
    assert isinstance(sent, dict)
    (key, body), *others = sent.items()
    assert (key, others) == ("custom_attribute", [])
    assert isinstance(body, dict)
    assert body == {**leaf, "value": body["value"]}
    assert fits(kind, comparison, body["value"])
    if not isinstance(value, datetime):
        assert body["value"] == value
        assert type(body["value"]) is type(value)


@st.composite
def leaves(draw: st.DrawFn) -> Audience:
    other = draw(st.integers(0, 5))
    if other == 0:
        status = draw(st.sampled_from([push_subscription, email_subscription]))
        compare: Any = draw(st.sampled_from([status.is_, status.is_not]))
        return compare(draw(st.sampled_from(STATES)))  # type: ignore[no-any-return]  # found by name
    if other == 1:
        used = draw(st.sampled_from([last_used_app.after, last_used_app.before]))
        return used(draw(MOMENT))
    kind, comparison = draw(COMPARISONS)
    made = method(draw(NAMES), kind, comparison)
    return made() if comparison in EXISTENCE else made(draw(fitting(kind, comparison)))


def groups(members: st.SearchStrategy[Audience]) -> st.SearchStrategy[Audience]:
    several = st.lists(members, min_size=1, max_size=3)
    return st.builds(
        lambda combine, items: combine(*items), st.sampled_from([all_of, any_of]), several
    )


TREES = st.recursive(leaves(), groups, max_leaves=8)


def leaf_count(sent: object) -> int:
    """Count the leaves of a documented tree, and find fault with every other."""
    assert isinstance(sent, dict)
    ((key, value),) = sent.items()
    if key in {"AND", "OR"}:
        assert isinstance(value, list)
        assert len(value) > 1
        assert all(key not in member for member in value)
        return sum(map(leaf_count, value))
    assert key in {
        "custom_attribute",
        "push_subscription_status",
        "email_subscription_status",
        "last_used_app",
    }
    assert set(value) <= {"custom_attribute_name", "comparison", "value"}
    return 1


def leaves_of(audience: Audience) -> int:
    if isinstance(audience, ConnectedAudience):
        return sum(map(leaves_of, audience.all_of + audience.any_of))
    return 1


@settings(max_examples=100)
@given(TREES)
def test_trees_nest_as_documented(tree: Audience) -> None:
    assert leaf_count(decode(encode(tree.to_json()))) == leaves_of(tree)


@settings(max_examples=100)
@given(TREES, TREES, TREES)
def test_how_filters_are_grouped_by_one_operator_does_not_matter(
    one: Audience, two: Audience, three: Audience
) -> None:
    assert (one & two) & three == one & (two & three) == all_of(one, two, three)
    assert (one | two) | three == one | (two | three) == any_of(one, two, three)
    assert leaves_of(one & two) == leaves_of(one) + leaves_of(two)


EVENTS = st.builds(
    EventCountFilter,
    WORDS,
    st.sampled_from(["more_than", "less_than", "exactly"]),
    st.integers(1, 50),
    days=st.sampled_from([None, 1, 3, 7, 14, 21, 30]),
)


@settings(max_examples=200)
@given(TREES | EVENTS)
def test_people_never_read_python(item: Audience | EventCountFilter) -> None:
    told = describe(item)
    assert PYTHON.search(told) is None
    lines = [line for line in told.splitlines() if not line.startswith("Note: ")]
    named = [line for line in lines if not line.endswith(" of these:")]
    assert len(named) == (1 if isinstance(item, EventCountFilter) else leaves_of(item))
