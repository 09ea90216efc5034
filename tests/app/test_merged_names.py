"""Whoever became part of another is still found by every name that it had, and its family with it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, cast

from billto.app import credits as adjusting
from billto.app import customers, documents, families, imports, payments
from billto.domain.customer import Customer
from billto.domain.importing import Key, Mode, Row
from tests.app.desk import Desk, code


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
