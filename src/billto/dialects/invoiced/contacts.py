"""Invoiced: the people at a customer. They are kept inside it; here each has an address of its own."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

from billto.app import customers
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import read_iso, write_iso
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced import query
from billto.dialects.invoiced.answers import listed_as
from billto.dialects.invoiced.codecs import BOOL, COUNTRY, TEXT, UNIX, WHOLE
from billto.dialects.invoiced.reading import fields, id_of
from billto.dialects.invoiced.rows import BOTH, fixed
from billto.dialects.invoiced.verbs import customer_id
from billto.dialects.wire import REQ, RO, RW, Table, row
from billto.domain.attrs import FLAG, ID, MOMENT, NUMBER, text
from billto.domain.contact import CONTACTS_MAX, serial_of
from billto.domain.customer import Customer, full_name
from billto.domain.problems import Problem, Refused
from billto.domain.query import Order, Query, matches


class Contact(NamedTuple):
    """One of a customer's contacts, as far as this door knows them."""

    id: Annotated[str, ID]
    serial: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    name: Annotated[str, text(255, least=1)]
    address: Annotated[str | None, text(500)] = None
    address_2: Annotated[str | None, text(500)] = None
    city: Annotated[str | None, text(255)] = None
    country_code: Annotated[str | None, text(10)] = None
    department: Annotated[str | None, text(255)] = None
    email: Annotated[str | None, text(320)] = None
    phone: Annotated[str | None, text(100)] = None
    post_code: Annotated[str | None, text(50)] = None
    is_primary: Annotated[bool | None, FLAG] = None
    is_sms_enabled: Annotated[bool | None, FLAG] = None
    state: Annotated[str | None, text(255)] = None
    title: Annotated[str | None, text(255)] = None


CONTACT = Table(
    Contact,
    row("address1",    "address",        TEXT,    RW,  *BOTH),
    row("address2",    "address_2",      TEXT,    RW,  *BOTH),
    row("city",        "city",           TEXT,    RW,  *BOTH),
    row("country",     "country_code",   COUNTRY, RW,  *BOTH),
    row("created_at",  "created_at",     UNIX,    RO,  *BOTH),
    row("department",  "department",     TEXT,    RW,  *BOTH),
    row("email",       "email",          TEXT,    RW,  *BOTH),
    row("id",          "serial",         WHOLE,   RO,  *BOTH),
    row("name",        "name",           TEXT,    REQ, *BOTH),
    fixed("object", "contact"),
    row("phone",       "phone",          TEXT,    RW,  *BOTH),
    row("postal_code", "post_code",      TEXT,    RW,  *BOTH),
    row("primary",     "is_primary",     BOOL,    RW,  *BOTH),
    row("sms_enabled", "is_sms_enabled", BOOL,    RW,  *BOTH),
    row("state",       "state",          TEXT,    RW,  *BOTH),
    row("title",       "title",          TEXT,    RW,  *BOTH),
    row("updated_at",  "updated_at",     UNIX,    RO,  *BOTH),
    blank_is_null=True,
    null_is_default=True,
)  # fmt: skip


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    values = CONTACT.decode(fields(told), creating=True)
    of = await customers.hold(tx, asked, customer_id(told))
    kept = list(of.contacts or ())
    if len(kept) >= CONTACTS_MAX:
        raise Refused(Problem("too_many", ("contacts",), str(CONTACTS_MAX)))
    id_ = _new_id(tx, {one.serial for one in contacts_of(of)})
    now = write_iso(tx.now)
    new = {"id": id_, "serial": serial_of(id_), **values, "created_at": now, "updated_at": now}
    return await _stored(tx, asked, of, [*kept, new], len(kept))


async def get(reader: Reader, asked: Request, told: Told) -> Said:
    of = await customers.live(reader, asked, customer_id(told))
    return Said(CONTACT.encode(contacts_of(of)[_at(of, told)]))


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    of = await customers.live(reader, asked, customer_id(told))
    question = query.read(CONTACT, told.given).query
    found = _answering(question, contacts_of(of))
    here = found[question.skip : question.skip + question.limit]
    shown = list(map(CONTACT.encode, here))
    return listed_as(shown, len(found), question.skip, question.limit, told.url, told.given)


async def change(tx: Tx, asked: Request, told: Told) -> Said:
    values = CONTACT.decode(fields(told), creating=False)
    of = await customers.hold(tx, asked, customer_id(told))
    at, kept = _at(of, told), list(of.contacts or ())
    changed = {**kept[at], **values}
    if changed != kept[at]:
        kept[at] = {**changed, "updated_at": write_iso(tx.now)}
    return await _stored(tx, asked, of, kept, at)


async def drop(tx: Tx, asked: Request, told: Told) -> Said:
    of = await customers.hold(tx, asked, customer_id(told))
    at, kept = _at(of, told), list(of.contacts or ())
    await customers.change(tx, asked, of.serial, {"contacts": [*kept[:at], *kept[at + 1 :]]})
    return Said(None)


def contacts_of(customer: Customer) -> list[Contact]:
    """In the order in which they are kept: each has the place here that it has there."""
    return [_contact(customer, one) for one in customer.contacts or ()]


def _contact(customer: Customer, kept: Mapping[str, Any]) -> Contact:
    id_ = str(kept.get("id", ""))
    since = _moment(kept.get("created_at")) or customer.created_at
    known = {name: kept.get(name) for name in CONTACT.attrs if name not in _OWN}
    return Contact(
        **known, id=id_, serial=kept.get("serial") or _serial(id_),
        name=kept.get("name") or full_name(kept.get("first_name"), kept.get("last_name")),
        created_at=since, updated_at=_moment(kept.get("updated_at")) or since,
    )  # fmt: skip


_OWN = ("id", "serial", "name", "created_at", "updated_at")


def _serial(id_: str) -> int:
    try:
        return serial_of(id_)
    except ValueError:  # another system's id
        return 0


def _moment(text_: Any) -> datetime | None:
    try:
        return read_iso(text_).astimezone(UTC)
    except Refused:
        return None


def _new_id(tx: Tx, taken: set[int]) -> str:
    while serial_of(id_ := tx.new_id()) in taken:
        pass
    return id_


def _at(of: Customer, told: Told) -> int:
    wanted = id_of(told, "contact", "Contact")
    found = next((at for at, one in enumerate(contacts_of(of)) if one.serial == wanted), None)
    if found is None:
        raise Refused(Problem("not_found", detail="Contact"))
    return found


async def _stored(tx: Tx, asked: Request, of: Customer, kept: list[dict[str, Any]], at: int) -> Said:
    stored = await customers.change(tx, asked, of.serial, {"contacts": kept})
    return Said(CONTACT.encode(contacts_of(stored)[at]), shows=stored.id)


def _answering(question: Query, contacts: list[Contact]) -> list[Contact]:
    found = [one for one in contacts if matches(question.where, one)]
    for order in reversed(question.order):
        found.sort(key=lambda one: _rank(one, order), reverse=order.descending)
    return found


def _rank(contact: Contact, order: Order) -> tuple[bool, Any]:
    value = getattr(contact, order.attr)
    return (value is None, value if value is not None else 0)
