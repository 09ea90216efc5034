"""What may befall customers while others look at them."""

from typing import Any, NamedTuple

from hypothesis import strategies as st

from billto.domain.attrs import catalogue
from billto.domain.customer import Customer, restored, trashed
from billto.domain.scope import Scope
from billto.store.tx import Tx
from tests.store.records import ids, records


class Change(NamedTuple):
    """Something that befalls one of the customers; `like` is what a new or changed one looks like."""

    what: str
    which: int
    like: Customer


def changes(*kinds: str) -> st.SearchStrategy[Change]:
    like = records(Customer, 1, 1).map(lambda made: made[0])
    return st.builds(Change, st.sampled_from(kinds), st.integers(0, 200), like)


OWN = ("entity_id", "id", "serial", "deleted_at")


UNIQUE = tuple(name for name, attr in catalogue(Customer).items() if attr.unique)


def _apart(one: Customer) -> Customer:
    """With the id at the end of what no two may share."""
    told: dict[str, Any] = {name: f"{value}{one.id}" for name in UNIQUE if (value := getattr(one, name))}
    return one._replace(**told)


def changed_to(old: Customer, like: Customer) -> Customer:
    """What a customer becomes that is changed to look like another."""
    return _apart(like._replace(**{name: getattr(old, name) for name in OWN}))


async def befall(tx: Tx, scope: Scope, held: list[Customer], one: Change) -> list[Customer]:
    """Does it, and gives back what there is afterwards."""
    if one.what == "create":
        new = _apart(one.like._replace(entity_id=scope.entity, id=ids(one.which)))
        return held if new.id in {other.id for other in held} else [*held, await tx.insert(new)]
    if not held:
        return held
    at = one.which % len(held)
    old = held[at]
    if one.what == "erase":
        await tx.delete(old, scope)
        return held[:at] + held[at + 1 :]
    new = {
        "change": changed_to(old, one.like),
        "trash": trashed(old, tx.now),
        "restore": restored(old, tx.now),
    }[one.what]
    await tx.update(old, new, scope)
    return [*held[:at], new, *held[at + 1 :]]
