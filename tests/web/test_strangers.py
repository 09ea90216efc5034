"""What strangers ask about, and name in bodies, is not there for them."""

from tests.web.documents import PATHS, WORK, document, draft
from tests.web.house import House, answered, refused


def test_questions_about_strangers_find_nothing(shared: House) -> None:
    cast = shared.cast
    before = shared.dump()
    for params in (
        {"query": {"id": cast.white_rabbit}},
        {"query": {"id": {"in": [cast.white_rabbit, cast.mad_hatter, cast.duchess]}}},
        {"query": {"name": {"contains": "wonder"}}},
        {"query": {"metadata.in": "Wonder"}},
        {"query": {"name": {"not": "Mr Bucket"}}},
        {"search": "wonder"},
        {"search": "wo"},
        {"search": "white rabbit"},
        {"deleted": True},
        {"deleted": True, "search": "hat"},
        {"order_by": "-name", "query": {"id": {"not": cast.mr_bucket}}},
    ):
        page = shared.charlie.listed(**params)
        assert (page["data"], page["pagination"]["total"]) == ([], 0), params
    assert shared.charlie.names(query={"id": {"gte": "0" * 24}}) == ["Mr Bucket"]
    for caller in (shared.charlie, shared.sandbox, shared.caller(cast.shop_key)):
        for params in (
            {"query": {"id": cast.studio}},
            {"query": {"name": "Wonder Studio"}},
            {"search": "studio"},
        ):
            page = caller.listed("/entities", **params)
            assert (page["data"], page["pagination"]["total"]) == ([], 0)
    cursor = shared.live.listed("/entities", limit=1)["pagination"]["next_cursor"]
    for caller in (shared.charlie, shared.sandbox):
        for name in ("next_cursor", "prev_cursor"):
            assert refused(caller.get("/entities", **{name: cursor})) == (400, {name: "bad_cursor"})
    assert shared.dump() == before


def test_bodies_that_name_strangers_move_nothing(house: House) -> None:
    cast = house.cast
    hers = {"id": cast.white_rabbit, "entity_id": cast.studio, "account_id": cast.alice_account}
    made = house.charlie.customer("Intruder", **hers)
    assert made["entity_id"] == cast.factory
    assert made["id"] != cast.white_rabbit
    changed = answered(house.charlie.patch(f"/customers/{made['id']}", {**hers, "name": "Still Charlie's"}))
    assert (changed["id"], changed["entity_id"]) == (made["id"], cast.factory)
    entity = house.charlie.new_entity("Intruder", **{**hers, "id": cast.studio})
    assert entity["account_id"] == cast.charlie_account
    changed = answered(house.charlie.put(f"/entities/{entity['id']}", {**hers, "name": "Still Charlie's"}))
    assert (changed["id"], changed["account_id"]) == (entity["id"], cast.charlie_account)
    assert house.alice.names() == ["White Rabbit Wonder"]
    assert house.live.names("/entities") == ["Wonder Studio", "Wonder Shop"]
    assert answered(house.alice.get(f"/customers/{cast.white_rabbit}"))["updated_at"] < made["created_at"]


def test_documents_of_strangers_are_not_found(house: House) -> None:
    hers = [document(house.alice, path, customer_id=house.cast.white_rabbit) for path in PATHS]
    before = house.dump()
    others = (house.charlie, house.sandbox, house.caller(house.cast.shop_key), house.shopkeeper)
    for caller in others:
        for path in (*PATHS, "/documents"):
            for params in ({}, {"search": "white"}, {"query": {"id": {"in": [one["id"] for one in hers]}}}):
                assert caller.listed(path, **params)["pagination"]["total"] == 0
    assert house.dump() == before


def test_what_documents_name_of_strangers_is_not_there(house: House) -> None:
    hers = document(house.alice, customer_id=house.cast.white_rabbit, items=[{**WORK, "save_item": True}])
    note = document(house.alice, "/credit-notes")
    mine = draft(house.charlie)
    before = house.dump()
    for said, field in (
        ({"customer_id": house.cast.white_rabbit}, "customer_id"),
        ({"linked_documents": [hers["id"]]}, "linked_documents.0"),
        ({"items": [{"item_id": hers["items"][0]["item_id"]}]}, "items.0.item_id"),
    ):
        for answer in (
            house.charlie.post("/invoices", {"items": [WORK], **said}),
            house.charlie.patch(f"/invoices/{mine['id']}", said),
        ):
            assert refused(answer) == (422, {field: "unknown_reference"})
    paid = {"items": [WORK], "payments": [{"type": "credit_note", "credit_note_id": note["id"]}]}
    assert refused(house.charlie.post("/invoices", paid)) == (
        422,
        {"payments.0.credit_note_id": "unknown_reference"},
    )
    assert house.dump() == before


def test_numbers_of_strangers_are_not_counted(house: House) -> None:
    document(house.alice)
    for caller in (house.charlie, house.sandbox, house.shopkeeper):
        assert answered(caller.get("/invoices/next-number"))["number"] == "2026-00001"
