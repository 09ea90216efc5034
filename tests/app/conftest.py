"""The core's verbs on a real store of each engine; after every test the books are held to their laws."""

from collections.abc import Iterator

import pytest

from tests.app.desk import Desk
from tests.app.laws import hold
from tests.app.shop import Shop
from tests.store.conftest import migrated_url, stage
from tests.store.stores import Stage

__all__ = ["desk", "migrated_url", "shop", "stage", "unheld_shop"]


@pytest.fixture
def unheld_shop(stage: Stage) -> Shop:
    """A shop whose books are broken on purpose."""
    return Shop(stage, stage.cast.live)


@pytest.fixture
def shop(stage: Stage) -> Iterator[Shop]:
    opened = Shop(stage, stage.cast.live)
    yield opened
    hold(opened)


@pytest.fixture
def desk(stage: Stage) -> Iterator[Desk]:
    yield Desk(stage)
    hold(Shop(stage, stage.cast.live))
