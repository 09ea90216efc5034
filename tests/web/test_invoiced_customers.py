"""Customers at the door that speaks Invoiced: the documented calls, in every client's manner."""

import re
from typing import Any

import pytest

from billto.app import customers, families
from billto.app.parts import Request
from billto.domain.scope import Scope
from tests.web.house import House, answered
from tests.web.invoiced import BESIDE, CUSTOMER_KEYS, Company, golden, refused


@pytest.fixture
def shop(house: House) -> Company:
    return Company(house)


def same(answer: Any, documented: Any) -> None:
    """The answer is the documented object, key by key; what is an installation's own has its form."""
    shown = {name: value for name, value in answer.items() if name not in BESIDE}
    for name, form in (
        ("id", r"\d+"),
        ("created_at", r"\d{10}"),
        ("updated_at", r"\d{10}"),
        ("statement_pdf_url", r"https?://[^/]+(?:/invoiced)?/statements/[\w-]{24,56}/pdf"),
    ):
        assert re.fullmatch(form, str(documented[name]))
        assert re.fullmatch(form, str(shown[name]))
        assert type(shown[name]) is type(documented[name])
        shown[name] = documented[name]
    assert list(shown.items()) == list(documented.items())


def test_the_documented_calls_have_the_documented_answers(shop: Company) -> None:
    form = {"name": "Acme", "email": "billing@acmecorp.com", "payment_terms": "NET 30", "type": "company"}
    made = shop.ask("POST", "/customers", form=form)
    assert made.status_code == 201
    same(made.json(), golden("customer_created"))
    assert list(made.json()) == sorted([*CUSTOMER_KEYS, *BESIDE])
    one = f"/customers/{made.json()['id']}"
    assert shop.get(one).json() == made.json()
    changes = {
        "payment_terms": "NET 14", "attention_to": "Sarah Fisher", "address1": "342 Amber St",
        "city": "Hill Valley", "state": "CA", "postal_code": "94523", "tax_id": "893-934835",
        "phone": "(820) 297-2983",
    }  # fmt: skip
    changed = shop.ask("PATCH", one, form=changes)
    assert changed.status_code == 200
    same(changed.json(), golden("customer_updated"))
    assert shop.listed("/customers", "sort=id desc&per_page=1") == [changed.json()]
    gone = shop.ask("DELETE", one)
    assert (gone.status_code, gone.content) == (204, b"")


def test_every_field_that_may_be_set_comes_back(shop: Company) -> None:
    parent = shop.customer("Parent")["id"]
    steps = [{"action": "email", "schedule": "age:5"}]
    cadence = shop.post("/chasing_cadences", {"name": "Gently", "steps": steps}).json()
    given = {
        "ach_gateway": 3, "address1": "1 Main St", "address2": "Suite 2", "attention_to": "Ana",
        "autopay": True, "autopay_delay_days": 0, "avalara_entity_use_code": "A",
        "avalara_exemption_number": "E-1", "bill_to_parent": True, "cc_gateway": 4, "chase": False,
        "chasing_cadence": cadence["id"], "city": "Austin", "consolidated": True, "country": "CA",
        "credit_hold": True,
        "credit_limit": 10000.5, "currency": "eur", "email": "ana@acme.example", "language": "fr",
        "metadata": {"account-rep": "Jan", "icp number": "1234567890"}, "name": "Acme",
        "next_chase_step": cadence["steps"][0]["id"], "notes": "Private", "number": "acme00209", "owner": 7,
        "parent_customer": parent, "payment_terms": "2% 10 NET 30", "phone": "1", "postal_code": "73301",
        "sign_up_page": 8, "state": "TX", "tax_id": "T", "taxable": False, "taxes": [], "type": "person",
    }  # fmt: skip
    made = shop.customer(**given)
    assert {name: made[name] for name in given} == given
    read_only = set(made) - set(given)
    assert read_only == {
        "id", "object", "created_at", "updated_at", "payment_source", "sign_up_url", "statement_pdf_url"
    }  # fmt: skip
    # Java's client saves the whole object, also what only the server says.
    assert shop.patch(f"/customers/{made['id']}", made).json() == made


def test_forms_say_all_of_it_as_text(shop: Company) -> None:
    form = {
        "name": "Acme", "autopay": "1", "chase": "false", "taxable": "True", "credit_limit": "800",
        "autopay_delay_days": "3", "currency": "USD", "country": "ca", "metadata[account-rep]": "Jan",
        "disabled_payment_methods[]": "credit_card", "owner": "", "type": "", "phone": "",
    }  # fmt: skip
    answer = shop.ask("POST", "/customers", form=form)
    made = answer.json()
    assert '"credit_limit":800,' in answer.text
    assert {name: made[name] for name in (
        "autopay", "chase", "taxable", "autopay_delay_days", "currency", "country", "metadata", "owner",
        "type", "phone",
    )} == {
        "autopay": True, "chase": False, "taxable": True, "autopay_delay_days": 3, "currency": "usd",
        "country": "CA", "metadata": {"account-rep": "Jan"}, "owner": None, "type": "company", "phone": None,
    }  # fmt: skip


def test_what_no_field_is_called_is_passed_over(shop: Company) -> None:
    made = shop.customer(boolean=True, taxid="x", payment_source={"id": 1}, nonsense=[1])
    assert (made["chase"], made["tax_id"], made["payment_source"]) == (True, None, None)


def test_an_empty_text_clears_and_what_is_never_null_becomes_as_new(shop: Company) -> None:
    made = shop.customer(phone="1", autopay=True, chase=False, metadata={"a": "b"}, type="person")
    emptied: dict[str, Any] = {"phone": "", "autopay": None, "chase": "", "metadata": [], "type": None}
    changed = shop.patch(f"/customers/{made['id']}", emptied).json()
    assert {name: changed[name] for name in emptied} == {
        "phone": None, "autopay": False, "chase": True, "metadata": {}, "type": "company",
    }  # fmt: skip


def test_the_country_is_that_of_the_company_unless_another_is_said(house: House, shop: Company) -> None:
    studio = Company(house, house.cast.studio_key)
    assert [shop.customer()["country"], studio.customer()["country"]] == ["US", "SI"]
    assert shop.customer(country=None)["country"] is None
    made = house.alice.customer("Ana", country="Avstrija")
    serial = studio.listed("/customers", "filter[name]=Ana")[0]["id"]
    moved = studio.patch(f"/customers/{serial}", {"country": "DE"}).json()
    assert moved["country"] == "DE"
    shown = answered(house.alice.get(f"/customers/{made['id']}"))
    assert (shown["country"], shown["country_code"]) == ("Germany", "DE")


def test_metadata_is_texts_whatever_is_sent(shop: Company) -> None:
    made = shop.customer(metadata={"n": 5, "b": True, "none": None, "long": "x" * 255})
    assert made["metadata"] == {"n": "5", "b": "true", "long": "x" * 255}
    for wrong in ([1], "text", {"a": {"b": 1}}, {"a": "x" * 256}):
        answer = shop.post("/customers", {"name": "Acme", "metadata": wrong})
        assert refused(answer) == (400, "Metadata is invalid", "metadata")


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        ({}, "Name is missing", "name"),
        ({"name": ""}, "Name is missing", "name"),
        ({"name": []}, "Name is invalid", "name"),
        ({"name": "A", "type": "dog"}, "Type is invalid", "type"),
        ({"name": "A", "country": "XX"}, "Country is invalid", "country"),
        ({"name": "A", "currency": "dollar"}, "Currency is invalid", "currency"),
        ({"name": "A", "autopay": "maybe"}, "Autopay is invalid", "autopay"),
        ({"name": "A", "credit_limit": "1e5"}, "Credit Limit is invalid", "credit_limit"),
        ({"name": "A", "owner": 1.5}, "Owner is invalid", "owner"),
        ({"name": "A", "taxes": ["vat"]}, "Taxes names tax rate vat, which does not exist", "taxes"),
        (
            {"name": "A", "parent_customer": 77},
            "Parent Customer names customer 77, which does not exist",
            "parent_customer",
        ),
        (b"{", "Unable to parse request body.", None),
        (b'"text"', "Unable to parse request body.", None),
        (b'{"name":"a","name":"b"}', "Name stands in the object more than once", "name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_done(
    shared: House, body: Any, message: str, param: str | None
) -> None:
    shop, before = Company(shared), shared.dump()
    assert refused(shop.post("/customers", body)) == (400, message, param)
    assert shared.dump() == before


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"1234"])
def test_a_body_that_says_nothing_has_many_forms(shop: Company, body: bytes) -> None:
    assert refused(shop.post("/customers", body)) == (400, "Name is missing", "name")
    made = shop.customer()
    assert shop.patch(f"/customers/{made['id']}", body).json() == made


def test_numbers_go_on_by_themselves_and_skip_what_is_taken(house: House, shop: Company) -> None:
    assert [shop.customer()["number"] for _ in range(2)] == ["CUST-0001", "CUST-0002"]
    for number in ("CUST-0003", "CUST-0004", "CUST-0006"):
        shop.customer(number=number)
    assert [shop.customer()["number"] for _ in range(3)] == ["CUST-0005", "CUST-0007", "CUST-0008"]
    assert shop.customer(number="")["number"] == "CUST-0009"
    settings = {"settings": {"number_formats": {"customer": "K-{yyyy}-{nn}"}}}
    answered(house.live.patch(f"/entities/{house.cast.shop}", settings))
    assert [shop.customer()["number"] for _ in range(2)] == ["K-2026-01", "K-2026-02"]
    assert Company(house, house.cast.studio_key).customer()["number"] == "CUST-0001"


def test_many_at_once_get_numbers_of_their_own(house: House, shop: Company) -> None:
    key = {"Authorization": f"Bearer {house.cast.shop_key}"}
    answers = house.at_once(
        *(house.client.post("/invoiced/customers", json={"name": str(n)}, headers=key) for n in range(30))
    )
    numbers = sorted(answer.json()["number"] for answer in answers)
    assert numbers == [f"CUST-{n:04}" for n in range(1, 31)]


def test_a_long_row_of_taken_numbers_is_passed_at_once(house: House, shop: Company) -> None:
    scope = Scope("", "live", "", entity_id=house.cast.shop.removeprefix("ent_"))

    async def imported(tx: Any) -> None:
        for number in range(1, 1_201):
            await customers.create(tx, Request(scope), {"name": "x", "number": f"CUST-{number:04}"})

    house.write(imported)
    assert [shop.customer()["number"] for _ in range(2)] == ["CUST-1201", "CUST-1202"]


def test_a_refused_customer_uses_up_no_number(shop: Company) -> None:
    assert shop.post("/customers", {"name": "A", "parent_customer": 5}).status_code == 400
    assert shop.customer()["number"] == "CUST-0001"


def test_no_two_customers_have_one_number(shop: Company) -> None:
    text = "The Number you chose has already been taken. Please try a different Number."
    one, two = shop.customer(number="A"), shop.customer(number="B")
    assert refused(shop.post("/customers", {"name": "C", "number": "A"})) == (400, text, "number")
    assert refused(shop.patch(f"/customers/{two['id']}", {"number": "A"})) == (400, text, "number")
    assert shop.ask("DELETE", f"/customers/{one['id']}").status_code == 204
    assert shop.patch(f"/customers/{two['id']}", {"number": "A"}).json()["number"] == "A"


def test_who_is_deleted_is_gone_here_and_in_the_trash_elsewhere(house: House, shop: Company) -> None:
    made = shop.customer("Bob")
    one = f"/customers/{made['id']}"
    assert shop.ask("DELETE", one).status_code == 204
    for method, path in (("GET", one), ("PATCH", one), ("DELETE", one), ("GET", f"{one}/contacts"),
                         ("POST", f"{one}/notes"), ("GET", f"{one}/balance")):  # fmt: skip
        answer = shop.ask(method, path, {"notes": "x"} if method != "GET" else None)
        assert refused(answer) == (404, f"Customer was not found: {made['id']}", None)
    assert "Bob" not in shop.names()
    (trashed,) = house.shopkeeper.listed(deleted=True)["data"]
    assert trashed["name"] == "Bob"
    answered(house.shopkeeper.post(f"/customers/{trashed['id']}/restore"))
    assert shop.get(one).json()["name"] == "Bob"


def test_a_change_leaves_alone_what_this_door_cannot_show(house: House, shop: Company) -> None:
    made = house.shopkeeper.customer("Ana", peppol_id="0088:1", bank_accounts=[{"iban": "SI56"}])
    serial = shop.listed("/customers", "filter[name]=Ana")[0]["id"]
    shop.patch(f"/customers/{serial}", {"name": "Anna"})
    after = answered(house.shopkeeper.get(f"/customers/{made['id']}"))
    own = {"name", "updated_at"}
    assert {k: v for k, v in after.items() if k not in own} == {k: v for k, v in made.items() if k not in own}


def test_parents_make_no_circle_and_no_endless_line(house: House, shop: Company) -> None:
    line = [shop.customer("0")]
    for number in range(1, 10):
        line.append(shop.customer(str(number), parent_customer=line[-1]["id"]))
    deep = "Parent Customer nests deeper than 10 levels"
    answer = shop.post("/customers", {"name": "11", "parent_customer": line[-1]["id"]})
    assert refused(answer) == (400, deep, "parent_customer")
    circle = "Parent Customer would make the customer its own ancestor"
    for above in (line[0], line[5]):
        answer = shop.patch(f"/customers/{line[0]['id']}", {"parent_customer": above["id"]})
        assert refused(answer) == (400, circle, "parent_customer")
    above = shop.customer("above")
    answer = shop.patch(f"/customers/{line[0]['id']}", {"parent_customer": above["id"]})
    assert refused(answer) == (400, deep, "parent_customer")
    stranger = Company(house, house.cast.studio_key).customer()
    answer = shop.patch(f"/customers/{above['id']}", {"parent_customer": stranger["id"]})
    assert answer.json()["param"] == "parent_customer"
    shop.ask("DELETE", f"/customers/{line[3]['id']}")
    kept = shop.patch(f"/customers/{line[4]['id']}", {"parent_customer": line[3]["id"], "name": "Four"})
    assert (kept.json()["name"], kept.json()["parent_customer"]) == ("Four", line[3]["id"])
    assert (
        shop.patch(f"/customers/{line[4]['id']}", {"parent_customer": ""}).json()["parent_customer"] is None
    )


def test_who_has_too_many_below_is_given_no_parent(
    house: House, shop: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(families, "DESCENDANTS_MAX", 3)
    top, above = shop.customer("top")["id"], shop.customer("above")["id"]
    for at in range(3):
        shop.customer(str(at), parent_customer=top)
    assert shop.patch(f"/customers/{top}", {"parent_customer": above}).status_code == 200
    shop.patch(f"/customers/{top}", {"parent_customer": None})
    shop.customer("one more", parent_customer=top)
    before = house.dump()
    answer = shop.patch(f"/customers/{top}", {"parent_customer": above})
    message = "Parent Customer cannot be given to a customer with more than 3 below it"
    assert refused(answer) == (400, message, "parent_customer")
    assert house.dump() == before


def test_two_changes_at_once_close_no_circle(house: House, shop: Company) -> None:
    one, two = shop.customer("One")["id"], shop.customer("Two")["id"]
    key = {"Authorization": f"Bearer {house.cast.shop_key}"}
    house.at_once(
        *(
            house.client.patch(f"/invoiced/customers/{a}", json={"parent_customer": b}, headers=key)
            for a, b in ((one, two), (two, one)) * 3
        )
    )
    parents = [shop.get(f"/customers/{id_}").json()["parent_customer"] for id_ in (one, two)]
    assert parents.count(None) == 1


def test_a_statement_has_an_address_of_its_own_that_stays_the_same(house: House, shop: Company) -> None:
    one, two = shop.customer()["statement_pdf_url"], shop.customer()["statement_pdf_url"]
    assert one != two
    id_ = shop.listed("/customers", "sort=id")[1]["id"]
    house.reopen()
    assert shop.get(f"/customers/{id_}").json()["statement_pdf_url"] == one
    answer = house.caller(None).get(one.removeprefix("http://billto"))
    assert answer.headers["content-type"] == "application/pdf"
    for address in (one.replace("/pdf", "x/pdf"), one.replace("/statements/", "/statements/x")):
        answer = house.caller(None).get(address.removeprefix("http://billto"))
        assert refused(answer) == (404, "There is nothing at this address", None)


def test_who_loses_a_parent_for_good_has_none_any_more(house: House, shop: Company) -> None:
    parent, other = shop.customer("Parent")["id"], shop.customer("Other")["id"]
    children = [shop.customer(str(number), parent_customer=parent)["id"] for number in range(3)]
    kept = shop.customer("kept", parent_customer=other)
    shop.ask("DELETE", f"/customers/{children[2]}")
    shop.ask("DELETE", f"/customers/{parent}")
    before = [shop.ask("GET", f"/customers/{one}") for one in children[:2]]
    assert [one.json()["parent_customer"] for one in before] == [parent, parent]
    house.clock.forward(5)
    (trashed,) = house.shopkeeper.listed(deleted=True, query={"name": "Parent"})["data"]
    assert house.shopkeeper.delete(f"/customers/{trashed['id']}/permanent").status_code == 204
    for one, old in zip(children, before, strict=False):
        new = shop.get(f"/customers/{one}")
        assert new.json()["parent_customer"] is None
        assert new.json()["updated_at"] >= old.json()["updated_at"] + 5
        assert new.headers["etag"] != old.headers["etag"]
    (trashed,) = house.shopkeeper.listed(deleted=True)["data"]
    answered(house.shopkeeper.post(f"/customers/{trashed['id']}/restore"))
    assert shop.get(f"/customers/{children[2]}").json()["parent_customer"] is None
    assert shop.get(f"/customers/{kept['id']}").json() == kept
