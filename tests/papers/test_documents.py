"""A document on paper says what the document says, and only that."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billto.domain import issuing
from billto.domain.document import TYPES
from billto.papers import Art, document_pdf, documents
from billto.papers.words import LANGUAGES, WORDS
from tests.papers import reading
from tests.papers.samples import NOW, VAT, buyer, document, line, seller


def said(document: Any, entity: Any = None, language: str = "en", art: Art | None = None) -> str:
    return reading.text(document_pdf(document, entity or seller(), language, art or Art()))


def test_an_invoice_tells_its_figures() -> None:
    invoice = document(discounts=[{"value": Decimal(5), "type": "percent"}])
    text = said(invoice)
    assert (invoice.subtotal, invoice.total, invoice.total_with_tax) == (
        Decimal("3004.18"), Decimal("2853.97"), Decimal("3423.96"),
    )  # fmt: skip
    for figure in ("3,004.18", "−150.21", "2,853.97", "525.99", "44.00", "€3,423.96", "0.0125", "1,249.90"):
        assert figure in text
    assert "VAT 22% on 2,390.85" in text


def test_the_sums_under_the_lines_add_up() -> None:
    invoice = document(
        lines=[line("A", "122", taxes=[{**VAT, "is_inclusive": True}]), line("B", "50", "3")],
        discounts=[{"value": Decimal(10), "type": "amount"}, {"value": Decimal(3), "type": "percent"}],
        taxes=[{"rate": Decimal(5), "is_inclusive": True}],
    )
    data = documents.data(invoice, seller(), "en", Art())
    rows = {
        row["label"]: Decimal(row["value"].strip("€").replace(",", "").replace("−", "-"))
        for row in data["totals"]
    }
    values = list(rows.values())
    net = list(rows).index("Net total")
    assert sum(values[:net]) == rows["Net total"] == invoice.total
    assert sum(values[net:-1]) == rows["Total"] == invoice.total_with_tax


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TYPES)
def test_every_type_has_its_title_in_every_language(kind: str, language: str) -> None:
    text = said(document(kind), language=language)
    assert f"{WORDS[language][kind]} 2026-00001" in text


def test_a_word_is_written_in_all_languages() -> None:
    for words in WORDS.values():
        assert set(words) == set(WORDS["en"])
        assert all(words.values())


def test_drafts_and_voided_documents_are_marked() -> None:
    draft = document(is_draft=True, footer="by {entity_name}")
    assert "DRAFT" in said(draft)
    assert "by Vesoljska oprema d.o.o." in said(draft)
    assert "Scan to pay" not in said(draft)
    void = issuing.voided(document(), None, NOW)
    assert "VOID" in said(void)
    assert "Scan to pay" not in said(void)
    assert "VOID" not in said(document())


def test_a_pro_forma_invoice_is_called_one() -> None:
    assert "Pro forma invoice" in said(document("estimate", title_type="proforma_invoice"))


def test_what_is_paid_is_taken_off_what_is_asked_for() -> None:
    partly = document()._replace(balance=Decimal("1000.00"))
    text = said(partly)
    assert "−2,604.16" in text
    assert "Balance due €1,000.00" in text
    hidden = seller(settings={"show_payment_amounts": False})
    assert "−2,604.16" not in said(partly, hidden)
    assert "Scan to pay" not in said(partly._replace(balance=Decimal(0)))


def test_a_reversed_charge_says_so() -> None:
    reverse = document(lines=[line("A", "100", taxes=[{**VAT, "reverse_charge": True}])])
    text = said(reverse, language="de")
    assert "Steuerschuldnerschaft des Leistungsempfängers" in text
    assert "46. člen ZDDV-1" in text
    assert "Steuerschuldnerschaft" not in said(document(), language="de")


def test_a_delivery_note_that_hides_prices_tells_none() -> None:
    text = said(document("delivery_note", hides_prices=True))
    assert "Solar panel SP-200" in text
    assert "1,500" in text
    for figure in (
        "1,249.90",
        "2,499.80",
        "3,604.16",
        "IBAN SI56 0510 0801 0486 080 Balance due",
        "22%",
        "10%",
    ):
        assert figure not in text
    assert "1,249.90" in said(document("delivery_note"))


def test_a_credit_note_has_negative_values_where_the_entity_wants_them() -> None:
    negative = seller(settings={"credit_note_negative_values": True})
    assert "−€3,604.16" in said(document("credit_note", entity=negative), negative)
    assert "−€" not in said(document("credit_note"))
    assert "−€" not in said(document(entity=negative), negative)


def test_a_price_with_tax_is_called_one() -> None:
    gross = {"name": "A", "gross_price": Decimal(122), "quantity": 1, "taxes": [VAT]}
    assert "Price incl. tax" in said(document(lines=[gross]))
    assert "Price incl. tax" not in said(document(lines=[gross, line("B", "1")]))
    assert "incl. tax" in said(document(lines=[gross, line("B", "1")]))


def test_an_issued_document_says_who_both_were() -> None:
    invoice = document()
    renamed = seller(name="Novo ime d.o.o.", address="Drugje 1")
    text = said(invoice, renamed)
    assert "Vesoljska oprema d.o.o." in text
    assert "Novo ime" not in text
    assert document_pdf(invoice, renamed, "en") == document_pdf(invoice, seller(), "en")


def test_the_same_document_is_the_same_file_whoever_asks_at_once() -> None:
    invoice, entity = document(), seller()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda at: document_pdf(invoice, entity, LANGUAGES[at % 3]), range(12)))
    assert [made[at] == made[at % 3] for at in range(12)] == [True] * 12
    assert len(set(made)) == 3


def payment(language: str = "en", to: Any = None, **settings: Any) -> Any:
    entity = seller(settings=settings)
    return documents.data(document(entity=entity, to=to), entity, language, Art())["payment"]


def test_an_invoice_in_euros_carries_the_code_that_its_payer_can_read() -> None:
    home = buyer(country="Slovenia", country_code="SI")
    assert payment()["kind"] == "EPC QR"
    assert payment(to=home, upn_qr={"enabled": True})["kind"] == "UPN QR"
    assert payment(upn_qr={"enabled": True})["kind"] == "EPC QR"
    assert payment(epc_qr={"enabled": False})["code"] == ""
    assert payment(bank_accounts=[]) is None
    assert payment(bank_accounts=[{"type": "iban", "iban": "SI00 1"}])["code"] == ""


def test_other_currencies_have_the_account_and_no_code() -> None:
    dollars = document(currency_code="USD")
    found: Any = documents.data(dollars, seller(), "en", Art())["payment"]
    assert found["code"] == ""
    assert ("IBAN", "SI56 0510 0801 0486 080") in found["rows"]


HOSTILE = (
    '#import "x.typ": *', "] #panic() [", "\\ \\u{41} \\n", "$ x^2 $ *b* _i_ `raw`", "<label> @ref // /* */",
    "{entity_name} {{x}} %s", "#sys.inputs", "a\u200b\u200cb", "\x00\x07\x1b[31m", "\ud800 half",
    "\u202e0001",
)  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_texts_are_set_and_never_read(hostile: str) -> None:
    to = buyer(name=f"A{hostile}Z")
    odd = document(to=to, lines=[line(hostile, "1", description=hostile, unit=hostile[:10])], note=hostile)
    text = said(odd)
    for word in hostile.replace("\u200b", "").split():
        if word.isascii() and word.isprintable():
            assert word in text
    assert "\u202e" not in text


@pytest.mark.parametrize(
    "name",
    ["Иван Петров", "Αθηνά Παπαδοπούλου", "Łukasz Źdźbło", "Ștefan Țepeș", "Þórður Ægisson", "Žiga Škoda"],
)
def test_names_of_europe_are_set_in_the_font_that_ships(name: str) -> None:
    pdf = document_pdf(document(to=buyer(name=name)), seller(), "en")
    assert name in reading.text(pdf)


@pytest.mark.parametrize(
    "name",
    [
        "株式会社 日本",
        "شركة العربية",
        "חברה בע״מ",
        "👩‍👩‍👧 Family 🇸🇮",
        "𝕬 e\u0301 ffi",
        "Ω" * 500,
        "W " * 250,
    ],
)
def test_names_of_all_other_kinds_come_through(name: str) -> None:
    odd = document(to=buyer(name=name[:500]), lines=[line(name[:500], "1")])
    assert "2026-00001" in said(odd)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_anywhere_makes_a_paper(one: str, other: str) -> None:
    odd = document(
        to=buyer(name=f"x{one}", address=other, city=one),
        lines=[line(f"{one}.", "1", description=other), {"kind": "separator", "name": other}],
        note=one, reference=other, footer=one, signature=other, name=one,
    )  # fmt: skip
    assert document_pdf(odd, seller(), "fr").startswith(b"%PDF")


def test_very_long_papers_have_all_their_lines_and_a_head_on_every_page() -> None:
    many = document(
        lines=[line(f"Item-{at:03}", "1.00") for at in range(500)], footer="foot " * 900, note="n " * 4000
    )
    pages = reading.pages(document_pdf(many, seller(), "en"))
    text = "\n".join(pages)
    assert all(text.count(f"Item-{at:03}") == 1 for at in range(500))
    assert all("Net amount" in page for page in pages if "Item-" in page)
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    rows = zlib.compress((b"\x00" + b"\x0b\x5d\x4e" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_logo_and_a_signature_are_printed() -> None:
    invoice, entity = document(), seller()
    bare = document_pdf(invoice, entity, "en")
    drawn = document_pdf(invoice, entity, "en", Art(png(60, 20), png(30, 10)))
    assert b"/Image" in drawn
    assert drawn != bare


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"GIF89a",
        b"<svg/>",
        png(60, 20)[:60],
        png(1, 1)[:24],
        b"\xff\xd8\xff\xe0\x00\x10",
        png(9, 9) + b"x" * 10**6,
    ],
    ids=["nothing", "gif", "svg", "torn", "head", "jpeg", "heavy"],
)
def test_what_is_no_picture_leaves_the_paper_without_one(picture: bytes) -> None:
    invoice, entity = document(), seller()
    assert document_pdf(invoice, entity, "en", Art(logo=picture)) == document_pdf(invoice, entity, "en")


def test_a_picture_that_would_fill_the_memory_is_not_unpacked() -> None:
    bomb = png(1, 1)[:16] + (60_000).to_bytes(4, "big") * 2 + png(1, 1)[24:]
    assert documents.data(document(), seller(), "en", Art(logo=bomb))["logo"] is None


@pytest.mark.parametrize(
    ("wanted", "paint", "text"),
    [
        ("#0b5d4e", "#0b5d4e", "#0b5d4e"),
        ("FD0", "#ffdd00", "#1b1f24"),
        (None, "#1f4e79", "#1f4e79"),
    ],
)
def test_a_colour_too_light_to_read_is_for_lines_only(wanted: str | None, paint: str, text: str) -> None:
    data = documents.data(document(), seller(settings={"primary_color": wanted}), "en", Art())
    assert (data["paint"], data["accent"]) == (paint, text)


def test_days_are_told_for_every_date_a_document_has() -> None:
    dated = document(
        service_date=date(2026, 2, 1), service_date_to=date(2026, 2, 28), due_date=date(2026, 4, 4),
        purchase_order="45000", reference="R-1",
    )  # fmt: skip
    text = said(dated, language="de")
    for day in ("05.03.2026", "01.02.2026 – 28.02.2026", "04.04.2026", "45000", "R-1"):
        assert day in text
    assert "Gültig bis 30.06.2026" in said(document("estimate", valid_until=date(2026, 6, 30)), language="de")
