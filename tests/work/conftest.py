"""A database of each engine, and a mail server in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.conftest import unheld_shop as shop
from tests.store.conftest import migrated_url, stage
from tests.work.post import Post, posted

__all__ = ["migrated_url", "post", "shop", "stage"]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    with posted(tmp_path / "post") as server:
        yield server
