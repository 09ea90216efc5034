"""v1: documents and reminders by e-mail."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from billto.app import customers, messages, overdue
from billto.app.parts import Request, Tx
from billto.dialects.dialect import Said, Told
from billto.dialects.loopback import verbs
from billto.dialects.loopback.document_reading import known
from billto.domain.customer import Customer
from billto.domain.mailbox import is_address
from billto.domain.problems import Problem, Refused

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})?")
_BETWEEN = re.compile(r"[,;]")


async def remind(tx: Tx, asked: Request, told: Told) -> Said:
    """A reminder of what the client is late with, to the address in the body or those on file."""
    client = await customers.hold(tx, asked, verbs.id_of(told, Customer))
    body = _body(told)
    with _spelt("email"):
        await overdue.remind(tx, asked, client.id, {**_to(body, "email"), **_language(told)})
    return verbs.DONE


async def send(tx: Tx, asked: Request, told: Told) -> Said:
    """A document, in the language `l`; it is marked as sent once it is delivered."""
    document, body = await known(tx, asked, told), _body(told)
    said = {"subject": _text(body, "subject"), "body": _text(body, "message")}
    with _spelt("recipients"):
        values = {**_to(body, "recipients"), **_language(told), **said}
        await messages.queue_document(tx, asked, document, values)
    return verbs.DONE


def _body(told: Told) -> Mapping[str, Any]:
    if told.body is None:
        return {}
    if not isinstance(told.body, dict):
        raise Refused(Problem("wrong_type", detail="an object"))
    return told.body


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(Problem("invalid_format", (name,), "a text"))
    return value or None


def _to(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Who is named: one address, several with commas between them, or an array. Nobody says nothing."""
    given = body.get(name)
    several = given if isinstance(given, list) else [given]
    found: list[str] = []
    for one in several:
        if one is None or one == "":
            continue
        for address in map(str.strip, _BETWEEN.split(one if isinstance(one, str) else "")):
            if not is_address(address):
                raise Refused(Problem("invalid_format", (name,), "e-mail addresses"))
            found.append(address)
    return {"recipients": [{"address": one} for one in dict.fromkeys(found)]} if found else {}


def _language(told: Told) -> dict[str, str]:
    """The language that is asked for, in the query string or in the body."""
    wanted = verbs.text_of(told, "l")
    if not wanted:
        return {}
    if not _LANGUAGE.fullmatch(wanted):
        raise Refused(Problem("bad_parameter", ("l",), "is a language such as en or de-AT"))
    return {"language": wanted}


@contextmanager
def _spelt(to: str) -> Iterator[None]:
    """What the core finds wrong, under the names that a body has for it."""
    names = {"recipients": to, "body": "message"}
    try:
        yield
    except Refused as refused:
        problems = [
            replace(one, path=(names.get(str(one.path[0]), one.path[0]), *one.path[1:])) if one.path else one
            for one in refused.problems
        ]
        raise Refused(*problems, retry_seconds=refused.retry_seconds) from None
