"""Reading and writing records within one tenant, written once for both databases."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

from billto.domain.account import Account, Key
from billto.domain.answer import Answer
from billto.domain.attrs import Attr, Kind, catalogue
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.event import Event
from billto.domain.ledger import Entry, Standing, grown
from billto.domain.problems import Problem, Refused
from billto.domain.query import Below, Page, Query
from billto.domain.scope import Scope
from billto.store import statements, sums
from billto.store.chasing import Chases
from billto.store.engine import Engine
from billto.store.files import Files
from billto.store.layout import LAYOUTS, columns, kept_beside, looked_at, tenancy
from billto.store.moving import Moving
from billto.store.outbox import Waiting
from billto.store.plans import Planned, Planner
from billto.store.selecting import Selecting

R = TypeVar("R", bound=NamedTuple)

_JSON = Attr(Kind.MAP)
_PARENTS_AT_ONCE = 5_000


@cache
def loader(
    engine: Engine, record: type[NamedTuple], shows: frozenset[str] | None = None
) -> Callable[[Any], Any]:
    return engine.loader(record, columns(record, shows))


class Reader(Selecting, Chases, Waiting, Planned, Files):
    """Questions, each one statement. Every one names its tenant, save those about keys and secrets."""

    engine: Engine
    secrets: dict[str, bytes]  # those that were read: they never change, so that the store's share them

    async def get(
        self, record: type[R], scope: Scope, id: str | int, *, shows: frozenset[str] | None = None
    ) -> R | None:
        """The record of this id (a whole number is its serial), trashed or not, if the scope reaches it."""
        return await self._one(record, tenancy(record, scope), id, shows=shows)

    async def page(self, record: type[R], scope: Scope, query: Query) -> Page:
        """A page of records; the query's order must be unambiguous."""
        whose = tenancy(record, scope)
        rows = await self._page_rows(record, whose, query)
        return await self._page_of(record, whose, query, rows)

    async def entity_of(self, record: type[NamedTuple], scope: Scope, id: str) -> str | None:
        """The entity of a record, among those that the scope reaches, for addresses that do not name it."""
        whose = tenancy(Entity, scope)
        entities = " AND ".join(f"{name} = {self.engine.mark(at)}" for at, name in enumerate(whose, 2))
        for table in (LAYOUTS[record].table, *(("alias",) if record is Customer else ())):
            sql = (
                f"SELECT entity_id FROM {table} WHERE id = {self.engine.mark(1)}"
                f" AND entity_id IN (SELECT id FROM entity WHERE {entities})"
            )
            if rows := await self.rows(sql, [id, *whose.values()]):
                return str(rows[0][0])
        return None

    async def owned(self, entity_id: str) -> Entity | None:
        """The entity of this id, whoever's it is; for the operator alone."""
        rows = await self.rows(statements.select(self.engine, Entity, ("id",)), [entity_id])
        return loader(self.engine, Entity)(rows[0]) if rows else None

    async def key(self, hint: str) -> Sequence[Key]:
        """The keys that may be meant by a token with this beginning."""
        sql = statements.select(self.engine, Key, ("hint",))
        return tuple(map(loader(self.engine, Key), await self.rows(sql, [hint])))

    async def keys(self, account_id: str | None) -> Sequence[Key]:
        """All keys of an account, or of the installation; for the operator alone."""
        sql = f"SELECT {', '.join(columns(Key))} FROM key"
        where, values = (
            (f" WHERE account_id = {self.engine.mark(1)}", [account_id]) if account_id else ("", [])
        )
        return tuple(map(loader(self.engine, Key), await self.rows(f"{sql}{where} ORDER BY id", values)))

    async def account(self, id: str) -> Account | None:
        rows = await self.rows(statements.select(self.engine, Account, ("id",)), [id])
        return loader(self.engine, Account)(rows[0]) if rows else None

    async def accounts(self) -> Sequence[Account]:
        """All of them; for the operator alone."""
        sql = f"SELECT {', '.join(columns(Account))} FROM account ORDER BY id"
        return tuple(map(loader(self.engine, Account), await self.rows(sql, [])))

    async def last_number(self, entity_id: str, name: str) -> int:
        """The last number that was taken from an entity's sequence of this name; nought, where none was."""
        one, two = self.engine.mark(1), self.engine.mark(2)
        sql = f"SELECT last FROM sequence WHERE entity_id = {one} AND name = {two}"
        rows = await self.rows(sql, [entity_id, name])
        return int(rows[0][0]) if rows else 0

    async def answered(self, tenant_id: str, request_id: str) -> Answer | None:
        """The answer that a request with this id was given before."""
        sql = statements.select(self.engine, Answer, ("tenant_id", "request_id"))
        rows = await self.rows(sql, [tenant_id, request_id])
        return loader(self.engine, Answer)(rows[0]) if rows else None

    async def secret(self, name: str) -> bytes:
        """A secret of this installation, shared by all its processes."""
        if name not in self.secrets:
            rows = await self.rows(f"SELECT value FROM secret WHERE name = {self.engine.mark(1)}", [name])
            self.secrets[name] = bytes(rows[0][0])
        return self.secrets[name]

    async def _one(
        self,
        record: type[R],
        whose: dict[str, Any],
        id: str | int,
        *,
        locked: bool = False,
        shows: frozenset[str] | None = None,
    ) -> R | None:
        """The record; of a customer that became part of another, that one."""
        name, tenant = "id" if isinstance(id, str) else "serial", dict(whose)
        if whose.setdefault(name, id) != id:  # a key bound to one entity asks for another
            return None
        sql = statements.select(self.engine, record, tuple(whose), locked=locked, shows=shows)
        rows = await self.rows(sql, list(whose.values()))
        if not rows and record is Customer and (now := await self.led(tenant, name, id)) is not None:
            return await self._one(record, tenant, now, locked=locked, shows=shows)
        return loader(self.engine, record, shows)(rows[0]) if rows else None

    async def _page_rows(
        self, record: type[NamedTuple], whose: dict[str, str], query: Query
    ) -> Sequence[Any]:
        return await self.rows(*statements.page(self.engine, record, whose, query))

    async def _count(self, record: type[NamedTuple], whose: dict[str, str], query: Query) -> int:
        rows = await self.rows(*statements.count(self.engine, record, whose, query))
        return int(rows[0][0])

    async def _page_of(
        self, record: type[NamedTuple], whose: dict[str, str], query: Query, rows: Sequence[Any]
    ) -> Page:
        more = len(rows) > query.limit
        load = loader(self.engine, record, looked_at(query))
        records = tuple(map(load, rows[: query.limit]))
        total = None
        if query.counted:
            # A page without rows carries no count; the first page's emptiness is the count.
            total = (
                int(rows[0][-1])
                if rows
                else await self._count(record, whose, query)
                if query.start or query.skip
                else 0
            )
        if query.start and query.start.backwards:
            return Page(records[::-1], total, bool(records), more)
        return Page(records, total, more, bool(records) and (query.start is not None or query.skip > 0))


class Tx(Moving, Planner, Reader):
    """One transaction: what it writes is there altogether, or not at all."""

    def __init__(
        self,
        engine: Engine,
        now: datetime,
        new_id: Callable[[datetime], str],
        secrets: dict[str, bytes],
    ) -> None:
        self.engine = engine
        self.secrets = secrets
        self.now = now
        self._new_id = new_id

    def new_id(self) -> str:
        return self._new_id(self.now)

    async def run(self, sql: str, values: Sequence[Any]) -> None:
        await self.rows(sql, values)

    async def lock(self, record: type[R], scope: Scope, id: str | int) -> R | None:
        """The record as it is and stays until this transaction has changed it."""
        return await self._one(record, tenancy(record, scope), id, locked=True)

    async def lock_all(self, record: type[R], scope: Scope, ids: Sequence[str]) -> Sequence[R]:
        """Those of the records that are there, as they are and stay, in the order of their ids."""
        asked = statements.several(self.engine, record, tenancy(record, scope), ids)
        return list(map(loader(self.engine, record), await self.rows(*asked)))

    async def insert(self, record: R) -> R:
        """Stores a new record and gives it back with the serial that it was allotted."""
        kind = type(record)
        layout = LAYOUTS[kind]
        values = dict(zip(catalogue(kind), self.engine.values(record), strict=True))
        values |= stored_beside(self.engine, record)
        if not layout.allotted:
            sql = statements.insert(self.engine, layout.table, tuple(values))
            await self.run(sql, list(values.values()))
            return record
        serial = await self._insert_allotted(record, values)
        return record._replace(serial=serial)

    async def update(self, old: R, new: R, scope: Scope) -> None:
        """Stores what differs between two versions; raises Refused unless the scope reaches the record."""
        kind = type(new)
        values = dict(self._differing(old, new))
        before, after = stored_beside(self.engine, old), stored_beside(self.engine, new)
        values |= {name: value for name, value in after.items() if value != before[name]}
        whose = _reached(kind, scope, new.id)  # type: ignore[attr-defined]
        sql = statements.update(self.engine, LAYOUTS[kind].table, tuple(values), tuple(whose))
        if values and not await self.rows(sql, [*values.values(), *whose.values()]):
            raise _absent(kind)
        layout = LAYOUTS[kind]
        if layout.indexed and before["search"] != after["search"]:
            await self._reindex(new, after["search"])
        if layout.counted and counts(old) != counts(new):
            await self._recount(new, *(b - a for a, b in zip(counts(old), counts(new), strict=True)))

    def _differing(self, old: NamedTuple, new: NamedTuple) -> Iterator[tuple[str, Any]]:
        """The attributes whose new values are stored otherwise than the old ones, with those values."""
        for attr, before, after in zip(catalogue(type(new)).values(), old, new, strict=True):
            if before is after:
                continue
            stored = self.engine.stored(attr, after)
            # Equal maps may still differ in the order of their keys, which answers and searches show.
            if before != after or stored != self.engine.stored(attr, before):
                yield attr.name, stored

    async def delete(self, record: NamedTuple, scope: Scope) -> None:
        """Takes a record out for good; raises Refused unless the scope reaches it."""
        kind = type(record)
        whose = _reached(kind, scope, record.id)  # type: ignore[attr-defined]
        sql = statements.delete(self.engine, LAYOUTS[kind].table, tuple(whose))
        if not await self.rows(sql, list(whose.values())):
            raise _absent(kind)
        if LAYOUTS[kind].indexed:
            await self._reindex(record, None)
        if LAYOUTS[kind].counted:
            await self._recount(record, *(-number for number in counts(record)))

    async def delete_all(self, record: type[NamedTuple], scope: Scope, ids: Sequence[str]) -> None:
        """Takes records of a kind without counters out for good; raises Refused unless all are there."""
        asked = statements.delete_all(self.engine, record, tenancy(record, scope), ids)
        if len(await self.rows(*asked)) != len(ids):
            raise _absent(record)

    async def generations_below(
        self, scope: Scope, serial: int, generations_max: int, records_max: int
    ) -> Below:
        """How deep a customer's descendants reach, trashed ones as well; looks no further than it must."""
        level, depth, seen = [serial], -1, 0
        while level and depth < generations_max and seen <= records_max:
            found: list[int] = []
            for at in range(0, len(level), _PARENTS_AT_ONCE):
                some, left = level[at : at + _PARENTS_AT_ONCE], records_max + 1 - seen - len(found)
                asked = statements.children(self.engine, scope.entity, some, left)
                found += [int(row[0]) for row in await self.rows(*asked)]
            level, depth, seen = found, depth + 1, seen + len(found)
        return Below(depth, seen)

    async def alone(self, entity_id: str, name: str, *, shared: bool = False) -> None:
        """Until it ends nobody else passes with this name, or only who shares it; SQLite's is alone."""

    async def next_number(self, entity_id: str, name: str) -> int:
        """The next of an entity's sequence of this name, beginning with one; others wait until it is used."""
        one, two = self.engine.mark(1), self.engine.mark(2)
        sql = (
            f"INSERT INTO sequence (entity_id, name, last) VALUES ({one}, {two}, 1)"
            " ON CONFLICT (entity_id, name) DO UPDATE SET last = sequence.last + 1 RETURNING last"
        )
        rows = await self.rows(sql, [entity_id, name])
        return int(rows[0][0])

    async def used_number(self, entity_id: str, name: str, number: int) -> None:
        """Lets a sequence go on after a number; the one before it was taken from `next_number` just now."""
        one, two, three = (self.engine.mark(at) for at in (1, 2, 3))
        await self.run(
            f"UPDATE sequence SET last = {one} WHERE entity_id = {two} AND name = {three} AND last < {one}",
            [number, entity_id, name],
        )

    async def note(self, event: Event) -> None:
        """Keeps what happened, with what made it happen."""
        await self._append("event", dict(zip(catalogue(Event), self.engine.values(event), strict=True)))

    async def post(self, scope: Scope, entries: Sequence[Entry], before: Sequence[Standing]) -> None:
        """Writes entries into the ledger and keeps how their customers stand, who stood as is said before:
        who posts holds these customers alone."""
        for start in range(0, len(entries), sums.AT_ONCE):
            await self.run(*sums.insert_entries(self.engine, entries[start : start + sums.AT_ONCE]))
        turned = set()
        for old, new in grown(before, entries).values():
            if new != old:
                await self.run(*sums.stand(self.engine, scope.entity, new))
            if (old.outstanding > 0) is not (new.outstanding > 0):
                turned.add(new.customer_id)
        for customer_id in sorted(turned):
            await self.run(*sums.owe(self.engine, scope.entity, customer_id))

    async def claimed(self, tenant_id: str, request_id: str) -> Answer | None:
        """The answer that a request with this id was given before; else nobody else works on it from now on.

        Raises Refused with `key_in_flight` while somebody does.
        """
        return await self.answered(tenant_id, request_id)

    async def forget(self, tenant_id: str, subject_id: str) -> None:
        """Empties every kept answer that shows a record: it must not outlive what it shows."""
        one, two = self.engine.mark(1), self.engine.mark(2)
        sql = f"UPDATE answer SET body = '{{}}' WHERE tenant_id = {one} AND subject_id = {two}"
        await self.run(sql, [tenant_id, subject_id])

    async def keep(self, answer: Answer) -> None:
        """Remembers the answer to a request; it becomes true with everything else in this transaction."""
        await self._append("answer", dict(zip(catalogue(Answer), self.engine.values(answer), strict=True)))

    async def note_many(self, events: Sequence[Event]) -> None:
        """Keeps what happened, many at once."""
        raise NotImplementedError

    async def insert_many(self, records: Sequence[Any]) -> None:
        """Stores new records of one entity."""
        raise NotImplementedError

    async def update_many(self, changes: Sequence[tuple[Any, Any]]) -> None:
        """Stores new versions of records of one entity that are locked, each beside the version before."""
        raise NotImplementedError

    async def alike(
        self,
        record: type[R],
        scope: Scope,
        by: Sequence[str],
        values: Sequence[Sequence[Any]],
        *,
        locked: bool = False,
    ) -> Sequence[tuple[int, R]]:
        """Live records that have the values of one of these rows, each with the number of that row.

        The first attribute has an index and a value in every row. `locked` keeps what is found from others.
        """
        raise NotImplementedError

    async def forget_uploads(self, entity_id: str, before: datetime, most: int) -> None:
        """Takes out the uploads of all that are older, and the oldest of an entity that has more."""
        mark = self.engine.mark
        moment = self.engine.stored(catalogue(Event)["at"], before)
        await self.run(f"DELETE FROM upload WHERE created_at < {mark(1)}", [moment])
        sql = (
            f"DELETE FROM upload WHERE entity_id = {mark(1)} AND id NOT IN (SELECT id FROM upload"
            f" WHERE entity_id = {mark(2)} ORDER BY created_at DESC, id DESC LIMIT {mark(3)})"
        )
        await self.run(sql, [entity_id, entity_id, most])

    async def _append(self, table: str, values: dict[str, Any]) -> None:
        await self.run(statements.insert(self.engine, table, tuple(values)), list(values.values()))

    async def _insert_allotted(self, record: NamedTuple, values: dict[str, Any]) -> int:
        raise NotImplementedError

    async def _reindex(self, record: Any, search: str | None) -> None:
        """Puts a record's search text in place of the one before; nothing, for a record that is gone."""

    async def _recount(self, record: Any, live: int, trashed: int) -> None:
        """Adds to what is counted of an entity's records."""
        raise NotImplementedError


def stored_beside(engine: Engine, record: NamedTuple) -> dict[str, Any]:
    """What is kept beside a record, as the database takes it."""
    return {
        name: value if isinstance(value, str) else engine.stored(_JSON, value)
        for name, value in kept_beside(record).items()
    }


def _reached(kind: type[NamedTuple], scope: Scope, id: str) -> dict[str, str]:
    """The key of a record, as far as the scope reaches it."""
    whose = tenancy(kind, scope)
    if whose.setdefault("id", id) != id:
        raise _absent(kind)
    return whose


def _absent(kind: type[NamedTuple]) -> Refused:
    return Refused(Problem("not_found", detail=kind.__name__))


def counts(record: NamedTuple) -> tuple[int, int]:
    """What a record adds to the counts of live and of trashed ones."""
    trashed = getattr(record, "deleted_at", None) is not None
    return (0, 1) if trashed else (1, 0)
