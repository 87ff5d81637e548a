"""The laws of the debugger's page."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from braze_engage import (
    AliasRule,
    BrazeClient,
    CohortClient,
    EngageRules,
    EngageSync,
    IdentityRules,
)
from tests.property import strategies as some
from tests.support.pages import ATTRIBUTES, TAGS, html_of, page_of

if TYPE_CHECKING:
    from braze_engage import Delivery, Explanation

Raw = dict[str, Any]  # Any: a call is JSON

MARK = "zqx"
"""Part of every identity made here, and of nothing else, so that any trace of one is found."""

RULES = [
    IdentityRules(),
    IdentityRules(external_id=None, device_id="$.context.device.id", email="$.traits.email"),
    IdentityRules(
        external_id=("$.context.own_place", "$.userId"),
        user_alias=AliasRule(alias_name="$.anonymousId", alias_label="web"),
    ),
    IdentityRules(external_id=None, braze_id="$.context.own_place", phone="$.traits.phone"),
]

identities = st.one_of(
    st.builds("zQx{}".format, st.text(max_size=8)),
    st.builds("zQx{}".format, st.text("<>&\"'\\/ .-_|0aA", max_size=8)),
    st.builds("ZQX{}@Example.Test".format, st.text("abZ.+0", max_size=5)),
)


def explained(raw: object, rules: EngageRules) -> Explanation:
    """What becomes of a call with clients that are never used."""
    return EngageSync(
        rest=BrazeClient("rest-key", data_center="US-06"),
        cohorts=CohortClient(
            "import-key", data_center="US-06", partner="segment", partner_key="partner-key"
        ),
        rules=rules,
    ).explain(raw)


@st.composite
def calls_of_somebody(draw: st.DrawFn) -> Raw:
    """A call full of identities, each also inside another text and in a name."""

    def one() -> str:
        return draw(identities)

    traits: Raw = {
        "vip": draw(st.booleans()),
        "email": one(),
        "phone": one(),
        "firstName": one(),
        "lastName": one(),
        "name": one(),
        "address": {"street": one(), "city": "Porto"},
    }
    raw: Raw = {
        "type": draw(st.sampled_from(["identify", "track", "group", "delete", "page"])),
        "event": "Audience Entered",
        "userId": one(),
        "anonymousId": one(),
        "timestamp": "2026-11-02T09:15:00.066Z",
        "traits": traits,
        "properties": {"vip": True, "user_id": one()},
        "context": {
            "personas": {
                "computation_class": draw(st.sampled_from(["audience", "trait"])),
                "computation_id": "aud_1",
                "computation_key": "vip",
            },
            "device": {"id": one(), "advertisingId": one(), "name": one()},
            "externalIds": [{"id": one(), "type": "crm", "collection": "users"}],
            "ip": one(),
            "traits": {"email": one(), "phones": [one(), one()]},
        },
    }
    known = [value for value in texts_in(raw) if MARK in value.lower()]
    again = st.builds("to {}, and".format, st.sampled_from(known))
    traits["note"] = draw(again)
    traits["nested"] = {draw(again): [draw(again), {"deep": draw(again)}]}
    raw["context"]["own_place"] = draw(st.sampled_from(known))
    return raw


def texts_in(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_in(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts_in(inner)]
    return [value] if isinstance(value, str) else []


class TestNoIdentityOccursInAMaskedPage:
    @given(calls_of_somebody(), st.sampled_from(RULES), some.deliveries)
    def test_wherever_it_stands(
        self, raw: Raw, identity: IdentityRules, audiences: Delivery | None
    ) -> None:
        found = explained(raw, EngageRules(audiences=audiences, identity=identity))
        assert MARK not in html_of(found).lower()

    @given(calls_of_somebody())
    def test_the_same_page_with_identities_shows_them(self, raw: Raw) -> None:
        html = html_of(explained(raw, EngageRules()), show_identities=True).lower()
        assert html.count(MARK) >= len(texts_in(raw)) / 2


class TestAnyCallGivesAPage:
    @given(some.any_json() | some.odd_calls(), some.rules, st.booleans())
    def test_of_plain_elements_that_is_always_the_same(
        self, raw: object, rules: EngageRules, show: bool
    ) -> None:
        before = copy.deepcopy(raw)
        found = explained([raw], rules)
        html = html_of(found, show_identities=show)
        assert html == html_of(found, show_identities=show)
        page = page_of(found, show_identities=show)
        assert page.tags <= TAGS
        assert set(page.attributes) <= ATTRIBUTES
        assert page.section("The event")
        assert repr(raw) == repr(before)
