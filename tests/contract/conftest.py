"""A client of the fake, over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fake_calls import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braze_engage import BrazeClient
    from braze_engage.testing import FakeBraze


@pytest.fixture
def braze(fake_braze: FakeBraze) -> Iterator[BrazeClient]:
    with client_of(fake_braze) as client:
        yield client
