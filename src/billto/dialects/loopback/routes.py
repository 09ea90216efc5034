"""v1: the addresses."""

from collections.abc import Mapping

from billto.app import entities
from billto.dialects.dialect import Does, Of, Route, Verb
from billto.dialects.loopback import (
    account_verbs,
    catalog_verbs,
    client_verbs,
    document_reading,
    document_verbs,
    payment_verbs,
    sending,
)
from billto.dialects.loopback.catalog import ITEM, TAX
from billto.dialects.loopback.clients import CLIENT
from billto.dialects.loopback.documents import DOCUMENT
from billto.dialects.loopback.organizations import ACCOUNT, ORGANIZATION
from billto.dialects.loopback.payments import PAYMENT
from billto.dialects.wire import Table

_ASK, _DO = Does.ASK, Does.DO


def _clients(method: str, path: str, does: Does, verb: Verb, says: str) -> Route:
    return Route(method, f"/Organizations/{{entity}}{path}", does, verb, CLIENT, says, Of.PATH)


def _client(method: str, does: Does, verb: Verb, says: str, path: str = "", of: Of = Of.RECORD) -> Route:
    return Route(method, f"/Clients/{{id}}{path}", does, verb, CLIENT, says, of)


def _documents(method: str, path: str, does: Does, verb: Verb, says: str) -> Route:
    return Route(method, f"/Organizations/{{entity}}{path}", does, verb, DOCUMENT, says, Of.PATH)


def _document(method: str, does: Does, verb: Verb, says: str, path: str = "", of: Of = Of.RECORD) -> Route:
    return Route(method, f"/Documents/{{id}}{path}", does, verb, DOCUMENT, says, of)


def _payments(method: str, path: str, does: Does, verb: Verb, says: str) -> Route:
    return Route(method, f"/Organizations/{{entity}}{path}", does, verb, PAYMENT, says, Of.PATH)


def _payment(method: str, does: Does, verb: Verb, says: str, of: Of = Of.RECORD) -> Route:
    return Route(method, "/Payments/{id}", does, verb, PAYMENT, says, of)


def _catalog(plural: str, table: Table, verbs: Mapping[str, Verb], what: str) -> tuple[Route, ...]:
    """The routes of items, or of taxes."""
    here, one = f"/Organizations/{{entity}}/{plural}", f"/{plural.capitalize()}/{{id}}"
    return (
        Route("POST", here, _DO, verbs["create"], table, f"Create {what}", Of.PATH),
        Route("GET", here, _ASK, verbs["page"], table, f"Find {plural}", Of.PATH),
        Route("GET", f"{here}/count", _ASK, verbs["count"], table, f"Count {plural}", Of.PATH),
        Route("GET", one, _ASK, verbs["get"], table, f"Get {what}", Of.RECORD),
        Route("PUT", one, _DO, verbs["replace"], table, f"Replace {what}", Of.RECORD),
        Route("PATCH", one, _DO, verbs["change"], table, f"Patch {what}", Of.RECORD),
        Route("DELETE", one, _DO, verbs["delete"], table, f"Delete {what}", Of.ACCOUNT),
    )


def _organization(method: str, path: str, does: Does, verb: Verb, says: str) -> Route:
    return Route(method, path, does, verb, ORGANIZATION, says, Of.ACCOUNT)


def _account(method: str, path: str, verb: Verb, says: str, of: Of = Of.ACCOUNT) -> Route:
    return Route(method, f"/Accounts/{path}", _ASK, verb, ACCOUNT, says, of)


_OF_ACCOUNT = "/Accounts/{id}/organizations"

ROUTES = (
    _clients("POST", "/clients", _DO, client_verbs.create, "Create client"),
    _clients("GET", "/clients", _ASK, client_verbs.page, "Find clients"),
    _clients("GET", "/clients/count", _ASK, client_verbs.count, "Count clients"),
    _clients("GET", "/clients/search", _ASK, client_verbs.search, "Search clients"),
    _clients("GET", "/search-clients", _ASK, client_verbs.search, "Search clients"),
    _client("GET", _ASK, client_verbs.get, "Get client"),
    _client("PUT", _DO, client_verbs.replace, "Replace client"),
    _client("PATCH", _DO, client_verbs.change, "Patch client"),
    # A client that is not there is no error here, so that the verb looks for its organization itself.
    _client("DELETE", _DO, client_verbs.delete, "Delete client", of=Of.ACCOUNT),
    _client("POST", _DO, sending.remind, "Send reminder to client", "/send-reminder"),
    _organization("GET", "/Organizations/{id}", Does.GET, entities.get, "Get organization"),
    _organization("PUT", "/Organizations/{id}", Does.REPLACE, entities.change, "Replace organization"),
    _organization("PATCH", "/Organizations/{id}", Does.CHANGE, entities.change, "Patch organization"),
    _organization("POST", "/Organizations/{id}/activate", _DO, account_verbs.activate, "Activate"),
    _organization("POST", "/Organizations/{id}/deactivate", _DO, account_verbs.deactivate, "Deactivate"),
    # It reads only, and so keeps nothing of what it is sent: a kept answer would hold the key.
    _account("POST", "login", account_verbs.login, "Log in", Of.NOBODY),
    _account("GET", "is-unique", account_verbs.is_unique, "Is an e-mail address free", Of.NOBODY),
    _account("GET", "authorized", account_verbs.account, "Get the token's account"),
    _account("GET", "{id}", account_verbs.account, "Get account"),
    _organization("POST", "/Accounts/organizations", _DO, account_verbs.create, "Create organization"),
    _organization("GET", "/Accounts/organizations", Does.PAGE, entities.page, "Find organizations"),
    _organization("POST", _OF_ACCOUNT, _DO, account_verbs.create, "Create organization"),
    _organization("GET", _OF_ACCOUNT, _ASK, account_verbs.organizations, "Find organizations"),
    _organization("GET", f"{_OF_ACCOUNT}/count", _ASK, account_verbs.count, "Count organizations"),
    _documents("POST", "/documents", _DO, document_verbs.create, "Create document"),
    _documents("GET", "/documents", _ASK, document_reading.page, "Find documents"),
    _documents("GET", "/documents/count", _ASK, document_reading.count, "Count documents"),
    _documents("GET", "/documents/search", _ASK, document_reading.search, "Search documents"),
    _documents("GET", "/search-documents", _ASK, document_reading.search, "Search documents"),
    _documents("GET", "/documents/next-doc-number", _ASK, document_reading.next_number, "Next number"),
    _documents("GET", "/documents/last-doc-number", _ASK, document_reading.last_number, "Last number"),
    _documents(
        "GET", "/documents/is-unique-doc-number", _ASK, document_reading.is_unique_number, "Is a number free"
    ),
    _document("GET", _ASK, document_reading.get, "Get document"),
    _document("PUT", _DO, document_verbs.replace, "Replace document"),
    _document("PATCH", _DO, document_verbs.change, "Patch document"),
    _document("DELETE", _DO, document_verbs.delete, "Delete document", of=Of.ACCOUNT),
    _document("POST", _DO, document_verbs.cancel, "Cancel document", "/cancel"),
    _document("POST", _DO, document_verbs.uncancel, "Uncancel document", "/uncancel"),
    _document("POST", _DO, document_verbs.mark_sent, "Mark document as sent", "/mark-sent"),
    _document("POST", _DO, sending.send, "Send document", "/send"),
    _document("POST", _DO, payment_verbs.create_for_document, "Create payment of a document", "/payments"),
    _document("GET", _ASK, payment_verbs.page_of_document, "Find payments of a document", "/payments"),
    _document(
        "GET", _ASK, payment_verbs.count_of_document, "Count payments of a document", "/payments/count"
    ),
    _payments("POST", "/payments", _DO, payment_verbs.create, "Create payment"),
    _payments("GET", "/payments", _ASK, payment_verbs.page, "Find payments"),
    _payments("GET", "/payments/count", _ASK, payment_verbs.count, "Count payments"),
    _payment("GET", _ASK, payment_verbs.get, "Get payment"),
    _payment("PUT", _DO, payment_verbs.replace, "Replace payment"),
    _payment("PATCH", _DO, payment_verbs.change, "Patch payment"),
    _payment("DELETE", _DO, payment_verbs.delete, "Delete payment", of=Of.ACCOUNT),
    *_catalog("items", ITEM, catalog_verbs.ITEM_VERBS, "item"),
    Route(
        "GET",
        "/Organizations/{entity}/search-items",
        _ASK,
        catalog_verbs.search_items,
        ITEM,
        "Search items",
        Of.PATH,
    ),
    *_catalog("taxes", TAX, catalog_verbs.TAX_VERBS, "tax"),
)
