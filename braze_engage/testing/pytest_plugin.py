"""Fixtures for pytest; ``pytest_plugins = ["braze_engage.testing.pytest_plugin"]`` turns them on.

A test fails on leaving if a scripted fault was not met, a request had no route or the fake failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from braze_engage.testing.fake import FakeBraze

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def fake_braze_server() -> Iterator[FakeBraze]:
    """Serve one fake for the whole run; tests use ``fake_braze``."""
    with FakeBraze() as fake:
        yield fake


@pytest.fixture
def fake_braze(fake_braze_server: FakeBraze) -> Iterator[FakeBraze]:
    """Give the served fake, empty and with every setting at its default."""
    fake_braze_server.reset()
    yield fake_braze_server
    fake_braze_server.check()


@pytest.fixture
def in_process_braze() -> Iterator[FakeBraze]:
    """Give a fake without a socket, to be reached through ``session()``."""
    fake = FakeBraze()
    yield fake
    fake.check()
