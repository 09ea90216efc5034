"""A house for every test: a copy of one that was prepared once for each engine."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ENGINES
from tests.drills.serving import Billto
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


@contextmanager
def _furnished(request: pytest.FixtureRequest, directory: Path) -> Iterator[str]:
    """The URL of a database with the cast in it, on the engine that the fixture's parameter names."""
    if request.param == "sqlite":
        path = directory / "billto.sqlite"
        shutil.copy(request.getfixturevalue("prepared_file"), path)
        yield f"sqlite:///{path}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database(_prepare_postgres) as url:
        yield url


@contextmanager
def _opening(url: str) -> Iterator[OpenHouse]:
    clock, opened = Clock(13), list[House]()
    with asyncio.Runner() as runner:

        def open_one(**settings: str) -> House:
            cast = _casts[url.partition(":")[0]]
            opened.append(House(url, cast, clock, runner.get_loop(), **settings))
            return opened[-1]

        yield open_one
        for house in opened:
            house.close()


@pytest.fixture(params=ENGINES)
def open_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenHouse]:
    """Opens Billto with settings of the test's own; several of them are processes of one installation."""
    with _furnished(request, tmp_path) as url, _opening(url) as opening:
        yield opening


@pytest.fixture
def house(open_house: OpenHouse) -> House:
    return open_house()


@pytest.fixture(scope="module", params=ENGINES)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for a whole module: for tests that only ask, or whose requests are all refused."""
    directory = tmp_path_factory.mktemp("shared")
    with _furnished(request, directory) as url, _opening(url) as opening:
        yield opening()


@pytest.fixture(scope="module", params=ENGINES)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Billto, Cast]]:
    """A real server with the cast in it, for clients that bring their own HTTP; one for a whole module."""
    home = tmp_path_factory.mktemp("served")
    with _furnished(request, home) as url:
        mail, sms, letters = (f"file:{home / name}" for name in ("mail", "sms", "letters"))
        billto = Billto(home, url, mail=mail, sms=sms, letters=letters)
        asyncio.run(billto.started())
        try:
            yield billto, _casts[request.param]
        finally:
            asyncio.run(billto.stop())
