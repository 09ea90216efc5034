"""Countries that a door cannot show whole: what is sent back as it was shown changes nothing of them."""

from typing import Any

import pytest

from tests.web import faktoora
from tests.web.house import Caller, House, answered
from tests.web.invoiced import Company
from tests.web.invoiced import refused as refused_by_invoiced

ADDRESS = {"address": "Main St 1", "post_code": "10115", "city": "Town"}


def of_native(native: Caller, made: Any) -> tuple[str | None, str | None]:
    found = answered(native.get(f"/customers/{made['id']}"))
    return found["country"], found["country_code"]


@pytest.fixture(params=[{"country": "Atlantis"}, {"country_code": "DEU"}, {"country": "Deutschland"},
                        {"country": "Atlantis", "country_code": "deu"}])  # fmt: skip
def made(request: pytest.FixtureRequest, house: House) -> Any:
    """A customer of the shop, in a country that not every door can show."""
    return house.shopkeeper.customer("Bob", **ADDRESS, **request.param)


def test_sent_back_whole_to_invoiced_a_country_stays(house: House, made: Any) -> None:
    shop, before = Company(house), of_native(house.shopkeeper, made)
    shown = shop.listed("/customers", "filter[name]=Bob")[0]
    answer = shop.patch(f"/customers/{shown['id']}", {**shown, "phone": "1"})
    assert (answer.status_code, answer.json()["phone"]) == (200, "1")
    assert answer.json()["country"] == shown["country"]
    assert of_native(house.shopkeeper, made) == before


def test_sent_back_whole_to_faktoora_a_country_stays(house: House, made: Any) -> None:
    shop, before = house.caller(house.cast.shop_key), of_native(house.shopkeeper, made)
    shown = faktoora.seen(shop, made)
    changed = faktoora.changed(shop, shown, **{**shown, "phoneNo": "1"})
    assert (changed["phoneNo"], changed["country"]) == ("1", shown["country"])
    assert of_native(house.shopkeeper, made) == before


def test_another_code_moves_the_customer(house: House, made: Any) -> None:
    shop = Company(house)
    id_ = shop.listed("/customers", "filter[name]=Bob")[0]["id"]
    assert shop.patch(f"/customers/{id_}", {"country": "AT"}).json()["country"] == "AT"
    assert of_native(house.shopkeeper, made)[0] in (None, "Austria")
    for code in ("AUT", "XX", "A"):
        answer = shop.patch(f"/customers/{id_}", {"country": code})
        assert refused_by_invoiced(answer) == (400, "Country is invalid", "country")
    answer = house.caller(house.cast.shop_key).patch(
        f"{faktoora.API}/customer/{made['id']}", {"country": "AUT"}
    )
    assert faktoora.refused(answer)[0] == 400
    assert answer.json()["message"].startswith("country: does not have the required form")


def test_no_code_takes_the_country_of_a_code_away(house: House) -> None:
    made = house.shopkeeper.customer("Bob", country="Deutschland")
    shop = Company(house)
    id_ = shop.listed("/customers", "filter[name]=Bob")[0]["id"]
    assert shop.patch(f"/customers/{id_}", {"country": None}).json()["country"] is None
    assert of_native(house.shopkeeper, made) == (None, None)
