"""What tests of syncs that last share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.lasting import Shop, close

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from braze_engage import EngageSync


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A fake Braze and a state file of its own."""
    return Shop(tmp_path)


@pytest.fixture
def sync(shop: Shop) -> Iterator[EngageSync]:
    """A sync of the shop."""
    opened = shop.sync()
    yield opened
    close(opened)
