"""Documents at the native door: made, shown, drafted, issued, changed, voided."""

import re
from typing import Any

import pytest

from tests.web.documents import EXAMPLE, PATHS, WORK, document, draft, line
from tests.web.house import House, answered, refused
from tests.web.invoiced import Company

PREFIXES = dict(zip(PATHS, ("inv", "est", "cre", "adv", "dn"), strict=True))
TYPES = dict(
    zip(PATHS, ("invoice", "estimate", "credit_note", "advance_invoice", "delivery_note"), strict=True)
)

DOCUMENTED = (
    "id", "number", "entity_id", "date", "date_due", "date_year", "date_service", "date_service_to",
    "is_draft", "voided_at", "currency_code", "exchange_rate", "transaction_type", "total", "total_with_tax",
    "total_discount", "total_converted", "total_with_tax_converted", "rounding_correction", "taxes", "items",
    "customer_id", "customer", "issuer", "reference", "note", "payment_terms", "tax_clause", "footer",
    "signature", "translations", "metadata", "linked_documents", "vies", "furs", "fina", "pt", "eslog",
    "total_paid", "total_due", "paid_in_full", "document_relations", "deleted_at", "created_at", "updated_at",
    "calculation_mode",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_type_is_made_and_shown_as_documented(house: House, path: str) -> None:
    made = document(house.alice, path, items=[EXAMPLE], date="2026-03-15")
    prefix, kind = PREFIXES[path], TYPES[path]
    assert re.fullmatch(f"{prefix}_[0-9a-f]{{24}}", made["id"])
    assert [name for name in made if name in DOCUMENTED] == list(DOCUMENTED)
    assert (made["type"], made["date"], made["date_year"]) == (kind, "2026-03-15T00:00:00.000Z", 2026)
    assert (made["total"], made["total_with_tax"], made["total_discount"]) == (180, 219.6, 20)
    assert [(one["base"], one["amount"]) for one in made["taxes"]] == [(180, 39.6)]
    (item,) = made["items"]
    assert re.fullmatch(f"{prefix}_item_[0-9a-f]{{24}}", item["id"])
    assert item[f"{kind}_id"] == made["id"]
    assert (item["total"], item["total_with_tax"], item["total_with_tax_converted"]) == (180, 219.6, 219.6)
    assert (made["customer"], made["customer_id"], made["is_draft"], made["deleted_at"]) == (
        None, None, False, None,
    )  # fmt: skip
    assert made["issuer"]["name"] == "Wonder Studio"
    for address in (f"{path}/{made['id']}", f"/documents/{made['id']}", f"{path}/{made['id'][-24:]}"):
        answer = house.alice.get(address)
        assert answered(answer) == made
        assert (
            house.alice.ask("GET", address, headers={"If-None-Match": answer.headers["etag"]}).status_code
            == 304
        )
    others = [one for one in PATHS if one != path]
    assert {house.alice.get(f"{one}/{made['id']}").status_code for one in others} == {404}


def test_what_is_read_is_what_was_answered_to_the_byte(house: House) -> None:
    items = [
        line(price=12.50, quantity=1.5, rate=9.5, discounts=[{"value": 2.50, "type": "amount"}]),
        {"type": "separator", "name": "Travel"},
        {"name": "Gross", "gross_price": 61.00, "quantity": 3, "metadata": {"sku": "1"}},
    ]
    made = house.alice.post("/invoices", {"items": items, "customer": {"name": "Ana", "city": "Ptuj"}})
    assert made.status_code == 201
    assert house.alice.get(f"/invoices/{made.json()['id']}").content == made.content


def test_both_ways_of_counting_and_gross_prices(house: House) -> None:
    gross = [
        {
            "name": "Shirt",
            "gross_price": 122,
            "quantity": 2,
            "taxes": [{"rate": 22}],
            "discounts": [{"value": 10}],
        }
    ]
    for mode in ("b2b_standard", "b2c_gross_discount"):
        made = document(house.alice, items=gross, calculation_mode=mode, expected_total_with_tax=219.60)
        assert (made["total"], made["total_with_tax"], made["calculation_mode"]) == (180, 219.6, mode)
    wrong = {"items": gross, "expected_total_with_tax": 219.61}
    before = house.dump()
    assert refused(house.alice.post("/invoices", wrong)) == (
        422,
        {"expected_total_with_tax": "total_differs"},
    )
    assert house.dump() == before


def test_a_draft_has_no_number_until_it_is_issued(house: House) -> None:
    made = draft(house.alice, reference="A")
    path = f"/invoices/{made['id']}"
    assert (made["is_draft"], made["number"], made["total_due"], made["issued_at"]) == (True, None, 0, None)
    changed = answered(house.alice.patch(path, {"items": [line(50)], "note": "", "date": "2026-04-01"}))
    assert (changed["total_with_tax"], changed["note"], changed["is_draft"]) == (61, "", True)
    assert changed["date_due"] == "2026-05-01T00:00:00.000Z"  # by the entity's thirty days
    issued = answered(house.alice.post(f"{path}/finalize"))
    assert (issued["is_draft"], issued["number"], issued["total_due"]) == (False, "2026-00001", 61)
    assert answered(house.alice.post(f"/documents/{made['id']}/finalize")) == issued
    second = draft(house.alice)
    assert (
        answered(house.alice.patch(f"/invoices/{second['id']}", {"is_draft": False}))["number"]
        == "2026-00002"
    )


def test_a_draft_is_deleted_and_what_is_issued_is_not(house: House) -> None:
    made, issued = draft(house.alice), document(house.alice)
    assert house.alice.delete(f"/invoices/{made['id']}").status_code == 204
    assert house.alice.get(f"/invoices/{made['id']}").status_code == 404
    assert refused(house.alice.delete(f"/invoices/{issued['id']}")) == (409, {})


def test_what_is_issued_stays_as_it_is(house: House) -> None:
    made = document(house.alice, customer={"name": "Ana"}, metadata={"order": "1"})
    path = f"/invoices/{made['id']}"
    for wire, value, code in (
        ("items", [line(1)], "issued_already"),
        ("note", "other", "issued_already"),
        ("date", "2026-01-01", "issued_already"),
        ("customer", {"name": "Bor"}, "issued_already"),
        ("customer_id", house.cast.white_rabbit, "issued_already"),
        ("is_draft", True, "issued_already"),
        ("payments", [{"type": "cash"}], "issued_already"),
    ):
        status, issues = refused(house.alice.patch(path, {wire: value}))
        assert (status, set(issues.values())) == (409, {code}), wire
    assert answered(house.alice.get(path)) == made
    change = {"metadata": {"order": "2"}, "change_reason": "Typo"}
    changed = answered(house.alice.patch(path, change))
    assert (changed["metadata"], changed["change_reason"]) == ({"order": "2"}, "Typo")
    assert {**changed, **{name: made[name] for name in (*change, "updated_at", "items")}} == made


@pytest.mark.parametrize("is_draft", [True, False])
@pytest.mark.parametrize("path", PATHS)
def test_what_was_answered_may_be_sent_back(house: House, path: str, is_draft: bool) -> None:
    items = [
        EXAMPLE,
        {"type": "separator"},
        {"name": "x", "gross_price": 1.10, "e_invoicing": {"unit_code": "C62"}},
    ]
    customer = {"name": "Ana", "ujp": {"receiver_name": "O"}, "save_customer": False}
    made = document(
        house.alice, path, is_draft=is_draft, items=items, customer=customer, issuer={"phone": "1"}
    )
    again = house.alice.patch(f"{path}/{made['id']}", made)
    assert answered(again) == made
    assert again.headers["etag"] == '"1"'


def test_snapshots_keep_what_both_were(house: House) -> None:
    ana = house.alice.customer("Ana", city="Ptuj")
    path = f"/invoices/{document(house.alice, customer_id=ana['id'])['id']}"
    waiting = draft(house.alice, customer_id=ana["id"])
    before = house.alice.get(path)
    answered(house.alice.patch(f"/customers/{ana['id']}", {"name": "Ana Novak", "city": "Kranj"}))
    answered(house.live.patch(f"/entities/{house.cast.studio}", {"name": "Other Studio", "city": "Else"}))
    house.alice.delete(f"/customers/{ana['id']}")
    after = house.alice.get(path)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    issued = answered(house.alice.post(f"/invoices/{waiting['id']}/finalize"))
    assert (issued["customer"]["name"], issued["issuer"]["name"]) == ("Ana Novak", "Other Studio")


def test_the_customer_is_named_found_made_or_left_alone(house: House) -> None:
    ana = house.alice.customer("Ana", email="ana@example.com", city="Ptuj")
    both = document(house.alice, customer_id=ana["id"], customer={"city": "Kranj"})
    assert (both["customer"]["name"], both["customer"]["city"]) == ("Ana", "Kranj")
    assert answered(house.alice.get(f"/customers/{ana['id']}")) == ana
    found = document(house.alice, customer={"email": "ana@example.com"})
    assert (found["customer_id"], found["customer"]["name"]) == (ana["id"], "Ana")
    saved = document(house.alice, customer_id=ana["id"], customer={"city": None, "save_customer": True})
    assert saved["customer"]["city"] is None
    assert answered(house.alice.get(f"/customers/{ana['id']}"))["city"] is None
    made = document(house.alice, customer={"name": "Bor", "email": "bor@example.com"})
    assert answered(house.alice.get(f"/customers/{made['customer_id']}"))["name"] == "Bor"
    once = document(house.alice, customer={"name": "Passer-by", "save_customer": False})
    assert (once["customer_id"], once["customer"]["name"]) == (None, "Passer-by")
    assert sorted(house.alice.names()) == ["Ana", "Bor", "White Rabbit Wonder"]
    unknown = {"items": [WORK], "customer_id": f"cust_{'0' * 24}"}
    assert refused(house.alice.post("/invoices", unknown)) == (422, {"customer_id": "unknown_reference"})
    trashed = {"items": [WORK], "customer_id": house.cast.mad_hatter}
    assert refused(house.alice.post("/invoices", trashed)) == (422, {"customer_id": "unknown_reference"})


def test_a_draft_can_become_another_customers_or_nobodys(house: House) -> None:
    ana, bor = house.alice.customer("Ana", city="Ptuj"), house.alice.customer("Bor", city="Kranj")
    path = f"/invoices/{draft(house.alice, customer_id=ana['id'], customer={'city': 'Maribor'})['id']}"
    moved = answered(house.alice.patch(path, {"customer_id": bor["id"]}))
    assert (moved["customer"]["name"], moved["customer"]["city"]) == ("Bor", "Kranj")
    whole = answered(house.alice.patch(path, {**moved, "customer_id": ana["id"]}))
    assert (whole["customer"]["name"], whole["customer"]["city"]) == ("Ana", "Ptuj")
    nobodys = answered(house.alice.patch(path, {"customer_id": None}))
    assert (nobodys["customer"], nobodys["customer_id"]) == (None, None)


def test_numbers_are_counted_by_type_and_year(house: House) -> None:
    formats = {"invoice": "R-{yy}-{nnn}", "estimate": "{nnnn}"}
    settings = {"number_formats": formats, "number_sequence_starts": {"invoice": 40}}
    answered(house.live.patch(f"/entities/{house.cast.studio}", {"settings": settings}))
    preview = {"number": "R-26-040", "furs": None, "fina": None, "pt": None}
    assert answered(house.alice.get("/invoices/next-number")) == preview
    assert answered(house.alice.get("/invoices/next-number")) == preview
    numbers = [
        document(house.alice, date=day)["number"] for day in ("2026-01-01", "2025-12-31", "2026-02-01")
    ]
    assert numbers == ["R-26-040", "R-25-040", "R-26-041"]
    assert answered(house.alice.get("/invoices/next-number", date="2025-06-01"))["number"] == "R-25-041"
    assert refused(house.alice.get("/invoices/next-number", date="soon")) == (400, {"date": "bad_parameter"})
    assert [document(house.alice, "/estimates")["number"] for _ in range(2)] == ["0001", "0002"]
    first = {path: document(house.alice, path)["number"] for path in PATHS[2:]}
    assert first == {
        "/credit-notes": "CN-2026-00001",
        "/advance-invoices": "ADV-2026-00001",
        "/delivery-notes": "DN-2026-00001",
    }


def test_a_refused_document_uses_up_no_number(house: House) -> None:
    bad = {"items": [WORK], "expected_total_with_tax": 1}
    assert house.alice.post("/invoices", bad).status_code == 422
    assert document(house.alice)["number"] == "2026-00001"


@pytest.mark.parametrize("path", PATHS)
def test_a_voided_document_is_as_if_it_had_not_been_issued(house: House, path: str) -> None:
    made = document(house.alice, path)
    waiting = draft(house.alice, path)
    assert refused(house.alice.post(f"{path}/{waiting['id']}/void", {"reason": "x"})) == (409, {})
    voided = answered(house.alice.post(f"{path}/{made['id']}/void", {"reason": "Billed twice"}))
    assert (voided["void_reason"], voided["total_due"], voided["number"]) == (
        "Billed twice",
        0,
        made["number"],
    )
    assert voided["voided_at"] is not None
    assert answered(house.alice.post(f"/documents/{made['id']}/void")) == voided
    assert refused(house.alice.patch(f"{path}/{made['id']}", {"metadata": {}})) == (409, {})
    long = {"reason": "x" * 501}
    other = document(house.alice, path)
    assert refused(house.alice.post(f"{path}/{other['id']}/void", long)) == (422, {"reason": "too_long"})
    assert other["number"] != made["number"]


def test_what_was_paid_comes_with_the_document(house: House) -> None:
    ana = house.alice.customer("Ana")
    paid = document(house.alice, customer_id=ana["id"], payments=[{"type": "card"}])
    assert (paid["total_paid"], paid["total_due"], paid["paid_in_full"]) == (122, 0, True)
    part = document(
        house.alice,
        payments=[{"type": "cash", "amount": 20.5, "date": "2026-05-01"}, {"type": "check", "amount": 1}],
    )
    assert (part["total_paid"], part["total_due"], part["paid_in_full"]) == (21.5, 100.5, False)
    credit = document(house.alice, "/credit-notes", customer_id=ana["id"], items=[line(50)])
    by_note = [{"type": "credit_note", "credit_note_id": credit["id"]}]
    settled = document(house.alice, customer_id=ana["id"], payments=by_note)
    assert (settled["total_paid"], settled["total_due"]) == (61, 61)
    waiting = draft(house.alice)
    path = f"/invoices/{waiting['id']}"
    assert refused(house.alice.patch(path, {"payments": [{"type": "cash"}]})) == (
        409,
        {"payments": "still_draft"},
    )
    done = answered(house.alice.patch(path, {"payments": [{"type": "cash"}], "is_draft": False}))
    assert done["paid_in_full"] is True


def test_payments_that_cannot_be_are_refused_by_name(house: House) -> None:
    for path, payments, status, issues in (
        ("/estimates", [{"type": "cash"}], 422, {"payments": "not_payable"}),
        ("/invoices", [{"amount": 1}], 422, {"payments.0.type": "required"}),
        ("/invoices", [{"type": "gold"}], 422, {"payments.0.type": "unknown_choice"}),
        ("/invoices", [{"type": "cash", "amount": 0}], 422, {"payments.0.amount": "out_of_range"}),
        ("/invoices", [{"type": "cash", "amount": 1.00001}], 422, {"payments.0.amount": "out_of_range"}),
        ("/invoices", [{"type": "cash", "date": "soon"}], 422, {"payments.0.date": "wrong_type"}),
        ("/invoices", [{"type": "credit_note"}], 422, {"payments.0.credit_note_id": "required"}),
    ):
        before = house.dump()
        assert refused(house.alice.post(path, {"items": [WORK], "payments": payments})) == (status, issues)
        assert house.dump() == before


def test_a_refused_payment_is_told_by_its_place(house: House) -> None:
    ana, bor = house.alice.customer("Ana"), house.alice.customer("Bor")
    note = document(house.alice, "/credit-notes", customer_id=bor["id"])
    for second, issues in (
        ({"type": "cash", "amount": 0.001}, {"payments.1.amount": "out_of_range"}),
        ({"type": "credit_note", "credit_note_id": note["id"]}, {"payments.1.customer": "other_customer"}),
        (
            {"type": "credit_note", "credit_note_id": "0" * 24},
            {"payments.1.credit_note_id": "unknown_reference"},
        ),
    ):
        body = {
            "items": [WORK],
            "customer_id": ana["id"],
            "payments": [{"type": "card", "amount": 1}, second],
        }
        before = house.dump()
        assert refused(house.alice.post("/invoices", body)) == (422, issues)
        assert house.dump() == before


def test_what_is_open_can_be_written_off_and_reopened(house: House) -> None:
    path = f"/invoices/{document(house.alice)['id']}"
    closed = answered(house.alice.post(f"{path}/close"))
    assert (closed["total_due"], closed["total_written_off"], closed["total_paid"]) == (0, 122, 0)
    assert closed["paid_in_full"] is False
    again = answered(house.alice.post(f"{path}/reopen"))
    assert (again["total_due"], again["total_written_off"], again["closed_at"]) == (122, 0, None)


def test_a_document_is_made_once_for_one_request_id(house: House) -> None:
    body = {"items": [WORK]}
    once, twice = (house.alice.post("/invoices", body, {"X-Request-Id": "order-1"}) for _ in range(2))
    assert (once.content, once.status_code) == (twice.content, twice.status_code)
    assert twice.headers["idempotent-replayed"] == "true"
    assert house.alice.listed("/invoices")["pagination"]["total"] == 1


def test_versions_are_minded(house: House) -> None:
    made = draft(house.alice)
    path = f"/invoices/{made['id']}"
    assert house.alice.patch(path, {"reference": "1"}, {"If-Match": '"1"'}).headers["etag"] == '"2"'
    for method, address in (
        ("PATCH", path),
        ("POST", f"{path}/finalize"),
        ("POST", f"{path}/void"),
        ("DELETE", path),
    ):
        answer = house.alice.ask(method, address, {"reference": "2"}, {"If-Match": '"1"'})
        assert answer.status_code == 412, (method, address)
    change = {"reference": "3", "is_draft": False, "payments": [{"type": "cash"}]}
    issued = answered(house.alice.patch(path, change, {"If-Match": '"2"'}))
    assert (issued["reference"], issued["number"], issued["total_due"]) == ("3", "2026-00001", 0)


def test_a_disabled_entity_makes_no_documents(house: House) -> None:
    waiting = draft(house.alice)
    house.live.post(f"/entities/{house.cast.studio}/disable")
    for answer in (
        house.alice.post("/invoices", {"items": [WORK]}),
        house.alice.post(f"/invoices/{waiting['id']}/finalize"),
    ):
        assert refused(answer) == (422, {})
    assert house.alice.get(f"/invoices/{waiting['id']}").status_code == 200
    assert house.alice.delete(f"/invoices/{waiting['id']}").status_code == 204


def test_who_has_documents_is_not_deleted_for_good(house: House) -> None:
    ana = house.alice.customer("Ana")
    made = document(house.alice, customer_id=ana["id"])
    assert house.alice.delete(f"/customers/{ana['id']}").status_code == 204
    assert refused(house.alice.delete(f"/customers/{ana['id']}/permanent")) == (409, {})
    assert answered(house.alice.get(f"/invoices/{made['id']}")) == made
    assert house.alice.listed("/invoices", query={"customer_id": ana["id"]})["pagination"]["total"] == 1


def held(house: House, customer: Any, **fields: Any) -> None:
    """Says of a customer what only the Invoiced door says."""
    company = Company(house, house.cast.studio_key)
    (found,) = company.listed("/customers", f"filter[name]={customer['name']}")
    answered(company.patch(f"/customers/{found['id']}", fields))


def test_who_is_on_hold_or_owes_too_much_gets_no_invoice(house: House) -> None:
    ana = house.alice.customer("Ana")
    held(house, ana, credit_hold=True)
    answer = house.alice.post("/invoices", {"items": [WORK], "customer_id": ana["id"]})
    assert refused(answer) == (422, {})
    assert (
        answer.json()["message"]
        == "New invoices cannot be created for this account because it has a credit hold."
    )
    document(house.alice, "/credit-notes", customer_id=ana["id"])
    held(house, ana, credit_hold=False, credit_limit=200)
    document(house.alice, customer_id=ana["id"])
    answer = house.alice.post("/invoices", {"items": [WORK], "customer_id": ana["id"]})
    assert answer.json()["message"] == (
        "This invoice cannot be created because the new amount outstanding (€244.00) exceeds the account's"
        " credit limit (€200.00)."
    )
    draft(house.alice, customer_id=ana["id"])


def test_a_payment_that_comes_with_an_invoice_is_of_something(house: House) -> None:
    body = {"items": [WORK], "payments": [{"type": "cash"}, {"type": "card"}]}
    assert refused(house.alice.post("/invoices", body)) == (422, {"payments.1.amount": "exceeds_open"})
