"""Payments at the native door: what they settle, what they leave, and how they are taken back."""

from typing import Any

import pytest

from tests.web.house import House, answered, refused
from tests.web.money import below, day, issued, open_of, paid, stands, voided


def test_a_payment_without_an_amount_pays_all_that_is_open(house: House) -> None:
    ana = house.alice.customer()
    invoice = issued(house, ana, "219.60")
    payment = paid(house.alice, invoice_id=invoice, type="bank_transfer", date="2026-05-03", reference="SI00")
    assert payment["amount"] == 219.6
    assert (payment["invoice_id"], payment["document_id"]) == (invoice, invoice)
    assert (payment["customer_id"], payment["currency_code"]) == (ana["id"], "EUR")
    assert payment["date"] == "2026-05-03T00:00:00.000Z"
    assert payment["id"].startswith("pmt_")
    assert open_of(house, invoice) == 0
    assert stands(house.alice, ana) == (0, 0, 0, 0)
    assert refused(house.alice.post("/payments", {"invoice_id": invoice})) == (
        422,
        {"amount": "exceeds_open"},
    )


def test_the_object_has_the_documented_keys_first(house: House) -> None:
    payment = paid(house.alice, document_id=issued(house, house.alice.customer(), "10"))
    assert list(payment)[:4] == ["id", "invoice_id", "credit_note_id", "advance_invoice_id"]
    assert (payment["type"], payment["metadata"], payment["deleted_at"]) == ("other", {}, None)


def test_paying_in_parts_leaves_the_rest_open(house: House) -> None:
    ana = house.alice.customer()
    invoice = issued(house, ana, "100")
    paid(house.alice, document_id=invoice, amount=30)
    assert (open_of(house, invoice), stands(house.alice, ana)) == (70, (70, 0, 0, 0))
    paid(house.alice, document_id=invoice)
    assert open_of(house, invoice) == 0


def test_what_is_paid_too_much_becomes_credit(house: House) -> None:
    ana = house.alice.customer()
    invoice = issued(house, ana, "100")
    payment = paid(house.alice, invoice_id=invoice, amount=130.5)
    assert [(one["type"], one["amount"]) for one in payment["applications"]] == [
        ("document", 100),
        ("credit", 30.5),
    ]
    assert payment["unapplied"] == 0
    assert stands(house.alice, ana) == (0, 0, 0, 30.5)
    issued(house, ana, "50")  # the next invoice takes it up
    assert stands(house.alice, ana) == (19.5, 0, 0, 0)


def test_of_somebody_who_was_not_saved_the_rest_stays_on_the_payment(house: House) -> None:
    payment = paid(house.alice, invoice_id=issued(house, None, "100"), amount=101)
    assert (payment["customer_id"], payment["unapplied"]) == (None, 1)


def test_one_payment_settles_several_invoices(house: House) -> None:
    ana = house.alice.customer()
    first, second = issued(house, ana, "100"), issued(house, ana, "50")
    payment = paid(
        house.alice,
        customer_id=ana["id"],
        amount=160,
        applications=[
            {"document_id": first, "amount": 100},
            {"type": "document", "document_id": second, "amount": 40},
        ],
    )
    assert [one["document_id"] for one in payment["applications"]] == [first, second]
    assert payment["unapplied"] == 20
    assert (open_of(house, first), open_of(house, second)) == (0, 10)
    assert stands(house.alice, ana) == (10, 0, 20, 0)


def test_applications_without_amounts_pay_what_is_open(house: House) -> None:
    ana = house.alice.customer()
    both = [issued(house, ana, "100"), issued(house, ana, "50")]
    payment = paid(house.alice, applications=[{"document_id": one} for one in both])
    assert (payment["amount"], payment["unapplied"]) == (150, 0)
    assert stands(house.alice, ana) == (0, 0, 0, 0)


def test_a_payment_on_account_is_applied_later(house: House) -> None:
    ana = house.alice.customer()
    payment = paid(house.alice, customer_id=ana["id"], amount=80)
    assert (payment["document_id"], payment["unapplied"]) == (None, 80)
    invoice = issued(house, ana, "100")
    one = f"/payments/{payment['id']}"
    applied = answered(house.alice.patch(one, {"applications": [{"document_id": invoice}]}))
    assert (applied["invoice_id"], applied["unapplied"]) == (invoice, 0)
    assert open_of(house, invoice) == 20
    freed = answered(house.alice.patch(one, {"applications": []}))
    assert (freed["unapplied"], open_of(house, invoice)) == (80, 100)


def test_a_credit_note_settles_an_invoice_without_money(house: House) -> None:
    ana = house.alice.customer()
    invoice, note = issued(house, ana, "100"), issued(house, ana, "30", "credit_note")
    payment = paid(house.alice, type="credit_note", invoice_id=invoice, credit_note_id=note)
    assert (payment["invoice_id"], payment["credit_note_id"], payment["amount"]) == (invoice, note, 30)
    assert (open_of(house, invoice), open_of(house, note)) == (70, 0)
    assert stands(house.alice, ana) == (70, 0, 0, 0)


def test_an_advance_settles_its_final_invoice(house: House) -> None:
    ana = house.alice.customer()
    advance = issued(house, ana, "60", "advance_invoice")
    paid(house.alice, advance_invoice_id=advance)
    final = issued(house, ana, "100")
    payment = paid(house.alice, type="advance", invoice_id=final, advance_invoice_id=advance)
    assert (payment["advance_invoice_id"], payment["amount"], open_of(house, final)) == (advance, 60, 40)
    again = {"type": "advance", "invoice_id": final, "advance_invoice_id": advance}
    assert refused(house.alice.post("/payments", again))[0] == 422


def test_a_credit_note_alone_is_paid_back(house: House) -> None:
    ana = house.alice.customer()
    note = issued(house, ana, "30", "credit_note")
    back = paid(house.alice, credit_note_id=note, type="bank_transfer")
    assert (back["direction"], back["amount"], back["credit_note_id"]) == ("refund", 30, note)
    assert stands(house.alice, ana) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({}, "document_id", "required"),
        ({"amount": 5}, "document_id", "required"),
        ({"customer_id": "@ana"}, "amount", "required"),
        ({"invoice_id": "@invoice", "amount": 0}, "amount", "out_of_range"),
        ({"invoice_id": "@invoice", "amount": -5}, "amount", "out_of_range"),
        ({"invoice_id": "@invoice", "amount": 0.001}, "amount", "out_of_range"),
        ({"invoice_id": "@invoice", "amount": "5"}, "amount", "wrong_type"),
        ({"invoice_id": "@invoice", "type": "shells"}, "type", "unknown_choice"),
        ({"invoice_id": "@invoice", "date": "yesterday"}, "date", "wrong_type"),
        ({"invoice_id": "@invoice", "currency_code": "USD"}, "invoice_id", "other_currency"),
        ({"invoice_id": "@invoice", "customer_id": "@eva"}, "customer_id", "other_customer"),
        ({"invoice_id": "@note"}, "invoice_id", "unknown_reference"),
        ({"invoice_id": "inv_" + "0" * 24}, "invoice_id", "unknown_reference"),
        ({"invoice_id": "nonsense"}, "invoice_id", "invalid_format"),
        ({"document_id": "@estimate", "amount": 5}, "document_id", "not_payable"),
        ({"document_id": "@invoice", "advance_invoice_id": "@advance"}, "advance_invoice_id", "out_of_range"),
        ({"document_id": "@invoice", "applications": []}, "applications", "out_of_range"),
        ({"type": "credit_note", "invoice_id": "@invoice"}, "credit_note_id", "required"),
        ({"type": "advance", "advance_invoice_id": "@advance"}, "invoice_id", "required"),
        (
            {"type": "credit_note", "invoice_id": "@invoice", "credit_note_id": "@note", "amount": 31},
            "amount",
            "exceeds_open",
        ),
        ({"credit_note_id": "@note", "amount": 31}, "amount", "exceeds_open"),
        ({"applications": [{"type": "document"}]}, "applications.0.document_id", "required"),
        (
            {"amount": 5, "applications": [{"document_id": "@invoice", "amount": 6}]},
            "applications.0.amount",
            "exceeds_payment",
        ),
        (
            {"amount": 500, "applications": [{"document_id": "@invoice", "amount": 101}]},
            "applications.0.amount",
            "exceeds_open",
        ),
        (
            {"customer_id": "@ana", "amount": 5, "applications": [{"type": "refund_credit", "amount": 5}]},
            "applications.0.type",
            "unknown_choice",
        ),
        (
            {"applications": [{"document_id": "@invoice", "amount": -1}]},
            "applications.0.amount",
            "out_of_range",
        ),
    ],
)
def test_what_cannot_be_paid_is_said_at_its_field(
    house: House, body: dict[str, Any], path: str, code: str
) -> None:
    ana, eva = house.alice.customer("Ana"), house.alice.customer("Eva")
    ids = {
        "@ana": ana["id"],
        "@eva": eva["id"],
        "@invoice": issued(house, ana, "100"),
        "@note": issued(house, ana, "30", "credit_note"),
        "@advance": issued(house, ana, "60", "advance_invoice"),
        "@estimate": issued(house, ana, "60", "estimate"),
    }
    before = house.dump()
    assert refused(house.alice.post("/payments", _named(body, ids))) == (422, {path: code})
    assert house.dump() == before


def _named(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _named(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [_named(one, ids) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value


def test_drafts_and_voided_documents_take_no_money(house: House) -> None:
    ana = house.alice.customer()
    draft, gone = issued(house, ana, "100", draft=True), issued(house, ana, "50")
    voided(house, gone)
    for id, code in ((draft, "still_draft"), (gone, "voided")):
        assert refused(house.alice.post("/payments", {"invoice_id": id, "amount": 1})) == (
            409,
            {"invoice_id": code},
        )


def test_a_deleted_payment_never_was_until_it_is_restored(house: House) -> None:
    ana = house.alice.customer()
    invoice = issued(house, ana, "100")
    payment = paid(house.alice, invoice_id=invoice, amount=130)
    one = f"/payments/{payment['id']}"
    assert house.alice.delete(one).status_code == 204
    assert (open_of(house, invoice), stands(house.alice, ana)) == (100, (100, 0, 0, 0))
    assert house.alice.listed("/payments")["data"] == []
    (listed,) = house.alice.listed("/payments", deleted=True)["data"]
    assert (listed["id"], listed["deleted_at"] is None) == (payment["id"], False)
    assert house.alice.delete(one).status_code == 204
    assert refused(house.alice.patch(one, {"note": "x"}))[0] == 409
    restored = answered(house.alice.post(f"{one}/restore"))
    assert (restored["deleted_at"], restored["applications"]) == (None, payment["applications"])
    assert stands(house.alice, ana) == (0, 0, 0, 30)


def test_a_payment_is_never_deleted_for_good(house: House) -> None:
    payment = paid(house.alice, customer_id=house.alice.customer()["id"], amount=5)
    one = f"/payments/{payment['id']}"
    assert house.alice.delete(f"{one}/permanent").status_code == 409
    house.alice.delete(one)
    answer = house.alice.delete(f"{one}/permanent")
    assert (answer.status_code, answer.json()["message"]) == (409, "Is still referred to by the ledger")
    assert house.alice.get(one).status_code == 200
    assert house.alice.delete(f"/payments/pmt_{'0' * 24}/permanent").status_code == 404


def test_a_payment_that_cannot_count_again_is_not_restored(house: House) -> None:
    invoice = issued(house, house.alice.customer(), "100")
    one = f"/payments/{paid(house.alice, invoice_id=invoice)['id']}"
    house.alice.delete(one)
    paid(house.alice, invoice_id=invoice, amount=50)
    assert refused(house.alice.post(f"{one}/restore"))[0] == 422


def test_the_words_of_a_payment_change_and_its_money_does_not(house: House) -> None:
    ana = house.alice.customer()
    payment = paid(house.alice, invoice_id=issued(house, ana, "100"), amount=40)
    one = f"/payments/{payment['id']}"
    changed = answered(house.alice.patch(one, {"note": "Late", "type": "card", "metadata": {"a": "b"}}))
    assert (changed["note"], changed["type"], changed["metadata"]) == ("Late", "card", {"a": "b"})
    rabbit = house.cast.white_rabbit
    another = {"amount": 41, "currency_code": "USD", "customer_id": rabbit, "date": "2026-05-09"}
    for name, value in another.items():
        assert refused(house.alice.patch(one, {name: value})) == (422, {name: "immutable"})
    for name in ("invoice_id", "credit_note_id", "document_id"):
        other = issued(house, ana, "1")
        assert refused(house.alice.patch(one, {name: other})) == (422, {name: "immutable"})
    assert refused(house.alice.patch(one, {"type": "credit_note"})) == (422, {"type": "immutable"})


def test_what_was_answered_may_be_sent_back(house: House) -> None:
    ana = house.alice.customer()
    invoice, note = issued(house, ana, "100"), issued(house, ana, "30", "credit_note")
    for body in (
        {"invoice_id": invoice, "amount": 20},
        {"type": "credit_note", "invoice_id": invoice, "credit_note_id": note, "amount": 10},
        {"credit_note_id": note, "amount": 5},
        {"customer_id": ana["id"], "amount": 5},
        {"invoice_id": invoice, "amount": 500},
    ):
        made = house.alice.post("/payments", body)
        one = f"/payments/{answered(made, 201)['id']}"
        again = house.alice.patch(one, made.json())
        assert (again.content, again.headers["etag"]) == (made.content, made.headers["etag"])


def test_payments_are_found_by_what_they_say(house: House) -> None:
    ana, eva = house.alice.customer("Ana"), house.alice.customer("Eva")
    invoice = issued(house, ana, "100")
    first = paid(house.alice, invoice_id=invoice, amount=30, type="card", date="2026-05-01", reference="Čaj")
    second = paid(house.alice, customer_id=eva["id"], amount=40.5, type="cash", date="2026-05-02")
    for query, found in (
        ({"invoice_id": invoice}, [first]),
        ({"document_id": invoice}, [first]),
        ({"customer_id": eva["id"]}, [second]),
        ({"amount": {"gte": 40.5}}, [second]),
        ({"date": "2026-05-01"}, [first]),
        ({"date": {"between": ["2026-05-01", "2026-05-02"]}}, [first, second]),
        ({"type": {"in": ["cash", "card"]}, "unapplied": 0}, [first]),
        ({"currency_code": "eur", "direction": "payment"}, [first, second]),
    ):
        assert house.alice.listed("/payments", query=query)["data"] == found, query
    assert house.alice.listed("/payments", search="caj")["data"] == [first]
    assert house.alice.listed("/payments", order_by="-amount")["data"] == [second, first]
    page = house.alice.listed("/payments", order_by="-date", limit=1)
    assert page["data"] == [second]
    after = house.alice.listed("/payments", order_by="-date", next_cursor=page["pagination"]["next_cursor"])
    assert after["data"] == [first]


def test_two_versions_do_not_overwrite_each_other(house: House) -> None:
    payment = house.alice.post("/payments", {"customer_id": house.alice.customer()["id"], "amount": 5})
    one, etag = f"/payments/{payment.json()['id']}", {"If-Match": payment.headers["etag"]}
    assert house.alice.patch(one, {"note": "first"}, etag).status_code == 200
    assert house.alice.patch(one, {"note": "second"}, etag).status_code == 412
    assert house.alice.post(f"{one}/refund", {"amount": 1}, etag).status_code == 412
    assert house.alice.delete(one, etag).status_code == 412


def test_a_repeated_payment_is_paid_once(house: House) -> None:
    ana = house.alice.customer()
    body, once = {"invoice_id": issued(house, ana, "100"), "amount": 40}, {"X-Request-Id": "pay-17"}
    first, again = house.alice.post("/payments", body, once), house.alice.post("/payments", body, once)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert stands(house.alice, ana) == (60, 0, 0, 0)


def test_two_who_pay_at_once_do_not_pay_twice(house: House) -> None:
    ana = house.alice.customer()
    body = {"invoice_id": issued(house, ana, "100")}
    both = house.at_once(*(house.alice.asking("POST", "/payments", body) for _ in range(2)))
    assert sorted(one.status_code for one in both) == [201, 422]
    assert stands(house.alice, ana) == (0, 0, 0, 0)


def test_a_parent_pays_for_its_children_and_nobody_else(house: House) -> None:
    parent, child = house.alice.customer("Parent"), house.alice.customer("Child")
    below(house, child, parent)
    invoice = issued(house, child, "100", date=day("2026-05-01"))
    payment = paid(house.alice, customer_id=parent["id"], amount=100, applications=[{"document_id": invoice}])
    assert (payment["customer_id"], open_of(house, invoice)) == (parent["id"], 0)
    assert stands(house.alice, child) == (0, 0, 0, 0)


def test_credit_that_is_used_is_no_money(house: House) -> None:
    ana = house.alice.customer()
    invoice = issued(house, ana, "100")
    body = {"type": "credit_balance", "invoice_id": invoice, "amount": 30}
    assert refused(house.alice.post("/payments", body)) == (422, {"amount": "credit_overspent"})
    answered(house.alice.post("/credit-adjustments", {"customer_id": ana["id"], "amount": 50}), 201)
    used = paid(house.alice, **body)
    assert [(one["type"], one["amount"]) for one in used["applications"]] == [("applied_credit", 30)]
    assert stands(house.alice, ana) == (70, 0, 0, 20)
    for more, path in (
        ({"customer_id": ana["id"], "amount": 5}, "invoice_id"),
        ({"customer_id": ana["id"], "applications": [{"document_id": invoice, "amount": 5}]}, "type"),
    ):
        answer = house.alice.post("/payments", {"type": "credit_balance", **more})
        assert [*refused(answer)[1]] == [path]


@pytest.mark.parametrize("day", ["2026-05-03garbage", "2026-05-03T99:99", "2026-05-031", "2026-05-03T"])
def test_what_is_neither_a_day_nor_a_moment_is_no_date(house: House, day: str) -> None:
    invoice = issued(house, house.alice.customer(), "100")
    answer = house.alice.post("/payments", {"invoice_id": invoice, "date": day})
    assert refused(answer) == (422, {"date": "wrong_type"})
