"""The debugger's page: what it says, what it hides, and how it is written."""

from __future__ import annotations

import os
import re
import stat
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from braze_engage import (
    AliasRule,
    BrazeClient,
    CohortClient,
    ConfigurationError,
    Delivery,
    EngageRules,
    EngageSync,
    IdentityRules,
    Outcome,
)
from braze_engage.sync.masks import DEEPEST
from braze_engage.sync.page import _BECOMES, _WORDS
from tests.support.changes import call
from tests.support.pages import ATTRIBUTES, TAGS, Page, html_of, page_of

if TYPE_CHECKING:
    from pathlib import Path

    from braze_engage.testing import FakeBraze

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "</span></pre></style><style>*{display:none}</style>",
    "<!-- comment",
    "&lt;b&gt; &amp;",
    'a "quoted" \\ text',
    "</title><script>alert(1)</script>",
]
TRACK = "/users/track"
BOTH = EngageRules(audiences=Delivery.COHORT | Delivery.IDENTIFY)


def make(fake: FakeBraze, rules: EngageRules = BOTH) -> EngageSync:
    session = fake.session()
    return EngageSync(
        rest=BrazeClient(fake.rest_api_key, data_center="US-06", session=session),
        cohorts=CohortClient(
            fake.data_import_key,
            data_center="US-06",
            partner=fake.partner,
            partner_key=fake.partner_key,
            session=session,
        ),
        rules=rules,
    )


@pytest.fixture
def sync(in_process_braze: FakeBraze) -> EngageSync:
    return make(in_process_braze)


def about(person: str | None = "u-1047", **parts: Any) -> dict[str, Any]:  # Any: a call is JSON
    """A call with further traits; `context` and everything else beside them by name."""
    raw = call(person, message_id="m-1")
    raw["traits"].update(parts.pop("traits", {}))
    raw["context"].update(parts.pop("context", {}))
    return {**raw, **parts}


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def written_out(text: str) -> str:
    """As JSON has it."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


class TestEscaping:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_nothing_of_a_call_becomes_markup(self, sync: EngageSync, text: str) -> None:
        page = page_of(
            sync.explain(about(traits={text: text, "list": [text, {text: [text]}]}, messageId=text))
        )
        assert page.tags <= TAGS
        assert set(page.attributes) <= ATTRIBUTES
        assert page.section("The event").count(written_out(text)) == 6
        assert text in page.section("How it was read")

    @pytest.mark.parametrize("text", HOSTILE)
    def test_nor_do_names_answers_and_identities(
        self, in_process_braze: FakeBraze, text: str
    ) -> None:
        fake = in_process_braze
        fake.fail(TRACK, status=400, json={"message": text, "errors": [text]})
        rules = EngageRules(audiences=Delivery.TRACK)
        raw = about(text, type="track", event=text, properties={text: text, "vip": True})
        sent = make(fake, rules).send_test(raw)
        assert sent.sent
        for show in (False, True):
            page = page_of(sent, show_identities=show)
            assert page.tags <= TAGS
            assert set(page.attributes) <= ATTRIBUTES
            assert (written_out(text) in page.text) is show

    def test_only_depth_is_styled_beside_the_sheet(self, sync: EngageSync) -> None:
        page = page_of(sync.explain(about(traits={'" style="color:red': 1})))
        assert all(re.fullmatch(r"--depth:\d+", style) for style in page.attributes["style"])

    def test_what_does_not_show_is_written_out(self, sync: EngageSync) -> None:
        shown = page_of(sync.explain(about(traits={"a\u202eb": "x\x00\ud800\u00a0\n\U000e0001"})))
        event = shown.section("The event")
        assert r'"a\u202eb"' in event
        assert r'"x\u0000\ud800\u00a0\n\udb40\udc01"' in event

    def test_a_browser_is_told_to_run_and_load_nothing(self, sync: EngageSync) -> None:
        html = html_of(sync.explain(about()))
        assert "default-src 'none'; style-src 'unsafe-inline'" in html
        assert not re.search(r"url\(|@import|src=|href=|<script", html)


class TestMasking:
    def test_the_same_identity_has_the_same_mask_everywhere(self, sync: EngageSync) -> None:
        sent = sync.send_test(
            about(
                anonymousId="8961e0ca-495e",
                traits={"email": "Ana@Example.test", "note": "u-1047 is ana@example.test"},
                context={"externalIds": [{"id": "u-1047", "type": "user_id"}]},
            )
        )
        page = page_of(sent)
        assert "u-1047" not in page.text
        assert "@" not in page.text
        event, test = page.section("The event"), page.section("The test")
        assert '"userId": "id-1"' in event
        assert '"id": "id-1"' in event
        assert '"email": "id-2"' in event
        assert '"note": "id-1 is id-2"' in event
        assert '"external_id": "id-1"' in test
        assert '"email": "id-2"' in test
        assert re.search(r'"user_ids": \[ +"id-1"', page.section("COHORT"))
        assert "identityexternal_id id-1" in page.section("IDENTIFY")
        legend = page.section("Identities are masked")
        assert "id-1external_id, id, userId, user_ids" in legend
        assert "id-3anonymousId" in legend

    @pytest.mark.parametrize(
        "parts",
        [
            {"anonymousId": "MARK"},
            {"anonymous_id": "MARK"},
            {"previousId": "MARK"},
            {"traits": {"firstName": "MARK"}},
            {"traits": {"last_name": "MARK"}},
            {"traits": {"name": "MARK"}},
            {"traits": {"id": "MARK"}},
            {"traits": {"workPhone": "MARK"}},
            {"traits": {"phones": ["MARK", "x"]}},
            {"traits": {"Email Address": "MARK"}},
            {"traits": {"backup_email": "MARK@example.test"}},
            {"traits": {"crm_id": "MARK"}},
            {"traits": {"address": {"street": "MARK"}}},
            {"context": {"device": {"id": "MARK"}}},
            {"context": {"device": {"advertisingId": "MARK"}}},
            {"context": {"device": {"name": "MARK"}}},
            {"context": {"ip": "MARK"}},
            {"context": {"traits": {"email": "MARK@example.test"}}},
            {"context": {"externalIds": [{"id": "MARK", "type": "crm", "encoding": "none"}]}},
            {"context": {"externalIds": {"crm": "MARK"}}},
            {"context": {"external_ids": ["MARK"]}},
            {"context": {"integrations": {"Braze": {"braze_id": "MARK"}}}},
            {"context": {"alias": {"alias_name": "MARK", "alias_label": "web"}}},
            {"context": {"anything": "write to MARK@example.test today"}},
        ],
        ids=str,
    )
    def test_identities_are_known_by_where_they_stand(
        self, sync: EngageSync, parts: dict[str, Any]
    ) -> None:
        raw = about(**parts)
        raw["traits"]["elsewhere"] = "of MARK, to MARK."
        found = sync.explain(raw)
        text = page_of(found).text
        assert "MARK@" not in text
        if "MARK@" not in str(parts):
            assert "MARK" not in text
            assert re.search(r"of id-2, to id-2\.", text)
        assert "MARK" in page_of(found, show_identities=True).text

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("call +1 (202) 555-0146 now", "call id-2 now"),
            ("at 2026-11-02T09:15:00+0100", "at 2026-11-02T09:15:00+0100"),
            ("1+12345678", "1+12345678"),
            ("<bob@example.test>, carol@example.test.", "<id-2>, id-3."),
            ("u@", "u@"),
        ],
    )
    def test_addresses_and_numbers_are_found_in_any_text(
        self, sync: EngageSync, text: str, shown: str
    ) -> None:
        page = page_of(sync.explain(about(traits={"note": text})))
        assert f'"note": "{shown}"' in page.section("The event")

    def test_a_short_identity_is_found_where_it_stands_alone(self, sync: EngageSync) -> None:
        page = page_of(sync.explain(about("7", traits={"a": "7, 17 and x-7", "b": 7, "c": 7.5})))
        event = page.section("The event")
        assert '"a": "id-1, 17 and x-id-1"' in event
        assert '"b": id-1,' in event
        assert '"c": 7.5' in event
        assert '"timestamp": "2026-11-02T00:00:00.000Z"' in event

    def test_a_long_identity_is_found_inside_words(self, sync: EngageSync) -> None:
        page = page_of(sync.explain(about(traits={"xu-1047x": "http://x/u-1047?a"})))
        assert '"xid-1x": "http://x/id-1?a"' in page.section("The event")

    def test_a_text_that_is_an_identity_is_one_as_a_whole(self, sync: EngageSync) -> None:
        page = page_of(sync.explain(about(traits={"name": "a@b c"})))
        assert '"name": "id-2"' in page.section("The event")

    def test_the_longest_identity_counts(self, sync: EngageSync) -> None:
        page = page_of(sync.explain(about(traits={"name": "u-1047 bis", "a": "the u-1047 bis"})))
        assert '"a": "the id-2"' in page.section("The event")

    def test_an_identity_is_known_as_messages_spell_it(self, in_process_braze: FakeBraze) -> None:
        in_process_braze.fail(TRACK, status=400, json={"message": "no  u  1047"})
        raw = about("u  1047", traits={"firstName": "An\ud800a", "An\ud800a": 1})
        sent = make(in_process_braze).send_test(raw)
        shown, page = page_of(sent, show_identities=True), page_of(sent)
        assert '"message": "no u 1047"' in shown.section("The test")
        assert '"message": "no id-1"' in page.section("The test")
        assert r"Left outAn\ud800a" in shown.section("IDENTIFY")
        assert "Left outid-2" in page.section("IDENTIFY")

    def test_who_it_is_sent_for_is_known_wherever_the_rules_found_it(
        self, in_process_braze: FakeBraze
    ) -> None:
        rules = IdentityRules(external_id="$.context.own_place")
        sync = make(in_process_braze, EngageRules(audiences=Delivery.COHORT, identity=rules))
        page = page_of(sync.explain(about(None, context={"own_place": "kiki"})))
        assert '"own_place": "id-1"' in page.section("The event")
        assert "kiki" not in page.text

    def test_numbers_are_identities_too(self, sync: EngageSync) -> None:
        page = page_of(sync.explain({**about(), "userId": 10_470}))
        assert '"userId": id-1,' in page.section("The event")
        assert '"external_id": "id-1"' in page.section("IDENTIFY")

    def test_a_mask_is_never_an_identity(self, sync: EngageSync) -> None:
        page = page_of(sync.explain(about("id-2", traits={"firstName": "id-1"})))
        event = page.section("The event")
        assert '"userId": "xid-1"' in event
        assert '"firstName": "xid-2"' in event

    def test_what_is_no_identity_stays_readable(self, sync: EngageSync) -> None:
        raw = about(
            traits={"email_subscribe": "opted_in", "product_id": "hat", "iphones": True},
            context={"library": {"name": "unknown"}, "device": {"type": "ios"}},
        )
        text = page_of(sync.explain(raw)).text
        for part in ("m-1", "aud_1", "spa_1", "opted_in", '"hat"', '"unknown"', '"ios"'):
            assert part in text

    def test_other_identifiers_are_masked_and_labels_are_not(
        self, in_process_braze: FakeBraze
    ) -> None:
        rules = IdentityRules(
            external_id=None,
            user_alias=AliasRule(alias_name="$.context.cookie", alias_label="web"),
        )
        sync = make(in_process_braze, EngageRules(audiences=Delivery.COHORT, identity=rules))
        text = page_of(sync.explain(about(None, context={"cookie_id": 0, "cookie": "kuki"}))).text
        assert "user_alias id-1 with label web" in text
        assert "kuki" not in text

    def test_identities_show_when_asked_and_secrets_never(self, sync: EngageSync) -> None:
        raw = about(
            writeKey="wk-33", context={"apiKeys": ["ak-4711"], "headers": {"Authorization": "Bb"}}
        )
        raw["traits"]["copy"] = "wk-33 ak-4711"
        for show in (False, True):
            text = page_of(sync.explain(raw), show_identities=show).text
            assert ("u-1047" in text) is show
            assert '"writeKey": "hidden"' in text
            assert '"copy": "hidden hidden"' in text
            assert "Bb" not in text
        assert "Identities are shown" in text

    def test_a_secret_that_is_an_identity_as_well_is_hidden(self, sync: EngageSync) -> None:
        raw = about(secret="u-1047", clientSecret=None, traits={"password": "x", "email": "x"})
        text = page_of(sync.explain(raw), show_identities=True).text
        assert "u-1047" not in text
        assert '"email": "hidden"' in text

    def test_no_key_of_a_client_shows(self, in_process_braze: FakeBraze) -> None:
        fake = in_process_braze
        keys = (fake.rest_api_key, fake.data_import_key, fake.partner_key)
        fake.fail(TRACK, status=401, json={"message": f"Invalid {fake.rest_api_key}"})
        html = html_of(make(fake).send_test(about()), show_identities=True)
        assert "test refused" in html
        assert not any(key in html for key in keys)


class TestContent:
    def test_it_says_what_the_explanation_says(self, sync: EngageSync) -> None:
        found = sync.explain(about(traits={"gender": "none of them", "loyalty": 3}))
        page = page_of(found)
        assert page.text.startswith("identify, message m-1\nwould be sent a run would send it")
        read = page.section("How it was read")
        assert "computationaudience vip (aud_1), space spa_1" in read
        assert "ruleaudiences" in read
        assert "deliveryIDENTIFY|COHORT" in read
        attributes = page.section("IDENTIFY: custom attributes")
        assert "requestPOST /users/track" in attributes
        assert "data points2" in attributes
        assert '"loyalty": 3' in attributes
        assert "Left outgender" in attributes
        assert "send M, F, O, N or P" in attributes
        cohort = page.section("COHORT: a change of a cohort")
        assert "data points0" in cohort
        assert any(warning in page.section("Worth knowing") for warning in found.warnings)

    def test_a_call_that_is_not_sent(self, sync: EngageSync) -> None:
        page = page_of(sync.explain(about(None)))
        assert "nobody to send it for" in page.text
        assert "(unidentified, no_identifier)" in page.section("COHORT")
        assert "request" not in page.section("COHORT").replace("it carries", "")
        assert not any("Identities" in section for section in page.sections)

    def test_a_call_that_cannot_be_read(self, sync: EngageSync) -> None:
        page = page_of(sync.explain("{"))
        assert "could not be read" in page.section("The event")
        assert "cannot be used" in page.section("What becomes of it")

    def test_a_deletion(self, in_process_braze: FakeBraze) -> None:
        fake = in_process_braze
        with BrazeClient(fake.rest_api_key, data_center="US-06", session=fake.session()) as rest:
            sync = EngageSync(rest=rest, erase=rest)
            raw = {"type": "delete", "userId": "u-1047", "timestamp": "2026-11-02T00:00:00Z"}
            page = page_of(sync.explain(raw))
        assert "POST /users/delete" in page.section("A deletion")
        assert "u-1047" not in page.text

    def test_a_test_shows_request_and_answer(self, sync: EngageSync) -> None:
        page = page_of(sync.send_test(about()))
        assert page.sections[0].strip().endswith("Braze took everything the test sent")
        test = page.section("The test")
        assert "test accepted" in test
        assert "Answer of Brazestatus201" in test
        assert '"attributes_processed": 1' in test

    def test_a_refused_test_shows_the_answer(self, in_process_braze: FakeBraze) -> None:
        in_process_braze.fail(TRACK, status=400, json={"message": "no such u-1047"})
        page = page_of(make(in_process_braze).send_test(about()))
        assert "Braze answered 400 and did not take everything" in page.text
        assert '"message": "no such id-1"' in page.section("The test")

    def test_a_lost_answer(self, in_process_braze: FakeBraze) -> None:
        in_process_braze.drop(TRACK, when="after")
        page = page_of(make(in_process_braze).send_test(about()))
        assert "statusnone" in page.section("The test")
        assert "no answer came" in page.text

    def test_a_test_that_was_not_sent_says_why(self, sync: EngageSync) -> None:
        page = page_of(sync.send_test(about(None)))
        assert "test not sent" in page.section("The test")
        assert "IdentityRules" in page.section("The test")

    def test_any_shape_of_a_call(self, sync: EngageSync) -> None:
        deep: object = 1
        for _ in range(DEEPEST + 3):
            deep = {"in": [deep]}
        odd = {
            "deep": deep,
            "empty": [{}, []],
            "set": {1},
            "day": date(2026, 11, 2),
            "huge": 10**5000,
            "none": None,
        }
        event = page_of(sync.explain(about(traits=odd))).section("The event")
        assert "…" in event
        assert re.search(r'"empty": \[\s+\{\},\s+\[\]\s+\]', event)
        assert '"set": (a set)' in event
        assert '"day": "2026-11-02"' in event
        assert '"huge": 0x' in event
        assert '"none": null' in event

    def test_there_are_words_for_every_outcome_and_delivery(self) -> None:
        assert set(_WORDS) == set(Outcome)
        assert set(_BECOMES) == set(Delivery) - {Delivery.NONE}

    def test_the_same_explanation_gives_the_same_page(self, sync: EngageSync) -> None:
        found = sync.explain(about(traits={"a": "x@y.test"}))
        assert html_of(found) == html_of(found)


class TestTheFile:
    def test_its_owner_alone_may_read_it(self, sync: EngageSync, tmp_path: Path) -> None:
        path = tmp_path / "page.html"
        path.write_text("old", "utf-8")
        path.chmod(0o644)
        assert sync.explain(about()).to_html(str(path)) == path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert Page(path.read_text("utf-8")).section("The event")
        assert names_in(tmp_path) == ["page.html"]

    def test_a_link_stays(self, sync: EngageSync, tmp_path: Path) -> None:
        link = tmp_path / "link"
        link.symlink_to(tmp_path / "page.html")
        sync.explain(about()).to_html(link)
        assert link.is_symlink()
        assert (tmp_path / "page.html").is_file()

    @pytest.mark.parametrize("name", ["", "no/such/page.html", "file/page.html", "loop", "a\0b"])
    def test_a_path_that_cannot_be_written(
        self, sync: EngageSync, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "file").touch()
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        found = sync.explain(about())
        with pytest.raises(ConfigurationError, match="name a file in a directory") as caught:
            found.to_html(name)
        assert caught.value.__context__ is None
        assert names_in(tmp_path) == ["file", "loop"]

    def test_what_is_no_file_is_not_replaced(self, sync: EngageSync, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        for path in (pipe, tmp_path):
            with pytest.raises(ConfigurationError, match="it is no file"):
                sync.explain(about()).to_html(path)
        assert stat.S_ISFIFO(pipe.stat().st_mode)

    def test_a_failure_leaves_what_was_there(
        self, sync: EngageSync, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "page.html"
        path.write_text("old", "utf-8")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("pathlib.Path.replace", full)
        with pytest.raises(ConfigurationError, match="No space left"):
            sync.explain(about()).to_html(path)
        assert path.read_text("utf-8") == "old"
        assert names_in(tmp_path) == ["page.html"]

    @pytest.mark.parametrize("show", ["no", 1, None])
    def test_identities_are_shown_by_true_alone(
        self, sync: EngageSync, tmp_path: Path, show: Any
    ) -> None:
        with pytest.raises(ConfigurationError, match="show_identities"):
            sync.explain(about()).to_html(tmp_path / "page.html", show_identities=show)
        assert names_in(tmp_path) == []


def test_notebooks_show_the_table(sync: EngageSync) -> None:
    found = sync.explain(about())
    assert found._repr_html_() == found.to_table()
    assert found.to_table().startswith("<table>")
