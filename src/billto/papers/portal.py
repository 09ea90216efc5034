"""The page of a customer's account, out of the statements that are printed: one page, without scripts."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from billto.domain.ageing import NOT_DUE, ageing
from billto.domain.customer import Customer
from billto.domain.document import ISSUER
from billto.domain.entity import Entity
from billto.domain.statement import OpenCredit, OpenItem
from billto.papers import art, codes, qr, sheet
from billto.papers.accounts import Told
from billto.papers.html import Markup, Part, el, joined
from billto.papers.portal_words import PORTAL
from billto.papers.qr import Payment
from billto.papers.sheet import Pen
from billto.papers.text import plain
from billto.papers.words import LANGUAGES

SHOWN_MAX = 500  # items of a currency: the statement has them all
_TEMPLATES = Path(__file__).parent / "templates"
_NUMBERS_MAX = 12  # that a transfer names


class Page(NamedTuple):
    """A page, and where its styles may come from: they are in it, and nothing else is."""

    content: bytes
    policy: str


class Links(NamedTuple):
    """Where what the page shows is to be had."""

    path: str  # of the page itself
    documents: frozenset[str]  # ids of those that have a PDF here
    has_logo: bool


def account_page(
    accounts: Sequence[Told], entity: Entity, customer: Customer, links: Links, language: str | None = None
) -> Page:
    """What a customer owes, in each currency, in a language or in the customer's or else the entity's."""
    wanted = language or customer.language or entity.locale
    pens = [sheet.pen(wanted, entity.country_code, one.currency_code) for one in accounts]
    pen = pens[0]
    words = PORTAL[pen.formats.language]
    name = plain(entity.name)
    issuer = _issuer(entity)
    about = [f"{words['as_of']} {pen.day(accounts[0].open.as_of)}"]
    if customer.number:
        about.append(f"{words['customer_number']} {plain(customer.number)}")
    body = joined(
        _head(issuer, name, links),
        el(
            "main",
            el("h1", el("bdi", plain(customer.name))),
            el("p", " · ".join(about), class_="about"),
            *(
                part
                for told, one in zip(accounts, pens, strict=True)
                for part in _sections(_Told(told, one, words, entity, customer, links), len(accounts) > 1)
            ),
        ),
        el("footer", *_apart(part for column in _foot(pen, issuer) for part in column)),
    )
    title = f"{words['your_account']} {words['with_us'].format(name=name)}"
    return _page(pen.formats.language, title, body, entity.settings.get("primary_color"))


def refusal_page(*, is_gone: bool) -> Page:
    """What somebody sees who has an address that opens nothing, or nothing at this moment; in all languages,
    for nobody knows who it is."""
    word = "gone" if is_gone else "trouble"
    said = [el("p", PORTAL[code][word], lang=code) for code in LANGUAGES]
    return _page("en", PORTAL["en"][word], el("main", el("section", *said)), None)


class _Told(NamedTuple):
    """One currency, with all that its sections are made of."""

    told: Told
    pen: Pen
    words: Mapping[str, str]
    entity: Entity
    customer: Customer
    links: Links

    @property
    def names(self) -> Mapping[str, str]:
        """Whose each item is, where there are several."""
        found = {one.id: plain(one.name) for one in self.told.members}
        return found if len(found) > 1 else {}


def _sections(one: _Told, of_several: bool) -> list[Markup]:
    open_ = one.told.open
    title = one.told.currency_code if of_several else None
    return [
        el("section", el("h2", title) if title else None, _sums(one)),
        el("section", _items(one) if open_.items else el("p", one.words["all_paid"], class_="done")),
        *([el("section", _ageing(one))] if open_.items else []),
        *([el("section", _credits(one))] if open_.credits else []),
        *([el("section", pay)] if (pay := _pay(one)) else []),
        el("section", el("h2", one.words["download"]), _downloads(one)),
    ]


def _sums(one: _Told) -> Markup:
    open_, pen, words = one.told.open, one.pen, one.words
    late = sum((item.balance for item in open_.items if item.days_past_due), start=open_.total * 0)
    rows = [(words["total_open"], open_.total, None), (words["overdue"], late, "late" if late > 0 else None)]
    if open_.credit:
        rows += [(words["credit_available"], open_.credit, None), (words["net"], open_.net, None)]
    shown = (
        el("div", el("dt", label), el("dd", pen.money(value)), class_=look) for label, value, look in rows
    )
    return el("dl", *shown, class_="sums")


def _items(one: _Told) -> Markup:
    open_, words = one.told.open, one.words
    heads = (words["number"], words["date"], words["due_date"], words["total"], words["balance"])
    return joined(
        _table(
            el("caption", words["open_list"]),
            _header(heads, figures=2),
            _group("tbody", *(_item(one, item, heads) for item in open_.items[:SHOWN_MAX])),
            _footer(words["total_open"], one.pen.amount(open_.total), 3),
            class_="items",
        ),
        _more(one, len(open_.items) - SHOWN_MAX),
    )


def _more(one: _Told, left: int) -> Markup | None:
    """How many there is no room for."""
    return el("p", one.words["more_items"].format(count=left)) if left > 0 else None


def _item(one: _Told, item: OpenItem, heads: Sequence[str]) -> Markup:
    pen, days = one.pen, item.days_past_due
    late = one.words["day_late" if days == 1 else "days_late"].format(days=days)
    number = _number(one, item.item_id, item.number)
    due = joined(pen.day(item.due_date or item.date), el("span", late, class_="late") if days else None)
    return _tr(
        _th(el("span", number, _whose(one, item.customer_id)), scope="row", data_label=heads[0]),
        _td(pen.day(item.date), data_label=heads[1]),
        _td(el("span", due), data_label=heads[2]),
        _td(pen.amount(item.total), class_="n", data_label=heads[3]),
        _td(pen.amount(item.balance), class_="n", data_label=heads[4]),
    )


def _number(one: _Told, id: str | None, number: str | None) -> Markup:
    said = el("bdi", plain(number) or "–")
    if id not in one.links.documents:
        return said
    return el("a", said, Markup(" (PDF)"), href=f"{one.links.path}/documents/{id}")


def _whose(one: _Told, customer_id: str | None) -> Markup | None:
    name = one.names.get(customer_id or "")
    return el("span", el("bdi", name), class_="whose") if name else None


def _ageing(one: _Told) -> Markup:
    open_, words = one.told.open, one.words
    buckets = ageing(open_.items, as_of=open_.as_of)
    most = max(bucket.amount for bucket in buckets)
    rows = []
    for bucket in buckets:
        days = bucket.label.replace("-", "–")
        label = words["not_due"] if bucket.label == NOT_DUE else words["days"].format(days=days)
        wide = max(0, int(100 * bucket.amount / most)) if most > 0 else 0
        bar = el("svg", el("rect", width=f"{wide}%", height="100%", rx="3"), aria_hidden="true")
        rows.append(
            _tr(
                _th(label, scope="row"),
                _td(bar, class_="bar"),
                _td(one.pen.amount(bucket.amount), class_="n"),
            )
        )
    return _table(el("caption", words["ageing"]), _group("tbody", *rows), class_="ages")


def _credits(one: _Told) -> Markup:
    words = one.words
    heads = (words["number"], words["date"], words["description"], words["amount"])
    there = one.told.open.credits
    return joined(
        _table(
            el("caption", words["open_credits"]),
            _header(heads, figures=1),
            _group("tbody", *(_credit(one, credit, heads) for credit in there[:SHOWN_MAX])),
            _footer(words["credit_available"], one.pen.amount(one.told.open.credit), 2),
            class_="items",
        ),
        _more(one, len(there) - SHOWN_MAX),
    )


def _credit(one: _Told, credit: OpenCredit, heads: Sequence[str]) -> Markup:
    number = _number(one, credit.item_id, credit.number)
    return _tr(
        _th(el("span", number, _whose(one, credit.customer_id)), scope="row", data_label=heads[0]),
        _td(one.pen.day(credit.date), data_label=heads[1]),
        _td(one.pen.kinds[credit.account], data_label=heads[2]),
        _td(one.pen.amount(credit.amount), class_="n", data_label=heads[3]),
    )


# On a phone each row is a block of its own; the roles keep it a table for those who listen.


def _table(*parts: Part, **attributes: Any) -> Markup:
    return el("table", *parts, role="table", **attributes)


def _group(tag: str, *rows: Part) -> Markup:
    return el(tag, *rows, role="rowgroup")


def _tr(*cells: Part) -> Markup:
    return el("tr", *cells, role="row")


def _th(*parts: Part, scope: str, **attributes: Any) -> Markup:
    role = "rowheader" if scope == "row" else "columnheader"
    return el("th", *parts, scope=scope, role=role, **attributes)


def _td(*parts: Part, **attributes: Any) -> Markup:
    return el("td", *parts, role="cell", **attributes)


def _header(heads: Sequence[str], *, figures: int) -> Markup:
    cells = [
        _th(head, scope="col", class_="n" if at >= len(heads) - figures else None)
        for at, head in enumerate(heads)
    ]
    return _group("thead", _tr(*cells))


def _footer(label: str, amount: str, more: int) -> Markup:
    empty = [_td()] * more
    return _group("tfoot", _tr(_th(label, scope="row"), *empty, _td(amount, class_="n")))


def _pay(one: _Told) -> Markup | None:
    """The accounts that money goes to, and a code for all that is open, where there is one for it."""
    settings: Any = one.entity.settings
    open_, words = one.told.open, one.words
    accounts = [account for account in settings.get("bank_accounts") or () if isinstance(account, Mapping)]
    shown = []
    for account in accounts:
        recipient = plain(account.get("name")) or plain(one.entity.name)
        rows = [(words["recipient"], recipient), *sheet.account_rows(words, account)]
        if len(rows) > 1:
            cells = (part for label, value in rows for part in (el("dt", label), el("dd", el("bdi", value))))
            shown.append(el("dl", *cells))
    if not shown or open_.net <= 0:
        return None
    asked = _transfer(one, qr.account(accounts))
    uses_upn = codes.wants_upn(one.customer.country_code, settings, asked)
    drawing = codes.drawn(asked, uses_upn=uses_upn, settings=settings, scales=True)
    code = None
    if drawing:
        kind = "UPN QR" if uses_upn else "EPC QR"
        picture = Markup(drawing.replace("<svg ", '<svg role="img" aria-label="' + kind + '" ', 1))
        code = el("figure", picture, el("figcaption", f"{words['scan_to_pay']} · {kind}"))
    return joined(el("h2", words["how_to_pay"]), el("div", el("div", *shown), code, class_="pay"))


def _transfer(one: _Told, account: Mapping[str, Any]) -> Payment:
    """The transfer that settles all that is open, net of what the customer has in hand."""
    open_, issuer, buyer = one.told.open, _issuer(one.entity), one.customer._asdict()
    numbers = [plain(item.number) for item in open_.items if item.number]
    only = numbers[0] if len(open_.items) == 1 and numbers else ""
    more = ["…"] if len(numbers) > _NUMBERS_MAX else []
    number = [plain(one.customer.number)] if one.customer.number and not only else []
    return Payment(
        recipient=plain(account.get("name")) or plain(one.entity.name),
        iban=qr.iban(account.get("iban")) if one.told.currency_code == qr.EURO else "",
        amount=open_.net,
        remittance=" ".join([*number, *numbers[:_NUMBERS_MAX], *more]),
        reference=qr.upn_reference(None, only),
        bic=qr.bic(account.get("bic")),
        street=plain(issuer.get("address")),
        city=codes.place(issuer),
        payer=plain(buyer.get("name")),
        payer_street=plain(buyer.get("address")),
        payer_city=codes.place(buyer),
    )


def _downloads(one: _Told) -> Markup:
    words, code = one.words, one.told.currency_code
    kinds = (("open_item", "open_items"), ("balance_forward", "statement"))
    return el(
        "ul",
        *(
            el(
                "li",
                el(
                    "a",
                    f"{words[word]} (PDF)",
                    href=f"{one.links.path}/statement?type={kind}&currency_code={code}",
                ),
            )
            for kind, word in kinds
        ),
        class_="files",
    )


def _head(issuer: Mapping[str, Any], name: str, links: Links) -> Markup:
    logo = el("img", src=f"{links.path}/logo", alt=name) if links.has_logo else None
    contact = [plain(issuer.get(part)) for part in ("phone", "email", "website")]
    lines = [name if logo else "", codes.street(issuer), codes.place(issuer), *contact]
    return el(
        "header",
        logo or el("p", el("bdi", name), class_="brand"),
        el("p", *(joined(el("bdi", line), el("br")) for line in lines if line), class_="contact"),
    )


def _apart(parts: Iterable[str]) -> Iterator[Markup]:
    """Texts on one line, which keep their order also where some run from right to left."""
    for at, part in enumerate(parts):
        yield joined(Markup(" · ") if at else None, el("bdi", part))


def _issuer(entity: Entity) -> dict[str, Any]:
    known = {name: getattr(entity, name) for name in ISSUER if hasattr(entity, name)}
    return {**known, "bank_accounts": entity.settings.get("bank_accounts")}


def _foot(pen: Pen, issuer: Mapping[str, Any]) -> list[list[str]]:
    columns: list[list[str]] = sheet.foot(pen, issuer, "")["columns"][:2]
    return columns


def _page(lang: str, title: str, body: Markup, colour: Any) -> Page:
    """The whole; only these very styles are taken, and nothing is loaded but pictures of our own."""
    page, css = _frame()
    colours = art.colours(colour)
    style = f":root{{--paint:{colours.paint};--accent:{colours.text}}}\n{css}"
    seal = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{seal}'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    content = page.substitute(lang=lang, title=joined(title), style=style, body=body)
    return Page(content.encode(), policy)


@cache
def _frame() -> tuple[Template, str]:
    page = Template((_TEMPLATES / "portal.html").read_text(encoding="utf-8"))
    return page, (_TEMPLATES / "portal.css").read_text(encoding="utf-8")
