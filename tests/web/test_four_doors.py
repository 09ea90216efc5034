"""One customer, whatever door it comes through: made by one, changed by others, read by all."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from billto.dialects.dialect import Dialect, Route
from billto.dialects.wire import REQ, RO, Table
from billto.domain.attrs import Attr, Kind, catalogue
from billto.domain.customer import Customer
from billto.domain.ids import read_id
from billto.domain.scope import Scope
from billto.domain.versions import Edit
from billto.web.bodies import parse_json
from billto.web.doors import to_json
from billto.wiring import DIALECTS
from tests.store.records import examples
from tests.web.house import House


class Door(NamedTuple):
    """A language's way to its customers."""

    dialect: Dialect
    table: Table
    create: Route
    change: Route
    get: Route

    def __repr__(self) -> str:
        return self.dialect.name


def _door(dialect: Dialect) -> Door | None:
    found = {
        (one.method, one.path.endswith("{id}")): one
        for one in reversed(dialect.routes)
        if one.table.record is Customer and one.path.rpartition("/")[2] in PLACES
    }
    if not found:
        return None
    get = found["GET", True]
    return Door(dialect, get.table, found["POST", False], found["PATCH", True], get)


PLACES = ("{id}", "customers", "customer", "clients")
DOORS = [door for dialect in DIALECTS if (door := _door(dialect)) is not None]

words = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=8)
PERSON = {"id": "6595a27b5d35015c3ef0c3fd", "serial": 7, "name": "Eva Novak", "email": "eva@acme.example"}
OWN: Mapping[str, st.SearchStrategy[Any]] = {
    "country": st.sampled_from(("Slovenia", "Deutschland", "Atlantis")),
    "country_code": st.sampled_from(("SI", "DE", "US")),
    "post_code": st.sampled_from(("10115", "60001")),  # of a form that all three countries take
    "currency_code": st.sampled_from(("EUR", "USD")),
    "metadata": st.dictionaries(words, words, max_size=2),
    "custom": st.sampled_from(({}, {"n": "5"}, {"o": '{"a":[1,null]}', "f": "0.50"})),
    "bank_accounts": st.sampled_from(([{"type": "iban", "iban": "SI56 1", "bank_name": "Bank"}], None)),
    "ujp": st.just({"receiver_name": "Občina"}),
    "data": st.just([{"id": "a", "name": "b", "value": {"c": 1}, "options": {}}]),
    "contacts": st.sampled_from(([PERSON], None)),
    "delivery_addresses": st.just([{"id": PERSON["id"], "name": "Store", "city": "Koper"}]),
    "tax_rates": st.just([]),
    "parent": st.none(),
    "chasing_cadence": st.none(),  # numbers of one installation
    "next_chase_step": st.none(),
    "disabled_payment_methods": st.just(["credit_card"]),
}


def _values(attr: Attr) -> st.SearchStrategy[Any]:
    if attr.name in OWN:
        return OWN[attr.name]
    if attr.among:
        return st.sampled_from(attr.among)
    return {
        Kind.TEXT: words,
        Kind.BOOL: st.booleans(),
        Kind.DATE: st.dates(),
        Kind.INT: st.integers(0, 1_000),
        Kind.DECIMAL: st.sampled_from((Decimal(0), Decimal("12.5"), Decimal(1000))),
    }[attr.kind]


SETTABLE = [
    attr
    for attr in catalogue(Customer).values()
    if attr.name not in ("entity_id", "id", "serial", "version", "created_at", "updated_at", "deleted_at")
]


@st.composite
def bodies(draw: st.DrawFn, table: Table, *, creating: bool, number: int) -> dict[str, Any]:
    """What somebody may send: some fields of a customer as this door would show it."""
    values = {attr.name: draw(_values(attr)) for attr in SETTABLE if attr.name in table.shows}
    for attr in SETTABLE:
        if attr.unique and values.get(attr.name):
            values[attr.name] = f"{values[attr.name]}-{number}"
    moment = draw(st.just(None))
    bare = dict.fromkeys(catalogue(Customer), moment) | {"metadata": {}, "custom": {}}
    shown = _shown(table, Customer(**{**bare, **values}))
    needed = [one.wire for one in table.rows if one.access is REQ or one.wire in NAMES] if creating else []
    free = [one.wire for one in table.rows if one.access is not RO and one.wire in shown]
    chosen = {*needed, *draw(st.lists(st.sampled_from(free), min_size=0 if creating else 1, max_size=8))}
    return {wire: shown[wire] for wire in free if wire in chosen}


def _shown(table: Table, record: Customer) -> dict[str, Any]:
    """As the wire has it, field by field: fields that only a stored customer has are left out."""
    shown: dict[str, Any] = {}
    for one in table.rows:
        if one.attr is not None and one.access is not RO:
            value = getattr(record, one.attr)
            encode = one.codec.encode if one.codec else None
            shown[one.wire] = value if value is None or encode is None else encode(value)
        elif one.sets is not None and one.of is not None:
            shown[one.wire] = one.of(record)
    return json.loads(to_json(shown))


# What every language calls somebody by: whoever is made needs a name.
NAMES = ("name", "firstName", "lastName")

# What only the request knows, for it is an address.
OF_REQUEST = {"statement_pdf_url"}


class Story:
    """One customer, asked for and changed through all doors."""

    def __init__(self, house: House, number: int) -> None:
        self.house = house
        self.number = number

    def ask(self, door: Door, route: Route, body: Any = None, **ids: Any) -> Any:
        token = self.house.cast.studio_key
        headers = {"Authorization": f"Bearer {token}", "X-API-KEY": token, "Content-Type": "application/json"}
        if door.dialect.name == "loopback":
            headers["Authorization"] = token
        path = door.dialect.prefix + route.path.format(entity=read_id(self.house.cast.studio), **ids)
        content = None if body is None else json.dumps(body).encode()
        answer = self.house.run(
            self.house.client.request(route.method, path, headers=headers, content=content)
        )
        assert answer.status_code in (200, 201), (door.dialect.name, path, body, answer.text)
        return answer.json()

    def stored(self, id: Any) -> Customer:
        scope = Scope("", "live", "", entity_id=read_id(self.house.cast.studio))
        found = self.house.run(self.house.server._store.reader.get(Customer, scope, id))
        assert found is not None
        return found

    def name_of(self, door: Door, record: Customer) -> Any:
        """What the record is called in this door's addresses."""
        return record.id if isinstance(door.dialect.read_id(record.id), str) else record.serial

    def read_by_all(self, record: Customer) -> None:
        for door in DOORS:
            answer = self.ask(door, door.get, id=self.name_of(door, record))
            shown = json.loads(to_json(door.table.encode(record)))
            assert answer == {**shown, **{name: answer[name] for name in OF_REQUEST & shown.keys()}}


def test_what_one_door_writes_the_others_show(shared: House) -> None:
    numbers = iter(range(10**6))

    @examples(60)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        story = Story(shared, next(numbers))
        first = data.draw(st.sampled_from(DOORS), label="made by")
        body = data.draw(bodies(first.table, creating=True, number=story.number))
        answer = story.ask(first, first.create, body)
        record = story.stored(first.dialect.read_id(str(answer["id"])))
        check(first, body, None, record)
        story.read_by_all(record)
        for _ in range(data.draw(st.integers(1, 3))):
            door = data.draw(st.sampled_from(DOORS), label="changed by")
            body = data.draw(bodies(door.table, creating=False, number=story.number))
            story.ask(door, door.change, body, id=story.name_of(door, record))
            changed = story.stored(record.id)
            check(door, body, record, changed)
            story.read_by_all(changed)
            record = changed

    def check(door: Door, body: Any, before: Customer | None, after: Customer) -> None:
        """What was said is what is stored, and what the door does not know is as it was."""
        said = door.table.decode(parse_json(json.dumps(body).encode()), creating=False)
        for name, value in said.items():
            if not isinstance(value, Edit):
                assert getattr(after, name) == value or name in ("custom", "contacts"), (name, body)
        if before is not None:
            followers = {"version", "updated_at", "country_code", "custom", "name"}
            for name in set(catalogue(Customer)) - door.table.shows - said.keys() - followers:
                assert getattr(after, name) == getattr(before, name), (name, body)

    holds()


def test_metadata_as_long_as_one_door_takes_them_stay_metadata_behind_all(shared: House) -> None:
    long = {"key": "x" * 255}
    for at, first in enumerate(DOORS):
        story = Story(shared, 10**6 + at)
        wire = next(one for one in ("metadata", "custom", "extras") if one in first.table.by_wire)
        body = {**_needed(first), wire: long}
        answer = story.ask(first, first.create, body)
        record = story.stored(first.dialect.read_id(str(answer["id"])))
        assert (record.metadata, record.custom) == (long, {})
        for door in DOORS:
            id_ = story.name_of(door, record)
            shown = story.ask(door, door.get, id=id_)
            story.ask(door, door.change, shown, id=id_)
            after = story.stored(record.id)
            assert (after.metadata, after.custom) == (long, {})


def _needed(door: Door) -> dict[str, Any]:
    texts = {
        "name": "Acme",
        "isCompany": True,
        "address": "1",
        "postcode": "10115",
        "city": "Wien",
        "extras": {},
    }
    return {wire: value for wire, value in texts.items() if wire in door.table.by_wire}


def test_every_language_has_a_door() -> None:
    assert {door.dialect.name for door in DOORS} == {"spaceinvoices", "loopback", "invoiced", "faktoora"}
