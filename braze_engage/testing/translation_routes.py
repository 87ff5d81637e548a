"""Handlers of the groups of translations.

https://www.braze.com/docs/api/endpoints/translations
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from braze_engage.testing.checks import refuse
from braze_engage.testing.liquid import source_texts
from braze_engage.testing.messages import Answer, Refused

if TYPE_CHECKING:
    from braze_engage.testing.messages import Call, Handler, Handlers
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.translations import Kind, Locale, TranslatedMessage
    from braze_engage.testing.values import Json, JsonObject

_ONE_LANGUAGE: Final = "This message does not support multi-language."


@attrs.frozen
class _Group:
    """The handlers of one kind of message.

    Args:
        kind: Of message.
        ids: The parameters that name it.
        silent: Whether answers hold no message of success.
    """

    kind: Kind
    ids: tuple[str, ...]
    silent: bool = False

    def list(self, workspace: Workspace, call: Call) -> Answer:
        message = self._message(workspace, call.query)
        locale = _locale(workspace, call.query)
        chosen = [*workspace.locales.values()] if locale is None else [locale]
        found: list[Json] = [
            {"translation_map": {**message.by_locale[one.uuid]}, "locale": one.told}
            for one in chosen
            if one.uuid in message.by_locale
        ]
        return Answer(200, {"translations": found})

    def get_source(self, workspace: Workspace, call: Call) -> Answer:
        message = self._message(workspace, call.query)
        _locale(workspace, call.query)
        told: JsonObject = {} if self.silent else {"message": "success"}
        return Answer(200, {"translations": {"translation_map": {**message.source}}, **told})

    def update(self, workspace: Workspace, call: Call) -> Answer:
        message = self._message(workspace, call.body)
        locale, texts = _locale(workspace, call.body), call.body["translation_map"]
        assert locale is not None
        assert isinstance(texts, dict)
        if not texts.keys() <= message.source.keys():
            refuse("The provided translations yielded errors when parsing. Unknown translation id")
        kept = message.by_locale.setdefault(locale.uuid, {})
        kept.update({tag: str(text) for tag, text in texts.items()})
        return Answer(200, {} if self.silent else {"message": "success"})

    def _message(self, workspace: Workspace, given: JsonObject) -> TranslatedMessage:
        ids = [str(given[name]) for name in self.ids]
        _read_tags(workspace, self.kind, ids[-1])
        message = workspace.translations.get((self.kind, *ids))
        if message is None:
            raise Refused(404, f"No {self.kind} with this id could be found")
        if given.get("post_launch_draft_version") and message.draft is not None:
            message = message.draft
        if not message.source:
            raise Refused(400, _ONE_LANGUAGE, [{"message": _ONE_LANGUAGE}])
        return message


def _read_tags(workspace: Workspace, kind: Kind, found_under: str) -> None:
    """Take the texts of what is in the workspace from its content."""
    if kind == "content block" and found_under in workspace.content_blocks:
        texts = source_texts(workspace.content_blocks[found_under].content)
    elif kind == "email template" and found_under in workspace.email_templates:
        template = workspace.email_templates[found_under]
        texts = source_texts(template.subject, template.preheader, template.body)
    else:
        return
    workspace.translations.add(kind, found_under, source={}).source = texts


def _locale(workspace: Workspace, given: JsonObject) -> Locale | None:
    if "locale_id" not in given:
        return None
    found = workspace.locales.get(str(given["locale_id"]))
    if found is None:
        refuse("The provided locale code does not exist.")
    return found


_GROUPS: Final = {
    "/campaigns/translations": _Group("campaign", ("campaign_id", "message_variation_id")),
    "/canvas/translations": _Group("canvas", ("workflow_id", "step_id", "message_variation_id")),
    "/content_blocks/translations": _Group("content block", ("content_block_id",)),
    "/templates/email/translations/": _Group("email template", ("template_id",)),
    "/templates/webhook/translations": _Group("webhook template", ("template_id",), silent=True),
}


def _handlers() -> dict[tuple[str, str], Handler]:
    found: dict[tuple[str, str], Handler] = {
        ("GET", "/templates/translations/email"): _GROUPS["/templates/email/translations/"].list
    }
    for path, group in _GROUPS.items():
        found["GET", path] = group.list
        found["GET", f"{path.rstrip('/')}/source"] = group.get_source
        found["PUT", path] = group.update
    return found


HANDLERS: Final[Handlers] = _handlers()
