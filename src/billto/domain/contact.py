"""The people at a customer: kept inside it, as one list that every door shows in its own way."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from billto.domain.nodes import Anything, Bool, Group, Many, Map, Node, Text, Whole

CONTACTS_MAX = 100

# What one person is made of. `id` is ours, `serial` the same as a whole number; texts are kept as given.
CONTACT: dict[str, Node] = {
    "id": Text(most=24, null=False),
    "serial": Whole(least=1, most=2**53, null=False),
    "name": Text(most=255),
    "first_name": Text(most=255),
    "last_name": Text(most=255),
    "title": Text(most=255),
    "department": Text(most=255),
    "email": Text(most=320),
    "phone": Text(most=100),
    "is_primary": Bool(null=True),
    "is_sms_enabled": Bool(null=True),
    "address": Text(most=500),
    "address_2": Text(most=500),
    "city": Text(most=255),
    "state": Text(most=255),
    "post_code": Text(most=50),
    "country_code": Text(most=10),
    "created_at": Text(most=24),
    "updated_at": Text(most=24),
    "more": Map(Anything(), most=50),  # what a door sent that no other knows
}
CONTACTS = Many(Group(CONTACT, null=False), most=CONTACTS_MAX)

DELIVERY_ADDRESS: dict[str, Node] = {
    "id": Text(most=24, null=False),
    "name": Text(most=255),
    "address": Text(most=500),
    "post_code": Text(most=50),
    "city": Text(most=255),
    "country_code": Text(most=10),
    "is_default": Bool(null=True),
    "more": Map(Anything(), most=50),
}
DELIVERY_ADDRESSES = Many(Group(DELIVERY_ADDRESS, null=False), most=CONTACTS_MAX)

# 2020 in the units of an id's first 42 bits: seconds shifted by ten, and milliseconds.
_SINCE = 1_577_836_800 << 10


def serial_of(id: str) -> int:
    """The whole number that stands for an id where a door has no others: below 2^53, and sorted as ids are.

    Two ids of one millisecond may share theirs: whoever adds to a list makes another id then.
    """
    bits = int(id, 16)
    return max(1, ((bits >> 54) - _SINCE) << 11 | (bits >> 16) & 0x7FF)


Items = list[dict[str, Any]]
_PARTS = ("first_name", "last_name")


def settled(items: Items, before: Items, new_id: Callable[[], str], now: datetime) -> Items:
    """The contacts as they are kept: new ones get an id, and the times tell what was touched."""
    moment = f"{now.isoformat(timespec='milliseconds')[:-6]}Z"
    known = {one.get("id"): one for one in before}
    serials = {one["serial"] for one in items if "serial" in one}
    kept = []
    for one in items:
        if "id" not in one:
            one = {**_identity(new_id, serials), **one, "created_at": moment, "updated_at": moment}
        elif one != (old := known.get(one["id"], one)):
            one = {**_renamed(one, old), "updated_at": moment}
        kept.append(one)
    return kept


def _renamed(one: dict[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Without first and last name where only the name as a whole is another: they are no longer so."""
    if one.get("name") == old.get("name") or any(one.get(name) != old.get(name) for name in _PARTS):
        return one
    return {name: value for name, value in one.items() if name not in _PARTS}


def lost(before: Items | None, after: Items | None) -> bool:
    """Whether somebody who was there is there no longer."""
    return not {one.get("id") for one in before or ()} <= {one.get("id") for one in after or ()}


def _identity(new_id: Callable[[], str], serials: set[int]) -> dict[str, Any]:
    """An id whose whole number no other contact of the list has."""
    id = new_id()
    while serial_of(id) in serials:
        id = new_id()
    serials.add(serial_of(id))
    return {"id": id, "serial": serial_of(id)}


def identified(items: Items, new_id: Callable[[], str]) -> Items:
    """The delivery addresses, each with an id."""
    return [one if "id" in one else {"id": new_id(), **one} for one in items]
