"""Aliases, identification, merges, deletions and renames in the fake workspace.

https://www.braze.com/docs/api/endpoints/user_data
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from braze_engage.testing.track import alias_of
from braze_engage.testing.values import Alias, Json, JsonObject, as_object, strings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braze_engage.testing.profiles import Profile
    from braze_engage.testing.state import Workspace

PRIORITIES = frozenset(
    {"identified", "unidentified", "most_recently_updated", "least_recently_updated"}
)


def new_alias(workspace: Workspace, alias: Alias, external_id: str | None) -> None:
    """Attach an alias to a known person, or make an alias-only profile."""
    users = workspace.users
    if external_id is None and users.by_alias(alias) is None:
        users.add_alias(users.create(workspace.now()), alias)
    profile = users.get(external_id) if external_id is not None else None
    if profile is not None and users.add_alias(profile, alias):
        users.touch(profile)


def rename_alias(workspace: Workspace, old: Alias, new: Alias) -> None:
    """Change the name of an alias; an unknown pair changes nothing."""
    profile = workspace.users.by_alias(old)
    if profile is not None:
        with workspace.relabelling(profile):
            workspace.users.rename_alias(old, new)


def identify_alias(workspace: Workspace, alias: Alias, external_id: str, *, merge: bool) -> None:
    """Give an alias-only profile an external id, or merge it into the person who has that id."""
    profile = workspace.users.by_alias(alias)
    target = workspace.users.get(external_id)
    label_taken = target is not None and any(
        own.alias_label == alias.alias_label for own in target.aliases
    )
    if profile is not None and profile.external_id is None and not label_taken:
        _identify(workspace, profile, external_id, merge=merge)


def identify_address(workspace: Workspace, entry: JsonObject, *, merge: bool) -> None:
    """Identify the one profile of an e-mail address or phone number that priorities leave."""
    profile = pick(_with_address(workspace, entry), entry.get("prioritization"))
    if profile is not None and profile.external_id is None:
        _identify(workspace, profile, str(entry["external_id"]), merge=merge)


def _identify(workspace: Workspace, profile: Profile, external_id: str, *, merge: bool) -> None:
    target = workspace.users.get(external_id)
    if target is None:
        with workspace.relabelling(profile):
            workspace.users.set_external_id(profile, external_id)
        workspace.users.touch(profile)
    elif merge:
        workspace.merge(profile, target)


def merge_profiles(workspace: Workspace, update: JsonObject) -> None:
    """Merge one profile into another; nothing happens unless both are found and differ."""
    gone = _referred(workspace, as_object(update["identifier_to_merge"]))
    kept = _referred(workspace, as_object(update["identifier_to_keep"]))
    if gone is not None and kept is not None and gone is not kept:
        workspace.merge(gone, kept)


def delete_profile(workspace: Workspace, identifier: Json, kind: str) -> None:
    """Delete the person behind one identifier, deprecated external ids included.

    Args:
        workspace: Whose lock is held.
        identifier: An entry of the request.
        kind: Key of the request that listed it.
    """
    keys = {"external_ids": "external_id", "braze_ids": "braze_id", "user_aliases": "user_alias"}
    reference = {keys[kind]: identifier} if kind in keys else as_object(identifier)
    profile = _referred(workspace, reference)
    if profile is not None:
        workspace.delete(profile)


def _referred(workspace: Workspace, reference: JsonObject) -> Profile | None:
    external_id, braze_id = reference.get("external_id"), reference.get("braze_id")
    if isinstance(external_id, str):
        return workspace.users.get(external_id)
    if isinstance(braze_id, str):
        return workspace.users.by_braze_id(braze_id)
    alias = alias_of(reference.get("user_alias"))
    if alias is not None:
        return workspace.users.by_alias(alias)
    return pick(_with_address(workspace, reference), reference.get("prioritization"))


def _with_address(workspace: Workspace, entry: JsonObject) -> list[Profile]:
    email, phone = entry.get("email"), entry.get("phone")
    if isinstance(email, str):
        return workspace.users.with_email(email)
    return workspace.users.with_phone(phone) if isinstance(phone, str) else []


def pick(candidates: Iterable[Profile], prioritization: Json) -> Profile | None:
    """Apply priorities in order; more than one profile left means none."""
    left: list[Profile] = list(candidates)
    for priority in strings(prioritization) or []:
        if priority in {"identified", "unidentified"}:
            wanted = priority == "identified"
            left = [one for one in left if (one.external_id is not None) is wanted]
        else:
            latest = priority == "most_recently_updated"
            left = sorted(left, key=lambda one: one.updated, reverse=latest)[:1]
    return left[0] if len(left) == 1 else None


def rename_external_id(workspace: Workspace, current: str, new: str) -> str | None:
    """Give a person a new primary external id; the old one is deprecated.

    Returns:
        Why it was refused, or None.
    """
    profile = workspace.users.get(current)
    if profile is None:
        return f"'{current}' does not exist"
    if profile.external_id != current:
        return f"'{current}' is deprecated: 'current_external_id' must be the primary id"
    if new in workspace.users:
        return f"'{new}' is in use"
    with workspace.relabelling(profile):
        workspace.users.set_external_id(profile, new)
    return None


def remove_external_id(workspace: Workspace, external_id: str) -> str | None:
    """Forget a deprecated external id.

    Returns:
        Why it was refused, or None.
    """
    profile = workspace.users.get(external_id)
    if profile is None:
        return f"'{external_id}' does not exist"
    if profile.external_id == external_id:
        return f"'{external_id}' is a primary id: only deprecated ids can be removed"
    workspace.users.drop_deprecated(external_id)
    return None
