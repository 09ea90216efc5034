"""faktoora's import: a file is sent, then imported, all of it or nothing."""

import uuid
from dataclasses import replace
from typing import Any

import httpx
import pytest

from billto import wiring
from billto.dialects import spaceinvoices
from billto.dialects.faktoora.imports import ROWS_MAX, import_routes
from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.domain.jobs import UPLOAD_BYTES_MAX
from tests.drills.databases import faults
from tests.web.conftest import OpenHouse
from tests.web.house import Caller, House, answered, refused

UPLOAD, IMPORT = "/api/v1/customers/import/upload", "/api/v1/customers/import"
GOOD = (
    "customerId;name;isCompany;postcode;city;country;Farbe\n"
    "K1;Müller;true;10115;Köln;DE;rot\nK2;Ana;nein;1;;;\n"
)


@pytest.fixture
def house(open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch) -> House:
    """With the addresses of imports, their customers shown as the native language shows them."""
    door = replace(spaceinvoices.DIALECT, name="imports", prefix="/api/v1", routes=import_routes(CUSTOMER))
    monkeypatch.setattr(wiring, "DIALECTS", (spaceinvoices.DIALECT, door))
    return open_house()


def form(
    content: bytes, name: str = "file", filename: str | None = "kunden.csv"
) -> tuple[bytes, dict[str, str]]:
    said = f'; filename="{filename}"' if filename is not None else ""
    head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"{said}\r\n\r\n'
    return head.encode() + content + b"\r\n--xyz--\r\n", {"Content-Type": "multipart/form-data; boundary=xyz"}


def sends(caller: Caller, content: bytes, **how: Any) -> httpx.Response:
    return caller.ask("POST", UPLOAD, *form(content, **how))


def sent(caller: Caller, text: str) -> str:
    told = answered(sends(caller, text.encode()))
    assert list(told) == ["id"]
    return str(uuid.UUID(told["id"]))


def test_a_file_is_sent_and_imported(house: House) -> None:
    file = sent(house.alice, GOOD)
    answer = house.alice.post(IMPORT, {"fileId": file})
    made = answered(answer)
    assert [(one["name"], one["post_code"], one["country_code"]) for one in made] == [
        ("Müller", "10115", "DE"), ("Ana", "1", None),
    ]  # fmt: skip
    assert answer.headers["x-unknown-columns"] == "Farbe"
    for one in made:
        assert answered(house.alice.get(f"/customers/{one['id']}")) == one
    assert house.alice.names(search="muller") == ["Müller"]
    assert faults(house.url) == []


def test_the_same_file_again_makes_nobody(house: House) -> None:
    file = sent(house.alice, GOOD)
    assert len(answered(house.alice.post(IMPORT, {"fileId": file}))) == 2
    assert answered(house.alice.post(IMPORT, {"fileId": file})) == []
    assert answered(house.alice.post(IMPORT, {"fileId": sent(house.alice, GOOD)})) == []


def test_one_bad_row_and_nothing_is_stored(house: House) -> None:
    file = sent(
        house.alice,
        "customerId,name,country,postcode,isCompany\n1,A,DE,12,vielleicht\n2,B,,,\n2,C,,,\n,,,,\n3,,,,\n",
    )
    before = house.dump()
    answer = house.alice.post(IMPORT, {"fileId": file})
    assert answer.status_code == 422
    assert [(one["path"], one["message"]) for one in answer.json()["cause"]["issues"]] == [
        (["row", 2, "isCompany"], "'vielleicht' must be one of: company, person, business"),
        (["row", 2, "postcode"], "'12' does not have the required form ([0-9]{5})"),
        (["row", 4, "customerId"], "'2' is in use already"),
        (["row", 6, "name"], "is required"),
    ]
    assert house.dump() == before


def test_any_single_file_part_is_taken(house: House) -> None:
    assert sends(house.alice, b"name\nA\n", name="upload").status_code == 200
    assert sends(house.alice, b"name\nA\n", name="file", filename=None).status_code == 200
    assert refused(sends(house.alice, b"name\nA\n", name="upload", filename=None)) == (
        422,
        {"file": "required"},
    )


def test_a_file_that_cannot_be_imported_is_refused_when_it_is_sent(house: House) -> None:
    before = house.dump()
    for content, why in (
        (b"", "file: it is empty"),
        (b"%PDF-1.7", "file: this is no CSV: it is a PDF"),
        (b"city\nKranj\n", "header: there is no column for the name"),
        (b"name,name\nA,B\n", "header: the columns 'name' and 'name' say the same"),
        (b"name\n" + "Ä".encode() * 9 + b"\xff\n", "file: it begins as UTF-8 and is none in line 2"),
    ):
        answer = sends(house.alice, content)
        assert (answer.status_code, answer.json()["message"]) == (400, why)
    broken, headers = form(b"name\nA\n")
    for body, typed, status in (
        (broken[:-10], headers, 400),
        (b"nothing of the kind", headers, 400),
        (broken, {"Content-Type": "multipart/form-data"}, 415),
        (b"name\nA\n", {"Content-Type": "text/csv"}, 415),
        (b"x" * (UPLOAD_BYTES_MAX + 100_000), headers, 413),
    ):
        assert refused(house.alice.ask("POST", UPLOAD, body, typed))[0] == status
    assert house.dump() == before


def test_a_file_is_the_entity_s_own_and_is_forgotten_after_a_day(house: House) -> None:
    file = sent(house.alice, GOOD)
    for caller in (house.charlie.about(house.cast.factory), house.shopkeeper):
        assert refused(caller.post(IMPORT, {"fileId": file})) == (404, {"fileId": "not_found"})
    for given, code in (
        (str(uuid.uuid4()), "not_found"),
        ("x", "not_found"),
        (7, "wrong_type"),
        (None, "required"),
    ):
        assert refused(house.alice.post(IMPORT, {"fileId": given}))[1] == {"fileId": code}
    assert refused(house.reader.post(IMPORT, {"fileId": file}))[0] == 403
    house.clock.forward(24 * 3600 + 1)
    assert refused(house.alice.post(IMPORT, {"fileId": file}))[0] == 404
    sent(house.shopkeeper, GOOD)
    assert len(house.dump()["upload"]) == 1


def test_an_entity_keeps_its_last_ten_files(house: House) -> None:
    files = [sent(house.alice, f"name\nC{n}\n") for n in range(12)]
    assert len(house.dump()["upload"]) == 10
    assert refused(house.alice.post(IMPORT, {"fileId": files[1]}))[0] == 404
    assert len(answered(house.alice.post(IMPORT, {"fileId": files[2]}))) == 1


def test_a_request_that_is_repeated_sends_and_imports_once(house: House) -> None:
    body, headers = form(GOOD.encode())
    once = {"Idempotency-Key": "one", **headers}
    first = answered(house.alice.ask("POST", UPLOAD, body, once))
    assert answered(house.alice.ask("POST", UPLOAD, body, once)) == first
    again = {"Idempotency-Key": "two"}
    made = answered(house.alice.post(IMPORT, {"fileId": first["id"]}, again))
    assert answered(house.alice.post(IMPORT, {"fileId": first["id"]}, again)) == made
    other, _ = form(b"name\nB\n")
    assert refused(house.alice.ask("POST", UPLOAD, other, once))[0] == 409


def test_a_long_file_is_for_the_command_line(house: House) -> None:
    file = sent(house.alice, "name\n" + "".join(f"C{n}\n" for n in range(ROWS_MAX + 1)))
    answer = house.alice.post(IMPORT, {"fileId": file})
    assert (answer.status_code, "billto import" in answer.json()["message"]) == (400, True)
    shorter = sent(house.alice, "name\n" + "".join(f"C{n}\n" for n in range(1_200)))
    made = answered(house.alice.post(IMPORT, {"fileId": shorter}))
    assert [one["name"] for one in made] == [f"C{n}" for n in range(1_200)]
