"""Invoiced: statements by e-mail, text message and letter, as far as that goes without any channel."""

from collections.abc import Callable, Mapping
from typing import Any

from billto.app import customers
from billto.app.parts import Request, Tx
from billto.dialects.codecs import choice
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced.codecs import TEXT, UNIX
from billto.dialects.invoiced.contacts import contacts_of
from billto.dialects.invoiced.reading import fields
from billto.dialects.invoiced.verbs import customer_id
from billto.domain.customer import Customer
from billto.domain.problems import Problem, Refused

RECIPIENTS_MAX = 100
_TEXT_MAX = 10_000

_STATEMENT = {
    "type": choice("balance_forward", "open_item"),
    "start": UNIX,
    "end": UNIX,
    "items": choice("past_due", "open"),
}
_MAIL = {**_STATEMENT, "bcc": TEXT, "template": TEXT, "subject": TEXT, "message": TEXT}
_TEXT_MESSAGE = {**_STATEMENT, "message": TEXT}


async def mail(tx: Tx, asked: Request, told: Told) -> Said:
    said, of = _read(told, _MAIL), await customers.hold(tx, asked, customer_id(told))
    for at, address in enumerate(filter(None, said.get("bcc", "").split(","))):
        if not _is_mail(address.strip()):
            raise Refused(Problem("invalid_format", ("bcc", at), "an e-mail address"))
    primary = [one.email for one in contacts_of(of) if one.is_primary and one.email]
    _check_recipients(fields(told).get("to"), "email", _is_mail, [of.email, *primary])
    raise _not_connected("e-mail")


async def text(tx: Tx, asked: Request, told: Told) -> Said:
    _read(told, _TEXT_MESSAGE)
    of = await customers.hold(tx, asked, customer_id(told))
    enabled = [one.phone for one in contacts_of(of) if one.is_sms_enabled]
    _check_recipients(fields(told).get("to"), "phone", _is_phone, enabled)
    raise _not_connected("text message")


async def letter(tx: Tx, asked: Request, told: Told) -> Said:
    _read(told, _STATEMENT)
    of = await customers.hold(tx, asked, customer_id(told))
    if not _has_address(of):
        raise Refused(Problem("no_recipient", detail="an address of the customer"))
    raise _not_connected("letter")


def missing(channel: str) -> str:
    return f"no {channel} channel is connected, so nothing was sent"


def _not_connected(channel: str) -> Refused:
    return Refused(Problem("not_offered", detail=missing(channel)))


def _read(told: Told, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a statement and of what carries it."""
    said, values, problems = fields(told), dict[str, Any](), list[Problem]()
    for name, codec in parameters.items():
        if said.get(name) in (None, ""):
            continue
        try:
            values[name] = codec.decode(said[name])
        except Refused as refused:
            problems += (one.within(name) for one in refused.problems)
        if len(str(values.get(name, ""))) > _TEXT_MAX:
            problems.append(Problem("too_long", (name,), str(_TEXT_MAX)))
    if not problems and "start" in values and "end" in values and values["start"] > values["end"]:
        problems.append(Problem("out_of_range", ("start",), "before the end"))
    if problems:
        raise Refused(*problems)
    return values


def _check_recipients(given: Any, by: str, fits: Callable[[Any], bool], others: list[str | None]) -> None:
    """Somebody is there to be written to: those who are named, or else those who are on file."""
    if given in (None, "", [], {}):
        if not any(others):
            raise Refused(Problem("no_recipient", detail=f"a recipient with {by}"))
        return
    if not isinstance(given, list) or len(given) > RECIPIENTS_MAX:
        raise Refused(Problem("wrong_type", ("to",), f"a list of at most {RECIPIENTS_MAX} recipients"))
    wrong = [at for at, one in enumerate(given) if not isinstance(one, dict) or not fits(one.get(by))]
    if wrong:
        raise Refused(*(Problem("invalid_format", ("to", at, by), by) for at in wrong))


def _is_mail(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > 320 or any(map(str.isspace, value)):
        return False
    local, at, domain = value.rpartition("@")
    return bool(local and at and domain)


def _is_phone(value: Any) -> bool:
    digits = [char for char in str(value) if char.isdigit()]
    return isinstance(value, str | int) and not isinstance(value, bool) and 5 <= len(digits) <= 20


def _has_address(of: Customer) -> bool:
    return bool(of.address and (of.city or of.post_code))
