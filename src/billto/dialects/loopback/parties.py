"""v1: who bills and who is billed, as a document has them: `_documentIssuer` and `_documentClient`."""

from collections.abc import Mapping
from typing import Any

from billto.dialects.codecs import Codec
from billto.dialects.loopback.lenient import BOOL, TEXT
from billto.dialects.loopback.lines import same
from billto.dialects.loopback.nested import CLIENT, ISSUER, uuid_of
from billto.domain.attrs import catalogue
from billto.domain.customer import Customer
from billto.domain.document import BUYER, Document
from billto.domain.document import ISSUER as SELLER
from billto.domain.nodes import Anything, Node
from billto.domain.places import with_country_code
from billto.domain.problems import Problem, Refused

Values = Mapping[str, Any]

_PARTY: dict[str, tuple[str, Codec]] = {
    "name": ("name", TEXT),
    "address": ("address", TEXT),
    "address2": ("address_2", TEXT),
    "city": ("city", TEXT),
    "zip": ("post_code", TEXT),
    "state": ("state", TEXT),
    "country": ("country", TEXT),
    "countryAlpha2Code": ("country_code", TEXT),
    "taxNumber": ("tax_number", TEXT),
    "taxSubject": ("is_tax_subject", BOOL),
    "companyNumber": ("company_number", TEXT),
}
_REACHED: dict[str, tuple[str, Codec]] = {
    "website": ("website", TEXT),
    "email": ("email", TEXT),
    "phone": ("phone", TEXT),
}
_OF_CLIENT: dict[str, tuple[str, Codec]] = {
    "contact": ("contact", TEXT),
    "isEndCustomer": ("is_end_consumer", BOOL),
}
_BANK = {"IBAN": "iban", "bank": "bank_name", "SWIFT": "bic"}

_ANYTHING = Anything(20_000)
_LIMITS = catalogue(Customer)  # what is said of a client is saved as one

NAMES = {attr: wire for wire, (attr, _) in (_PARTY | _REACHED | _OF_CLIENT).items()}


def shown_client(document: Document) -> dict[str, Any] | None:
    if document.buyer is None:
        return None
    return {
        "id": uuid_of(document.id, CLIENT),
        **_shown(document.buyer, _OF_CLIENT),
        "isEndCustomer": bool(document.buyer.get("is_end_consumer")),
    }


def shown_issuer(document: Document) -> dict[str, Any]:
    return {"id": uuid_of(document.id, ISSUER), **_shown(document.issuer, {})}


def _shown(who: Values, also: dict[str, tuple[str, Codec]]) -> dict[str, Any]:
    account = next(iter(who.get("bank_accounts") or ()), None) or {}
    return {
        **{wire: who.get(attr) for wire, (attr, _) in (_PARTY | also).items()},
        **{wire: account.get(part) for wire, part in _BANK.items()},
        **{wire: who.get(attr) for wire, (attr, _) in _REACHED.items()},
        "custom": (who.get("more") or {}).get("custom") or {},
    }


def read_client(given: Any) -> dict[str, Any]:
    """What is said of the client on the document itself; null says nothing."""
    return _read(given, _PARTY | _REACHED | _OF_CLIENT, BUYER)


def read_issuer(given: Any) -> dict[str, Any]:
    return _read(given, _PARTY | _REACHED, SELLER)


def _read(given: Any, fields: Mapping[str, tuple[str, Codec]], shape: Mapping[str, Node]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Refused(Problem("wrong_type", detail="an object"))
    problems: list[Problem] = []
    said: dict[str, Any] = {}
    for wire, (attr, codec) in fields.items():
        if wire not in given:
            continue
        said[attr] = _value(given[wire], codec, attr, shape[attr], (wire,), problems)
    account = {
        part: _value(given[wire], TEXT, "", _account(shape, part), (wire,), problems)
        for wire, part in _BANK.items()
        if wire in given
    }
    if account:
        said["bank_accounts"] = [{"type": "iban", **account}] if any(account.values()) else []
    if given.get("custom"):
        custom = _ANYTHING.read(given["custom"], ("custom",), problems)
        said["more"] = {"custom": custom}
        if not isinstance(custom, dict):
            problems.append(Problem("wrong_type", ("custom",), "an object"))
    if problems:
        raise Refused(*problems)
    return with_country_code({name: value for name, value in said.items() if value is not None})


def _value(
    given: Any, codec: Codec, attr: str, node: Node, path: tuple[str, ...], problems: list[Problem]
) -> Any:
    if given is None:
        return None
    try:
        value = codec.decode(given)
    except Refused as refused:
        problems += (one.within(*path) for one in refused.problems)
        return None
    found: list[Problem] = []
    node.read(value, path, found)
    if not found and attr in _LIMITS and value != "":
        found += (one.within(*path) for one in _LIMITS[attr].problems(value))
    problems += found
    return value


def _account(shape: Mapping[str, Node], part: str) -> Node:
    accounts: Any = shape["bank_accounts"]
    node: Node = accounts.of.fields[part]
    return node


def own(snapshot: Values | None) -> dict[str, Any]:
    """What was said of somebody on the document itself so far."""
    return {name: (snapshot or {}).get(name) for name in (snapshot or {}).get("own") or ()}


def news(given: Any, shown: Values | None) -> Any:
    """What of a party that is sent is not what the document shows of it already; a bank account is one."""
    if not isinstance(given, dict) or shown is None:
        return given
    new = {
        name: value
        for name, value in given.items()
        if name in shown and not same({name: value}, {name: shown[name]})
    }
    if new.keys() & _BANK.keys():
        new |= {name: given.get(name, shown[name]) for name in _BANK}
    return new
