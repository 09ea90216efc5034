"""Filled databases on both engines, kept between runs; every run works on a copy of its own."""

import asyncio
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import apsw
import asyncpg

from bench.data import Known, load_postgres, load_sqlite
from tests.postgres_cluster import Cluster

ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".billto-bench"
# What the contents of a filled database hang on: when any of it changes, it is filled anew.
_DECIDES = (
    "bench/data.py", "bench/people.py", "src/billto/domain/customer.py", "src/billto/domain/folding.py",
    "src/billto/store/engine.py", "src/billto/store/layout.py", "src/billto/store/migrations/*.py",
)  # fmt: skip
# A small server's, not the tests': what is asked of 1 million rows should not be about 64 MB of buffers.
_POSTGRES_SETTINGS = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
}

Say = Callable[[str], None]


class Base(NamedTuple):
    """A filled database."""

    engine: str
    url: str
    known: Known

    @property
    def size(self) -> int:
        return self.known.size


@contextmanager
def opened(engine: str, sizes: tuple[int, ...], say: Say) -> Iterator[dict[int, Base]]:
    """Databases of these sizes, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="billto-bench-") as folder:
        opens = _sqlite if engine == "sqlite" else _postgres
        with opens(sizes, Path(folder), say) as bases:
            yield bases


@contextmanager
def _sqlite(sizes: tuple[int, ...], folder: Path, say: Say) -> Iterator[dict[int, Base]]:
    bases = {}
    for size in sizes:
        kept = _kept("sqlite", (size,))
        if not kept.exists():
            _filled(kept, say, f"{size:,} customers into SQLite", partial(_fill, size))
        path = folder / f"{size}.sqlite"
        _copy(kept / "billto.sqlite", path)
        bases[size] = Base("sqlite", f"sqlite:///{path}", _known(kept, size))
    yield bases


def _fill(size: int, folder: Path) -> None:
    _remember(folder, load_sqlite(folder / "billto.sqlite", size, folder))


@contextmanager
def _postgres(sizes: tuple[int, ...], folder: Path, say: Say) -> Iterator[dict[int, Base]]:
    kept = _kept("postgresql", sizes)
    if not kept.exists():
        what = f"{' and '.join(f'{size:,}' for size in sizes)} customers into PostgreSQL"
        _filled(kept, say, what, partial(_fill_cluster, sizes, folder))
    cluster = Seeded(kept / "data")
    try:
        yield {size: Base("postgresql", _named(cluster, size), _known(kept, size)) for size in sizes}
    finally:
        cluster.close()


def _fill_cluster(sizes: tuple[int, ...], home: Path, folder: Path) -> None:
    cluster = Seeded(None)
    try:
        for size in sizes:
            asyncio.run(_create(cluster.url, f"bench_{size}"))
            _remember(folder, asyncio.run(load_postgres(_named(cluster, size), size, home)))
        cluster.stop()
        _copy(cluster.data, folder / "data")
    finally:
        cluster.close()


class Seeded(Cluster):
    """A durable server of our own that begins with the files of another one."""

    def __init__(self, seed: Path | None) -> None:
        self.seed = seed
        super().__init__(durable=True)

    def initialise(self) -> None:
        self.settings |= _POSTGRES_SETTINGS
        if self.seed is None:
            super().initialise()
        else:
            _copy(self.seed, self.data)


async def _create(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    finally:
        await connection.close()


def _named(cluster: Cluster, size: int) -> str:
    return urlunsplit(urlsplit(cluster.url)._replace(path=f"/bench_{size}"))


async def version(base: Base) -> str:
    if base.engine == "sqlite":
        return apsw.sqlite_lib_version()
    connection = await asyncpg.connect(base.url)
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def _kept(engine: str, sizes: tuple[int, ...]) -> Path:
    """Where databases of this contents are kept."""
    digest = hashlib.sha256()
    for pattern in _DECIDES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return KEPT / f"{engine}-{'+'.join(map(str, sizes))}-{digest.hexdigest()[:12]}"


def _filled(kept: Path, say: Say, what: str, fill: Callable[[Path], None]) -> None:
    """Fills a folder beside, so that a run that is stopped leaves no half of one."""
    begun = time.monotonic()
    say(f"Loading {what} …")
    KEPT.mkdir(exist_ok=True)
    (KEPT / ".gitignore").write_text("*\n")
    for old in KEPT.glob(f"{kept.name.rpartition('-')[0]}-*"):
        shutil.rmtree(old)
    part = KEPT / f"part-{kept.name}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    fill(part)
    part.rename(kept)
    say(f"… {time.monotonic() - begun:.0f} s")


def _copy(source: Path, target: Path) -> None:
    """With owners, and where the file system can, without copying a byte.

    It is on the disk afterwards, lest the first to wait for a commit waits for all of it.
    """
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True)
    os.sync()


def _remember(folder: Path, known: Known) -> None:
    (folder / f"{known.size}.json").write_text(known.written())


def _known(folder: Path, size: int) -> Known:
    return Known.read((folder / f"{size}.json").read_text())
