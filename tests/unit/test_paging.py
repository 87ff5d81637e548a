"""Rows that answer page by page."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, TypeVar, cast

import attrs
import pytest

from braze_engage.errors import ConfigurationError, UnreadableResponse
from braze_engage.operation import (
    Family,
    Links,
    Offsets,
    Operation,
    PagedOperation,
    PageNumbers,
    Replay,
    Reply,
    ToldOffsets,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from braze_engage.operation import Paging

R = TypeVar("R")


@attrs.frozen(kw_only=True)
class ListThings:
    page: int = 0
    limit: int = 10
    offset: int = 0
    cursor: str | None = None
    sort: str = "asc"

    def __attrs_post_init__(self) -> None:
        if self.page < 0:
            raise ConfigurationError("page")


@attrs.frozen(kw_only=True)
class ThingPage:
    things: tuple[str, ...] = ()
    has_more: bool = False
    next_offset: int | None = None


def family(paging: Paging) -> type[Family]:
    class Things(Family):
        group = "things"
        list = PagedOperation(
            "GET",
            "/things",
            ListThings,
            ThingPage,
            items=lambda page: page.things,
            paging=paging,
            bucket="default",
            replay=Replay.ALWAYS,
            permission=None,
            docs="https://www.braze.com/docs/things",
        )

    return Things


class Server:
    """Answers from a function of the request and keeps what was asked."""

    def __init__(
        self, answer: Callable[[ListThings], tuple[ThingPage, Mapping[str, str]]], paging: Paging
    ) -> None:
        self.answer = answer
        self.asked: list[ListThings] = []
        self.things = family(paging)(self)

    def perform(self, operation: Operation[..., R], request: object) -> Reply[R]:
        assert isinstance(request, ListThings)
        self.asked.append(request)
        page, headers = self.answer(request)
        return Reply(cast("R", page), 200, headers, 1)

    def items(self, **arguments: object) -> list[str]:
        row = vars(type(self.things))["list"].__get__(self.things, type(self.things))
        return list(row.items(**arguments))

    def pages(self, **arguments: object) -> list[ThingPage]:
        row = vars(type(self.things))["list"].__get__(self.things, type(self.things))
        return list(row.pages(**arguments))


def names(count: int) -> list[str]:
    return [f"t{number}" for number in range(count)]


def numbered(
    count: int, size: int = 10
) -> Callable[[ListThings], tuple[ThingPage, dict[str, str]]]:
    stock = names(count)
    return lambda asked: (
        ThingPage(things=tuple(stock[asked.page * size : (asked.page + 1) * size])),
        {},
    )


def shifted(count: int) -> Callable[[ListThings], tuple[ThingPage, dict[str, str]]]:
    stock = names(count)

    def answer(asked: ListThings) -> tuple[ThingPage, dict[str, str]]:
        end = asked.offset + asked.limit
        more = end < count
        return (
            ThingPage(
                things=tuple(stock[asked.offset : end]),
                has_more=more,
                next_offset=end if more else None,
            ),
            {},
        )

    return answer


def linked(count: int, size: int = 10) -> Callable[[ListThings], tuple[ThingPage, dict[str, str]]]:
    stock = names(count)

    def answer(asked: ListThings) -> tuple[ThingPage, dict[str, str]]:
        start = int(asked.cursor or 0)
        links = []
        if start:
            links.append('<https://rest.iad-01.braze.com/things?cursor=0>; rel="prev"')
        if start + size < count:
            links.append(f'<https://elsewhere.example/other?x=1&cursor={start + size}>; rel="next"')
        headers = {"link": ", ".join(links)} if links else {}
        return ThingPage(things=tuple(stock[start : start + size])), headers

    return answer


@pytest.mark.parametrize(
    ("count", "requests"), [(0, 1), (1, 1), (9, 1), (10, 2), (11, 2), (35, 4), (40, 5)]
)
@pytest.mark.parametrize(
    ("answers", "paging"),
    [
        pytest.param(numbered, PageNumbers(10), id="page numbers"),
        pytest.param(shifted, Offsets(100), id="offsets"),
    ],
)
def test_a_page_that_is_not_full_is_the_last(
    count: int,
    requests: int,
    answers: Callable[[int], Callable[[ListThings], tuple[ThingPage, Mapping[str, str]]]],
    paging: Paging,
) -> None:
    server = Server(answers(count), paging)
    assert server.items(sort="desc") == names(count)
    assert len(server.asked) == requests
    assert {asked.sort for asked in server.asked} == {"desc"}


@pytest.mark.parametrize(
    ("count", "requests"), [(0, 1), (1, 1), (9, 1), (10, 1), (11, 2), (35, 4), (40, 4)]
)
@pytest.mark.parametrize(
    ("answers", "paging"),
    [
        pytest.param(shifted, ToldOffsets(), id="offsets that are told"),
        pytest.param(linked, Links(), id="links"),
    ],
)
def test_what_braze_tells_saves_the_last_request(
    count: int,
    requests: int,
    answers: Callable[[int], Callable[[ListThings], tuple[ThingPage, Mapping[str, str]]]],
    paging: Paging,
) -> None:
    server = Server(answers(count), paging)
    assert server.items() == names(count)
    assert len(server.asked) == requests


def test_where_no_page_size_is_documented_an_empty_page_ends() -> None:
    server = Server(numbered(25), PageNumbers(None))
    assert server.items() == names(25)
    assert [asked.page for asked in server.asked] == [0, 1, 2, 3]


def test_iteration_begins_where_the_caller_says() -> None:
    assert Server(numbered(25), PageNumbers(10)).items(page=1) == names(25)[10:]
    assert Server(shifted(25), Offsets(100)).items(limit=4, offset=20) == names(25)[20:]
    assert Server(linked(25), Links()).items(cursor="20") == names(25)[20:]


def test_an_offset_that_is_not_told_is_counted() -> None:
    told = shifted(25)

    def untold(asked: ListThings) -> tuple[ThingPage, Mapping[str, str]]:
        page, headers = told(asked)
        return attrs.evolve(page, next_offset=None), headers

    assert Server(untold, ToldOffsets()).items() == names(25)


def test_an_only_page_is_given_even_if_empty_and_an_empty_last_one_is_not() -> None:
    assert Server(numbered(0), PageNumbers(10)).pages() == [ThingPage()]
    assert [len(page.things) for page in Server(numbered(20), PageNumbers(10)).pages()] == [10, 10]


def test_pages_are_fetched_when_they_are_due() -> None:
    server = Server(numbered(10_000), PageNumbers(10))
    row = vars(type(server.things))["list"].__get__(server.things, type(server.things))
    things = row.items()
    assert server.asked == []
    assert list(itertools.islice(things, 11)) == names(11)
    assert len(server.asked) == 2


def test_a_wrong_argument_is_refused_at_once() -> None:
    server = Server(numbered(1), PageNumbers(10))
    row = vars(type(server.things))["list"].__get__(server.things, type(server.things))
    with pytest.raises(ConfigurationError):
        row.items(page=-1)
    with pytest.raises(TypeError):
        row.pages(pag=1)
    assert server.asked == []


@pytest.mark.parametrize(
    "header",
    [
        '<https://h/things?cursor=7>; rel="next"',
        "<https://h/things?cursor=7>; rel=next",
        "<https://h/things?cursor=7>;rel=next",
        '<https://h/a?cursor=1>; rel="prev", <https://h/things?a=b,c&cursor=7>; rel="next"',
        '<https://h/things?cursor=7>; title="a, b"; REL="Next last", <https://h/x>; rel="first"',
        '</things?cursor=7>; rel="next"',
    ],
)
def test_links_are_read_in_every_form(header: str) -> None:
    reply = Reply[object](ThingPage(), 200, {"link": header}, 1)
    assert Links().after(ListThings(), reply, 0) == ListThings(cursor="7")


@pytest.mark.parametrize(
    "header", ["", "nonsense", '<https://h/x?cursor=7>; rel="prev"', "<https://h/x?cursor=7>"]
)
def test_without_a_next_link_the_page_is_the_last(header: str) -> None:
    reply = Reply[object](ThingPage(), 200, {"link": header}, 1)
    assert Links().after(ListThings(), reply, 0) is None


def circle(
    *cursors: str | None,
) -> Callable[[ListThings], tuple[ThingPage, Mapping[str, str]]]:
    """Each cursor leads to the one after it, by links."""
    leads = dict(itertools.pairwise(cursors))

    def answer(asked: ListThings) -> tuple[ThingPage, Mapping[str, str]]:
        following = leads[asked.cursor]
        return ThingPage(things=(f"of {asked.cursor}",)), {
            "link": f'<https://h/x?cursor={following}>; rel="next"'
        }

    return answer


@pytest.mark.parametrize(
    "cursors",
    [
        (None, "a", "a"),
        (None, "a", "b", "a"),
        (None, "a", "b", "c", "d", "e", "f", "g", "c"),
    ],
)
def test_cursors_that_go_in_a_circle_are_refused(cursors: tuple[str | None, ...]) -> None:
    server = Server(circle(*cursors), Links())
    with pytest.raises(UnreadableResponse, match="do not come to an end") as caught:
        server.items()
    assert len(server.asked) < 6 * len(cursors)
    assert caught.value.path == "/things"
    assert caught.value.problems


def test_a_link_without_a_cursor_is_a_circle() -> None:
    header = {"link": '<https://h/x>; rel="next"'}
    server = Server(lambda asked: (ThingPage(things=("a",)), header), Links())
    with pytest.raises(UnreadableResponse):
        server.items()


@pytest.mark.parametrize("paging", [PageNumbers(2), Offsets(2)])
def test_a_server_that_ignores_the_page_asked_for_is_refused(paging: Paging) -> None:
    server = Server(lambda asked: (ThingPage(things=("a", "b")), {}), paging)
    with pytest.raises(UnreadableResponse, match="the same page again"):
        server.items(limit=2)
    assert len(server.asked) == 2


def test_only_paged_rows_have_pages_and_items() -> None:
    class Plain(Family):
        group = "plain"
        get = Operation(
            "GET",
            "/plain",
            ListThings,
            ThingPage,
            bucket="default",
            replay=Replay.ALWAYS,
            permission=None,
            docs="",
        )

    plain = Plain(Server(numbered(1), PageNumbers(1)))
    assert not hasattr(plain.get, "items")
    assert not hasattr(plain.get, "pages")
    things = family(PageNumbers(1))
    (row,) = things.operations()
    assert isinstance(row, PagedOperation)
    assert row.paging == PageNumbers(1)
    assert row.credential == "REST API key"
