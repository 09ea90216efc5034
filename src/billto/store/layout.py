"""Which table keeps which record, what its keys are, and what is kept beside it."""

from functools import cache
from typing import Any, NamedTuple

from billto.domain.account import Account, Key
from billto.domain.adjustment import Adjustment
from billto.domain.alias import Alias
from billto.domain.answer import Answer
from billto.domain.attrs import catalogue, searched_map
from billto.domain.cadence import Cadence
from billto.domain.catalog import Item, TaxRate
from billto.domain.chasing import Fired
from billto.domain.connection import Connection
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.entity import Entity
from billto.domain.event import Event
from billto.domain.file import File, FileContent
from billto.domain.folding import fold, search_text
from billto.domain.jobs import ImportJob, Upload
from billto.domain.ledger import Entry
from billto.domain.line_item import LineItem
from billto.domain.message import Message
from billto.domain.note import Note
from billto.domain.payment import Payment
from billto.domain.plan import Plan
from billto.domain.query import Query
from billto.domain.reminder import Reminded
from billto.domain.scope import Scope
from billto.domain.statement_round import StatementRound
from billto.domain.statement_run import StatementRun
from billto.domain.stored_template import EmailTemplate, SmsTemplate
from billto.domain.task import Task
from billto.domain.tombstone import Tombstone


class Layout(NamedTuple):
    """How one kind of record is kept."""

    table: str
    tenancy: tuple[str, ...] = ()  # what says whose it is, in the record and in the scope, in every statement
    narrowed: tuple[tuple[str, str], ...] = ()  # further attributes, by what of the scope, where it says so
    allotted: bool = False  # its serial comes from the database
    counted: bool = False  # live and trashed ones are counted as they come and go
    searched: bool = False  # its texts are kept folded beside it
    indexed: bool = False  # and its search text has a trigram index
    of_customer: bool = False  # it belongs to a customer, and is gone with it while that is in the trash
    orders: tuple[str, ...] = ()  # attributes whose order an index gives, for records that are not trashed


LAYOUTS: dict[type[Any], Layout] = {
    Account: Layout("account", narrowed=(("id", "account_id"),)),
    Key: Layout("key", ("account_id", "environment"), narrowed=(("entity_id", "bound_to"),)),
    Entity: Layout(
        "entity", ("account_id", "environment"), narrowed=(("id", "bound_to"),), allotted=True,
        searched=True, orders=("id",),
    ),
    Customer: Layout(
        "customer", ("entity_id",), allotted=True, counted=True, searched=True, indexed=True,
        orders=("id", "name", "created_at", "updated_at"),
    ),
    Tombstone: Layout("tombstone", ("entity_id",), orders=("id", "erased_at")),
    Note: Layout("note", ("entity_id",), allotted=True, of_customer=True),
    LineItem: Layout("line_item", ("entity_id",), allotted=True, of_customer=True),
    Document: Layout("document", ("entity_id",), allotted=True, searched=True),
    Payment: Layout("payment", ("entity_id",), allotted=True, searched=True, orders=("id", "updated_at")),
    Adjustment: Layout("adjustment", ("entity_id",), allotted=True),
    Entry: Layout("entry", ("entity_id",), allotted=True),
    TaxRate: Layout("tax_rate", ("entity_id",), allotted=True),
    Item: Layout("item", ("entity_id",), allotted=True, searched=True),
    Message: Layout("message", ("entity_id",), allotted=True),
    Plan: Layout("plan", ("entity_id",), allotted=True),
    Reminded: Layout("reminded", ("entity_id",)),
    File: Layout("file", ("entity_id",), allotted=True),
    FileContent: Layout("file_content", ("entity_id",)),
    Connection: Layout("connection", ("entity_id",)),
    Cadence: Layout("cadence", ("entity_id",), allotted=True),
    Fired: Layout("chase_fired", ("entity_id",)),
    Task: Layout("task", ("entity_id",), allotted=True, of_customer=True),
    EmailTemplate: Layout("email_template", ("entity_id",), allotted=True),
    SmsTemplate: Layout("sms_template", ("entity_id",), allotted=True),
    StatementRun: Layout("statement_run", ("entity_id",), allotted=True),
    StatementRound: Layout("statement_round", ("entity_id",), allotted=True),
    Alias: Layout("alias", ("entity_id",)),
    Event: Layout("event", ("entity_id",)),
    Answer: Layout("answer", ("tenant_id",)),
    ImportJob: Layout("import_job", ("entity_id",)),
    Upload: Layout("upload", ("entity_id",)),
}  # fmt: skip


@cache
def columns(record: type[NamedTuple], shows: frozenset[str] | None = None) -> tuple[str, ...]:
    """The columns of a record's attributes, or of those that are looked at, in their order."""
    return tuple(name for name in catalogue(record) if shows is None or name in shows)


def looked_at(query: Query) -> frozenset[str] | None:
    """The attributes of a page's records that somebody needs: a list may show half of them."""
    return query.shows and query.shows.union(("id",), (one.attr for one in query.order))


def kept_beside(record: NamedTuple) -> dict[str, Any]:
    """What searches need and the record itself does not say: its search text, its map folded."""
    kind = type(record)
    if not LAYOUTS[kind].searched:
        return {}
    beside: dict[str, Any] = {"search": search_text(record)}
    if (name := searched_map(kind)) is not None:
        beside[f"{name}_fold"] = {key: fold(value) for key, value in getattr(record, name).items()}
    return beside


def tenancy(record: type[NamedTuple], scope: Scope) -> dict[str, str]:
    """The attributes that every row a scope may touch has, with their values."""
    layout = LAYOUTS[record]
    held: dict[str, str] = {name: getattr(scope, name) for name in layout.tenancy}
    assert None not in held.values(), f"{record.__name__} needs a scope with an entity"
    for name, of in layout.narrowed:
        if (value := getattr(scope, of)) is not None:
            held[name] = value
    return held
