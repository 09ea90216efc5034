"""Columns and cells: what a file may call things, what its rows say, and that an export says it again."""

import csv
import io
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billto.app import sheets
from billto.app.sheets import CsvWriter, XlsxWriter
from billto.domain import exporting
from billto.domain.attrs import Attr, Kind, catalogue
from billto.domain.contact import serial_of
from billto.domain.customer import Customer
from billto.domain.ids import IdMaker
from billto.domain.importing import LANGUAGES, SETTABLE, Columns, Key, Mode, made
from billto.domain.importing.cells import amount, bare, flag, guarded, whole
from billto.domain.problems import Refused

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENTITY = "0" * 24
new_id = IdMaker()


def customer(values: Mapping[str, Any]) -> Customer:
    return made(values, entity_id=ENTITY, id=new_id(NOW), now=NOW, new_id=lambda: new_id(NOW))


def said(headers: list[str], cells: list[str], **how: Any) -> Customer:
    """The customer that one row makes."""
    row = Columns(headers, **how).read(2, cells)
    assert row.faults == ()
    return customer(row.values)


def reasons(headers: list[str], *cells: str, **how: Any) -> list[str]:
    return [one.reason for one in Columns(headers, **how).read(2, cells).faults]


def refused(headers: list[str], **how: Any) -> str:
    with pytest.raises(Refused) as caught:
        Columns(headers, **how)
    return "; ".join(one.sentence for one in caught.value.problems)


# Headers


def test_people_s_own_words_are_known_in_german_and_english() -> None:
    german = ["Kundennummer", "Firma", "Straße", "PLZ", "Ort", "Land", "USt-IdNr.", "E-Mail-Adresse"]
    english = ["Customer No.", "company_name", "STREET", "Zip Code", "Town", "Country", "VAT ID", "e mail"]
    cells = ["K-1", "Müller GmbH", "Weg 1", "10115", "Berlin", "Deutschland", "DE1", "a@example.com"]
    one, other = said(german, cells), said(english, cells)
    assert (one.number, one.name, one.address, one.post_code, one.city, one.country_code) == (
        "K-1", "Müller GmbH", "Weg 1", "10115", "Berlin", "DE",
    )  # fmt: skip
    assert (one.tax_number, one.email) == ("DE1", "a@example.com")
    assert one._replace(id=other.id) == other


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_every_language_is_known(language: str) -> None:
    for name in LANGUAGES[language]:
        columns = Columns(["name", *([name] if name != "name" else [])], language=language)
        assert columns.unknown == columns.passed_over == ()


def test_the_header_tells_the_language_of_what_is_ambiguous() -> None:
    invoiced = said(
        ["name", "postal_code", "attention_to", "country", "type"], ["A", "1", "", "de", "person"]
    )
    assert (invoiced.is_company, invoiced.country, invoiced.country_code) == (False, None, "DE")
    v1 = said(["name", "zip", "taxSubject", "type", "IBAN"], ["A", "1", "nein", "supplier", "DE02"])
    assert (v1.contact_type, v1.is_tax_subject) == ("supplier", False)
    assert v1.bank_accounts == [{"type": "iban", "iban": "DE02"}]


def test_what_is_not_known_is_told_and_what_cannot_be_set_too() -> None:
    columns = Columns(["name", "Lieblingsfarbe", "", "id", "Created At", "rejected because"])
    assert columns.unknown == ("Lieblingsfarbe", "(column 3)")
    assert columns.passed_over == ("id", "Created At", "rejected because")


def test_a_header_that_cannot_be_imported_by_is_refused() -> None:
    assert refused(["Ort", "PLZ"]) == "there is no column for the name"
    assert refused(["Firma", "name"]) == "the columns 'Firma' and 'name' say the same"
    assert refused(["", " "]) == "the first row must name the columns"
    assert (
        refused(["name"] + [f"c{n}" for n in range(9_999)]) == "there are 10000 columns; at most 500 are read"
    )
    assert "needs a key" in refused(["name"], mode=Mode.UPSERT)
    assert refused(["name"], key=Key.EMAIL) == "there is no column for the key email"


def test_first_and_last_name_are_a_name_and_an_update_needs_none() -> None:
    assert said(["Vorname", "Nachname"], ["Ana", "Novak"]).name == "Ana Novak"
    assert Columns(["number", "Ort"], mode=Mode.UPDATE, key=Key.NUMBER).unknown == ()


# Cells


def test_every_bad_cell_is_told_with_its_column_its_value_and_the_reason() -> None:
    headers = ["name", "is_taxable", "credit_limit", "metadata", "owner", "email"]
    assert reasons(headers, "A", "vielleicht", "12,345", "{", "x", "e" * 400) == [
        "is_taxable: 'vielleicht' must be yes or no (true, false, 1, 0, ja, nein)",
        "credit_limit: '12,345' must be a number that reads one way only, such as 1234.00",
        "metadata: '{' must be JSON",
        "owner: 'x' must be a whole number",
        f"email: '{'e' * 60}…' must have at most 320 characters",
    ]
    assert reasons(["name"], "A", "", "z") == ["has 3 cells where the header has 1"]


def test_numbers_and_answers_are_read_as_people_write_them() -> None:
    assert [amount(one) for one in ("1234.5", "1234,5", "1.234,50", "1,234.50", "-7", "1 234 567,1")] == [
        Decimal(one) for one in ("1234.5", "1234.5", "1234.50", "1234.50", "-7", "1234567.1")
    ]
    assert [flag(one) for one in ("ja", "TRUE", "1", " Nein", "0", "wahr")] == [
        True,
        True,
        True,
        False,
        False,
        True,
    ]
    assert [whole(one) for one in ("7", "-7", "7.0")] == [7, -7, 7]
    for unclear in ("1,234", "1.000", "7.5", "1e3"):
        with pytest.raises(Refused):
            whole(unclear)


def test_an_empty_cell_says_nothing_and_null_says_that_there_is_none() -> None:
    columns = Columns(["name", "email", "city"])
    assert columns.read(2, ["A", "", "null"]).values == {"name": "A", "city": None}
    assert columns.read(2, ["A"]).values == {"name": "A"}
    assert reasons(["name"], "null") == ["name: 'null' must not be null"]


def test_metadata_may_have_columns_of_its_own() -> None:
    assert said(["name", "metadata.Vertreter", "metadata.ICP"], ["A", "Jan", "7"]).metadata == {
        "Vertreter": "Jan", "ICP": "7",
    }  # fmt: skip
    many = [f"metadata.{n}" for n in range(51)]
    with pytest.raises(Refused):
        customer(Columns(["name", *many]).read(2, ["A", *("x" for _ in many)]).values)


def test_values_of_any_shape_are_metadata_where_they_fit_and_custom_else() -> None:
    kept = said(["name", "extras"], ["A", '{"a":"text","b":1.50,"c":[true]}'])
    assert (kept.metadata, kept.custom) == ({"a": "text"}, {"b": "1.5", "c": "[true]"})


def test_contacts_are_read_in_the_names_of_other_languages_and_given_ids() -> None:
    cell = '[{"firstName": "Ana", "lastName": "Novak", "phoneNo": "1", "shoe": 38}]'
    (contact,) = said(["name", "customerContacts"], ["A", cell]).contacts or []
    assert contact == {
        "id": contact["id"], "serial": serial_of(contact["id"]), "first_name": "Ana", "last_name": "Novak",
        "phone": "1", "more": {"shoe": 38},
    }  # fmt: skip


def test_faktoora_checks_post_codes_where_the_law_has_a_form() -> None:
    headers = ["name", "postcode", "country"]
    assert reasons(headers, "A", "123", "DE", language="faktoora") == [
        "postcode: '123' does not have the required form (^[0-9]{5}$ in DE)"
    ]
    assert reasons(headers, "A", "123", "XX", language="faktoora") == []
    assert reasons(headers, "A", "123", "DE") == []


@given(st.text(st.sampled_from("'=+-@\t\rnulax"), max_size=8) | st.text())
def test_a_guarded_text_begins_no_formula_and_is_read_back(text: str) -> None:
    assert bare(guarded(text)) == text
    assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t", "\r", "")


# Export and import


NASTY = (
    "=1+1", "+49 30 1", "-7", "@x", "\tx", "\rx", "", "'", "''", "'=", "null", " null", '"', 'a"b', ";,\t",
    "a\r\nb", "\u2028", "_x000D_", "\x01", "\uffff", "😀", "ß", " ", "true", "1.0", "007", "\ufeff",
)  # fmt: skip
texts = st.sampled_from(NASTY) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
)
PERSON = st.fixed_dictionaries({"id": st.integers(1, 9).map(lambda n: f"{n:024x}"), "name": texts})
CONTACT = st.fixed_dictionaries(
    {"id": st.integers(1, 9).map(lambda n: f"{n:024x}"), "serial": st.integers(1, 9)},
    optional={
        "email": texts,
        "more": st.dictionaries(texts.filter(bool), st.integers(0, 9) | texts, max_size=2),
    },
)
numbers = st.integers(-(2**53), 2**53)
OF_NAME: Mapping[str, st.SearchStrategy[Any]] = {
    "ujp": st.fixed_dictionaries({}, optional={"receiver_name": texts}),
    "bank_accounts": st.lists(st.fixed_dictionaries({"type": st.just("iban"), "iban": texts}), max_size=2),
    "data": st.lists(st.fixed_dictionaries({"id": texts, "value": texts | st.booleans()}), max_size=2),
    "contacts": st.lists(CONTACT, max_size=2),
    "delivery_addresses": st.lists(PERSON, max_size=2),
    "metadata": st.dictionaries(texts.filter(bool), texts, max_size=3),
    "custom": st.dictionaries(
        texts.filter(bool).map(lambda key: f"c{key}"[:100]),
        st.sampled_from(("1.5", "[true]", '{"a":null}')),
        max_size=2,
    ),
    "country": texts | st.sampled_from(("Slovenija", "DE", "Deutschland")),
    "country_code": st.sampled_from(("SI", "", "XX", "null")),
    "contact_type": st.sampled_from(("buyer", "supplier", "both")),
    "name": texts.filter(bool),
}
OF_KIND: Mapping[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: texts, Kind.BOOL: st.booleans(), Kind.INT: numbers,
    Kind.DECIMAL: st.decimals(-(10**14), 10**14, places=6) | st.sampled_from((Decimal("0.1"), Decimal(3))),
    Kind.TREE: st.lists(texts, max_size=2),
}  # fmt: skip


def of(attr: Attr) -> st.SearchStrategy[Any]:
    values = OF_NAME.get(attr.name, OF_KIND.get(attr.kind, st.nothing()))
    if attr.kind is Kind.TEXT:
        values = values.map(lambda text: text[: attr.most])
    return st.none() | values if attr.nullable else values


ATTRS = catalogue(Customer)
whole_customers = st.fixed_dictionaries({}, optional={name: of(ATTRS[name]) for name in SETTABLE}).map(
    lambda values: Customer(
        **{"name": "A", "metadata": {}, "custom": {}, **values},
        entity_id=ENTITY, id=new_id(NOW), serial=0, version=1, created_at=NOW, updated_at=NOW,
        deleted_at=None,
    )
)  # fmt: skip


def as_before(file: io.BytesIO, customers: list[Customer]) -> bool:
    sheet = sheets.inspected(file)
    lines = list(sheets.lines(file, sheet))
    columns = Columns(lines[0].cells)
    rows = [columns.read(one.number, one.cells) for one in lines[1:]]
    assert [row.faults for row in rows] == [()] * len(customers)
    back = [customer(row.values) for row in rows]
    return [[getattr(one, name) for name in SETTABLE] for one in back] == [
        [getattr(one, name) for name in SETTABLE] for one in customers
    ]


@settings(max_examples=300, deadline=None)
@given(st.lists(whole_customers, max_size=4), st.booleans())
def test_an_export_as_csv_is_imported_as_it_was(customers: list[Customer], bom: bool) -> None:
    file = io.BytesIO()
    writer = CsvWriter(file, bom=bom)
    writer.write(exporting.COLUMNS)
    for one in customers:
        writer.write(exporting.row(one))
    writer.close()
    assert as_before(file, customers)


@settings(max_examples=60, deadline=None)
@given(st.lists(whole_customers, max_size=3))
def test_an_export_as_xlsx_is_imported_as_it_was(customers: list[Customer]) -> None:
    file = io.BytesIO()
    writer = XlsxWriter(file)
    writer.write(exporting.COLUMNS)
    for one in customers:
        writer.write(exporting.row(one))
    writer.close()
    assert as_before(file, customers)


@given(
    st.lists(st.text(max_size=5), min_size=1, max_size=5), st.lists(st.lists(st.text(max_size=9)), max_size=5)
)
def test_whatever_a_file_holds_it_is_read_or_refused(headers: list[str], rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["name", *headers], *rows])
    file = io.BytesIO(out.getvalue().encode("utf-8", "surrogatepass"))
    try:
        sheet = sheets.inspected(file)
        lines = list(sheets.lines(file, sheet))
        columns = Columns(lines[0].cells)
        read = [columns.read(one.number, one.cells) for one in lines[1:]]
    except Refused:
        return
    for row in read:
        if not row.faults:
            with suppress(Refused):
                customer(row.values)
