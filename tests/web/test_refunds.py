"""Money that goes back, at the native door: of a payment, of a credit note, of the credit balance."""

from tests.web.house import House, answered, refused
from tests.web.money import issued, paid, stands


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


def test_a_payment_that_is_all_applied_has_nothing_to_go_back(house: House) -> None:
    payment = paid(house.alice, invoice_id=issued(house, house.alice.customer(), "100"))
    answer = house.alice.post(f"/payments/{payment['id']}/refund", {})
    assert refused(answer) == (422, {"amount": "exceeds_payment"})
    assert "€0.00" in answer.text
    for amount in (0, -1):
        answer = house.alice.post(f"/payments/{payment['id']}/refund", {"amount": amount})
        assert refused(answer) == (422, {"amount": "out_of_range"})


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
