"""What hangs on a customer at the door that speaks Invoiced: contacts, notes, items, balance, sending."""

import re
from typing import Any

import pytest

from tests.web import faktoora
from tests.web.conftest import OpenHouse
from tests.web.house import House, answered
from tests.web.invoiced import Company, golden, links, refused

KINDS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "contacts": ({"name": "Bob"}, {"name": "Robert"}, "Contact"),
    "notes": ({"notes": "Called"}, {"notes": "Called twice"}, "Note"),
    "line_items": ({"name": "Hours", "quantity": 2, "unit_cost": 45}, {"quantity": 3}, "Line item"),
}


@pytest.fixture
def shop(house: House) -> Company:
    return Company(house)


@pytest.fixture
def acme(shop: Company) -> str:
    return f"/customers/{shop.customer()['id']}"


def made_of(answer: Any) -> Any:
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_made_read_changed_listed_and_deleted(shop: Company, acme: str, kind: str) -> None:
    body, change, called = KINDS[kind]
    made = made_of(shop.post(f"{acme}/{kind}", body))
    other = made_of(shop.post(f"{acme}/{kind}", body))
    one = f"{acme}/{kind}/{made['id']}"
    assert made["object"] == called.lower().replace(" ", "_")
    assert list(made) == sorted(made)
    assert shop.get(one).json() == made
    shop.house.clock.forward(5)
    changed = shop.patch(one, change)
    assert changed.status_code == 200
    assert changed.json()["updated_at"] >= made["updated_at"] + 5
    amount = {"amount": 90} if kind == "line_items" else {}
    assert {**made, **change} == {
        **changed.json(), "updated_at": made["updated_at"], **amount,
    }  # fmt: skip
    assert shop.listed(f"{acme}/{kind}") == [changed.json(), other]
    gone = shop.ask("DELETE", one)
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "PATCH", "DELETE"):
        assert refused(shop.ask(method, one, {})) == (404, f"{called} was not found: {made['id']}", None)
    assert shop.listed(f"{acme}/{kind}") == [other]


@pytest.mark.parametrize("kind", KINDS)
def test_the_id_of_a_deleted_one_is_never_given_again(shop: Company, acme: str, kind: str) -> None:
    seen = set()
    for _ in range(3):
        made = made_of(shop.post(f"{acme}/{kind}", KINDS[kind][0]))
        assert made["id"] not in seen
        seen.add(made["id"])
        shop.ask("DELETE", f"{acme}/{kind}/{made['id']}")


@pytest.mark.parametrize("kind", KINDS)
def test_of_another_customer_or_company_they_are_not_there(house: House, acme: str, kind: str) -> None:
    shop, studio = Company(house), Company(house, house.cast.studio_key)
    made = made_of(shop.post(f"{acme}/{kind}", KINDS[kind][0]))
    other = f"/customers/{shop.customer('Other')['id']}/{kind}/{made['id']}"
    theirs = f"/customers/{studio.customer('Theirs')['id']}/{kind}/{made['id']}"
    before = house.dump()
    for company, path in ((shop, other), (studio, theirs), (studio, f"{acme}/{kind}/{made['id']}")):
        for method in ("GET", "PATCH", "DELETE"):
            assert company.ask(method, path, KINDS[kind][1]).status_code == 404
    assert studio.post(f"{acme}/{kind}", KINDS[kind][0]).status_code == 404
    assert studio.get(f"{acme}/{kind}").status_code == 404
    assert house.dump() == before


@pytest.mark.parametrize("kind", KINDS)
def test_they_come_in_pages(shop: Company, acme: str, kind: str) -> None:
    ids = [made_of(shop.post(f"{acme}/{kind}", KINDS[kind][0]))["id"] for _ in range(5)]
    answer = shop.get(f"{acme}/{kind}", per_page=2, page=2)
    assert [one["id"] for one in answer.json()] == ids[2:4]
    assert answer.headers["x-total-count"] == "5"
    assert list(links(answer)) == ["self", "first", "previous", "next", "last"]
    assert [one["id"] for one in shop.listed(f"{acme}/{kind}", "sort=id desc")] == ids[::-1]


def test_a_contact_is_all_that_the_documents_say(shop: Company, acme: str) -> None:
    form = {"name": "Bob", "primary": "1", "sms_enabled": "", "title": "Boss", "country": "us"}
    made = made_of(shop.ask("POST", f"{acme}/contacts", form=form))
    assert made == {
        "address1": None, "address2": None, "city": None, "country": "US", "created_at": made["created_at"],
        "department": None, "email": None, "id": made["id"], "name": "Bob", "object": "contact",
        "phone": None, "postal_code": None, "primary": True, "sms_enabled": None, "state": None,
        "title": "Boss", "updated_at": made["created_at"],
    }  # fmt: skip
    go = {"name": "Eve", "primary": None, "sms_enabled": None}
    assert made_of(shop.post(f"{acme}/contacts", go))["primary"] is None
    assert refused(shop.post(f"{acme}/contacts", {})) == (400, "Name is missing", "name")
    assert [one["name"] for one in shop.listed(f"{acme}/contacts", "sort=name desc")] == ["Eve", "Bob"]
    assert [one["name"] for one in shop.listed(f"{acme}/contacts", "filter[primary]=true")] == ["Bob"]


def test_contacts_have_an_end(shop: Company, acme: str) -> None:
    made = [made_of(shop.post(f"{acme}/contacts", {"name": str(number)}))["id"] for number in range(100)]
    assert len(set(made)) == 100
    answer = shop.post(f"{acme}/contacts", {"name": "one more"})
    assert refused(answer) == (400, "Contacts must have at most 100 elements", "contacts")


NOBODY = "Customer Id names customer {}, which does not exist"


def test_notes_have_addresses_of_their_own_too(shop: Company, acme: str) -> None:
    id_ = int(acme.rpartition("/")[2])
    made = made_of(shop.ask("POST", "/notes", form={"customer_id": str(id_), "notes": "Called"}))
    assert made == {
        "created_at": made["created_at"], "customer": id_, "id": made["id"], "invoice": None,
        "notes": "Called", "object": "note", "updated_at": made["created_at"], "user": None,
    }  # fmt: skip
    assert shop.get(f"/notes/{made['id']}").json() == made
    assert shop.patch(f"/notes/{made['id']}", {"notes": "Twice"}).json()["notes"] == "Twice"
    for path in ("/notes", f"/notes?filter[customer]={id_}", f"{acme}/notes", f"/customer/{id_}/notes"):
        assert [one["notes"] for one in shop.listed(path)] == ["Twice"]
    assert shop.listed("/notes", "filter[customer]=1") == []
    assert shop.ask("DELETE", f"/notes/{made['id']}").status_code == 204
    for body, message, param in (
        ({"notes": "x"}, "Customer Id is missing", "customer_id"),
        ({"notes": "x", "customer_id": 5}, NOBODY.format(5), "customer_id"),
        ({"notes": "x", "customer_id": [1]}, NOBODY.format([1]), "customer_id"),
        ({"notes": "x", "invoice_id": 5}, "Notes are kept about customers only", "invoice_id"),
        ({"customer_id": id_}, "Notes is missing", "notes"),
    ):  # fmt: skip
        assert refused(shop.post("/notes", body)) == (400, message, param)


def test_a_line_item_knows_its_amount_exactly(shop: Company, acme: str) -> None:
    made = made_of(shop.post(f"{acme}/line_items", {"name": "Hours", "quantity": 0.1, "unit_cost": "0.3"}))
    assert made == {
        "amount": 0.03, "catalog_item": None, "created_at": made["created_at"],
        "customer": int(acme.rpartition("/")[2]), "description": None, "discountable": True,
        "discounts": [], "id": made["id"], "metadata": {}, "name": "Hours", "object": "line_item",
        "plan": None, "quantity": 0.1, "taxable": True, "taxes": [], "type": None, "unit_cost": 0.3,
        "updated_at": made["created_at"],
    }  # fmt: skip
    huge = shop.post(
        f"{acme}/line_items", {"name": "x", "quantity": "999999999999999.999999", "unit_cost": 2}
    )
    assert '"amount":1999999999999999.999998,' in huge.text
    for field, given, what in (
        ("catalog_item", "delivery", "names item delivery, which does not exist"),
        ("plan", "pro", "names plan pro, which does not exist"),
        ("discounts", [{"id": "x"}], "line items keep no discounts: say them on the invoice"),
        ("taxes", ["vat"], "line items keep no taxes: say them on the invoice"),
    ):
        answer = shop.post(f"{acme}/line_items", {"name": "x", field: given})
        status, message, param = refused(answer)
        assert (status, param) == (400, field)
        assert message.endswith(what)


def test_nothing_is_owed_in_the_currency_that_is_asked_for(house: House, shop: Company, acme: str) -> None:
    documented = golden("balance")
    nothing = {**documented, "available_credits": 0, "history": [], "open_credit_notes": 0}
    nothing = dict(sorted({**nothing, "total_outstanding": 0}.items()))
    answer = shop.get(f"{acme}/balance")
    assert list(answer.json().items()) == list(nothing.items())
    assert shop.get(f"{acme}/balance", currency="EUR").json() == {**nothing, "currency": "eur"}
    shop.patch(acme, {"currency": "GBP"})
    assert shop.get(f"{acme}/balance").json()["currency"] == "gbp"
    assert refused(shop.get(f"{acme}/balance", currency="dollar"))[::2] == (400, "currency")
    assert refused(shop.get("/customers/balance")) == (404, "Customer was not found: balance", None)


NOT_SENT = "No {} channel is connected, so nothing was sent"


def test_what_cannot_be_sent_is_not_said_to_be_sent(open_house: OpenHouse) -> None:
    house = open_house(mail="off", sms="off", letters="off")
    shop = Company(house)
    bare = f"/customers/{shop.customer()['id']}"
    full = f"/customers/{shop.customer(email='a@b.example', address1='1', city='Graz')['id']}"
    shop.post(f"{full}/contacts", {"name": "Bob", "phone": "5125551212", "sms_enabled": True})
    before = house.dump()
    for path, channel in (("emails", "e-mail"), ("text_messages", "text message"), ("letters", "letter")):
        for body in (b"null", b"[]", b"{}", b"", b'{"type":"balance_forward","start":1,"end":2}'):
            assert refused(shop.post(f"{full}/{path}", body)) == (400, NOT_SENT.format(channel), None)
            status, message, param = refused(shop.post(f"{bare}/{path}", body))
            assert (status, param) == (400, None)
            assert message.startswith("Nobody to send it to")
        for wrong, param in (
            ({"type": "other"}, "type"),
            ({"type": "balance_forward", "start": 2, "end": 1}, "start"),
            ({"start": "soon"}, "start"),
            ({"items": "all"}, "items"),
        ):
            assert refused(shop.post(f"{full}/{path}", wrong))[::2] == (400, param)
    to = {"to[0][phone]": "11234567890", "to[0][name]": "Bob Loblaw", "type": "open_item"}
    answer = shop.ask("POST", f"{bare}/text_messages", form=to)
    assert refused(answer) == (400, NOT_SENT.format("text message"), None)
    for to_ in ([{"name": "x"}], [1], {"email": "a@b.example"}, "a@b.example", [{"email": "a b@c"}]):
        assert refused(shop.post(f"{bare}/emails", {"to": to_})) == (400, "To is invalid", "to")
    answer = shop.post(f"{bare}/emails", {"to": [{"email": "a@b.example"}], "bcc": "x@y.example,no"})
    assert refused(answer) == (400, "Bcc is invalid", "bcc")
    assert house.dump() == before


def test_what_cannot_be_billed_is_not_said_to_be_billed(shop: Company, acme: str) -> None:
    assert refused(shop.post(f"{acme}/invoices", b"null")) == (
        400, "There are no pending line items to invoice", None,
    )  # fmt: skip
    off = "Consolidated invoicing is not enabled for this customer"
    assert refused(shop.post(f"{acme}/consolidate_invoices", b"1415222128")) == (400, off, None)
    shop.patch(acme, {"consolidated": True})
    none = "There are no open invoices to consolidate"
    assert refused(shop.post(f"{acme}/consolidate_invoices", b"null")) == (400, none, None)


def test_nothing_is_put_on_file(shop: Company, acme: str) -> None:
    card = {"method": "card", "invoiced_token": "t"}
    status, message, _ = refused(shop.post(f"{acme}/payment_sources", card))
    assert (status, message.startswith("No payment gateway is connected")) == (400, True)
    assert refused(shop.post(f"{acme}/payment_sources", {})) == (400, "Method is missing", "method")
    both = shop.post(f"{acme}/payment_sources", {**card, "gateway_token": "g"})
    assert refused(both)[1].startswith("Exactly one of")
    assert refused(shop.ask("DELETE", f"{acme}/cards/5")) == (404, "Card was not found: 5", None)
    gone = shop.ask("DELETE", f"{acme}/bank_accounts/5")
    assert refused(gone) == (404, "Bank account was not found: 5", None)


def test_who_is_erased_takes_all_of_it_along(house: House, shop: Company) -> None:
    made = shop.customer("Bob Secret")
    key = {"Idempotency-Key": "note-1"}
    for kind, (body, *_) in KINDS.items():
        shop.post(f"/customers/{made['id']}/{kind}", body)
    shop.post(f"/customers/{made['id']}/notes", {"notes": "Bob Secret likes tea"}, **key)
    shop.ask("DELETE", f"/customers/{made['id']}")
    (trashed,) = house.shopkeeper.listed(deleted=True)["data"]
    assert house.shopkeeper.delete(f"/customers/{trashed['id']}/permanent").status_code == 204
    after = house.dump()
    assert (after["note"], after["line_item"]) == ([], [])
    assert "Secret" not in "".join(after["answer"] + after["event"] + after["customer"])


def test_other_doors_keep_the_contacts_that_they_cannot_show(house: House, shop: Company) -> None:
    made = shop.customer("Bob")
    contact = made_of(shop.post(f"/customers/{made['id']}/contacts", {"name": "Eve"}))
    id_ = house.shopkeeper.listed(query={"name": "Bob"})["data"][0]["id"]
    answered(house.shopkeeper.patch(f"/customers/{id_}", {"name": "Robert"}))
    assert shop.listed(f"/customers/{made['id']}/contacts") == [contact]


def test_notes_of_the_deleted_are_gone_until_the_customer_is_back(
    house: House, shop: Company, acme: str
) -> None:
    other = made_of(shop.post(f"/customers/{shop.customer('Other')['id']}/notes", {"notes": "Wrote"}))
    made = made_of(shop.post(f"{acme}/notes", {"notes": "Called"}))
    one = f"/notes/{made['id']}"
    assert shop.listed("/notes") == [other, made]
    shop.ask("DELETE", acme)
    before = house.dump()
    assert shop.get(f"{acme}/notes").status_code == 404
    for method in ("GET", "PATCH", "DELETE"):
        assert refused(shop.ask(method, one, {})) == (404, f"Note was not found: {made['id']}", None)
    assert shop.listed("/notes") == [other]
    for query, total in (
        ("per_page=1", "1"),
        ("per_page=1&page=2", "1"),
        (f"filter[customer]={acme[11:]}", "0"),
    ):
        answer = shop.ask("GET", "/notes", query=query)
        assert answer.headers["x-total-count"] == total, query
    assert house.dump() == before
    (trashed,) = house.shopkeeper.listed(deleted=True)["data"]
    answered(house.shopkeeper.post(f"/customers/{trashed['id']}/restore"))
    assert shop.get(one).json() == made
    assert shop.listed("/notes") == [other, made]


def test_a_renamed_contact_is_renamed_behind_doors_of_two_names_too(house: House, shop: Company) -> None:
    here = house.caller(house.cast.shop_key)
    eva = {"firstName": "Eva", "lastName": "Novak", "position": "Boss"}
    made = faktoora.made(here, customerContacts=[eva])
    of = f"/customers/{shop.listed('/customers', 'filter[name]=Acme GmbH')[0]['id']}/contacts"
    (contact,) = shop.listed(of)
    assert contact["name"] == "Eva Novak"
    assert shop.patch(f"{of}/{contact['id']}", {"name": "Eva Horvat"}).json()["name"] == "Eva Horvat"
    (shown,) = faktoora.seen(here, made)["customerContacts"]
    assert (shown["firstName"], shown["lastName"], shown["position"]) == (None, "Eva Horvat", "Boss")
    faktoora.changed(here, made, customerContacts=[{**shown, "position": "Owner"}])
    assert [(one["name"], one["title"]) for one in shop.listed(of)] == [("Eva Horvat", "Owner")]
    faktoora.changed(here, made, customerContacts=[{**shown, "firstName": "Eva", "lastName": "Kos"}])
    assert [one["name"] for one in shop.listed(of)] == ["Eva Kos"]
    shop.patch(f"{of}/{contact['id']}", {"name": "Eva Kos", "title": "Clerk"})
    (shown,) = faktoora.seen(here, made)["customerContacts"]
    assert (shown["firstName"], shown["lastName"]) == ("Eva", "Kos")


def test_the_answer_about_what_was_deleted_is_not_kept(house: House, shop: Company, acme: str) -> None:
    for kind, body in (
        ("notes", {"notes": "Secret"}), ("line_items", {"name": "Secret"}), ("contacts", {"name": "Secret"})
    ):  # fmt: skip
        key = {"Idempotency-Key": kind}
        made = made_of(shop.post(f"{acme}/{kind}", body, **key))
        assert shop.post(f"{acme}/{kind}", body, **key).json() == made
        gone = shop.ask("DELETE", f"{acme}/{kind}/{made['id']}", headers={"Idempotency-Key": f"no {kind}"})
        assert gone.status_code == 204
        answer = shop.post(f"{acme}/{kind}", body, **key)
        assert (answer.status_code, answer.json()) == (201, {})
        assert "Secret" not in "".join(house.dump()["answer"])


def test_a_contact_that_another_door_takes_out_is_forgotten_too(house: House, shop: Company) -> None:
    here = house.caller(house.cast.shop_key)
    made = faktoora.made(here)
    of = f"/customers/{shop.listed('/customers', 'filter[name]=Acme GmbH')[0]['id']}/contacts"
    shop.post(of, {"name": "Secret"}, **{"Idempotency-Key": "one"})
    faktoora.changed(here, made, customerContacts=[])
    assert "Secret" not in "".join(house.dump()["answer"])


@pytest.mark.parametrize(
    ("quantity", "unit_cost", "amount"),
    [
        ("999999999999999.999999", "999999999999999.999999", "999999999999999999998000000000.000000000001"),
        ("999999999999999", "999999999999999", "999999999999998000000000000001"),
        ("0.000001", "0.000001", "0.000000000001"),
        ("-0.000001", "0.00001", "-0.00000000001"),
        ("0.5", "2.00", "1"),
        ("1.50", "100", "150"),
        ("0.10", "1", "0.1"),
        ("12345678901.234567", "12345678901.234567", "152415787532388345526.596755677489"),
        ("1000", "0", "0"),
    ],
)
def test_amounts_are_exact_and_written_plainly(
    shop: Company, acme: str, quantity: str, unit_cost: str, amount: str
) -> None:
    body = f'{{"name": "x", "quantity": {quantity}, "unit_cost": {unit_cost}}}'
    made = shop.post(f"{acme}/line_items", body.encode())
    assert made.status_code == 201, made.text
    for answer in (made, shop.get(f"{acme}/line_items/{made.json()['id']}"), shop.get(f"{acme}/line_items")):
        assert f'"amount":{amount},' in answer.text
        for name, given in (("quantity", quantity), ("unit_cost", unit_cost)):
            plain = given.rstrip("0").rstrip(".") if "." in given else given
            assert re.search(f'"{name}":{re.escape(plain)}[,}}]', answer.text)
