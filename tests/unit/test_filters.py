"""Filters become what Braze documents, refuse the rest, and can be told to people."""

from __future__ import annotations

import copy
import pickle
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from braze_engage._wire import encode, unstructure
from braze_engage.errors import ConfigurationError
from braze_engage.rest.filters import (
    Audience,
    CohortFilter,
    ConnectedAudience,
    ConnectedAudienceFilter,
    CustomAttributeFilter,
    EventCountFilter,
    LastUsedAppFilter,
    SubscriptionStatusFilter,
    all_of,
    any_of,
    attribute,
    connected_audience,
    describe,
    email_subscription,
    for_audience,
    for_trait_text,
    last_used_app,
    push_subscription,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = datetime(2026, 11, 23, 14, 15, tzinfo=timezone(timedelta(hours=2)))
NOON_SENT = "2026-11-23T12:15:00.000Z"
NONE = object()

# https://www.braze.com/docs/api/objects_filters/connected_audience, with a value, what is sent for
# it, and the words of the dashboard.
DOCUMENTED: list[tuple[str, str, object, object, str]] = [
    ("text", "equals", "Sweater", "Sweater", 'is any of "Sweater"'),
    ("text", "not_equal", "Sweater", "Sweater", 'is none of "Sweater"'),
    ("text", "matches_regex", "^Sweat", "^Sweat", 'matches regex "^Sweat"'),
    ("text", "does_not_match_regex", "{2}", "{2}", 'does not match regex "{2}"'),
    ("text", "exists", NONE, NONE, "is not blank"),
    ("text", "does_not_exist", NONE, NONE, "is blank"),
    ("array", "includes_value", "x", "x", 'includes any of "x"'),
    ("array", "does_not_include_value", 7, 7, "includes none of 7"),
    ("array", "exists", NONE, NONE, "has a value"),
    ("array", "does_not_exist", NONE, NONE, "is empty"),
    ("number", "equals", 12.5, 12.5, "exactly 12.5"),
    ("number", "not_equal", -3, -3, "does not equal -3"),
    ("number", "greater_than", 100, 100, "more than 100"),
    ("number", "greater_than_or_equal_to", 0, 0, "more than 0, OR exactly 0"),
    ("number", "less_than", 1e16, 1e16, "less than 10000000000000000"),
    ("number", "less_than_or_equal_to", 1e-7, 1e-7, "less than 0.0000001, OR exactly 0.0000001"),
    ("number", "exists", NONE, NONE, "is not blank"),
    ("number", "does_not_exist", NONE, NONE, "is blank"),
    ("boolean", "equals", True, True, "is true"),
    ("boolean", "equals", False, False, "is false"),
    ("boolean", "not_equal", True, True, "is false or not set"),
    ("boolean", "not_equal", False, False, "is true or not set"),
    ("boolean", "exists", NONE, NONE, "is not blank"),
    ("boolean", "does_not_exist", NONE, NONE, "is blank"),
    ("time", "less_than_x_days_ago", 7, 7, "less than 7 days ago"),
    ("time", "greater_than_x_days_ago", 0, 0, "more than 0 days ago"),
    ("time", "less_than_x_days_in_the_future", 1, 1, "in less than 1 day in the future"),
    ("time", "greater_than_x_days_in_the_future", 30, 30, "in more than 30 days in the future"),
    ("time", "after", NOON, NOON_SENT, "after 2026-11-23 12:15:00 UTC"),
    ("time", "before", NOON.replace(tzinfo=None), "2026-11-23T14:15:00.000Z",
     "before 2026-11-23 14:15:00 UTC"),
    ("time", "exists", NONE, NONE, "is not blank"),
    ("time", "does_not_exist", NONE, NONE, "is blank"),
]  # fmt: skip
TYPES = {row[0] for row in DOCUMENTED}


def compare(kind: str, comparison: str, value: object = NONE) -> ConnectedAudienceFilter:
    # Any: the comparison is named by the test's data.
    method: Callable[..., Any] = getattr(getattr(attribute("key"), kind), comparison)
    made = method() if value is NONE else method(value)
    assert isinstance(made, ConnectedAudienceFilter)
    return made


def first_line(text: str) -> str:
    return text.splitlines()[0]


@pytest.mark.parametrize(("kind", "comparison", "value", "sent", "words"), DOCUMENTED)
def test_every_documented_comparison_is_sent_and_worded(
    kind: str, comparison: str, value: object, sent: object, words: str
) -> None:
    made = compare(kind, comparison, value)
    leaf = {"custom_attribute_name": "key", "comparison": comparison}
    expected = {"custom_attribute": leaf if sent is NONE else {**leaf, "value": sent}}
    assert made.to_json() == expected
    assert encode(made.to_json()) == encode(unstructure(made))
    assert first_line(describe(made)) == f'Custom Attributes "key" {words}'


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_type_knows_its_own_comparisons_and_refuses_those_of_others(kind: str) -> None:
    own = {row[1] for row in DOCUMENTED if row[0] == kind}
    typed = getattr(attribute("key"), kind)
    methods = {name for name in dir(typed) if name[0] != "_" and callable(getattr(typed, name))}
    assert methods == own
    for other in {row[1] for row in DOCUMENTED} - own:
        with pytest.raises(ConfigurationError, match=f"'{other}' does not fit 'key' as {kind}"):
            getattr(typed, other)


def test_a_comparison_nobody_knows_is_an_attribute_error() -> None:
    typed: object = attribute("key").text
    assert not hasattr(typed, "contains")
    assert copy.deepcopy(typed) == pickle.loads(pickle.dumps(typed)) == typed


@pytest.mark.parametrize("state", ["opted_in", "subscribed", "unsubscribed"])
@pytest.mark.parametrize("comparison", ["is", "is_not"])
@pytest.mark.parametrize("channel", ["push", "email"])
def test_subscription_status(channel: str, comparison: str, state: Any) -> None:
    status = push_subscription if channel == "push" else email_subscription
    made = status.is_(state) if comparison == "is" else status.is_not(state)
    assert made.to_json() == {
        f"{channel}_subscription_status": {"comparison": comparison, "value": state}
    }
    words = f"{comparison} {state}".replace("_", " ")
    assert describe(made) == f"{channel.capitalize()} Subscription Status {words}"


def test_last_used_app() -> None:
    after = last_used_app.after(NOON)
    assert after.to_json() == {"last_used_app": {"comparison": "after", "value": NOON_SENT}}
    assert describe(last_used_app.before(NOON)) == (
        "Last Used App before 2026-11-23 12:15:00 UTC\n"
        "Note: The dashboard asks for dates in the time zone of the company."
    )


def test_helpers_for_engage() -> None:
    assert for_audience("dormant_shopper") == attribute("dormant_shopper").boolean.equals(True)
    assert for_trait_text("last product viewed", "^Sweat").to_json() == {
        "custom_attribute": {
            "custom_attribute_name": "last product viewed",
            "comparison": "matches_regex",
            "value": "^Sweat",
        }
    }


LTV = attribute("ltv_90d").number.greater_than(100)
VIP = for_audience("vip")
PUSH = push_subscription.is_("opted_in")


def test_trees_nest_and_flatten() -> None:
    tree = LTV & (VIP | PUSH)
    assert tree.to_json() == {
        "AND": [LTV.to_json(), {"OR": [VIP.to_json(), PUSH.to_json()]}],
    }
    assert tree == all_of(LTV, any_of(VIP, PUSH))
    assert LTV & VIP & PUSH == LTV & (VIP & PUSH) == ConnectedAudience(all_of=(LTV, VIP, PUSH))
    assert all_of(LTV) == any_of(LTV) == LTV
    assert pickle.loads(pickle.dumps(tree)) == copy.deepcopy(tree) == tree
    assert len({tree, all_of(LTV, any_of(VIP, PUSH))}) == 1


def test_a_tree_keeps_a_copy_of_what_it_was_made_of() -> None:
    members: list[Audience] = [LTV, VIP]
    tree = ConnectedAudience(any_of=members)
    members.clear()
    assert tree.to_json() == {"OR": [LTV.to_json(), VIP.to_json()]}


def test_words_of_a_tree() -> None:
    assert describe(LTV & (VIP | PUSH) & attribute("points").number.less_than(5)) == (
        "All of these:\n"
        '- Custom Attributes "ltv_90d" more than 100\n'
        "- Any of these:\n"
        '  - Custom Attributes "vip" is true\n'
        "  - Push Subscription Status is opted in\n"
        '- Custom Attributes "points" less than 5\n'
        'Note: Older dashboards say "equals" instead of "is".\n'
        'Note: "less than" and "exactly 0" also find people who do not have the attribute; '
        'add "is not blank" to leave them out.'
    )


def test_a_note_appears_once() -> None:
    assert describe(VIP | for_audience("dormant")).count("Note: ") == 1


@pytest.mark.parametrize(
    ("made", "note"),
    [
        (attribute("k").number.equals(0), "who do not have the attribute"),
        (attribute("k").number.less_than_or_equal_to(3), "who do not have the attribute"),
        (attribute("k").number.greater_than_or_equal_to(0), "who do not have the attribute"),
        (attribute("k").text.does_not_match_regex("x"), 'add "is blank" with OR'),
        (attribute("k").text.matches_regex("x"), "ignores case"),
        (attribute("k").text.equals("x"), 'say "equals" instead of "is any of"'),
        (attribute("k").text.exists(), "An empty text counts as blank"),
        (attribute("k").boolean.exists(), "filter by true for its members"),
        (attribute("k").boolean.not_equal(True), 'without "or not set"'),
        (attribute("k").time.less_than_x_days_ago(1), "24 hours"),
        (attribute("k").time.before(NOON), "time zone of the company"),
        (CohortFilter("Dormant shoppers"), "enabled cohort import for Segment"),
        (EventCountFilter("Bought", "exactly", 0), "who never did it"),
        (EventCountFilter("Bought", "less_than", 2), "who never did it"),
        (EventCountFilter("Bought", "more_than", 2, days=1), "calendar days"),
        (EventCountFilter("Audience Exited", "exactly", 1), "In Y Days on audience_key"),
        (EventCountFilter("Trait Computed", "more_than", 1), "In Y Days on trait_key"),
    ],
)
def test_what_a_marketer_must_mind_is_said(made: Any, note: str) -> None:
    assert note in describe(made).split("Note: ", 1)[1]


@pytest.mark.parametrize(
    "made",
    [
        attribute("k").number.equals(1),
        attribute("k").number.greater_than(0),
        attribute("k").array.exists(),
        push_subscription.is_("opted_in"),
        EventCountFilter("Bought", "more_than", 0),
        EventCountFilter("Bought", "exactly", 1),
    ],
)
def test_where_nothing_needs_minding_nothing_is_said(made: Any) -> None:
    assert "Note" not in describe(made)


def test_cohorts_and_events_in_words() -> None:
    assert first_line(describe(CohortFilter("Dormant shoppers"))) == (
        'Segment Cohorts includes "Dormant shoppers"'
    )
    assert first_line(describe(CohortFilter("Dormant shoppers", includes=False))) == (
        'Segment Cohorts does not include "Dormant shoppers"'
    )
    assert first_line(describe(EventCountFilter("Audience Entered", "more_than", 0))) == (
        'Custom Event "Audience Entered" more than 0 times'
    )
    assert first_line(describe(EventCountFilter("Bought", "exactly", 1, days=1))) == (
        'X Custom Event In Y Days "Bought" exactly 1 time in the last 1 calendar day'
    )


DASHBOARD_ONLY: list[Any] = [CohortFilter("Dormant"), EventCountFilter("Bought", "more_than", 0)]


@pytest.mark.parametrize("only", DASHBOARD_ONLY, ids=lambda only: type(only).__name__)
@pytest.mark.parametrize(
    "send",
    [
        lambda only: only.to_json(),
        lambda only: only & VIP,
        lambda only: only | VIP,
        lambda only: VIP & only,
        lambda only: VIP | only,
        all_of,
        lambda only: any_of(VIP, only),
        lambda only: ConnectedAudience(all_of=[only]),
        connected_audience,
    ],
)
def test_what_only_the_dashboard_knows_is_not_sent(send: Callable[[Any], Any], only: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        send(only)
    text = str(caught.value)
    assert f"{type(only).__name__} cannot be sent: connected audiences filter by" in text
    assert "make a segment in the dashboard" in text.lower()
    assert ("for_audience(key)" if isinstance(only, CohortFilter) else "attribute(name)") in text


@attrs.frozen(kw_only=True)
class Send:
    audience: Audience | None = attrs.field(
        default=None, converter=attrs.converters.optional(connected_audience)
    )


def test_a_request_carries_the_audience() -> None:
    attrs.resolve_types(Send)
    assert unstructure(Send(audience=LTV)) == {"audience": LTV.to_json()}
    assert unstructure(Send(audience=LTV & VIP)) == {"audience": (LTV & VIP).to_json()}
    assert unstructure(Send()) == {}
    for only in DASHBOARD_ONLY:
        with pytest.raises(ConfigurationError, match="cannot be sent"):
            Send(audience=only)


REFUSED: list[tuple[str, str, object, str]] = [
    ("number", "greater_than", True, "number, greater_than.*bool.*a boolean is no number"),
    ("number", "equals", float("nan"), "finite"),
    ("number", "less_than", float("inf"), "finite"),
    ("number", "less_than", 10**400, "finite"),
    ("number", "not_equal", "5", "a text of 1 characters: give a finite int or float"),
    ("number", "equals", Decimal(5), "Decimal: give a finite int or float"),
    ("number", "equals", None, "is None: give a finite int or float"),
    ("text", "equals", 5, "give a text"),
    ("text", "equals", "a" * 256, "at most 255"),
    ("text", "not_equal", "\ud800", "lone surrogates"),
    ("text", "matches_regex", "", "non-empty"),
    ("text", "matches_regex", "a" * 32_765, "at most 32,764 characters"),
    ("text", "does_not_match_regex", 5, "give a non-empty text"),
    ("boolean", "equals", 1, "give True or False"),
    ("boolean", "not_equal", "true", "give True or False"),
    ("array", "includes_value", ["x"], "give a finite int or float"),
    ("array", "includes_value", True, "arrays hold text and numbers"),
    ("array", "does_not_include_value", "a" * 256, "at most 255"),
    ("time", "after", "2026-11-23T10:15:00Z", "give a datetime; one without zone counts as UTC"),
    ("time", "before", date(2026, 11, 23), "is a date: give a datetime"),
    ("time", "after", datetime.min.replace(tzinfo=timezone(timedelta(hours=9))), "1 to 9999"),
    ("time", "less_than_x_days_ago", 0, "whole number, 1 or more"),
    ("time", "less_than_x_days_in_the_future", True, "whole number, 1 or more"),
    ("time", "greater_than_x_days_ago", -1, "whole number, 0 or more"),
    ("time", "greater_than_x_days_ago", 10**400, "whole number, 0 or more"),
    ("time", "greater_than_x_days_in_the_future", 1.5, "whole number, 0 or more"),
]


@pytest.mark.parametrize(("kind", "comparison", "value", "why"), REFUSED)
def test_a_value_that_does_not_fit_is_refused(
    kind: str, comparison: str, value: object, why: str
) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        compare(kind, comparison, value)
    assert "'key'" in str(caught.value) or "1 to 9999" in why


def test_the_longest_values_fit() -> None:
    for comparison, characters in [("matches_regex", 32_764), ("equals", 255), ("equals", 0)]:
        leaf = compare("text", comparison, "a" * characters).custom_attribute
        assert leaf is not None
        assert leaf.value == "a" * characters
    assert attribute("k" * 255).text.exists().custom_attribute is not None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "non-empty"),
        (None, "give a non-empty text"),
        ("k" * 256, "at most 255"),
        (" vip", "blanks around it"),
        ("email", "no custom attribute"),
        ("external_id", "no custom attribute"),
        ("\udfff", "surrogates"),
    ],
)
def test_a_name_that_cannot_be_filtered_by_is_refused(name: Any, why: str) -> None:
    with pytest.raises(ConfigurationError, match=f"custom_attribute_name is .*{why}"):
        attribute(name)
    with pytest.raises(ConfigurationError, match=why):
        for_audience(name)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (
            lambda: CustomAttributeFilter(
                custom_attribute_name="vip",
                comparison="matches_regex",
                value="x",
                data_type="boolean",
            ),
            "'matches_regex' does not fit 'vip' as boolean: give one of equals, not_equal",
        ),
        (
            lambda: CustomAttributeFilter(
                custom_attribute_name="vip", comparison="exists", value=True, data_type="boolean"
            ),
            "leave it out",
        ),
        (
            lambda: CustomAttributeFilter(
                custom_attribute_name="vip",
                comparison="exists",
                data_type="object",  # type: ignore[arg-type]  # that is the point
            ),
            "'object' is no type of attributes: give one of text, number",
        ),
        (lambda: push_subscription.is_("optedin"), "give one of opted_in"),  # type: ignore[arg-type]  # that is the point
        (
            lambda: SubscriptionStatusFilter(comparison="equals", value="opted_in"),  # type: ignore[arg-type]  # that is the point
            "give one of is, is_not",
        ),
        (
            lambda: LastUsedAppFilter(comparison="is", value=NOON),  # type: ignore[arg-type]  # that is the point
            "give one of after, before",
        ),
        (lambda: last_used_app.after("today"), "give a datetime"),  # type: ignore[arg-type]  # that is the point
        (ConnectedAudienceFilter, "holds nothing: give exactly one of custom_attribute"),
        (
            lambda: attrs.evolve(VIP, last_used_app=last_used_app.after(NOON).last_used_app),
            "custom_attribute and last_used_app: give exactly one",
        ),
        (
            lambda: ConnectedAudienceFilter(custom_attribute="vip"),  # type: ignore[arg-type]  # that is the point
            r"give CustomAttributeFilter\(\.\.\.\)",
        ),
        (ConnectedAudience, "exactly one of all_of and any_of"),
        (lambda: ConnectedAudience(all_of=[VIP], any_of=[VIP]), "exactly one of"),
        (lambda: ConnectedAudience(all_of=VIP), "give a list of filters"),  # type: ignore[arg-type]  # that is the point
        (lambda: ConnectedAudience(any_of=[VIP.to_json()]), "give filters made with"),  # type: ignore[list-item]  # that is the point
        (all_of, "all_of needs at least one"),
        (any_of, "any_of needs at least one"),
        (lambda: VIP and LTV, "combine with & and |"),
        (lambda: (VIP | LTV) or LTV, "combine with & and |"),
        (lambda: VIP & "vip", "give filters made with"),  # type: ignore[operator]  # that is the point
        (lambda: describe("vip"), "give filters made with"),  # type: ignore[arg-type]  # that is the point
        (lambda: CohortFilter(""), "CohortFilter.name"),
        (lambda: CohortFilter("x", includes=1), "give True or False"),  # type: ignore[arg-type]  # that is the point
        (lambda: EventCountFilter("", "exactly", 1), "EventCountFilter.event"),
        (lambda: EventCountFilter("e" * 256, "exactly", 1), "at most 255"),
        (lambda: EventCountFilter("$x", "exactly", 1), "no event begins with"),
        (lambda: EventCountFilter("x", "equals", 1), "give one of more_than, less_than, exactly"),  # type: ignore[arg-type]  # that is the point
        (lambda: EventCountFilter("x", "exactly", -1), "0 or more"),
        (lambda: EventCountFilter("x", "less_than", 0), "1 or more"),
        (lambda: EventCountFilter("x", "more_than", 51, days=7), "from 0 to 50"),
        (lambda: EventCountFilter("x", "more_than", 1, days=2), "one of 1, 3, 7, 14, 21, 30"),
        (lambda: EventCountFilter("x", "more_than", 1, days=True), "one of 1, 3, 7, 14, 21, 30"),
    ],
)
def test_what_makes_no_filter_is_refused(make: Callable[[], object], why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        make()


def test_no_message_shows_a_value() -> None:
    for kind, comparison in [("number", "equals"), ("boolean", "equals"), ("time", "after")]:
        with pytest.raises(ConfigurationError) as caught:
            compare(kind, comparison, "ana@example.com")
        assert "ana" not in str(caught.value)
