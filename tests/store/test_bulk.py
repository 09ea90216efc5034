"""Many records at once are stored as they would be one by one: in every column, count and index."""

import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from billto.app.parts import Request
from billto.app.records import event
from billto.domain.account import Account
from billto.domain.customer import Customer
from billto.domain.query import Words, matches
from billto.domain.scope import Scope
from billto.store.tx import Tx
from tests.drills.databases import faults
from tests.store.changing import Change, changed_to, changes
from tests.store.records import examples, ids, pooled, records
from tests.store.stores import Stage, customer, entity_of, listed, on_sqlite

Changes = Sequence[tuple[Customer, Customer]]
Way = Callable[[Tx, Scope, Sequence[Customer], Changes], Coroutine[Any, Any, None]]


class Kept(NamedTuple):
    """All that a database keeps of an entity's customers, but for what tells two entities apart."""

    customers: list[dict[str, Any]]
    serials: list[int]  # from the first one on
    events: list[dict[str, Any]]
    tally: tuple[int, int]


# Asked of what the database itself says that it keeps.
_COLUMNS = {
    "sqlite": "SELECT name FROM pragma_table_info('{}') ORDER BY cid",
    "postgresql": "SELECT column_name::text FROM information_schema.columns"
    " WHERE table_name = '{}' ORDER BY ordinal_position",
}


async def kept(stage: Stage, scope: Scope) -> Kept:
    of_entity = f"WHERE entity_id = '{scope.entity}'"

    async def table(name: str, *own: str) -> list[dict[str, Any]]:
        columns = [one for (one,) in await stage.asked(_COLUMNS[stage.engine].format(name))]
        shown = [one for one in columns if one not in ("entity_id", *own)]
        rows = await stage.asked(f"SELECT {', '.join(shown)} FROM {name} {of_entity} ORDER BY {name}.id")
        return [_in_any_order(dict(zip(shown, row, strict=True))) for row in rows]

    serials = [one for (one,) in await stage.asked(f"SELECT serial FROM customer {of_entity} ORDER BY id")]
    ((live, trashed),) = await stage.asked(f"SELECT sum(live), sum(trashed) FROM tally {of_entity}")
    return Kept(
        await table("customer", "serial"),
        [one - serials[0] for one in serials],
        await table("event", "id"),
        (int(live), int(trashed)),
    )


def _in_any_order(row: dict[str, Any]) -> dict[str, Any]:
    """With the keys of what only searches read in no order: a change of their order alone is not written."""
    return {**row, **{name: json.loads(row[name]) for name in row if name.endswith("_fold")}}


async def one_by_one(tx: Tx, scope: Scope, new: Sequence[Customer], changed: Changes) -> None:
    for one in new:
        await tx.note(event(tx, Request(scope), "customer.created", await tx.insert(one)))
    for old, now in changed:
        stored = await tx.lock(Customer, scope, old.id)
        assert stored is not None
        await tx.update(stored, now._replace(serial=stored.serial), scope)
        await tx.note(event(tx, Request(scope), "customer.updated", now, old))


async def at_once(tx: Tx, scope: Scope, new: Sequence[Customer], changed: Changes) -> None:
    await tx.insert_many(new)
    both: list[tuple[Customer, Customer]] = []
    for old, now in changed:
        stored = await tx.lock(Customer, scope, old.id)
        assert stored is not None
        both.append((stored, now._replace(serial=stored.serial)))
    await tx.update_many(both)
    made = [event(tx, Request(scope), "customer.created", one) for one in new]
    await tx.note_many(
        [*made, *(event(tx, Request(scope), "customer.updated", now, old) for old, now in changed)]
    )


async def before_and_at_once(tx: Tx, scope: Scope, new: Sequence[Customer], changed: Changes) -> None:
    """Records that are made one by one and changed together, in one transaction."""
    await one_by_one(tx, scope, new, ())
    await at_once(tx, scope, (), changed)


def test_many_at_once_are_stored_as_they_would_be_one_by_one(stage: Stage) -> None:
    @examples(60)
    @given(
        given=records(Customer, 1),
        happens=st.lists(changes("change"), max_size=4, unique_by=lambda one: one.which % 8),
        terms=st.lists(pooled, min_size=1, max_size=3),
    )
    def holds(given: list[Customer], happens: list[Change], terms: list[str]) -> None:
        stage.run(story(given, happens, terms))

    async def story(given: list[Customer], happens: list[Change], terms: list[str]) -> None:
        async def work(tx: Tx) -> list[tuple[Scope, list[Customer]]]:
            """All in one transaction: at the same moment."""
            account = await tx.insert(Account(tx.new_id(), "Alice", tx.now))
            return [(scope := await entity_of(tx, account), await done(tx, scope, way)) for way in WAYS]

        async def done(tx: Tx, scope: Scope, way: Way) -> list[Customer]:
            new = [one._replace(entity_id=scope.entity, serial=0) for one in given]
            changed = [(new[at], changed_to(new[at], one.like)) for at, one in chosen(happens, len(new))]
            await way(tx, scope, new, changed)
            # What comes next has the next number.
            last = await tx.insert(customer(tx, scope, name="Last")._replace(id=ids(1_000)))
            now = {one.id: one for one in [*new, *(after for _, after in changed), last]}
            return list(now.values())

        there = await stage.store.write(work)
        first, *others = [await kept(stage, scope) for scope, _ in there]
        assert others == [first] * len(others)
        for scope, held in there:
            for term in terms:
                found = [one.id for one in await listed(stage.store, scope, Words(term), trashed=None)]
                assert found == sorted(one.id for one in held if matches(Words(term), one)), term

    holds()
    # The records' moments and versions are any.
    assert [one for one in faults(stage.url) if "index" in one or "count" in one or "fold" in one] == []


WAYS: tuple[Way, ...] = (one_by_one, at_once, before_and_at_once)


def chosen(happens: Sequence[Change], many: int) -> list[tuple[int, Change]]:
    """What befalls which customer, none of them twice."""
    return list({one.which % many: one for one in happens}.items())


@on_sqlite
def test_who_is_made_and_changed_in_one_batch_is_indexed_as_it_is_now(stage: Stage) -> None:
    async def work(tx: Tx) -> None:
        old = await tx.insert(customer(tx, stage.cast.live, name="Quince"))
        await tx.update_many([(old, old._replace(name="Mango", version=2))])

    stage.run(stage.store.write(work))
    for word, found in (("quince", 0), ("mango", 1)):
        sql = f"SELECT count(*) FROM customer_search WHERE customer_search MATCH '{word[:3]}'"
        assert stage.run(stage.asked(sql)) == [(found,)]
