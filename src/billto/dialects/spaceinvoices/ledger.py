"""Space Invoices has no ledger: ours, a customer's entries as they were made."""

from dataclasses import replace

from billto.app import balances, customers
from billto.app.parts import Id, Reader, Request
from billto.dialects.codecs import ISO, MONEY, TEXT, prefixed
from billto.dialects.spaceinvoices.values import ANY_ID, CURRENCY, DATE, kinds, shown_id
from billto.dialects.wire import FIND, RO, SORT, Table, row
from billto.domain.ledger import Entry
from billto.domain.query import Page, Query

BOTH = (FIND, SORT)

ENTRY = Table(
    Entry,
    #   on the wire      attribute        codec             access questions
    row("id",            "id",            prefixed("le"),   RO,    *BOTH),
    row("posting_id",    "posting_id",    prefixed("post"), RO,    FIND),
    row("customer_id",   "customer_id",   prefixed("cust"), RO),
    row("date",          "date",          DATE,             RO,    *BOTH),
    row("account",       "account",       TEXT,             RO,    *BOTH),
    row("kind",          "kind",          TEXT,             RO,    *BOTH),
    row("currency_code", "currency_code", CURRENCY,         RO,    *BOTH),
    row("amount",        "amount",        MONEY,            RO,    *BOTH),
    row("item_id",       "item_id",       ANY_ID,           RO,    FIND),
    row("number",        "number",        TEXT,             RO,    FIND),
    row("due_date",      "due_date",      DATE,             RO,    *BOTH),
    row("cause",         "cause",         TEXT,             RO,    FIND),
    row("cause_id",      "cause_id",      ANY_ID,           RO,    FIND),
    row("created_at",    "created_at",    ISO,              RO,    *BOTH),
)  # fmt: skip


async def page(reader: Reader, asked: Request, id: Id, query: Query) -> Page:
    """The customer's entries, whose ids tell of what they are."""
    customer = await customers.get(reader, asked._replace(shows=None), id)
    found = await balances.ledger(reader, asked, customer, query)
    entries: tuple[Entry, ...] = found.records
    of = await kinds(reader, asked, [one for entry in entries for one in (entry.item_id, entry.cause_id)])
    return replace(found, records=tuple(_named(one, of) for one in entries))


def _named(entry: Entry, of: dict[str, str]) -> Entry:
    item = entry.item_id and shown_id(of.get(entry.item_id, "payment"), entry.item_id)
    return entry._replace(
        item_id=item, cause_id=shown_id(of.get(entry.cause_id, entry.cause), entry.cause_id)
    )
