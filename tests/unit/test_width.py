"""How many requests may be under way: as many as are answered without delay."""

from __future__ import annotations

import pytest

from braze_engage._http.width import Width


class Server:
    """Answers so many requests at once in the same time; more of them wait for each other."""

    def __init__(self, at_once: int, seconds: float = 0.1) -> None:
        self.at_once = at_once
        self.seconds = seconds

    def answers(self, width: Width, threads: int, count: int) -> list[float]:
        limits: list[float] = []
        for _ in range(count):
            under_way = min(threads, int(width.limit))
            width.accepted(self.seconds * max(1.0, under_way / self.at_once), under_way)
            limits.append(width.limit)
        return limits


def test_it_doubles_from_round_to_round_up_to_what_is_used() -> None:
    width = Width()
    assert Server(1_000).answers(width, 128, 4)[-1] == 8
    limits = Server(1_000).answers(width, 128, 2_000)
    assert limits[130] > 128
    assert limits[-1] <= 257  # which no longer bounds the 128


def test_a_server_that_slows_down_is_sent_less() -> None:
    width = Width()
    server = Server(1_000)
    server.answers(width, 128, 1_000)
    server.at_once = 20
    limits = server.answers(width, 128, 1_500)
    assert min(limits) < 60
    assert all(limit >= 4 for limit in limits)


def test_and_more_again_when_it_recovers() -> None:
    width = Width()
    server = Server(1_000)
    server.answers(width, 128, 1_000)
    server.at_once = 10
    server.answers(width, 128, 1_500)
    assert width.limit < 128
    server.at_once = 1_000
    assert server.answers(width, 128, 5_000)[-1] > 128


def test_what_takes_longer_for_good_becomes_usual() -> None:
    width = Width()
    Server(1_000).answers(width, 128, 1_000)
    slower = Server(1_000, seconds=0.5)
    limits = slower.answers(width, 128, 10_000)
    assert min(limits) < 20
    assert limits[-1] > 128


def test_small_delays_mean_nothing() -> None:
    width = Width()
    Server(1_000, seconds=0.001).answers(width, 128, 1_000)
    limits = Server(1_000, seconds=0.04).answers(width, 128, 2_000)
    assert min(limits) > 128


@pytest.mark.parametrize(("every", "shrinks"), [(20, False), (5, True)])
def test_a_few_refusals_are_borne_and_many_are_not(every: int, shrinks: bool) -> None:
    width = Width()
    Server(1_000).answers(width, 128, 1_000)
    for number in range(3_000):
        if number % every:
            width.accepted(0.1, 128)
        else:
            width.refused(128)
    assert (width.limit < 128) == shrinks


def test_an_outage_begins_anew() -> None:
    width = Width()
    Server(1_000).answers(width, 128, 1_000)
    for _ in range(8):
        width.failed()
    assert width.limit == 4
    assert Server(1_000).answers(width, 128, 300)[-1] > 128


def test_single_failures_do_not() -> None:
    width = Width()
    Server(1_000).answers(width, 128, 1_000)
    for _ in range(50):
        width.failed()
        width.accepted(0.1, 128)
    assert width.limit > 128


def test_answers_nobody_measured_tell_no_delay() -> None:
    width = Width()
    for _ in range(1_000):
        width.accepted(None, 128)
    assert width.limit > 128
