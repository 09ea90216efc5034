"""Who belongs to whom: a customer's parent, its parent, and so on, without end or circle."""

from billto.app.parts import Request, Tx
from billto.domain.customer import Customer
from billto.domain.problems import Problem, Refused

GENERATIONS_MAX = 10
DESCENDANTS_MAX = 100_000  # that are looked at while others wait: some hundred milliseconds


async def parent_of(tx: Tx, asked: Request, parent: int, child: Customer | None = None) -> int:
    """The parent's serial, by that or by an old one; raises Refused unless a new customer, or this one, may
    have this parent.

    The ancestors stay as they are until the transaction ends: two changes at once close no circle.
    """
    if child is not None and child.parent == parent:
        return parent
    above = await _line(tx, asked, parent)
    if not above or above[0].deleted_at:
        raise Refused(Problem("unknown_reference", ("parent",), f"customer {parent}"))
    if child is not None and child.serial in (one.serial for one in above):
        raise Refused(Problem("own_ancestor", ("parent",)))
    below = await _below(tx, asked, child.serial) if child is not None else 0
    _check_depth(len(above) + 1 + below)
    return above[0].serial


async def joined(tx: Tx, asked: Request, gone: Customer, kept: Customer, *, fill: bool) -> int | None:
    """The parent of a customer of which another becomes part, whose children it gets.

    Whoever is anywhere below the other takes its place, so that no circle closes.
    """
    above, above_gone = await _line(tx, asked, kept.parent), await _line(tx, asked, gone.parent)
    if gone.serial in (one.serial for one in above):
        return gone.parent
    if kept.serial in (one.serial for one in above_gone):
        return kept.parent
    takes_parent = fill and kept.parent is None
    above = above_gone if takes_parent else above
    below = await _below(tx, asked, gone.serial)
    if takes_parent and above:
        below = max(below, await _below(tx, asked, kept.serial))
    _check_depth(len(above) + 1 + below)
    return gone.parent if takes_parent else kept.parent


async def _line(tx: Tx, asked: Request, serial: int | None) -> list[Customer]:
    """A customer and who is above it, the nearest first, who stay so until the transaction ends."""
    found: list[Customer] = []
    while serial is not None and len(found) < GENERATIONS_MAX:
        one = await tx.lock(Customer, asked.scope, serial)
        if one is None:
            break
        found.append(one)
        serial = one.parent
    return found


async def _below(tx: Tx, asked: Request, serial: int) -> int:
    below = await tx.generations_below(asked.scope, serial, GENERATIONS_MAX, DESCENDANTS_MAX)
    if below.records > DESCENDANTS_MAX:
        raise Refused(Problem("too_many_below", ("parent",), str(DESCENDANTS_MAX)))
    return below.generations


def _check_depth(generations: int) -> None:
    if generations > GENERATIONS_MAX:
        raise Refused(Problem("too_deep", ("parent",), str(GENERATIONS_MAX)))
