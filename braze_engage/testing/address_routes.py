"""Handlers of the groups "email" and "sms".

https://www.braze.com/docs/api/endpoints/email
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from braze_engage.testing.checks import refuse
from braze_engage.testing.messages import Answer
from braze_engage.testing.paging import limited
from braze_engage.testing.subscriptions import plain_address
from braze_engage.testing.values import iso, parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from braze_engage.testing.messages import Call, Handlers
    from braze_engage.testing.state import Workspace
    from braze_engage.testing.values import Json

_T = TypeVar("_T")


def list_hard_bounces(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/email/hard_bounces``."""
    return _emails(call, workspace.addresses.hard_bounces, "hard_bounced_at")


def list_unsubscribes(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/email/unsubscribes``."""
    return _emails(call, workspace.addresses.unsubscribes, "unsubscribed_at")


def _emails(call: Call, listed: Mapping[str, datetime], name: str) -> Answer:
    email = call.query.get("email")
    wanted = None if email is None else [str(email).lower()]
    page = limited(call, _chosen(call, listed, wanted, lambda since: since))
    emails: list[Json] = [{"email": address, name: iso(since)} for address, since in page]
    return Answer(200, {"emails": emails, "message": "success"})


def _chosen(
    call: Call, listed: Mapping[str, _T], wanted: list[str] | None, since: Callable[[_T], datetime]
) -> Sequence[tuple[str, _T]]:
    """Pick the addresses asked for, else those of the days from midnight to midnight UTC."""
    start, end = (parse_time(call.query.get(name)) for name in ("start_date", "end_date"))
    if wanted is None and (start is None or end is None or start >= end):
        refuse("'start_date' must be before 'end_date'")
    oldest_first = sorted(listed.items(), key=lambda item: since(item[1]))
    if call.query.get("sort_direction") != "asc":
        oldest_first.reverse()
    if wanted is not None:
        return [item for item in oldest_first if item[0] in wanted]
    assert start is not None
    assert end is not None
    return [item for item in oldest_first if start <= since(item[1]) < end]


def set_email_status(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/email/status``."""
    state = str(call.body["subscription_state"])
    return _each(workspace, call, lambda email: _set_state(workspace, email, state))


def _set_state(workspace: Workspace, email: str, state: str) -> None:
    for profile in workspace.users.with_email(email):
        profile.email_subscribe = state
    unsubscribes = workspace.addresses.unsubscribes
    unsubscribes.pop(email, None)
    if state == "unsubscribed":
        unsubscribes[email] = workspace.now()


def remove_hard_bounces(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/email/bounce/remove``."""
    listed = workspace.addresses.hard_bounces
    return _each(workspace, call, lambda email: listed.pop(email, None))


def remove_spam(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/email/spam/remove``."""
    listed = workspace.addresses.spam
    return _each(workspace, call, lambda email: listed.pop(email, None))


def add_to_blocklist(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/email/blocklist`` and its older name."""

    def block(email: str) -> None:
        _set_state(workspace, email, "unsubscribed")
        workspace.addresses.hard_bounces[email] = workspace.now()

    return _each(workspace, call, block)


def list_invalid_phone_numbers(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/sms/invalid_phone_numbers``."""
    reason = call.query.get("reason")
    listed = {
        phone: found
        for phone, found in workspace.addresses.invalid_phone_numbers.items()
        if reason in (None, found.reason)
    }
    numbers = call.query.get("phone_numbers")
    wanted = [str(one) for one in numbers] if isinstance(numbers, list) else None
    page = limited(call, _chosen(call, listed, wanted, lambda found: found.since))
    sms: list[Json] = [
        {"phone": phone, "invalid_detected_at": iso(found.since), "reason": found.reason}
        for phone, found in page
    ]
    return Answer(200, {"sms": sms, "message": "success"})


def remove_invalid_phone_numbers(workspace: Workspace, call: Call) -> Answer:
    """Answer ``/sms/invalid_phone_numbers/remove``."""
    listed = workspace.addresses.invalid_phone_numbers
    return _each(workspace, call, lambda phone: listed.pop(phone, None), "phone_numbers")


def _each(
    workspace: Workspace, call: Call, change: Callable[[str], object], name: str = "email"
) -> Answer:
    value = call.body[name]
    items = [
        plain_address(name, str(item)) for item in (value if isinstance(value, list) else [value])
    ]
    if not items:
        refuse(f"'{name}' must not be empty")

    def write() -> None:
        for item in items:
            change(item)

    workspace.submit(write)
    return Answer(201, {"message": "success"})


HANDLERS: Final[Handlers] = {
    ("GET", "/email/hard_bounces"): list_hard_bounces,
    ("GET", "/email/unsubscribes"): list_unsubscribes,
    ("POST", "/email/status"): set_email_status,
    ("POST", "/email/bounce/remove"): remove_hard_bounces,
    ("POST", "/email/spam/remove"): remove_spam,
    ("POST", "/email/blocklist"): add_to_blocklist,
    ("POST", "/email/blacklist"): add_to_blocklist,
    ("GET", "/sms/invalid_phone_numbers"): list_invalid_phone_numbers,
    ("POST", "/sms/invalid_phone_numbers/remove"): remove_invalid_phone_numbers,
}
