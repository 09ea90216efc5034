"""How tests speak v1: as its clients do, with a bare token, forms, brackets, and bodies in a GET."""

import json
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx

from billto.domain.ids import read_id
from tests.web.house import NOTHING, House, Raw

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def bare(id: str) -> str:
    found = read_id(id)
    assert found is not None
    return found


class Error(NamedTuple):
    """What a refusal says, after a look at its form."""

    status: int
    name: str
    message: str
    code: str | None = None
    details: Any = None


def error(answer: httpx.Response | Raw) -> Error:
    body = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert body.keys() == {"error"}, body
    said = body["error"]
    assert said.keys() - {"code", "details"} == {"statusCode", "name", "message"}, said
    assert said["statusCode"] == answer.status_code
    return Error(said["statusCode"], said["name"], said["message"], said.get("code"), said.get("details"))


def absent(answer: httpx.Response | Raw) -> bool:
    """Whether something is said not to be there, in one of the ways in which v1 says so."""
    if answer.status_code != 404:
        return False
    said = error(answer)
    return said.code == "MODEL_NOT_FOUND" or said.message.startswith("Could not replace. Object with id")


@dataclass(frozen=True)
class V1:
    """Somebody with a token, who mostly speaks about one organization."""

    house: House
    token: str | None
    organization: str = ""

    def about(self, entity: str) -> "V1":
        return replace(self, organization=bare(entity))

    @property
    def clients(self) -> str:
        return f"/organizations/{self.organization}/clients"

    async def asking(
        self, method: str, path: str, body: Any = NOTHING, headers: Any = None, params: Any = None
    ) -> httpx.Response:
        """A request; a body that is no bytes is written as JSON."""
        content, typed = None, {}
        if body is not NOTHING:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            typed = {"Content-Type": "application/json"}
        key = {"Authorization": self.token} if self.token else {}
        return await self.house.client.request(
            method, f"/v1{path}", content=content, params=params, headers={**key, **typed, **(headers or {})}
        )

    def ask(
        self, method: str, path: str, body: Any = NOTHING, headers: Any = None, params: Any = None
    ) -> httpx.Response:
        return self.house.run(self.asking(method, path, body, headers, params))

    def get(self, path: str, params: Any = None, body: Any = NOTHING) -> httpx.Response:
        return self.ask("GET", path, body, params=params)

    def form(self, method: str, path: str, fields: Any) -> httpx.Response:
        return self.ask(method, path, urlencode(fields).encode(), FORM)

    def client(self, name: Any = "Ana", **fields: Any) -> Any:
        """A new client, as it was answered."""
        return said(self.ask("POST", self.clients, {"name": name, **fields}))

    def find(self, asked: Any = None, **more: Any) -> Any:
        """The clients that a filter finds."""
        params = {**({} if asked is None else {"filter": json.dumps(asked)}), **more}
        return said(self.get(self.clients, params or None))

    def names(self, where: Any = None, **more: Any) -> list[str]:
        """The names of the clients that a filter finds, in its order."""
        asked = {**({} if where is None else {"where": where}), **more}
        return [one["name"] for one in self.find(asked)]


def said(answer: httpx.Response) -> Any:
    """The body of an answer that went well: always 200."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def alice(house: House) -> V1:
    return V1(house, house.cast.live).about(house.cast.studio)


def charlie(house: House) -> V1:
    return V1(house, house.cast.charlie).about(house.cast.factory)
