"""v1: what is done with organizations, and with the account that a token is of."""

from typing import Any

from billto.app import entities
from billto.app.parts import Reader, Request, Tx
from billto.dialects.codecs import write_iso
from billto.dialects.dialect import Listed, Said, Told
from billto.dialects.loopback import filters
from billto.dialects.loopback.answers import listing
from billto.dialects.loopback.organizations import ACCOUNT, ORGANIZATION
from billto.domain import account as keys
from billto.domain.countries.world import world
from billto.domain.ids import read_id
from billto.domain.problems import Problem, Refused
from billto.domain.query import Query

FOR_EVER = -1  # as LoopBack says that a token never expires


# The account


async def login(reader: Reader, _asked: Request, told: Told) -> Said:
    """There are no users yet: whoever has a key may log in with it as the password."""
    body = told.body if isinstance(told.body, dict) else {}
    if not (body.get("email") or body.get("username")):
        raise Refused(Problem("login_incomplete"))
    password = body.get("password")
    token = password if isinstance(password, str) else ""
    hint = keys.hint(token)
    for key in await reader.key(hint) if hint else ():
        if key.opens_with(token) and key.is_good(told.now):
            left = None if key.expires_at is None else key.expires_at - told.now
            ttl = FOR_EVER if left is None else int(left.total_seconds())
            return Said(
                {"id": token, "ttl": ttl, "created": write_iso(key.created_at), "userId": key.account_id}
            )
    raise Refused(Problem("login_failed"))


async def is_unique(_reader: Reader, _asked: Request, told: Told) -> Said:
    """Whether no account has this e-mail address: none has any while there are no users."""
    if not any(told.given.get("email", ())):
        raise Refused(Problem("bad_parameter", (), "email is a required argument"))
    return Said({"isUnique": True})


async def account(reader: Reader, asked: Request, told: Told) -> Said:
    found = await reader.account(_account_id(asked, told))
    if found is None:
        raise Refused(Problem("not_found", detail="Account"))
    return Said(ACCOUNT.encode(found))


def _account_id(asked: Request, told: Told) -> str:
    """The account of the token, which is the only one that it may name."""
    own = asked.scope.account_id
    if "id" in told.ids and read_id(told.ids["id"]) != own:
        raise Refused(Problem("not_found", detail="Account"))
    return own


# Its organizations


async def organizations(reader: Reader, asked: Request, told: Told) -> Said:
    _account_id(asked, told)
    question = filters.read(ORGANIZATION, told.given, told.body)
    page = await entities.page(reader, asked, question.query)
    return listing(Listed(ORGANIZATION, page, question.query, form=question.form))


async def count(reader: Reader, asked: Request, told: Told) -> Said:
    _account_id(asked, told)
    where = filters.read_where(ORGANIZATION, told.given, told.body)
    page = await entities.page(reader, asked, Query(where=where, order=filters.ID_ORDER, limit=1))
    return Said({"count": page.total})


async def create(tx: Tx, asked: Request, told: Told) -> Said:
    _account_id(asked, told)
    values = ORGANIZATION.decode({} if told.body is None else told.body, creating=True)
    made = await entities.create(tx, asked, {**values, "country": _country(values)})
    return Said(ORGANIZATION.encode(made), headers={"ETag": f'"{made.version}"'}, shows=made.id)


def _country(values: dict[str, Any]) -> str:
    """What is given, or the name of the country whose code is."""
    known = world().get((values.get("country_code") or "").upper())
    country: str | None = values.get("country") or (known.name if known else None)
    if not country:
        raise Refused(Problem("required", ("country",)))
    return country


async def activate(tx: Tx, asked: Request, told: Told) -> Said:
    await entities.enable(tx, asked, _organization_id(told))
    return Said({"success": True})


async def deactivate(tx: Tx, asked: Request, told: Told) -> Said:
    await entities.disable(tx, asked, _organization_id(told))
    return Said({"success": True})


def _organization_id(told: Told) -> str:
    found = read_id(told.ids["id"])
    if found is None:
        raise Refused(Problem("not_found", detail="Entity"))
    return found
