"""The entity: one of your companies, the seller on the documents."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from billto.domain.attrs import AMOUNT, FLAG, ID, METADATA, MOMENT, NUMBER, text, tree
from billto.domain.countries import Country, country, resolve
from billto.domain.countries.world import world
from billto.domain.problems import Problem, Refused
from billto.domain.scope import ENVIRONMENTS, Environment
from billto.domain.settings import TREE, Settings, check, completed, merged
from billto.domain.settings import made as made_settings
from billto.domain.versions import edited, touched


@cache
def timezones() -> frozenset[str]:
    """The names of the IANA database, without those that mean another zone on another machine."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


COUNTRY_CODE = replace(
    text(2, least=2),
    fits=lambda code: code.upper() in world(),
    form="a code of ISO 3166-1, such as SI",
)
CURRENCY = replace(
    text(3, least=3),
    fits=lambda code: code.isascii() and code.isalpha() and code.isupper(),
    form="three capital letters, as in ISO 4217",
)
TIMEZONE = replace(
    text(100, searched=False),
    fits=lambda name: name in timezones(),
    form="a name of the IANA time zone database, such as Europe/Ljubljana",
)


class Entity(NamedTuple):
    """A legal entity. Limits are those of the API's own schema."""

    # identity
    id: Annotated[str, ID]
    account_id: Annotated[str, ID]
    environment: Annotated[str, text(7, among=ENVIRONMENTS, searched=False)]
    serial: Annotated[int, NUMBER]  # the store allots it
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    # who
    name: Annotated[str, text(255, least=1)]
    # where
    country: Annotated[str, text(100, least=1)]
    country_code: Annotated[str, COUNTRY_CODE]
    currency_code: Annotated[str, CURRENCY]
    locale: Annotated[str, text(20, least=1)]
    # settings
    settings: Annotated[Settings, tree(TREE, TREE.says)]
    email: Annotated[str | None, text(255)] = None
    phone: Annotated[str | None, text(50)] = None
    website: Annotated[str | None, text(500)] = None
    address: Annotated[str | None, text(500)] = None
    address_2: Annotated[str | None, text(500)] = None
    post_code: Annotated[str | None, text(20)] = None
    city: Annotated[str | None, text(100)] = None
    state: Annotated[str | None, text(100)] = None
    timezone: Annotated[str | None, TIMEZONE] = None
    # tax
    tax_number: Annotated[str | None, text(50)] = None
    tax_number_2: Annotated[str | None, text(50)] = None
    company_number: Annotated[str | None, text(50)] = None
    fiscal_region_code: Annotated[str | None, text(10)] = None
    starting_capital: Annotated[Decimal | None, AMOUNT] = None
    is_tax_subject: Annotated[bool, FLAG] = True
    is_enabled: Annotated[bool, FLAG] = True
    # theirs
    metadata: Annotated[dict[str, str], METADATA] = {}  # noqa: RUF012 (every entity is made with its own)
    # how far the clock of a sandbox was moved ahead of true time
    clock_ahead: Annotated[int, NUMBER] = 0  # seconds


def made(values: Mapping[str, Any], *, account_id: str, environment: str, id: str, now: datetime) -> Entity:
    """A new entity out of checked values, with what follows from its country.

    Raises Refused when the country means none that is known and no code was given beside it.
    """
    values = edited(values, lambda _name: None)
    code = values.get("country_code") or resolve(values["country"])
    if code is None:
        raise Refused(Problem("unknown_country", ("country",)))
    home = country(code)
    locale = values.get("locale") or home.locale
    derived = {
        "country_code": code,
        "currency_code": values.get("currency_code") or home.currency,
        "locale": locale,
    }
    settings = _bounded(made_settings(home, locale, values.get("settings") or {}))
    given = {"metadata": {}, **values, **derived, "settings": settings, "environment": environment}
    return Entity(**given, id=id, account_id=account_id, serial=0, version=1, created_at=now, updated_at=now)


# What an entity keeps for life: documents, numbers and taxes hang on it.
FIXED = ("country", "country_code", "environment")


def changed(entity: Entity, values: Mapping[str, Any], now: datetime) -> Entity:
    """The entity with some checked values in place of its own, settings merged key by key.

    A fixed value may be sent back as it is. Raises Refused when it differs.
    """
    values = edited(values, entity._asdict().__getitem__)
    immutable = [name for name in FIXED if name in values and values[name] != getattr(entity, name)]
    if immutable:
        raise Refused(*(Problem("immutable", (name,)) for name in immutable))
    given = values.get("settings")
    settings = _bounded(merged(entity.settings, given)) if given else entity.settings
    new = {**values, "settings": settings}
    if entity._replace(**new) == entity:
        return entity
    return touched(entity, {**new, "settings": completed(settings, home(entity))}, now)


# What merges key by key could grow for ever, and every answer about the entity carries it.
SETTINGS_LENGTH_MAX = 200_000


def _bounded(settings: Settings) -> Settings:
    """The settings; raises Refused when what has come together is more than may be."""
    length = len(json.dumps(settings, default=str, ensure_ascii=False))
    problems = check(settings)[1]
    if length > SETTINGS_LENGTH_MAX:
        problems = [Problem("too_long", ("settings",), f"{SETTINGS_LENGTH_MAX} (as JSON)")]
    if problems:
        raise Refused(*problems)
    return settings


def enabled(entity: Entity, now: datetime) -> Entity:
    return touched(entity, {"is_enabled": True}, now)


def disabled(entity: Entity, now: datetime) -> Entity:
    """Who is disabled issues no documents; everything else goes on."""
    return touched(entity, {"is_enabled": False}, now)


def home(entity: Entity) -> Country:
    """The rules of the entity's country."""
    return country(entity.country_code)


def year(entity: Entity, now: datetime) -> int:
    """The year it is where the entity is, by its clock."""
    return today(entity, now).year


def moment(entity: Entity, now: datetime) -> datetime:
    """What the entity's clock shows: that of a sandbox may have been moved ahead."""
    return now + timedelta(seconds=entity.clock_ahead)


def zone(entity: Entity) -> ZoneInfo:
    """Where the entity's days begin and end: its own zone, else that of its country where that has one, else
    UTC."""
    home_ = world().get((entity.country_code or "").upper())
    return ZoneInfo(entity.timezone or (home_ and home_.timezone) or "UTC")


def day_of(entity: Entity, at: datetime) -> date:
    """The day that a moment is where the entity is."""
    return at.astimezone(zone(entity)).date()


def today(entity: Entity, now: datetime) -> date:
    """The day it is where the entity is, by its clock."""
    return day_of(entity, moment(entity, now))


CLOCK_AHEAD_MAX = timedelta(days=10 * 366)


def ahead(entity: Entity, to: datetime, now: datetime) -> Entity:
    """The entity with its clock at another moment. Raises Refused for one that is not a sandbox, and for a
    moment that is past: what has happened by then has happened."""
    if entity.environment != Environment.SANDBOX:
        raise Refused(Problem("sandbox_only"))
    seconds = -(-(to - now) // timedelta(seconds=1))
    if seconds < entity.clock_ahead or to - now > CLOCK_AHEAD_MAX:
        raise Refused(Problem("clock_out_of_range", ("now",), f"{CLOCK_AHEAD_MAX.days} days"))
    return touched(entity, {"clock_ahead": seconds}, now)
