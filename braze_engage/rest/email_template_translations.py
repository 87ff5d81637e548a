"""The group "email_template_translations" of the REST API."""

from braze_engage.objects import Accepted, SourceTexts, Translations
from braze_engage.objects.models import model
from braze_engage.objects.translations import OfMessage, ReadTranslations, UpdateTranslations
from braze_engage.operation import Family, Operation, Replay

__all__ = [
    "EmailTemplateTranslations",
    "ReadEmailTemplateTranslations",
    "ReadEmailTemplateTranslationsOfLocale",
    "UpdateEmailTemplateTranslations",
]


@model(kw_only=True)
class ReadEmailTemplateTranslations(OfMessage):
    """Which e-mail template; the id is a UUID.

    Args:
        template_id: The template.
    """

    ids = ("template_id",)

    template_id: str


@model(kw_only=True)
class ReadEmailTemplateTranslationsOfLocale(ReadTranslations):
    """Which e-mail template, and which locale; every id is a UUID.

    Args:
        template_id: The template.
        locale_id: Only this locale.
    """

    ids = ("template_id",)

    template_id: str


@model(kw_only=True)
class UpdateEmailTemplateTranslations(UpdateTranslations):
    """The texts of an e-mail template in one locale; every id is a UUID.

    Args:
        template_id: The template.
        locale_id: The locale.
        translation_map: Id of a translation tag -> text.
    """

    ids = ("template_id",)

    template_id: str


class EmailTemplateTranslations(Family):
    """Translations of e-mail templates."""

    group = "email_template_translations"

    get_source = Operation(
        "GET",
        "/templates/email/translations/source",
        ReadEmailTemplateTranslations,
        SourceTexts,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="templates.email.info",
        docs="https://www.braze.com/docs/api/endpoints/translations/email_templates/get_view_source_template",
    )
    """Read the texts of an e-mail template that are to be translated."""

    list = Operation(
        "GET",
        "/templates/email/translations/",
        ReadEmailTemplateTranslations,
        Translations,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="templates.translations.get",
        docs="https://www.braze.com/docs/api/endpoints/translations/email_templates/get_view_translation_template",
    )
    """List the translations of an e-mail template."""

    list_for_locale = Operation(
        "GET",
        "/templates/translations/email",
        ReadEmailTemplateTranslationsOfLocale,
        Translations,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="templates.translations.get",
        docs="https://www.braze.com/docs/api/endpoints/translations/email_templates/get_view_translation_locale_template",
    )
    """List the translations of an e-mail template for one locale.

    Unconfirmed: the path differs from that of the other rows, which may be a slip of Braze's page.
    """

    update = Operation(
        "PUT",
        "/templates/email/translations/",
        UpdateEmailTemplateTranslations,
        Accepted,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="templates.translations.update",
        docs="https://www.braze.com/docs/api/endpoints/translations/email_templates/put_update_template",
    )
    """Set the translations of an e-mail template for one locale."""
