"""Somebody who speaks to Billto as the clients of Invoiced do."""

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.web.house import NOTHING, House

GOLDEN = Path(__file__).parent.parent / "golden" / "invoiced"
CUSTOMER_KEYS = [*json.loads((GOLDEN / "customer_created.json").read_text())]
# Real answers have these besides the documented ones, and Go's client reads them.
BESIDE = ("bill_to_parent", "consolidated")


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text())


class Company:
    """One entity, by a key of its own or of the account."""

    def __init__(self, house: House, key: str | None = None, entity: str | None = None) -> None:
        self.house = house
        self.key = house.cast.shop_key if key is None else key
        self.entity = entity

    async def asking(
        self,
        method: str,
        path: str,
        body: Any = NOTHING,
        *,
        form: dict[str, Any] | None = None,
        query: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> httpx.Response:
        """A request, with a JSON body or a form."""
        said = {"Authorization": "Basic " + b64encode(f"{self.key}:".encode()).decode(), **headers}
        if self.entity:
            said["x-entity-id"] = self.entity
        content: bytes | None = None
        if form is not None:
            content = urlencode(form).encode()
            said["Content-Type"] = "application/x-www-form-urlencoded"
        elif body is not NOTHING:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            said.setdefault("Content-Type", "application/json")
        url = f"/invoiced{path}" + (f"?{query}" if query else "")
        return await self.house.client.request(method, url, content=content, headers=said)

    def ask(self, method: str, path: str, body: Any = NOTHING, **more: Any) -> httpx.Response:
        return self.house.run(self.asking(method, path, body, **more))

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.ask("GET", path, query=urlencode(params))

    def post(self, path: str, body: Any = NOTHING, **headers: str) -> httpx.Response:
        return self.ask("POST", path, body, headers=headers)

    def patch(self, path: str, body: Any) -> httpx.Response:
        return self.ask("PATCH", path, body)

    def customer(self, name: str = "Acme", **fields: Any) -> Any:
        answer = self.post("/customers", {"name": name, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def names(self, query: str = "") -> list[str]:
        return [one["name"] for one in self.listed("/customers", query)]

    def listed(self, path: str, query: str = "") -> Any:
        answer = self.ask("GET", path, query=query)
        assert answer.status_code == 200, answer.text
        links(answer)
        return answer.json()


def links(answer: httpx.Response) -> dict[str, str]:
    """The links of a list as Python's client takes them apart."""
    assert answer.headers["x-total-count"].isdigit()
    found = {}
    for part in answer.headers["link"].split(","):
        address, relation = part.split(";")
        found[relation.strip()[5:-1]] = address.strip()[1:-1]
    assert [name for name in ("self", "first", "previous", "next", "last") if name in found] == list(found)
    return found


def refused(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, message and parameter of a refusal, after a look at its form."""
    body = answer.json()
    assert body.keys() - {"param"} == {"type", "message"}, body
    assert body["type"] == ("api" if answer.status_code >= 500 else "invalid_request")
    assert answer.status_code in (400, 401, 403, 404, 429) or answer.status_code >= 500
    return answer.status_code, body["message"], body.get("param")


DAY = 86_400
MAY = 1_777_593_600  # the first of May 2026, on which the clock of the house stands


def items(*lines: tuple[str, float, float]) -> list[dict[str, Any]]:
    return [{"name": name, "quantity": quantity, "unit_cost": cost} for name, quantity, cost in lines]


class Books(Company):
    """A company with what it asks for, and gets, from one customer."""

    def __init__(self, house: House, key: str | None = None, **fields: Any) -> None:
        super().__init__(house, key)
        self.of = self.customer(**fields)["id"]

    def made(self, path: str, body: Any) -> Any:
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def invoice(self, amount: float = 100, **fields: Any) -> Any:
        lines = items(("Paper", 1, amount))
        return self.made("/invoices", {"customer": self.of, "items": lines, **fields})

    def credit(self, amount: float) -> Any:
        return self.made("/credit_balance_adjustments", {"customer": self.of, "amount": amount})

    def pay(self, amount: float, *applied: Any, **fields: Any) -> Any:
        body = {"customer": self.of, "amount": amount, "applied_to": list(applied), **fields}
        return self.made("/payments?include=applied_to", body)

    def seen(self, path: str, shown: Any) -> Any:
        return self.get(f"/{path}/{shown['id']}").json()

    def balance(self) -> Any:
        return self.get(f"/customers/{self.of}/balance").json()
