"""The tests' own PostgreSQL is what the store needs, and leaves nothing behind."""

import asyncio
import errno
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.postgres import Postgres, server

TOWNS = ("Ljubljana", "Düsseldorf", "Αθήνα", "Москва")


async def answered(url: str, *statements: str) -> list[object]:
    connection = await asyncpg.connect(url)
    try:
        return [await connection.fetchval(statement) for statement in statements]
    finally:
        await connection.close()


def ask(url: str, *statements: str) -> list[object]:
    return asyncio.run(answered(url, *statements))


@pytest.mark.parametrize("town", TOWNS)
def test_trigrams_know_the_letters_of_every_alphabet(postgres: Postgres, town: str) -> None:
    with postgres.database() as url:
        _, grams = ask(url, "CREATE EXTENSION pg_trgm", f"SELECT cardinality(show_trgm('{town}'))")
    assert grams == len(town) + 1


def test_every_database_is_fresh(postgres: Postgres) -> None:
    with postgres.database() as first, postgres.database() as second:
        ask(first, "CREATE TABLE customer (name text)")
        assert ask(second, "SELECT to_regclass('customer')::text") == [None]


def test_a_prepared_database_is_prepared_once_and_copied(postgres: Postgres) -> None:
    prepared: list[str] = []

    def prepare(url: str) -> None:
        prepared.append(url)
        ask(url, "CREATE TABLE customer (name text)")

    for _ in range(3):
        with postgres.database(prepare) as url:
            assert ask(url, "SELECT count(*) FROM customer", "INSERT INTO customer VALUES ('Alice')")[0] == 0
    assert len(prepared) == 1


def test_a_database_url_is_given_for_both_engines(database_url: str) -> None:
    assert database_url.startswith(("sqlite:////", "postgresql://"))


def test_a_database_can_be_made_while_an_event_loop_runs(postgres: Postgres) -> None:
    async def story() -> list[object]:
        with postgres.database() as url:
            return await answered(url, "SELECT 1")

    assert asyncio.run(story()) == [1]


def test_what_a_durable_server_has_answered_survives_its_crash() -> None:
    with server(durable=True) as running:
        url = running.fresh_database()
        ask(url, "CREATE TABLE customer (name text)", "INSERT INTO customer VALUES ('Alice')")
        assert running.cluster
        running.cluster.crash()
        running.cluster.start()
        assert ask(url, "SELECT name FROM customer") == ["Alice"]
        assert ask(url, "SHOW fsync") == ["on"]


def test_a_killed_run_leaves_no_server_behind() -> None:
    told = (
        "from tests.postgres_cluster import Cluster; c = Cluster()\n"
        "print(c.directory, c.watcher.pid, c.port, flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", told], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout
        directory, watcher, port = run.stdout.readline().decode().split()
        os.kill(run.pid, signal.SIGKILL)
    gone(int(watcher))
    assert not Path(directory).exists()
    with socket.socket() as knock:
        assert knock.connect_ex(("127.0.0.1", int(port))) == errno.ECONNREFUSED


def gone(pid: int) -> None:
    """Waits until a process that is not our child has ended."""
    handle = os.pidfd_open(pid)
    try:
        assert select.select([handle], [], [], 30)[0], "the watcher is still there"
    finally:
        os.close(handle)
