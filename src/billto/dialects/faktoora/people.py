"""Contacts and delivery addresses: lists of small records, each said in this language's words.

What an item holds beside them is other doors' and stays; what only this door sends is kept and given back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from billto.dialects.custom import json_of
from billto.dialects.wire import Row, woven
from billto.domain.contact import CONTACT, CONTACTS_MAX, DELIVERY_ADDRESS, Items
from billto.domain.customer import full_name
from billto.domain.ids import read_id
from billto.domain.nodes import Anything, Group, Many, Map, Node, Text
from billto.domain.problems import Problem, Refused
from billto.domain.versions import Edit

MORE_KEYS_MAX, MORE_LENGTH_MAX = 50, 20_000
_ID = Text(most=100)
_MORE = Map(Anything(MORE_LENGTH_MAX), most=MORE_KEYS_MAX)

Item = dict[str, Any]


class Said(NamedTuple):
    """What a body says of one item."""

    id: str | None
    values: Mapping[str, Any]  # by their names on the wire
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of item: the list it stands in, and its words by wire name."""

    wire: str
    attr: str
    words: Mapping[str, str]
    shape: Mapping[str, Node]
    shows: Callable[[Item, Item], Item] = lambda item, shown: shown  # where the words alone do not tell
    makes: Callable[[Item, Item, Item], Item] = lambda item, said, changes: changes

    def row(self) -> Row:
        return woven(self.wire, self.shown, self.sets, self._node().schema(), (self.attr,))

    def shown(self, record: Any) -> list[Item]:
        return [self._shown(one) for one in getattr(record, self.attr) or ()]

    def sets(self, given: Any) -> dict[str, Any]:
        """The change of the list that a body asks for; null empties it."""
        said = self._said([] if given is None else given)
        return {self.attr: Edit((lambda before: self._merged(before or [], said) or (before and None),))}

    def _node(self) -> Many:
        fields = {wire: self.shape[name] for wire, name in self.words.items()}
        return Many(Group({"id": _ID, **fields}, null=False), most=CONTACTS_MAX, null=False)

    def _shown(self, item: Item) -> Item:
        words = {wire: item.get(name) for wire, name in self.words.items()}
        return {**(item.get("more") or {}), "id": item.get("id"), **self.shows(item, words)}

    def _said(self, given: Any) -> list[Said]:
        problems: list[Problem] = []
        known: Any = self._node().read(given, (), problems)
        if problems:
            raise Refused(*problems)
        said: list[Said] = []
        for at, (one, words) in enumerate(zip(given, known, strict=True)):
            more = {key: value for key, value in one.items() if key not in words}
            _MORE.read(more, (at,), problems)
            id = read_id(words.pop("id", None) or "")
            if id is not None and id in {other.id for other in said}:
                problems.append(Problem("taken", (at, "id")))
            said.append(Said(id, words, more))
        if problems:
            raise Refused(*problems)
        return said

    def _merged(self, before: Items, said: list[Said]) -> Items:
        known = {one.get("id"): one for one in before}
        return [self._one(at, known.get(one.id, {}), one) for at, one in enumerate(said)]

    def _one(self, at: int, old: Item, said: Said) -> Item:
        """The item with what differs from what was shown: null where nothing is known says nothing."""
        shown = self._shown(old) if old else {}
        changes = {self.words[wire]: value for wire, value in said.values.items() if value != shown.get(wire)}
        item = {**old, **self.makes(old, {**shown, **said.values}, changes)}
        before = old.get("more") or {}
        more = {**before, **said.more}
        if more == before:
            return item
        if len(more) > MORE_KEYS_MAX:
            raise Refused(Problem("too_many", (self.wire, at), str(MORE_KEYS_MAX)))
        if len(json_of(more)) > MORE_LENGTH_MAX:
            raise Refused(Problem("too_long", (self.wire, at), str(MORE_LENGTH_MAX)))
        return {**item, "more": more}


def _shows_name(item: Item, shown: Item) -> Item:
    """A person whose name another door gave in one piece has that for a last name here."""
    if shown["firstName"] is None and shown["lastName"] is None:
        return {**shown, "lastName": item.get("name")}
    return shown


def _makes_name(item: Item, said: Item, changes: Item) -> Item:
    """A name in one piece, for the doors that know no other."""
    if not changes.keys() & {"first_name", "last_name"}:
        return changes
    first, last = said.get("firstName"), said.get("lastName")
    name = full_name(first, last) or item.get("name")
    return {**changes, "first_name": first, "last_name": last, "name": name}


CONTACTS = Kind(
    "customerContacts",
    "contacts",
    {
        "firstName": "first_name",
        "lastName": "last_name",
        "email": "email",
        "phoneNo": "phone",
        "position": "title",
        "isDefault": "is_primary",
    },
    CONTACT,
    _shows_name,
    _makes_name,
)
DELIVERY_ADDRESSES = Kind(
    "deliveryAddresses",
    "delivery_addresses",
    {
        "name": "name",
        "address": "address",
        "postcode": "post_code",
        "city": "city",
        "country": "country_code",
        "isDefault": "is_default",
    },
    DELIVERY_ADDRESS,
)
