"""Invoiced: the addresses."""

from billto.dialects.dialect import Does, Of, Route, Verb
from billto.dialects.invoiced import belongings, contacts, money, sending, statements, verbs
from billto.dialects.invoiced.belongings import LINE_ITEMS, NOTES, Kind
from billto.dialects.invoiced.contacts import CONTACT
from billto.dialects.invoiced.customers import CUSTOMER
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


ROUTES = (
    _route("POST", "/customers", verbs.create, "Create a customer"),
    _route("GET", "/customers", verbs.page, "List all customers"),
    _route("GET", _ONE, verbs.get, "Retrieve a customer"),
    _route("PATCH", _ONE, verbs.change, "Update a customer"),
    _route("DELETE", _ONE, verbs.drop, "Delete a customer"),
    _route("GET", f"{_ONE}/balance", money.balance, "Get current balance"),
    _route("POST", f"{_ONE}/emails", sending.mail, "Send a statement email"),
    _route("POST", f"{_ONE}/text_messages", sending.text, "Send a statement SMS"),
    _route("POST", f"{_ONE}/letters", sending.letter, "Send a statement letter"),
    _route("POST", f"{_ONE}/invoices", money.invoice, "Invoice pending line items"),
    _route("POST", f"{_ONE}/consolidate_invoices", money.consolidate, "Consolidate invoices"),
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
    # The vendor's page has this address once, in the singular.
    _route("GET", "/customer/{id}/notes", belongings.page(NOTES), "List notes", NOTES.table),
    *(
        Route("GET", path, Does.ASK, statements.read, CUSTOMER, "Read a statement", of=Of.NOBODY)
        for path in ("/statements/{token}", "/statements/{token}/pdf")
    ),
)
