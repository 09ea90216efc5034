"""Accounts and the keys that open them."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import FLAG, ID, MOMENT, text
from billto.domain.problems import Problem, Refused
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
    rotated_from_id: Annotated[str | None, ID] = None  # the key that this one follows

    def opens_with(self, token: str) -> bool:
        """Whether a token with this key's hint is this key; takes as long for any token."""
        return hmac.compare_digest(self.digest, digest(spelt(token)))

    def is_good(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


EXPIRY_MAX = timedelta(days=365)
_SOON = timedelta(days=7)

# What a key keeps for life: it never opens more than it did.
FIXED = ("entity_id", "read_only")


def status(key: Key, now: datetime) -> str:
    """How a key stands, in a word for whoever has to renew it."""
    if key.revoked_at is not None:
        return "revoked"
    if not key.is_good(now):
        return "expired"
    return "expiring_soon" if key.expires_at is not None and key.expires_at - now <= _SOON else "active"


def check_expiry(expires_at: datetime | None, now: datetime) -> None:
    """Raises Refused for a moment that has passed, or is too far away for whoever has to remember it."""
    if expires_at is not None and not now < expires_at <= now + EXPIRY_MAX:
        detail = f"in the future, at most {EXPIRY_MAX.days} days ahead"
        raise Refused(Problem("out_of_range", ("expires_at",), detail))


def changed(key: Key, values: Mapping[str, Any], now: datetime) -> Key:
    """The key with another name or expiry. One that opens nothing any more never opens anything again."""
    if fixed := [name for name in FIXED if name in values and values[name] != getattr(key, name)]:
        raise Refused(*(Problem("immutable", (name,)) for name in fixed))
    if values.get("expires_at", key.expires_at) != key.expires_at:
        _check_good(key, now)
        check_expiry(values["expires_at"], now)
    return key._replace(**values)


def revoked(key: Key, now: datetime) -> Key:
    return key if key.revoked_at is not None else key._replace(revoked_at=now)


def rotated(key: Key, grace: timedelta, now: datetime) -> Key:
    """The key that another one follows: it ends after the grace, or when it would have ended anyway."""
    _check_good(key, now)
    return key._replace(expires_at=min(now + grace, key.expires_at or now + grace))


def next_expiry(key: Key, now: datetime) -> datetime | None:
    """When the key ends that follows another: it lasts as long as that was meant to."""
    return None if key.expires_at is None else now + min(key.expires_at - key.created_at, EXPIRY_MAX)


def _check_good(key: Key, now: datetime) -> None:
    if not key.is_good(now):
        raise Refused(Problem("key_ended"))


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
