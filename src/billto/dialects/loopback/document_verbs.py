"""v1: documents made, changed, canceled and deleted."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from billto.app import buyers, documents, records
from billto.app.documents import Receipt, Wish
from billto.app.parts import Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.loopback import lines, parties, verbs
from billto.dialects.loopback.catalog_verbs import taken_up
from billto.dialects.loopback.document_reading import known
from billto.dialects.loopback.documents import DOCUMENT, DRAFT, EXPECTED, PAYMENTS, PLACES
from billto.dialects.loopback.payment_verbs import receipt
from billto.dialects.loopback.spelling import spelt
from billto.dialects.tags import tagged
from billto.domain import issuing
from billto.domain.document import OPENING, PAYABLE, Document
from billto.domain.problems import Problem, Refused

MANY_MAX = 100  # that one request may create: each of them is posted by itself
DELETED = ("estimate",)  # beside drafts

# Null says nothing of them: a document always has them.
_NEVER_NULL = frozenset({"type", "date", "currencyId", "draft", "_documentItems"})
# What a document that is replaced keeps, unless it is named.
_KEPT = ("number", "due_date", "customer_id", "unique_id")


class _Asked(NamedTuple):
    """What a body asks for: attributes, and what is wanted beside them."""

    kind: str | None
    values: dict[str, Any]
    wish: Wish
    is_draft: bool | None
    places: int | None


# Creating


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    """A new document, issued unless it is to be a draft; or several, all of them or none."""
    if not isinstance(told.body, list):
        return _said(await _create(tx, asked, _new({} if told.body is None else told.body)))
    verbs.check_several(asked, told.body, MANY_MAX, "document")
    problems: list[Problem] = []
    several = []
    for at, one in enumerate(told.body):
        try:
            several.append(_new(one))
        except Refused as refused:
            problems += (problem.within(at) for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    await buyers.hold_all(tx, asked, map(_named, several))
    made = []
    for at, wanted in enumerate(several):
        try:
            made.append(DOCUMENT.encode(await _create(tx, asked, wanted)))
        except Refused as refused:
            raise Refused(*(one.within(at) for one in DOCUMENT.spelt(refused.problems))) from None
    return Said(made)


def _new(body: Any) -> _Asked:
    found = _read(DOCUMENT.decode(_said_in(body), creating=True))
    missing = [] if found.values.get("lines") else ["_documentItems"]
    if found.values.get("customer_id") is None and found.wish.buyer is None:
        missing.append("_documentClient")
    if missing:
        raise Refused(*(Problem("required", (name,)) for name in missing))
    return found


def _named(wanted: _Asked) -> tuple[str | None, str | None]:
    """By which id or e-mail address a client is named."""
    id = wanted.values.get("customer_id")
    return id, None if id is not None else (wanted.wish.buyer or {}).get("email")


def _said_in(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    return {name: one for name, one in body.items() if one is not None or name not in _NEVER_NULL}


def _read(values: dict[str, Any]) -> _Asked:
    """The attributes apart from what is wanted beside them."""
    aside = {name: values.pop(name, None) for name in (DRAFT, EXPECTED, PAYMENTS, PLACES, "buyer")}
    kind = values.pop("type", None)
    receipts: list[Receipt] = []
    problems: list[Problem] = []
    for at, one in enumerate(aside[PAYMENTS] or ()):
        try:
            receipts.append(receipt(one))
        except Refused as refused:
            problems += (problem.within("payments", at) for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    wish = Wish(buyer=aside["buyer"], expected_total=aside[EXPECTED], receipts=receipts)
    return _Asked(kind, values, wish, aside[DRAFT], aside[PLACES])


async def _create(tx: Tx, asked: Request, wanted: _Asked) -> Document:
    kind, values, is_draft = wanted.kind or "invoice", dict(wanted.values), bool(wanted.is_draft)
    _check_receipts(kind, wanted.wish, is_draft)
    places = lines.PLACES if wanted.places is None else wanted.places
    values["lines"] = await taken_up(tx, asked, values["lines"], places)
    if issuer := _issuer({}, values.pop("issuer", None), wanted.places):
        values["issuer"] = issuer
    if values.get("due_date", 0) is None:
        del values["due_date"]  # as many days later as the organization gives
    if kind == "invoice" and values.get("service_date") is None:
        entity = await records.seller(tx, asked)
        values["service_date"] = values.get("date") or issuing.today(entity, tx.now)
    with spelt():
        return await documents.create(tx, asked, kind, values, wanted.wish._replace(is_draft=is_draft))


def _check_receipts(kind: str, wish: Wish, is_draft: bool) -> None:
    if wish.receipts and is_draft:
        raise Refused(Problem("still_draft", ("payments",)))
    if wish.receipts and kind not in PAYABLE:
        raise Refused(Problem("not_payable", ("payments",), kind))


def _issuer(own: Mapping[str, Any], said: Mapping[str, Any] | None, places: int | None) -> dict[str, Any]:
    """What is said of the issuer on the document itself, with how it counts."""
    more = {**(own.get("more") or {}), **((said or {}).get("more") or {})}
    if places is not None and (places != lines.PLACES or "decimalPlaces" in more):
        more["decimalPlaces"] = places
    return {**own, **(said or {}), **({"more": more} if more else {})}


# Changing


async def change(tx: Tx, asked: Request, told: Told) -> Said:
    return await _change(tx, asked, told, whole=False)


async def replace(tx: Tx, asked: Request, told: Told) -> Said:
    """A draft becomes what the body says; of an issued document nothing may differ that a client saw."""
    return await _change(tx, asked, told, whole=True)


async def _change(tx: Tx, asked: Request, told: Told, *, whole: bool) -> Said:
    old = await known(tx, asked, told)
    body = _said_in({} if told.body is None else told.body)
    verbs.check_id(told, old.id)
    if whole and isinstance(body, dict) and not body.get("_documentItems"):
        raise Refused(Problem("required", ("_documentItems",)))
    news = _news(body, old)
    blank = _blank(body) if whole and old.issued_at is None and isinstance(body, dict) else {}
    wanted = _read({**blank, **DOCUMENT.decode(news, creating=False)})
    values, wish = wanted.values, wanted.wish
    for name in _KEPT:
        if values.get(name, 0) is None and (name in blank or name == "customer_id"):
            del values[name]
    _check(old, wanted)
    if old.issued_at is None:
        if "lines" in values:
            values["lines"] = lines.kept(values["lines"], news["_documentItems"], old)
        values, wish = await _of_draft(tx, asked, old, wanted)
    with spelt():
        return _said(await documents.change(tx, asked, old.id, values, wish))


def _blank(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a body that stands for the whole document makes empty: all that it does not name."""
    rows = [DOCUMENT.by_wire[name] for name in body if name in DOCUMENT.by_wire]
    named = {attr for one in rows for attr in (one.attr, *one.woven_of)}
    return {attr: value for attr, value in DOCUMENT.blank().items() if attr not in named}


def _news(body: Any, old: Document) -> Any:
    """The body without what it says as it is shown: a client sends back all that it was shown."""
    if not isinstance(body, dict):
        return body
    shown = DOCUMENT.encode(old)
    news = dict(body)
    for name in ("_documentItems", "type", "note", "signature", "footer", "decimalPlaces"):
        if name in news and lines.same(news[name], shown[name]):
            del news[name]
    for name in ("_documentClient", "_documentIssuer"):
        if name in news:
            news[name] = parties.news(news[name], shown[name]) or None
    if old.issued_at is not None:
        news.pop("payments", None)  # as they are shown, where they were asked for
    return news


def _check(old: Document, wanted: _Asked) -> None:
    """Raises Refused for what no change may say."""
    if wanted.kind is not None:
        raise Refused(Problem("immutable", ("type",)))
    if old.issued_at is None:
        if "lines" in wanted.values and not wanted.values["lines"]:
            raise Refused(Problem("required", ("_documentItems",)))
        return
    wrong = [
        name
        for name, is_wrong in (
            ("draft", bool(wanted.is_draft)),
            ("decimalPlaces", wanted.places is not None),
            ("_documentClient", wanted.wish.buyer is not None),
        )
        if is_wrong
    ]
    if wrong:
        raise Refused(*(Problem("issued_already", (name,)) for name in wrong))


async def _of_draft(tx: Tx, asked: Request, old: Document, wanted: _Asked) -> tuple[dict[str, Any], Wish]:
    """What becomes of a draft; it is issued only where that is said."""
    values, is_draft = dict(wanted.values), wanted.is_draft is not False
    _check_receipts(old.type, wanted.wish, is_draft)
    places = lines.places_of(old) if wanted.places is None else wanted.places
    if "lines" in values:
        values["lines"] = await taken_up(tx, asked, values["lines"], places)
    elif places != lines.places_of(old):
        values["lines"] = lines.cut(old.lines, places)
    if "issuer" in values or wanted.places is not None:
        values["issuer"] = _issuer(parties.own(old.issuer), values.get("issuer"), wanted.places)
    buyer = wanted.wish.buyer
    if buyer is not None and values.get("customer_id") in (None, old.customer_id):
        buyer = {**parties.own(old.buyer), **buyer}
    return values, wanted.wish._replace(is_draft=is_draft, buyer=buyer)


# What else is done


async def delete(tx: Tx, asked: Request, told: Told) -> Said:
    """Drafts and estimates only: what asks for money is canceled instead."""
    there = await verbs.found(tx, asked, told, Document)
    if there is None or there[1].type == OPENING:
        return verbs.NONE
    await documents.drop(tx, there[0], there[1].id, also=DELETED)
    return verbs.ONE


async def cancel(tx: Tx, asked: Request, told: Told) -> Said:
    reason = verbs.text_of(told, "reason")
    if reason is not None and (faults := _REASON.problems(reason)):
        raise Refused(*(one.within("reason") for one in faults))
    await documents.void(tx, asked, (await known(tx, asked, told)).id, reason)
    return verbs.DONE


_REASON = DOCUMENT.attrs["void_reason"]


async def uncancel(tx: Tx, asked: Request, told: Told) -> Said:
    """What is canceled stays so: what had been paid for it went elsewhere, and statements tell of it."""
    document = await known(tx, asked, told)
    if document.voided_at is not None:
        detail = "a canceled document stays canceled: create it anew, it gets a number of its own"
        raise Refused(Problem("not_offered", detail=detail))
    return verbs.DONE


async def mark_sent(tx: Tx, asked: Request, told: Told) -> Said:
    document = await known(tx, asked, told)
    if document.sent_at is None:
        await documents.change(tx, asked, document.id, {"sent_at": tx.now})
    return verbs.DONE


def _said(document: Document) -> Said:
    return Said(DOCUMENT.encode(document), headers=tagged(document), shows=document.id)
