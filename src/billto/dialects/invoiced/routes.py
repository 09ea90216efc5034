"""Invoiced: the addresses."""

from typing import Any

from billto.dialects.dialect import Does, Of, Route, Verb
from billto.dialects.invoiced import (
    adjustments,
    belongings,
    carried,
    catalog,
    chasing,
    contacts,
    documents,
    money,
    payments,
    sending,
    statements,
    tasks,
    verbs,
)
from billto.dialects.invoiced.adjustments import ADJUSTMENT
from billto.dialects.invoiced.belongings import LINE_ITEMS, NOTES, Kind
from billto.dialects.invoiced.catalog import ITEMS, TAX_RATES, Goods
from billto.dialects.invoiced.chasing import CADENCE
from billto.dialects.invoiced.contacts import CONTACT
from billto.dialects.invoiced.customers import CUSTOMER
from billto.dialects.invoiced.papers import CREDIT_NOTES, ESTIMATES, INVOICE, INVOICES, Paper
from billto.dialects.invoiced.payments import PAYMENT_TABLE
from billto.dialects.invoiced.tasks import TASK
from billto.dialects.invoiced.templates import EMAIL_TEMPLATES, SMS_TEMPLATES
from billto.dialects.wire import Table

_ONE = "/customers/{id}"
_STATUS = {"POST": 201, "DELETE": 204}


def _route(method: str, path: str, verb: Verb, says: str, table: Table = CUSTOMER) -> Route:
    does = Does.ASK if method == "GET" else Does.DO
    return Route(method, path, does, verb, table, says, status=_STATUS.get(method, 200))


def _belongings(kind: Kind, below: str, says: str) -> tuple[Route, ...]:
    one = f"{below}/{{{kind.place}}}"
    return (
        _route("POST", below, belongings.create(kind), f"Create a {says}", kind.table),
        _route("GET", below, belongings.page(kind), f"List {says}s", kind.table),
        _route("GET", one, belongings.get(kind), f"Retrieve a {says}", kind.table),
        _route("PATCH", one, belongings.change(kind), f"Update a {says}", kind.table),
        _route("DELETE", one, belongings.drop(kind), f"Delete a {says}", kind.table),
    )


_NO_GATEWAY = "no payment gateway is connected, so nothing can be charged"


def _papers(paper: Paper, all_: str) -> tuple[Route, ...]:
    one, says, table = f"{all_}/{{id}}", paper.called.lower(), paper.table
    return (
        _route("POST", all_, documents.create(paper), f"Create a {says}", table),
        _route("GET", all_, documents.page(paper), f"List all {says}s", table),
        _route("GET", one, documents.get(paper), f"Retrieve a {says}", table),
        _route("PATCH", one, documents.change(paper), f"Update a {says}", table),
        _route("DELETE", one, documents.drop(paper), f"Delete a {says} that is a draft", table),
        _route("POST", f"{one}/void", documents.void(paper), f"Void a {says}", table),
        _route("GET", f"{one}/attachments", documents.attachments(paper), "List attachments", table),
        _route("POST", f"{one}/emails", sending.document_mail(paper), f"Email a {says}", table),
        _route("POST", f"{one}/text_messages", carried.document_text(paper), f"Text a {says}", table),
        _route("POST", f"{one}/letters", carried.document_letter(paper), f"Post a {says}", table),
    )


def _goods(goods: Goods, all_: str, says: str) -> tuple[Route, ...]:
    one = f"{all_}/{{name}}"
    return (
        _route("POST", all_, catalog.create(goods), f"Create {says}", goods.table),
        _route("GET", all_, catalog.page(goods), f"List all: {says}", goods.table),
        _route("GET", one, catalog.get(goods), f"Retrieve {says}", goods.table),
        _route("PATCH", one, catalog.change(goods), f"Update {says}", goods.table),
        _route("DELETE", one, catalog.drop(goods), f"Delete {says}", goods.table),
    )


def _moved(
    verbs_: Any, drop: Verb, all_: str, says: str, table: Table, gone: str = "Take back"
) -> tuple[Route, ...]:
    return (
        _route("POST", all_, verbs_.create, f"Create a {says}", table),
        _route("GET", all_, verbs_.page, f"List all {says}s", table),
        _route("GET", f"{all_}/{{id}}", verbs_.get, f"Retrieve a {says}", table),
        _route("PATCH", f"{all_}/{{id}}", verbs_.change, f"Update a {says}", table),
        _route("DELETE", f"{all_}/{{id}}", drop, f"{gone} a {says}", table),
    )


def _cadences(all_: str) -> tuple[Route, ...]:
    """The vendor's page and its clients have different addresses for them."""
    says = "chasing cadence"
    return (
        *_moved(chasing, chasing.drop, all_, says, CADENCE, "Delete"),
        _route("POST", f"{all_}/{{id}}/assign", chasing.assign, f"Assign a {says} to customers", CADENCE),
        _route("POST", f"{all_}/{{id}}/run", chasing.run, f"Run a {says} now", CADENCE),
    )


ROUTES = (
    _route("POST", "/customers", verbs.create, "Create a customer"),
    _route("GET", "/customers", verbs.page, "List all customers"),
    _route("GET", _ONE, verbs.get, "Retrieve a customer"),
    _route("PATCH", _ONE, verbs.change, "Update a customer"),
    _route("DELETE", _ONE, verbs.drop, "Delete a customer"),
    _route("GET", f"{_ONE}/balance", money.balance, "Get current balance"),
    _route("POST", f"{_ONE}/emails", sending.mail, "Send a statement email"),
    _route("POST", f"{_ONE}/text_messages", carried.text, "Send a statement SMS"),
    _route("POST", f"{_ONE}/letters", carried.letter, "Send a statement letter"),
    _route("POST", f"{_ONE}/invoices", documents.bill_pending, "Invoice pending line items", INVOICE),
    _route("POST", f"{_ONE}/consolidate_invoices", documents.consolidate, "Consolidate invoices", INVOICE),
    _route("GET", f"{_ONE}/payment_sources", money.payment_sources, "List payment sources"),
    _route("POST", f"{_ONE}/payment_sources", money.add_payment_source, "Create a payment source"),
    _route("DELETE", f"{_ONE}/cards/{{card}}", money.no_source("Card"), "Delete a card"),
    _route(
        "DELETE",
        f"{_ONE}/bank_accounts/{{bank_account}}",
        money.no_source("BankAccount"),
        "Delete a bank account",
    ),
    _route("POST", f"{_ONE}/contacts", contacts.create, "Create a contact", CONTACT),
    _route("GET", f"{_ONE}/contacts", contacts.page, "List contacts", CONTACT),
    _route("GET", f"{_ONE}/contacts/{{contact}}", contacts.get, "Retrieve a contact", CONTACT),
    _route("PATCH", f"{_ONE}/contacts/{{contact}}", contacts.change, "Update a contact", CONTACT),
    _route("DELETE", f"{_ONE}/contacts/{{contact}}", contacts.drop, "Delete a contact", CONTACT),
    *_belongings(LINE_ITEMS, f"{_ONE}/line_items", "pending line item"),
    *_belongings(NOTES, f"{_ONE}/notes", "note"),
    *_belongings(NOTES, "/notes", "note"),
    *_papers(INVOICES, "/invoices"),
    *_papers(CREDIT_NOTES, "/credit_notes"),
    *_papers(ESTIMATES, "/estimates"),
    _route(
        "POST", "/invoices/{id}/pay", documents.not_offered(INVOICES, _NO_GATEWAY), "Pay an invoice", INVOICE
    ),
    *_moved(payments, payments.void, "/payments", "payment", PAYMENT_TABLE),
    *_moved(adjustments, adjustments.drop, "/credit_balance_adjustments", "credit adjustment", ADJUSTMENT),
    *_goods(ITEMS, "/items", "an item"),
    *_goods(TAX_RATES, "/tax_rates", "a tax rate"),
    *_goods(EMAIL_TEMPLATES, "/email_templates", "an email template"),
    *_goods(SMS_TEMPLATES, "/sms_templates", "an SMS template"),
    *_moved(tasks, tasks.drop, "/tasks", "task", TASK, "Delete"),
    *_cadences("/chasing_cadences"),
    *_cadences("/customer_chasing_cadences"),
    _route("GET", "/invoice_chasing_cadences", chasing.page, "List all chasing cadences", CADENCE),
    # The vendor's page has this address once, in the singular.
    _route("GET", "/customer/{id}/notes", belongings.page(NOTES), "List notes", NOTES.table),
    *(
        Route("GET", f"/statements/{{token}}{path}", Does.ASK, verb, CUSTOMER, "Read a statement", of=Of.LINK)
        for path, verb in (("", statements.page), ("/pdf", statements.pdf))
    ),
)
