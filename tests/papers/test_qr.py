"""Payment codes say what their specifications ask for, and readers of codes read it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billto.papers import qr
from billto.papers.qr import Payment
from tests.papers.reading import seen

EPC = Payment(
    "Franz Mustermänn", "DE89370400440532013000", Decimal("12.3"), "Invoice 2026-00001", bic="COBADEFFXXX"
)
# The sample of zint, whose control sum is known.
UPN = Payment(
    "Novo podjetje d.o.o.", "SI56051008010486080", Decimal("81.05"), "Plačilo najemnine 10/2016",
    reference="RF45SBO2010", purpose="RENT", due=date(2016, 11, 15), street="Lepa cesta 15",
    city="3698 Loški Potok", payer="Janez Novak", payer_street="Dunajska 1", payer_city="1000 Ljubljana",
)  # fmt: skip


def test_the_epc_code_has_the_lines_of_the_guideline() -> None:
    assert qr.epc(EPC).split("\n") == [
        "BCD", "002", "1", "SCT", "COBADEFFXXX", "Franz Mustermänn", "DE89370400440532013000", "EUR12.30",
        "", "", "Invoice 2026-00001",
    ]  # fmt: skip


def test_a_creditor_reference_takes_the_place_of_the_words() -> None:
    said = qr.epc(EPC._replace(reference="RF18 5390 0754 7034")).split("\n")
    assert said[8:] == ["", "RF18539007547034"]
    wrong = qr.epc(EPC._replace(reference="RF19 5390 0754 7034")).split("\n")
    assert wrong[9:] == ["", "Invoice 2026-00001"]


@pytest.mark.parametrize("amount", ["0", "0.001", "-1", "1000000000"])
def test_an_amount_nobody_can_transfer_has_no_code(amount: str) -> None:
    assert qr.epc(EPC._replace(amount=Decimal(amount))) == ""
    assert qr.upn(UPN._replace(amount=Decimal(amount))) == ""


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_names_are_the_epc_code_is_one_that_apps_read(name: str, words: str) -> None:
    said = qr.epc(EPC._replace(recipient=name, remittance=words))
    assert len(said.encode()) <= 331  # what the largest code has room for
    if said:
        lines = said.split("\n")
        assert len(lines) <= 11
        assert lines[6:8] == ["DE89370400440532013000", "EUR12.30"]


def test_the_upn_code_has_the_control_sum_of_the_sample() -> None:
    lines = qr.upn(UPN).split("\n")
    assert len(lines) == 21
    assert lines[0] == "UPNQR"
    assert lines[5:9] == ["Janez Novak", "Dunajska 1", "1000 Ljubljana", "00000008105"]
    assert lines[11:16] == [
        "RENT", "Plačilo najemnine 10/2016", "15.11.2016", "SI56051008010486080", "RF45SBO2010",
    ]  # fmt: skip
    assert lines[16:19] == ["Novo podjetje d.o.o.", "Lepa cesta 15", "3698 Loški Potok"]
    assert lines[19:] == ["188", ""]


@given(st.text(max_size=100))
def test_whatever_names_are_the_upn_code_is_of_its_alphabet_and_size(name: str) -> None:
    said = qr.upn(UPN._replace(payer=name, remittance=name, recipient=name))
    assert len(said.split("\n")) == 21
    assert len(said.encode("iso-8859-2")) <= 411  # what a code of its size has room for


def test_readers_read_both_codes() -> None:
    assert seen(qr.epc_code(qr.epc(EPC))).decode() == qr.epc(EPC)
    upn = qr.upn_code(qr.upn(UPN))
    assert seen(upn).decode("iso-8859-2") == qr.upn(UPN)
    assert (upn.version, upn.error) == (15, "M")


def test_the_fullest_codes_have_the_size_they_may() -> None:
    full = EPC._replace(recipient="Ж" * 70, remittance="Ж" * 140)
    assert len(qr.epc(full).encode()) in (330, 331)
    assert qr.epc_code(qr.epc(full)).version == 13
    longest = "Š" * 100
    upn = Payment(
        recipient=longest, iban=UPN.iban, amount=qr.UPN_MOST, remittance=longest, reference=f"SI00{'1' * 22}",
        purpose="OTHR", due=UPN.due, street=longest, city=longest, payer=longest, payer_street=longest,
        payer_city=longest,
    )  # fmt: skip
    assert qr.upn_code(qr.upn(upn)).version == 15


@pytest.mark.parametrize(
    ("said", "number", "reference"),
    [
        ("SI12 123", "2026-1", "SI12123"),
        ("RF18 5390 0754 7034", "2026-1", "RF18539007547034"),
        (None, "2026-00001", "SI002026-00001"),
        ("PO 4711", "ADV-2026-00001", "SI002026-00001"),
        (None, "A-1-2-3-4", "SI001-2-34"),
        (None, "Ω", "SI99"),
        (None, "1" * 30, "SI99"),
    ],
)
def test_a_upn_reference_is_the_one_said_or_made_of_the_number(
    said: str | None, number: str, reference: str
) -> None:
    assert qr.upn_reference(said, number) == reference


def test_an_iban_with_a_slip_of_the_pen_is_none() -> None:
    assert qr.iban("si56 0510 0801 0486 080") == "SI56051008010486080"
    assert qr.iban("SI56051008010486081") == ""
    assert qr.iban("1") == qr.iban(None) == qr.iban("SI56 ÄÖ") == ""
