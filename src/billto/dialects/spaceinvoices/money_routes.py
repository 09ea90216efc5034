"""Space Invoices: the addresses of payments, credit, balances and the catalog."""

from billto.app import credits as credit
from billto.app import payments
from billto.dialects.dialect import Does, Route, Verb
from billto.dialects.spaceinvoices import adjustments, balances, catalog, ledger, payment_verbs
from billto.dialects.spaceinvoices.adjustments import ADJUSTMENT
from billto.dialects.spaceinvoices.catalog import ITEM, TAX
from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.dialects.spaceinvoices.ledger import ENTRY
from billto.dialects.spaceinvoices.payments import PAYMENT
from billto.dialects.wire import Table
from billto.domain.customer import Customer

_GET, _PAGE, _CREATE, _CHANGE = Does.GET, Does.PAGE, Does.CREATE, Does.CHANGE
_ACT, _DROP = Does.ACT, Does.DROP


def _of(table: Table, start: str, *routes: tuple[str, str, Does, Verb, str, int]) -> tuple[Route, ...]:
    return tuple(
        Route(method, start + path, does, verb, table, says, status=status)
        for method, path, does, verb, says, status in routes
    )


PAYMENTS = _of(
    PAYMENT, "/payments",
    ("POST", "", _CREATE, payment_verbs.create, "Create a new payment", 201),
    ("GET", "", _PAGE, payment_verbs.page, "List all payments", 200),
    ("GET", "/{id}", _GET, payments.get, "Get payment by ID", 200),
    ("PATCH", "/{id}", _CHANGE, payment_verbs.change, "Update a payment", 200),
    ("DELETE", "/{id}", _DROP, payments.void, "Delete a payment", 204),
    ("POST", "/{id}/restore", _ACT, payments.restore, "Restore a deleted payment", 200),
    ("DELETE", "/{id}/permanent", _DROP, payment_verbs.erase, "Permanently delete a payment", 204),
    ("POST", "/{id}/refund", _CHANGE, payment_verbs.refund_of, "Refund a payment", 201),
)  # fmt: skip

REFUNDS = _of(
    PAYMENT, "/refunds", ("POST", "", _CREATE, payment_verbs.refund, "Refund a customer", 201)
)  # fmt: skip

ADJUSTMENTS = _of(
    ADJUSTMENT, "/credit-adjustments",
    ("POST", "", _CREATE, adjustments.create, "Create a credit adjustment", 201),
    ("GET", "", _PAGE, adjustments.page, "List all credit adjustments", 200),
    ("GET", "/{id}", _GET, credit.get, "Get credit adjustment by ID", 200),
    ("PATCH", "/{id}", _CHANGE, credit.change, "Update a credit adjustment", 200),
    ("DELETE", "/{id}", _DROP, credit.void, "Delete a credit adjustment", 204),
)  # fmt: skip

CATALOG = _of(
    ITEM, "/items",
    ("POST", "", _CREATE, catalog.create_item, "Create a new item", 201),
    ("GET", "", _PAGE, catalog.page_items, "List all items", 200),
    ("GET", "/{id}", _GET, catalog.get_item, "Get item by ID", 200),
    ("PATCH", "/{id}", _CHANGE, catalog.change_item, "Update an item", 200),
    ("DELETE", "/{id}", _DROP, catalog.erase_item, "Delete an item", 204),
) + _of(
    TAX, "/taxes",
    ("POST", "", _CREATE, catalog.create_tax, "Create a new tax", 201),
    ("GET", "", _PAGE, catalog.page_taxes, "List all taxes", 200),
    ("GET", "/{id}", _GET, catalog.get_tax, "Get tax by ID", 200),
    ("PUT", "/{id}", Does.REPLACE, catalog.replace_tax, "Replace a tax", 200),
    ("PATCH", "/{id}", _CHANGE, catalog.change_tax, "Update a tax", 200),
    ("DELETE", "/{id}", _DROP, catalog.erase_tax, "Delete a tax", 204),
)  # fmt: skip

OF_CUSTOMER = (
    Route("GET", "/customers/{id}/balance", Does.ASK, balances.balance, CUSTOMER, "Get a customer's balance"),
    Route(
        "GET", "/customers/{id}/ledger", _PAGE, ledger.page, ENTRY, "List a customer's ledger entries",
        subject=Customer,
    ),
    Route(
        "GET", "/customers/{id}/statement", Does.ASK, balances.statement, CUSTOMER,
        "Get a customer's statement",
    ),
)  # fmt: skip

MONEY = (*PAYMENTS, *REFUNDS, *ADJUSTMENTS, *OF_CUSTOMER, *CATALOG)
