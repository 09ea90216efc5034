"""R2: an answered write survives a power cut, whatever the disk makes of what was not synced (SQLite)."""

import asyncio
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from billto import wiring
from billto.app import accounts, customers, entities
from billto.app.parts import Request
from billto.domain.answer import Answer
from billto.domain.customer import Customer
from billto.domain.ids import IdMaker
from billto.domain.scope import Scope
from billto.store.doctor import examine_sqlite
from billto.store.migrate import migrate_sqlite
from billto.store.sqlite import SqliteStore
from tests.drills.conftest import Tell
from tests.drills.disk import Deed, Disk, Image, Left, Past, recorded
from tests.drills.sizes import size

NAME = "billto.sqlite"
OWNERS = 12
DEEDS_OF_OWNER = 12
# How many pages the log may have before they are brought into the database: often, rarely, Billto's own.
CHECKPOINTS = (20, 200, 4_000)


class Said(NamedTuple):
    """A write and its answer: the customer as it is from now on, or None when it is gone."""

    request_id: str
    customer_id: str
    customer: Customer | None
    deeds: int  # how much had been done to the disk when it was answered


class Life(NamedTuple):
    """A database from its first byte on."""

    scope: Scope
    said: tuple[Said, ...]
    deeds: list[Deed]


async def lived(folder: Path, chance: random.Random, pragma: str) -> Life:
    """Owners who write at once, each about customers of their own."""
    path = folder / NAME
    with recorded() as disk:
        migrate_sqlite(path)
        store = SqliteStore(path, wiring.clock, IdMaker())
        await store.open()
        store._writing.execute(f"PRAGMA wal_autocheckpoint = {chance.choice(CHECKPOINTS)}")
        store._writing.execute(pragma)
        scope = await store.write(_make_tenant)
        said = await asyncio.gather(
            *(_own(store, disk, scope, number, random.Random(chance.random())) for number in range(OWNERS))
        )
        if chance.random() < 0.5:
            await store.close()  # the log goes away, too
            deeds = list(disk.deeds)
        else:
            deeds = list(disk.deeds)
            await store.close()
    whole = Past(disk.deeds)
    whole.forward(len(disk.deeds))
    # What the record makes of the disk is what is on the disk.
    assert whole.image(Left.ALL, chance)[NAME] == path.read_bytes()
    return Life(scope, tuple(one for some in said for one in some), deeds)


async def _make_tenant(tx: Any) -> Scope:
    account = await accounts.create(tx, "Drill")
    scope = Scope(account.id, "live", key_id="")
    entity = await entities.create(tx, Request(scope), {"name": "Drill d.o.o.", "country": "Slovenija"})
    return scope.about(entity.id)


async def _own(
    store: SqliteStore, disk: Disk, scope: Scope, number: int, chance: random.Random
) -> list[Said]:
    said: list[Said] = []
    mine: dict[str, Customer] = {}
    for turn in range(DEEDS_OF_OWNER):
        await asyncio.sleep(chance.uniform(0, 0.01))  # so that not all of them share every commit
        request_id = f"{number}-{turn}"
        does = chance.choice((_create, _create, _change, _trash, _erase))
        id, customer = await store.write(_once(does, Request(scope, request_id), mine, chance))
        said.append(Said(request_id, id, customer, len(disk.deeds)))
        if customer is None:
            mine.pop(id)
        else:
            mine[id] = customer
    return said


Verb = Callable[[Any, Request, dict[str, Customer], random.Random], Any]


def _once(verb: Verb, asked: Request, mine: dict[str, Customer], chance: random.Random) -> Any:
    """The effect and the answer kept for its request id, as the doors write them."""

    async def work(tx: Any) -> tuple[str, Customer | None]:
        id, customer = await verb(tx, asked, mine, chance)
        assert asked.request_id is not None
        await tx.keep(Answer(asked.scope.tenant_id, asked.request_id, "0" * 64, 200, None, "{}", tx.now))
        return id, customer

    return work


def _values(asked: Request) -> dict[str, Any]:
    word = str(asked.request_id)
    return {
        "name": f"Customer {word}",
        "email": f"{word}@drill.example",
        "address": word * 40,
        "metadata": {"word": word},
    }


async def _create(tx: Any, asked: Request, mine: Any, chance: Any) -> tuple[str, Customer | None]:
    made = await customers.create(tx, asked, _values(asked))
    return made.id, made


async def _change(tx: Any, asked: Request, mine: Any, chance: Any) -> tuple[str, Customer | None]:
    if not mine:
        return await _create(tx, asked, mine, chance)
    id = chance.choice(list(mine))
    return id, await customers.change(tx, asked, id, _values(asked))


async def _trash(tx: Any, asked: Request, mine: Any, chance: Any) -> tuple[str, Customer | None]:
    live = [id for id, customer in mine.items() if customer.deleted_at is None]
    if not live:
        return await _create(tx, asked, mine, chance)
    id = chance.choice(live)
    return id, await customers.trash(tx, asked, id)


async def _erase(tx: Any, asked: Request, mine: Any, chance: Any) -> tuple[str, Customer | None]:
    trashed = [id for id, customer in mine.items() if customer.deleted_at is not None]
    if not trashed:
        return await _create(tx, asked, mine, chance)
    id = chance.choice(trashed)
    await customers.erase(tx, asked, id)
    return id, None


class Judged(NamedTuple):
    """What was found in one image."""

    answered: int
    lost: int
    broken: tuple[str, ...]


def put(image: Image, folder: Path) -> None:
    folder.mkdir()
    for name, content in image.items():
        (folder / name).write_bytes(content)


async def judged(image: Image, folder: Path, life: Life, cut: int) -> Judged:
    """Opens an image as a server does that starts after the cut, and compares it with what was answered."""
    put(image, folder)
    path = folder / NAME
    migrate_sqlite(path)
    findings = await examine_sqlite(path)
    broken = [f"{one.invariant}: {one.faults}" for one in findings if one.faults]
    store = SqliteStore(path, wiring.clock, IdMaker())
    await store.open()
    try:
        answered, lost, torn = await _compared(store, life, cut)
        # It goes on: the next write is stored, and the first one of an empty database, too.
        await store.write(_make_tenant)
    finally:
        await store.close()
    shutil.rmtree(folder)
    return Judged(answered, lost, (*broken, *torn))


async def _compared(store: SqliteStore, life: Life, cut: int) -> tuple[int, int, list[str]]:
    rows = store.ask("SELECT id FROM customer", ())
    kept = {request_id for (request_id,) in store.ask("SELECT request_id FROM answer", ())}
    broken = [f"{id} was never made" for (id,) in rows if id not in {one.customer_id for one in life.said}]
    lost = answered = 0
    for id in {one.customer_id for one in life.said}:
        told = [one for one in life.said if one.customer_id == id]
        before = [one for one in told if one.deeds <= cut]
        found = await store.reader.get(Customer, life.scope, id)
        # The effects that are there are the first so many, each with the answer kept for it.
        there = [one for one in told if one.request_id in kept]
        state = there[-1].customer if there else None
        if there != told[: len(there)] or found != state:
            broken.append(f"{id} is {found}, of {told} there are {there}")
        answered += len(before)
        lost += max(0, len(before) - len(there))
    return answered, lost, broken


class Sum(NamedTuple):
    """What was found in all images."""

    images: int
    answered: int
    lost: int
    broken: list[str]


async def drill(folder: Path, histories: int, cuts: int, pragma: str) -> Sum:
    chance = random.Random(7)
    found: list[Judged] = []
    for number in range(histories):
        life_folder = folder / str(number)
        life_folder.mkdir()
        life = await lived(life_folder, chance, pragma)
        past = Past(life.deeds)
        for cut in sorted(chance.choices(range(len(life.deeds) + 1), k=cuts)):
            past.forward(cut)
            for left in Left:
                place = folder / f"{number}-{len(found)}"
                found.append(await judged(past.image(left, chance), place, life, cut))
    return Sum(
        len(found),
        sum(one.answered for one in found),
        sum(one.lost for one in found),
        [fault for one in found for fault in one.broken],
    )


def test_an_answered_write_survives_a_power_cut(tmp_path: Path, tell: Tell) -> None:
    histories, cuts = size("powercut_histories"), size("powercut_cuts")
    found = asyncio.run(drill(tmp_path, histories, cuts, "PRAGMA synchronous = FULL"))
    assert found.broken == []
    assert found.lost == 0
    tell(
        cuts=histories * cuts,
        images=found.images,
        answered_writes_looked_for=found.answered,
        lost=0,
        broken=0,
    )


def test_the_drill_finds_the_writes_that_a_weaker_setting_loses(tmp_path: Path, tell: Tell) -> None:
    found = asyncio.run(drill(tmp_path, 2, 10, "PRAGMA synchronous = NORMAL"))
    assert found.broken == []  # the database stays whole; only its newest writes are gone
    assert found.lost > 0
    tell(images=found.images, answered_writes_looked_for=found.answered, lost_as_expected=found.lost)
