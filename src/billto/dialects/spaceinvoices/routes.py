"""Space Invoices: the addresses."""

from billto.app import customers, entities
from billto.dialects.dialect import Does, Of, Route, Verb
from billto.dialects.spaceinvoices import chased, merging
from billto.dialects.spaceinvoices.connection_words import CONNECTION_ROUTES
from billto.dialects.spaceinvoices.customers import CUSTOMER, TOMBSTONE
from billto.dialects.spaceinvoices.document_routes import DOCUMENT_ROUTES
from billto.dialects.spaceinvoices.entities import ENTITY
from billto.dialects.spaceinvoices.file_routes import FILE_ROUTES
from billto.dialects.spaceinvoices.message_routes import MESSAGE_ROUTES
from billto.dialects.spaceinvoices.money_routes import MONEY
from billto.dialects.spaceinvoices.planning import PLANNING_ROUTES
from billto.dialects.spaceinvoices.statement_runs import STATEMENT_RUN_ROUTES

_GET, _PAGE, _CREATE, _CHANGE = Does.GET, Does.PAGE, Does.CREATE, Does.CHANGE
_ACT, _DROP = Does.ACT, Does.DROP


def _customer(method: str, path: str, does: Does, verb: Verb, says: str, status: int = 200) -> Route:
    return Route(method, path, does, verb, CUSTOMER, says, status=status)


def _entity(method: str, path: str, does: Does, verb: Verb, says: str, status: int = 200) -> Route:
    return Route(method, path, does, verb, ENTITY, says, status=status, of=Of.ACCOUNT)


ROUTES = (
    _entity("POST", "/entities", _CREATE, entities.create, "Create a new entity", 201),
    _entity("GET", "/entities", _PAGE, entities.page, "List all entities"),
    _entity("GET", "/entities/{id}", _GET, entities.get, "Get entity by ID"),
    _entity("PUT", "/entities/{id}", _CHANGE, entities.change, "Update an entity"),
    _entity("PATCH", "/entities/{id}", _CHANGE, entities.change, "Update an entity"),
    _entity("POST", "/entities/{id}/enable", _ACT, entities.enable, "Enable an entity"),
    _entity("POST", "/entities/{id}/disable", _ACT, entities.disable, "Disable an entity"),
    *CONNECTION_ROUTES,
    _customer("POST", "/customers", _CREATE, customers.create, "Create a new customer", 201),
    _customer("GET", "/customers", _PAGE, customers.page, "List all customers"),
    Route(
        "GET", "/customers/erased", _PAGE, customers.erased, TOMBSTONE, "List permanently deleted customers"
    ),
    _customer(
        "GET",
        "/customers/external/{external_id}",
        _GET,
        customers.get_external,
        "Get customer by external ID",
    ),
    _customer(
        "PUT",
        "/customers/external/{external_id}",
        Does.PUT,
        customers.put_external,
        "Create or update a customer by external ID",
    ),
    _customer("GET", "/customers/{id}", _GET, customers.get, "Get customer by ID"),
    _customer("PATCH", "/customers/{id}", _CHANGE, customers.change, "Update a customer"),
    _customer("DELETE", "/customers/{id}", _DROP, customers.trash, "Delete a customer", 204),
    _customer(
        "DELETE", "/customers/{id}/permanent", _DROP, customers.erase, "Permanently delete a customer", 204
    ),
    _customer("GET", "/customers/{id}/merge", Does.ASK, merging.preview, "Preview a merge"),
    _customer("POST", "/customers/{id}/merge", Does.DO, merging.merge, "Merge a customer into another"),
    _customer("GET", "/customers/{id}/dunning", Does.ASK, chased.told_of, "Get how a customer was chased"),
    _customer("POST", "/customers/{id}/restore", _ACT, customers.restore, "Restore a deleted customer"),
    *DOCUMENT_ROUTES,
    *MONEY,
    *MESSAGE_ROUTES,
    *PLANNING_ROUTES,
    *FILE_ROUTES,
    *STATEMENT_RUN_ROUTES,
)
