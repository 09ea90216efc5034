"""How documents come to be: out of what was said of them, their customer and their entity, until they are
issued and stay as they are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billto.domain import templates, terms, transactions
from billto.domain.calculation import Totals, calculated
from billto.domain.customer import Customer
from billto.domain.document import BUYER, ISSUER, OWED, PAYABLE, Document
from billto.domain.entity import Entity, home
from billto.domain.entity import today as today
from billto.domain.formats import Formats, formats, formats_for
from billto.domain.money import AMOUNT_MAX, currencies, places, rounded, shown
from billto.domain.problems import Problem, Refused
from billto.domain.versions import edited, touched

_START = Document._field_defaults
# What an issued document may still be told: nothing that it says to its customer.
FREE = frozenset(
    {
        "metadata", "custom", "is_chased", "chase_paused_until", "chase_pause_reason", "is_autopay",
        "sent_at", "change_reason", "linked_ids", "unique_id", "name",
    }
)  # fmt: skip
_ALL = 100  # per cent
_TEXTS = ("note", "payment_terms", "tax_clause", "footer", "signature")


def made(
    kind: str,
    values: Mapping[str, Any],
    *,
    entity: Entity,
    customer: Customer | None,
    buyer: Mapping[str, Any] | None,
    new_id: Callable[[], str],
    now: datetime,
) -> Document:
    """A draft out of checked values; `buyer` is what was said of the customer on the document itself."""
    given = {**edited(values, _START.get)}
    issuer = given.pop("issuer", None)
    given.setdefault("date", today(entity, now))
    own = (customer and customer.currency_code) or entity.currency_code
    given["currency_code"] = currency(given.get("currency_code"), own)
    given = {**_defaults(kind, given, entity, customer), **given}
    parties = _parties(entity, customer, issuer, buyer)
    document = Document(
        **{"metadata": {}, "custom": {}, **given, **parties},
        type=kind, entity_id=entity.id, id=new_id(), serial=0, version=1, created_at=now, updated_at=now,
        issued_at=None,
    )  # fmt: skip
    return _worked_out(document, entity, new_id)


def changed(
    draft: Document,
    values: Mapping[str, Any],
    *,
    entity: Entity,
    customer: Customer | None,
    buyer: Mapping[str, Any] | None,
    new_id: Callable[[], str],
    now: datetime,
) -> Document:
    """The document with some checked values in place of its own; of one that is issued only what it does not
    say to its customer. Raises Refused with `issued_already` for the rest."""
    given = edited(values, draft._asdict().__getitem__)
    if draft.issued_at is not None:
        differing = [name for name in given if name not in FREE and given[name] != getattr(draft, name)]
        if differing or buyer is not None:
            raise Refused(*(Problem("issued_already", (name,)) for name in differing or ("customer",)))
        return touched(draft, given, now)
    if given.get("currency_code") is not None:
        given["currency_code"] = currency(given["currency_code"], draft.currency_code)
    issuer = given.pop("issuer", None)
    is_same = draft.customer_id == (customer.id if customer else None)
    said = buyer or (_own(draft.buyer) if is_same else None)
    parties = _parties(entity, customer, issuer or _own(draft.issuer), said)
    new = draft._replace(**{**given, **parties})
    if "date" in given and "due_date" not in given and draft.due_date is not None:
        new = new._replace(due_date=_due_date(new.type, new._asdict(), entity, new.payment_terms))
    if new == draft:
        return draft
    return touched(draft, _worked_out(new, entity, new_id)._asdict(), now)


def refreshed(
    draft: Document, entity: Entity, customer: Customer | None, new_id: Callable[[], str]
) -> Document:
    """The draft with who both are now, save what was said on it itself; and with the taxes of that."""
    new = draft._replace(**_parties(entity, customer, _own(draft.issuer), _own(draft.buyer)))
    return _worked_out(new, entity, new_id) if new != draft else draft


def issued(draft: Document, number: str, entity: Entity, now: datetime) -> Document:
    """The document as it goes out, with its texts' placeholders filled in; what it asks for is open now."""
    numbered = with_texts(draft._replace(number=number), entity)
    balance = draft.total_with_tax if draft.type in OWED else Decimal(0)
    paid_at = now if draft.type in OWED and not balance else None
    return numbered._replace(issued_at=now, balance=balance, paid_at=paid_at)


def with_texts(document: Document, entity: Entity) -> Document:
    """The document with its texts' placeholders filled in: as it is issued, or as a draft is looked at."""
    values: dict[str, Any] = {name: filled(getattr(document, name), document, entity) for name in _TEXTS}
    return document._replace(**values)


def voided(document: Document, reason: str | None, now: datetime) -> Document:
    """The document as if it had never been issued, save that its number is used up."""
    return touched(
        document, {"voided_at": now, "void_reason": reason, "balance": Decimal(0), "paid_at": None}, now
    )


def check_expected(document: Document, expected: Decimal | None) -> None:
    """Raises Refused where the caller reckons with another total."""
    if expected is not None and expected != document.total_with_tax:
        raise Refused(
            Problem(
                "total_differs", ("expected_total",), shown(document.total_with_tax, document.currency_code)
            )
        )


def over_limit(outstanding: Decimal, limit: Decimal, currency: str) -> Problem:
    """That a document would make a customer owe more than it may; the sentence is Invoiced's."""
    new, most = shown(outstanding, currency), shown(limit, currency)
    return Problem(
        "over_credit_limit",
        detail=f"This invoice cannot be created because the new amount outstanding ({new}) exceeds the"
        f" account's credit limit ({most}).",
    )


def _defaults(
    kind: str, given: Mapping[str, Any], entity: Entity, customer: Customer | None
) -> dict[str, Any]:
    """What a document says where nothing was said of it."""
    settings: Any = entity.settings
    agreed = customer.payment_terms if customer and kind in PAYABLE else None
    said = given.get("payment_terms", agreed)
    defaults = {
        "calculation": (settings.get("calculation") or {}).get("default_mode") or "b2b_standard",
        "note": settings.get(f"default_{kind}_note"),
        "payment_terms": agreed or settings.get(f"default_{kind}_payment_terms"),
        "footer": settings.get("document_footer"),
        "signature": settings.get("default_document_signature"),
        "due_date": _due_date(kind, given, entity, said),
    }
    if kind == "estimate" and (days := settings.get("default_estimate_valid_days")) is not None:
        defaults["valid_until"] = _later(given["date"], days)
    if kind == "delivery_note" and settings.get("delivery_note_hide_prices"):
        defaults["hides_prices"] = True
    return defaults


def _due_date(kind: str, given: Mapping[str, Any], entity: Entity, said: str | None) -> date | None:
    """When an invoice has to be paid: by its terms, or else so many days later as the entity has it."""
    if kind not in PAYABLE:
        return None
    settings: Any = entity.settings
    days = settings.get("default_invoice_due_days")
    by_terms = terms.due_date(said, given["date"])
    return by_terms if by_terms is not None or days is None else _later(given["date"], days)


def _later(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _worked_out(document: Document, entity: Entity, new_id: Callable[[], str]) -> Document:
    """The document with the figures of its lines and its totals; raises Refused for what cannot be."""
    most = home(entity).max_taxes_per_item
    settings: Any = entity.settings
    kind = transactions.transaction_type(
        entity.country_code, document.buyer, issuer_is_tax_subject=entity.is_tax_subject
    )
    rules = (settings.get("tax_rules") or {}).get("eu") or {}
    ruled = transactions.with_rules(document.lines, kind, rules)
    lines = [_line(line, at, most, new_id) for at, line in enumerate(ruled)]
    clauses = settings.get("tax_clause_defaults") or {}
    # A clause that stands there because of the kind of transaction goes with it.
    is_own = document.tax_clause not in (None, clauses.get(document.transaction_type))
    clause = document.tax_clause if is_own else clauses.get(kind)
    sums: Totals = calculated(
        lines, mode=document.calculation, currency=document.currency_code,
        discounts=document.discounts or (), taxes=document.taxes or (),
    )  # fmt: skip
    if not 0 <= sums.total_with_tax <= AMOUNT_MAX or abs(sums.total) > AMOUNT_MAX:
        raise Refused(Problem("out_of_range", ("lines",), f"worth 0 to {AMOUNT_MAX:f} together"))
    return document._replace(
        lines=list(sums.lines), subtotal=sums.subtotal, total=sums.total,
        total_with_tax=sums.total_with_tax, total_discount=sums.total_discount,
        tax_summary=list(sums.taxes), transaction_type=kind, tax_clause=clause,
        discounts=list(sums.discounts) if document.discounts else document.discounts,
    )  # fmt: skip


def _line(line: Mapping[str, Any], at: int, taxes_max: int, new_id: Callable[[], str]) -> dict[str, Any]:
    if len(line.get("taxes") or ()) > taxes_max:
        raise Refused(Problem("too_many_taxes", ("lines", at, "taxes"), str(taxes_max)))
    if line.get("kind") is None and line.get("price") is None and line.get("gross_price") is None:
        raise Refused(Problem("required", ("lines", at, "price")))
    identity = {} if line.get("id") else {"id": new_id()}
    for number, one in enumerate(line.get("discounts") or ()):
        if one.get("type") == "percent" and one["value"] > _ALL:
            path = ("lines", at, "discounts", number, "value")
            raise Refused(Problem("out_of_range", path, f"0 to {_ALL} as a percentage"))
    quantity = {"quantity": 1} if line.get("quantity") is None else {}
    return {**line, **identity, **quantity}


def _parties(
    entity: Entity,
    customer: Customer | None,
    issuer: Mapping[str, Any] | None,
    buyer: Mapping[str, Any] | None,
) -> dict[str, Any]:
    who = _snapshot(customer, BUYER, buyer)
    return {
        "issuer": _snapshot(entity, ISSUER, issuer) or {},
        "buyer": who,
        "customer_id": customer.id if customer else None,
        "customer": customer.serial if customer else None,
        "customer_name": (who or {}).get("name"),
    }


def _snapshot(of: Any, shape: Mapping[str, Any], said: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Somebody as they are now, with what was said of them on the document itself."""
    if of is None and said is None:
        return None
    held = {name: getattr(of, name) for name in shape if hasattr(of, name)} if of is not None else {}
    if isinstance(of, Entity):
        settings: Any = of.settings
        held["bank_accounts"] = settings.get("bank_accounts")
    own = {name: value for name, value in (said or {}).items() if name != "own"}
    return {**held, **own, **({"own": sorted(own)} if own else {})}


def _own(snapshot: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What was said on the document itself, out of what it knows of somebody."""
    if snapshot is None:
        return None
    return {name: snapshot.get(name) for name in snapshot.get("own") or ()} or None


def filled(
    text: str | None,
    document: Document,
    entity: Entity,
    more: Mapping[str, str | None] | None = None,
    wanted: str | None = None,
) -> str | None:
    """A text about a document with its placeholders filled in, and `more` of them; days and amounts as in the
    language that is `wanted`, or in the buyer's, or else the entity's."""
    if not text:
        return text
    spoken = wanted or (document.buyer or {}).get("language") or entity.locale
    written = formats(spoken, entity.country_code)
    return templates.substitute(text, {**_values(document, written), **(more or {})})


def values_of(
    entity: Entity, customer: Customer | None, today: date, wanted: str | None = None
) -> dict[str, str | None]:
    """What the placeholders stand for in a text that is about no document."""
    written = formats_for(entity, customer, wanted)
    known = _values_of(_snapshot(entity, ISSUER, None) or {}, _snapshot(customer, BUYER, None) or {})
    return {**known, "current_date": written.day(today), "current_year": str(today.year)}


def _values_of(issuer: Mapping[str, Any], buyer: Mapping[str, Any]) -> dict[str, str | None]:
    accounts: Sequence[Any] = issuer.get("bank_accounts") or ({},)
    account = next((one for one in accounts if one.get("is_default")), accounts[0])
    values = {f"entity_{name}": _said(value) for name, value in issuer.items() if name != "bank_accounts"}
    values |= {f"customer_{name}": _said(buyer.get(name)) for name in ("name", "email")}
    values |= {
        name: _said(account.get(name))
        for name in ("iban", "bic", "bank_name", "account_number", "routing_number", "sort_code")
    }
    values |= {f"bank_account.{name}": _said(value) for name, value in account.items()}
    return {
        **values,
        "bank_account": _said(account.get("iban") or account.get("account_number")),
        "unit_name": _said(buyer.get("unit_name")),
    }


def _values(document: Document, written: Formats) -> dict[str, str | None]:
    return {
        **_values_of(document.issuer, document.buyer or {}),
        "document_number": document.number,
        "document_date": written.day(document.date),
        "document_due_date": written.day(document.due_date) if document.due_date else None,
        "document_valid_until": written.day(document.valid_until) if document.valid_until else None,
        "document_total": written.told(document.total_with_tax, document.currency_code),
        "document_currency": document.currency_code,
        "total_amount": written.told(document.total_with_tax, document.currency_code),
        "current_date": written.day(document.date),
        "current_year": str(document.date.year),
    }


def _said(value: Any) -> str | None:
    return None if value is None else str(value)


def currency(said: str | None, own: str) -> str:
    """The currency that is said, or else one's own; raises Refused for a slip, which would open accounts."""
    if said is not None and said != own and said not in currencies():
        raise Refused(Problem("unknown_currency", ("currency_code",), said))
    return said or own


def amount(value: Decimal, currency: str, *path: str) -> Decimal:
    """An amount of money as it is kept; raises Refused for what the currency has no coins for."""
    if not 0 <= value <= AMOUNT_MAX:
        raise Refused(Problem("out_of_range", path, f"0 to {AMOUNT_MAX:f}"))
    if rounded(value, currency) != value:
        raise Refused(Problem("out_of_range", path, f"given with at most {places(currency)} places"))
    return value
