"""Files tell how they are written, and those that are no tables are refused with the reason."""

import io
import zipfile

import pytest

from billto.app import sheets
from billto.domain.problems import Refused

GERMAN = "Firma;Straße;Ort\r\nMüller & Söhne;Hauptstraße 1;Köln\r\n"
SLOVENE = "Firma;Ulica;Kraj\r\nKovačič Živa s.p.;Trubarjeva 1;Škofja Loka\r\n"
POLISH = "Firma;Ulica;Miasto\r\nŁucja Wałęsa;Długa 1;Łódź\r\n"
FRENCH = "Société;Rue;Ville\r\nLefèvre & Frères;Rue de la Paix 1;Nîmes\r\n"
WRITTEN = [
    *((text, name, shown) for text in (GERMAN, SLOVENE, POLISH, FRENCH) for name, shown in (
        ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16 LE"),
        ("utf-16-be", "UTF-16 BE"),
    )),
    (GERMAN, "cp1252", "Windows-1252"), (FRENCH, "cp1252", "Windows-1252"),
    (SLOVENE, "cp1250", "Windows-1250"), (POLISH, "cp1250", "Windows-1250"),
]  # fmt: skip


def read(content: bytes) -> tuple[str, list[list[str]]]:
    file = io.BytesIO(content)
    sheet = sheets.inspected(file)
    return sheet.shown, [list(one.cells) for one in sheets.lines(file, sheet)]


def why(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read(content)
    return caught.value.problems[0].sentence


@pytest.mark.parametrize(("text", "name", "shown"), WRITTEN)
def test_the_encoding_is_seen(text: str, name: str, shown: str) -> None:
    told, rows = read(text.encode(name))
    assert told == f"CSV, {shown}, parted by semicolon"
    assert rows == [line.split(";") for line in text.split("\r\n")[:-1]]


@pytest.mark.parametrize(("sign", "shown"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_the_delimiter_is_the_header_s(sign: str, shown: str) -> None:
    told, rows = read(f'name{sign}"a;b,c\td"{sign}x\nA;B,C{sign}1{sign}2\n'.encode())
    if sign == "\t":
        assert rows[1] == ["A;B,C", "1", "2"]
    assert told.endswith(shown)


def test_what_is_no_table_is_refused_with_the_reason() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("letter.txt", "Dear")
    assert why(b"") == "it is empty"
    assert why(b" \r\n\r\n") == "it is empty"
    assert why(b"%PDF-1.7 ...") == "this is no CSV: it is a PDF"
    assert why(b"\xd0\xcf\x11\xe0 ...").startswith("this is no CSV: it is an old Excel file")
    assert why(bytes(range(256)) * 4) == "this is no CSV: it holds bytes that no text has"
    assert why(packed.getvalue()).startswith("this is no CSV and no XLSX")
    assert why(packed.getvalue()[:40]) == "it begins as XLSX and is none"


def test_a_file_that_lies_about_its_encoding_is_refused_with_the_line() -> None:
    assert why(b"\xef\xbb\xbfname\nA\nB\xe4r\n") == "it begins as UTF-8 and is none in line 3"
    damaged = "name\n" + "Jürgen Müller\n" * 50
    assert why(damaged.encode() + b"\xff\n") == "it begins as UTF-8 and is none in line 52"
    assert why("name\nA\n".encode("utf-16") + b"\x00").startswith("it is no UTF-16 after line")
    with pytest.raises(Refused):
        sheets.inspected(io.BytesIO(b"name\n\x81\n"), encoding="utf-8")


def test_a_broken_row_is_told_and_the_others_are_read() -> None:
    file = io.BytesIO(b'name,city\n"A"B,C\n"D\nE",F\n\nG,H\n"I,J\n')
    lines = list(sheets.lines(file, sheets.inspected(file)))
    assert [(one.number, list(one.cells), bool(one.wrong)) for one in lines] == [
        (1, ["name", "city"], False),
        (2, ['"A"B,C'], True),
        (3, ["D\nE", "F"], False),
        (5, ["G", "H"], False),
        (6, ['"I,J'], True),
    ]


def test_a_file_without_lines_is_not_read_into_memory() -> None:
    assert "more than" in why(b"x" * (sheets.LINE_MAX + 2))
