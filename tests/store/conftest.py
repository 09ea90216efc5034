"""An opened store on a fresh, migrated database, for each engine or for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ENGINES
from tests.postgres import Postgres
from tests.store.stores import Stage, migrate, staged


@pytest.fixture(params=ENGINES)
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database of the test's own; PostgreSQL copies a template."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'billto.sqlite'}"
        migrate(url)
        yield url
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database(migrate) as url:
        yield url


@pytest.fixture
def stage(migrated_url: str) -> Iterator[Stage]:
    """The test runs once on each engine."""
    with staged(migrated_url) as opened:
        yield opened
