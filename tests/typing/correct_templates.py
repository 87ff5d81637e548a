"""Correct use of the groups of templates, translations and keys of apps; it is read, never run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from typing_extensions import assert_type

from braze_engage.objects import (
    Accepted,
    FirebasePushCredential,
    PreferenceCenterLinkTag,
    PreferenceCenterOptions,
    SourceTexts,
    Translations,
)
from braze_engage.rest.content_blocks import ContentBlock, ContentBlockPage, ContentBlockWritten
from braze_engage.rest.preference_centers import PreferenceCenterCreated, PreferenceCenterUrl
from braze_engage.rest.sdk_authentication import SdkAuthenticationKeyCreated, SdkAuthenticationKeys
from braze_engage.rest.templates import EmailTemplate, EmailTemplateCreated, EmailTemplateUpdated
from braze_engage.rest.webhook_template_translations import WebhookTemplateTranslationsUpdated

if TYPE_CHECKING:
    from datetime import datetime

    from braze_engage.rest.client import BrazeClient


def templates(braze: BrazeClient, noon: datetime) -> None:
    rows = braze.templates
    assert_type(rows.list_email_templates.items(modified_after=noon), Iterator[EmailTemplate])
    made = rows.create_email_template(template_name="T", subject="Hi", body="x", tags=["new"])
    assert_type(made, EmailTemplateCreated)
    changed = rows.update_email_template(email_template_id=made.email_template_id, tags=None)
    assert_type(changed, EmailTemplateUpdated)
    blocks = braze.content_blocks
    assert_type(blocks.list(limit=1_000, offset=5), ContentBlockPage)
    assert_type(blocks.list.items(), Iterator[ContentBlock])
    assert_type(blocks.create(name="a", content="x", state="draft"), ContentBlockWritten)


def preference_centers(braze: BrazeClient) -> None:
    rows = braze.preference_centers
    icon = PreferenceCenterLinkTag(rel="icon", type="image/png", href="/a.png")
    made = rows.create(
        name="news",
        preference_center_page_html="x",
        confirmation_page_html="x",
        options=PreferenceCenterOptions(links_tags=[icon]),
    )
    assert_type(made, PreferenceCenterCreated)
    url = rows.create_url(preference_center_id=made.preference_center_api_id, user_id="u1")
    assert_type(url, PreferenceCenterUrl)


def translations(braze: BrazeClient) -> None:
    rows = braze.campaign_translations
    found = rows.list(campaign_id="c", message_variation_id="m", post_launch_draft_version=True)
    assert_type(found, Translations)
    assert_type(found.translations[0].translation_map, Mapping[str, str])
    assert_type(braze.content_block_translations.get_source(content_block_id="b"), SourceTexts)
    email = braze.email_template_translations
    done = email.update(template_id="t", locale_id="l", translation_map={"greeting": "Hola"})
    assert_type(done, Accepted)
    webhook = braze.webhook_template_translations
    silent = webhook.update(template_id="t", locale_id="l", translation_map={"greeting": "Hola"})
    assert_type(silent, WebhookTemplateTranslationsUpdated)


def apps(braze: BrazeClient) -> None:
    rows = braze.sdk_authentication
    key = rows.create_key(app_id="a", rsa_public_key_str="PEM", description="d", make_primary=True)
    assert_type(key, SdkAuthenticationKeyCreated)
    assert_type(rows.delete_key(app_id="a", key_id=key.id), SdkAuthenticationKeys)
    credential = FirebasePushCredential(credential="e30=")
    assert_type(braze.apps.update_push_credential(app_id="a", firebase=credential), Accepted)
