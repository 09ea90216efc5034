"""Payments at the native door: taken back, restored, and money that goes back to whoever paid."""

from tests.web.house import House, answered, refused
from tests.web.money import issued, open_of, paid, stands


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


def test_a_payment_is_paid_back_out_of_what_it_has_left(house: House) -> None:
    ana = house.alice.customer()
    payment = paid(house.alice, customer_id=ana["id"], amount=80, type="card")
    one = f"/payments/{payment['id']}"
    back = answered(house.alice.post(f"{one}/refund", {"amount": 30, "note": "Too much"}), 201)
    assert (back["direction"], back["amount"], back["type"], back["note"]) == (
        "refund",
        30,
        "card",
        "Too much",
    )
    assert back["applications"][0]["source_id"] == payment["id"]
    assert stands(house.alice, ana) == (0, 0, 50, 0)
    assert refused(house.alice.post(f"{one}/refund", {"amount": 80.01})) == (
        422,
        {"amount": "exceeds_payment"},
    )
    answered(house.alice.post(f"{one}/refund", {}), 201)
    assert stands(house.alice, ana) == (0, 0, 0, 0)
    assert refused(house.alice.post(f"{one}/refund", {}))[0] == 422


def test_a_payment_is_paid_back_out_of_the_credit_that_it_became(house: House) -> None:
    ana = house.alice.customer()
    payment = paid(house.alice, invoice_id=issued(house, ana, "100"), amount=130, date="2026-06-01")
    back = answered(house.alice.post(f"/payments/{payment['id']}/refund", {}), 201)
    assert (back["amount"], back["date"]) == (30, "2026-06-01T00:00:00.000Z")
    assert stands(house.alice, ana) == (0, 0, 0, 0)
    refund = f"/payments/{back['id']}"
    assert refused(house.alice.patch(refund, {"applications": []})) == (422, {"applications": "immutable"})
    assert house.alice.delete(refund).status_code == 204
    assert stands(house.alice, ana) == (0, 0, 0, 30)


def test_a_customer_is_paid_back_no_more_than_its_credit(house: House) -> None:
    ana = house.alice.customer()
    answered(house.alice.post("/credit-adjustments", {"customer_id": ana["id"], "amount": 25}), 201)
    body = {"customer_id": ana["id"], "amount": 20}
    assert answered(house.alice.post("/refunds", body), 201)["direction"] == "refund"
    assert refused(house.alice.post("/refunds", body)) == (422, {"amount": "credit_overspent"})
    assert refused(house.alice.post("/refunds", {"amount": 5})) == (422, {"customer_id": "required"})
    note = issued(house, ana, "30", "credit_note")
    assert answered(house.alice.post("/refunds", {"credit_note_id": note}), 201)["amount"] == 30
    assert stands(house.alice, ana) == (0, 0, 0, 5)


def test_a_payment_goes_back_once_however_much_credit_there_is(house: House) -> None:
    ana = house.alice.customer()
    answered(house.alice.post("/credit-adjustments", {"customer_id": ana["id"], "amount": 500}), 201)
    payment = paid(
        house.alice, customer_id=ana["id"], amount=100, applications=[{"type": "credit", "amount": 60}]
    )
    path = f"/payments/{payment['id']}/refund"
    first = answered(house.alice.post(path, {}), 201)
    second = answered(house.alice.post(path, {}), 201)
    assert (first["amount"], second["amount"]) == (40, 60)
    assert first["document_id"] == second["document_id"] == payment["id"]
    assert refused(house.alice.post(path, {})) == (422, {"amount": "exceeds_payment"})
    assert refused(house.alice.post(path, {"amount": 1})) == (422, {"amount": "exceeds_payment"})
    assert stands(house.alice, ana) == (0, 0, 0, 500)
    assert house.alice.delete(f"/payments/{second['id']}").status_code == 204
    assert answered(house.alice.post(path, {"amount": 10}), 201)["amount"] == 10


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
