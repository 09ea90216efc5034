"""How tests say documents in the native language."""

from typing import Any

from tests.web.house import Caller, answered

WORK = {"name": "Work", "quantity": 1, "price": 100, "taxes": [{"rate": 22}]}
# The worked example of the vendor's guide to calculation: 180.00 and 219.60.
EXAMPLE = {**WORK, "quantity": 2, "discounts": [{"value": 10}]}

PATHS = ("/invoices", "/estimates", "/credit-notes", "/advance-invoices", "/delivery-notes")


def document(caller: Caller, path: str = "/invoices", /, **fields: Any) -> Any:
    """A new document, as it was answered."""
    return answered(caller.post(path, {"items": [WORK], **fields}), 201)


def draft(caller: Caller, path: str = "/invoices", /, **fields: Any) -> Any:
    return document(caller, path, is_draft=True, **fields)


def line(price: Any = 100, quantity: Any = 1, rate: Any = 22, **fields: Any) -> dict[str, Any]:
    return {"name": "Line", "price": price, "quantity": quantity, "taxes": [{"rate": rate}]} | fields
