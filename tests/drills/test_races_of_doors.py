"""R10 and R12 at the doors of the other languages: one effect for one id, and no change is lost."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from billto.domain.ids import read_id
from tests.drills.conftest import Tell
from tests.drills.databases import Tenant, examine, prepared
from tests.drills.serving import Billto
from tests.drills.sizes import size
from tests.drills.test_races import AT_ONCE, crowd, told
from tests.drills.wire import Client


class Door(NamedTuple):
    """How a language makes and changes a customer."""

    create: Callable[[Tenant], str]
    one: str
    body: Mapping[str, Any]
    fields: tuple[str, ...]
    headers: Callable[[Tenant], Mapping[str, str]] = lambda _: {}


ADDRESS = {
    "isCompany": True,
    "address": "A 1",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
    "extras": {},
}
DOORS = {
    "v1": Door(
        lambda tenant: f"/v1/Organizations/{read_id(tenant.entity)}/clients", "/v1/Clients/{}", {},
        ("name", "email", "address", "city", "zip", "phone", "taxNumber", "IBAN"),
        lambda tenant: {"Authorization": tenant.key},
    ),
    "invoiced": Door(
        lambda _: "/invoiced/customers", "/invoiced/customers/{}", {},
        ("name", "email", "address1", "city", "phone", "tax_id", "notes", "number"),
    ),
    "faktoora": Door(
        lambda _: "/api/v1/customer", "/api/v1/customer/{}", ADDRESS,
        ("name", "email", "address", "city", "phoneNo", "vatId", "taxId", "customerId"),
    ),
}  # fmt: skip


async def asked(
    client: Client, tenant: Tenant, door: Door, method: str, path: str, body: Any = None, id: str = ""
) -> Any:
    headers = {**door.headers(tenant), **({"Idempotency-Key": id} if id else {})}
    return await told(client, method, path, body, headers=headers)


@pytest.mark.parametrize("name", DOORS)
def test_one_id_has_one_effect_at_every_door(
    database_url: str, tmp_path: Path, tell: Tell, name: str
) -> None:
    asyncio.run(one_effect(Billto(tmp_path, database_url, workers=2), DOORS[name], tell))


async def one_effect(billto: Billto, door: Door, tell: Tell) -> None:
    tenant, keys = await prepared(billto.url), size("race_keys")
    path, ids = door.create(tenant), list[Any]()
    async with billto:
        await billto.started("/readyz")
        async with crowd(billto, tenant, AT_ONCE) as clients:
            for number in range(keys):
                body = {**door.body, "name": f"Customer {number}"}
                answers = await asyncio.gather(
                    *(asked(one, tenant, door, "POST", path, body, f"key-{number}") for one in clients)
                )
                assert {one.status for one in answers} <= {200, 201}, answers[0].body
                assert len({one.body for one in answers}) == 1
                ids.append(answers[0].json["id"])
                other = await asked(
                    clients[0], tenant, door, "POST", path, {**body, "name": "X"}, f"key-{number}"
                )
                assert other.status in (400, 409, 422), other.body
            listed = await clients[0].ask("GET", "/customers?limit=1")
            assert listed.json["pagination"]["total"] == len(set(ids)) == keys
            await every_field(clients[: len(door.fields)], tenant, door, ids[0])
        await examine(billto.url)
    tell(keys=keys, at_once=AT_ONCE, second_effects=0, fields_at_once=len(door.fields), lost_changes=0)


async def every_field(clients: list[Client], tenant: Tenant, door: Door, id: Any) -> None:
    """Everybody changes another field of the same customer."""
    path = door.one.format(id)
    values = {field: f"{field} at once" for field in door.fields}
    answers = await asyncio.gather(
        *(
            asked(client, tenant, door, "PATCH", path, {field: value})
            for client, (field, value) in zip(clients, values.items(), strict=True)
        )
    )
    assert {one.status for one in answers} == {200}, [one.body for one in answers]
    found = (await asked(clients[0], tenant, door, "GET", path)).json
    assert {field: found[field] for field in door.fields} == values
