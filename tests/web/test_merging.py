"""Merging customers over HTTP, and the old ids at every door."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from billto.app import documents, payments
from billto.app.applying import Wanted
from billto.app.parts import Request
from billto.domain.customer import Customer
from billto.domain.document import Document
from billto.domain.ids import read_id
from billto.domain.scope import Scope
from tests.store.records import examples
from tests.web.faktoora import API, with_api_key
from tests.web.house import House, answered, refused
from tests.web.invoiced import Company
from tests.web.loopback import V1, bare, said
from tests.web.test_anything import TREES, in_form

NEVER = f"cust_{'0' * 24}"


def scope(house: House) -> Scope:
    entity = str(read_id(house.cast.studio))
    account = str(read_id(house.cast.alice_account))
    return Scope(account, "live", key_id="0" * 24, entity_id=entity)


def invoiced(house: House, customer: Any, price: int) -> Document:
    """An invoice for a customer, as the core makes it."""
    lines = [{"name": "Work", "price": Decimal(price)}]
    values = {"customer_id": read_id(customer["id"]), "lines": lines}
    made: Document = house.write(lambda tx: documents.create(tx, Request(scope(house)), "invoice", values))
    return made


def paid(house: House, invoice: Document, amount: int) -> None:
    wanted = [Wanted("document", None, invoice.id)]
    house.write(lambda tx: payments.receive(tx, Request(scope(house)), {"amount": Decimal(amount)}, wanted))


def serial_of(house: House, customer: Any) -> int:
    """The id of a customer where ids are whole numbers."""
    reader: Any = house.server._store.reader
    found: Customer = house.run(reader.get(Customer, scope(house), read_id(customer["id"])))
    return found.serial


def merged(house: House, source: Any, target: Any, **more: Any) -> Any:
    return answered(house.alice.post(f"/customers/{source['id']}/merge", {"into": target["id"], **more}))


def test_a_preview_tells_what_a_merge_does(house: House) -> None:
    old = house.alice.customer("Acme", email="a@acme.example", city="Koper", metadata={"a": "1", "b": "2"})
    new = house.alice.customer("ACME d.o.o.", city="Piran", metadata={"a": "3"})
    paid(house, invoiced(house, old, 100), 30)
    path = f"/customers/{old['id']}/merge"
    before = house.dump()
    told = answered(house.alice.get(path, into=new["id"]))
    assert house.dump() == before
    owed = {"outstanding": 70, "open_credit_notes": 0, "unapplied": 0, "credit": 0, "net": 70}
    assert told == {
        "source_id": old["id"],
        "target_id": new["id"],
        "moves": {
            "documents": 1, "payments": 1, "adjustments": 0, "line_items": 0, "notes": 0, "messages": 0,
            "tasks": 0, "chasing_steps": 0,
            "contacts": 0, "delivery_addresses": 0, "children": 0,
        },
        "balances": [
            {"currency_code": "EUR", "source": owed, "target": dict.fromkeys(owed, 0), "merged": owed}
        ],
        "fills": [
            {"field": "email", "value": "a@acme.example"},
            {"field": "metadata.b", "value": "2"},
        ],
        "conflicts": [
            {"field": "city", "source": "Koper", "target": "Piran"},
            {"field": "name", "source": "Acme", "target": "ACME d.o.o."},
            {"field": "metadata.a", "source": "1", "target": "3"},
        ],
    }  # fmt: skip
    assert merged(house, old, new, fill=True)["metadata"] == {"a": "3", "b": "2"}


def test_the_one_that_stays_is_answered_in_a_new_version(house: House) -> None:
    old, new = house.alice.customer("A", email="a@a.example"), house.alice.customer("B")
    answer = house.alice.post(f"/customers/{old['id']}/merge", {"into": new["id"]})
    assert answered(answer) == {**new, "updated_at": answer.json()["updated_at"]}
    assert answer.json()["updated_at"] > new["updated_at"]
    assert answer.headers["etag"] == '"2"'
    assert "A" not in house.alice.names(include_deleted=True)
    assert old["id"] not in [one["id"] for one in house.alice.listed("/customers/erased")["data"]]


def test_old_names_lead_to_the_customer_at_every_door(house: House) -> None:
    old = house.alice.customer("A", external_id="crm-1")
    serial = serial_of(house, old)
    new = house.alice.customer("B")
    merged(house, old, new)
    assert answered(house.alice.get(f"/customers/{old['id']}"))["id"] == new["id"]
    assert answered(house.alice.get("/customers/external/crm-1"))["id"] == new["id"]
    assert house.alice.names(query={"external_id": "crm-1"}) == ["B"]
    assert house.alice.names(query={"id": old["id"]}) == ["B"]
    v1 = V1(house, house.cast.live).about(house.cast.studio)
    assert said(v1.get(f"/clients/{bare(old['id'])}"))["name"] == "B"
    sent = {"id": bare(old["id"]), "name": "B", "city": "Koper"}
    assert said(v1.ask("PUT", f"/clients/{bare(old['id'])}", sent))["city"] == "Koper"
    company = Company(house, house.cast.live, house.cast.studio)
    assert company.get(f"/customers/{serial}").json()["name"] == "B"
    caller = with_api_key(house, house.cast.live, entity=house.cast.studio)
    assert answered(caller.get(f"{API}/customer/{old['id']}"))["name"] == "B"
    assert answered(house.alice.patch(f"/customers/{old['id']}", {"city": "Piran"}))["id"] == new["id"]


def test_what_is_owed_is_told_by_old_ids_as_well(house: House) -> None:
    old, new = house.alice.customer("A"), house.alice.customer("B")
    paid(house, invoiced(house, old, 100), 30)
    merged(house, old, new)
    for id in (old["id"], new["id"]):
        told = answered(house.alice.get(f"/customers/{id}/balance"))
        assert (told["customer_id"], told["balances"][0]["outstanding"]) == (new["id"], 70)
        assert len(house.alice.listed(f"/customers/{id}/ledger")["data"]) == 4
        (one,) = house.alice.listed("/invoices", query={"customer_id": id})["data"]
        assert one["customer_id"] == new["id"]
        assert house.alice.listed("/payments", query={"customer_id": id})["pagination"]["total"] == 1


def test_documents_are_made_and_found_by_old_ids_at_every_door(house: House) -> None:
    old, new = house.alice.customer("A"), house.alice.customer("B")
    serial, now = serial_of(house, old), serial_of(house, new)
    merged(house, old, new)
    company = Company(house, house.cast.live, house.cast.studio)
    billed = company.post("/invoices", {"customer": serial, "items": [{"name": "Work", "unit_cost": 5}]})
    assert (billed.status_code, billed.json()["customer"]) == (201, now)
    found = company.get("/invoices", **{"filter[customer]": serial}).json()
    assert [one["id"] for one in found] == [billed.json()["id"]]
    v1 = V1(house, house.cast.live).about(house.cast.studio)
    path = f"/organizations/{v1.organization}/documents"
    items = [{"name": "Work", "quantity": 1, "price": 5}]
    made = said(
        v1.ask("POST", path, {"type": "invoice", "clientId": bare(old["id"]), "_documentItems": items})
    )
    assert made["clientId"] == bare(new["id"])
    where = {"where": {"clientId": bare(old["id"])}}
    assert len(said(v1.get(path, {"filter": json.dumps(where)}))) == 2
    assert house.alice.listed("/invoices", query={"customer_id": old["id"]})["pagination"]["total"] == 2


def test_no_door_deletes_a_customer_by_an_old_id(house: House) -> None:
    old = house.alice.customer("A")
    serial = serial_of(house, old)
    merged(house, old, house.alice.customer("B"))
    v1 = V1(house, house.cast.live).about(house.cast.studio)
    company = Company(house, house.cast.live, house.cast.studio)
    caller = with_api_key(house, house.cast.live, entity=house.cast.studio)
    assert house.alice.delete(f"/customers/{old['id']}").status_code == 409
    assert said(v1.ask("DELETE", f"/clients/{bare(old['id'])}")) == {"count": 0}
    assert company.ask("DELETE", f"/customers/{serial}").status_code == 400
    assert caller.delete(f"{API}/customer/{old['id']}").status_code == 409
    assert "B" in house.alice.names()


def test_what_cannot_be_merged_is_refused_and_changes_nothing(house: House) -> None:
    one, trashed = house.alice.customer("A")["id"], house.cast.mad_hatter
    before = house.dump()
    path = f"/customers/{one}/merge"
    for into, expected in (
        (one, (409, {"into": "same_customer"})),
        (trashed, (409, {"into": "in_trash"})),
        (house.cast.mr_bucket, (404, {"into": "not_found"})),
        (house.cast.duchess, (404, {"into": "not_found"})),
        (NEVER, (404, {"into": "not_found"})),
        ("nobody", (404, {"into": "not_found"})),
    ):
        assert refused(house.alice.post(path, {"into": into})) == expected
        assert refused(house.alice.get(path, into=into)) == expected
    assert refused(house.alice.get(path)) == (400, {"into": "bad_parameter"})
    assert refused(house.alice.post(path, {})) == (422, {"into": "required"})
    assert refused(house.alice.post(path, {"into": 1, "fill": "yes"})) == (
        422,
        {"into": "wrong_type", "fill": "wrong_type"},
    )
    assert house.alice.post(path, []).status_code == 422
    stale = house.alice.post(path, {"into": house.cast.white_rabbit}, {"If-Match": '"9"'})
    assert stale.status_code == 412
    assert house.dump() == before


def test_strangers_learn_nothing_from_old_ids(house: House) -> None:
    old = house.alice.customer("A", external_id="crm-1")
    merged(house, old, house.alice.customer("B"))
    for caller in (house.charlie, house.shopkeeper, house.sandbox):
        assert caller.get(f"/customers/{old['id']}").status_code == 404
        assert caller.get("/customers/external/crm-1").status_code == 404
        assert caller.listed(query={"id": old["id"]})["data"] == []
        assert caller.post(f"/customers/{old['id']}/merge", {"into": old["id"]}).status_code == 404


def test_the_same_merge_twice_is_one(house: House) -> None:
    old, new = house.alice.customer("A"), house.alice.customer("B")
    again = {"X-Request-Id": "merge-1"}
    path, body = f"/customers/{old['id']}/merge", {"into": new["id"]}
    first = house.alice.post(path, body, again)
    assert answered(house.alice.post(path, body, again)) == answered(first)
    assert answered(house.alice.post(path, body)) == answered(first)


def test_kept_answers_about_the_one_that_went_are_emptied(house: House) -> None:
    known = {"X-Request-Id": "made-1"}
    old = answered(house.alice.post("/customers", {"name": "Secret"}, known), 201)
    merged(house, old, house.alice.customer("B"))
    answer = house.alice.post("/customers", {"name": "Secret"}, known)
    assert (answer.json(), answer.headers["idempotent-replayed"]) == ({}, "true")


def test_many_merges_at_once_end_in_one_customer(house: House) -> None:
    made = [house.alice.customer(f"C{at}")["id"] for at in range(6)]
    pairs = [(a, b) for a in made for b in made if a != b]
    answers = house.at_once(
        *(house.alice.asking("POST", f"/customers/{a}/merge", {"into": b}) for a, b in pairs)
    )
    assert {one.status_code for one in answers} <= {200, 409, 503}
    assert [one.text for one in answers if one.status_code == 503 and "too many" not in one.text] == []
    last = {answered(house.alice.get(f"/customers/{id}"))["id"] for id in made}
    assert len(last) == 1
    assert len(house.alice.names(query={"name": {"startsWith": "C"}})) == 1


def test_whatever_is_said_of_a_merge_is_answered_in_form(shared: House) -> None:
    keys = [(b"authorization", f"Bearer {shared.cast.live}".encode())]
    keys += [(b"x-entity-id", shared.cast.studio.encode()), (b"content-type", b"application/json")]
    names = st.sampled_from(["into", "fill", "x"])

    @examples(60)
    @given(st.dictionaries(names, TREES | st.just(shared.cast.mad_hatter), max_size=3) | TREES)
    def holds(body: Any) -> None:
        path = f"/customers/{shared.cast.mad_hatter}/merge"
        in_form(shared.raw("POST", path, b"", keys, json.dumps(body).encode()))

    holds()
