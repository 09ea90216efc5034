"""Two customers that are one: nothing is lost or counted twice, and every old name still leads there."""

import asyncio
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.app import belongings, customers, documents, families, imports, ledger, merging, payments
from billto.app import credits as adjusting
from billto.app.parts import Request
from billto.domain.contact import CONTACTS_MAX
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.importing import Key, Mode, Row
from billto.domain.problems import Refused
from tests.app.desk import Desk
from tests.conftest import ENGINES
from tests.postgres import Postgres
from tests.store.records import examples
from tests.store.stores import migrate, staged

ANA = {"name": "Ana", "email": "ana@acme.example", "is_primary": True}
BOR = {"name": "Bor", "email": "bor@acme.example"}


@pytest.fixture(params=ENGINES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'billto.sqlite'}"
        migrate(url)
        with staged(url) as stage:
            yield Desk(stage)
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database(migrate) as url, staged(url) as stage:
        yield Desk(stage)


def code(act: Callable[[], Any]) -> str:
    """What somebody is refused for."""
    with pytest.raises(Refused) as caught:
        act()
    (problem,) = caught.value.problems
    return problem.code


def names(items: list[dict[str, Any]] | None) -> list[str]:
    return [one["name"] for one in items or ()]


# What goes over


def test_all_that_belonged_to_the_one_belongs_to_the_other(desk: Desk) -> None:
    old, new = desk.customer("Acme"), desk.customer("ACME d.o.o.")
    invoice, draft = desk.document(old.id, 100), desk.document(old.id, 50, draft=True)
    paid, credit = desk.payment(old.id, 30, invoice), desk.credit(old.id, 5)
    note = desk.do(belongings.create.__get__(belongings.NOTES), old, {"content": "calls on Mondays"})
    item = desk.do(belongings.create.__get__(belongings.LINE_ITEMS), old, {"name": "Hours"})
    child = desk.customer("Branch", parent=old.serial)
    desk.merge(old, new)
    for record in (invoice, draft, paid, credit, note, item):
        now: Any = desk.stage.run(desk.stage.store.reader.get(type(record), desk.asked.scope, record.id))
        assert (now.customer_id, now.customer) == (new.id, new.serial)
        assert now.version > record.version
        assert now.updated_at > record.updated_at
    assert desk.get(child.id).parent == new.serial
    assert desk.get(child.id).version == child.version + 1


def test_an_issued_document_says_what_it_said(desk: Desk) -> None:
    old, new = desk.customer("Acme", city="Koper"), desk.customer("ACME d.o.o.", city="Piran")
    invoice = desk.document(old.id)
    said = ("buyer", "issuer", "lines", "number", "customer_name", "total_with_tax", "search", "metadata")
    before = desk.rows("document", ", ".join(said))
    desk.merge(old, new, fill=True)
    assert desk.rows("document", ", ".join(said)) == before
    draft = desk.document(old.id, draft=True)
    assert (draft.customer_name, invoice.customer_name) == ("ACME d.o.o.", "Acme")


def test_the_ledger_stays_as_it_is_and_is_read_as_one(desk: Desk) -> None:
    old, new = desk.customer("Acme"), desk.customer("ACME")
    invoice = desk.document(old.id, 100)
    desk.document(new.id, 10)
    desk.payment(old.id, 40, invoice)
    before = desk.rows("entry")
    desk.merge(old, new)
    assert desk.rows("entry") == before
    told: Any = desk.statement(old.id).told
    assert (told.invoiced, told.paid, told.balance) == (110, 40, 70)
    assert desk.standings(new)["EUR"].outstanding == 70
    desk.payment(new.id, 60, invoice)
    assert desk.standings(new)["EUR"].outstanding == 10


def test_credit_of_both_is_spent_together(desk: Desk) -> None:
    old, new = desk.customer("Acme"), desk.customer("ACME")
    desk.credit(old.id, 30)
    desk.credit(new.id, 20)
    new = desk.merge(old, new)
    invoice = desk.document(new.id, 45)
    assert invoice.balance == 0
    assert desk.standings(new)["EUR"].credit == 5


def test_who_owes_is_known_after_a_merge(desk: Desk) -> None:
    old, new, third = desk.customer("A"), desk.customer("B"), desk.customer("C")
    invoice = desk.document(old.id, 100)
    assert not desk.get(new.id).owes
    assert desk.merge(old, new).owes
    assert desk.get(new.id).owes
    assert desk.merge(third, new).owes
    desk.payment(new.id, 100, invoice)
    assert not desk.get(new.id).owes


def test_currencies_are_kept_apart(desk: Desk) -> None:
    old, new = desk.customer("Acme"), desk.customer("ACME")
    desk.document(old.id, 100, currency_code="EUR")
    desk.document(old.id, 7_000, currency_code="JPY")
    desk.document(new.id, "1.5", currency_code="KWD")
    desk.document(new.id, 11, currency_code="EUR")
    new = desk.merge(old, new)
    owed = {code: one.outstanding for code, one in desk.standings(new).items()}
    assert owed == {"EUR": 111, "JPY": 7_000, "KWD": Decimal("1.5")}


# People and fields


def test_the_people_of_both_are_there_afterwards(desk: Desk) -> None:
    old = desk.customer("A", contacts=[ANA], delivery_addresses=[{"name": "Dock", "is_default": True}])
    new = desk.customer("B", contacts=[BOR, ANA], delivery_addresses=[{"name": "Gate", "is_default": True}])
    merged = desk.merge(old, new)
    assert merged.contacts == (new.contacts or []) + (old.contacts or [])
    assert names(merged.delivery_addresses) == ["Gate", "Dock"]
    assert [one["is_default"] for one in merged.delivery_addresses or ()] == [True, False]


def test_people_for_whom_there_is_no_room_stop_a_merge(desk: Desk) -> None:
    old = desk.customer("A", contacts=[BOR])
    new = desk.customer("B", contacts=[ANA] * CONTACTS_MAX)
    assert code(lambda: desk.merge(old, new)) == "too_many"
    assert code(lambda: desk.ask(merging.preview, old.id, new.id)) == "too_many"
    assert desk.get(old.id) == old


def test_empty_fields_are_filled_only_where_that_is_wanted(desk: Desk) -> None:
    said = {"email": "a@acme.example", "number": "C-1", "external_id": "crm-1", "phone": "1"}
    old = desk.customer("A", metadata={"tier": "gold", "vat": "x"}, custom={"n": "1"}, **said)
    new = desk.customer("B", phone="2", metadata={"tier": "iron"})
    other = desk.customer("C")
    assert desk.merge(desk.customer("D", email="d@acme.example"), other).email is None
    merged = desk.merge(old, new, fill=True)
    assert {name: getattr(merged, name) for name in said} == {**said, "phone": "2"}
    assert (merged.metadata, merged.custom) == ({"tier": "iron", "vat": "x"}, {"n": "1"})
    assert desk.get(new.id) == merged


def test_an_address_is_taken_as_a_whole_or_not_at_all(desk: Desk) -> None:
    old = desk.customer("A", address="4 Quay Street", address_2="Floor 2", city="Galway", country="Ireland")
    assert desk.merge(old, desk.customer("B", city="Koper"), fill=True).address is None
    old = desk.customer("A", address="4 Quay Street", address_2="Floor 2", city="Galway", country="Ireland")
    merged = desk.merge(old, desk.customer("C"), fill=True)
    assert (merged.address, merged.city, merged.country_code) == ("4 Quay Street", "Galway", "IE")


def test_a_preview_tells_all_that_a_merge_does_and_does_nothing(desk: Desk) -> None:
    old = desk.customer("A", phone="1", email="a@a.example", contacts=[ANA], metadata={"tier": "gold"})
    new = desk.customer("B", phone="2", metadata={"tier": "iron"})
    invoice = desk.document(old.id, 100)
    desk.payment(old.id, 30, invoice)
    desk.document(new.id, 5)
    desk.customer("Branch", parent=old.serial)
    before = [desk.rows(table) for table in ("customer", "document", "standing", "event")]
    told = desk.ask(merging.preview, old.id, new.id)
    assert [desk.rows(table) for table in ("customer", "document", "standing", "event")] == before
    assert {name: many for name, many in told.moves.items() if many} == {
        "documents": 1, "payments": 1, "contacts": 1, "children": 1
    }  # fmt: skip
    (balance,) = told.balances
    assert balance.currency_code == "EUR"
    assert [one.outstanding for one in balance[1:]] == [70, 5, 75]
    assert told.fills == {"email": "a@a.example"}
    assert {(one.attr, one.key, one.value, one.stays) for one in told.given_up} == {
        ("name", None, "A", "B"), ("phone", None, "1", "2"), ("metadata", "tier", "gold", "iron")
    }  # fmt: skip
    assert desk.standings(desk.merge(old, new)) == {"EUR": balance.merged}


# Old names


def lookups(desk: Desk, was: Customer, now: Customer) -> Iterator[Any]:
    """Whom every name that a customer had leads to."""
    yield desk.get(was.id)
    yield desk.get(was.serial)
    yield desk.do(customers.hold, was.id)
    if was.external_id is not None:
        yield desk.ask(customers.get_external, was.external_id)
    for attr in ("id", "serial", "number", "external_id"):
        if (value := getattr(was, attr)) is not None:
            yield from desk.listed(customers.page, attr, value)
    assert desk.listed(customers.page, "id", (was.id, now.id)) == [now]


def test_every_name_leads_to_the_customer_after_a_chain_of_merges(desk: Desk) -> None:
    chain = [
        desk.customer(f"C{at}", number=f"C-{at}", external_id=f"crm-{at}", metadata={"at": f"{at}"})
        for at in range(4)
    ]
    for one, other in pairwise(chain):
        desk.merge(one, other)
    last = desk.get(chain[-1].id)
    for was in chain:
        assert list(lookups(desk, was, last)) == [last] * 8
    aliases = desk.stage.run(desk.stage.store.reader.aliases(desk.asked.scope, [last.id]))
    assert [(one.id, one.customer_id) for one in aliases] == [(one.id, last.id) for one in chain[:-1]]


def test_lists_of_documents_are_found_by_old_ids(desk: Desk) -> None:
    old, new, other = desk.customer("A"), desk.customer("B"), desk.customer("C")
    invoice, third = desk.document(old.id), desk.document(other.id)
    paid, credit = desk.payment(old.id, 10), desk.credit(old.id, 1)
    desk.merge(old, new)
    for verb, one in ((documents.page, invoice), (payments.page, paid), (adjusting.page, credit)):
        for attr, value in (("customer_id", old.id), ("customer", old.serial), ("customer_id", new.id)):
            assert [found.id for found in desk.listed(verb, attr, value)] == [one.id]
    found = desk.listed(documents.page, "customer_id", (old.id, other.id))
    assert [one.id for one in found] == [invoice.id, third.id]


def test_documents_payments_and_children_are_made_by_old_ids(desk: Desk) -> None:
    old, new = desk.customer("A"), desk.customer("B")
    desk.merge(old, new)
    invoice = desk.document(old.id, 10)
    by_serial = desk.do(documents.create, "invoice", {"customer": old.serial, "lines": invoice.lines})
    made = [invoice, by_serial, desk.payment(old.id, 5), desk.credit(old.id, 1)]
    assert {(one.customer_id, one.customer) for one in made} == {(new.id, new.serial)}
    assert desk.customer("Branch", parent=old.serial).parent == new.serial


def test_a_name_that_somebody_else_has_by_now_is_theirs(desk: Desk) -> None:
    old, new = desk.customer("A", external_id="crm-1", number="C-1"), desk.customer("B")
    desk.merge(old, new)
    other = desk.customer("C", external_id="crm-1", number="C-1")
    assert desk.ask(customers.get_external, "crm-1") == other
    assert desk.listed(customers.page, "number", "C-1") == [other]


def test_a_put_by_an_old_external_id_changes_the_customer_and_leaves_its_own_name(desk: Desk) -> None:
    old, new = desk.customer("A", external_id="crm-1"), desk.customer("B", external_id="crm-2")
    desk.merge(old, new)
    changed, made = desk.do(customers.put_external, "crm-1", {"city": "Koper", "external_id": "crm-1"})
    assert (made, changed.id, changed.city, changed.external_id) == (False, new.id, "Koper", "crm-2")


def test_a_row_of_a_file_is_for_the_customer_that_had_its_number(desk: Desk) -> None:
    old, new = desk.customer("A", number="C-1"), desk.customer("B", number="C-2")
    desk.merge(old, new)
    row = Row(2, (), {"number": "C-1", "city": "Koper"})
    for mode in (Mode.UPDATE, Mode.UPSERT):
        told = desk.do(imports.take, cast(Any, None), [row], imports.How(mode=mode, key=Key.NUMBER))
        assert (len(told.made), told.rejected) == (0, [])
    assert (desk.get(new.id).city, desk.get(new.id).number) == ("Koper", "C-2")


def test_nobody_is_deleted_by_an_old_id(desk: Desk) -> None:
    """Who merges tidies up elsewhere as well: to delete the duplicate must not delete what became of it."""
    old, new = desk.customer("A"), desk.customer("B")
    new = desk.merge(old, new)
    assert code(lambda: desk.do(customers.trash, old.id)) == "merged"
    assert code(lambda: desk.do(customers.trash, old.serial)) == "merged"
    desk.do(customers.trash, new.id)
    assert code(lambda: desk.do(customers.erase, old.id)) == "merged"
    assert desk.get(old.id).deleted_at


def test_who_is_deleted_for_good_takes_along_what_had_become_part_of_it(desk: Desk) -> None:
    old, new = desk.customer("A", external_id="crm-1"), desk.customer("B")
    desk.merge(old, new)
    assert desk.rows("tombstone") == []
    desk.do(customers.trash, new.id)
    desk.do(customers.erase, new.id)
    for one in (old, new):
        assert code(lambda id=one.id: desk.get(id)) == "not_found"  # type: ignore[misc]
    assert len(desk.rows("tombstone")) == 2
    assert desk.rows("alias") == []


# Families


def test_a_customer_takes_the_place_of_one_above_it(desk: Desk) -> None:
    top = desk.customer("Top")
    old = desk.customer("Old", parent=top.serial)
    middle = desk.customer("Middle", parent=old.serial)
    new = desk.customer("New", parent=middle.serial)
    below = desk.customer("Below", parent=new.serial)
    merged = desk.merge(old, new)
    assert merged.parent == top.serial
    assert desk.get(middle.id).parent == desk.get(below.id).parent == new.serial


def test_a_customer_that_becomes_part_of_its_parent_leaves_it_its_children(desk: Desk) -> None:
    top = desk.customer("Top")
    new = desk.customer("New", parent=top.serial)
    old = desk.customer("Old", parent=new.serial)
    below = desk.customer("Below", parent=old.serial)
    assert desk.merge(old, new, fill=True).parent == top.serial
    assert desk.get(below.id).parent == new.serial


def test_a_parent_is_taken_over_only_where_there_is_none(desk: Desk) -> None:
    one, two = desk.customer("One"), desk.customer("Two")
    old, new = desk.customer("Old", parent=one.serial), desk.customer("New", parent=two.serial)
    assert desk.merge(old, new, fill=True).parent == two.serial
    old, new = desk.customer("Old", parent=one.serial), desk.customer("New")
    assert desk.merge(old, new, fill=True).parent == one.serial


def test_no_family_becomes_too_deep_by_a_merge(desk: Desk) -> None:
    def line(length: int) -> list[Customer]:
        found: list[Customer] = []
        for _ in range(length):
            found.append(desk.customer("C", parent=found[-1].serial if found else None))
        return found

    one, other = line(families.GENERATIONS_MAX), line(2)
    assert code(lambda: desk.merge(other[0], one[-1])) == "too_deep"
    assert desk.merge(other[0], one[-2]).parent == one[-3].serial
    assert desk.get(other[1].id).parent == one[-2].serial


# What is refused, and what is written down


def test_what_cannot_be_one_stays_two(desk: Desk) -> None:
    one, trashed = desk.customer("A"), desk.customer("B")
    desk.do(customers.trash, trashed.id)
    strange = desk.stage.run(
        desk.stage.store.write(
            lambda tx: customers.create(tx, Request(desk.stage.cast.charlie), {"name": "Hers"})
        )
    )
    before = desk.rows("customer")
    assert code(lambda: desk.do(merging.merge, one.id, one.id)) == "same_customer"
    assert code(lambda: desk.do(merging.merge, one.id, one.serial)) == "same_customer"
    assert code(lambda: desk.do(merging.merge, one.id, trashed.id)) == "in_trash"
    assert code(lambda: desk.do(merging.merge, one.id, strange.id)) == "not_found"
    assert code(lambda: desk.do(merging.merge, strange.id, one.id)) == "not_found"
    assert desk.rows("customer") == before


def test_sums_that_no_database_adds_up_stay_apart(desk: Desk) -> None:
    one, other = desk.customer("A"), desk.customer("B")
    most, larger = ledger.SUM_MAX, {"customer_id": one.id, "amount": ledger.SUM_MAX / 100}

    async def grow(tx: Any, asked: Request) -> None:
        for _ in range(100):
            await adjusting.create(tx, asked, larger)

    desk.do(grow)
    assert desk.standings(one)["EUR"].credit == most
    desk.credit(other.id, 1)
    assert code(lambda: desk.merge(one, other)) == "out_of_range"
    assert code(lambda: desk.ask(merging.preview, one.id, other.id)) == "out_of_range"


def test_a_trashed_customer_may_become_part_of_another_but_leaves_its_numbers(desk: Desk) -> None:
    old = desk.customer("A", number="C-1", email="a@a.example")
    invoice = desk.document(old.id)
    desk.do(customers.trash, old.id)
    desk.customer("Other", number="C-1")
    merged = desk.merge(old, desk.customer("B"), fill=True)
    assert (merged.number, merged.email) == (None, "a@a.example")
    assert [one.id for one in desk.listed(documents.page, "customer_id", merged.id)] == [invoice.id]


def test_twice_is_once(desk: Desk) -> None:
    old, new = desk.customer("A"), desk.customer("B")
    merged = desk.merge(old, new)
    assert desk.merge(old, new) == merged == desk.get(new.id)
    assert code(lambda: desk.merge(new, old)) == "same_customer"


def test_both_are_told_of_the_merge_and_the_customers_are_counted(desk: Desk) -> None:
    old, new = desk.customer("A"), desk.customer("B")
    desk.merge(old, new)
    told = [f"('customer.merged', '{one.id}')" for one in (old, new)]
    assert [one for one in desk.rows("event", "kind, subject_id") if "merged" in one] == sorted(told)
    assert len(desk.listed(customers.page, "name", ("A", "B"))) == 1
    tally = desk.stage.run(desk.stage.asked("SELECT SUM(live), SUM(trashed) FROM tally"))
    assert [tuple(map(int, row)) for row in tally] == [(1, 0)]


# Laws

AMOUNTS = st.integers(1, 10_000)
CURRENCIES = st.sampled_from(("EUR", "JPY", "KWD"))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("invoice"), st.integers(0, 3), AMOUNTS, CURRENCIES),
        st.tuples(st.just("pay"), st.integers(0, 3), AMOUNTS, CURRENCIES),
        st.tuples(st.just("credit"), st.integers(0, 3), AMOUNTS, CURRENCIES),
        st.tuples(st.just("merge"), st.integers(0, 3), st.integers(0, 3), st.booleans()),
    ),
    min_size=1,
    max_size=12,
)


def whole(desk: Desk, cast: list[Customer]) -> tuple[Any, ...]:
    """All that there is of some customers, whoever has it."""
    now = list({one.id: one for one in (desk.get(was.id) for was in cast)}.values())
    ids = tuple(one.id for one in now)
    people = sorted(contact["id"] for one in now for contact in one.contacts or ())
    records = [
        sorted(one.id for one in desk.listed(verb, "customer_id", ids))
        for verb in (documents.page, payments.page, adjusting.page)
    ]
    return people, records, desk.standings(*now)


def without_owner(found: tuple[Any, ...]) -> tuple[Any, ...]:
    people, records, standings = found
    return people, records, {code: one[2:] for code, one in standings.items()}


def test_nothing_is_lost_and_nothing_counted_twice_whatever_is_merged(desk: Desk) -> None:
    @examples(15)
    @given(STEPS)
    def holds(steps: list[Any]) -> None:
        cast = [desk.customer(f"C{at}", contacts=[ANA], phone=f"{at}" if at % 2 else None) for at in range(4)]
        for word, at, what, how in steps:
            # By the first id that the customer ever had, which may have become an old one.
            of, before = cast[at], without_owner(whole(desk, cast))
            if word == "invoice":
                desk.document(of.id, what, currency_code=how)
            elif word == "credit":
                desk.credit(of.id, what, currency_code=how)
            elif word == "pay":
                desk.payment(of.id, what, currency_code=how)
            elif desk.get(of.id).id != desk.get(cast[what].id).id:
                merged = desk.merge(desk.get(of.id), cast[what], fill=how)
                assert without_owner(whole(desk, cast)) == before
                assert desk.get(of.id) == desk.get(cast[what].id) == merged
        for was in cast:
            now = desk.get(was.id)
            assert desk.get(was.serial) == now
            standing = desk.standings(now)
            for currency, one in standing.items():
                told: Any = desk.statement(was.id, currency=currency).told
                assert told.balance == one.outstanding
            assert now.owes is any(one.outstanding for one in standing.values())

    holds()


# At once


async def made(store: Any, asked: Request, name: str) -> Customer:
    async def work(tx: Any) -> Customer:
        return await customers.create(tx, asked, {"name": name})

    found: Customer = await store.write(work)
    return found


async def merged(store: Any, asked: Request, source: Customer, target: Customer) -> Customer:
    found: Customer = await store.write(lambda tx: merging.merge(tx, asked, source.id, target.id))
    return found


async def billed(store: Any, asked: Request, of: Customer) -> Document:
    given = {"customer_id": of.id, "lines": [{"name": "Work", "price": 10}]}
    found: Document = await store.write(lambda tx: documents.create(tx, asked, "invoice", given))
    return found


async def closed(store: Any, asked: Request, one: Document) -> Document:
    found: Document = await store.write(lambda tx: documents.close(tx, asked, one.id))
    return found


def test_two_merges_against_each_other_end_in_one_customer(desk: Desk) -> None:
    async def story() -> None:
        store, asked = desk.stage.store, desk.asked
        async with desk.stage.another() as other:
            for _ in range(5):
                one, two = await made(store, asked, "A"), await made(store, asked, "B")
                outcomes = await asyncio.gather(
                    merged(store, asked, one, two), merged(other, asked, two, one), return_exceptions=True
                )
                (kept,) = (one for one in outcomes if isinstance(one, Customer))
                assert all(isinstance(one, Customer | Refused) for one in outcomes), outcomes
                for was in (one, two):
                    assert await customers.get(store.reader, asked, was.id) == kept

    desk.stage.run(story())


def test_what_is_made_while_customers_merge_belongs_to_the_one_that_stays(desk: Desk) -> None:
    async def story() -> None:
        store, asked = desk.stage.store, desk.asked
        async with desk.stage.another() as other:
            for _ in range(5):
                one, two = await made(store, asked, "A"), await made(store, asked, "B")
                await asyncio.gather(
                    *(billed(other, asked, one) for _ in range(3)),
                    merged(store, asked, one, two),
                    *(billed(other, asked, one) for _ in range(3)),
                )
                (standing,) = await store.reader.standings(asked.scope, (two.id,))
                assert standing.outstanding == 60

    desk.stage.run(story())
    owners = desk.rows("document", "customer_id")
    assert len(owners) == 30
    assert len(set(owners)) == 5


def test_what_goes_over_while_it_is_changed_is_counted_where_it_went(desk: Desk) -> None:
    """Who waited for the one customer holds the other as well: what is owed is kept as sums."""

    async def story() -> None:
        store, asked = desk.stage.store, desk.asked
        async with desk.stage.another() as other:
            for _ in range(5):
                one, two = await made(store, asked, "A"), await made(store, asked, "B")
                bills = [await billed(store, asked, one) for _ in range(4)]
                await asyncio.gather(
                    merged(store, asked, one, two),
                    *(closed(other, asked, bill) for bill in bills),
                    *(billed(store, asked, two) for _ in range(4)),
                )
                (standing,) = await store.reader.standings(asked.scope, (two.id,))
                assert standing.outstanding == 40
                entries = await store.reader.entries(asked.scope, (two.id,), "EUR", None, 100)
                assert sum(one.amount for one in entries) == 40

    desk.stage.run(story())
