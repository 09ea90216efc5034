"""Lists at the door that speaks Invoiced: pages, links, filters, sorting, and what else may be asked."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.house import House
from tests.web.invoiced import Company, links, refused

NAMES = ("Čedomir", "Acme", "Beta", "acme", "Delta")


@pytest.fixture(scope="module")
def five(shared: House) -> Company:
    """The trial's five customers, at the end of its list."""
    trial = Company(shared, shared.cast.sandbox)
    cities = ("Graz", "Linz", None, "Graz", "Wien")
    parent: int | None = None
    for name, city in zip(NAMES, cities, strict=True):
        tags = {"rep": "Jan"} if city == "Graz" else {}
        made = trial.customer(name, city=city, autopay=city is None, metadata=tags, parent_customer=parent)
        parent = parent or made["id"]
        shared.clock.forward(10)
    return trial


def test_a_list_says_how_many_there_are_and_where_the_others_are(five: Company) -> None:
    answer = five.get("/customers", page=2, per_page=2)
    base = "http://billto/invoiced/customers?page={}&per_page=2"
    assert answer.headers["x-total-count"] == "6"
    assert answer.headers["link"] == ", ".join(
        f'<{base.format(page)}>; rel="{name}"'
        for name, page in (("self", 2), ("first", 1), ("previous", 1), ("next", 3), ("last", 3))
    )
    assert "previous" not in links(five.get("/customers", per_page=2))
    assert "next" not in links(five.get("/customers", page=3, per_page=2))


def test_to_follow_the_links_is_to_see_each_once_in_the_order_of_creation(five: Company) -> None:
    seen, path = [], "/customers?per_page=2"
    while path:
        answer = five.ask("GET", path)
        seen += [one["name"] for one in answer.json()]
        path = links(answer).get("next", "").removeprefix("http://billto/invoiced")
    assert seen == ["Dormouse Wonder", *NAMES]


@pytest.mark.parametrize(
    ("query", "number", "page", "per_page"),
    [
        ("", 6, 1, 100),
        ("per_page=1000", 6, 1, 100),
        ("per_page=0", 1, 1, 1),
        ("page=-3&per_page=4", 4, 1, 4),
        ("page=9&per_page=4", 0, 9, 4),
        ("page=&per_page=", 6, 1, 100),
        ("per_page=3&page=1&page=2", 3, 2, 3),
    ],
)
def test_pages_are_clamped(five: Company, query: str, number: int, page: int, per_page: int) -> None:
    answer = five.ask("GET", "/customers", query=query)
    assert (len(answer.json()), answer.headers["x-total-count"]) == (number, "6")
    said = parse_qs(urlsplit(links(answer)["self"]).query)
    assert said == {"page": [str(page)], "per_page": [str(per_page)]}


def test_links_repeat_what_was_asked_once_and_without_signs_that_split_them(five: Company) -> None:
    query = "sort=name+asc,city&filter[city]=G,r;z>&filter[city]=Graz&metadata[rep]=Jan&per_page=1&x=1&x=2"
    found = links(five.ask("GET", "/customers", query=query))
    assert parse_qs(urlsplit(found["next"]).query) == {
        "sort": ["name asc,city"], "filter[city]": ["Graz"], "metadata[rep]": ["Jan"], "x": ["2"],
        "page": ["2"], "per_page": ["1"],
    }  # fmt: skip
    # Java's client says its parameters once more.
    again = urlsplit(found["next"]).query + "&" + query
    assert parse_qs(urlsplit(links(five.ask("GET", "/customers", query=again))["self"]).query)["x"] == ["2"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sort=name", ["Acme", "Beta", "Delta", "Dormouse Wonder", "acme", "Čedomir"]),
        ("sort=name ASC", ["Acme", "Beta", "Delta", "Dormouse Wonder", "acme", "Čedomir"]),
        ("sort=name DESC", ["Čedomir", "acme", "Dormouse Wonder", "Delta", "Beta", "Acme"]),
        ("sort=city desc, name asc", ["Beta", "Dormouse Wonder", "Delta", "Acme", "acme", "Čedomir"]),
        ("sort=nonsense,id desc", ["Delta", "acme", "Beta", "Acme", "Čedomir", "Dormouse Wonder"]),
        ("sort=credit_limit asc", ["Dormouse Wonder", *NAMES]),
        ("filter[name]=Acme", ["Acme"]),
        ("filter[city]=Graz&filter[name]=acme", ["acme"]),
        ('filter={"city": "Graz"}&sort=name', ["acme", "Čedomir"]),
        ("filter[autopay]=True", ["Beta"]),
        ("filter[autopay]=1", ["Beta"]),
        ("filter[type]=person", []),
        ("filter[city]=", ["Dormouse Wonder", "Beta"]),
        ("filter=&filter=[]", ["Dormouse Wonder", *NAMES]),
        ("metadata[rep]=Jan", ["Čedomir", "acme"]),
        ('metadata={"rep": "Jan"}', ["Čedomir", "acme"]),
        ("metadata[rep]=jan", []),
        ("metadata[other]=Jan", []),
        ("open_balance=1", []),
        ("open_balance=False", ["Dormouse Wonder", *NAMES]),
        ("payment_source=true", []),
        ("payment_source=0", ["Dormouse Wonder", *NAMES]),
        ("include=updated_at,nonsense", ["Dormouse Wonder", *NAMES]),
        ("nonsense=1", ["Dormouse Wonder", *NAMES]),
    ],
)
def test_questions(five: Company, query: str, names: list[str]) -> None:
    assert five.names(query) == names


def test_parents_and_moments_can_be_asked_for(five: Company) -> None:
    first, second = five.listed("/customers", "filter[name]=Čedomir") + five.listed(
        "/customers", "filter[name]=Acme"
    )
    assert five.names(f"filter[parent_customer]={first['id']}") == ["Acme", "Beta", "acme", "Delta"]
    assert five.names(f"filter[id]={first['id']}") == ["Čedomir"]
    assert five.names(f"filter[created_at]={second['created_at']}") == ["Acme"]
    assert five.names(f"updated_after={second['updated_at'] + 1}") == ["Beta", "acme", "Delta"]
    # What was changed later in the same second is never missed.
    assert five.names(f"updated_after={second['updated_at']}") == ["Acme", "Beta", "acme", "Delta"]


def test_parents_can_be_shown_as_objects_and_properties_left_out(five: Company) -> None:
    parent = five.listed("/customers", "filter[name]=Čedomir")[0]
    (child,) = five.listed("/customers", "filter[name]=Beta&expand=parent_customer,nonsense")
    assert child["parent_customer"] == parent
    one = five.get(f"/customers/{child['id']}", expand="parent_customer", exclude="metadata,name,id").json()
    assert one == {key: value for key, value in child.items() if key not in ("metadata", "name")}
    assert five.get(f"/customers/{parent['id']}", expand="parent_customer").json() == parent


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("filter[nonsense]=1", "Invalid filter parameter: nonsense"),
        ("filter[credit_limit]=1", "Invalid filter parameter: credit_limit"),
        ("filter[autopay]=maybe", "Invalid filter parameter: autopay"),
        ("filter[name][like]=x", "Invalid filter parameter: name"),
        ("filter[id]=x", "Invalid filter parameter: id"),
        ("filter=x", "Filter is not JSON: expecting value at character 1"),
        ("filter=x&filter[name]=y", "Invalid filter parameter: filter[name]"),
        ("page=x", "Page must be a whole number"),
        ("updated_after=today", "Updated After must be a whole number"),
        ("open_balance=some", "Open Balance must be true or false"),
        ("metadata[a][b]=c", "Invalid filter parameter: metadata[a]"),
        ("%ff=1", "The query string cannot be read"),
    ],
)
def test_what_cannot_be_asked_is_said(shared: House, query: str, message: str) -> None:
    status, said, _ = refused(Company(shared).ask("GET", "/customers", query=query))
    assert (status, said) == (400, message)


def test_every_list_has_its_headers_also_an_empty_one(shared: House) -> None:
    shop = Company(shared)
    (one,) = shop.listed("/customers")
    for path in ("contacts", "line_items", "notes", "payment_sources"):
        answer = shop.get(f"/customers/{one['id']}/{path}")
        assert (answer.json(), answer.headers["x-total-count"]) == ([], "0")
        base = f"http://billto/invoiced/customers/{one['id']}/{path}?page=1&per_page=100"
        assert links(answer) == dict.fromkeys(("self", "first", "last"), base)
    nothing = shop.get("/customers", **{"filter[name]": "Nobody"})
    assert (nothing.json(), nothing.headers["x-total-count"]) == ([], "0")
    links(nothing)


def test_a_list_that_is_refused_has_its_headers_too(shared: House) -> None:
    for path in ("/customers", "/customers/5/contacts", "/notes"):
        answer = Company(shared, "wrong").get(path)
        assert answer.status_code == 401
        assert answer.headers["x-total-count"] == "0"
        assert list(links(answer)) == ["self"]
    assert "link" not in Company(shared, "wrong").get("/customers/5").headers


@pytest.mark.parametrize("name", ["page", "per_page", "filter[id]", "updated_after"])
@pytest.mark.parametrize("value", ["9" * 30, "9" * 15, "-1", "1.5", "\x00", "253402300798"])
def test_numbers_out_of_all_bounds_break_nothing(shared: House, name: str, value: Any) -> None:
    assert Company(shared).get("/customers", **{name: value}).status_code in (200, 400)
