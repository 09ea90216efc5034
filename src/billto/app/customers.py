"""What can be done with customers. Every verb works within one transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from billto.app import assigning, families, following, numbers, records
from billto.app.parts import Id, Reader, Request, Tx
from billto.domain import contact
from billto.domain import customer as rules
from billto.domain.customer import Customer
from billto.domain.paging import unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Page, Query
from billto.domain.tombstone import Tombstone

# What a door asks of a customer beyond what holds for all, with what it was before a change; it raises
# Refused.
Demand = Callable[[Customer, Customer | None], None]


async def create(
    tx: Tx, asked: Request, values: Mapping[str, Any], *, demand: Demand | None = None
) -> Customer:
    if values.get("parent") is not None:
        values = {**values, "parent": await families.parent_of(tx, asked, values["parent"])}
    values = await assigning.checked(tx, asked, values)
    new = rules.made(values, entity_id=asked.scope.entity, id=tx.new_id(), now=tx.now)
    if demand is not None:
        demand(new, None)
    stored = await tx.insert(rules.settled(new, None, tx.new_id))
    await records.note(tx, asked, "customer.created", stored)
    return stored


async def create_numbered(tx: Tx, asked: Request, values: Mapping[str, Any]) -> Customer:
    """A new customer with the next number of the entity, and in its country, unless others are given."""
    entity = await records.seller(tx, asked)
    number = values.get("number") or await numbers.for_customer(tx, asked, entity)
    return await create(tx, asked, {"country_code": entity.country_code, **values, "number": number})


async def get(reader: Reader, asked: Request, id: Id) -> Customer:
    """The customer, also one in the trash."""
    return await records.get(reader, asked, Customer, id)


async def live(reader: Reader, asked: Request, id: Id) -> Customer:
    """The customer; for doors without a trash, where one that is in it is gone."""
    return _live(await get(reader, asked, id))


async def hold(tx: Tx, asked: Request, id: Id) -> Customer:
    """The customer, for doors without a trash, kept from others until the transaction ends."""
    found = await tx.lock(Customer, asked.scope, id)
    if found is None:
        raise Refused(Problem("not_found", detail="Customer"))
    return _live(found)


def must_be_live(_new: Customer, old: Customer | None) -> None:
    """What doors without a trash demand of a change: who is in it is gone."""
    if old is not None:
        _live(old)


def _live(customer: Customer) -> Customer:
    if customer.deleted_at:
        raise Refused(Problem("not_found", detail="Customer"))
    return customer


async def page(reader: Reader, asked: Request, query: Query) -> Page:
    return await following.page(reader, asked, Customer, query)


async def change(
    tx: Tx, asked: Request, id: Id, values: Mapping[str, Any], *, demand: Demand | None = None
) -> Customer:
    if values.get("parent") is not None:
        child = await records.expected(tx, asked, Customer, id)
        values = {**values, "parent": await families.parent_of(tx, asked, values["parent"], child)}
    if assigning.is_asked(values):
        values = await assigning.checked(tx, asked, values, await records.expected(tx, asked, Customer, id))

    somebody_left = False

    def becomes(old: Customer, now: datetime) -> Customer:
        nonlocal somebody_left
        new = rules.changed(old, values, now)
        if demand is not None:
            demand(new, old)
        somebody_left = contact.lost(old.contacts, new.contacts)
        return new if new is old else rules.settled(new, old, tx.new_id)

    stored = await records.change(tx, asked, Customer, id, "customer.updated", becomes)
    if somebody_left:
        await tx.forget(asked.scope.tenant_id, stored.id)
    return stored


async def trash(tx: Tx, asked: Request, id: Id, *, demand: Demand | None = None) -> Customer:
    def becomes(old: Customer, now: datetime) -> Customer:
        _check_named_now(old, id)
        new = rules.trashed(old, now)
        if demand is not None:
            demand(new, old)
        return new

    return await records.change(tx, asked, Customer, id, "customer.deleted", becomes)


def _check_named_now(customer: Customer, id: Id) -> None:
    """Raises Refused where a customer would go by an old id: who cleans up after a merge does not mean it."""
    if id not in (customer.id, customer.serial):
        raise Refused(
            Problem("merged", detail=f"customer {customer.id if isinstance(id, str) else customer.serial}")
        )


async def restore(tx: Tx, asked: Request, id: Id) -> Customer:
    return await records.change(tx, asked, Customer, id, "customer.restored", rules.restored)


async def erase(tx: Tx, asked: Request, id: Id) -> Customer:
    """Takes a customer out of the trash for good; refused with `in_use` while documents refer to it.

    Whose parent it was has none any more, which the one event of the erasure tells. What had become part of
    it is deleted with it.
    """
    old = await records.expected(tx, asked, Customer, id)
    _check_named_now(old, id)
    rules.check_erasable(old)
    if uses := await tx.uses(asked.scope, old.id):
        raise Refused(Problem("in_use", detail=_counted(uses)))
    parts = await tx.aliases(asked.scope, (old.id,))
    await tx.repoint(Customer, asked.scope, {"parent": old.serial}, {"parent": None})
    await tx.delete(old, asked.scope)
    for id, external_id in ((old.id, old.external_id), *((one.id, one.external_id) for one in parts)):
        await tx.insert(Tombstone(old.entity_id, id, tx.now, external_id))
    await tx.forget(asked.scope.tenant_id, old.id)
    await records.note(tx, asked, "customer.permanently_deleted", old)
    return old


def _counted(uses: Mapping[str, int]) -> str:
    """`2 documents, 1 payment`."""
    plural = {"entry": "ledger entries"}
    many = {kind: plural.get(kind, f"{kind}s") for kind in uses}
    one = {kind: "ledger entry" if kind == "entry" else kind for kind in uses}
    return ", ".join(f"{n} {one[kind] if n == 1 else many[kind]}" for kind, n in uses.items())


async def erased(reader: Reader, asked: Request, query: Query) -> Page:
    """What is left of the customers that were deleted for good."""
    return await reader.page(Tombstone, asked.scope, query)


async def get_external(reader: Reader, asked: Request, external_id: str) -> Customer:
    """The customer that another system calls so; one in the trash no longer is."""
    found = await _called(reader, asked, external_id)
    if found is None:
        raise Refused(Problem("not_found", detail=Customer.__name__))
    return found


async def put_external(
    tx: Tx, asked: Request, external_id: str, values: Mapping[str, Any]
) -> tuple[Customer, bool]:
    """The customer that another system calls so, changed, or made where there was none; and whether it was.

    However many ask at once, one is made.
    """
    if values.get("external_id", external_id) != external_id:
        raise Refused(Problem("immutable", ("external_id",)))
    await tx.alone(asked.scope.entity, f"external_id {external_id}")
    found = await _called(tx, asked, external_id)
    if found is not None:
        if found.external_id != external_id:  # that of one that is part of it: it keeps its own
            values = {name: value for name, value in values.items() if name != "external_id"}
        return await change(tx, asked, found.id, values), False
    if asked.expected is not None:
        raise Refused(Problem("changed_since"))
    return await create(tx, asked, {**values, "external_id": external_id}), True


async def _called(reader: Reader, asked: Request, external_id: str) -> Customer | None:
    query = Query(Compare("external_id", Op.EQ, external_id), unambiguous(()), limit=1, counted=False)
    page = await following.page(reader, asked, Customer, query)
    return page.records[0] if page.records else None
