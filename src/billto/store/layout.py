"""Which table keeps which record, what its keys are, and what is kept beside it."""

from typing import Any, NamedTuple

from billto.domain.account import Account, Key
from billto.domain.answer import Answer
from billto.domain.attrs import catalogue, searched, searched_map
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.event import Event
from billto.domain.folding import fold, search_text
from billto.domain.scope import Scope


class Layout(NamedTuple):
    """How one kind of record is kept."""

    table: str
    tenancy: tuple[str, ...] = ()  # the attributes that say whose it is; they stand in every statement
    allotted: bool = False  # its serial comes from the database
    counted: bool = False  # live and trashed ones are counted as they come and go
    indexed: bool = False  # its search text has a trigram index
    orders: tuple[str, ...] = ()  # attributes whose order an index gives, for records that are not trashed


LAYOUTS: dict[type[Any], Layout] = {
    Account: Layout("account"),
    Key: Layout("key", ("account_id", "environment")),
    Entity: Layout("entity", ("account_id", "environment"), allotted=True, orders=("id",)),
    Customer: Layout(
        "customer", ("entity_id",), allotted=True, counted=True, indexed=True,
        orders=("id", "name", "created_at", "updated_at"),
    ),
    Event: Layout("event", ("entity_id",)),
    Answer: Layout("answer", ("tenant_id",)),
}  # fmt: skip


def columns(record: type[NamedTuple]) -> tuple[str, ...]:
    """The columns of a record's attributes, in their order."""
    return tuple(catalogue(record))


def kept_beside(record: NamedTuple) -> dict[str, Any]:
    """What searches need and the record itself does not say: its search text, its map folded."""
    kind = type(record)
    if not searched(kind) or kind not in _SEARCHABLE:
        return {}
    beside: dict[str, Any] = {"search": search_text(record)}
    if (name := searched_map(kind)) is not None:
        beside[f"{name}_fold"] = {key: fold(value) for key, value in getattr(record, name).items()}
    return beside


_SEARCHABLE = (Entity, Customer)


def tenancy(record: type[NamedTuple], scope: Scope) -> dict[str, str]:
    """The attributes that every row a scope may touch has, with their values."""
    own = {
        "entity_id": scope.entity_id,
        "account_id": scope.account_id,
        "environment": scope.environment,
        "tenant_id": scope.tenant,
    }
    held: dict[str, str] = {}
    for name in LAYOUTS[record].tenancy:
        value = own[name]
        assert value is not None, f"{record.__name__} needs a scope with an entity"
        held[name] = value
    if record is Account:
        held["id"] = scope.account_id
    if record is Entity and scope.bound_to is not None:
        held["id"] = scope.bound_to
    return held
