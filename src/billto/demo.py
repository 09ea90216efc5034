"""Demonstration data: one account with companies in three countries, their customers and what these owe."""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from billto.app import accounts, customers, entities
from billto.app.parts import Request, Store
from billto.demo_sales import sell
from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.scope import Scope

# Invented from end to end; the seed makes everybody see the same.
_SEED = 7
_CUSTOMERS = 120

_ENTITIES: tuple[dict[str, Any], ...] = (
    {
        "name": "Vesoljska oprema d.o.o.", "country": "Slovenija", "address": "Tehnološka cesta 24",
        "post_code": "1000", "city": "Ljubljana", "tax_number": "SI12345678",
        "email": "racuni@vesoljska.example",
        "settings": {
            "primary_color": "#1f4e79", "epc_qr": {"enabled": True},
            "bank_accounts": [
                {"iban": "SI56191000000123438", "bank_name": "Orbita", "is_default": True}
            ],
        },
    },
    {
        "name": "Sternwerft GmbH", "country": "Deutschland", "address": "Hafenstraße 7", "post_code": "20457",
        "city": "Hamburg", "tax_number": "DE123456789", "email": "rechnung@sternwerft.example",
        "settings": {
            "primary_color": "#0b5d8a", "epc_qr": {"enabled": True},
            "bank_accounts": [
                {"iban": "DE89370400440532013000", "bank_name": "Hafenbank", "is_default": True}
            ],
        },
    },
    {
        "name": "Starward Equipment Co.", "country": "United States", "address": "100 Rocket Row",
        "post_code": "77058", "city": "Houston", "state": "TX", "email": "billing@starward.example",
    },
)  # fmt: skip

_FIRST = (
    "Ana",
    "Luka",
    "Živa",
    "Jürgen",
    "Łucja",
    "Søren",
    "Chloé",
    "Marko",
    "Éva",
    "Petra",
    "Íñigo",
    "Maja",
)
_LAST = ("Novak", "Kovačič", "Müller", "Großmann", "Ångström", "Dvořák", "Horvat", "Lefèvre", "Øye", "Šimić")
_KINDS = ("d.o.o.", "GmbH", "s.r.l.", "SARL", "Ltd", "AG")
_TRADES = ("Orbital", "Lunar", "Comet", "Nova", "Zenit", "Quasar", "Meridian", "Aurora", "Perigee", "Solaris")
_PLACES = (
    ("Slovenia", "Ljubljana", "1000"), ("Slovenia", "Maribor", "2000"), ("Deutschland", "Köln", "50667"),
    ("Österreich", "Wien", "1010"), ("Italia", "Trieste", "34121"), ("Hrvatska", "Zagreb", "10000"),
    ("France", "Lyon", "69001"), ("United States", "Houston", "77058"), ("Danmark", "Ærøskøbing", "5970"),
)  # fmt: skip
_TERMS = ("Net 14", "Net 30", "Net 60")


def known(file: Path) -> dict[str, Any] | None:
    """How the demonstration data were reached the last time."""
    if not file.exists():
        return None
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def remember(file: Path, shown: dict[str, Any]) -> None:
    """Keeps the key beside the database; it opens invented data only, and still nobody else need read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(shown, out, indent=2)


async def prepare(store: Store, known: dict[str, Any] | None) -> dict[str, Any]:
    """How to reach the demonstration data, which are made unless those that are known are there still."""
    if known is not None:
        scope = Scope(known["account_id"].removeprefix("acc_"), "live", key_id="")
        first = known["entities"][0]["id"].removeprefix("ent_")
        if await store.reader.get(Entity, scope, first) is not None:
            return known
    return await store.write(_make)


async def _make(tx: Any) -> dict[str, Any]:
    account = await accounts.create(tx, "Demonstration")
    live = await accounts.create_key(tx, account.id, "live", name="demonstration")
    sandbox = await accounts.create_key(tx, account.id, "sandbox", name="demonstration")
    scope = Scope(account.id, "live", live.key.id)
    made = [await entities.create(tx, Request(scope), values) for values in _ENTITIES]
    people: dict[str, list[Customer]] = {home.id: [] for home in made}
    for at, values in enumerate(_people()):
        home = made[0] if at % 2 == 0 else made[1 + at // 2 % 2]
        people[home.id].append(await customers.create(tx, Request(scope.about(home.id)), values))
    owing = []
    for home in made:
        chance = random.Random(_SEED)  # noqa: S311
        owing.append(await sell(tx, Request(scope.about(home.id)), home, people[home.id], chance))
    own = Scope(account.id, "sandbox", sandbox.key.id)
    trial = await entities.create(tx, Request(own), {"name": "Sandbox d.o.o.", "country": "Slovenija"})
    await customers.create(
        tx, Request(own.about(trial.id)), {"name": "Test Customer", "email": "test@customer.example"}
    )
    return {
        "account_id": f"acc_{account.id}",
        "live_key": live.token,
        "sandbox_key": sandbox.token,
        "entities": [{"id": f"ent_{one.id}", "name": one.name} for one in made],
        "owing": f"cust_{owing[0]}",
    }


def _people() -> Iterator[dict[str, Any]]:
    chance = random.Random(_SEED)  # noqa: S311
    for number in range(1, _CUSTOMERS + 1):
        country, city, post_code = chance.choice(_PLACES)
        person = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        is_person = chance.random() < 0.3
        firm = f"{chance.choice(_TRADES)} {chance.choice(_LAST)} {chance.choice(_KINDS)}"
        yield {
            "name": person if is_person else firm,
            "email": f"customer{number}@mail.example",
            "address": f"{chance.choice(_LAST)}straße {chance.randint(1, 120)}",
            "post_code": post_code,
            "city": city,
            "country": country,
            "tax_number": None if is_person else f"{chance.randint(10_000_000, 99_999_999)}",
            "is_end_consumer": is_person,
            "metadata": {"payment_terms": chance.choice(_TERMS), "order_id": f"A-{number:04}"},
        }


def lines(shown: dict[str, Any], address: str, can_mail: bool) -> Iterator[str]:
    """What a newcomer needs to see; what goes by e-mail only where there is some."""
    first = shown["entities"][0]
    yield "Billto, with demonstration data"
    yield f"  address      {address}"
    yield f"  reference    {address}/docs"
    yield f"  live key     {shown['live_key']}"
    yield f"  sandbox key  {shown['sandbox_key']}"
    for one in shown["entities"]:
        yield f"  entity       {one['id']}  {one['name']}"
    yield "Try:"
    yield f"  curl '{address}/customers?search=kovacic&limit=3' \\"
    yield f"    -H 'Authorization: Bearer {shown['live_key']}' \\"
    yield f"    -H 'x-entity-id: {first['id']}'"
    yield f"  curl '{address}/invoices?limit=3&order_by=-date' \\"
    yield f"    -H 'Authorization: Bearer {shown['live_key']}' \\"
    yield f"    -H 'x-entity-id: {first['id']}'"
    if can_mail and (owing := shown.get("owing")):  # data of before have none
        yield f"  curl -X POST '{address}/customers/{owing}/statement/send' \\"
        yield f"    -H 'Authorization: Bearer {shown['live_key']}' \\"
        yield f"    -H 'x-entity-id: {first['id']}'"
