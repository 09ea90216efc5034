"""A database of each engine, and a mail server in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.conftest import unheld_shop as shop
from tests.store.conftest import migrated_url, stage
from tests.store.stores import Stage
from tests.work.almanac import dunning
from tests.work.bureau import Bureau
from tests.work.post import Post, posted

__all__ = ["migrated_url", "post", "shop", "stage"]


@pytest.fixture
def office(stage: Stage) -> Bureau:
    """A shop that nothing is sent from by itself but statements, an hour after the runs of that day."""
    stage.clock.hours = 9
    return Bureau(dunning(stage, overdue_notifications={"enabled": False}).shop)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    with posted(tmp_path / "post") as server:
        yield server
