"""Lists: pages that do not slip, in any order, and cursors that nobody can make up."""

from itertools import product
from typing import Any

import pytest

from tests.web.house import Caller, House, answered, refused


def made(house: House, count: int) -> list[str]:
    """The names of new customers of the shop, which has the Duchess first."""
    names = [f"Customer {at:02}" for at in range(count)]
    for at, name in enumerate(names):
        # Some share a city, some have none: orders with ties, and with what is missing.
        house.shopkeeper.customer(name, city=(None, "Koper", "Izola")[at % 3], email=f"{at % 4}@x.example")
        house.clock.forward(1)
    return ["Duchess Wonder", *names]


def walked(caller: Caller, path: str = "/customers", **params: Any) -> list[list[str]]:
    """Every page forward to the end, and then every page back to the beginning; both must be the same."""
    forward: list[Any] = []
    cursor: dict[str, Any] = {}
    while True:
        page = caller.listed(path, **params, **cursor)
        forward.append(page)
        assert page["pagination"]["has_more"] is (page["pagination"]["next_cursor"] is not None)
        if not page["pagination"]["has_more"]:
            break
        cursor = {"next_cursor": page["pagination"]["next_cursor"]}
    back = [forward[-1]]
    while (previous := back[0]["pagination"]["prev_cursor"]) is not None:
        back.insert(0, caller.listed(path, **params, prev_cursor=previous))
    assert [one["data"] for one in back] == [one["data"] for one in forward]
    assert back[0]["pagination"]["prev_cursor"] is forward[0]["pagination"]["prev_cursor"] is None
    assert len({one["pagination"]["total"] for one in forward + back}) == 1
    return [[one["name"] for one in page["data"]] for page in forward]


def flat(pages: list[list[str]]) -> list[str]:
    return [name for page in pages for name in page]


def test_a_list_has_ten_by_default_in_the_order_of_their_making(house: House) -> None:
    names = made(house, 25)
    page = house.shopkeeper.listed()
    assert [one["name"] for one in page["data"]] == names[:10]
    assert page["pagination"] == {
        "total": 26,
        "next_cursor": page["pagination"]["next_cursor"],
        "prev_cursor": None,
        "has_more": True,
    }
    assert walked(house.shopkeeper) == [names[:10], names[10:20], names[20:]]


@pytest.mark.parametrize("limit", [1, 3, 9, 10, 100])
def test_pages_go_forward_and_back_at_any_size(house: House, limit: int) -> None:
    names = made(house, 9)
    assert walked(house.shopkeeper, limit=limit) == [
        names[at : at + limit] for at in range(0, len(names), limit)
    ]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "ten", "", " 5", "1e1", "9" * 30, "٣"])
def test_a_page_has_one_to_a_hundred(shared: House, limit: str) -> None:
    assert refused(shared.alice.get("/customers", limit=limit)) == (400, {"limit": "bad_parameter"})
    assert refused(shared.live.get("/entities", limit=limit)) == (400, {"limit": "bad_parameter"})


def missing_last(value: str | None) -> tuple[bool, str]:
    return value is None, value or ""


def in_order(rows: list[Any], order: tuple[str, ...]) -> list[str]:
    """Names by an order of the API, worked out here: missing values last going up and first going down."""
    for column in reversed((*order, "-id" if order and order[-1].startswith("-") else "id")):
        rows = sorted(
            rows, key=lambda row: missing_last(row[column.removeprefix("-")]), reverse=column.startswith("-")
        )
    return [row["name"] for row in rows]


FIELDS = (
    "id",
    "name",
    "email",
    "address",
    "city",
    "country",
    "tax_number",
    "created_at",
    "updated_at",
    "external_id",
)
ORDERS: list[tuple[str, ...]] = [
    (),
    *((name,) for name in FIELDS),
    *((f"-{name}",) for name in FIELDS),
    ("city", "-name"),
    ("-city", "name"),
    ("email", "-city", "created_at"),
    ("-city", "-email"),
    ("city", "city", "-city"),
    ("id", "name"),
]


def test_every_order_gives_every_record_once(house: House) -> None:
    made(house, 13)
    rows = house.shopkeeper.listed(limit=100)["data"]
    for order in ORDERS:
        pages = walked(house.shopkeeper, order_by=order, limit=4)
        once = tuple(dict.fromkeys(column.removeprefix("-") for column in order))
        plain = tuple(next(one for one in order if one.removeprefix("-") == name) for name in once)
        assert flat(pages) == in_order(rows, plain), order


def test_entities_are_sorted_by_their_fields(house: House) -> None:
    for at in range(4):
        house.live.new_entity(f"Company {at}", ("Slovenia", "Germany", "Japan", "Germany")[at])
    rows = house.live.listed("/entities", limit=100)["data"]
    for name in ("id", "name", "country", "currency_code", "created_at", "updated_at"):
        for order in ((name,), (f"-{name}",)):
            assert flat(walked(house.live, "/entities", order_by=order, limit=2)) == in_order(rows, order)


@pytest.mark.parametrize(
    "name", ["post_code", "metadata", "vies", "nonsense", "", "--name", "-", "name,city", "Name"]
)
def test_an_order_by_another_field_is_refused_with_the_allowed_ones(shared: House, name: str) -> None:
    answer = shared.alice.get("/customers", order_by=name)
    path = f"order_by.{name.removeprefix('-')}"
    assert refused(answer) == (400, {path: "unknown_field"})
    assert answer.json()["message"].endswith(f"allowed are: {', '.join(FIELDS)}")


def test_pages_stay_true_while_rows_come_and_go(house: House) -> None:
    names = made(house, 12)
    order: dict[str, Any] = {"order_by": "name", "limit": 4}
    first = house.shopkeeper.listed(**order)
    assert [one["name"] for one in first["data"]] == names[1:5]
    # The row at which the page ended goes, one comes before it, and one comes after it.
    house.shopkeeper.delete(f"/customers/{first['data'][-1]['id']}")
    house.shopkeeper.customer("Customer 00 and a half")
    house.shopkeeper.customer("Customer 04 and a half")
    second = house.shopkeeper.listed(**order, next_cursor=first["pagination"]["next_cursor"])
    assert [one["name"] for one in second["data"]] == [
        "Customer 04",
        "Customer 04 and a half",
        "Customer 05",
        "Customer 06",
    ]
    back = house.shopkeeper.listed(**order, prev_cursor=second["pagination"]["prev_cursor"])
    assert [one["name"] for one in back["data"]] == [
        "Customer 00",
        "Customer 00 and a half",
        "Customer 01",
        "Customer 02",
    ]
    assert back["pagination"]["prev_cursor"] is None


def test_a_total_counts_what_the_question_asks_for_and_is_left_out_on_demand(house: House) -> None:
    made(house, 12)
    questions: list[tuple[dict[str, Any], int]] = [
        ({}, 13),
        ({"query": {"city": "Koper"}}, 4),
        ({"search": "izola"}, 4),
        ({"search": "nowhere"}, 0),
        ({"deleted": True}, 0),
        ({"query": {"city": "Koper"}, "limit": 1}, 4),
    ]
    for params, total in questions:
        counted = house.shopkeeper.listed(**params)
        assert counted["pagination"]["total"] == total
        uncounted = house.shopkeeper.listed(**params, include_total_count=False)
        assert uncounted == {**counted, "pagination": {**counted["pagination"], "total": -1}}
    assert house.live.listed("/entities", include_total_count=False)["pagination"]["total"] == -1
    assert house.live.listed("/entities")["pagination"]["total"] == 2


@pytest.mark.parametrize("name", ["include_total_count", "deleted"])
@pytest.mark.parametrize("value", ["yes", "", "2", "null", "TRUE "])
def test_a_switch_is_true_or_false(shared: House, name: str, value: str) -> None:
    assert refused(shared.alice.get("/customers", **{name: value})) == (400, {name: "bad_parameter"})


def test_every_wrong_parameter_is_named(shared: House) -> None:
    answer = shared.alice.get("/customers", limit=0, include_total_count="maybe", deleted="perhaps")
    assert refused(answer) == (
        400,
        dict.fromkeys(("limit", "include_total_count", "deleted"), "bad_parameter"),
    )


def test_unknown_parameters_are_passed_over(shared: House) -> None:
    """Clients send tracking and cache parameters that mean nothing here."""
    assert shared.alice.names(utm_source="x", page="3") == ["White Rabbit Wonder"]


def cursor(caller: Caller, path: str = "/customers", **params: Any) -> str:
    return str(caller.listed(path, limit=1, **params)["pagination"]["next_cursor"])


def forged(
    caller: Caller, text: str, name: str = "next_cursor", path: str = "/customers", **more: Any
) -> None:
    assert refused(caller.get(path, **{name: text}, **more)) == (400, {name: "bad_cursor"}), text


def test_no_cursor_can_be_made_up(house: House) -> None:
    made(house, 2)
    good = cursor(house.shopkeeper)
    assert answered(house.shopkeeper.get("/customers", next_cursor=good))
    alphabet = "AQgw-_09az"
    flipped = {
        good[:at] + other + good[at + 1 :]
        for at, other in product(range(len(good)), alphabet)
        if good[at] != other
    }
    cut = {good[:at] for at in range(1, len(good))}
    others = {
        good * 2,
        good + "=",
        good + "A",
        " " + good,
        "",
        "garbage",
        "💥",
        "A" * 7_000,
        house.cast.duchess,
    }
    for text in sorted(flipped | cut | others - {""}):
        forged(house.shopkeeper, text)
    forged(house.shopkeeper, good, "prev_cursor")
    forged(house.shopkeeper, "")


def test_a_cursor_is_of_one_order_one_list_and_one_tenant(house: House) -> None:
    names = made(house, 3)
    page = house.shopkeeper.listed(limit=2, order_by="name")
    good = page["pagination"]["next_cursor"]
    page = house.shopkeeper.listed(limit=2, order_by="name", next_cursor=good)
    assert [one["name"] for one in page["data"]] == [names[3], names[0]]
    forged(house.shopkeeper, good)
    for order in (("-name",), ("name", "city"), ("created_at",), ("-id",)):
        forged(house.shopkeeper, good, order_by=order)
    forged(house.alice, good, order_by="name")
    forged(house.charlie, good, order_by="name")
    forged(house.sandbox, good, order_by="name")
    forged(house.live, good, order_by="name", path="/entities")
    entities = cursor(house.live, "/entities", order_by="name")
    forged(house.shopkeeper, entities, order_by="name")
    forged(house.charlie, entities, order_by="name", path="/entities")
    forged(house.sandbox, entities, order_by="name", path="/entities")
    forged(house.caller(house.cast.shop_key), entities, order_by="name", path="/entities")


def test_a_page_goes_one_way(house: House) -> None:
    made(house, 2)
    good = cursor(house.shopkeeper)
    answer = house.shopkeeper.get("/customers", next_cursor=good, prev_cursor=good)
    assert refused(answer) == (400, {"prev_cursor": "bad_parameter"})


def test_cursors_are_understood_after_a_restart(house: House) -> None:
    names = made(house, 2)
    good = cursor(house.shopkeeper)
    house.reopen()
    assert house.shopkeeper.names(next_cursor=good) == names[1:]


def test_pages_of_questions_and_of_the_trash_go_both_ways(house: House) -> None:
    names = made(house, 9)
    for params in ({"search": "customer"}, {"query": {"name": {"startsWith": "customer"}}}):
        assert flat(walked(house.shopkeeper, limit=2, **params)) == names[1:]
        order = {"order_by": "-name"}
        assert flat(walked(house.shopkeeper, limit=2, **params, **order)) == names[:0:-1]
    for one in house.shopkeeper.listed()["data"]:
        house.shopkeeper.delete(f"/customers/{one['id']}")
    assert flat(walked(house.shopkeeper, limit=4, deleted=True)) == names
