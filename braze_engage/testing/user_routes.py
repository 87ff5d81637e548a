"""Handlers of aliases, identification, merges, deletions and renames.

https://www.braze.com/docs/api/endpoints/user_data
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from braze_engage.testing import checks, identity
from braze_engage.testing.checks import IDENTIFIERS, known_fields, object_list, refuse, text
from braze_engage.testing.messages import Answer
from braze_engage.testing.values import Alias, Json, JsonObject, as_object, objects, strings

if TYPE_CHECKING:
    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.state import Workspace

_SUCCESS: Final = "success"
_REFERENCES = ("external_id", "user_alias", "email", "phone")
_DELETE_KINDS = ("external_ids", "user_aliases", "braze_ids", "email_addresses", "phone_numbers")


def alias_new(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/alias/new``."""
    wanted: list[tuple[Alias, str | None]] = []
    for entry in _required(call, "user_aliases"):
        known_fields(entry, ("external_id", "alias_name", "alias_label"), "user_aliases")
        pair = {name: entry.get(name) for name in checks.ALIAS_FIELDS}
        external_id = text(entry, "external_id") if "external_id" in entry else None
        wanted.append((checks.alias(pair, "user_aliases"), external_id))

    def write() -> None:
        for alias, external_id in wanted:
            identity.new_alias(workspace, alias, external_id)

    workspace.submit(write)
    return Answer(201, {"aliases_processed": len(wanted), "message": _SUCCESS})


def alias_update(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/alias/update``."""
    wanted: list[tuple[Alias, Alias]] = []
    for entry in _required(call, "alias_updates"):
        known_fields(entry, ("alias_label", "old_alias_name", "new_alias_name"), "alias_updates")
        label = text(entry, "alias_label")
        old, new = (text(entry, name) for name in ("old_alias_name", "new_alias_name"))
        wanted.append((Alias(old, label), Alias(new, label)))

    def write() -> None:
        for old, new in wanted:
            identity.rename_alias(workspace, old, new)

    workspace.submit(write)
    return Answer(201, {"message": _SUCCESS})


def identify(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/identify``."""
    aliases = object_list(call.body, "aliases_to_identify")
    emails = object_list(call.body, "emails_to_identify")
    phones = object_list(call.body, "phone_numbers_to_identify")
    behavior = call.body.get("merge_behavior", "merge")
    if not (aliases or emails or phones):
        refuse(
            "'aliases_to_identify', 'emails_to_identify' or 'phone_numbers_to_identify' required"
        )
    if behavior not in ("none", "merge"):
        refuse("'merge_behavior' must be 'none' or 'merge'")
    pairs = [_alias_to_identify(entry) for entry in aliases]
    addresses = [_address_to_identify(entry, "email") for entry in emails]
    addresses += [_address_to_identify(entry, "phone") for entry in phones]

    def write() -> None:
        merge = behavior == "merge"
        for alias, external_id in pairs:
            identity.identify_alias(workspace, alias, external_id, merge=merge)
        for entry in addresses:
            identity.identify_address(workspace, entry, merge=merge)

    workspace.submit(write)
    return Answer(201, {"aliases_processed": len(pairs) + len(addresses), "message": _SUCCESS})


def _alias_to_identify(entry: JsonObject) -> tuple[Alias, str]:
    known_fields(entry, ("external_id", "user_alias"), "aliases_to_identify")
    return checks.alias(entry.get("user_alias"), "user_alias"), text(entry, "external_id")


def _address_to_identify(entry: JsonObject, kind: str) -> JsonObject:
    known_fields(entry, ("external_id", kind, "prioritization"), f"{kind} to identify")
    text(entry, "external_id")
    text(entry, kind)
    checks.prioritization(entry)
    return entry


def merge(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/merge``."""
    updates = objects(call.body.get("merge_updates"))
    if not updates:
        refuse("'merge_updates' must be an array of objects")
    if len(updates) > IDENTIFIERS:
        refuse("a single request may not contain more than 50 merge updates")
    for update in updates:
        if set(update) != {"identifier_to_merge", "identifier_to_keep"}:
            refuse("'merge_updates' must only have 'identifier_to_merge' and 'identifier_to_keep'")
        for reference in update.values():
            _check_reference(as_object(reference))

    def write() -> None:
        for update in updates:
            identity.merge_profiles(workspace, update)

    workspace.submit(write)
    return Answer(202, {"message": _SUCCESS})


def _check_reference(reference: JsonObject) -> None:
    named = [name for name in _REFERENCES if name in reference]
    if len(named) != 1:
        refuse(
            "identifiers must be objects with an 'external_id' property that is a string, or "
            "'user_alias' property that is an object, or 'email' or 'phone' with 'prioritization'"
        )
    known_fields(reference, (*named, "prioritization"), "merge_updates")
    if named == ["user_alias"]:
        checks.alias(reference["user_alias"], "user_alias")
        return
    text(reference, named[0])
    if named[0] in ("email", "phone"):
        checks.prioritization(reference)


def delete(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/delete``."""
    kinds = [kind for kind in _DELETE_KINDS if kind in call.body]
    if len(kinds) != 1:
        refuse(f"exactly one of {', '.join(_DELETE_KINDS)} is allowed per request")
    kind = kinds[0]
    entries = call.body[kind]
    if not isinstance(entries, list) or not entries:
        refuse(f"'{kind}' must be a non-empty array")
    if len(entries) > IDENTIFIERS:
        refuse("The max number of ids per request was exceeded")
    for entry in entries:
        _check_deletion(entry, kind)

    def write() -> None:
        for entry in entries:
            identity.delete_profile(workspace, entry, kind)

    workspace.submit(write)
    return Answer(201, {"deleted": len(entries), "message": _SUCCESS})


def _check_deletion(entry: Json, kind: str) -> None:
    if kind in ("external_ids", "braze_ids"):
        if not isinstance(entry, str) or not entry:
            refuse(f"'{kind}' must be an array of strings")
    elif kind == "user_aliases":
        checks.alias(entry, kind)
    else:
        address = "email" if kind == "email_addresses" else "phone"
        if not isinstance(entry, dict):
            refuse(f"'{kind}' must be an array of objects")
        known_fields(entry, (address, "prioritization"), kind)
        text(entry, address)
        checks.prioritization(entry)


def external_ids_rename(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/external_ids/rename``; takes effect at once, as it reports each entry."""
    done: list[Json] = []
    errors: list[Json] = []
    entries = _required(call, "external_id_renames")
    for entry in entries:
        known_fields(entry, ("current_external_id", "new_external_id"), "external_id_renames")
        text(entry, "current_external_id")
        text(entry, "new_external_id")
    for index, entry in enumerate(entries):
        current, new = str(entry["current_external_id"]), str(entry["new_external_id"])
        problem = identity.rename_external_id(workspace, current, new)
        _sort(done, errors, index, entry, problem)
    return Answer(201, {"message": _SUCCESS, "external_ids": done, "rename_errors": errors})


def external_ids_remove(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/users/external_ids/remove``; takes effect at once, as it reports each entry."""
    done: list[Json] = []
    errors: list[Json] = []
    external_ids = strings(call.body.get("external_ids"))
    if not external_ids:
        refuse("'external_ids' must be a non-empty array of strings")
    if len(external_ids) > IDENTIFIERS:
        refuse("The max number of ids per request was exceeded")
    for index, external_id in enumerate(external_ids):
        problem = identity.remove_external_id(workspace, external_id)
        _sort(done, errors, index, external_id, problem)
    return Answer(201, {"message": _SUCCESS, "removed_ids": done, "removal_errors": errors})


def _sort(
    done: list[Json], errors: list[Json], index: int, entry: Json, problem: str | None
) -> None:
    if problem is None:
        done.append(entry)
    else:
        errors.append([index, problem])


def _required(call: Call, name: str) -> list[JsonObject]:
    entries = object_list(call.body, name)
    if not entries:
        refuse(f"'{name}' must be a non-empty array")
    return entries


HANDLERS: Final[Handlers] = {
    ("POST", "/users/alias/new"): alias_new,
    ("POST", "/users/alias/update"): alias_update,
    ("POST", "/users/identify"): identify,
    ("POST", "/users/merge"): merge,
    ("POST", "/users/delete"): delete,
    ("POST", "/users/external_ids/rename"): external_ids_rename,
    ("POST", "/users/external_ids/remove"): external_ids_remove,
}
