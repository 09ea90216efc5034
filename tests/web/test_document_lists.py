"""Lists of documents: by type and across them, filtered, searched and sorted."""

from typing import Any

import pytest

from tests.web.documents import PATHS, WORK, document, draft, line
from tests.web.house import Caller, House, answered, refused


def numbers(caller: Caller, path: str = "/invoices", /, **params: Any) -> list[Any]:
    return [one["number"] for one in caller.listed(path, **{"limit": 100, **params})["data"]]


def test_each_type_has_its_list_and_all_have_one(house: House) -> None:
    made = {path: document(house.alice, path) for path in PATHS}
    for path, one in made.items():
        page = house.alice.listed(path)
        assert page == {
            "data": [one],
            "pagination": {"total": 1, "next_cursor": None, "prev_cursor": None, "has_more": False},
        }
    assert house.alice.listed("/documents")["data"] == list(made.values())
    kinds = {"type": {"in": ["invoice", "credit_note"]}}
    assert [one["type"] for one in house.alice.listed("/documents", query=kinds)["data"]] == [
        "invoice",
        "credit_note",
    ]
    assert house.alice.listed("/documents", include_total_count=False)["pagination"]["total"] == -1


def test_documents_have_no_trash(house: House) -> None:
    made = document(house.alice)
    house.alice.post(f"/invoices/{made['id']}/void")
    for path in ("/invoices", "/documents"):
        assert house.alice.listed(path, deleted=True)["pagination"]["total"] == 0
        assert house.alice.listed(path, deleted=False)["pagination"]["total"] == 1


def test_pages_follow_each_other_both_ways(house: House) -> None:
    for day in range(1, 8):
        document(house.alice, date=f"2026-03-0{day}", items=[line(day)])
    asked = {"order_by": ("-date", "total"), "limit": 3}
    first = house.alice.listed("/invoices", **asked)
    second = house.alice.listed("/invoices", **asked, next_cursor=first["pagination"]["next_cursor"])
    assert [one["date"][8:10] for one in (*first["data"], *second["data"])] == [
        "07",
        "06",
        "05",
        "04",
        "03",
        "02",
    ]
    back = house.alice.listed("/invoices", **asked, prev_cursor=second["pagination"]["prev_cursor"])
    assert back["data"] == first["data"]
    assert first["pagination"]["total"] == 7


@pytest.fixture
def shelf(house: House) -> House:
    """Three invoices: of Ana, paid; of Ana, overdue; of nobody, in dollars, void; and a draft."""
    ana = house.alice.customer("Ana Novak")
    document(
        house.alice, customer_id=ana["id"], date="2026-01-10", reference="PO 17", metadata={"order": "A1"},
        payments=[{"type": "cash"}],
    )  # fmt: skip
    document(house.alice, customer_id=ana["id"], date="2026-02-10", date_due="2026-02-20", items=[line(50)])
    other = document(
        house.alice, currency_code="USD", customer={"name": "Žan", "save_customer": False}, date="2026-03-10"
    )
    house.alice.post(f"/invoices/{other['id']}/void")
    draft(house.alice, customer_id=ana["id"], date="2026-04-10")
    return house


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"number": "2026-00002"}, [2]),
        ({"customer.name": {"contains": "nov"}}, [1, 2, None]),
        ({"customer": {"name": {"startsWith": "ana"}}}, [1, 2, None]),
        ({"customer.name": "Žan"}, [3]),
        ({"customer_id": None}, [3]),
        ({"voided_at": None}, [1, 2, None]),
        ({"voided_at": {"not": None}}, [3]),
        ({"is_draft": True}, [None]),
        ({"is_draft": {"equals": False}}, [1, 2, 3]),
        ({"is_draft": {"not": False}}, [None]),
        ({"paid_in_full": True}, [1]),
        ({"paid_in_full": False, "is_draft": False, "voided_at": None}, [2]),
        ({"total_due": {"gt": 0}}, [2]),
        ({"total_with_tax": {"between": [60.99, 61]}}, [2]),
        ({"total": 100}, [1, 3, None]),
        ({"metadata.order": "A1"}, [1]),
        ({"metadata": {"order": {"equals": "A1"}}}, [1]),
        ({"reference": {"contains": "po"}}, [1]),
        ({"date": "2026-01-10"}, [1]),
        ({"date": {"gte": "2026-02-10", "lt": "2026-03-10T00:00:00.000Z"}}, [2]),
        ({"date": {"between": ["2026-01-01", "2026-02-10"]}}, [1, 2]),
        ({"date_due": {"lt": "2026-03-01"}}, [1, 2]),
        ({"currency_code": {"in": ["usd"]}}, [3]),
        ({"date_service": None}, [1, 2, 3, None]),
        ({"calculation_mode": "b2b_standard", "hide_prices": False}, [1, 2, 3, None]),
    ],
)  # fmt: skip
def test_every_plain_field_can_be_asked_for(shelf: House, query: Any, found: list[int | None]) -> None:
    shown = [None if n is None else f"2026-{n:05}" for n in found]
    assert numbers(shelf.alice, query=query) == shown
    assert numbers(shelf.alice, "/documents", query=query) == shown


def test_searches_look_through_numbers_names_and_metadata(shelf: House) -> None:
    for words, found in (("novak", 3), ("zan", 1), ("po 17", 1), ("a1", 1), ("00002", 1), ("nobody", 0)):
        assert shelf.alice.listed("/invoices", search=words)["pagination"]["total"] == found, words


def test_the_overdue_invoices_of_a_customer_by_their_due_date(shelf: House) -> None:
    ana = shelf.alice.listed("/customers", query={"name": "Ana Novak"})["data"][0]["id"]
    document(shelf.alice, customer_id=ana, date="2026-01-01", date_due="2026-01-15")
    query = {
        "customer_id": ana, "paid_in_full": False, "is_draft": False, "voided_at": None,
        "date_due": {"lt": "2026-05-01"},
    }  # fmt: skip
    page = shelf.alice.listed("/invoices", query=query, order_by="date_due", limit=100)["data"]
    assert [one["date_due"][:10] for one in page] == ["2026-01-15", "2026-02-20"]


@pytest.mark.parametrize(
    "field",
    [
        "number",
        "date",
        "date_due",
        "total",
        "total_due",
        "customer.name",
        "customer_id",
        "created_at",
        "reference",
    ],
)
def test_lists_sort_both_ways(shelf: House, field: str) -> None:
    up, down = (numbers(shelf.alice, order_by=way) for way in (field, f"-{field}"))
    assert sorted(map(str, up)) == sorted(map(str, down))
    assert len(up) == 4


@pytest.mark.parametrize(
    ("params", "path", "code"),
    [
        ({"query": {"items": 1}}, "query.items", "unknown_field"),
        ({"query": {"customer": "Ana"}}, "query.customer", "unknown_field"),
        ({"query": {"customer.email": "a"}}, "query.customer", "unknown_field"),
        ({"query": {"customer": {"name": "a", "email": "b"}}}, "query.customer", "unknown_field"),
        ({"query": {"is_draft": None}}, "query.is_draft.equals", "bad_operand"),
        ({"query": {"is_draft": "yes"}}, "query.is_draft.equals", "bad_parameter"),
        ({"query": {"paid_in_full": {"gt": True}}}, "query.paid_in_full.gt", "unknown_operator"),
        ({"query": {"total": "much"}}, "query.total.equals", "bad_parameter"),
        ({"query": {"date": "soon"}}, "query.date.equals", "bad_parameter"),
        ({"order_by": "is_draft"}, "order_by.is_draft", "unknown_field"),
        ({"order_by": "items"}, "order_by.items", "unknown_field"),
    ],
)
def test_questions_that_cannot_be_are_refused_by_name(
    shared: House, params: Any, path: str, code: str
) -> None:
    assert refused(shared.alice.get("/invoices", **params)) == (400, {path: code})


def test_lists_show_what_single_answers_show(shelf: House) -> None:
    for one in shelf.alice.listed("/documents", limit=100)["data"]:
        assert answered(shelf.alice.get(f"/documents/{one['id']}")) == one


def test_sandbox_and_other_entities_have_their_own(house: House) -> None:
    document(house.alice)
    trial = house.sandbox.about(house.cast.trial)
    assert answered(trial.post("/invoices", {"items": [WORK]}), 201)["number"] == "2026-00001"
    assert house.shopkeeper.listed("/invoices")["pagination"]["total"] == 0
