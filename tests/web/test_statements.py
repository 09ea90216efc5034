"""Statements at the native door: sums that chain, families, currencies, what is past due."""

from typing import Any

from tests.web.house import House, answered, refused
from tests.web.money import below, day, issued, paid, stands

MONEY = ("previous", "invoiced", "paid", "adjusted", "balance", "credit", "net")


def told(house: House, customer: Any, **asked: Any) -> Any:
    return answered(house.alice.get(f"/customers/{customer['id']}/statement", **asked))


def year_of(house: House) -> Any:
    """A customer with three months of invoices and payments."""
    ana = house.alice.customer("Ana")
    first = issued(house, ana, "100", date=day("2026-01-10"))
    issued(house, ana, "50", date=day("2026-02-05"))
    paid(house.alice, invoice_id=first, amount=70, date="2026-02-20")
    third = issued(house, ana, "25", date=day("2026-03-01"))
    note = issued(house, ana, "10", "credit_note", date=day("2026-03-05"))
    settling = {"type": "credit_note", "invoice_id": third, "credit_note_id": note, "date": "2026-03-06"}
    paid(house.alice, **settling)
    return ana


def test_a_month_begins_with_what_the_one_before_ended_with(house: House) -> None:
    ana = year_of(house)
    months = [told(house, ana, start=f"2026-0{month}-01", end=f"2026-0{month}-28") for month in (1, 2, 3)]
    assert [[one[name] for name in MONEY] for one in months] == [
        [0, 100, 0, 0, 100, 0, 100],
        [100, 50, 70, 0, 80, 0, 80],
        [80, 25, 0, 10, 95, 0, 95],
    ]
    assert stands(house.alice, ana) == (95, 0, 0, 0)
    whole = told(house, ana, start="2026-01-01", end="2026-03-31")
    assert [whole[name] for name in MONEY] == [0, 175, 70, 10, 95, 0, 95]
    assert [line["balance"] for line in whole["lines"]] == [100, 150, 80, 105, 95]
    assert sum(bucket["amount"] for bucket in whole["ageing"]) == 95


def test_without_dates_it_is_the_month_to_today(house: House) -> None:
    ana = house.alice.customer()
    issued(house, ana, "100", date=day("2026-04-30"))
    one = told(house, ana)
    assert (one["type"], one["start"], one["end"]) == (
        "balance_forward",
        "2026-05-01T00:00:00.000Z",
        "2026-05-01T00:00:00.000Z",
    )
    assert (one["previous"], one["lines"], one["balance"]) == (100, [], 100)
    assert one["customers"] == [{"id": ana["id"], "name": "Ana"}]


def test_lines_name_their_documents(house: House) -> None:
    ana = house.alice.customer()
    invoice = issued(house, ana, "100")
    advance = issued(house, ana, "60", "advance_invoice")
    note = issued(house, ana, "30", "credit_note")
    payment = paid(house.alice, customer_id=ana["id"], amount=5)
    one = told(house, ana)
    assert {line["item_id"] for line in one["lines"]} == {invoice, advance}
    assert {line["item_id"] for line in one["credit_lines"]} == {note, payment["id"]}
    assert (one["issued"], one["spent"], one["credit"]) == (35, 0, 35)
    items = told(house, ana, type="open_item")
    assert {item["document_id"] for item in items["items"]} == {invoice, advance}
    assert {(one["account"], one["item_id"], one["amount"]) for one in items["credits"]} == {
        ("credit_note", note, 30),
        ("payment", payment["id"], 5),
    }


def test_open_items_are_as_of_their_day(house: House) -> None:
    ana = year_of(house)
    february = told(house, ana, type="open_item", end="2026-02-28")
    assert [(one["total"], one["balance"]) for one in february["items"]] == [(100, 30), (50, 50)]
    assert (february["total"], february["credit"], february["net"]) == (80, 0, 80)
    assert february["end"] == "2026-02-28T00:00:00.000Z"
    now = told(house, ana, type="open_item")
    assert (now["total"], sum(bucket["amount"] for bucket in now["ageing"])) == (95, 95)


def test_only_what_is_past_due_is_told_where_that_is_asked(house: House) -> None:
    ana = house.alice.customer()
    late = issued(house, ana, "100", date=day("2026-03-01"), due_date=day("2026-04-01"))
    issued(house, ana, "50")
    one = told(house, ana, type="open_item", items="past_due", buckets="30,60")
    (item,) = one["items"]
    assert (item["document_id"], item["days_past_due"], item["date_due"]) == (
        late,
        30,
        "2026-04-01T00:00:00.000Z",
    )
    assert one["total"] == 100
    assert [bucket["amount"] for bucket in one["ageing"]] == [0, 100, 0, 0]
    # The ageing below a balance is that of all of it.
    whole = told(house, ana, type="balance_forward", items="past_due", buckets="30,60")
    assert whole["balance"] == sum(bucket["amount"] for bucket in whole["ageing"]) == 150


def test_a_parent_is_told_of_its_children(house: House) -> None:
    parent, child, grandchild = (house.alice.customer(name) for name in ("Parent", "Child", "Grandchild"))
    below(house, child, parent)
    below(house, grandchild, child)
    for of, total in ((parent, "100"), (child, "20"), (grandchild, "3")):
        issued(house, of, total)
    whole = told(house, parent)
    assert whole["balance"] == 123
    assert [one["name"] for one in whole["customers"]] == ["Parent", "Child", "Grandchild"]
    assert {line["customer_id"] for line in whole["lines"]} == {parent["id"], child["id"], grandchild["id"]}
    alone = told(house, parent, include_children=False)
    assert (alone["balance"], [one["name"] for one in alone["customers"]]) == (100, ["Parent"])
    assert told(house, child, type="open_item")["total"] == 23


def test_currencies_have_statements_of_their_own(house: House) -> None:
    ana = house.alice.customer()
    for currency, total in (("EUR", "10.50"), ("JPY", "1200"), ("KWD", "1.125")):
        issued(house, ana, total, currency_code=currency)
        issued(house, ana, total, currency_code=currency)
    for currency, sum_of_both in (("EUR", 21), ("JPY", 2400), ("KWD", 2.25)):
        for kind, name in (("balance_forward", "balance"), ("open_item", "total")):
            one = told(house, ana, type=kind, currency_code=currency.lower())
            assert (one["currency_code"], one[name]) == (currency, sum_of_both)
    assert told(house, ana)["currency_code"] == "EUR"
    assert told(house, ana, currency_code="USD")["balance"] == 0


def test_what_cannot_be_asked_is_refused_by_name(house: House) -> None:
    path = f"/customers/{house.cast.white_rabbit}/statement"
    for name, value in (
        ("type", "activity"),
        ("start", "yesterday"),
        ("end", "2026-02-30"),
        ("currency_code", "euro"),
        ("items", "some"),
        ("include_children", "perhaps"),
        ("buckets", "30;60"),
    ):
        assert refused(house.alice.get(path, **{name: value})) == (400, {name: "bad_parameter"}), name
    backwards = house.alice.get(path, start="2026-05-02", end="2026-05-01")
    assert refused(backwards) == (400, {"start": "bad_parameter"})
