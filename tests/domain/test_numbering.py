import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.domain.numbering import Format, Reading, Token, by_format, by_habit, fault, parse, read, render
from billto.domain.problems import Refused
from billto.domain.templates import VARIABLES, placeholders, substitute, unknown

PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="{}0123456789"), max_size=8)
YEAR = st.sampled_from(["", "{yyyy}", "{yy}"])
COUNTER = st.integers(1, 9).map(lambda width: "{" + "n" * width + "}")
UNIT = st.integers(1, 9).map(lambda width: "{" + "u" * width + "}")
APART = st.sampled_from(["-", "/", " ", "#"])


@pytest.mark.parametrize(
    ("form", "n", "year", "unit", "written"),
    [
        ("{yyyy}-{nnnnn}", 7, 2026, None, "2026-00007"),
        ("CN-{yyyy}-{nnnnn}", 123456, 2026, None, "CN-2026-123456"),
        ("{yy}{nnn}", 1, 2005, None, "05001"),
        ("CUST-{nnnn}", 42, 2026, None, "CUST-0042"),
        ("{yyyy}-{u}-{nnnnn}", 3, 2026, 12, "2026-12-00003"),
        ("{uuu}/{n}", 3, 2026, 1, "001/3"),
    ],
)
def test_a_number_is_written_by_its_format(
    form: str, n: int, year: int, unit: int | None, written: str
) -> None:
    assert render(parse(form, of_units=unit is not None), n, year, unit) == written


@pytest.mark.parametrize(
    "form",
    [
        "",
        "INV",
        "{yyyy}",
        "{n}{n}",
        "{nnnnnnnnnn}",
        "{yyyy}{yy}{n}",
        "{yyy}{n}",
        "{u}{n}",
        "{n",
        "n}",
        "{{n}}",
        "{}{n}",
        "{N}",
        "{n }",
        "{month}{n}",
        "x" * 100 + "{n}",
    ],
)
def test_a_format_that_breaks_a_rule_is_refused(form: str) -> None:
    assert fault(form)
    with pytest.raises(Refused) as refused:
        parse(form)
    assert [problem.code for problem in refused.value.problems] == ["invalid_format"]


def test_a_unit_stands_only_in_the_formats_of_units_and_only_once() -> None:
    assert fault("{u}-{n}")
    assert not fault("{u}-{n}", of_units=True)
    assert not fault("{n}", of_units=True)
    assert fault("{u}{uu}{n}", of_units=True)
    assert fault("{uuuuuuuuuu}{n}", of_units=True)


def test_a_format_says_whether_it_starts_again_each_year() -> None:
    assert parse("A{yy}-{n}") == Format(("A", Token("y", 2), "-", Token("n", 1)))
    assert parse("{yy}{n}").is_yearly
    assert not parse("{n}").is_yearly
    assert parse("{u}-{n}", of_units=True).is_by_unit


@pytest.mark.parametrize(
    "text", ["2026-7", "26-00007", "2026-00007x", "x2026-00007", "2026-000007", "2026-٠٠٠٠٧", ""]
)
def test_what_another_format_wrote_is_not_read(text: str) -> None:
    assert read(parse("{yyyy}-{nnnnn}"), text) is None


def test_letters_of_patterns_in_a_format_are_plain_letters() -> None:
    assert read(parse("a.c*[{n}]"), "a.c*[5]") == Reading(5)
    assert read(parse("a.c*[{n}]"), "abc*[5]") is None


@pytest.mark.parametrize(
    ("n", "year", "unit"), [(-1, 2026, 1), (1, 10000, 1), (1, 2026, -1), (1, 2026, None)]
)
def test_a_number_that_cannot_be_is_a_fault_of_the_program(n: int, year: int, unit: int | None) -> None:
    with pytest.raises(ValueError, match=r"never negative|names a unit"):
        render(parse("{yyyy}-{u}-{n}", of_units=True), n, year, unit)


@given(PLAIN, YEAR, APART, COUNTER, PLAIN, st.integers(0, 10**12), st.integers(2000, 2099))
def test_what_is_written_can_be_read_back(
    before: str, year: str, apart: str, counter: str, after: str, n: int, in_year: int
) -> None:
    form = parse(before + year + apart + counter + after)
    assert read(form, render(form, n, in_year)) == Reading(n, in_year if year else None)


@given(YEAR, APART, UNIT, COUNTER, st.integers(1, 10**12), st.integers(2000, 2099), st.integers(0, 10**9))
def test_a_unit_apart_from_its_number_can_be_read_back(
    year: str, apart: str, unit: str, counter: str, n: int, in_year: int, of: int
) -> None:
    form = parse(year + apart + unit + apart + counter, of_units=True)
    assert read(form, render(form, n, in_year, of)) == Reading(n, in_year if year else None, of)


@given(UNIT, COUNTER, st.integers(0, 10**12), st.integers(0, 10**9))
def test_what_touches_is_read_as_something_that_is_written_the_same(
    unit: str, counter: str, n: int, of: int
) -> None:
    form = parse(unit + counter, of_units=True)
    written = render(form, n, 2026, of)
    seen = read(form, written)
    assert seen is not None
    assert seen.unit is not None
    assert render(form, seen.n, 2026, seen.unit) == written


@given(st.text(alphabet="{}nyu-0 ", max_size=24), st.booleans())
def test_a_format_either_has_a_fault_or_writes(text: str, of_units: bool) -> None:
    if not fault(text, of_units=of_units):
        written = render(parse(text, of_units=of_units), 5, 2026, 3)
        assert "{" not in written
        assert "}" not in written


def test_placeholders_are_found_once_each_in_their_order() -> None:
    text = "{iban} {{entity_name}} {iban} {bank_account.bic} {not this} { iban } {} {1} {x"
    assert placeholders(text) == ("iban", "entity_name", "bank_account.bic")


def test_names_that_do_not_exist_are_named() -> None:
    assert unknown("{invoice_list} {Invoice_list} {entity.name} {__class__.__mro__}") == (
        "Invoice_list",
        "entity.name",
        "__class__.__mro__",
    )


def test_values_are_put_in_once_and_never_read_again() -> None:
    values = {"customer_name": "{iban} {0} %s $x", "iban": "SI56", "entity_name": None}
    assert substitute("{customer_name}|{iban}|{entity_name}|{bic}|{other}|{ x }", values) == (
        "{iban} {0} %s $x|SI56|||{other}|{ x }"
    )


@given(st.text(alphabet="{}ab_.\\g<0> ", max_size=60))
def test_a_text_without_known_names_stays_as_it_is(text: str) -> None:
    assert substitute(text, {}) == text


@given(st.text(), st.sampled_from(sorted(VARIABLES)))
def test_a_value_arrives_letter_by_letter(value: str, name: str) -> None:
    assert substitute(f"<{{{name}}}>", {name: value}) == f"<{value}>"


@pytest.mark.parametrize(
    ("newest", "following"),
    [
        ((), "001"),
        (("ACME", "K/x"), "001"),
        (("CUST-0041",), "CUST-0042"),
        (("ACME", "7", "CUST-1"), "8"),
        (("099",), "100"),
        (("999",), "1000"),
        (("2026-A-09", "1"), "2026-A-10"),
        (("a\nb1",), "a\nb2"),
        (("12345678901234567899",), "12345678901234567900"),
        (("٣",), "001"),
    ],
)
def test_a_number_is_followed_by_the_next_in_its_row(newest: tuple[str, ...], following: str) -> None:
    row = by_habit(newest)
    assert row.write(row.last + 1) == following


@pytest.mark.parametrize(
    ("form", "newest", "following"),
    [
        ("CUST-{nnnn}", (), "CUST-0001"),
        ("CUST-{nnnn}", ("17", "CUST-0041", "CUST-0099"), "CUST-0042"),
        ("{yyyy}/{nn}", ("2025/07", "2026/03"), "2026/04"),
        ("{yy}-{nn}", ("25-07",), "26-01"),
    ],
)
def test_a_format_goes_on_after_the_newest_that_it_wrote(
    form: str, newest: tuple[str, ...], following: str
) -> None:
    row = by_format(parse(form), newest, 2026)
    assert row.write(row.last + 1) == following


def test_a_name_that_ends_with_a_full_stop_ends_its_sentence() -> None:
    values = {"entity_name": "Acme d.o.o.", "document_date": "27. pro 2026."}
    assert substitute("From {entity_name}.\n{document_date}.", values) == "From Acme d.o.o.\n27. pro 2026."
    assert substitute("{entity_name}.example {entity_name}...", values) == (
        "Acme d.o.o..example Acme d.o.o...."
    )
