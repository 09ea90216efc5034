"""faktoora: lists by page, order, category, keywords, with what is related."""

from typing import Any

import pytest

from tests.web.faktoora import API, made, refused
from tests.web.house import House, answered

LIST = f"{API}/customers"


def names(house: House, params: Any) -> list[str]:
    return [one["name"] for one in answered(house.alice.ask("GET", LIST, params=params))["data"]]


def test_pages_are_counted_from_one(house: House) -> None:
    for at in range(5):
        made(house.alice, name=f"No {at}")
    pages = [
        answered(house.alice.get(LIST, perPage=2, page=page, sort="name", order="desc"))
        for page in (1, 2, 3, 4)
    ]
    assert [[one["name"] for one in page["data"]] for page in pages] == [
        ["White Rabbit Wonder", "No 4"], ["No 3", "No 2"], ["No 1", "No 0"], [],
    ]  # fmt: skip
    assert [page["meta"] for page in pages] == [
        {"page": page, "perPage": 2, "totalItems": 6, "totalPages": 3} for page in (1, 2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("given", "taken"), [(None, 25), (1000, 1000), (1001, 1000), (10**12, 1000), (0, 1), (-3, 1)]
)
def test_per_page_is_cut_in_silence(shared: House, given: int | None, taken: int) -> None:
    params = {} if given is None else {"perPage": given}
    assert answered(shared.alice.get(LIST, **params))["meta"]["perPage"] == taken


def test_an_empty_list_has_no_pages(shared: House) -> None:
    assert answered(shared.alice.get(LIST, category="none")) == {
        "data": [],
        "meta": {"page": 1, "perPage": 25, "totalItems": 0, "totalPages": 0},
    }


SORTS = (
    "customerId", "name", "nameAuthorisedSignatory", "address", "phoneNo", "category", "isCompany", "email",
    "faktooraId", "vatId", "taxId", "invoiceProfile", "supplierNumber", "routeId", "peppolId", "createdAt",
    "updatedAt",
)  # fmt: skip


def test_every_documented_field_sorts_both_ways(house: House) -> None:
    texts = [wire for wire in SORTS if wire not in ("isCompany", "createdAt", "updatedAt")]
    made(house.alice, **dict.fromkeys(texts, "b"))
    made(house.alice, isCompany=False, **{**dict.fromkeys(texts, "a"), "name": "a"})
    for wire in SORTS:
        up, down = (names(house, {"sort": wire, "order": order, "category": c}) for order, c in
                    (("asc", ""), ("desc", "")))  # fmt: skip
        up, down = ([one for one in found if one in "ab"] for found in (up, down))
        assert up == down[::-1], wire
        assert up == (["b", "a"] if wire in ("createdAt", "updatedAt") else ["a", "b"]), wire
    for wire in ("city", "postcode", "extras", "Name", "", "id", "customerContacts"):
        status, message = refused(house.alice.get(LIST, sort=wire))
        assert status == 400
        assert message.startswith("sort: must be one of: ")
        assert set(message.removeprefix("sort: must be one of: ").split(", ")) == set(SORTS)
    assert refused(house.alice.get(LIST, order="up")) == (400, "order: must be one of: asc, desc")


def test_without_a_field_the_order_is_that_of_creation(house: House) -> None:
    made(house.alice, name="A")
    assert names(house, {}) == ["White Rabbit Wonder", "A"]
    assert names(house, {"order": "desc"}) == ["A", "White Rabbit Wonder"]


def test_a_category_is_meant_as_it_is_written(house: House) -> None:
    made(house.alice, name="A", category="Shop")
    made(house.alice, name="B", category="shop")
    assert names(house, {"category": "Shop"}) == ["A"]
    assert names(house, {"category": "Sho"}) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("keywords[]=muster&keywords[]=koln", ["Köln"]),
        ("keywords=muster&keywords=koln", ["Köln"]),
        ("keywords[0]=muster&keywords[1]=koln", ["Köln"]),
        ("keywords%5B%5D=muster+koln", ["Köln"]),
        ("keywords=MUSTER", ["Köln", "Bonn"]),
        ("keywords[]=kol&keywords[]=bonn", []),
        ("keywords[]=K-17", ["Bonn"]),
        ("keywords[]=", ["White Rabbit Wonder", "Köln", "Bonn"]),
        ("keywords[]=%25", []),
    ],
)
def test_every_keyword_must_be_found(house: House, query: str, found: list[str]) -> None:
    made(house.alice, name="Köln")
    made(house.alice, name="Bonn", customerId="K-17")
    listed = house.alice.get(f"{LIST}?{query}")
    assert [one["name"] for one in answered(listed)["data"]] == found


@pytest.mark.parametrize(
    "query",
    [
        "keywords[a]=1", "keywords[0][1]=2", "keywords=a&keywords[]=b", "keywords[=x",
        "&".join(f"keywords[]=w{at}" for at in range(21)), "keywords[]=" + "x" * 501, "keywords[]=%00",
        "&".join("keywords[]=" + "x" * 200 for _ in range(3)), "category=%00", "page=0", "page=x", "page=1.5",
        "perPage=many", "page=1000000001", "relationFields[]=boss", "relationFields[a]=user",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(shared: House, query: str) -> None:
    status, message = refused(shared.alice.get(f"{LIST}?{query}"))
    assert status == 400
    assert message.partition(":")[0].partition("[")[0] == query.partition("=")[0].partition("[")[0]


def test_everything_wrong_with_a_question_is_said_at_once(shared: House) -> None:
    params = {"page": "x", "sort": "city", "order": "up", "relationFields[]": "boss"}
    status, message = refused(shared.alice.ask("GET", LIST, params=params))
    assert status == 400
    assert [one.partition(":")[0] for one in message.split("; ")] == [
        "page",
        "sort",
        "order",
        "relationFields",
    ]


def test_relations_are_shown_when_they_are_asked_for(house: House) -> None:
    one = made(
        house.alice,
        name="A",
        customerContacts=[{"firstName": "Eva", "lastName": "Muster"}],
        deliveryAddresses=[{"name": "Lager"}],
    )
    contacts, addresses = one.pop("customerContacts"), one.pop("deliveryAddresses")
    empty = {"user": None, "legalform": None, "importedFile": None, "invoiceTemplate": None}
    both = {"deliveryAddresses": addresses, "customerDeliveryAddresses": addresses}
    for asked, shown in (
        ([], {}),
        (["customerContacts"], {"customerContacts": contacts}),
        (["customerDeliveryAddresses"], both),
        (list(empty), empty),
        (["user,customerContacts"], {"user": None, "customerContacts": contacts}),
        (["user", "user"], {"user": None}),
    ):
        for name in ("relationFields[]", "relationFields"):
            params = [("keywords", "muster"), *((name, one) for one in asked)]
            assert answered(house.alice.ask("GET", LIST, params=params))["data"] == [{**one, **shown}]
