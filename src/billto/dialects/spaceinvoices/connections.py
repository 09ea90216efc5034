"""Space Invoices has no connections of entities' own: ours carry their e-mails, text messages and letters."""

from collections.abc import Mapping
from typing import Any

from billto.app import connections, entities, sending
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import write_iso
from billto.dialects.dialect import Said, Told, Verb
from billto.dialects.tags import tagged
from billto.domain import connection as rules
from billto.domain.connection import Connection
from billto.domain.ids import read_id
from billto.domain.message import CHANNELS, EMAIL, LETTER, SMS
from billto.domain.nodes import Bool, Choice, Group, Node, Problems, Text, Whole
from billto.domain.problems import Problem, Refused

_SECRET = Text(most=rules.SECRET_MAX)
# What is given of each: the same as is kept, and the secret.
FORMS: Mapping[str, Mapping[str, Node]] = {
    EMAIL: {
        "host": Text(most=253),
        "port": Whole(least=1, most=65_535),
        "tls": Choice(among=("starttls", "on", "off")),
        "user": Text(most=320),
        "password": _SECRET,
        "from": Text(most=320),
    },
    SMS: {
        "account_sid": Text(most=64, pattern="[A-Za-z0-9_-]+"),
        "auth_token": _SECRET,
        "from": Text(most=30),
        "messaging_service_sid": Text(most=64, pattern="[A-Za-z0-9_-]+"),
    },
    LETTER: {
        "api_key": _SECRET,
        "color": Bool(null=True),
        "use_type": Choice(among=("operational", "marketing")),
    },
}


async def page(reader: Reader, asked: Request, told: Told) -> Said:
    """All channels, and by whom the entity's messages go by each."""
    of = await _of(reader, asked, told)
    own = {one.channel: one for one in await sending.connections(reader, of.scope)}
    return Said({"data": [_shown(channel, own.get(channel), asked.channels) for channel in CHANNELS]})


def put(channel: str) -> Verb:
    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        of, given, problems = await _of(tx, asked, told), told.body, Problems()
        read: Any = Group(FORMS[channel]).read({} if given is None else given, (), problems)
        if problems:
            raise Refused(*problems)
        read = dict(read)
        secret = read.pop(rules.SECRETS[channel], None)
        made = await connections.put(tx, of, channel, read, secret)
        return Said(_shown(channel, made, asked.channels), headers=tagged(made))

    return verb


def drop(channel: str) -> Verb:
    async def verb(tx: Tx, asked: Request, told: Told) -> Said:
        await connections.drop(tx, await _of(tx, asked, told), channel)
        return Said()

    return verb


async def _of(reader: Reader, asked: Request, told: Told) -> Request:
    """The request as one about the entity in its address, if the caller reaches that."""
    id = read_id(told.ids["id"])
    if id is None:
        raise Refused(Problem("not_found", detail="Entity"))
    entity = await entities.get(reader, asked, id)
    return asked._replace(scope=asked.scope.about(entity.id))


def _shown(channel: str, own: Connection | None, everybodys: frozenset[str]) -> dict[str, Any]:
    """Everything but the secret, of which there is only whether it is there."""
    source = "entity" if own else "installation" if channel in everybodys else None
    return {
        "channel": channel,
        "source": source,
        "provider": own.provider if own else None,
        "settings": own.facts if own else None,
        "has_secret": own is not None and own.secret is not None,
        "updated_at": write_iso(own.updated_at) if own else None,
    }
