"""v1: what is done with clients."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from billto.app import customers, entities
from billto.app.parts import Reader, Request, Tx
from billto.dialects.dialect import Asked, Said, Told
from billto.dialects.loopback import filters
from billto.dialects.loopback.answers import listed
from billto.dialects.loopback.clients import CLIENT, TYPES
from billto.dialects.loopback.organizations import ORGANIZATION
from billto.dialects.loopback.verbs import (
    MANY_MAX,
    NONE,
    ONE,
    check_id,
    check_several,
    counted,
    found,
    id_of,
    text_of,
)
from billto.dialects.searching import terms_of
from billto.dialects.tags import tagged
from billto.domain.customer import Customer
from billto.domain.problems import Problem, Refused
from billto.domain.query import All, Compare, Either, Missing, Node, Op

# Reading


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    return await _listed(reader, asked, filters.read(CLIENT, told.given, told.body))


async def search(reader: Reader, asked: Request, told: Told) -> Said:
    """Clients with all of the words somewhere in their texts."""
    question = filters.read(CLIENT, told.given, told.body)
    found = All((question.query.where, *_words(told), *_of_type(told)))
    return await _listed(
        reader, asked, question._replace(query=dataclasses.replace(question.query, where=found))
    )


async def count(reader: Reader, asked: Request, told: Told) -> Said:
    return await counted(CLIENT, customers.page, reader, asked, told)


async def get(reader: Reader, asked: Request, told: Told) -> Said:
    question = filters.read(CLIENT, told.given, told.body)
    look = customers.live if question.query.trashed is False else customers.get
    client = await look(reader, asked._replace(shows=CLIENT.reads), id_of(told, Customer))
    (shown,) = await _shown(reader, asked, question, [client])
    return Said(shown, headers=tagged(client))


async def _listed(reader: Reader, asked: Request, question: Asked) -> Said:
    query = dataclasses.replace(question.query, shows=CLIENT.reads)
    found = await customers.page(reader, asked, query)
    return listed(await _shown(reader, asked, question, found.records), found.total)


async def _shown(
    reader: Reader, asked: Request, question: Asked, clients: Iterable[Customer]
) -> list[dict[str, Any]]:
    form: filters.Form = question.form
    shown = [form.shown(CLIENT.encode(one)) for one in clients]
    if "organization" in form.include:
        organization = ORGANIZATION.encode(await entities.get(reader, asked, asked.scope.entity))
        shown = [{**one, "organization": organization} for one in shown]
    return shown


def _words(told: Told) -> tuple[Node, ...]:
    term = text_of(told, "term")
    if term is None:
        raise Refused(Problem("bad_parameter", (), "term is a required argument"))
    return terms_of(term, "term")


def _of_type(told: Told) -> tuple[Node, ...]:
    """Customers are also those who are both, and those of whom nothing is said."""
    given = text_of(told, "type")
    if not given:
        return ()
    try:
        ours = TYPES.decode(given)
    except Refused as refused:
        raise Refused(Problem("bad_parameter", ("type",), refused.problems[0].sentence)) from None
    there = Compare("contact_type", Op.IN, tuple({ours: 0, "both": 0}))
    return (Either((there, Missing("contact_type"))),) if ours == "buyer" else (there,)


# Writing


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    """A new client; or several, of which all are stored or none."""
    if not isinstance(told.body, list):
        client = await customers.create(tx, asked, _new(tx, {} if told.body is None else told.body))
        return _said(client)
    check_several(asked, told.body, MANY_MAX, "client")
    problems: list[Problem] = []
    several = []
    for at, one in enumerate(told.body):
        try:
            several.append(_new(tx, one))
        except Refused as refused:
            problems += (problem.within(at) for problem in refused.problems)
    if problems:
        raise Refused(*problems)
    return Said([CLIENT.encode(await customers.create(tx, asked, values)) for values in several])


def _new(tx: Tx, body: Any) -> dict[str, Any]:
    return _identified(tx, CLIENT.decode(body, creating=True))


async def change(tx: Tx, asked: Request, told: Told) -> Said:
    client = await customers.hold(tx, asked, id_of(told, Customer))
    values = CLIENT.decode({} if told.body is None else told.body, creating=False)
    return await _changed(tx, asked, told, client, values)


async def replace(tx: Tx, asked: Request, told: Told) -> Said:
    """What v1 knows of a client becomes what the body says; what only other doors know stays."""
    client = await customers.hold(tx, asked, id_of(told, Customer))
    values = CLIENT.decode_whole({} if told.body is None else told.body)
    return await _changed(tx, asked, told, client, values)


async def _changed(tx: Tx, asked: Request, told: Told, client: Customer, values: dict[str, Any]) -> Said:
    check_id(told, client.id)
    return _said(await customers.change(tx, asked, client.id, _identified(tx, values)))


async def delete(tx: Tx, asked: Request, told: Told) -> Said:
    """How many are gone: one that is not there, or not there any more, is none, and no error."""
    there = await found(tx, asked, told, Customer)
    if there is None or there[1].deleted_at is not None:
        return NONE
    of_entity, client = there
    await customers.trash(tx, of_entity, client.id)
    return ONE


def _identified(tx: Tx, values: dict[str, Any]) -> dict[str, Any]:
    """The values with an id for everything in `_data` that has none yet."""
    if data := values.get("data"):
        values["data"] = [None if one is None else {"id": tx.new_id(), **_filled(one)} for one in data]
    return values


def _filled(one: dict[str, Any]) -> dict[str, Any]:
    """Without an id that says nothing."""
    return one if one.get("id") else {name: value for name, value in one.items() if name != "id"}


def _said(client: Customer) -> Said:
    return Said(CLIENT.encode(client), headers=tagged(client), shows=client.id)
