"""The migrated schema is what the catalogues declare, and it is made once."""

import asyncio
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier
from typing import Any, NamedTuple

import apsw
import asyncpg
import pytest

from billto.domain.attrs import Kind, catalogue, searched_map
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.store.engine import POSTGRES, SQLITE
from billto.store.layout import LAYOUTS
from billto.store.migrate import TooNew, migrate_postgres, migrate_sqlite
from billto.store.migrations import LATEST, MIGRATIONS, Migration
from tests.store.stores import Stage, listed, path_of, staged, stored

WORDS = {
    Kind.TEXT: "TEXT",
    Kind.BOOL: "BOOL",
    Kind.INT: "INT",
    Kind.DECIMAL: "DECIMAL",
    Kind.MOMENT: "MOMENT",
    Kind.MONEY: "MONEY",
    Kind.DATE: "DATE",
    Kind.MAP: "JSON",
    Kind.TREE: "JSON",
    Kind.BLOB: "BLOB",
}
# What PostgreSQL calls its own types when it is asked.
LONG = {
    'TEXT COLLATE "C"': "text C",
    "TIMESTAMPTZ(3)": "timestamp with time zone",
    "NUMERIC": "numeric",
    "BIGINT": "bigint",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "JSON": "json",
    "BYTEA": "bytea",
}


class Column(NamedTuple):
    type: str
    nullable: bool


def declared(kind: type[NamedTuple], engine: str) -> dict[str, Column]:
    """The columns that a record's table must have."""
    attrs = catalogue(kind)
    words = {name: (WORDS[attr.kind], attr.nullable) for name, attr in attrs.items()}
    if LAYOUTS[kind].searched:
        words |= {"search": ("TEXT", False), f"{searched_map(kind)}_fold": ("JSON", False)}
    if engine == "sqlite":
        return {name: Column(SQLITE.types[word], null) for name, (word, null) in words.items()}
    return {name: Column(LONG[POSTGRES.types[word]], null) for name, (word, null) in words.items()}


async def there(stage: Stage, table: str) -> dict[str, Column]:
    if stage.engine == "sqlite":
        # The number of the row is never null, though SQLite does not say so.
        sql = f"SELECT name, type, \"notnull\" = 0 AND pk = 0 FROM pragma_table_info('{table}')"
    else:
        sql = (
            "SELECT column_name, data_type || COALESCE(' ' || collation_name, ''), is_nullable = 'YES'"
            f" FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}'"
        )
    rows = await stage.asked(sql)
    return {name: Column(type_, bool(null)) for name, type_, null in rows}


@pytest.mark.parametrize("kind", LAYOUTS, ids=lambda kind: kind.__name__)
def test_the_tables_are_what_the_catalogues_declare(stage: Stage, kind: type[NamedTuple]) -> None:
    layout = LAYOUTS[kind]
    kept = stage.run(there(stage, layout.table))
    assert kept == declared(kind, stage.engine)
    assert set(layout.tenancy) <= set(kept)


async def indexes(stage: Stage, table: str) -> dict[str, str]:
    if stage.engine == "sqlite":
        sql = (
            f"SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = '{table}' AND sql <> ''"
        )
    else:
        sql = f"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = '{table}'"
    return {str(name): str(said) for name, said in await stage.asked(sql)}


@pytest.mark.parametrize("kind", [Customer, Entity])
def test_every_order_of_the_layout_has_its_index(stage: Stage, kind: type[NamedTuple]) -> None:
    layout = LAYOUTS[kind]
    said = stage.run(indexes(stage, layout.table)).values()
    # What lies in the trash must not stand in the way of who walks along the others.
    tail = " WHERE deleted_at IS NULL" if layout.counted else ""
    for attr in layout.orders:
        wanted = f"({', '.join(dict.fromkeys((*layout.tenancy, attr, 'id')))}){tail}"
        plain = {one.replace("(deleted_at IS NULL)", "deleted_at IS NULL") for one in said}
        assert any(one.endswith(wanted) for one in plain), f"no index on {wanted}"


def test_the_trigram_index_is_there(stage: Stage) -> None:
    if stage.engine == "sqlite":
        (row,) = stage.run(stage.asked("SELECT sql FROM sqlite_schema WHERE name = 'customer_search'"))
        assert "tokenize='trigram case_sensitive 1'" in row[0]
    else:
        assert "gin_trgm_ops" in stage.run(indexes(stage, "customer"))["customer_search"]


# Once


def migrated(url: str) -> list[int]:
    """The numbers of the steps that were taken."""
    done = migrate_sqlite(path_of(url)) if url.startswith("sqlite") else asyncio.run(migrate_postgres(url))
    return [one.number for one in done]


EVERY_STEP = [one.number for one in MIGRATIONS]


def test_the_steps_are_numbered_one_by_one() -> None:
    assert list(range(1, LATEST + 1)) == EVERY_STEP


def test_migrating_twice_does_nothing(database_url: str) -> None:
    assert [migrated(database_url) for _ in range(3)] == [EVERY_STEP, [], []]


def test_several_at_once_migrate_once(database_url: str) -> None:
    with ProcessPoolExecutor(6, mp_context=get_context("spawn")) as processes:
        done = list(processes.map(migrated, [database_url] * 6))
    assert sorted(done) == [*[[]] * 5, EVERY_STEP]


def migrated_together(start: tuple[Barrier, str]) -> list[int]:
    ready, url = start
    ready.wait(10)
    return migrated(url)


def test_a_file_that_many_make_at_the_same_moment_is_made_once(tmp_path: Path) -> None:
    """SQLite tells one of two that switch a file to WAL that it is locked, however patient it should be."""
    several = 6
    with ThreadPoolExecutor(several) as threads:
        for number in range(25):
            starts = [(Barrier(several), f"sqlite:///{tmp_path / f'{number}.sqlite'}")] * several
            done = list(threads.map(migrated_together, starts))
            assert sorted(done) == [*[[]] * (several - 1), EVERY_STEP]


class Contended(apsw.Connection):
    """Is told at first what SQLite tells the slower of two that switch a file to WAL."""

    told = 0

    def execute(self, statements: str, *args: Any, **options: Any) -> apsw.Cursor:
        if "journal_mode" in statements and Contended.told < 3:
            Contended.told += 1
            raise apsw.BusyError("BusyError: database is locked")
        return super().execute(statements, *args, **options)


def test_who_cannot_switch_a_file_to_wal_at_once_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apsw, "Connection", Contended)
    monkeypatch.setattr(Contended, "told", 0)
    assert migrated(f"sqlite:///{tmp_path / 'billto.sqlite'}") == EVERY_STEP
    assert Contended.told == 3


def test_migrating_again_keeps_what_is_there(stage: Stage) -> None:
    made = stage.run(stored(stage.store, stage.cast.live))
    secret = stage.run(stage.store.reader.secret("cursors"))
    assert len(secret) == 32
    with_a_loop_of_its_own = stage.run(asyncio.to_thread(migrated, stage.url))
    assert with_a_loop_of_its_own == []
    assert stage.run(listed(stage.store, stage.cast.live)) == [made]
    assert stage.run(stage.store.reader.secret("cursors")) == secret


def test_every_installation_has_a_secret_of_its_own(stage: Stage, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'folder/that/is/not/there/billto.sqlite'}"
    assert migrated(other) == EVERY_STEP
    secret = stage.run(stage.store.reader.secret("cursors"))
    again = Stage("sqlite", other, stage.runner, stage.store, stage.cast, stage.clock)
    assert stage.run(again.asked("SELECT value FROM secret WHERE name = 'cursors'")) != [(secret,)]


def test_the_schema_is_the_latest(stage: Stage) -> None:
    assert stage.run(stage.store.ready()) == LATEST


def test_a_database_of_a_newer_version_is_left_alone(stage: Stage) -> None:
    newer = f"INSERT INTO migration VALUES ({LATEST + 1}, 'from the future', 'tomorrow')"

    async def story() -> None:
        await stage.store.write(lambda tx: tx.run(newer, ()))
        with pytest.raises(TooNew, match=f"schema {LATEST + 1}.*up to {LATEST}"):
            await asyncio.to_thread(migrated, stage.url)
        assert await stage.store.ready() == LATEST + 1
        await stored(stage.store, stage.cast.live)  # and no lock is left

    stage.run(story())


def test_a_step_that_fails_leaves_everything_as_it_was(
    migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = ["CREATE TABLE half (id TEXT)", "CREATE TABLE half (id TEXT)"]
    half = Migration(LATEST + 1, "half", lambda engine: twice)
    monkeypatch.setattr("billto.store.migrate.MIGRATIONS", (*MIGRATIONS, half))
    monkeypatch.setattr("billto.store.migrate.LATEST", LATEST + 1)
    for _ in range(2):
        with pytest.raises((apsw.Error, asyncpg.PostgresError), match=r"half.* already exists"):
            migrated(migrated_url)
    monkeypatch.undo()
    with staged(migrated_url) as stage:
        assert stage.run(there(stage, "half")) == {}
        assert stage.run(stage.store.ready()) == LATEST
