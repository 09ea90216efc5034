"""What a customer owes, at the native door: balances, the ledger, and credit that is given and taken back."""

import pytest

from billto.app import balances
from tests.web.house import House, answered, refused
from tests.web.money import day, issued, paid, stands, voided

LABELS = ["not_due", "1-7", "8-14", "15-30", "31-60", "61+"]


def test_a_customer_who_owes_nothing_has_a_balance_of_nothing(house: House) -> None:
    ana = house.alice.customer()
    told = answered(house.alice.get(f"/customers/{ana['id']}/balance"))
    assert told["customer_id"] == ana["id"]
    (one,) = told["balances"]
    assert (one["currency_code"], one["overdue"], one["credit_history"]) == ("EUR", False, [])
    names = ("outstanding", "due", "open_credit_notes", "unapplied", "credit", "net")
    assert [one[name] for name in names] == [0] * 6
    assert [bucket["label"] for bucket in one["ageing"]] == LABELS


def test_everything_that_is_open_is_told_apart(house: House) -> None:
    ana = house.alice.customer()
    issued(house, ana, "100", date=day("2026-03-01"), due_date=day("2026-04-20"))
    issued(house, ana, "50")
    issued(house, ana, "30", "credit_note")
    paid(house.alice, customer_id=ana["id"], amount=20)
    house.alice.post("/credit-adjustments", {"customer_id": ana["id"], "amount": 5})
    (one,) = answered(house.alice.get(f"/customers/{ana['id']}/balance"))["balances"]
    assert (one["outstanding"], one["open_credit_notes"], one["unapplied"], one["credit"]) == (150, 30, 20, 5)
    assert one["net"] == 95
    assert (one["due"], one["overdue"]) == (100, True)
    aged = {bucket["label"]: bucket["amount"] for bucket in one["ageing"]}
    assert (aged["not_due"], aged["8-14"], sum(aged.values())) == (50, 100, 150)


def test_a_balance_counts_what_is_dated_later(house: House) -> None:
    """A payment that is dated tomorrow is there already, also in the ageing."""
    ana = house.alice.customer()
    paid(house.alice, invoice_id=issued(house, ana, "100"), amount=40, date="2026-07-01")
    (one,) = answered(house.alice.get(f"/customers/{ana['id']}/balance"))["balances"]
    assert (one["outstanding"], sum(bucket["amount"] for bucket in one["ageing"])) == (60, 60)


def test_buckets_are_as_they_are_asked_for(house: House) -> None:
    ana = house.alice.customer()
    issued(house, ana, "100", date=day("2026-01-01"), due_date=day("2026-02-10"))
    path = f"/customers/{ana['id']}/balance"
    (one,) = answered(house.alice.get(path, buckets="30,60,90"))["balances"]
    assert [(bucket["label"], bucket["amount"]) for bucket in one["ageing"]] == [
        ("not_due", 0),
        ("1-30", 0),
        ("31-60", 0),
        ("61-90", 100),
        ("91+", 0),
    ]
    for wrong in ("", "x", "30,30", "0,30", "60,30", "99999", ",".join(map(str, range(1, 20))), "-1", "٣"):
        assert refused(house.alice.get(path, buckets=wrong)) == (400, {"buckets": "bad_parameter"}), wrong


def test_currencies_are_never_added(house: House) -> None:
    ana = house.alice.customer()
    for currency, total in (("EUR", "10.50"), ("JPY", "1200"), ("KWD", "1.125")):
        issued(house, ana, total, currency_code=currency)
    told = answered(house.alice.get(f"/customers/{ana['id']}/balance"))["balances"]
    assert {one["currency_code"]: one["outstanding"] for one in told} == {
        "EUR": 10.5,
        "JPY": 1200,
        "KWD": 1.125,
    }
    assert told[0]["currency_code"] == "EUR"
    assert stands(house.alice, ana, "kwd") == (1.125, 0, 0, 0)
    assert stands(house.alice, ana, "USD") == (0, 0, 0, 0)
    path = f"/customers/{ana['id']}/balance"
    assert refused(house.alice.get(path, currency_code="EURO")) == (400, {"currency_code": "bad_parameter"})
    half_a_yen = {"customer_id": ana["id"], "currency_code": "JPY", "amount": 0.5}
    assert refused(house.alice.post("/payments", half_a_yen)) == (422, {"amount": "out_of_range"})


def test_the_credit_balance_has_a_history(house: House) -> None:
    ana = house.alice.customer()
    for amount in (25, 10, -5):
        body = {"customer_id": ana["id"], "amount": amount}
        answered(house.alice.post("/credit-adjustments", body), 201)
    (one,) = answered(house.alice.get(f"/customers/{ana['id']}/balance"))["balances"]
    assert [change["credit"] for change in one["credit_history"]] == [30, 35, 25]
    assert one["credit_history"][0]["at"] > one["credit_history"][1]["at"]


def test_the_ledger_sums_up_to_the_balance(house: House) -> None:
    ana = house.alice.customer()
    invoice, note = issued(house, ana, "100"), issued(house, ana, "30", "credit_note")
    advance, gone = issued(house, ana, "60", "advance_invoice"), issued(house, ana, "9")
    voided(house, gone)
    payment = paid(
        house.alice, applications=[{"document_id": one, "amount": 20} for one in (invoice, advance)]
    )
    house.alice.post("/credit-adjustments", {"customer_id": ana["id"], "amount": 5})
    path = f"/customers/{ana['id']}/ledger"
    entries = house.alice.listed(path, limit=100)["data"]
    by_account = {
        account: sum(one["amount"] for one in entries if one["account"] == account)
        for account in ("invoice", "credit_note", "payment", "credit")
    }
    outstanding, notes, unapplied, credit = stands(house.alice, ana)
    assert by_account == {
        "invoice": outstanding,
        "credit_note": -notes,
        "payment": -unapplied,
        "credit": -credit,
    }
    assert {one["item_id"] for one in entries} == {invoice, note, advance, gone, payment["id"], None}
    assert {one["cause"]: one["cause_id"][:4] for one in entries if one["cause"] != "document"} == {
        "payment": "pmt_",
        "adjustment": "cra_",
    }
    assert {one["customer_id"] for one in entries} == {ana["id"]}


def test_the_ledger_is_paged_and_asked(house: House) -> None:
    ana, eva = house.alice.customer("Ana"), house.alice.customer("Eva")
    issued(house, eva, "7")
    for number in range(1, 4):
        issued(house, ana, f"{number}0", date=day(f"2026-04-0{number}"))
    path = f"/customers/{ana['id']}/ledger"
    first = house.alice.listed(path, limit=2, order_by="-date")
    assert [one["amount"] for one in first["data"]] == [30, 20]
    assert first["pagination"]["total"] == 3
    rest = house.alice.listed(path, limit=2, order_by="-date", next_cursor=first["pagination"]["next_cursor"])
    assert [one["amount"] for one in rest["data"]] == [10]
    for query, found in (
        ({"date": {"gte": "2026-04-02"}}, [20, 30]),
        ({"account": "payment"}, []),
        ({"kind": {"in": ["issued"]}, "currency_code": "EUR"}, [10, 20, 30]),
        ({"amount": {"lt": 20}}, [10]),
    ):
        assert [one["amount"] for one in house.alice.listed(path, query=query)["data"]] == found, query
    assert refused(house.alice.get(path, query={"serial": 1})) == (400, {"query.serial": "unknown_field"})


@pytest.mark.parametrize("what", ["balance", "ledger", "statement"])
def test_nobody_owes_anything_who_is_not_there(house: House, what: str) -> None:
    for id in ("cust_" + "0" * 24, "nonsense", house.cast.mr_bucket):
        answer = house.alice.get(f"/customers/{id}/{what}")
        assert (answer.status_code, answer.json()["message"]) == (404, "Customer not found")
    assert house.alice.get(f"/customers/{house.cast.mad_hatter}/{what}").status_code == 200


def test_credit_is_given_changed_and_taken_back(house: House) -> None:
    ana = house.alice.customer()
    body = {"customer_id": ana["id"], "amount": 25.5, "date": "2026-05-01", "note": "Broken crate"}
    made = answered(house.alice.post("/credit-adjustments", body), 201)
    assert made["id"].startswith("cra_")
    assert (made["amount"], made["currency_code"], made["date"]) == (25.5, "EUR", "2026-05-01T00:00:00.000Z")
    one = f"/credit-adjustments/{made['id']}"
    assert answered(house.alice.get(one)) == made
    assert answered(house.alice.patch(one, made)) == made
    assert answered(house.alice.patch(one, {"amount": 40}))["amount"] == 40
    assert stands(house.alice, ana) == (0, 0, 0, 40)
    for name, value in (
        ("date", "2026-05-02"),
        ("currency_code", "USD"),
        ("customer_id", "cust_" + "0" * 24),
    ):
        assert refused(house.alice.patch(one, {name: value})) == (422, {name: "immutable"})
    assert house.alice.delete(one).status_code == 204
    assert stands(house.alice, ana) == (0, 0, 0, 0)
    assert house.alice.listed("/credit-adjustments")["data"] == []
    (gone,) = house.alice.listed("/credit-adjustments", deleted=True)["data"]
    assert gone["deleted_at"] is not None
    assert refused(house.alice.patch(one, {"note": "x"}))[0] == 409


def test_credit_that_is_spent_is_not_taken_back(house: House) -> None:
    ana = house.alice.customer()
    made = answered(house.alice.post("/credit-adjustments", {"customer_id": ana["id"], "amount": 25}), 201)
    issued(house, ana, "20")  # takes up the credit
    assert stands(house.alice, ana) == (0, 0, 0, 5)
    one = f"/credit-adjustments/{made['id']}"
    assert refused(house.alice.delete(one)) == (422, {"amount": "credit_overspent"})
    assert refused(house.alice.patch(one, {"amount": 19})) == (422, {"amount": "credit_overspent"})
    too_much = {"customer_id": ana["id"], "amount": -6}
    assert refused(house.alice.post("/credit-adjustments", too_much)) == (422, {"amount": "credit_overspent"})
    for body, path, code in (
        ({"amount": 5}, "customer_id", "required"),
        ({"customer_id": ana["id"]}, "amount", "required"),
        ({"customer_id": ana["id"], "amount": 0}, "amount", "out_of_range"),
        ({"customer_id": ana["id"], "amount": 0.001}, "amount", "out_of_range"),
        ({"customer_id": None, "amount": 1}, "customer_id", "not_null"),
    ):
        assert refused(house.alice.post("/credit-adjustments", body)) == (422, {path: code})


def test_a_balance_does_not_depend_on_how_much_there_ever_was(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = house.alice.customer()
    for _ in range(3):
        paid(house.alice, invoice_id=issued(house, ana, "10"))
    issued(house, ana, "7", due_date=day("2026-04-20"))
    monkeypatch.setattr(balances, "ENTRIES_MAX", 5)
    (one,) = answered(house.alice.get(f"/customers/{ana['id']}/balance"))["balances"]
    assert (one["outstanding"], [bucket["amount"] for bucket in one["ageing"]]) == (7, [0, 0, 7, 0, 0, 0])
    answer = house.alice.get(f"/customers/{ana['id']}/statement")
    assert answer.status_code == 422
