"""The row of the transactional group against the fake, over a real socket."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from braze_engage import BadRequest, BrazeClient, UserAlias
from braze_engage.errors import BrazeError, ConfigurationError
from braze_engage.objects import RecipientAttributes, TransactionalRecipient
from braze_engage.operation import Replay
from braze_engage.rest.transactional import (
    SendTransactional,
    Transactional,
    TransactionalMetadata,
    TransactionalPostback,
)

if TYPE_CHECKING:
    from braze_engage.testing import FakeBraze
    from braze_engage.testing.launches import Campaign

ANA = TransactionalRecipient(external_user_id="ana")


def _receipts(fake: FakeBraze) -> Campaign:
    made = fake.campaigns.add("Receipt")
    made.transactional = True
    return made


def test_a_message_is_sent_once_for_each_name(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    made = _receipts(fake_braze)
    first = braze.transactional.send(
        campaign_id=made.id,
        external_send_id="order/1",
        trigger_properties={"total": 9.5},
        recipient=TransactionalRecipient(
            external_user_id="ana", attributes=RecipientAttributes(first_name="Ana")
        ),
    )
    assert first.status == "sent"
    assert first.metadata is not None
    assert first.metadata.sent_at is not None
    assert (first.metadata.campaign_api_id, first.metadata.external_send_id) == (
        made.id,
        "order/1",
    )
    assert fake_braze.users["ana"].first_name == "Ana"
    repeated = braze.transactional.send(
        campaign_id=made.id, external_send_id="order/1", recipient=ANA
    )
    assert repeated.dispatch_id == first.dispatch_id
    assert len(made.sends) == 1
    assert made.sends[0].request["trigger_properties"] == {"total": 9.5}
    for _ in range(2):
        braze.transactional.send(campaign_id=made.id, recipient=ANA)
    assert len(made.sends) == 3


def test_a_name_is_forgotten_after_a_day(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    made = _receipts(fake_braze)
    send = braze.transactional.send
    first = send(campaign_id=made.id, external_send_id="order", recipient=ANA)
    old = made.sends.pop()
    made.send(old.time - timedelta(hours=25), old.request)
    second = send(campaign_id=made.id, external_send_id="order", recipient=ANA)
    assert second.dispatch_id != first.dispatch_id


def test_only_active_transactional_campaigns_send(
    braze: BrazeClient, fake_braze: FakeBraze
) -> None:
    made = fake_braze.campaigns.add("Receipt")
    for setting, value, words in (
        ("transactional", False, "not a transactional campaign"),
        ("transactional", True, ""),
        ("enabled", False, "The campaign is paused"),
        ("archived", True, "The campaign is archived"),
    ):
        setattr(made, setting, value)
        if words:
            with pytest.raises(BadRequest, match=words):
                braze.transactional.send(campaign_id=made.id, recipient=ANA)
        else:
            braze.transactional.send(campaign_id=made.id, recipient=ANA)
    with pytest.raises(BadRequest, match="Campaign does not exist"):
        braze.transactional.send(campaign_id="unknown", recipient=ANA)
    assert len(made.sends) == 1


def test_this_is_the_only_row() -> None:
    assert [row.name for row in Transactional.operations()] == ["send"]


def test_a_send_with_a_name_may_be_repeated() -> None:
    row = Transactional.send
    named = SendTransactional(campaign_id="c", external_send_id="a=", recipient=ANA)
    assert row.replay_of(named) is Replay.ALWAYS
    nameless = SendTransactional(campaign_id="c", recipient=ANA)
    assert row.replay_of(nameless) is Replay.IF_UNSENT


def test_limits_are_checked_before_sending(braze: BrazeClient, fake_braze: FakeBraze) -> None:
    alias = UserAlias(alias_name="a", alias_label="crm")
    send = braze.transactional.send
    for words, wrong in (
        ("campaign_id", lambda: send(campaign_id="", recipient=ANA)),
        (
            "external_send_id",
            lambda: send(campaign_id="c", recipient=ANA, external_send_id="a b"),
        ),
        (
            "51,200",
            lambda: send(campaign_id="c", recipient=ANA, trigger_properties={"a": "x" * 52_000}),
        ),
        ("recipient", lambda: send(campaign_id="c", recipient=alias)),  # type: ignore[arg-type]  # on purpose
        ("exactly one of external_user_id", TransactionalRecipient),
        (
            "exactly one of external_user_id",
            lambda: TransactionalRecipient(external_user_id="u", user_alias=alias),
        ),
        ("external_user_id", lambda: TransactionalRecipient(external_user_id="x" * 988)),
    ):
        with pytest.raises(ConfigurationError, match=words):
            wrong()
    assert fake_braze.requests == []


def test_a_postback_is_read() -> None:
    body = {
        "dispatch_id": "d1",
        "status": "bounced",
        "metadata": {"bounced_at": "2026-11-02T12:00:00Z", "reason": "full", "new": 1},
    }
    assert TransactionalPostback.read(json.dumps(body).encode()) == TransactionalPostback(
        dispatch_id="d1",
        status="bounced",
        metadata=TransactionalMetadata(bounced_at="2026-11-02T12:00:00Z", reason="full"),
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b'{"status": "secret"}', r"missing @ \$.dispatch_id"),
        (b"[]", "invalid"),
        (b"", "invalid"),
    ],
)
def test_what_is_no_postback_is_refused_without_showing_it(body: bytes, words: str) -> None:
    with pytest.raises(BrazeError, match=words) as caught:
        TransactionalPostback.read(body)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
