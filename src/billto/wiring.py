"""The one place where the parts meet: settings → store, clock, doors, server."""

import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import apsw
import asyncpg

from billto import __version__, config
from billto.app.parts import Can, Store
from billto.config import Config
from billto.dialects import faktoora, invoiced, loopback, portal, spaceinvoices
from billto.dialects.reference import openapi
from billto.dialects.spaceinvoices.words import WORDING
from billto.domain.ids import IdMaker
from billto.store.doctor import Finding, examine_postgres, examine_sqlite
from billto.store.migrate import migrate_postgres, migrate_sqlite
from billto.store.migrations import LATEST, Migration
from billto.store.postgres import PostgresStore
from billto.store.sqlite import SqliteStore
from billto.web.doors import Doors, Observed
from billto.web.limiting import Limiter
from billto.web.metrics import Metrics
from billto.web.server import Server
from billto.work.channels import channels, connected, per_day
from billto.work.own import OwnChannels
from billto.work.runner import Delivery, Pace, Runner
from billto.work.scheduler import Scheduler
from billto.work.vault import vault

# What a command may meet when there is no such database, or none that lets it in.
DATABASE_FAULTS = (OSError, apsw.Error, asyncpg.PostgresError, asyncpg.InterfaceError)

# Every language that Billto answers in; the first is its own.
DIALECTS = (
    spaceinvoices.DIALECT, loopback.DIALECT, invoiced.DIALECT, faktoora.DIALECT, faktoora.KEYS,
    portal.DIALECT,
)  # fmt: skip

requests = logging.getLogger("billto.requests")


def log() -> None:
    """Everything that is logged is a line on stderr."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def clock() -> datetime:
    """Now, in UTC, cut to milliseconds: what is stored is what was answered."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def make_store(settings: Config) -> Store:
    database = settings.database_url
    if database.path is not None:
        return SqliteStore(database.path, clock, IdMaker(), seconds_max=settings.statement_seconds)
    return PostgresStore(
        database.url, clock, IdMaker(),
        seconds_max=settings.statement_seconds, connections_max=settings.connections,
    )  # fmt: skip


async def migrate(settings: Config) -> list[Migration]:
    """Brings the database to this version's schema; what was done is returned."""
    database = settings.database_url
    return migrate_sqlite(database.path) if database.path else await migrate_postgres(database.url)


@asynccontextmanager
async def opened(settings: Config) -> AsyncIterator[Store]:
    """The store for as long as it is needed; a SQLite file is made and migrated on its first use."""
    if settings.database_url.path is not None:
        await migrate(settings)
    store = make_store(settings)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def examine(settings: Config) -> list[Finding]:
    """What the doctor finds; the database is only read."""
    database = settings.database_url
    return await (examine_sqlite(database.path) if database.path else examine_postgres(database.url))


def make_server(settings: Config) -> Server:
    store, limiter, metrics = make_store(settings), Limiter(settings.rate_limit), Metrics()

    def observe(seen: Observed) -> None:
        metrics.observe(seen)
        if settings.request_log:
            took = round(seen.seconds * 1000, 1)
            requests.info(
                "%s %s %s %sms %s", seen.method, seen.path or "-", seen.status, took, seen.request_id
            )

    doors = Doors(DIALECTS, store, clock, limiter, observe, can(settings))
    document = openapi(spaceinvoices.DIALECT, WORDING, __version__)
    beside = companions(settings, store, lambda one: metrics.delivered(*one)) if settings.worker else ()
    return Server(store, doors, metrics, LATEST, document, beside)


def can(settings: Config) -> Can:
    return Can(connected(settings), vault(settings), per_day(settings), settings.public_url)


def companions(
    settings: Config, store: Store, observe: Callable[[Delivery], None], *, at_once: int = Pace().at_once
) -> tuple[Runner | Scheduler, ...]:
    """Who delivers messages, and who works off what is planned."""
    scheduler = Scheduler(store, clock, can(settings), lease=Pace(settings.delivery_seconds).lease)
    return (make_runner(settings, store, observe, at_once=at_once), scheduler)


def make_runner(
    settings: Config, store: Store, observe: Callable[[Delivery], None], *, at_once: int = Pace().at_once
) -> Runner:
    """A worker: for the installation's channels, and for those that entities have of their own."""
    pace = Pace(settings.delivery_seconds, at_once)
    own = OwnChannels(store.reader, vault(settings), settings)
    return Runner(store, clock, channels(settings), observe, pace, own)


def server() -> Server:
    """What each serving process makes anew, out of its environment."""
    log()
    return make_server(config.read(os.environ))
