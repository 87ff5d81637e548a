"""The group "webhook_template_translations" of the REST API."""

from braze_engage.operation import Family

__all__ = ["WebhookTemplateTranslations"]


class WebhookTemplateTranslations(Family):
    """Translations of webhook templates."""

    group = "webhook_template_translations"
