"""The group "email_template_translations" of the REST API."""

from braze_engage.operation import Family

__all__ = ["EmailTemplateTranslations"]


class EmailTemplateTranslations(Family):
    """Translations of e-mail templates."""

    group = "email_template_translations"
