"""How tests speak to Billto in faktoora's language."""

from typing import Any

import httpx

from tests.web.house import Caller, House, Raw, answered

API = "/api/v1"
ACME: dict[str, Any] = {
    "isCompany": True,
    "name": "Acme GmbH",
    "address": "Musterstraße 1",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
    "email": "billing@acme.example.com",
    "vatId": "DE123456789",
    "extras": {},
}
CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    412: "PRECONDITION_FAILED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "TOO_MANY_REQUESTS",
}


def made(caller: Caller, **fields: Any) -> Any:
    """A new customer, as it was answered."""
    return answered(caller.post(f"{API}/customer", {**ACME, **fields}))


def changed(caller: Caller, customer: Any, **fields: Any) -> Any:
    return answered(caller.patch(f"{API}/customer/{customer['id']}", fields))


def seen(caller: Caller, customer: Any) -> Any:
    return answered(caller.get(f"{API}/customer/{customer['id']}"))


def form(
    content: bytes, name: str = "file", filename: str | None = "kunden.csv"
) -> tuple[bytes, dict[str, str]]:
    """A file as multipart/form-data, and the header that says so."""
    said = f'; filename="{filename}"' if filename is not None else ""
    head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"{said}\r\n\r\n'
    return head.encode() + content + b"\r\n--xyz--\r\n", {"Content-Type": "multipart/form-data; boundary=xyz"}


def refused(answer: httpx.Response | Raw) -> tuple[int, str]:
    """The status of a refusal and its message, after a look at the form that all refusals have."""
    body = answer.json()
    assert body.keys() == {"code", "statusCode", "message"}
    assert (body["code"], body["statusCode"]) == (CODES[answer.status_code], answer.status_code)
    return answer.status_code, body["message"]


def with_api_key(house: House, token: str | None, **more: str) -> Caller:
    """Somebody whose key stands in X-API-KEY."""
    return _ApiKey(house, token, more.get("entity"))


class _ApiKey(Caller):
    @property
    def headers(self) -> dict[str, str]:
        said = {"X-API-KEY": self.token, "x-account-id": self.entity}
        return {name: value for name, value in said.items() if value is not None}
