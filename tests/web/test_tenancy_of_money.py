"""What belongs to somebody else cannot be named in a body either."""

from tests.web.attempts import Attempt, made
from tests.web.house import House, refused
from tests.web.test_tenancy import prepared


def test_payments_and_credit_of_strangers_cannot_be_named(house: House) -> None:
    paid = made(prepared(house), Attempt("customer", path="/payments"))
    before = house.dump()
    for rabbit, payment in (
        (house.cast.white_rabbit, paid),
        ("cust_" + "0" * 24, "pmt_" + "0" * 24),
    ):
        named = {"customer_id": rabbit, "amount": 5}
        refund = {**named, "customer_id": house.cast.mr_bucket}
        refund |= {"applications": [{"type": "refund_payment", "source_id": payment, "amount": 5}]}
        for path, body, field in (
            ("/payments", named, "customer_id"),
            ("/refunds", named, "customer_id"),
            ("/credit-adjustments", named, "customer_id"),
            ("/payments", {"invoice_id": payment}, "invoice_id"),
            ("/refunds", refund, "applications.0.source_id"),
        ):
            assert refused(house.charlie.post(path, body)) == (422, {field: "unknown_reference"}), path
        tax = house.alice.listed("/taxes")["data"][0]["id"] if payment == paid else "tax_" + "0" * 24
        item = {"name": "Tea", "price": 1, "tax_ids": [tax]}
        assert refused(house.charlie.post("/items", item)) == (422, {"tax_ids.0": "unknown_reference"})
    assert house.dump() == before
