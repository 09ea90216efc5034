"""Invoiced: the address of a customer's statement, which is read without a key."""

import base64
import hashlib
import hmac
from typing import Any

from billto.app.parts import Reader, Request
from billto.dialects.dialect import Said, Told
from billto.dialects.invoiced.urls import root
from billto.domain.customer import Customer
from billto.domain.problems import Problem, Refused

_MAC_BYTES = 10  # with the eight of the id 24 characters, as in the documented addresses


class Addresses:
    """Makes the addresses of one installation's statements: nobody can guess one, and it stays the same."""

    def __init__(self, secret: bytes, url: str) -> None:
        self._secret = secret
        self._base = root(url)

    def of(self, customer: Customer) -> str:
        said = f"{customer.entity_id}/{customer.id}".encode()
        mac = hmac.digest(self._secret, said, hashlib.sha256)[:_MAC_BYTES]
        token = base64.urlsafe_b64encode(customer.serial.to_bytes(8, "big") + mac).decode()
        return f"{self._base}/statements/{token}/pdf"


async def addresses(reader: Reader, told: Told) -> Addresses:
    return Addresses(await reader.secret("statements"), told.url)


async def read(_reader: Reader, _asked: Request, _told: Told) -> Any | Said:
    """Says that there is none, whatever the address: nobody learns from it whether a customer exists."""
    raise Refused(Problem("no_statement"))
