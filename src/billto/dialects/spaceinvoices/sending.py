"""Space Invoices: documents and statements as PDF, and by e-mail."""

from collections.abc import Mapping
from typing import Any

from billto.app import balances, customers, documents, links, messages, records
from billto.app.parts import Reader, Request, Tx
from billto.dialects import printing
from billto.dialects.codecs import TEXT, Codec
from billto.dialects.dialect import Said, Told, Verb
from billto.dialects.params import Param, take
from billto.dialects.spaceinvoices.balances import BALANCE_FORWARD, STATEMENT_PARAMS
from billto.dialects.spaceinvoices.messages import joined
from billto.domain import issuing
from billto.domain.attrs import METADATA
from billto.domain.document import Document
from billto.domain.ids import read_id
from billto.domain.mailbox import is_address
from billto.domain.message import CHANNELS, EMAIL, LETTER, SMS, Message
from billto.domain.nodes import Bool, Choice, Group, Node, Problems, Text
from billto.domain.problems import Problem, Refused

ADDRESSES_MAX = 4
LANGUAGE_MAX = 20
assert METADATA.shape is not None


def _language(text: Any) -> str:
    said: str = TEXT.decode(text)
    if not 2 <= len(said) <= LANGUAGE_MAX:
        raise Refused(Problem("invalid_format", detail="a language such as de or sl-SI"))
    return said


LANGUAGE = Codec(_language, None, _language, {"type": "string", "minLength": 2, "maxLength": LANGUAGE_MAX})
LANGUAGE_PARAM = Param(
    "language", LANGUAGE,
    says="Of the paper, such as de or sl-SI; the customer's or the entity's own unless it is given.",
)  # fmt: skip
# The ageing of what is printed has the buckets of everybody.
PAPER_PARAMS = (*(one for one in STATEMENT_PARAMS if one.name != "buckets"), LANGUAGE_PARAM)

WORDS: Mapping[str, Node] = {
    "channel": Choice(among=CHANNELS),
    "to": Text(most=2_000),
    "subject": Text(most=255),
    "body_text": Text(most=20_000),
    "metadata": METADATA.shape,
    "sandbox_skip_delivery": Bool(null=True),
}
_OF_DOCUMENT: Mapping[str, Node] = {
    **WORDS,
    "attach_pdf": Bool(null=True),
    "attach_eslog": Bool(null=True),
    "language": Text(most=LANGUAGE_MAX),
}


def document_pdf(kind: str = "") -> Verb:
    async def verb(reader: Reader, asked: Request, told: Told) -> Said:
        language = take(told.given, (LANGUAGE_PARAM,))["language"]
        found = await documents.get(reader, asked, id_of(told, "Document"), kind=kind)
        return Said(file=await printing.document(reader, asked, found, language))

    return verb


async def statement_pdf(reader: Reader, asked: Request, told: Told) -> Said:
    given = take(told.given, PAPER_PARAMS)
    found = await balances.statement(
        reader, asked, id_of(told, "Customer"), told.now, is_balance_forward=given["type"] == BALANCE_FORWARD,
        start=given["start"], end=given["end"], currency=given["currency_code"],
        past_due_only=given["items"] == "past_due", with_children=given["include_children"],
    )  # fmt: skip
    return Said(file=await printing.statement(reader, asked, found, given["language"]))


async def send_document(tx: Tx, asked: Request, told: Told) -> Said:
    return await _send(tx, asked, id_of(told, "Document"), read(told.body, _OF_DOCUMENT))


async def send_email(tx: Tx, asked: Request, told: Told) -> Said:
    """The same, with the document named in the body."""
    given = read(told.body, {**_OF_DOCUMENT, "document_id": Text(most=50), "locale": Text(most=LANGUAGE_MAX)})
    if not given.get("document_id"):
        raise Refused(Problem("required", ("document_id",)))
    id = read_id(given["document_id"])
    if id is None or await tx.get(Document, asked.scope, id) is None:
        raise Refused(Problem("unknown_reference", ("document_id",), f"document {given['document_id']}"))
    return await _send(tx, asked, id, {**given, "language": given.get("language") or given.get("locale")})


async def _send(tx: Tx, asked: Request, id: str, given: Mapping[str, Any]) -> Said:
    """A draft is not sent: it has no number yet, and may still become another."""
    if given.get("attach_eslog"):
        raise Refused(Problem("not_offered", ("attach_eslog",), "no e-SLOG is made yet"))
    document = await documents.get(tx, asked, id)
    if asked.expected is not None and document.version not in asked.expected:
        raise Refused(Problem("changed_since"))
    if document.issued_at is None:
        raise Refused(Problem("still_draft"))
    paper = {"paper": "document", "document_id": document.id, "language": given.get("language")}
    goes_along = given.get("attach_pdf") is not False
    if given.get("channel") == LETTER and not goes_along:
        raise Refused(Problem("out_of_range", ("attach_pdf",), "true: a letter is its paper"))
    has_paper = goes_along and given.get("channel") != SMS
    values = {**values_of(given), "attachments": [paper] if has_paper else []}
    message = await messages.queue_document(tx, asked, document, values)
    return await ordered(tx, asked, given, message, document)


async def send_statement(tx: Tx, asked: Request, told: Told) -> Said:
    given = read(told.body, WORDS)
    paper = _paper(told.body or {})
    await _check_days(tx, asked, paper)
    customer = await customers.get(tx, asked._replace(expected=None), id_of(told, "Customer"))
    message = await messages.queue_statement(tx, asked, customer, values_of(given), {
        "is_balance_forward": paper["type"] == BALANCE_FORWARD,
        **{name: day.isoformat() for name in ("start", "end") if (day := paper[name]) is not None},
        "currency_code": paper["currency_code"],
        "past_due_only": paper["items"] == "past_due",
        "with_children": paper["include_children"],
        "language": paper["language"],
    })  # fmt: skip
    return await ordered(tx, asked, given, message)


async def ordered(
    tx: Tx, asked: Request, given: Mapping[str, Any], message: Message, document: Document | None = None
) -> Said:
    """The answer; what a sandbox is only to try is called off in the transaction that ordered it."""
    if given.get("sandbox_skip_delivery") and asked.scope.environment == "sandbox":
        message = await messages.cancel(tx, asked._replace(expected=None), message.id)
    body = {
        "message_id": f"msg_{message.id}",
        "status": message.state,
        "to": joined(message.recipients),
        "subject": message.subject,
        "shareable_link": await _link(tx, asked, message, document),
    }
    return Said(body, shows=message.customer_id or message.id)


async def _link(tx: Tx, asked: Request, message: Message, document: Document | None) -> str | None:
    """Where the customer finds what the message is about without a key; nowhere without a customer."""
    if message.customer_id is None:
        return None
    customer = await customers.get(tx, asked._replace(expected=None), message.customer_id)
    if document is None:
        return await links.url(tx, asked, customer)
    return await links.document_url(tx, asked, customer, document)


def id_of(told: Told, kind: str) -> str:
    found = read_id(told.ids["id"])
    if found is None:
        raise Refused(Problem("not_found", detail=kind))
    return found


def read(body: Any, shape: Mapping[str, Node]) -> dict[str, Any]:
    """What is said of the message; all that is wrong with it at once. Nothing need be said."""
    problems: Problems = []
    given: Any = Group(shape).read({} if body is None else body, (), problems)
    if not problems and (to := given.get("to")) and to.strip():
        by = given.get("channel") or EMAIL
        given = {**given, "recipients": _recipients(to, by, problems)}
    if problems:
        raise Refused(*problems)
    return dict(given)


def _recipients(to: str, channel: str, problems: Problems) -> list[dict[str, str]]:
    if channel == LETTER:
        problems.append(Problem("not_offered", ("to",), "a letter goes to the customer's postal address"))
        return []
    addresses = [one.strip() for one in to.split(",")]
    if len(addresses) > ADDRESSES_MAX:
        problems.append(Problem("too_many", ("to",), str(ADDRESSES_MAX)))
    elif channel == EMAIL and not all(map(is_address, addresses)):
        detail = "e-mail addresses with commas between them"
        problems.append(Problem("invalid_format", ("to",), detail))
    return [{"address": one} for one in dict.fromkeys(addresses)]


def values_of(given: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: given.get(name) for name in ("channel", "recipients", "subject", "metadata")}
    return {name: one for name, one in {**said, "body": given.get("body_text")}.items() if one}


def _paper(body: Mapping[str, Any]) -> dict[str, Any]:
    """Which statement is meant: in a body the same words as in a query."""
    values: dict[str, Any] = {}
    problems: Problems = []
    for one in PAPER_PARAMS:
        said = body.get(one.name)
        try:
            values[one.name] = one.default if said in (None, "") else one.codec.decode(said)
        except Refused as refused:
            problems += (problem.within(one.name) for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    return values


async def _check_days(tx: Tx, asked: Request, paper: Mapping[str, Any]) -> None:
    """What could never be printed is refused at once, and not when it is delivered."""
    if paper["start"] is None:
        return
    end = paper["end"] or issuing.today(await records.seller(tx, asked), tx.now)
    if paper["start"] > end:
        raise Refused(Problem("out_of_range", ("start",), "no later than the end"))
