"""A connection: by whom an entity's own e-mails, text messages or letters go, and who it is there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from billto.domain.attrs import ID, MOMENT, NUMBER, text, tree
from billto.domain.mailbox import is_address, to_ascii
from billto.domain.message import CHANNELS, EMAIL, LETTER, SMS
from billto.domain.nodes import Anything, Map, Problems
from billto.domain.phone import e164
from billto.domain.problems import Problem, Refused
from billto.domain.versions import touched

SMTP, TWILIO, LOB = ("smtp", "twilio", "lob")
PROVIDERS: Mapping[str, str] = {EMAIL: SMTP, SMS: TWILIO, LETTER: LOB}
# What each is told in confidence: the name under which it is given.
SECRETS: Mapping[str, str] = {EMAIL: "password", SMS: "auth_token", LETTER: "api_key"}
SECRET_MAX = 500
PORTS: Mapping[str, int] = {"starttls": 587, "on": 465, "off": 25}


class Connection(NamedTuple):
    """What connects one entity by one channel. What is secret of it is only here sealed."""

    entity_id: Annotated[str, ID]
    id: Annotated[str, ID]
    version: Annotated[int, NUMBER]
    created_at: Annotated[datetime, MOMENT]
    updated_at: Annotated[datetime, MOMENT]
    channel: Annotated[str, text(10, among=CHANNELS, searched=False)]
    provider: Annotated[str, text(20, among=tuple(PROVIDERS.values()), searched=False)]
    facts: Annotated[dict[str, Any], tree(Map(Anything(), most=20))]
    secret: Annotated[str | None, text(2_000, searched=False)] = None


def bound(connection: Connection) -> str:
    """What a sealed secret belongs to: under another entity, channel or id it does not open."""
    return f"{connection.entity_id}/{connection.channel}/{connection.id}"


def made(channel: str, *, entity_id: str, id: str, now: datetime) -> Connection:
    """A new connection of which nothing is known yet."""
    return Connection(entity_id, id, 1, now, now, channel, PROVIDERS[channel], {})


def changed(
    connection: Connection, values: Mapping[str, Any], secret: str | None, now: datetime
) -> Connection:
    """The connection as it is meant now."""
    return touched(connection, {"facts": dict(values), "secret": secret}, now)


def checked(channel: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of a connection beside its secret, as it is kept; raises Refused for faults."""
    problems: Problems = []
    values = _CHECKS[channel](dict(given), problems)
    if problems:
        raise Refused(*problems)
    return {name: value for name, value in values.items() if value is not None}


def _smtp(given: dict[str, Any], problems: Problems) -> dict[str, Any]:
    host, sender = to_ascii(str(given.get("host") or "")), given.get("from")
    tls = given.get("tls") or "starttls"
    if host is None:
        code = "invalid_format" if given.get("host") else "required"
        problems.append(Problem(code, ("host",), "the name of a mail server"))
    if not sender:
        problems.append(Problem("required", ("from",)))
    elif not is_address(sender):
        problems.append(Problem("invalid_format", ("from",), "an e-mail address"))
    if tls == "off" and given.get("user"):
        problems.append(Problem("out_of_range", ("tls",), "starttls or on: a password is not said openly"))
    return {
        "host": host, "port": given.get("port") or PORTS[tls], "tls": tls, "user": given.get("user") or None,
        "from": sender,
    }  # fmt: skip


def _twilio(given: dict[str, Any], problems: Problems) -> dict[str, Any]:
    sender, service = given.get("from") or None, given.get("messaging_service_sid") or None
    if not given.get("account_sid"):
        problems.append(Problem("required", ("account_sid",)))
    if sender is None and service is None:
        problems.append(Problem("required", ("from",)))
    elif sender is not None and (sender := from_number(sender)) is None:
        problems.append(Problem("invalid_format", ("from",), "a number such as +15005550006, or a sender id"))
    return {
        "account_sid": given.get("account_sid"), "from": sender, "messaging_service_sid": service,
    }  # fmt: skip


def _lob(given: dict[str, Any], _problems: Problems) -> dict[str, Any]:
    return {"color": given.get("color") is True, "use_type": given.get("use_type") or "operational"}


def from_number(text: str) -> str | None:
    """From whom text messages are: a number, a short code, or up to eleven letters and digits."""
    if 3 <= len(text) <= 8 and text.isascii() and text.isdigit():
        return text
    is_name = len(text) <= 11 and text.isascii() and any(char.isalpha() for char in text)
    if is_name and all(char.isalnum() or char in " -" for char in text):
        return text
    return e164(text, None)


_CHECKS = {EMAIL: _smtp, SMS: _twilio, LETTER: _lob}


def needs_secret(channel: str, facts: Mapping[str, Any]) -> bool:
    """Mail servers may take mail without a password; who names a user has one."""
    return channel != EMAIL or facts.get("user") is not None


# What a secret is for: when one of these changes, it must be given anew.
_ACCOUNT = ("host", "port", "tls", "user", "account_sid")


def is_same_account(connection: Connection, facts: Mapping[str, Any]) -> bool:
    return all(connection.facts.get(name) == facts.get(name) for name in _ACCOUNT)
