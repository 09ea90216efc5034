"""What one door does with the documents and payments of another, and of several doors at once."""

import asyncpg

from tests.web.documents import document
from tests.web.house import House
from tests.web.invoiced import Books
from tests.web.loopback import alice, bare
from tests.web.money import paid

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
