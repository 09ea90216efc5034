"""To whom a message goes: who is named, or else who is on file; and that it can reach them at all."""

from collections.abc import Mapping, Sequence
from typing import Any

from billto.domain.customer import Customer
from billto.domain.entity import Entity
from billto.domain.mailbox import is_address, one_line, to_ascii
from billto.domain.message import EMAIL, LETTER, PLACE, RECIPIENTS, RECIPIENTS_MAX, SMS
from billto.domain.phone import e164
from billto.domain.problems import Problem, Refused

Addressees = list[dict[str, Any]]

_MISSING = {
    EMAIL: "an e-mail address of the customer",
    SMS: "a contact who takes text messages",
    LETTER: "a postal address of the customer",
}
_A_NUMBER = "a telephone number such as +38640123456"
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
    home = (customer and customer.country_code) or entity.country_code
    if channel == SMS:
        read["recipients"] = _dialled(read["recipients"], home)
    read["recipients"] = read["recipients"] or on_file(channel, customer, home)
    if not read["recipients"]:
        raise Refused(Problem("no_recipient", detail=_MISSING[channel]))
    if sum(map(len, read.values())) > RECIPIENTS_MAX:
        raise Refused(Problem("too_many", ("recipients",), f"{RECIPIENTS_MAX} (with copies)"))
    return {name: found or None for name, found in read.items()}


def on_file(channel: str, customer: Customer | None, home: str | None = None) -> Addressees:
    """Whom the customer wants to be told by a channel; `home` is the country of numbers that name none."""
    if customer is None:
        return []
    contacts: Sequence[Mapping[str, Any]] = customer.contacts or ()
    if channel == EMAIL:
        primary = [(one.get("email"), one.get("name")) for one in contacts if one.get("is_primary")]
        return _distinct([(customer.email, customer.name), *primary], is_address)
    if channel == SMS:
        enabled = (one for one in contacts if one.get("is_sms_enabled"))
        return _distinct([(number(one, home), one.get("name")) for one in enabled])
    return _postal(customer._asdict())


def of_buyer(channel: str, buyer: Mapping[str, Any]) -> Addressees:
    """Whom a document says it is for, where it has no customer."""
    if channel == LETTER:
        return _postal(buyer)
    return one(buyer["email"], buyer.get("name")) if channel == EMAIL and buyer.get("email") else []


def number(contact: Mapping[str, Any], home: str | None) -> str | None:
    """A contact's number, of its own country or else of another."""
    return e164(contact.get("phone") or "", contact.get("country_code") or home)


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


def _dialled(given: Addressees, home: str | None) -> Addressees:
    """Numbers as every network takes them; raises Refused for what is none."""
    numbers = [e164(one["address"], home) for one in given]
    wrong = [at for at, number in enumerate(numbers) if number is None]
    if wrong:
        raise Refused(*(Problem("invalid_format", ("recipients", at, "address"), _A_NUMBER) for at in wrong))
    return [{**one, "address": number} for one, number in zip(given, numbers, strict=True)]


def _distinct(found: Sequence[tuple[str | None, str | None]], fits: Any = bool) -> Addressees:
    """Each address once, and only those that can be written to: what is on file was never refused."""
    seen: dict[str, dict[str, Any]] = {}
    for address, name in found:
        trimmed = (address or "").strip()
        if trimmed and fits(trimmed):
            seen.setdefault(trimmed.casefold(), one(trimmed, name)[0])
    return list(seen.values())[:RECIPIENTS_MAX]


# Where the post code stands behind the town, and the state between them.
_STATES = frozenset({"US", "CA", "AU"})


def _town(of: Mapping[str, Any]) -> str:
    city, state, code = (one_line(of.get(name) or "") for name in ("city", "state", "post_code"))
    if (of.get("country_code") or "").upper() not in _STATES or not city:
        return f"{code} {city}".strip()
    return f"{city}, {state} {code}".strip() if state else f"{city} {code}".strip()


def _postal(of: Mapping[str, Any]) -> Addressees:
    """The postal address of somebody, in lines for people and in parts for carriers."""
    place = _town(of)
    lines = (of.get("address"), of.get("address_2"), place, of.get("country"))
    if not of.get("address") or not place:
        return []
    parts = (of.get(name) for name in ("address", "address_2", "city", "state", "post_code"))
    values = [one_line(part) if part else None for part in parts]
    said = dict(zip(PLACE, [*values, of.get("country_code")], strict=True))
    (whom,) = one("\n".join(one_line(line) for line in lines if line), of.get("name"))
    return [{**whom, "place": {name: part for name, part in said.items() if part}}]
