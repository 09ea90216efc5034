"""Invoices out of what is there already: a customer's pending line items, or its open invoices made one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from billto.app import belongings, documents, ledger, payments
from billto.app.applying import Wanted
from billto.app.documents import Wish
from billto.app.parts import Request, Tx
from billto.domain.calculation import NET
from billto.domain.customer import Customer
from billto.domain.document import DISCOUNTS_MAX, LINES_MAX, LINKED_MAX, TAXES_MAX, Document
from billto.domain.line_item import LineItem
from billto.domain.paging import unambiguous
from billto.domain.payment import Payment
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Missing, Node, Not, Op, Order, Query

CONSOLIDATED = "consolidated into one invoice"


async def bill_pending(
    tx: Tx, asked: Request, of: Customer, values: Mapping[str, Any], wish: Wish
) -> Document:
    """An invoice of the customer's pending line items, which are no longer pending then; the oldest first
    where there are more than an invoice has lines."""
    await ledger.alone(tx, asked, (of.id,))  # or two would bill the same
    query = Query(Compare("customer_id", Op.EQ, of.id), unambiguous(()), limit=LINES_MAX, counted=False)
    pending = (await belongings.page(belongings.LINE_ITEMS, tx, asked, query)).records
    if not pending:
        raise Refused(Problem("nothing_to_invoice"))
    lines = list(map(_line, pending))
    invoice = await documents.create(tx, asked, "invoice", {**values, "lines": lines}, wish)
    await belongings.erase_all(belongings.LINE_ITEMS, tx, asked, of, pending)
    return invoice


def _line(item: LineItem) -> dict[str, Any]:
    return {
        "name": item.name, "description": item.description, "category": item.kind,
        "quantity": item.quantity, "price": item.unit_cost, "is_discountable": item.is_discountable,
        "is_taxable": item.is_taxable, "metadata": dict(item.metadata),
    }  # fmt: skip


async def consolidate(
    tx: Tx, asked: Request, of: Customer, values: Mapping[str, Any], *, currency: str, until: date | None
) -> Document:
    """One invoice in the place of several open ones, with all their lines; as much is open of it as was open
    of them together.

    They are voided, and what had been applied to them is applied to the new one. Taxes and discounts of a
    whole invoice become those of its lines; where the cents come out otherwise, a last line says so.
    """
    old = await _open_invoices(tx, asked, of, currency, until)
    await payments.alone(tx, asked, await _settled(tx, asked, old), old)
    old = await _open_invoices(tx, asked, of, currency, until)  # somebody may have been faster
    ids, settled = {one.id for one in old}, await _settled(tx, asked, old)
    for one in old:
        await documents.void(tx, asked, one.id, CONSOLIDATED, kind="invoice")
    new = await _made_of(tx, asked, old, {**values, "customer_id": of.id, "currency_code": currency})
    for payment in settled:
        await _moved(tx, asked, payment, ids, new)
    return await documents.get(tx, asked, new.id)


async def _open_invoices(
    tx: Tx, asked: Request, of: Customer, currency: str, until: date | None
) -> tuple[Document, ...]:
    """The customer's invoices of which something is open, the oldest first; gross ones count otherwise and
    stay what they are."""
    where: list[Node] = [
        Compare("customer_id", Op.EQ, of.id), Compare("type", Op.EQ, "invoice"),
        Compare("balance", Op.GT, Decimal(0)), Compare("currency_code", Op.EQ, currency),
        Compare("calculation", Op.EQ, NET), Not(Missing("issued_at")), Missing("voided_at"),
    ]  # fmt: skip
    if until is not None:
        where.append(Compare("date", Op.LE, until))
    order = unambiguous((Order("date"),))
    query = Query(All(tuple(where)), order, limit=LINKED_MAX + 1, counted=False)
    found: tuple[Document, ...] = (await tx.page(Document, asked.scope, query)).records
    if len(found) < 2:
        raise Refused(Problem("not_offered", detail="there are no open invoices to consolidate"))
    lines = sum(len(one.lines) for one in found)
    if len(found) > LINKED_MAX or lines >= LINES_MAX:
        detail = f"at most {LINKED_MAX} invoices with fewer than {LINES_MAX} lines can become one"
        raise Refused(Problem("not_offered", detail=detail))
    return found


async def _settled(tx: Tx, asked: Request, invoices: Sequence[Document]) -> list[Payment]:
    """The payments that something of some invoices is paid by."""
    ids = {one.id for one in invoices}
    return [
        one
        for one in await payments.settled_by(tx, asked, sorted(ids))
        if one.voided_at is None and ids.intersection(there.get("document_id") for there in one.applications)
    ]


async def _made_of(tx: Tx, asked: Request, old: Sequence[Document], values: Mapping[str, Any]) -> Document:
    """The invoice of all the lines, which amounts to what the invoices amounted to, to the cent."""
    owed = sum((one.total_with_tax for one in old), Decimal(0))
    said = {
        **values, "calculation": NET, "lines": [line for one in old for line in _lines(one)],
        "taxes": _fixed([tax for one in old for tax in one.taxes or ()]),
        "linked_ids": [one.id for one in old],
    }  # fmt: skip
    draft = await documents.create(tx, asked, "invoice", said, Wish(is_draft=True))
    if difference := owed - draft.total_with_tax:
        line = {"name": "Rounding", "quantity": 1, "price": difference, "is_taxable": False}
        lines = [*draft.lines, {**line, "is_discountable": False}]
        draft = await documents.change(tx, asked, draft.id, {"lines": lines})
    still_open = sum((one.balance for one in old), Decimal(0))
    return await documents.issue(tx, asked, draft.id, spends_credit=False, more=still_open)


def _lines(invoice: Document) -> Iterable[dict[str, Any]]:
    """The lines of an invoice, each with what the discounts and taxes of the whole were for it."""
    shared = [tax for tax in invoice.taxes or () if tax.get("is_percent") is not False]
    for line in invoice.lines:
        kept = {name: value for name, value in line.items() if name != "id"}
        cut = abs(Decimal(line.get("subtotal") or 0) - Decimal(line.get("total") or 0))
        if cut and len(line.get("discounts") or ()) < DISCOUNTS_MAX:
            kept["discounts"] = [*(line.get("discounts") or ()), {"type": "amount", "value": cut}]
        if shared and line.get("is_taxable") is not False and line.get("kind") is None:
            kept["taxes"] = [*(line.get("taxes") or ()), *shared]
        yield kept


def _fixed(taxes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The taxes of fixed amounts, which are of a document as a whole; added up where they are too many."""
    fixed = [dict(tax) for tax in taxes if tax.get("is_percent") is False and not tax.get("reverse_charge")]
    if len(fixed) <= TAXES_MAX:
        return fixed
    return [{"rate": sum((Decimal(tax["rate"]) for tax in fixed), Decimal(0)), "is_percent": False}]


async def _moved(tx: Tx, asked: Request, payment: Payment, old: set[str], new: Document) -> None:
    """Applies to the new invoice what a payment, as it was, had applied to the old ones."""
    wanted = []
    for one in payment.applications:
        there = one.get("document_id")
        document = new.id if there in old else there
        wanted.append(Wanted(one["kind"], Decimal(one["amount"]), document, one.get("source_id")))
    await payments.change(tx, asked, payment.id, {}, wanted, moves=True)
