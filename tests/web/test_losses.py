"""What the map says is lossy between the doors, said by the doors themselves."""

from typing import Any

import pytest

from billto.dialects.dialect import READS
from billto.wiring import DIALECTS
from tests.web.house import Caller, House, answered
from tests.web.invoiced import Company
from tests.web.loopback import V1, bare, said

EMAIL = "ana@lossy.example"


class Doors:
    """One customer of the studio, at four doors."""

    def __init__(self, house: House) -> None:
        key = house.cast.studio_key
        self.plain = Caller(house, key)
        self.v1 = V1(house, key).about(house.cast.studio)
        self.invoices = Company(house, key)
        self.id = ""
        self.serial = 0

    def made(self, id: str) -> "Doors":
        self.id = bare(id)
        (found,) = self.invoices.listed("/customers", f"filter[email]={EMAIL}")
        self.serial = found["id"]
        return self

    def native(self, **fields: Any) -> Any:
        return self._of(self.plain, f"/customers/cust_{self.id}", fields)

    def faktoora(self, **fields: Any) -> Any:
        return self._of(self.plain, f"/api/v1/customer/{self.id}", fields)

    def loopback(self, **fields: Any) -> Any:
        path = f"/clients/{self.id}"
        return said(self.v1.ask("PATCH", path, fields) if fields else self.v1.get(path))

    def invoiced(self, **fields: Any) -> Any:
        return self._of(self.invoices, f"/customers/{self.serial}", fields)

    def _of(self, caller: Any, path: str, fields: dict[str, Any]) -> Any:
        return answered(caller.patch(path, fields) if fields else caller.get(path))


@pytest.fixture
def doors(house: House) -> Doors:
    return Doors(house)


def by_native(doors: Doors, **fields: Any) -> Doors:
    return doors.made(doors.plain.customer("Ana", **{"email": EMAIL, **fields})["id"])


def by_faktoora(doors: Doors, **fields: Any) -> Doors:
    body = {"email": EMAIL, "isCompany": False, "address": "Road 1", "postcode": "1000", "city": "Koper"}
    return doors.made(answered(doors.plain.post("/api/v1/customer", {**body, "extras": {}, **fields}))["id"])


def test_every_language_says_what_is_lossy() -> None:
    writing = [one for one in DIALECTS if any(route.does not in READS for route in one.routes)]
    assert len(writing) == 5
    assert all(one.loses for one in writing)


def test_a_country_is_a_text_at_two_doors_and_a_code_at_two(doors: Doors) -> None:
    by_native(doors, country="Atlantis")
    assert doors.loopback()["country"] == "Atlantis"
    assert (doors.invoiced()["country"], doors.faktoora()["country"]) == (None, None)
    doors.native(country="Deutschland", country_code="de")
    assert (doors.invoiced()["country"], doors.faktoora()["country"]) == ("DE", "de")
    doors.invoiced(country="de")
    assert doors.native()["country"] == "Deutschland"
    doors.faktoora(country="si", postcode="1000")
    assert (doors.native()["country"], doors.invoiced()["country"]) == ("Slovenia", "SI")
    doors.loopback(countryAlpha2Code="x9")
    assert (doors.native()["country_code"], doors.invoiced()["country"]) == ("x9", "X9")


def test_a_name_of_a_person_is_in_two_parts_at_one_door_alone(doors: Doors) -> None:
    by_faktoora(doors, firstName="Ana", lastName="Novak")
    assert doors.native()["name"] == "Ana Novak"
    assert doors.faktoora(lastName="Horvat")["name"] == "Ana Horvat"
    for change in (doors.native, doors.loopback, doors.invoiced):
        change(name=f"Someone {change.__name__}")
        shown = doors.faktoora()
        assert (shown["firstName"], shown["lastName"]) == ("Ana", "Horvat")
    assert doors.faktoora(firstName="Eva")["name"] == "Someone invoiced"


def test_whether_it_is_a_company_follows_at_creation_alone(doors: Doors) -> None:
    by_native(doors, is_end_consumer=True)
    assert (doors.invoiced()["type"], doors.faktoora()["isCompany"]) == ("person", False)
    doors.native(is_end_consumer=False)
    doors.loopback(isEndCustomer=False)
    assert (doors.invoiced()["type"], doors.faktoora()["isCompany"]) == ("person", False)
    doors.invoiced(type="company")
    assert doors.faktoora(isCompany=False)["isCompany"] is False
    assert doors.native()["is_end_consumer"] is False


def test_an_empty_text_is_null_at_two_doors(doors: Doors) -> None:
    by_native(doors, city="", tax_number="")
    shown = (doors.loopback()["city"], doors.invoiced()["city"], doors.faktoora()["city"])
    assert shown == ("", "", "")
    assert doors.invoiced(city="")["city"] is None
    assert doors.faktoora(vatId="")["vatId"] is None
    assert doors.native()["tax_number"] is None


def test_the_first_bank_account_is_all_that_v1_shows(doors: Doors) -> None:
    accounts = [{"type": "iban", "iban": "SI1", "name": "Main"}, {"type": "iban", "iban": "SI2"}]
    by_native(doors, bank_accounts=accounts)
    assert (doors.loopback()["IBAN"], doors.loopback()["bank"], doors.loopback()["SWIFT"]) == (
        "SI1",
        None,
        None,
    )
    doors.loopback(SWIFT="ABC")
    assert doors.native()["bank_accounts"] == [{**accounts[0], "bic": "ABC"}, accounts[1]]


def test_metadata_are_the_texts_of_custom_values(doors: Doors) -> None:
    by_native(doors, metadata={})
    many = {f"k{at:02}": "v" for at in range(51)}
    doors.loopback(custom={"n": 1.5, **many, "long": "x" * 251})
    texts = {key: one for key, one in many.items() if key != "k50"}
    assert doors.native()["metadata"] == doors.invoiced()["metadata"] == texts
    assert doors.faktoora()["extras"] == doors.loopback()["custom"]
    assert [*doors.faktoora()["extras"]] == [*texts, "n", "k50", "long"]
    doors.native(metadata={"n": "text"})
    assert doors.loopback()["custom"] == {"n": "text", "k50": "v", "long": "x" * 251}
    assert doors.faktoora(extras={"f": [1.5], "t": "a"})["extras"] == {"t": "a", "f": [1.5]}


def test_metadata_of_invoiced_are_texts_and_go_through_every_door(doors: Doors) -> None:
    by_native(doors)
    doors.invoiced(metadata={"n": 5, "t": True, "none": None, "long": "x" * 255})
    shown = {"n": "5", "t": "true", "long": "x" * 255}
    assert doors.native()["metadata"] == doors.invoiced()["metadata"] == shown
    assert doors.v1.names({"custom.long": "x" * 255}) == ["Ana"]
    answer = doors.plain.patch(f"/customers/cust_{doors.id}", {"metadata": shown})
    assert answer.status_code == 200
    doors.loopback(custom=shown)
    assert doors.invoiced()["metadata"] == shown
    assert doors.v1.names({"custom.long": "x" * 255}) == ["Ana"]


def test_invoiced_tells_whole_seconds(doors: Doors) -> None:
    created = by_native(doors).native()["created_at"]
    assert not created.endswith(".000Z")
    assert isinstance(doors.invoiced()["created_at"], int)


def test_a_contact_has_one_name_at_one_door_and_two_at_another(doors: Doors) -> None:
    by_faktoora(doors, lastName="Novak", customerContacts=[{"firstName": "Eva", "lastName": "Hill"}])
    (contact,) = doors.invoices.listed(f"/customers/{doors.serial}/contacts")
    assert contact["name"] == "Eva Hill"
    made = doors.invoices.post(f"/customers/{doors.serial}/contacts", {"name": "Ida Kos", "department": "IT"})
    assert made.status_code == 201
    _, second = doors.faktoora()["customerContacts"]
    assert (second["firstName"], second["lastName"], "department" in second) == (None, "Ida Kos", False)
    doors.faktoora(customerContacts=doors.faktoora()["customerContacts"])
    assert [one["department"] for one in doors.invoices.listed(f"/customers/{doors.serial}/contacts")] == [
        None, "IT",
    ]  # fmt: skip
