"""faktoora's import: a file is sent, then imported, all of it or nothing."""

import uuid
from typing import Any

import httpx

from billto.dialects.faktoora.imports import ROWS_MAX
from billto.domain.jobs import UPLOAD_BYTES_MAX
from tests.drills.databases import faults
from tests.web.faktoora import API, form, made, refused, seen
from tests.web.house import Caller, House, answered

UPLOAD, IMPORT = f"{API}/customers/import/upload", f"{API}/customers/import"
GOOD = (
    "customerId;name;isCompany;postcode;city;country;Farbe\n"
    "K1;Müller;true;10115;Köln;DE;rot\nK2;Ana;nein;1;;;\n"
)


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
    shown = ("customerId", "name", "isCompany", "postcode", "city", "country")
    assert [tuple(one[name] for name in shown) for one in made] == [
        ("K1", "Müller", True, "10115", "Köln", "DE"), ("K2", "Ana", False, "1", None, None),
    ]  # fmt: skip
    assert answer.headers["x-unknown-columns"] == "Farbe"
    for one in made:
        assert seen(house.alice, one) == one
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
    assert refused(house.alice.post(IMPORT, {"fileId": file})) == (
        400,
        "Row 2: isCompany: 'vielleicht' must be one of: company, person, business;"
        " Row 2: postcode: '12' does not have the required form (^[0-9]{5}$ in DE);"
        " Row 4: customerId: '2' is in use already;"
        " Row 6: name: is required",
    )
    assert house.dump() == before


def test_any_single_file_part_is_taken(house: House) -> None:
    assert sends(house.alice, b"name\nA\n", name="upload").status_code == 200
    assert sends(house.alice, b"name\nA\n", name="file", filename=None).status_code == 200
    assert refused(sends(house.alice, b"name\nA\n", name="upload", filename=None)) == (
        400,
        "file: is required",
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
        assert refused(sends(house.alice, content)) == (400, why)
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
    absent = (404, "fileId: File not found")
    for caller in (house.charlie.about(house.cast.factory), house.shopkeeper):
        assert refused(caller.post(IMPORT, {"fileId": file})) == absent
    for given, why in (
        (str(uuid.uuid4()), absent),
        ("x", absent),
        (7, (400, "fileId: must be text")),
        (None, (400, "fileId: is required")),
    ):
        assert refused(house.alice.post(IMPORT, {"fileId": given})) == why
    for body in ([file], file, None):
        assert refused(house.alice.post(IMPORT, body)) == (400, "Must be an object")
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
    assert [one["name"] for one in made] == ["Müller", "Ana"]
    repeated = house.alice.post(IMPORT, {"fileId": first["id"]}, again)
    assert answered(repeated) == [{"id": one["id"]} for one in made]
    assert repeated.headers["idempotent-replayed"] == "true"
    other, _ = form(b"name\nB\n")
    assert refused(house.alice.ask("POST", UPLOAD, other, once))[0] == 409


def test_a_long_file_is_for_the_command_line(house: House) -> None:
    file = sent(house.alice, "name\n" + "".join(f"C{n}\n" for n in range(ROWS_MAX + 1)))
    assert refused(house.alice.post(IMPORT, {"fileId": file})) == (
        400,
        f"file: has more than {ROWS_MAX} rows; the command billto import takes any number",
    )
    shorter = sent(house.alice, "name\n" + "".join(f"C{n}\n" for n in range(600)))
    made = answered(house.alice.post(IMPORT, {"fileId": shorter}))
    assert [one["name"] for one in made] == [f"C{n}" for n in range(600)]


def test_what_is_kept_of_an_import_for_a_repeat_says_nothing_of_its_customers(house: House) -> None:
    """It would outlive the one of them that is erased for good."""
    file = sent(house.alice, "name;email;customerId;city\nTabea Muster;tabea@example.com;TM-7;Aachen\n")
    (made,) = answered(house.alice.post(IMPORT, {"fileId": file}, {"Idempotency-Key": "two"}))
    (kept,) = house.dump()["answer"]
    assert made["id"] in kept
    assert [one for one in ("Tabea", "tabea@", "TM-7", "Aachen") if one in kept] == []


def test_every_way_a_cell_is_bad_is_told_with_its_row_its_column_its_value_and_the_reason(
    house: House,
) -> None:
    made(house.alice, customerId="K-9")
    header = "name;customerId;postcode;country;email;Kreditlimit;isCompany;extras;metadata.x;owner"
    assert refused_for(house, header, "A;;;;;1,234;;;;") == (
        "Row 2: Kreditlimit: '1,234' must be a number that reads one way only, such as 1234.00"
    )
    for row, why in (
        ("A;;;;;viel;;;;", "Kreditlimit: 'viel' must be a number"),
        ("A;K-9;;;;;;;;", "customerId: 'K-9' is in use already"),
        ("A;;1;CH;;;;;;", "postcode: '1' does not have the required form (^[0-9]{4}$ in CH)"),
        ("A;;1234;de;;;;;;", "postcode: '1234' does not have the required form (^[0-9]{5}$ in DE)"),
        (f"A;;;;{'e' * 321};;;;;", f"email: '{'e' * 60}…' must have at most 320 characters"),
        ("A;;;;;;;{;;", "extras: '{' must be JSON"),
        (f"A;;;;;;;;{'x' * 5001};", f"metadata.x: '{'x' * 60}…' must have at most 255 characters"),
        (";;;;a@example.com;;;;;", "name: is required"),
        ("A;;;;;;;;;;;B", "has 12 cells where the header has 10"),
        ('"A"B;;;;;;;;;', "text follows a closing quote; a quote inside a cell is written twice"),
    ):
        assert refused_for(house, header, row) == f"Row 2: {why}"


def refused_for(house: House, *lines: str) -> str:
    """Why a file of these lines is not imported."""
    before = house.dump()["customer"]
    status, why = refused(house.alice.post(IMPORT, {"fileId": sent(house.alice, "\n".join(lines))}))
    assert (status, house.dump()["customer"]) == (400, before)
    return why
