"""To whom a message goes: who is named, or else who is on file; and that it can reach them at all."""

from collections.abc import Mapping, Sequence
from typing import Any

from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.mailbox import is_address, one_line, to_ascii
from billto.domain.message import EMAIL, LETTER, RECIPIENTS, RECIPIENTS_MAX, SMS
from billto.domain.problems import Problem, Refused

Addressees = list[dict[str, Any]]

_MISSING = {
    EMAIL: "an e-mail address of the customer",
    SMS: "a contact who takes text messages",
    LETTER: "a postal address of the customer",
}
# What the addresses of a domain nobody knows end with; it leads nowhere on purpose (RFC 2606).
_NOWHERE = "billto.invalid"


def one(address: str, name: str | None = None) -> Addressees:
    return [{"address": address, **({"name": name} if name else {})}]


def chosen(
    channel: str, values: Mapping[str, Any], entity: Entity, customer: Customer | None
) -> dict[str, Any]:
    """The recipients, open and hidden copies of a message; raises Refused for nobody, and for what is no
    address."""
    problems: list[Problem] = []
    read = {name: _read(channel, values.get(name), name, problems) for name in ("recipients", "cc", "bcc")}
    reply_to = values.get("reply_to")
    if reply_to and not is_address(reply_to):
        problems.append(Problem("invalid_format", ("reply_to",), "an e-mail address"))
    if problems:
        raise Refused(*problems)
    read["recipients"] = read["recipients"] or on_file(channel, customer)
    if not read["recipients"]:
        raise Refused(Problem("no_recipient", detail=_MISSING[channel]))
    if sum(map(len, read.values())) > RECIPIENTS_MAX:
        raise Refused(Problem("too_many", ("recipients",), f"{RECIPIENTS_MAX} (with copies)"))
    return {name: found or None for name, found in read.items()}


def on_file(channel: str, customer: Customer | None) -> Addressees:
    """Whom the customer wants to be told by a channel."""
    if customer is None:
        return []
    contacts: Sequence[Mapping[str, Any]] = customer.contacts or ()
    if channel == EMAIL:
        primary = [(one.get("email"), one.get("name")) for one in contacts if one.get("is_primary")]
        return _distinct([(customer.email, customer.name), *primary], is_address)
    if channel == SMS:
        return _distinct(
            [(one.get("phone"), one.get("name")) for one in contacts if one.get("is_sms_enabled")]
        )
    return _postal(customer)


def domain_of(entity: Entity) -> str:
    """The domain in which an entity's messages have their names."""
    return to_ascii((entity.email or "").rpartition("@")[2]) or _NOWHERE


def _read(channel: str, given: Any, name: str, problems: list[Problem]) -> Addressees:
    found: Any = RECIPIENTS.read(given, (name,), problems) or []
    if problems:
        return []
    for at, who in enumerate(found):
        address = who.get("address")
        if not address:
            problems.append(Problem("required", (name, at, "address")))
        elif channel == EMAIL and not is_address(address):
            problems.append(Problem("invalid_format", (name, at, "address"), "an e-mail address"))
    return list(found)


def _distinct(found: Sequence[tuple[str | None, str | None]], fits: Any = bool) -> Addressees:
    """Each address once, and only those that can be written to: what is on file was never refused."""
    seen: dict[str, dict[str, Any]] = {}
    for address, name in found:
        trimmed = (address or "").strip()
        if trimmed and fits(trimmed):
            seen.setdefault(trimmed.casefold(), one(trimmed, name)[0])
    return list(seen.values())[:RECIPIENTS_MAX]


def _postal(customer: Customer) -> Addressees:
    place = one_line(f"{customer.post_code or ''} {customer.city or ''}")
    lines = (customer.address, customer.address_2, place, customer.country)
    if not customer.address or not place:
        return []
    return one("\n".join(one_line(line) for line in lines if line), customer.name)
