"""A row read through its class, and through a client."""

from __future__ import annotations

import copy
import pickle
from typing import TypeVar

import attrs
import pytest

from braze_engage.operation import UNSET, Family, Operation, Replay, Reply, Unset

R = TypeVar("R")


@attrs.frozen(kw_only=True)
class FindThings:
    name: str
    limit: int = 10


@attrs.frozen(kw_only=True)
class SendThings:
    everyone: bool = False

    def narrowed_replay(self) -> Replay:
        return Replay.NEVER if self.everyone else Replay.IF_UNSENT

    def narrowed_bucket(self) -> str:
        return "broadcast" if self.everyone else "default"


@attrs.frozen
class Things:
    count: int


class FirstThings(Family):
    group = "things"

    find = Operation(
        "GET",
        "/things/{name}",
        FindThings,
        Things,
        bucket="default",
        replay=Replay.ALWAYS,
        permission="things.find",
        docs="https://www.braze.com/docs/things",
    )


class AllThings(FirstThings):
    """Things, with the rows of another page."""

    no_row = "find"
    send = Operation(
        "POST",
        "/things",
        SendThings,
        Things,
        bucket="broadcast",
        replay=Replay.NEVER,
        permission=None,
        docs="https://www.braze.com/docs/things",
        availability="limited beta",
    )


class Recorder:
    def __init__(self) -> None:
        self.performed: list[tuple[Operation[..., object], object]] = []

    def perform(self, operation: Operation[..., R], request: object) -> Reply[R]:
        self.performed.append((operation, request))
        return Reply(operation.response(len(self.performed)), 201, {"x": "y"}, 3)  # type: ignore[call-arg]  # the rows here all answer Things


def test_the_class_gives_the_row_with_its_columns() -> None:
    row = FirstThings.find
    assert (row.group, row.name, row.method, row.path) == (
        "things",
        "find",
        "GET",
        "/things/{name}",
    )
    assert (row.bucket, row.replay, row.permission) == ("default", Replay.ALWAYS, "things.find")
    assert row.docs == "https://www.braze.com/docs/things"
    assert row.availability == "general"
    assert row.request is FindThings
    assert row.response is Things
    assert repr(row) == "<things.find: GET /things/{name}>"


def test_a_client_gives_a_call_with_the_arguments_of_the_request_class() -> None:
    client = Recorder()
    things = AllThings(client)
    assert things.find(name="a").count == 1
    assert things.performer is client
    assert client.performed == [(FirstThings.find, FindThings(name="a"))]
    assert repr(things.find) == "<bound <things.find: GET /things/{name}>>"


def test_a_reply_carries_status_headers_and_attempts() -> None:
    reply = AllThings(Recorder()).send.reply(everyone=True)
    assert reply == Reply(Things(1), 201, {"x": "y"}, 3)


def test_wrong_arguments_are_refused_as_by_the_class_itself() -> None:
    client = Recorder()
    with pytest.raises(TypeError, match="nme"):
        AllThings(client).find(nme="a")  # type: ignore[call-arg]  # that is the point
    assert client.performed == []


def test_a_family_lists_its_rows_and_those_of_its_bases() -> None:
    assert AllThings.operations() == (AllThings.send, FirstThings.find)
    assert FirstThings.operations() == (FirstThings.find,)
    assert AllThings.send.availability == "limited beta"


@pytest.mark.parametrize(
    ("request_", "replay", "bucket"),
    [
        (SendThings(), Replay.IF_UNSENT, "default"),
        (SendThings(everyone=True), Replay.NEVER, "broadcast"),
    ],
)
def test_a_request_narrows_the_worst_case_of_its_row(
    request_: SendThings, replay: Replay, bucket: str
) -> None:
    assert AllThings.send.replay_of(request_) is replay
    assert AllThings.send.bucket_of(request_) == bucket


def test_without_narrowing_the_worst_case_stands() -> None:
    request = FindThings(name="a")
    assert FirstThings.find.replay_of(request) is Replay.ALWAYS
    assert FirstThings.find.bucket_of(request) == "default"


def test_unset_is_one_value_however_it_travels() -> None:
    assert UNSET is Unset.UNSET
    assert repr(UNSET) == "UNSET"
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert copy.deepcopy(UNSET) is UNSET
