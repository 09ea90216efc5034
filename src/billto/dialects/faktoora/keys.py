"""faktoora: API keys. The secret is shown when it is made and never again."""

from datetime import datetime, timedelta
from typing import Any

from billto.app import keys
from billto.app.accounts import NewKey
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import BOOL, ISO, TEXT, prefixed
from billto.dialects.dialect import Said, Told
from billto.dialects.faktoora import query
from billto.dialects.faktoora.answers import enveloped, succeeded
from billto.dialects.wire import ONCE, REQ, RO, RW, Table, row
from billto.domain.account import Key, status
from billto.domain.ids import read_id
from billto.domain.nodes import Group, Whole
from billto.domain.problems import Problem, Refused

KEY = Table(
    Key,
    #   on the wire      attribute          codec            access
    row("id",            "id",              prefixed("ak"),  RO),
    row("label",         "name",            TEXT,            REQ),
    row("hint",          "hint",            TEXT,            RO),
    row("environment",   "environment",     TEXT,            RO),
    row("entityId",      "entity_id",       prefixed("ent"), ONCE),
    row("readOnly",      "read_only",       BOOL,            ONCE),
    row("createdAt",     "created_at",      ISO,             RO),
    row("expiresAt",     "expires_at",      ISO,             RW),
    row("revokedAt",     "revoked_at",      ISO,             RO),
    row("rotatedFromId", "rotated_from_id", prefixed("ak"),  RO),
)  # fmt: skip

_GRACE_HOURS_MAX = 365 * 24
_ROTATION = Group({"gracePeriodHours": Whole(least=0, most=_GRACE_HOURS_MAX)})


async def listed(reader: Reader, asked: Request, told: Told) -> Said:
    question = query.read(KEY, told.given).query
    page = await keys.page(reader, asked, question)
    return Said(enveloped([_shown(one, told.now) for one in page.records], question, page.total or 0))


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    return _made(await keys.create(tx, asked, KEY.decode(told.body, creating=True)), told.now)


async def change(tx: Tx, asked: Request, told: Told) -> Said:
    values = KEY.decode(told.body, creating=False)
    return Said(_shown(await keys.change(tx, asked, _id(told), values), told.now))


async def rotate(tx: Tx, asked: Request, told: Told) -> Said:
    problems: list[Problem] = []
    said: Any = _ROTATION.read(told.body, (), problems)
    if problems:
        raise Refused(*problems)
    grace = timedelta(hours=(said or {}).get("gracePeriodHours") or 0)
    return _made(await keys.rotate(tx, asked, _id(told), grace), told.now)


async def revoke(tx: Tx, asked: Request, told: Told) -> Said:
    return Said(_shown(await keys.revoke(tx, asked, _id(told)), told.now))


async def erase(tx: Tx, asked: Request, told: Told) -> Said:
    await keys.erase(tx, asked, _id(told))
    return Said(succeeded(True))


def _id(told: Told) -> str:
    id = read_id(told.ids["id"])
    if id is None:
        raise Refused(Problem("not_found", detail=Key.__name__))
    return id


def _shown(key: Key, now: datetime) -> dict[str, Any]:
    return {**KEY.encode(key), "status": status(key, now)}


def _made(new: NewKey, now: datetime) -> Said:
    """A new key with its secret, which is not kept for a repeat either."""
    shown = _shown(new.key, now)
    return Said({**shown, "secret": new.token}, kept={**shown, "secret": None})
