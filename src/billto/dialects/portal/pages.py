"""The page of a customer's account, and the papers that are to be had on it."""

from billto.app import balances, customers, documents, files, links, records
from billto.app.balances import Statement
from billto.app.parts import Reader, Request
from billto.dialects import printing
from billto.dialects.codecs import DAY, TEXT, choice
from billto.dialects.dialect import Does, File, Of, Route, Said, Told, Verb
from billto.dialects.openly import OPENLY
from billto.dialects.params import Param, take
from billto.dialects.wire import Table
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.file import LOGO, TYPES
from billto.domain.ids import read_id
from billto.domain.money import currencies
from billto.domain.paging import unambiguous
from billto.domain.pictures import look
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Missing, Not, Op, Query
from billto.papers.portal import SHOWN_MAX, Links, Page, account_page, refusal_page

HTML = "text/html; charset=utf-8"
_FORWARD, _OPEN = "balance_forward", "open_item"
LANGUAGE = Param("language", TEXT)
STATEMENT = (
    Param("type", choice(_FORWARD, _OPEN), _FORWARD),
    Param("currency_code", TEXT),
    Param("start", DAY),
    Param("end", DAY),
    LANGUAGE,
)


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    language = take(told.given, (LANGUAGE,))["language"]
    accounts = await balances.accounts(reader, asked, _whom(told), told.now)
    customer = accounts[0].customer
    entity = await records.seller(reader, asked)
    there = await _papers(reader, asked, customer, accounts)
    has_logo = LOGO in await files.pictures(reader, entity)
    where = Links(links.path(asked, told.ids["token"]), there, has_logo)
    made = account_page(accounts, entity, customer, where, language)
    headers = {**OPENLY, "Content-Security-Policy": made.policy}
    return Said(file=File("account.html", made.content, HTML), headers=headers)


async def statement(reader: Reader, asked: Request, told: Told) -> Said:
    given = take(told.given, STATEMENT)
    code = given["currency_code"]
    if code is not None and code not in currencies():
        raise Refused(Problem("bad_parameter", ("currency_code",), "is no currency that is known"))
    found = await balances.statement(
        reader, asked, _whom(told), told.now, is_balance_forward=given["type"] == _FORWARD, currency=code,
        start=given["start"], end=given["end"],
    )  # fmt: skip
    return Said(file=await printing.statement(reader, asked, found, given["language"]), headers=OPENLY)


async def document(reader: Reader, asked: Request, told: Told) -> Said:
    """A document of the customer's own that was issued; of all others nobody learns that they are there."""
    language = take(told.given, (LANGUAGE,))["language"]
    id = read_id(told.ids["document"])
    customer = await customers.live(reader, asked, _whom(told))
    found = await reader.get(Document, asked.scope, id) if id else None
    if found is None or found.customer_id != customer.id or not links.is_shown(found):
        raise Refused(Problem("no_statement"))
    printed = await documents.get(reader, asked, found.id)
    return Said(file=await printing.document(reader, asked, printed, language), headers=OPENLY)


async def logo(reader: Reader, asked: Request, _told: Told) -> Said:
    picture = (await files.pictures(reader, await records.seller(reader, asked))).get(LOGO)
    found = look(picture)
    if picture is None or found is None:
        raise Refused(Problem("no_statement"))
    return Said(file=File(f"logo.{found.format}", picture, TYPES[found.format]), headers=OPENLY)


def refusal(refused: Refused) -> Page:
    return refusal_page(is_gone=refused.status in (404, 405))


async def _papers(
    reader: Reader, asked: Request, customer: Customer, accounts: tuple[Statement, ...]
) -> frozenset[str]:
    """Which of the items on the page have a PDF that the customer may see: its own."""
    ids = {one.item_id for told in accounts for one in told.open.items[:SHOWN_MAX]}
    ids |= {one.item_id for told in accounts for one in told.open.credits[:SHOWN_MAX] if one.item_id}
    if not ids:
        return frozenset()
    mine = (
        Compare("id", Op.IN, tuple(sorted(ids))), Compare("customer_id", Op.EQ, customer.id),
        Not(Missing("issued_at")),
    )  # fmt: skip
    shows = frozenset({"id", "type", "issued_at", "customer_id"})
    query = Query(All(mine), unambiguous(()), len(ids), counted=False, shows=shows)
    found: tuple[Document, ...] = (await reader.page(Document, asked.scope, query)).records
    return frozenset(one.id for one in found if links.is_shown(one))


def _whom(told: Told) -> str:
    return links.customer_id(told.ids["token"])


_NOTHING = Table(Document)


def _route(path: str, verb: Verb, says: str) -> Route:
    return Route("GET", path, Does.ASK, verb, _NOTHING, says, of=Of.LINK)


ROUTES = (
    _route("/{token}", page, "A customer's account"),
    _route("/{token}/statement", statement, "Its statement as PDF"),
    _route("/{token}/documents/{document}", document, "A document as PDF"),
    _route("/{token}/logo", logo, "The entity's logo"),
)
