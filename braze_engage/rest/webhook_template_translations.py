"""The group "webhook_template_translations" of the REST API."""

from braze_engage.objects import SourceTexts, Translations
from braze_engage.objects.models import model
from braze_engage.objects.translations import OfMessage, ReadTranslations, UpdateTranslations
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "GetWebhookTemplateSource",
    "ReadWebhookTemplateTranslations",
    "UpdateWebhookTemplateTranslations",
    "WebhookTemplateTranslations",
    "WebhookTemplateTranslationsUpdated",
]


@model(kw_only=True)
class GetWebhookTemplateSource(OfMessage):
    """Which webhook template; the id is a UUID.

    Args:
        template_id: The template.
    """

    ids = ("template_id",)

    template_id: str


@model(kw_only=True)
class ReadWebhookTemplateTranslations(ReadTranslations):
    """Which webhook template, and which locale; every id is a UUID.

    Args:
        template_id: The template.
        locale_id: Only this locale.
    """

    ids = ("template_id",)

    template_id: str


@model(kw_only=True)
class UpdateWebhookTemplateTranslations(UpdateTranslations):
    """The texts of a webhook template in one locale; every id is a UUID.

    Args:
        template_id: The template.
        locale_id: The locale.
        translation_map: Id of a translation tag -> text.
    """

    ids = ("template_id",)

    template_id: str


@model(kw_only=True)
class WebhookTemplateTranslationsUpdated:
    """Braze took the translations; it says nothing else."""


class WebhookTemplateTranslations(Family):
    """Translations of webhook templates."""

    group = "webhook_template_translations"

    get_source = Operation(
        "GET",
        "/templates/webhook/translations/source",
        GetWebhookTemplateSource,
        SourceTexts,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="templates.translations.get",
        docs="https://www.braze.com/docs/api/endpoints/translations/webhook_templates/get_view_source_webhook_template",
    )
    """Read the texts of a webhook template that are to be translated."""

    list = Operation(
        "GET",
        "/templates/webhook/translations",
        ReadWebhookTemplateTranslations,
        Translations,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="templates.translations.get",
        docs="https://www.braze.com/docs/api/endpoints/translations/webhook_templates/get_view_translation_webhook_template",
    )
    """List the translations of a webhook template."""

    update = Operation(
        "PUT",
        "/templates/webhook/translations",
        UpdateWebhookTemplateTranslations,
        WebhookTemplateTranslationsUpdated,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="templates.translations.update",
        docs="https://www.braze.com/docs/api/endpoints/translations/webhook_templates/put_update_webhook_template",
    )
    """Set the translations of a webhook template for one locale."""
