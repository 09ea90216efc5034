"""Accounts and the keys that open them."""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Annotated, NamedTuple

from billto.domain.attrs import FLAG, ID, MOMENT, text
from billto.domain.scope import ENVIRONMENTS

# What a token begins with: an account's key or one entity's key.
_KINDS = {False: "sk", True: "ek"}
_SECRET_BYTES = 32
_HINT_LENGTH = 12


class Account(NamedTuple):
    """Who runs Billto for some companies of theirs: owns entities and keys."""

    id: Annotated[str, ID]
    name: Annotated[str, text(255, least=1)]
    created_at: Annotated[datetime, MOMENT]


class Key(NamedTuple):
    """What opens an account's data of one environment, or one entity of it. The secret itself is not kept."""

    id: Annotated[str, ID]
    account_id: Annotated[str, ID]
    environment: Annotated[str, text(7, among=ENVIRONMENTS)]
    hint: Annotated[str, text(40)]  # the token's beginning, by which it is looked up and recognised
    digest: Annotated[str, text(64)]  # SHA-256 of the token, hexadecimal
    created_at: Annotated[datetime, MOMENT]
    entity_id: Annotated[str | None, ID] = None
    name: Annotated[str | None, text(255)] = None
    read_only: Annotated[bool, FLAG] = False
    expires_at: Annotated[datetime | None, MOMENT] = None
    revoked_at: Annotated[datetime | None, MOMENT] = None

    def opens_with(self, token: str) -> bool:
        """Whether a token with this key's hint is this key; takes as long for any token."""
        return hmac.compare_digest(self.digest, digest(spelt(token)))

    def is_good(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def token(environment: str, *, of_entity: bool) -> str:
    """A new secret with 256 bits of chance: `sk_live_…` for an account, `ek_live_…` for an entity."""
    return f"{_KINDS[of_entity]}_{environment}_{secrets.token_hex(_SECRET_BYTES)}"


def spelt(token: str) -> str:
    """The token as it was given out: the vendor's pages write "test" for "sandbox" in places."""
    kind, test, secret = token.partition("_test_")
    return f"{kind}_sandbox_{secret}" if test else token


def hint(token: str) -> str | None:
    """The part of a token that is no secret; None for what cannot be a token."""
    kind, _, rest = spelt(token).partition("_")
    environment, _, secret = rest.partition("_")
    if kind not in _KINDS.values() or environment not in ENVIRONMENTS or not secret.isascii():
        return None
    return f"{kind}_{environment}_{secret[:_HINT_LENGTH]}" if len(secret) == 2 * _SECRET_BYTES else None


def digest(token: str) -> str:
    """SHA-256 is enough for a secret of 256 random bits; a slow hash is for secrets that people choose."""
    return hashlib.sha256(token.encode()).hexdigest()
