"""A house for every test: a copy of one that was prepared once for each engine."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from billto import wiring
from tests.conftest import ENGINES
from tests.postgres import Postgres
from tests.web.house import Cast, Clock, House, prepare

OpenHouse = Callable[..., House]

_casts: dict[str, Cast] = {}


def _prepare_postgres(url: str) -> None:
    _casts["postgresql"] = prepare(url)


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "billto.sqlite"
    _casts["sqlite"] = prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(params=ENGINES)
def furnished_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the cast in it."""
    if request.param == "sqlite":
        path = tmp_path / "billto.sqlite"
        shutil.copy(request.getfixturevalue("prepared_file"), path)
        yield f"sqlite:///{path}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database(_prepare_postgres) as url:
        yield url


@pytest.fixture
def open_house(furnished_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenHouse]:
    """Opens Billto with settings of the test's own; several of them are processes of one installation."""
    clock = Clock(13)
    monkeypatch.setattr(wiring, "clock", clock)
    opened: list[House] = []

    with asyncio.Runner() as runner:

        def open_one(**settings: str) -> House:
            cast = _casts[furnished_url.partition(":")[0]]
            opened.append(House(furnished_url, cast, clock, runner.get_loop(), **settings))
            return opened[-1]

        yield open_one
        for house in opened:
            house.close()


@pytest.fixture
def house(open_house: OpenHouse) -> House:
    return open_house()
