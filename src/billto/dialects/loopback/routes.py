"""v1: the addresses."""

from billto.app import entities
from billto.dialects.dialect import Does, Of, Route, Verb
from billto.dialects.loopback import account_verbs, client_verbs
from billto.dialects.loopback.clients import CLIENT
from billto.dialects.loopback.organizations import ACCOUNT, ORGANIZATION

_ASK, _DO = Does.ASK, Does.DO


def _clients(method: str, path: str, does: Does, verb: Verb, says: str) -> Route:
    return Route(method, f"/Organizations/{{entity}}{path}", does, verb, CLIENT, says, Of.PATH)


def _client(method: str, does: Does, verb: Verb, says: str, path: str = "", of: Of = Of.RECORD) -> Route:
    return Route(method, f"/Clients/{{id}}{path}", does, verb, CLIENT, says, of)


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
    _client("POST", _DO, client_verbs.send_reminder, "Send reminder to client", "/send-reminder"),
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
)
