"""Contacts and delivery addresses in a cell: a JSON list, in our names or in those of the other languages."""

from collections.abc import Callable, Mapping
from typing import Any

from billto.domain.contact import CONTACT, CONTACTS, DELIVERY_ADDRESS, DELIVERY_ADDRESSES, serial_of
from billto.domain.importing.cells import Cell, shaped
from billto.domain.nodes import Many, Node

_NAMES = {
    "firstName": "first_name", "lastName": "last_name", "phoneNo": "phone", "postcode": "post_code",
    "country": "country_code", "address1": "address", "address2": "address_2", "postal_code": "post_code",
    "primary": "is_primary", "isDefault": "is_default", "sms_enabled": "is_sms_enabled",
}  # fmt: skip


def _list(shape: Many, fields: dict[str, Node]) -> Cell:
    def prepared(given: Any) -> Any:
        return [_one(one) if isinstance(one, dict) else one for one in given] if _is_list(given) else given

    def _one(given: dict[str, Any]) -> dict[str, Any]:
        """Names that we know by another one are changed; names that nobody knows are kept aside."""
        kept: dict[str, Any] = {}
        more: dict[str, Any] = {}
        for name, value in given.items():
            ours = name if name in fields else _NAMES.get(name, name)
            (kept if ours in fields else more)[ours] = value
        if more:
            kept["more"] = {**more, **(kept.get("more") or {})}
        return kept

    return shaped(shape, prepared)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


PEOPLE: Mapping[str, Cell] = {
    "contacts": _list(CONTACTS, CONTACT),
    "delivery_addresses": _list(DELIVERY_ADDRESSES, DELIVERY_ADDRESS),
}


def named(values: dict[str, Any], new_id: Callable[[], str]) -> dict[str, Any]:
    """The values with an id for everybody in them who has none, as the doors give them."""
    return {**values, **{name: _with_ids(values[name], name, new_id) for name in PEOPLE if values.get(name)}}


def _with_ids(people: list[dict[str, Any]], name: str, new_id: Callable[[], str]) -> list[dict[str, Any]]:
    return [one if one.get("id") else {**_identity(name, new_id()), **one} for one in people]


def _identity(name: str, id: str) -> dict[str, Any]:
    return {"id": id, "serial": serial_of(id)} if name == "contacts" else {"id": id}
