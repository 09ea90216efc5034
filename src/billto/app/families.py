"""Who belongs to whom: a customer's parent, its parent, and so on, without end or circle."""

from billto.app.parts import Request, Tx
from billto.domain.customer import Customer
from billto.domain.paging import place, unambiguous
from billto.domain.problems import Problem, Refused
from billto.domain.query import Compare, Op, Query, Start

GENERATIONS_MAX = 10
_CHUNK = 500
_BY_ID = unambiguous(())


async def check_parent(tx: Tx, asked: Request, parent: int, child: Customer | None = None) -> None:
    """Raises Refused unless a new customer, or this one, may have this parent.

    The ancestors stay as they are until the transaction ends: two changes at once close no circle.
    """
    if child is not None and child.parent == parent:
        return
    generations = 1
    above: int | None = parent
    while above is not None and generations <= GENERATIONS_MAX:
        found = await tx.lock(Customer, asked.scope, above)
        if above == parent and (found is None or found.deleted_at):
            raise Refused(Problem("unknown_reference", ("parent",), f"customer {parent}"))
        if found is None:
            break
        if child is not None and found.serial == child.serial:
            raise Refused(Problem("own_ancestor", ("parent",)))
        generations, above = generations + 1, found.parent
    if child is not None:
        generations += await _generations_below(tx, asked, child)
    if generations > GENERATIONS_MAX:
        raise Refused(Problem("too_deep", ("parent",), str(GENERATIONS_MAX)))


async def _generations_below(tx: Tx, asked: Request, child: Customer) -> int:
    level, depth = [child.serial], -1
    while level and depth < GENERATIONS_MAX:
        level, depth = await _children(tx, asked, level), depth + 1
    return depth


async def _children(tx: Tx, asked: Request, parents: list[int]) -> list[int]:
    found: list[int] = []
    for at in range(0, len(parents), _CHUNK):
        where = Compare("parent", Op.IN, tuple(parents[at : at + _CHUNK]))
        start: Start | None = None
        while True:
            query = Query(where, _BY_ID, _CHUNK, start, trashed=None, counted=False)
            page = await tx.page(Customer, asked.scope, query)
            found += (one.serial for one in page.records)
            if not page.has_next:
                break
            start = Start(place(_BY_ID, page.records[-1]))
    return found
