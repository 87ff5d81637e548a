"""The group "canvas_translations" of the REST API."""

from braze_engage.objects import Accepted, SourceTexts, Translations
from braze_engage.objects.models import model
from braze_engage.objects.translations import ReadDraftTranslations, UpdateTranslations
from braze_engage.operation import Family, Operation, Replay

__all__ = ["CanvasTranslations", "ReadCanvasTranslations", "UpdateCanvasTranslations"]


@model(kw_only=True)
class ReadCanvasTranslations(ReadDraftTranslations):
    """Which message, and which locale; every id is a UUID.

    Args:
        workflow_id: The Canvas.
        step_id: Its step.
        message_variation_id: The variation of its message.
        locale_id: Only this locale.
        post_launch_draft_version: Whether the draft that follows a launch is meant.
    """

    ids = ("workflow_id", "step_id", "message_variation_id")

    workflow_id: str
    step_id: str
    message_variation_id: str


@model(kw_only=True)
class UpdateCanvasTranslations(UpdateTranslations):
    """The texts of a message in one locale; every id is a UUID.

    Args:
        workflow_id: The Canvas.
        step_id: Its step.
        message_variation_id: The variation of its message.
        locale_id: The locale.
        translation_map: Id of a translation tag -> text.
    """

    ids = ("workflow_id", "step_id", "message_variation_id")

    workflow_id: str
    step_id: str
    message_variation_id: str


class CanvasTranslations(Family):
    """Translations of Canvas messages."""

    group = "canvas_translations"

    list = Operation(
        "GET",
        "/canvas/translations",
        ReadCanvasTranslations,
        Translations,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="canvas.translations.get",
        docs="https://www.braze.com/docs/api/endpoints/translations/canvas/get_translation_canvas",
    )
    """List the translations of a Canvas message."""

    get_source = Operation(
        "GET",
        "/canvas/translations/source",
        ReadCanvasTranslations,
        SourceTexts,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="canvas.translations.get",
        docs="https://www.braze.com/docs/api/endpoints/translations/canvas/get_source_canvas",
    )
    """Read the texts of a Canvas message that are to be translated."""

    update = Operation(
        "PUT",
        "/canvas/translations",
        UpdateCanvasTranslations,
        Accepted,
        bucket="translations",
        replay=Replay.ALWAYS,
        permission="canvas.translations.update",
        docs="https://www.braze.com/docs/api/endpoints/translations/canvas/put_update_translation_canvas",
    )
    """Set the translations of a Canvas message for one locale."""
