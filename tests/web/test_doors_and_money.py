"""What one door does with the documents and payments of another, and of several doors at once."""

from decimal import Decimal

import asyncpg

from billto.app import documents
from tests.web.documents import WORK, document
from tests.web.house import House, answered
from tests.web.invoiced import Books
from tests.web.loopback import alice, bare, said
from tests.web.money import _asked, paid

ROUNDS = 25


def _deadlocks(house: House) -> int:
    """How many transactions PostgreSQL has ended because they waited for each other in a circle."""
    if house.url.startswith("sqlite"):
        return 0

    async def counted() -> int:
        connection = await asyncpg.connect(house.url)
        try:
            await connection.execute("SELECT pg_stat_clear_snapshot()")
            sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            return int(await connection.fetchval(sql))
        finally:
            await connection.close()

    return house.run(counted())


def test_payments_are_changed_through_two_doors_at_once_and_nobody_waits_in_a_circle(house: House) -> None:
    native, v1 = house.alice, alice(house)
    invoice = document(native, customer_id=house.cast.white_rabbit)
    for at in range(ROUNDS):
        payment = paid(native, invoice_id=invoice["id"], amount=1)
        path = f"/payments/{bare(payment['id'])}"
        answers = house.at_once(
            native.asking("PATCH", f"/payments/{payment['id']}", {"applications": [], "note": f"{at}"}),
            v1.asking("PATCH", path, {"tag": f"{at}"}),
            native.asking("PATCH", f"/payments/{payment['id']}", {"reference": f"{at}"}),
            v1.asking("DELETE", path),
        )
        assert all(one.status_code in (200, 404, 409, 422) for one in answers), [one.text for one in answers]
    assert _deadlocks(house) == 0


def test_pending_items_are_billed_while_the_customer_pays_and_nobody_waits_in_a_circle(house: House) -> None:
    books = Books(house, consolidated=True)
    of = f"/customers/{books.of}"
    for _ in range(ROUNDS // 2):
        books.invoice(10)
        books.made(f"{of}/line_items", {"name": "Hours", "quantity": 1, "unit_cost": 5})
        bill = {"customer": books.of, "items": [{"name": "Paper", "quantity": 1, "unit_cost": 10}]}
        answers = house.at_once(
            books.asking("POST", f"{of}/invoices"),
            books.asking("POST", "/invoices", bill),
            books.asking("POST", "/credit_balance_adjustments", {"customer": books.of, "amount": 1}),
            books.asking("POST", f"{of}/consolidate_invoices"),
            books.asking("POST", f"{of}/invoices"),
        )
        assert all(one.status_code in (201, 400) for one in answers), [one.text for one in answers]
        assert [answers[0].status_code, answers[4].status_code].count(201) == 1
    assert _deadlocks(house) == 0


def test_documents_come_many_at_a_time_and_alone_and_nobody_waits_in_a_circle(house: House) -> None:
    v1 = alice(house)
    first, second = v1.client("Ana")["id"], v1.client("Bor", email="bor@mail.example")["id"]
    item = {"_documentItems": [{"name": "Suit", "price": 10}]}
    path = f"/organizations/{v1.organization}/documents"
    one, two = {"clientId": first, **item}, {"clientId": second, **item}
    by_mail = {"_documentClient": {"name": "Bor", "email": "bor@mail.example"}, **item}
    for _ in range(ROUNDS // 2):
        answers = house.at_once(
            *(v1.asking("POST", path, body) for body in ([one, two], two, [by_mail, one], one, [two, one]))
        )
        assert all(one.status_code == 200 for one in answers), [one.text for one in answers]
    assert _deadlocks(house) == 0


def _with_a_levy(house: House) -> None:
    """A draft of the shop's, made through Invoiced, with a levy of 5 on one line and no tax on the other."""
    books = Books(house)
    line = {"name": "Paper", "quantity": 1, "unit_cost": 100, "taxable": True, "taxes": [{"amount": 5}]}
    free = {"name": "Stamps", "quantity": 1, "unit_cost": 10, "taxable": False}
    books.made("/tax_rates", {"id": "vat", "name": "VAT", "value": 10})
    fields = {"items": [line, free], "taxes": ["vat"], "draft": True}
    made = books.made("/invoices", {"customer": books.of, **fields})
    assert made["total"] == 125


def test_the_native_door_changes_a_line_and_nothing_that_it_does_not_show(house: House) -> None:
    native = house.shopkeeper
    _with_a_levy(house)
    (shown,) = native.listed("/invoices")["data"]
    first, second = shown["items"]
    items = [{**first, "name": "Paper, A4"}, {**second, "name": "Stamps, blue"}]
    changed = answered(native.patch(f"/invoices/{shown['id']}", {"items": items}))
    assert [one["name"] for one in changed["items"]] == ["Paper, A4", "Stamps, blue"]
    assert (changed["total_with_tax"], changed["taxes"]) == (125, shown["taxes"])


def test_v1_changes_a_line_and_nothing_that_it_does_not_show(house: House) -> None:
    _with_a_levy(house)
    v1 = alice(house).about(house.cast.shop)
    (shown,) = said(v1.get(f"/organizations/{v1.organization}/documents"))
    first, second = shown["_documentItems"]
    items = [{**first, "name": "Paper, A4"}, {**second, "name": "Stamps, blue"}]
    changed = said(v1.ask("PATCH", f"/documents/{shown['id']}", {"_documentItems": items}))
    assert [one["name"] for one in changed["_documentItems"]] == ["Paper, A4", "Stamps, blue"]
    assert (changed["totalWithTax"], changed["_documentTaxes"]) == (125, shown["_documentTaxes"])


def test_invoiced_changes_a_line_and_nothing_that_it_does_not_show(house: House) -> None:
    native, books = house.shopkeeper, Books(house)
    lines = [
        {"name": "Rope", "gross_price": 61, "taxes": [{"rate": 22}]},
        {"name": "Work", "price": 50, "quantity": 2, "discounts": [{"value": 10}], "taxes": [{"rate": 9.5}]},
        {"name": "Advice", "price": 40, "taxes": [{"rate": 22, "reverse_charge": True}]},
    ]
    made = document(native, items=lines, customer_id=house.cast.duchess, is_draft=True)
    (shown,) = books.listed("/invoices")
    items = [{**one, "name": f"{one['name']}, new"} for one in shown["items"]]
    for body in ({"items": items}, {**shown, "items": items}):
        answer = books.patch(f"/invoices/{shown['id']}", body)
        assert answer.status_code == 200, answer.text
    changed = answered(native.get(f"/invoices/{made['id']}"))
    assert [one["name"] for one in changed["items"]] == ["Rope, new", "Work, new", "Advice, new"]
    for name in ("total", "total_with_tax", "taxes"):
        assert changed[name] == made[name]
    items[1] = {**items[1], "quantity": 4}
    assert books.patch(f"/invoices/{shown['id']}", {"items": items}).status_code == 200
    changed = answered(native.get(f"/invoices/{made['id']}"))
    assert [one["total"] for one in changed["items"]] == [50, 180, 40]


def test_what_was_owed_before_there_was_a_ledger_is_seen_at_every_door(house: House) -> None:
    native, v1 = house.alice, alice(house)
    owing = bare(house.cast.white_rabbit)
    house.write(lambda tx: documents.open_balance(tx, _asked(house), owing, Decimal(70), {}))
    (shown,) = native.listed("/documents")["data"]
    assert (shown["type"], shown["total_due"]) == ("opening_balance", 70)
    assert answered(native.get(f"/documents/{shown['id']}")) == shown
    assert native.get(f"/invoices/{shown['id']}").status_code == 404
    assert said(v1.get(f"/organizations/{v1.organization}/documents")) == []
    paid(native, document_id=shown["id"], amount=20)
    assert answered(native.get(f"/documents/{shown['id']}"))["total_due"] == 50
    entries = native.listed(f"/customers/{house.cast.white_rabbit}/ledger")["data"]
    assert shown["id"] in [one["item_id"] for one in entries]
    told = native.get(f"/customers/{house.cast.white_rabbit}/statement", type="open_item")
    assert [one["document_id"] for one in answered(told)["items"]] == [shown["id"]]


def test_the_price_that_is_given_takes_the_place_of_the_other_at_every_door(house: House) -> None:
    native, books = house.shopkeeper, Books(house)
    v1 = alice(house).about(house.cast.shop)
    for change in (
        lambda item: document(native, items=[{"item_id": item["id"], "price": 10, "save_item": True}]),
        lambda item: answered(native.patch(f"/items/{item['id']}", {"price": 10})),
        lambda item: books.patch(f"/items/{bare(item['id'])}", {"unit_cost": 10}),
        lambda item: said(v1.ask("PATCH", f"/items/{bare(item['id'])}", {"price": 10})),
    ):
        item = answered(native.post("/items", {"name": "Rope", "gross_price": 61}), 201)
        change(item)
        now = answered(native.get(f"/items/{item['id']}"))
        assert (now["price"], now["gross_price"]) == (10, None)
        assert document(native, items=[{"item_id": item["id"]}])["total"] == 10


def test_a_reverse_charge_by_rule_goes_when_its_reason_does(house: House) -> None:
    rule = {"settings": {"tax_rules": {"eu": {"auto_reverse_charge": True}}}}
    answered(house.alice.patch(f"/entities/{house.cast.studio}", rule))
    german = {"name": "Anna", "country": "Germany", "tax_number": "DE123456789", "is_end_consumer": False}
    body = {"is_draft": True, "customer": german, "items": [WORK]}
    made = document(house.alice, **body)
    assert (made["total_with_tax"], made["items"][0]["taxes"][0]["reverse_charge"]) == (100, True)
    path, items = f"/invoices/{made['id']}", [{**made["items"][0], "name": "Other work"}]
    assert answered(house.alice.patch(path, {"items": items}))["total_with_tax"] == 100
    slovene = {"customer": {"name": "Ana", "country": "Slovenia", "tax_number": None}}
    assert answered(house.alice.patch(path, slovene))["total_with_tax"] == 122
