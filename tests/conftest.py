"""What all tests may ask for: a database, on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres as postgres_server
from tests.postgres import Postgres

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One real PostgreSQL server for the whole run, started when the first test asks for it."""
    with postgres_server.server() as running:
        yield running


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of the test's own; the test runs once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'billto.sqlite'}"
        return
    with request.getfixturevalue("postgres").database() as url:
        yield url
