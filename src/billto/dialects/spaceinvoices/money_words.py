"""Space Invoices: what the reference says of payments, credit, balances and the catalog."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from billto.dialects.reference import Form, Operation
from billto.dialects.schemas import Resource
from billto.dialects.spaceinvoices.balances import BALANCE_PARAMS, STATEMENT_PARAMS
from billto.dialects.spaceinvoices.money_forms import BALANCE, STATEMENT
from billto.dialects.spaceinvoices.payments import METHODS
from billto.domain.adjustment import Adjustment
from billto.domain.catalog import Item, TaxRate
from billto.domain.ledger import ACCOUNTS, KINDS, Entry
from billto.domain.payment import Payment

_THEN = datetime(2026, 1, 31, 12, tzinfo=UTC)
_DAY = date(2026, 1, 31)
_ENTITY_ID, _CUSTOMER_ID, _INVOICE_ID, _OWN_ID, _TAX_ID = (f"697deec0{'0' * 15}{digit}" for digit in "abdef")

_PAYMENT = {
    "id": "The payment's id.",
    "invoice_id": "The first invoice that it settles. To be paid, or settled by a credit note or an advance.",
    "credit_note_id": "The credit note that it comes out of. Alone in a body: it is paid back.",
    "advance_invoice_id": "The advance invoice that it settles, or that an invoice is settled out of.",
    "document_id": "The document that it was entered for, of whatever type; of a refund, the payment that it "
    "pays back.",
    "customer_id": "Who paid, or was paid back; null where that is no saved customer.",
    "amount": "What was paid; of credit notes and advances: what it moved, though no money came. In a body: "
    "more than 0, or left out for all that is open.",
    "type": f"How it was paid: {', '.join(METHODS)}. `credit_note`, `advance` and "
    "`credit_balance` bring no money.",
    "date": "The day of the payment; today unless it is given.",
    "reference": "What the bank or the customer calls it.",
    "tag": "A word of your own to group payments by.",
    "note": "A note, for yourselves.",
    "entity_id": "The entity that was paid.",
    "currency_code": "The currency of the amount: that of what it settles, unless it settles nothing yet.",
    "deleted_at": "Since when the payment is deleted, which is: voided; null while it counts.",
    "created_at": "When the payment was created.",
    "updated_at": "When the payment last changed.",
    "direction": "`payment`, or `refund` for money that went back to the customer.",
    "unapplied": "What of the amount is not applied to anything.",
    "applications": "Where the amount went. A list in a change takes the place of the list there was. `type` "
    "is `document` unless it is given: `document` settles one out of the payment, `credit` adds to the "
    "customer's credit balance, `applied_credit` settles out of that; `credit_note` and `advance` settle out "
    "of `source_id`. Of refunds: `refund_credit`, `refund_credit_note`, `refund_payment`.",
    "transaction_id": "The id that a payment provider has for it.",
}
_ADJUSTMENT = {
    "id": "The adjustment's id.",
    "customer_id": "Whose credit balance it is.",
    "amount": "How much credit is given, or taken back where it is negative.",
    "currency_code": "The currency; the customer's own unless it is given.",
    "date": "The day of the adjustment; today unless it is given.",
    "note": "Why, for yourselves.",
    "entity_id": "The entity that gives the credit.",
    "deleted_at": "Since when the adjustment is deleted, which is: voided; null while it counts.",
    "created_at": "When the adjustment was created.",
    "updated_at": "When the adjustment last changed.",
}
_ITEM = {
    "id": "The item's id.",
    "name": "What is sold.",
    "description": "More about it, for the line of a document.",
    "price": "The price of one, without tax. In a body: this or `gross_price`.",
    "gross_price": "The price of one, with tax.",
    "tax_ids": "The taxes that are charged on it.",
    "taxes": "In a body only, in place of `tax_ids`: taxes by id, by classification, or by rate.",
    "classification": "What it is: `product`, `service` or `advance`.",
    "unit": "What is counted: piece, hour, kilogram.",
    "sku": "Number in the stock.",
    "code": "What programs call it; no two items of an entity share one.",
    "currency_code": "The currency of the price; any where it is null.",
    "entity_id": "The entity that sells it.",
    "created_at": "When the item was created.",
    "updated_at": "When the item last changed.",
}
_TAX = {
    "id": "The tax's id.",
    "name": "What it is called; its rate, such as 22%, unless it is given.",
    "entity_id": "The entity that charges it.",
    "tax_rates": "Its rate, in a list of one: the rate is in percent, and holds since ever.",
    "is_default": "Whether it is charged where nothing is said.",
    "classification": "What other systems know it by; no two taxes of an entity share one.",
    "created_at": "When the tax was created.",
    "updated_at": "When the tax last changed.",
}
_ENTRY = {
    "id": "The entry's id.",
    "posting_id": "The same for all entries that were made together.",
    "customer_id": "Whose entry it is.",
    "date": "The day for which it counts.",
    "account": f"Where the amount stands: {', '.join(ACCOUNTS)}.",
    "kind": f"What happened: {', '.join(KINDS)}.",
    "currency_code": "The currency of the amount.",
    "amount": "How much more the customer owes by it, or less where it is negative.",
    "item_id": "The document or payment that was opened or settled; null for the credit balance.",
    "number": "The number of that document, or the reference of that payment.",
    "due_date": "When that document is due, where the entry opened it.",
    "cause": "What made the entry: document, payment or adjustment.",
    "cause_id": "The id of what made the entry.",
    "created_at": "When the entry was made.",
}

_SETTLING = (
    "unknown_reference", "out_of_range", "not_payable", "other_currency", "other_customer", "still_draft",
    "voided", "closed", "exceeds_open", "exceeds_payment", "credit_overspent", "settled_elsewhere",
)  # fmt: skip
_ADJUSTING = ("unknown_reference", "out_of_range", "credit_overspent")
_TAXED = ("unknown_reference", "out_of_range", "taken", "required")

_REFUNDING: dict[str, Any] = {"amount": 20.5, "date": "2026-01-31", "note": "Paid twice"}
_REFUND_BODY: dict[str, Any] = {
    "type": "object",
    "description": "What goes back of a payment; without an amount, all that can.",
    "properties": {
        "amount": {"type": "number", "exclusiveMinimum": 0, "description": "How much goes back."},
        "type": {"type": "string", "description": "How it is paid back; as it was paid unless it is given."},
        "date": {"type": "string", "description": "The day of the refund; today unless it is given."},
        **{
            name: {"type": ["string", "null"], "description": _PAYMENT[name]}
            for name in ("reference", "tag", "note", "transaction_id")
        },
        "metadata": {"type": ["object", "null"], "description": "Custom key-value data for your own use."},
    },
}

MONEY_OPERATIONS: Mapping[str, Operation] = {
    "POST /payments": Operation(
        "createPayment",
        "Money that came. With the id of a document it settles that; what is more than is open becomes the "
        "customer's credit. With `applications` it settles several at once. With `customer_id` and an amount "
        "alone it waits to be applied. The id of a credit note alone pays it back. With the types "
        "`credit_note`, `advance` and `credit_balance` no money comes: they settle an invoice out of a "
        "credit note, a paid advance invoice, or the customer's credit.",
        _SETTLING,
    ),
    "GET /payments": Operation(
        "listPayments",
        "The payments and refunds of the entity, a page at a time, filtered, searched and sorted as asked. A "
        "question about a document finds all that was entered for it or ever settled it. Deleted ones are "
        "listed apart.",
    ),
    "GET /payments/{id}": Operation("getPayment", "One payment or refund, also a deleted one."),
    "PATCH /payments/{id}": Operation(
        "updatePayment",
        "Changes what is said of a payment, and where it is applied. Its amount, currency and customer stay: "
        "delete it and make another. What was answered may be sent back.",
        ("immutable", "required", *_SETTLING),
    ),
    "DELETE /payments/{id}": Operation(
        "deletePayment",
        "Voids a payment: what it settled is open again. It can be restored. One that is deleted stays so.",
        ("credit_overspent", "settled_elsewhere", "exceeds_open", "exceeds_payment"),
    ),
    "POST /payments/{id}/restore": Operation(
        "restorePayment",
        "Lets a deleted payment count again, with all that it settled. One that counts stays as it is.",
        ("voided", "exceeds_open", "exceeds_payment", "credit_overspent", "settled_elsewhere"),
    ),
    "DELETE /payments/{id}/permanent": Operation(
        "permanentlyDeletePayment",
        "Is always refused: the ledger keeps what was once in it.",
        ("in_use",),
    ),
    "POST /payments/{id}/refund": Operation(
        "refundPayment",
        "Pays a payment back: first what is not applied of it, then out of the customer's credit balance. No "
        "invoice is opened by it: give a credit note for that. Answers with the refund.",
        ("voided", "out_of_range", "exceeds_payment", "credit_overspent", "settled_elsewhere"),
        takes=Form("PaymentRefund", _REFUNDING),
    ),
    "POST /refunds": Operation(
        "createRefund",
        "Money that goes back to a customer: out of its credit balance, or out of the credit note that is "
        "named, or out of what `applications` say.",
        _SETTLING,
        takes=Form("PaymentCreate", {"customer_id": f"cust_{_CUSTOMER_ID}", "amount": 20.5}),
    ),
    "POST /credit-adjustments": Operation(
        "createCreditAdjustment",
        "Gives a customer credit, which settles its next invoices; or takes some back.",
        _ADJUSTING,
    ),
    "GET /credit-adjustments": Operation(
        "listCreditAdjustments",
        "The credit adjustments of the entity, a page at a time, filtered and sorted as asked. Deleted ones "
        "are listed apart.",
    ),
    "GET /credit-adjustments/{id}": Operation(
        "getCreditAdjustment", "One credit adjustment, also a deleted one."
    ),
    "PATCH /credit-adjustments/{id}": Operation(
        "updateCreditAdjustment",
        "Changes the fields that are given. Another amount is one more entry in the ledger.",
        ("immutable", "voided", "out_of_range", "credit_overspent"),
    ),
    "DELETE /credit-adjustments/{id}": Operation(
        "deleteCreditAdjustment",
        "Voids a credit adjustment, unless its credit is spent already. One that is deleted stays so.",
        ("credit_overspent",),
    ),
    "GET /customers/{id}/balance": Operation(
        "getCustomerBalance",
        "How the customer stands, in each currency apart: amounts of different currencies are never added.",
        ("too_much_history",),
        gives=Form("CustomerBalance", BALANCE.example),
        params=BALANCE_PARAMS,
    ),
    "GET /customers/{id}/ledger": Operation(
        "listCustomerLedger",
        "The customer's entries in the ledger, a page at a time, filtered and sorted as asked. They are "
        "never changed; what is owed is their sum, in each currency apart.",
    ),
    "GET /customers/{id}/statement": Operation(
        "getCustomerStatement",
        "A statement in one currency, for the customer and those below it.",
        ("too_much_history", "too_many_below"),
        gives=Form("CustomerStatement", STATEMENT.example),
        params=STATEMENT_PARAMS,
    ),
    "POST /items": Operation(
        "createItem",
        "Adds something that the entity sells. It has a price or a gross price. A tax that is named by its "
        "rate is made where there is none of that rate.",
        _TAXED,
    ),
    "GET /items": Operation(
        "listItems", "The items of the entity, a page at a time, filtered, searched and sorted as asked."
    ),
    "GET /items/{id}": Operation("getItem", "One item."),
    "PATCH /items/{id}": Operation(
        "updateItem",
        "Changes the fields that are given. A price takes the place of a gross price, and the other way "
        "round. Documents stay as they are.",
        _TAXED,
    ),
    "DELETE /items/{id}": Operation(
        "deleteItem", "Takes an item out for good. Documents have what they need of it in their own lines."
    ),
    "POST /taxes": Operation(
        "createTax", "Adds a tax. Only its rate is required.", ("out_of_range", "taken")
    ),
    "GET /taxes": Operation(
        "listTaxes", "The taxes of the entity, a page at a time, filtered and sorted as asked."
    ),
    "GET /taxes/{id}": Operation("getTax", "One tax."),
    "PUT /taxes/{id}": Operation(
        "replaceTax",
        "Makes the tax what the body says. Fields that it leaves out become what they are in a new one.",
        ("out_of_range", "taken"),
    ),
    "PATCH /taxes/{id}": Operation(
        "updateTax", "Changes the fields that are given, and no others.", ("out_of_range", "taken")
    ),
    "DELETE /taxes/{id}": Operation(
        "deleteTax",
        "Takes a tax out for good. Documents keep what they charged; items that name it have to be changed.",
    ),
}

_KEPT: dict[str, Any] = {
    "entity_id": _ENTITY_ID, "id": _OWN_ID, "serial": 1, "created_at": _THEN,
}  # fmt: skip
_CHANGED: dict[str, Any] = {**_KEPT, "version": 1, "updated_at": _THEN, "metadata": {}}
_SETTLED = {
    "kind": "document", "amount": Decimal("120.5"), "document_id": _INVOICE_ID, "document": 1,
    "document_type": "invoice",
}  # fmt: skip

MONEY_RESOURCES: Mapping[type[Any], Resource] = {
    Payment: Resource(
        "Payments",
        "A payment is money that came, or went back, and what it settled.",
        _PAYMENT,
        {
            "invoice_id": f"inv_{_INVOICE_ID}", "amount": 120.5, "type": "bank_transfer",
            "date": "2026-01-31", "reference": "SI00 2026-00017",
        },
        {"note": "Arrived late"},
        Payment(
            **_CHANGED, direction="payment", date=_DAY, currency_code="EUR", amount=Decimal("120.5"),
            balance=Decimal(0), applications=[_SETTLED], customer_id=_CUSTOMER_ID, customer=1,
            document_id=_INVOICE_ID, method="bank_transfer", reference="SI00 2026-00017",
        ),
    ),
    Adjustment: Resource(
        "Credit adjustments",
        "A credit adjustment changes a customer's credit balance, without any payment.",
        _ADJUSTMENT,
        {"customer_id": f"cust_{_CUSTOMER_ID}", "amount": 25, "note": "For the broken crate"},
        {"note": "For two broken crates"},
        Adjustment(
            **_CHANGED, customer_id=_CUSTOMER_ID, customer=1, date=_DAY, currency_code="EUR",
            amount=Decimal(25), note="For the broken crate",
        ),
    ),
    Item: Resource(
        "Items",
        "An item is something that the entity sells.",
        _ITEM,
        {"name": "Rope, 10 m", "price": 24.9, "unit": "piece", "taxes": [{"rate": 22}]},
        {"price": 25.9},
        Item(**_CHANGED, name="Rope, 10 m", price=Decimal("24.9"), unit="piece", tax_ids=[_TAX_ID]),
    ),
    TaxRate: Resource(
        "Taxes",
        "A tax is a rate that the entity charges.",
        _TAX,
        {"tax_rates": [{"rate": 22}], "classification": "standard"},
        {"is_default": True},
        TaxRate(**{**_CHANGED, "id": _TAX_ID}, name="22%", rate=Decimal(22), classification="standard"),
    ),
    Entry: Resource(
        "Balances",
        "An entry says how much more a customer owes, or less, and why.",
        _ENTRY,
        {},
        {},
        Entry(
            **_KEPT, posting_id=f"{_OWN_ID[:-1]}0", account="invoice", kind="issued", cause="document",
            cause_id=f"inv_{_INVOICE_ID}", currency_code="EUR", amount=Decimal("120.5"), date=_DAY,
            customer_id=_CUSTOMER_ID, customer=1, item_id=f"inv_{_INVOICE_ID}", due_date=date(2026, 3, 2),
            number="2026-00017",
        ),
    ),
}  # fmt: skip

MONEY_SCHEMAS = {
    "CustomerBalance": BALANCE.schema,
    "CustomerStatement": STATEMENT.schema,
    "PaymentRefund": _REFUND_BODY,
}
