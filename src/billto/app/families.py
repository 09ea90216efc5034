"""Who belongs to whom: a customer's parent, its parent, and so on, without end or circle."""

from billto.app.parts import Request, Tx
from billto.domain.customer import Customer
from billto.domain.problems import Problem, Refused

GENERATIONS_MAX = 10
DESCENDANTS_MAX = 100_000  # that are looked at while others wait: some hundred milliseconds


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
        below = await tx.generations_below(asked.scope, child.serial, GENERATIONS_MAX, DESCENDANTS_MAX)
        if below.records > DESCENDANTS_MAX:
            raise Refused(Problem("too_many_below", ("parent",), str(DESCENDANTS_MAX)))
        generations += below.generations
    if generations > GENERATIONS_MAX:
        raise Refused(Problem("too_deep", ("parent",), str(GENERATIONS_MAX)))
