"""Two customers that are one: nothing is lost or counted twice, and every old name still leads there."""

from decimal import Decimal
from typing import Any

from billto.app import belongings, customers, documents, ledger, merging
from billto.app import credits as adjusting
from billto.app.parts import Request
from billto.domain.contact import CONTACTS_MAX
from tests.app.desk import Desk, code

ANA = {"name": "Ana", "email": "ana@acme.example", "is_primary": True}
BOR = {"name": "Bor", "email": "bor@acme.example"}


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
