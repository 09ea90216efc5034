"""Signed links: addresses that open one customer's account to whoever has them, and cannot be guessed.

A link says which entity and which customer it means, and has a seal that only this installation can make. It
stays the same as long as the customer's number of links does; no two customers' links differ in length.
"""

import base64
import binascii
import hashlib
import hmac
from typing import NamedTuple

_ID_BYTES = 12
_SEAL_BYTES = 18  # 144 bits; with both ids no bit is left over, so that each link is written in one way
_LETTERS = (2 * _ID_BYTES + _SEAL_BYTES) * 4 // 3


class Link(NamedTuple):
    """What a token says; whether that is true, its seal shows."""

    entity_id: str
    customer_id: str
    seal: bytes


def token(secret: bytes, entity_id: str, customer_id: str, number: int) -> str:
    """The token of a customer's link."""
    ids = bytes.fromhex(entity_id + customer_id)
    return base64.urlsafe_b64encode(ids + _seal(secret, ids, number)).decode("ascii")


def read(said: str) -> Link | None:
    """What a token says; None for a text that is none."""
    if len(said) != _LETTERS or not said.isascii():
        return None
    try:
        parts = base64.b64decode(said, altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    entity_id, customer_id = parts[:_ID_BYTES].hex(), parts[_ID_BYTES : 2 * _ID_BYTES].hex()
    return Link(entity_id, customer_id, parts[2 * _ID_BYTES :])


def is_true(link: Link, secret: bytes, number: int) -> bool:
    """Whether a link was made here, and is the one of this number."""
    ids = bytes.fromhex(link.entity_id + link.customer_id)
    return hmac.compare_digest(link.seal, _seal(secret, ids, number))


def _seal(secret: bytes, ids: bytes, number: int) -> bytes:
    said = b"customer link\0" + ids + number.to_bytes(8, "big")
    return hmac.digest(secret, said, hashlib.sha256)[:_SEAL_BYTES]
