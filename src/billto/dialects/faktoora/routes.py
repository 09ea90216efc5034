"""faktoora: the addresses. Lists stand under the plural and records under the singular; both are served."""

from collections.abc import Iterator

from billto.app import customers
from billto.dialects.dialect import Does, Of, Route, Verb
from billto.dialects.faktoora import keys, verbs
from billto.dialects.faktoora.customers import CUSTOMER
from billto.dialects.faktoora.imports import import_routes
from billto.dialects.faktoora.keys import KEY

_ASK, _DO = Does.ASK, Does.DO


def _customer(method: str, path: str, does: Does, verb: Verb, says: str) -> Iterator[Route]:
    """The address as the vendor writes it, and with the other number of the word."""
    start, rest = ("/customers", path[10:]) if path.startswith("/customers") else ("/customer", path[9:])
    other = "/customer" if start == "/customers" else "/customers"
    yield Route(method, path, does, verb, CUSTOMER, says)
    yield Route(method, other + rest, does, verb, CUSTOMER, says)


def _key(method: str, path: str, does: Does, verb: Verb, says: str) -> Route:
    return Route(method, f"/apikeys{path}", does, verb, KEY, says, of=Of.ACCOUNT)


KEY_ROUTES = (
    _key("GET", "", _ASK, keys.listed, "List API keys"),
    _key("POST", "", _DO, keys.create, "Create an API key"),
    _key("PATCH", "/{id}", _DO, keys.change, "Change the label or the expiry of an API key"),
    _key("POST", "/{id}/rotate", _DO, keys.rotate, "Put a new API key in place of another"),
    _key("POST", "/{id}/revoke", _DO, keys.revoke, "Revoke an API key"),
    _key("DELETE", "/{id}", _DO, keys.erase, "Delete an API key"),
)
ROUTES = (
    *_customer("GET", "/customers", Does.PAGE, customers.page, "List customers"),
    *_customer("POST", "/customer", Does.CREATE, verbs.create, "Create a customer"),
    *_customer("GET", "/customers/generate-number", _ASK, verbs.generate_number, "The next free number"),
    *_customer("GET", "/customer/verify-customer-number", _ASK, verbs.verify_number, "Is a number free?"),
    *_customer("GET", "/customer/{id}", Does.GET, customers.live, "Get a customer"),
    *_customer("PATCH", "/customer/{id}", Does.CHANGE, verbs.change, "Update a customer"),
    *_customer("DELETE", "/customer/{id}", Does.DROP, verbs.drop, "Delete a customer"),
    *import_routes(CUSTOMER),
    *KEY_ROUTES,
)
